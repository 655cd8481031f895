const { Worker, isMainThread, parentPort } = require("node:worker_threads");
if (isMainThread) {
  const worker = new Worker(__filename);
  worker.on("message", (message) => console.log("main got", message));
  worker.on("exit", () => {
    console.log("worker is done");
    setTimeout(() => console.log("end"), 2000);
  });
  setTimeout(() => console.log("main 1500"), 1500);
} else {
  console.log(process.execArgv);
  setTimeout(() => parentPort.postMessage("worker 300"), 300);
}
