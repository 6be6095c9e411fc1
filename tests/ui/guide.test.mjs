/** The guide: its pictures are no older than the page, and both languages tell the same. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PICTURES, show, wordsOf } from "./guide.mjs";
import { launch } from "./preview/browser.mjs";
import { serve } from "./preview/serve.mjs";
import { options } from "./preview/user.mjs";

const GUIDE = fileURLToPath(new URL("../../ui/guide/", import.meta.url));
const guide = (code) => readFileSync(`${GUIDE}${code}.html`, "utf8");
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);

test("no picture of the guide is older than what it shows (node tests/ui/guide.mjs makes them anew)", options, async () => {
  const { server, address } = await serve();
  const browser = await launch();
  try {
    for (const picture of PICTURES) {
      assert.equal(await show(browser, address, picture), readFileSync(wordsOf(picture.name), "utf8").trim(), picture.name);
    }
  } finally {
    await browser.close();
    server.close();
  }
});

test("every picture in the guide is there, and every one that is there is shown", () => {
  for (const code of ["en", "de"]) {
    const shown = all(guide(code), /src="guide\/pictures\/([^"]+)\.png"/g);
    assert.deepEqual([...shown].sort(), PICTURES.map(({ name }) => name).sort(), code);
    for (const name of shown) assert.ok(existsSync(`${GUIDE}pictures/${name}.png`), name);
  }
});

test("both languages have the same chapters, pictures, keys and terms", () => {
  const shape = (code) => all(guide(code), /<(h2|figure|dt|tr|li|p)\b/g);
  assert.deepEqual(shape("de"), shape("en"));
});

test("every picture is described", () => {
  for (const code of ["en", "de"]) {
    for (const image of all(guide(code), /<img ([^>]*)>/g)) assert.match(image, /alt="[^"]{10,}"/);
  }
});
