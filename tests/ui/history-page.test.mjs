/** The history's page in a real browser against the stand-in for the app. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { calls, count, text, tabTo, focused } = page;
const evaluate = (expression) => page.browser.evaluate(expression);
const until = (expression) => page.browser.until(expression);
const names = () => evaluate("[...document.querySelectorAll('#history li .name')].map(({ textContent }) => textContent)");
const type = (words) => evaluate(`{ const field = document.getElementById("history-search"); field.value = ${JSON.stringify(words)}; field.dispatchEvent(new Event("input", { bubbles: true })); }`);
const choose = (name, value) => evaluate(`{ const select = document.querySelector("#history [name=${name}]"); select.value = ${JSON.stringify(value)}; select.dispatchEvent(new Event("change", { bubbles: true })); }`);

async function open(scene) {
  await page.open(scene);
  await evaluate("location.hash = '#history'");
  await until("!document.querySelector('[data-page=history]').hidden && (document.querySelector('#history li') || !document.querySelector('#history .lesson-box').hidden)");
}

test("an empty history teaches in a sentence and offers nothing that makes no sense", options, async () => {
  await open("no-history");
  assert.match(await text("#history .lesson"), /Nothing yet\. When an upload ends/);
  for (const part of [".filters", "header .buttons", ".show-all", ".entries"]) assert.ok(!(await page.shown(`#history ${part}`)), part);
});

test("entries are found as one types, and by filters; everything comes back with one button", options, async () => {
  await open("history");
  assert.equal(await count("#history li"), 7);
  assert.equal(await text("#history .summary"), "7 entries, 315 GB");
  await type("day 3");
  await until("document.querySelectorAll('#history li').length === 1");
  assert.equal(await text("#history .summary"), "1 of 7 entries, 41.4 GB");
  assert.equal(await text("#history .remove-found"), "Remove these…");
  await type("");
  await choose("ending", "expired");
  await until("document.querySelector('#history li .name').textContent === 'old-scan.raw'");
  await choose("days", "7");
  await until("!document.querySelector('#history .lesson-box').hidden");
  assert.match(await text("#history .lesson"), /Nothing fits/);
  await evaluate("document.querySelector('#history .show-all').click()");
  await until("document.querySelectorAll('#history li').length === 7");
});

test("what is drawn is what was asked for last, however late answers come", options, async () => {
  await open("history");
  await evaluate("fake.holds.history = new Promise((go) => (globalThis.go = go)); null");
  await type("nothing fits this");
  await until("fake.calls.filter(({ command }) => command === 'history').length === 2");
  await evaluate("delete fake.holds.history");
  await type("backup");
  await until("document.querySelectorAll('#history li').length === 1");
  await evaluate("go()");
  await evaluate("new Promise((done) => setTimeout(done, 50))");
  assert.deepEqual(await names(), ["Backup, laptop.img"]);
});

test("a hundred thousand entries are shown page by page", options, async () => {
  await open("long-history");
  assert.equal(await count("#history li"), 100);
  assert.match(await text("#history .summary"), /100,000 entries/);
  await evaluate("document.querySelector('#history .more').click()");
  await until("document.querySelectorAll('#history li').length === 200");
  assert.equal(new Set(await names()).size, 200, "none twice");
  assert.equal(await evaluate("document.activeElement.closest('li').entry.name"), "IMG_100.cr3", "the focus goes to the first new one");
});

test("names are text, whatever they hold", options, async () => {
  await open("history");
  assert.equal(await count("#history li img"), 0);
  assert.ok((await names()).includes("<img src=x onerror=alert(1)>.bin"));
});

test("arrows go from entry to entry; Enter opens one, and the focus comes back", options, async () => {
  await open("history");
  await evaluate("document.getElementById('history-search').focus()");
  await page.browser.press("ArrowDown");
  await page.browser.press("ArrowDown");
  assert.match(await focused(), /مقابلة/);
  await page.browser.press("Enter");
  await until("document.querySelector('#past dialog').open");
  assert.ok(await page.shown("#past [data-action=copy_link]"), "a server's own address can be given to others");
  assert.ok(!(await page.shown("#past [data-action=open_past]")), "what lies elsewhere cannot be opened");
  await page.browser.press("Escape");
  await until("!document.querySelector('#past dialog').open");
  assert.match(await focused(), /مقابلة/);
});

test("Verify tells how far it is, can be stopped, and says what came of it", options, async () => {
  await open("history");
  await evaluate("fake.stalls = true; document.querySelector('#history li button').click()");
  await until("document.querySelector('#past dialog').open");
  await tabTo("Verify");
  await page.browser.press("Enter");
  await until("document.querySelector('#past .verdict').textContent.includes('33')");
  assert.equal(await focused(), "Stop");
  await page.browser.press("Enter");
  await until("document.querySelector('#past .verdict').textContent === 'The comparison was stopped.'");
  assert.equal(await focused(), "Verify", "the focus is where it was");
  await evaluate("fake.stalls = false; fake.compared = { equal: false, same_size: true, size: 9, differing: [[0, 7]], ranges: 1 }");
  await page.browser.press("Enter");
  await until("document.querySelector('#past .verdict').dataset.tone === 'bad'");
  assert.match(await text("#past .verdict"), /Different: A-cam 0017\.mov changed in one place: bytes 0 to 7/);
  await evaluate("fake.answers.verify_past = { code: 'source_missing', message: 'It does not lie there any more.' }");
  await page.browser.press("Enter");
  await until("document.querySelector('#past .trouble').textContent === 'It does not lie there any more.'");
});

test("removing asks, keeps on Escape, and gives the focus to the neighbour", options, async () => {
  await open("history");
  await evaluate("document.querySelector('#history li button').focus(); document.querySelector('#history li button').click()");
  await until("document.querySelector('#past dialog').open");
  await evaluate("document.querySelector('#past [data-action=forget_past]').click()");
  await until("document.querySelector('#ask dialog').open");
  assert.equal(await focused(), "Keep");
  await page.browser.press("Escape");
  await until("!document.querySelector('#ask dialog').open");
  await until("document.activeElement.closest('#past')");
  await evaluate("new Promise((done) => setTimeout(done, 50))");
  assert.deepEqual(await calls("forget_past"), []);
  await evaluate("document.querySelector('#past [data-action=forget_past]').click()");
  await until("document.querySelector('#ask dialog').open");
  await evaluate("document.getElementById('ask-do').click()");
  await until("document.querySelectorAll('#history li').length === 6");
  assert.equal(await text("#history .told"), "1 entry was removed.");
  assert.match(await focused(), /مقابلة/);
});

test("all that is found is removed after one question that counts it", options, async () => {
  await open("history");
  await choose("destination", "Studio server");
  await until("document.querySelectorAll('#history li').length === 2");
  await evaluate("document.querySelector('#history .remove-found').click()");
  await until("document.querySelector('#ask dialog').open");
  assert.equal(await text("#ask-title"), "Remove 2 entries from the history?");
  await evaluate("document.getElementById('ask-do').click()");
  await until("document.querySelector('#history .told').textContent === '2 entries were removed.'");
  assert.equal((await calls("forget_found"))[0].search.destination, "Studio server");
});

test("keeping the history for a shorter time says first what goes at once", options, async () => {
  await open("history");
  await choose("keep", "365");
  await until("document.querySelector('#ask dialog').open");
  assert.equal(await text("#ask-title"), "1 entry is older than that");
  await page.browser.press("Escape");
  await until("document.querySelector('#history [name=keep]').value === ''");
  assert.deepEqual(await calls("keep_history"), []);
  await choose("keep", "1825");
  await until("document.querySelector('#history .told').textContent === 'This is kept from now on.'");
  assert.deepEqual(await calls("keep_history"), [{ days: 1825 }]);
});

test("what is delivered while one looks is there a moment later", options, async () => {
  await open("history");
  const before = (await calls("history")).length;
  await evaluate("fake.emit('uploads', [{ type: 'upsert', upload: fake.upload('new.mov', 'done') }])");
  await until(`fake.calls.filter(({ command }) => command === 'history').length === ${before + 1}`);
});

test("nothing runs over the edge, narrow or with large text, in English and German", options, async () => {
  for (const [width, size] of [[320, "100%"], [960, "200%"], [320, "200%"]]) {
    await page.browser.size(width, 800);
    for (const language of ["en", "de"]) {
      await open("history");
      await evaluate(`document.documentElement.style.setProperty('font-size', '${size}'); import("./catalogue.js").then(({ speakLanguage }) => speakLanguage("${language}"))`);
      await evaluate("new Promise((done) => setTimeout(done, 100))");
      const over = await evaluate(`[...document.querySelectorAll('#history, #history *:not(.for-ears, option)')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1).map(({ className, localName }) => localName + '.' + className)`);
      assert.deepEqual(over, [], `${width} px, text ${size}, ${language}`);
    }
  }
  await page.browser.size(960, 680);
});
