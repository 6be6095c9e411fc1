/**
 * Fine Uploader's own script in a headless Chromium: `node browser.mjs CHROMIUM PROFILE`. Commands come in on standard
 * input and events go out on standard output, one JSON object a line. The end of standard input ends the browser, and
 * this program with it.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { servePages } from "./pages.mjs";

const [program, profile] = process.argv.slice(2);
const FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-breakpad",
  `--user-data-dir=${profile}`, "--remote-debugging-port=0", "about:blank",
];

const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const origin = await servePages();
let group;
process.on("exit", endGroup);
let browser = await launch();
tell({ event: "ready", origin });

const commands = {
  /** Opens the page anew, makes an uploader with `options`, and picks `files` as a person would. */
  async upload({ options, files }) {
    const { page } = browser;
    await page.goto(`${origin}/`);
    tell({ event: "opened" });
    await page.evaluate((options) => start(options), options);
    const input = await page.$("input");
    if (files.length > 0) await input.uploadFile(...files);
  },
  delete: ({ id }) => browser.page.evaluate((id) => uploader.deleteFile(id), id),
  /** Limits what leaves, in bytes a second; 0 lifts the limit. */
  async throttle({ bytes_per_second: limit }) {
    const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: limit || -1 };
    await browser.network.send("Network.emulateNetworkConditions", conditions);
    tell({ event: "throttled" });
  },
  /** Ends the browser as a crash does, and starts it again on the same profile. */
  async crash() {
    const gone = once(browser.child, "exit");
    endGroup();
    await gone;
    for (const name of ["SingletonLock", "SingletonSocket", "SingletonCookie"]) rmSync(join(profile, name), { force: true });
    browser = await launch();
    tell({ event: "restarted" });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  await commands[command.do](command);
}
process.exit();

async function launch() {
  const portFile = join(profile, "DevToolsActivePort");
  rmSync(portFile, { force: true });
  // A process group of its own: all that it starts can be killed at once.
  const child = spawn(program, FLAGS, { detached: true, stdio: "ignore" });
  group = child.pid;
  tell({ event: "browser", group });
  const [port] = await lines(portFile);
  const connected = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}`, protocolTimeout: 60_000 });
  const page = await connected.newPage();
  await page.exposeFunction("tell", (text) => process.stdout.write(`${text}\n`));
  // Leaving in mid-upload, the original asks whether that is meant: it is.
  page.on("dialog", (dialog) => dialog.accept());
  const network = await page.createCDPSession();
  await network.send("Network.enable");
  return { child, page, network };
}

async function lines(path) {
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      const found = readFileSync(path, "utf8").split("\n");
      if (found.length > 1) return found;
    } catch { /* not there yet */ }
    await sleep(50);
  }
  throw new Error(`${program} did not open its debugging port within 30 s`);
}

/** Kills the browser with all that it started. */
function endGroup() {
  try {
    if (group) process.kill(-group, "SIGKILL");
  } catch { /* it ended by itself */ }
  group = undefined;
}
