const before = [new Date(), Date.now(), performance.now(), process.hrtime(), process.hrtime.bigint(), process.uptime()];
class Mine extends Date {}
console.log(typeof Date, Date.name, Date.length, new Date().constructor === Date, new Date() instanceof Date);
console.log(new Mine() instanceof Mine, new Mine() instanceof Date, Object.prototype.toString.call(new Date()));
console.log(new Date(0).toISOString(), new Date(2024, 1, 2).getDate(), Date.UTC(1970, 0, 2), isNaN(new Date("x")));
console.log(typeof Date() === "string", Date.parse("1970-01-01T00:00:01Z"), Date, new Date(new Date(5)).getTime());
performance.mark("start");
setTimeout(() => {
  const seconds = (ms) => Math.round(ms / 1000);
  console.log(seconds(new Date() - before[0]), seconds(Date.now() - before[1]), seconds(performance.now() - before[2]));
  console.log(process.hrtime(before[3])[0], Number(process.hrtime.bigint() - before[4]) > 1.9e9);
  console.log(Math.round(process.uptime() - before[5]), seconds(performance.measure("all", "start").duration));
  console.log(Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 100, new Mine() - before[0] > 1900);
}, 2000);
