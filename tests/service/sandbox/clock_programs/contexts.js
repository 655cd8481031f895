const { AsyncLocalStorage } = require("node:async_hooks");
const { EventEmitter, once, on } = require("node:events");
const { setTimeout: sleep } = require("node:timers/promises");
const storage = new AsyncLocalStorage();
async function handle(name, delay) {
  await sleep(delay);
  setTimeout(() => console.log("timer", name, storage.getStore()), delay);
  console.log(name, storage.getStore());
}
for (const [name, delay] of [["slow", 300], ["quick", 100]]) storage.run({ name }, handle, name, delay);
const emitter = new EventEmitter();
setTimeout(() => emitter.emit("ready", 42), 1000);
once(emitter, "ready").then(([value]) => console.log("ready", value, storage.getStore()));
setTimeout(async () => {
  const beats = setInterval(() => emitter.emit("beat"), 100);
  let count = 0;
  for await (const _ of on(emitter, "beat")) if (++count === 3) break;
  clearInterval(beats);
  console.log("beats", count);
}, 2000);
