const { spawn, execSync, fork } = require("node:child_process");
const start = Date.now();
const passed = () => Math.round((Date.now() - start) / 500) / 2;
setTimeout(() => console.log("1000", passed()), 1000);
const child = spawn("/bin/sh", ["-c", "sleep 0.5; echo child; exit 3"]);
child.stdout.on("data", (data) => console.log(String(data).trim(), passed()));
child.on("exit", (code) => {
  console.log("exit", code, passed());
  const quiet = spawn("/bin/sleep", ["0.5"], { stdio: "ignore" });
  quiet.unref();
  quiet.on("exit", () => console.log("unref'd child", passed()));
  setTimeout(() => console.log("after 1500 more", passed()), 1500);
});
console.log(String(execSync("echo at once")).trim());
