/** The settings page in a real browser against the stand-in for the app. Skipped where there is no Chromium. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { open, calls, text } = page;

async function openSettings() {
  await open("all");
  await page.browser.evaluate("location.hash = '#settings'");
  await page.browser.until("document.querySelector('settings-page .data bdi').textContent !== ''");
}

/** Types into a field as a person does, and leaves it. */
function change(name, value) {
  const set = typeof value === "boolean" ? `control.checked = ${value}` : `control.value = ${JSON.stringify(value)}`;
  return page.browser.evaluate(`{ const control = document.querySelector('settings-page form').elements[${JSON.stringify(name)}]; ${set}; control.dispatchEvent(new Event("change", { bubbles: true })); }`);
}

const isSaved = () => page.browser.until("document.querySelector('settings-page .saved').textContent === 'Saved'");

test("a change is sent at once and quietly confirmed", options, async () => {
  await openSettings();
  await change("files_at_once", "5");
  await isSaved();
  await change("pause_on_battery", "30");
  await page.browser.until("fake.calls.filter(({ command }) => command === 'set_preferences').length === 2");
  assert.deepEqual((await calls("set_preferences")).map(({ patch }) => patch), [{ files_at_once: 5 }, { pause_on_battery: 30 }]);
});

test("what is refused is told at its field, and gone once it is put right", options, async () => {
  await openSettings();
  await change("files_at_once", "99");
  await page.browser.until("document.querySelector('[data-field=files_at_once] .trouble').textContent.includes('from 1 to 32')");
  assert.equal(await page.browser.evaluate("document.getElementById('set-files').getAttribute('aria-invalid')"), "true");
  await change("files_at_once", "4");
  await isSaved();
  assert.equal(await page.browser.evaluate("document.getElementById('set-files').hasAttribute('aria-invalid')"), false);
});

test("a speed that is none never leaves the page, and one by the time of day does", options, async () => {
  await openSettings();
  await change("speed_limit", "fast");
  await page.browser.until("document.querySelector('[data-field=speed_limit] .trouble').textContent !== ''");
  assert.equal((await calls("set_preferences")).length, 0);
  await change("speed_limit", "2 MB/s");
  await isSaved();
  await page.browser.evaluate("document.querySelector('.add-time').click()");
  await page.browser.evaluate(`{ const row = document.querySelector('.times li'); for (const [name, value] of [['from', '22:00'], ['to', '06:00']]) row.querySelector('[name=' + name + ']').value = value; row.querySelector('[name=rate]').dispatchEvent(new Event("change", { bubbles: true })); }`);
  await page.browser.until("fake.calls.at(-1).command === 'set_preferences' && fake.calls.at(-1).args.patch.speed_limit === '2000000,off@22:00-06:00'");
});

test("colours and language change at once, for a change from elsewhere too", options, async () => {
  await openSettings();
  await change("theme", "dark");
  await page.browser.until("document.documentElement.dataset.theme === 'dark'");
  assert.equal(await page.browser.evaluate("getComputedStyle(document.documentElement).colorScheme"), "dark");
  await change("language", "de");
  await page.browser.until("document.getElementById('settings-title').textContent === 'Einstellungen'");
  assert.equal(await text("#nav [aria-current] span"), "Einstellungen");
  const elsewhere = JSON.stringify({ values: { resume: "ask", files_at_once: 3, connections: null, speed_limit: "off", keep_days: 7, pause_on_metered: true, pause_on_battery: null, keep_awake: true, theme: "light", language: "en", motion: "reduced", notifications: "all", log_level: "info" }, defaults: {}, unreadable: [] });
  await page.browser.evaluate(`fake.emit("preferences", ${elsewhere})`);
  await page.browser.until("document.documentElement.dataset.theme === 'light' && document.documentElement.dataset.motion === 'reduced'");
  await page.browser.until("document.getElementById('settings-title').textContent === 'Settings'");
  await page.browser.until("document.querySelector('settings-page [name=pause_on_metered]').checked");
});

test("what cannot be read is told by its name", options, async () => {
  await openSettings();
  await page.browser.evaluate("fake.emit('preferences', { values: fake.set, defaults: {}, unreadable: ['keep_days'] })");
  await page.browser.until("document.querySelector('settings-page .whole').textContent.includes('Days to keep unfinished uploads')");
});

test("everything is reset after a question, and kept where the answer is no", options, async () => {
  await openSettings();
  await change("keep_days", "30");
  await isSaved();
  await page.browser.evaluate("document.querySelector('[data-action=reset_preferences]').click()");
  await page.browser.until("document.querySelector('#ask dialog').open");
  await page.browser.evaluate("document.getElementById('ask-keep').click()");
  assert.equal((await calls("reset_preferences")).length, 0);
  // The first wish has to be over before the same one is heard again.
  await page.browser.until("document.querySelector('#ask dialog').open || document.querySelector('[data-action=reset_preferences]').click()");
  await page.browser.evaluate("document.getElementById('ask-do').click()");
  await page.browser.until("document.querySelector('settings-page form').elements.keep_days.value === '7'");
});

test("the system is asked to start the app, and a report is made with names only where they are wanted", options, async () => {
  await openSettings();
  await change("start_at_login", true);
  await isSaved();
  assert.deepEqual((await calls("set_start_at_login"))[0], { on: true });
  await page.browser.evaluate("document.querySelector('[data-action=copy_report]').click()");
  await page.browser.until("document.querySelector('settings-page .saved').textContent.includes('report')");
  assert.deepEqual((await calls("report"))[0], { names: false });
});
