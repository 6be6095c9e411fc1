/** Serves ui/ with the stand-in for the app: `node tests/ui/preview/serve.mjs`, then open /?scene=queue. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { SCENES } from "./scenes.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const UI = join(HERE, "../../../ui");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".ftl": "text/plain", ".png": "image/png" };
// The app's own policy; connect-src differs only in that here there is no app to speak to.
const POLICY = "default-src 'self'; connect-src 'self'";
const FAKE = '<script type="module" src="/preview/fake-tauri.js"></script>';

/** Every component in every state, light and dark, on one page: the pages of the app in frames, one for each scene. */
function everyState() {
  const frame = (scene, theme) => `<iframe loading="lazy" width="700" height="560" src="/?scene=${scene}&theme=${theme}" title="${scene}, ${theme}"></iframe>`;
  const states = Object.keys(SCENES).map((scene) => `<h2>${scene}</h2>${frame(scene, "light")} ${frame(scene, "dark")}`);
  return `<!doctype html><meta charset="utf-8"><title>Carryon: every state</title><body>${states.join("")}</body>`;
}

async function answer(request, response) {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  if (path === "/styles") return response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(everyState());
  const file = path === "/" ? join(UI, "index.html") : path.startsWith("/preview/") ? join(HERE, path.slice(9)) : join(UI, path);
  try {
    const content = await readFile(file);
    response.writeHead(200, { "Content-Type": `${TYPES[extname(file)] ?? "application/octet-stream"}; charset=utf-8`, "Content-Security-Policy": POLICY });
    response.end(path === "/" ? content.toString().replace("<script", `${FAKE}\n    <script`) : content);
  } catch {
    response.writeHead(404).end();
  }
}

/** Starts the server on a free port and resolves with it. */
export async function serve(port = 0) {
  const server = createServer(answer);
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  return { server, address: `http://127.0.0.1:${server.address().port}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await serve(Number(process.argv[2] ?? 4173));
  console.log(`${address}/?scene=all, and ${address}/styles for every component in every state`);
}
