/** The real page in a real browser against the stand-in for the app. Skipped where there is no Chromium. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { open, focused, calls, count, text, tabTo } = page;

test("the window is shown only after the first state is drawn, and once", options, async () => {
  await open("resumable");
  assert.equal(await count("#resumable upload-row"), 9);
  assert.deepEqual(await page.browser.evaluate("fake.calls.map(({ command }) => command)"), ["preferences", "snapshot", "page_ready"]);
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
  await tabTo("Resume Interview, second take.mov");
  for (let row = 0; row < 4; row += 1) await page.browser.press("ArrowDown");
  assert.equal(await focused(), "Locate… Rushes day 3.mxf", "Down goes to the same place in the next row");
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

test("of many uploads only those in sight are in the page, wherever one scrolls", options, async () => {
  await open("many");
  const rowcount = "document.querySelector('#queue .rows').getAttribute('aria-rowcount')";
  assert.equal(await page.browser.evaluate(rowcount), "5000");
  const rows = "[...document.querySelectorAll('#queue upload-row')]";
  for (const part of [0, 0.3, 0.99, 0.5, 0]) {
    await page.browser.evaluate(`document.querySelector("main").scrollTop = document.querySelector("main").scrollHeight * ${part}; new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`);
    assert.ok(await page.browser.evaluate(`${rows}.length < 40`), "few rows are in the page");
    const seen = await page.browser.evaluate(`${rows}.filter((row) => { const { top, bottom } = row.getBoundingClientRect(); return bottom > 100 && top < innerHeight - 100; }).length`);
    assert.ok(seen >= 4, `rows are seen at ${part}`);
    const gaps = await page.browser.evaluate(`${rows}.map((row) => row.getBoundingClientRect()).slice(1).map(({ top }, index) => Math.round(top - ${rows}[index].getBoundingClientRect().bottom)).filter((gap) => gap !== 0 && gap < 1000)`);
    assert.deepEqual(gaps, [], "each begins where the one before ends");
  }
});

test("End and Home reach the last and the first of thousands, and the focus is seen", options, async () => {
  await open("many");
  await page.browser.evaluate("document.querySelector('#queue upload-row').focus()");
  const inSight = "(() => { const { top, bottom } = document.activeElement.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; })()";
  for (const [key, index] of [["End", "5000"], ["ArrowUp", "4999"], ["PageUp", "4989"], ["Home", "1"], ["ArrowDown", "2"]]) {
    await page.browser.press(key);
    assert.equal(await page.browser.evaluate("document.activeElement.getAttribute('aria-rowindex')"), index, key);
    assert.equal(await page.browser.evaluate(inSight), true, `${key} brings the row into sight`);
  }
});

test("several are selected by keys, and what is done is done to all of them", options, async () => {
  await open("queue");
  await page.browser.evaluate("document.querySelector('#queue upload-row').focus()");
  await page.browser.press(" ");
  assert.equal(await text("#selection .count"), "1 selected");
  await page.browser.press("ArrowDown");
  await page.browser.press(" ");
  assert.equal(await text("#selection .count"), "2 selected");
  assert.equal(await count("#queue [aria-selected=true]"), 2);
  await page.browser.evaluate("document.querySelector('#selection [data-deed=pause]').click()");
  await page.browser.until("fake.calls.some(({ command }) => command === 'pause')");
  assert.equal((await calls("pause"))[0].ids.length, 2);
  await page.browser.press("Escape");
  assert.equal(await page.browser.evaluate("document.getElementById('selection').hidden"), true);
});

test("Alt and an arrow put the queue in another order", options, async () => {
  await open("queue");
  const names = () => page.browser.evaluate("[...document.querySelectorAll('#queue upload-row')].map((row) => row.querySelector('.name').textContent)");
  const before = await names();
  const at = before.indexOf("B-cam 0007.mov");
  await page.browser.evaluate(`document.querySelectorAll('#queue upload-row')[${at}].focus()`);
  await page.browser.press("ArrowUp", 1);
  await page.browser.until("fake.calls.some(({ command }) => command === 'set_order')");
  const [{ ids, order }] = await calls("set_order");
  const idOf = (index) => page.browser.evaluate(`[...fake.uploads.values()].find(({ name }) => name === ${JSON.stringify(before[index])}).id`);
  assert.deepEqual({ ids, order }, { ids: [await idOf(at)], order: { before: await idOf(at - 1) } });
});

test("what is looked for is shown, and the rest is out of the way", options, async () => {
  await open("queue");
  await page.browser.evaluate("document.querySelector('[data-filter=waiting]').click()");
  const kinds = await page.browser.evaluate("[...document.querySelectorAll('upload-row')].map((row) => row.dataset.kind)");
  assert.ok(kinds.length > 0 && kinds.every((kind) => ["waiting", "queued"].includes(kind)), String(kinds));
  await page.browser.evaluate("const field = document.querySelector('#filter input'); field.value = 'no such thing'; field.dispatchEvent(new Event('input', { bubbles: true }))");
  assert.equal(await count("upload-row"), 0);
  assert.equal(await page.shown(".nothing"), true);
  await page.browser.evaluate("document.querySelector('.nothing button').click()");
  assert.ok((await count("upload-row")) >= 8);
});

test("the details of an upload say all about it, and follow what is selected", options, async () => {
  await open("queue");
  await page.browser.evaluate("document.querySelector('#queue upload-row').focus()");
  await page.browser.press("Enter");
  assert.equal(await text("#details h2"), "A-cam 0017.mov");
  await page.browser.until("fake.calls.some(({ command }) => command === 'chunk_map')");
  await page.browser.until("!document.querySelector('#details .parts').hidden");
  assert.match(await page.browser.evaluate("document.querySelector('#details canvas').getAttribute('aria-label')"), /% on the server, \d+ parts on their way/);
  await page.browser.evaluate("document.querySelectorAll('#queue upload-row')[1].click()");
  assert.match(await text("#details h2"), /^Ein langer Dateiname/);
  await page.browser.evaluate("document.querySelector('[data-action=close_details]').click()");
  assert.equal(await page.shown("#details"), false);
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
