/**
 * Accessibility by rule: axe-core finds nothing on any page, in any state, light and dark, in German, and mirrored. What no rule
 * sees (names that make sense, focus that goes where one looks) stands in the other tests.
 */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { options, user } from "./preview/user.mjs";

const AXE = fileURLToPath(new URL("../peers/node_modules/axe-core/axe.min.js", import.meta.url));
const source = existsSync(AXE) ? readFileSync(AXE, "utf8") : null;
const here = source ? options : { skip: "axe-core is not installed: cargo xtask setup --tests" };
const page = user();

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// Words in a row's name or facts may be cut off at the end of the line; that they can be read is the details' business.
const RUN = `axe.run(document, { runOnly: ${JSON.stringify(WCAG)} }).then(({ violations }) =>
  violations.map(({ id, help, nodes }) => id + ": " + help + " – " + nodes.slice(0, 3).map(({ html, any }) => html.slice(0, 160) + " " + (any[0]?.message ?? "")).join(" | ")))`;

/** What is done first in a scene, by hand of the page's own ways. */
const DEEDS = {
  details: "document.querySelector('#queue upload-row').dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))",
  selected: "document.querySelectorAll('#queue upload-row').forEach((row) => row.dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true })))",
  history: "location.hash = '#history'",
  past: "location.hash = '#history'; setTimeout(() => document.querySelector('#history li button').click(), 150)",
  receiving: "location.hash = '#receiving'",
  discarding: "document.getElementById('discard-all').click()",
  problem: "fake.emit('tauri://drag-drop', { paths: ['/home/ada/caf\\uFFFD.mov'] })",
  nothing: "const field = document.querySelector('#filter input'); field.value = 'none'; field.dispatchEvent(new Event('input', { bubbles: true }))",
};

const STATES = [
  ["empty"], ["interrupted"], ["resumable"], ["queue"], ["done"], ["all"], ["folders"], ["expiring"], ["notice"], ["owned"], ["no-records"],
  ["queue", "details"], ["queue", "selected"], ["resumable", "discarding"], ["interrupted", "problem"], ["queue", "nothing"], ["history", "history"], ["history", "past"],
  ["receiving", "receiving"], ["receiving-network", "receiving"], ["receiving-off", "receiving"],
];

async function findings(scene, deed) {
  await page.open(scene);
  if (deed) await page.browser.evaluate(`${DEEDS[deed]}; new Promise((done) => setTimeout(done, 300))`);
  await page.browser.evaluate(`${source}; null`);
  return page.browser.evaluate(RUN);
}

for (const [scene, deed] of STATES) {
  test(`nothing stands in anybody's way: ${scene}${deed ? `, ${deed}` : ""}`, here, async () => {
    assert.deepEqual(await findings(scene, deed), []);
  });
}

for (const scene of ["empty", "all", "resumable"]) {
  test(`nothing in the dark either: ${scene}`, here, async () => {
    await page.browser.media({ "prefers-color-scheme": "dark" });
    assert.deepEqual(await findings(scene), []);
    await page.browser.media({});
  });
}

/** Every page by its name, in each language; a page that is new is tested without a word here. */
test("nothing on any page, in any language", here, async () => {
  await page.open("all");
  const names = await page.browser.evaluate("import('/pages.js').then(({ PAGES }) => PAGES)");
  for (const code of ["en", "de", "ar-XB"]) {
    await page.browser.evaluate(`import('/catalogue.js').then(({ speakLanguage }) => speakLanguage('${code}'))`);
    for (const name of names) {
      await page.browser.evaluate(`location.hash = '#${name}'; new Promise((done) => setTimeout(done, 400))`);
      await page.browser.evaluate(`${source}; null`);
      assert.deepEqual(await page.browser.evaluate(RUN), [], `${name} in ${code}`);
    }
  }
});

/** What is written is written in the language that is spoken: in the test language no plain English is left on any page. */
test("every word on every page comes from the catalogue", options, async () => {
  await page.open("all");
  const names = await page.browser.evaluate("import('/pages.js').then(({ PAGES }) => PAGES)");
  await page.browser.evaluate("import('/catalogue.js').then(({ speakLanguage }) => speakLanguage('en-XA'))");
  for (const name of names.filter((each) => each !== "help")) {
    await page.browser.evaluate(`location.hash = '#${name}'; new Promise((done) => setTimeout(done, 400))`);
    const plain = await page.browser.evaluate(`[...document.querySelectorAll("button, h1, h2, h3, label, summary, legend, dt, th, .hint, .lesson, .summary, nav a")]
      .filter((each) => each.getClientRects().length > 0 && !each.querySelector("bdi"))
      .map((each) => each.textContent.trim()).filter((words) => /[A-Za-z]{3}/.test(words) && !/[àéîöûÅÉÎÖÛ]/.test(words))`);
    assert.deepEqual([...new Set(plain)], [], name);
  }
});
