const flag = new Int32Array(new SharedArrayBuffer(4));
const start = Date.now();
setTimeout(() => console.log("timer", Math.round((Date.now() - start) / 1000)), 1000);
console.log(Atomics.wait(flag, 0, 0, 3000), Math.round((Date.now() - start) / 1000));
console.log(Atomics.wait(flag, 0, 1, 3000));
const end = Date.now() + 300;
while (Date.now() < end);
setTimeout(() => console.log("later", Math.round((Date.now() - start) / 1000)), 500);
