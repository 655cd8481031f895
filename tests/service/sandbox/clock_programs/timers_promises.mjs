import { scheduler, setInterval, setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const start = performance.now();
const passed = () => Math.round((performance.now() - start) / 1000);
console.log(await sleep(1000, "slept"), passed());
console.log(await Promise.race([sleep(700, "slow"), sleep(300, "quick")]));
console.log(await Promise.all([sleep(400, 1), sleep(200, 2), promisify(setTimeout)(300, 3)]));
let count = 0;
for await (const value of setInterval(250, "beat")) {
  console.log(value);
  if (++count === 3) break;
}
await scheduler.wait(500);
console.log(passed());
try {
  await sleep(5000, null, { signal: AbortSignal.timeout(200) });
} catch (error) {
  console.log(error.name, error.cause?.name, passed());
}
const controller = new AbortController();
setTimeout(() => controller.abort(), 100);
await sleep(5000, null, { signal: controller.signal }).catch((error) => console.log(error.code, passed()));
console.log(await Promise.any([sleep(100).then(() => Promise.reject(new Error("no"))), sleep(200, "yes")]));
