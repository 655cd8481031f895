const crypto = require("node:crypto");
const fs = require("node:fs");
const zlib = require("node:zlib");
const { promisify } = require("node:util");
const timer = setTimeout(() => console.log("2000"), 2000);
console.log(crypto.randomUUID().length, crypto.pbkdf2Sync("a", "b", 10, 8, "sha1").length, crypto.randomBytes(4).length);
Promise.all([
  promisify(crypto.pbkdf2)("a", "b", 200000, 32, "sha512").then((key) => console.log(key.toString("hex").slice(0, 8))),
]).then(async () => {
  const packed = await promisify(zlib.gzip)(Buffer.alloc(20_000_000));
  console.log("packed", (await promisify(zlib.gunzip)(packed)).length);
  await fs.promises.writeFile("/tmp/file", "text");
  console.log(await fs.promises.readFile("/tmp/file", "utf8"));
  console.log((await require("node:dns").promises.lookup("localhost")).address.length > 2);
  const { privateKey } = await promisify(crypto.generateKeyPair)("rsa", { modulusLength: 1024 });
  console.log(privateKey.type);
  await crypto.subtle.digest("SHA-256", Buffer.alloc(1000)).then((digest) => console.log(digest.byteLength));
});
