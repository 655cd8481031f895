const { AsyncLocalStorage, executionAsyncId } = require("node:async_hooks");
const { inspect } = require("node:util");
const { setTimeout: sleep } = require("node:timers/promises");
(async () => {
  console.log(Promise.resolve(1), new Promise(() => {}), sleep(100), executionAsyncId() > 0);
  await sleep(1000);
  console.log([Promise.resolve(1)], Object.getOwnPropertySymbols(Promise.resolve()).length);
  const timer = setTimeout(() => {}, 1000);
  console.log(inspect(timer, { depth: 0 }).split("\n")[0], timer._idleTimeout, timer._repeat, Object.keys(timer).join());
  clearTimeout(timer);
  const interval = setInterval(() => {
    console.log(interval._idleTimeout, interval._repeat);
    clearInterval(interval);
  }, 500);
  console.log(setTimeout.name, setTimeout.length, performance.now.name, process.hrtime.name, Atomics.wait.name);
  console.log(process.getActiveResourcesInfo().includes("Timeout"), process.argv.length, process.execArgv.length);
  console.log(Object.keys(process.env).filter((name) => name.startsWith("ASKMD")));
  const storage = new AsyncLocalStorage();
  await storage.run("kept", async () => {
    await sleep(100);
    console.log(storage.getStore());
    await new Promise((resolve) => setImmediate(resolve));
    console.log(storage.getStore());
  });
})();
