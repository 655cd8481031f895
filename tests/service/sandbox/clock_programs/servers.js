const net = require("node:net");
const http = require("node:http");
const server = net.createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (data) => setTimeout(() => socket.end(`${data}!`), 200));
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const quick = net.connect(port, "127.0.0.1", () => quick.write("hello"));
  quick.on("data", (data) => console.log(String(data)));
  quick.on("close", () => {
    const slow = net.connect(port, "127.0.0.1", () => slow.write("hello"));
    slow.setTimeout(100, () => { console.log("too slow"); slow.destroy(); server.close(ask); });
  });
});
function ask() {
  const web = http.createServer((request, response) => setTimeout(() => response.end(request.url), 100));
  web.listen(0, "127.0.0.1", async () => {
    const response = await fetch(`http://127.0.0.1:${web.address().port}/page`, { signal: AbortSignal.timeout(3000) });
    console.log(await response.text());
    web.closeAllConnections();
    web.close(() => setTimeout(() => console.log("closed"), 1000));
  });
}
