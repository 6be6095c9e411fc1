/** Chromium over its debugging pipe: real keys and real media queries, without any package. */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome"].filter(Boolean);
const KEYS = { Tab: 9, Enter: 13, Escape: 27, ArrowUp: 38, ArrowDown: 40, " ": 32 };

/** The browser's program, or undefined where there is none. */
export const program = NAMES.find((name) => spawnSync(name, ["--version"]).status === 0);

export async function launch() {
  const profile = mkdtempSync(join(tmpdir(), "carryon-page-"));
  const child = spawn(program, ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const send = connect(child.stdio[3], child.stdio[4]);
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const close = async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    await send("Browser.close").catch(() => {});
    await gone;
    // Its helpers may outlive it for a moment and still write here.
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  return { ...page((method, params) => send(method, params, sessionId)), close };
}

/** Messages are JSON, each ended by a zero byte; answers are matched by id. */
function connect(input, output) {
  const waiting = new Map();
  let last = 0;
  let rest = "";
  output.setEncoding("utf8");
  output.on("data", (data) => {
    const messages = (rest + data).split("\0");
    rest = messages.pop();
    for (const { id, result, error } of messages.map((text) => JSON.parse(text))) {
      const { resolve, reject } = waiting.get(id) ?? {};
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
      waiting.delete(id);
    }
  });
  return (method, params = {}, sessionId) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
  });
}

function page(send) {
  async function evaluate(expression) {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
  async function until(expression) {
    for (let tries = 0; tries < 200; tries += 1) {
      const value = await evaluate(expression).catch(() => undefined);
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`it never came true: ${expression}`);
  }
  return {
    evaluate,
    until,
    /** Opens a scene and waits until the page says that it has drawn it. */
    async open(url) {
      await send("Page.navigate", { url });
      await until("window.fake?.calls.some(({ command }) => command === 'page_ready')");
    },
    /** Runs a script in every page before its own. */
    beforePages: (source) => send("Page.enable").then(() => send("Page.addScriptToEvaluateOnNewDocument", { source })),
    async press(key, modifiers = 0) {
      const at = { key, code: key, windowsVirtualKeyCode: KEYS[key] ?? key.toUpperCase().charCodeAt(0), modifiers };
      const text = { Enter: "\r", " ": " " }[key];
      await send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", text, ...at });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...at });
    },
    size: (width, height, scale = 1) => send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: scale, mobile: false }),
    media: (features) => send("Emulation.setEmulatedMedia", { features: Object.entries(features).map(([name, value]) => ({ name, value })) }),
    async picture() {
      const { data } = await send("Page.captureScreenshot", { format: "png" });
      return Buffer.from(data, "base64");
    },
  };
}
