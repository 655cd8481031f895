const start = Date.now();
const passed = () => Math.round((Date.now() - start) / 100);
setTimeout(() => console.log("2000", passed()), 2000);
setTimeout(() => console.log("1000", passed()), 1000);
setTimeout(() => console.log("1000 too", passed()), 1000);
setTimeout(() => {
  console.log("500", passed());
  setTimeout(() => console.log("500 + 500", passed()), 500);
  Promise.resolve().then(() => console.log("microtask of 500"));
  setImmediate(() => console.log("immediate of 500"));
}, 500);
Promise.resolve().then(() => console.log("microtask"));
process.nextTick(() => console.log("next tick"));
queueMicrotask(() => console.log("queued microtask"));
setTimeout(console.log, 1500, "with", "arguments");
console.log("end of main");
