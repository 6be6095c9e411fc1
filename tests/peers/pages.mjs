/** A small web site with the original script and tus-js-client, on 127.0.0.1 and a port that the system picks. */

import { createServer } from "node:http";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const read = (name) => readFileSync(new URL(name, import.meta.url));
const FILES = {
  "/": ["text/html; charset=utf-8", '<!doctype html><script src="/original.js"></script><script src="/tus.js"></script><script src="/page.js"></script><input type="file" multiple>'],
  "/original.js": ["text/javascript", read("node_modules/fine-uploader/fine-uploader/fine-uploader.core.js")],
  "/tus.js": ["text/javascript", read("node_modules/tus-js-client/dist/tus.js")],
  "/page.js": ["text/javascript", read("page.js")],
};

/** Serves until the program ends; answers the origin. */
export async function servePages() {
  const server = createServer(({ url }, response) => {
    const [type, body] = FILES[url] ?? ["text/plain", undefined];
    response.writeHead(body ? 200 : 404, { "Content-Type": type }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}
