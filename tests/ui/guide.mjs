/**
 * The guide's pictures, made from the page itself: `node tests/ui/guide.mjs` makes them anew. Beside each lies what was to be
 * read in it; `guide.test.mjs` compares that with what the page says today, so that no picture is older than its words.
 */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch } from "./preview/browser.mjs";
import { serve } from "./preview/serve.mjs";

const FOLDER = fileURLToPath(new URL("../../ui/guide/pictures/", import.meta.url));
const OPEN_DETAILS = "document.querySelector('#queue upload-row').focus(); document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))";

/** Each picture: its name, the scene, its size, and what is done first. */
export const PICTURES = [
  { name: "queue", scene: "queue", width: 960, height: 620 },
  { name: "details", scene: "queue", width: 1280, height: 720, run: OPEN_DETAILS },
  { name: "resumable", scene: "resumable", width: 960, height: 900 },
];

/** The words that stand in a picture whatever its data: headings, buttons, terms. How many lines fit differs with the fonts. */
const READ = `[...new Set([...document.querySelectorAll("h1, h2, h3, button, dt, label, .legend li")]
  .filter((each) => each.getClientRects().length > 0 && !each.closest("upload-row .what")).map((each) => each.innerText.trim()).filter(Boolean))].sort().join("\\n")`;

/** Shows what a picture is of, and gives what can be read there. */
export async function show(browser, address, { scene, width, height, run }) {
  await browser.size(width, height);
  await browser.open(`${address}/?scene=${scene}`);
  await browser.evaluate(`${run ?? "null"}; new Promise((done) => setTimeout(done, 1500))`);
  return browser.evaluate(READ);
}

/** Where what can be read in a picture is kept. */
export const wordsOf = (name) => `${FOLDER}${name}.txt`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { server, address } = await serve();
  const browser = await launch();
  for (const picture of PICTURES) {
    writeFileSync(wordsOf(picture.name), `${await show(browser, address, picture)}\n`);
    writeFileSync(`${FOLDER}${picture.name}.png`, await browser.picture());
  }
  await browser.close();
  server.close();
}
