try {
  setTimeout("text", 100);
} catch (error) {
  console.log(error.code, error.stack.includes("clock.js"));
}
setTimeout(() => console.log("before"), 500);
setTimeout(function fails() {
  throw new Error("in a timer");
}, 1000);
setTimeout(() => console.log("never"), 1500);
process.on("exit", (code) => console.log("exit", code));
