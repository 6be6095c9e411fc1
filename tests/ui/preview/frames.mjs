/**
 * How long the page's own script takes in a frame while someone scrolls through very many uploads and news keeps coming:
 * `node tests/ui/preview/frames.mjs [SCENE]`. Prints milliseconds; a measurement, not a test.
 */

import { launch } from "./browser.mjs";
import { serve } from "./serve.mjs";

const FRAMES = 600;
/** News comes as often as the app sends it: a few times a second. */
const FRAMES_A_PIECE_OF_NEWS = 12;

// Counts what every callback of a frame takes, whoever asked for it.
const COUNT = `
  globalThis.spent = 0;
  const timed = (run) => (...given) => { const began = performance.now(); try { return run(...given); } finally { spent += performance.now() - began; } };
  const ask = requestAnimationFrame.bind(globalThis);
  globalThis.plainFrame = ask;
  globalThis.requestAnimationFrame = (run) => ask(timed(run));
  globalThis.timed = timed;`;

const RUN = `(async () => {
  const main = document.querySelector("main");
  const rows = () => document.querySelectorAll("upload-row");
  const tell = timed((id, confirmed) => fake.patch(id, { confirmed, bytes_per_second: 9e6 }));
  const ids = [...fake.uploads.keys()];
  const times = [];
  let most = 0;
  for (let frame = 0; frame < ${FRAMES}; frame += 1) {
    spent = 0;
    main.scrollTop += frame % 100 === 99 ? main.scrollHeight / 7 : 37;
    if (main.scrollTop + main.clientHeight >= main.scrollHeight - 1) main.scrollTop = 0;
    if (frame % ${FRAMES_A_PIECE_OF_NEWS} === 0) tell(ids[frame], 1e6 + frame);
    await new Promise((done) => plainFrame(() => plainFrame(done)));
    times.push(spent);
    most = Math.max(most, rows().length);
  }
  times.sort((a, b) => a - b);
  const at = (part) => Number(times[Math.min(times.length - 1, Math.floor(times.length * part))].toFixed(2));
  return { uploads: ids.length, rows: most, median: at(0.5), p95: at(0.95), p99: at(0.99), worst: at(1) };
})()`;

const { server, address } = await serve();
const browser = await launch();
await browser.beforePages(COUNT);
await browser.size(1280, 900);
await browser.open(`${address}/?scene=${process.argv[2] ?? "very-many"}`);
console.log(await browser.evaluate(RUN));
await browser.close();
server.close();
