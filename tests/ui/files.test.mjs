/** The finished files of destinations, in the real page against the stand-in for the app. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { open, focused, calls, count, text, shown, tabTo } = page;
const FILES = "#files .files li";

/** Opens the dialog by keyboard and waits for what it says then. */
async function openFiles(scene, words) {
  await open(scene);
  await tabTo("Finished files…");
  await page.browser.press("Enter");
  await says(words);
}

const says = (words) => page.browser.until(`document.querySelector('#files .summary').textContent.includes('${words}')`);
const names = () => page.browser.evaluate(`[...document.querySelectorAll('${FILES} .name')].map((each) => each.textContent)`);

test("the dialog lists what a destination tells of, newest first, as text", options, async () => {
  await openFiles("files", "5 files, 42.1 GB at This computer.");
  assert.equal((await names()).at(-1), "plan.pdf");
  assert.equal((await names())[1], "<img src=x onerror=alert(1)>.bin");
  assert.equal(await count("#files img"), 0, "a name never becomes markup");
  assert.equal(await text(`${FILES}:nth-child(4) .where`), "Day 3/A-cam");
});

test("it says what it does while the destination has not answered", options, async () => {
  await open("files");
  await page.browser.evaluate("fake.holds.finished_files = new Promise((go) => (globalThis.go = go)); document.getElementById('show-files').click()");
  await says("Asking This computer…");
  assert.equal(await page.browser.evaluate("document.querySelector('#files .files').ariaBusy"), "true");
  await page.browser.evaluate("go()");
  await says("5 files");
});

test("Escape and Close give the focus back to the button that opened it", options, async () => {
  for (const end of ["Escape", "Close"]) {
    await openFiles("files", "5 files");
    if (end === "Close") await tabTo("Close");
    await page.browser.press(end === "Close" ? "Enter" : end);
    await page.browser.until("!document.querySelector('#files dialog').open");
    assert.equal(await focused(), "Finished files…");
  }
});

test("Delete asks first and keeps on Escape; once confirmed the file goes and the focus stands on its neighbour", options, async () => {
  await openFiles("files", "5 files");
  await tabTo("Delete Day 3/A-cam/A-cam 0014.mov");
  await page.browser.evaluate("globalThis.isClosed = false; document.querySelector('#ask dialog').addEventListener('close', () => (isClosed = true))");
  await page.browser.press("Enter");
  await page.browser.until("document.querySelector('#ask dialog').open");
  assert.equal(await focused(), "Keep it");
  await page.browser.press("Escape");
  await page.browser.until("isClosed");
  assert.equal(await focused(), "Delete Day 3/A-cam/A-cam 0014.mov");
  assert.deepEqual(await calls("delete_finished"), []);

  await page.browser.press("Enter");
  await tabTo("Delete");
  await page.browser.press("Enter");
  await says("A-cam 0014.mov was deleted. 4 files, 4.1 GB left.");
  assert.equal(await focused(), "Delete plan.pdf");
  const [{ destination, file }] = await calls("delete_finished");
  assert.deepEqual([destination, file.id], [1, "f2"]);
});

test("when the last file is gone the focus stands on Close", options, async () => {
  await openFiles("one-file", "1 file");
  await tabTo("Delete plan.pdf");
  await page.browser.press("Enter");
  await tabTo("Delete");
  await page.browser.press("Enter");
  await says("plan.pdf was deleted. Nothing is left.");
  assert.equal(await focused(), "Close");
});

test("what a destination refuses is told in the dialog, and the list stays", options, async () => {
  await openFiles("files", "5 files");
  await page.browser.evaluate("fake.answers.delete_finished = { code: 'rejected', message: 'The file is no longer there.' }");
  await tabTo("Delete plan.pdf");
  await page.browser.press("Enter");
  await tabTo("Delete");
  await page.browser.press("Enter");
  await page.browser.until("!document.querySelector('#files .trouble').hidden");
  assert.equal(await text("#files .trouble"), "The file is no longer there.");
  assert.equal(await count(FILES), 5);
  assert.equal(await focused(), "Delete plan.pdf");
  await tabTo("Refresh");
  await page.browser.press("Enter");
  await says("5 files");
  assert.equal(await shown("#files .trouble"), false, "a new try forgets the old trouble");
});

test("another destination is chosen in the same dialog, and its answer alone is drawn", options, async () => {
  await openFiles("files", "5 files");
  assert.equal(await shown("#files select"), true);
  await page.browser.evaluate(`
    fake.holds.finished_files = new Promise((go) => (globalThis.late = go));
    document.querySelector('#files .refresh').click();`);
  await page.browser.evaluate(`
    delete fake.holds.finished_files;
    const select = document.querySelector('#files select');
    select.value = '2';
    select.dispatchEvent(new Event('change', { bubbles: true }));`);
  await says("1 file at Lab store.");
  await page.browser.evaluate("late(); new Promise((done) => setTimeout(done, 50))");
  assert.deepEqual(await names(), ["dataset-v4.parquet"], "an answer for what is no longer chosen is not drawn");
});

test("an empty list says so, with nothing to choose where there is one destination", options, async () => {
  await openFiles("no-files", "Nothing yet.");
  assert.equal(await shown("#files select"), false);
  assert.equal(await shown("#files .files"), false);
});

test("the arrows go from file to file, and thousands are drawn in parts", options, async () => {
  await openFiles("many-files", "1,200 files");
  assert.equal(await count(FILES), 500);
  await tabTo("Delete Card/IMG_1199.cr3");
  await page.browser.press("ArrowDown");
  assert.equal(await focused(), "Delete Card/IMG_1198.cr3");
  await page.browser.evaluate("document.querySelector('#files .more').click()");
  assert.equal(await count(FILES), 1000);
  assert.equal(await focused(), "Delete Card/IMG_699.cr3", "the focus goes to the first of what is new");
});

test("the dialog fits a phone's width and large text", options, async () => {
  for (const [width, size] of [[360, "100%"], [960, "200%"], [360, "200%"]]) {
    await page.browser.size(width, 700);
    await openFiles("files", "5 files");
    await page.browser.evaluate(`document.documentElement.style.setProperty('font-size', '${size}')`);
    const over = await page.browser.evaluate("[...document.querySelectorAll('#files dialog, #files dialog *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1).map(({ className, localName }) => localName + '.' + className)");
    assert.deepEqual(over, [], `${width} px, text ${size}`);
  }
  await page.browser.size(960, 680);
});
