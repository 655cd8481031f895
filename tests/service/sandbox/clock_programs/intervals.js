let ticks = 0;
const interval = setInterval(() => {
  console.log("tick", ++ticks);
  if (ticks === 5) clearInterval(interval);
}, 300);
const never = setTimeout(() => console.log("never"), 700);
setTimeout(() => clearTimeout(never), 450);
const late = setTimeout(() => console.log("late"), 1000);
setTimeout(() => late.refresh(), 800);
setInterval(() => console.log("does not keep it alive"), 5000).unref();
setTimeout(() => console.log("nor does this"), 9000).unref();
const again = setTimeout(() => console.log("has a ref again"), 2500).unref();
console.log(again.hasRef(), again.ref().hasRef(), typeof +again, again.constructor.name);
clearTimeout(+setTimeout(() => console.log("cleared by its number"), 100));
process.on("beforeExit", () => console.log("before exit"));
process.on("exit", () => console.log("exit"));
