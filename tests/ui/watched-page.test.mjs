/** Watched folders in the real page against the stand-in for the app: the list, the form, and what each wish asks for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { open, focused, calls, count, text, shown } = page;
const ROWS = "#watched .watches > li";

async function openPage(scene) {
  await open(scene);
  await page.browser.evaluate("location.hash = '#watched'; new Promise((done) => setTimeout(done, 100))");
}

const click = (selector) => page.browser.evaluate(`document.querySelector('${selector}').click(); new Promise((done) => setTimeout(done, 100))`);
const fill = (name, value) => page.browser.evaluate(`document.querySelector('#watched form').elements.${name}.value = '${value}'`);

test("nothing is watched: one sentence says what for, and a form adds a folder", options, async () => {
  await openPage("empty");
  assert.equal(await shown("#watched .empty"), true);
  await click("#watched .add");
  assert.equal(await focused(), "Watch a folder");
  await click("#watched form [type=submit]");
  assert.match(await text("#watched [data-field=path] .trouble"), /Choose the folder/);
  assert.equal(await page.browser.evaluate("document.activeElement.name"), "path", "the focus goes to what is wrong");
  await click("#watched [data-action=pick_watch_folder]");
  await fill("after", "move");
  await click("#watched form [type=submit]");
  await page.browser.until(`document.querySelectorAll('${ROWS}').length === 1`);
  const [{ draft }] = await calls("save_watch");
  assert.deepEqual([draft.path, draft.picked, draft.rule.move_sent, draft.rule.existing], ["/media/card", "unix:2f6d65646961", true, false]);
  assert.equal(await shown("#watched form"), false);
  assert.equal(await focused(), "Watch a folder…", "the focus goes back to where it came from");
});

test("each folder says its state in words, its counts, and what a person has to know; names are text", options, async () => {
  await openPage("all");
  const states = await page.browser.evaluate(`[...document.querySelectorAll('${ROWS} .state')].map((each) => each.textContent)`);
  assert.deepEqual(states, ["Watching", "Folder missing", "Paused", "Trouble"]);
  assert.equal(await count("#watched img"), 0, "a name never becomes markup");
  assert.equal(await text(`${ROWS}:first-child .counts`), "12 files sent, 2 waiting");
  assert.match(await text(`${ROWS}:nth-child(4) .explanation`), /cannot be reached.*may not be read.*1 file changed/);
});

test("a folder rests, goes on, is changed and removed; the focus stays with it", options, async () => {
  await openPage("all");
  await page.browser.evaluate(`document.querySelector('${ROWS} [data-action=pause_watch]').focus()`);
  await click(`${ROWS} [data-action=pause_watch]`);
  await page.browser.until(`document.querySelector('${ROWS} .state').textContent === 'Paused'`);
  assert.equal(await focused(), "Resume: Scans");
  await click(`${ROWS} [data-action=resume_watch]`);
  await page.browser.until(`document.querySelector('${ROWS} .state').textContent === 'Watching'`);
  await click(`${ROWS} [data-action=edit_watch]`);
  assert.equal(await shown("#watched [data-field=existing]"), false, "that was for the moment of adding");
  await page.browser.press("Escape");
  await page.browser.until("document.querySelector('#watched form').hidden");
  assert.equal(await focused(), "Edit: Scans");
  await click(`${ROWS} [data-action=remove_watch]`);
  await page.browser.until("document.querySelector('#ask dialog').open");
  await click("#ask-do");
  await page.browser.until(`document.querySelectorAll('${ROWS}').length === 3`);
  assert.deepEqual(await calls("remove_watch"), [{ id: "w1" }]);
});
