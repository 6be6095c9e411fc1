/** The real page in a real browser against the stand-in for the app. Skipped where there is no Chromium. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { open, focused, calls, count, text, tabTo } = page;

test("the window is shown only after the first state is drawn, and once", options, async () => {
  await open("resumable");
  assert.equal(await count("#resumable upload-row"), 9);
  assert.deepEqual(await page.browser.evaluate("fake.calls.map(({ command }) => command)"), ["snapshot", "page_ready"]);
});

test("Resume all works by keyboard, and the focus goes to where the uploads went", options, async () => {
  await open("interrupted");
  await tabTo("Resume all");
  await page.browser.press("Enter");
  await page.browser.until("document.getElementById('resumable').hidden");
  assert.equal((await calls("resume"))[0].ids.length, 2);
  assert.equal(await count("#queue upload-row"), 2);
  await page.browser.until("document.activeElement.id === 'queue-title'");
});

test("one row is resumed by keyboard, and the focus goes to the next row", options, async () => {
  await open("interrupted");
  await tabTo("Resume Interview, second take.mov");
  await page.browser.press(" ");
  await page.browser.until("document.querySelectorAll('#resumable upload-row').length === 1");
  assert.equal(await focused(), "Resume Survey scan 0412.tif");
});

test("Pause turns into Resume under the finger", options, async () => {
  await open("all");
  await tabTo("Pause A-cam 0017.mov");
  await page.browser.press("Enter");
  await page.browser.until("document.activeElement.textContent === 'Resume'");
  await page.browser.press("Enter");
  await page.browser.until("document.activeElement.textContent === 'Pause'");
});

test("the arrows go from row to row in the same column", options, async () => {
  await open("interrupted");
  await tabTo("Discard Interview, second take.mov");
  await page.browser.press("ArrowDown");
  assert.equal(await focused(), "Discard Survey scan 0412.tif");
  await page.browser.press("ArrowUp");
  assert.equal(await focused(), "Discard Interview, second take.mov");
});

test("Locate asks for the file and says that it was found; a refusal is told by name", options, async () => {
  await open("resumable");
  await tabTo("Locate… Rushes day 3.mxf");
  await page.browser.evaluate("fake.answers.locate = { code: 'invalid', message: 'This file is another one.' }");
  await page.browser.press("Enter");
  await page.browser.until("!document.getElementById('problems').hidden");
  assert.equal(await text("#problems .subject"), "Rushes day 3.mxf");
  assert.equal(await focused(), "Locate… Rushes day 3.mxf");
  await page.browser.evaluate("delete fake.answers.locate");
  await page.browser.press("Enter");
  await page.browser.until("document.getElementById('status').textContent === 'Rushes day 3.mxf was found.'");
  await page.browser.until("document.querySelectorAll('#queue upload-row').length === 1");
});

test("Discard asks, names what goes, and keeps it on Escape and on the first button", options, async () => {
  await open("interrupted");
  await tabTo("Discard Interview, second take.mov");
  await page.browser.evaluate("globalThis.closings = 0; document.querySelector('#ask dialog').addEventListener('close', () => { closings += 1; })");
  for (const [round, key] of ["Escape", "Enter"].entries()) {
    await page.browser.press("Enter");
    await page.browser.until("document.querySelector('#ask dialog').open");
    assert.equal(await focused(), "Keep it");
    assert.equal(await text("#ask .names bdi"), "Interview, second take.mov");
    await page.browser.press(key);
    await page.browser.until(`closings === ${round + 1}`);
    assert.equal(await focused(), "Discard Interview, second take.mov");
  }
  assert.deepEqual(await calls("discard"), []);
});

test("Discard, once confirmed, tells the app and the row goes", options, async () => {
  await open("interrupted");
  await tabTo("Discard Interview, second take.mov");
  await page.browser.press("Enter");
  await tabTo("Discard");
  await page.browser.press("Enter");
  await page.browser.until("document.querySelectorAll('#resumable upload-row').length === 1");
  assert.equal((await calls("discard")).length, 1);
});

test("the whole window shows that it takes a drop, and the drop is handed over", options, async () => {
  await open("empty");
  const veil = "getComputedStyle(document.querySelector('.veil')).display";
  await page.browser.evaluate("fake.emit('tauri://drag-enter', { paths: ['/a.mov'] })");
  assert.equal(await page.browser.evaluate(veil), "grid");
  await page.browser.evaluate("fake.emit('tauri://drag-drop', { paths: ['/a.mov', '/caf\\uFFFD.mov'] })");
  assert.equal(await page.browser.evaluate(veil), "none");
  await page.browser.until("document.querySelectorAll('#queue upload-row').length === 1");
  assert.match(await text("#problems .subject"), /caf\uFFFD\.mov/);
  await page.browser.until("document.getElementById('status').textContent !== ''");
});

test("a drag that leaves takes the veil with it, and one without files never raises it", options, async () => {
  await open("empty");
  await page.browser.evaluate("fake.emit('tauri://drag-enter', { paths: [] })");
  assert.equal(await count("drop-zone[dragging]"), 0);
  await page.browser.evaluate("fake.emit('tauri://drag-enter', { paths: ['/a'] }); fake.emit('tauri://drag-leave', null)");
  assert.equal(await count("drop-zone[dragging]"), 0);
});

test("names and messages are text, whatever they hold", options, async () => {
  await open("empty");
  await page.browser.evaluate(`fake.emit('uploads', [{ type: 'upsert', upload: fake.upload('<img src=x onerror=alert(1)>', { kind: 'failed', message: '<b>no</b>' }) }])`);
  await page.browser.until("document.querySelectorAll('upload-row').length === 1");
  assert.equal(await text("upload-row .name"), "<img src=x onerror=alert(1)>");
  assert.equal(await count("upload-row img, upload-row b"), 0);
});

test("only the row that changed is touched", options, async () => {
  await open("queue");
  await page.browser.evaluate(`
    globalThis.touched = new Set();
    new MutationObserver((list) => list.forEach(({ target }) => touched.add((target.closest?.('upload-row') ?? target.parentElement?.closest('upload-row'))?.dataset.id)))
      .observe(document.querySelector('#queue .rows'), { subtree: true, childList: true, characterData: true, attributes: true });
    globalThis.changed = document.querySelector('#queue upload-row').dataset.id;
    fake.patch(changed, { confirmed: 30e9, updated_at: 5 });`);
  await page.browser.until("touched.has(changed)");
  assert.deepEqual(await page.browser.evaluate("[...touched]"), [await page.browser.evaluate("changed")]);
});

test("a command that fails says why, and the page stays usable", options, async () => {
  await open("interrupted");
  await page.browser.evaluate("fake.answers.resume = { code: 'offline', message: 'The receiver does not answer.' }; document.getElementById('resume-all').click()");
  await page.browser.until("!document.getElementById('problems').hidden");
  assert.equal(await text("#problems .cause"), "The receiver does not answer.");
  assert.equal(await count("#resumable upload-row"), 2);
  await page.browser.evaluate("document.querySelector('.dismiss').click()");
  assert.equal(await page.browser.evaluate("document.getElementById('problems').hidden"), true);
});

test("without records the window still opens and says why", options, async () => {
  await open("no-records");
  assert.match(await text("#problems .cause"), /disk is full/);
  assert.equal(await text("#drop-title"), "No files can be taken now");
  await page.browser.evaluate("fake.emit('tauri://drag-enter', { paths: ['/a.mov'] })");
  assert.equal(await count("drop-zone[dragging]"), 0, "the window does not ask for what it cannot take");
  await page.browser.evaluate("fake.emit('tauri://drag-drop', { paths: ['/a.mov'] }); document.getElementById('choose-files').click()");
  await page.browser.press("o", 2);
  await page.browser.until("document.querySelectorAll('#problems .problem').length === 2");
  assert.equal((await calls("add_paths")).length + (await calls("pick_files")).length, 0, "nothing is added");
});

test("the notification's Show leads to what can be resumed", options, async () => {
  await open("interrupted");
  await page.browser.evaluate("fake.emit('show-resumable', null)");
  await page.browser.until("document.activeElement.id === 'resumable-title'");
});

test("five thousand uploads open quickly, and a change to one is drawn quickly", options, async () => {
  const started = Date.now();
  await open("many");
  assert.ok(Date.now() - started < 3000, "the first state must be there within seconds even on a slow machine");
  assert.equal(await count("#queue upload-row"), 500);
  assert.match(await text("#queue .more"), /Show 500 more of 4,500 uploads/);
  const frame = await page.browser.evaluate(`
    fake.patch(document.querySelector('#queue upload-row').dataset.id, { confirmed: 20e6 });
    new Promise((done) => requestAnimationFrame(() => { const t = performance.now(); setTimeout(() => done(performance.now() - t)); }))`);
  assert.ok(frame < 200, `one frame took ${frame} ms`);
});

test("nothing runs over the edge, from a phone's width to a wall's, with large text too", options, async () => {
  for (const [width, size] of [[360, "100%"], [960, "200%"], [360, "200%"], [3840, "100%"]]) {
    await page.browser.size(width, 800);
    for (const scene of ["empty", "resumable", "queue", "done", "expiring", "owned"]) {
      await open(scene);
      await page.browser.evaluate(`document.documentElement.style.setProperty('font-size', '${size}')`);
      const over = await page.browser.evaluate(`[...document.querySelectorAll('main, main *:not(.for-ears), receiver-bar *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1).map(({ className, localName }) => localName + '.' + className)`);
      assert.deepEqual(over, [], `${scene} at ${width} px, text ${size}`);
    }
  }
  await page.browser.size(960, 680);
});

test("a double click opens one picker", options, async () => {
  await open("empty");
  await page.browser.evaluate("document.getElementById('choose-files').click(); document.getElementById('choose-files').click()");
  await page.browser.until("document.querySelectorAll('upload-row').length > 0");
  assert.equal((await calls("pick_files")).length, 1);
});

test("events that come before the snapshot are not lost", options, async () => {
  await open("meanwhile");
  assert.equal(await text("#queue .name"), "early.mov");
});
