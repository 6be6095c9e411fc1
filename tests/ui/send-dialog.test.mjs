/** Sending with a choice, in the real page against the stand-in for the app. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { open, focused, calls, count, text, shown, tabTo } = page;
const run = (script) => page.browser.evaluate(script);
const until = (script) => page.browser.until(script);
const isOpen = () => until("document.querySelector('#send dialog').open && document.querySelector('#send select').options.length > 0");
const isClosed = () => until("!document.querySelector('#send dialog').open");
const value = (name) => run(`document.querySelector('#send form').elements['${name}'].value`);
const isSendable = () => run("!document.querySelector('#send [type=submit]').disabled");

async function choose(name, to) {
  await run(`{
    const field = document.querySelector('#send form').elements[${JSON.stringify(name)}];
    field.value = ${JSON.stringify(to)};
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }`);
}

/** Drops files while that key is held, as the system tells of it. */
const drop = (paths, key) => run(`
  dispatchEvent(new DragEvent('dragover', { ${key ?? "altKey"}: true }));
  fake.emit('tauri://drag-enter', { paths: ${JSON.stringify(paths)} });
  fake.emit('tauri://drag-drop', { paths: ${JSON.stringify(paths)} });`);

test("Send to… is offered where there is a choice, and only there", options, async () => {
  await open("empty");
  assert.equal(await shown("#send-to"), false);
  await open("places");
  assert.equal(await shown("#send-to"), true);
});

test("files are picked, get their destination by keyboard, and go there", options, async () => {
  await open("places");
  await tabTo("Send to…");
  await page.browser.press("Enter");
  await isOpen();
  await until("document.activeElement.dataset.action === 'pick_send_files'");
  assert.deepEqual([await text("#send .count"), await isSendable()], ["Nothing is chosen yet.", false]);
  await page.browser.press("Enter");
  await until("document.querySelectorAll('#send li').length === 1");
  assert.equal(await text("#send li bdi"), "picked.mov");
  await choose("to", "3");
  assert.equal(await text("#send .where"), "http://archive.example.org/files/");
  await choose("priority", "first");
  await choose("resume", "nothing");
  await choose("start_at", "2027-01-31T22:00");
  await run("document.querySelector('#send [type=submit]').click()");
  await isClosed();
  const [{ paths, to, how }] = await calls("send_paths");
  assert.deepEqual(paths, [{ coded: "unix:2f61" }]);
  assert.deepEqual([to.id, to.name], [3, "Kleines Archiv – Außenstelle, dritter Stock"]);
  assert.deepEqual(how, { keep: false, start_over: false, priority: 10, start_at: await run("new Date(2027, 0, 31, 22).getTime()") });
  await until("document.getElementById('status').textContent.startsWith('One upload goes to Kleines Archiv')");
  await until("document.querySelectorAll('#queue upload-row').length === 1");
});

test("who holds Shift or Ctrl while dropping is asked; else nobody is", options, async () => {
  for (const key of ["shiftKey", "ctrlKey"]) {
    await open("places");
    await drop(["/a.mov", "/b.mov"], key);
    await isOpen();
    assert.deepEqual(await calls("add_paths"), []);
    assert.equal(await count("#send li"), 2);
    assert.equal(await value("to"), "1", "where new files go comes first");
    await until("document.activeElement.name === 'to'");
  }
  await open("places");
  await drop(["/a.mov"]);
  await until("document.querySelectorAll('#queue upload-row').length === 1");
  assert.equal(await shown("#send dialog"), false);
});

test("what is dropped on the open dialog comes along, each path once", options, async () => {
  await open("places");
  await drop(["/a.mov"], "ctrlKey");
  await isOpen();
  await drop(["/a.mov", "/b.mov"]);
  await until("document.querySelectorAll('#send li').length === 2");
  assert.deepEqual(await calls("add_paths"), []);
});

test("whoever opens it says what for, and a destination that is not there is never guessed", options, async () => {
  await open("places");
  const ask = (to) => run(`document.getElementById('send').open({ paths: ${JSON.stringify(Array.from({ length: 9 }, (_, index) => `/shoot/<b>${index}</b>.mov`))}, to: ${JSON.stringify(to)}, why: 'A link asks for this.' })`);
  await ask("studio SERVER");
  await isOpen();
  assert.deepEqual([await value("to"), await text("#send .why")], ["2", "A link asks for this."]);
  assert.deepEqual([await count("#send li"), await text("#send .more-paths"), await text("#send .count")], [5, "and 4 more", "9 files and folders"]);
  assert.deepEqual([await count("#send li b"), await text("#send li bdi")], [0, "b>.mov"], "a name never becomes markup");
  await ask("Attic");
  await until("!document.querySelector('#send .body > .trouble').hidden");
  assert.match(await text("#send .body > .trouble"), /no destination “Attic”/);
  assert.deepEqual([await value("to"), await isSendable()], ["", false]);
  await choose("to", "2");
  assert.deepEqual([await shown("#send .body > .trouble"), await isSendable()], [false, true]);
});

test("what the app refuses is told in the dialog and nothing that was chosen is lost; files that were left out, in the page", options, async () => {
  await open("places");
  await drop(["/a.mov", "/caf\uFFFD.mov"], "shiftKey");
  await isOpen();
  await run("fake.answers.send_paths = { code: 'invalid', message: 'The destination was removed meanwhile.' }; document.querySelector('#send [type=submit]').click()");
  await until("!document.querySelector('#send .body > .trouble').hidden");
  assert.equal(await text("#send .body > .trouble"), "The destination was removed meanwhile.");
  assert.deepEqual([await count("#send li"), await isSendable()], [2, true]);
  await run("delete fake.answers.send_paths; document.querySelector('#send [type=submit]').click()");
  await isClosed();
  await until("!document.getElementById('problems').hidden");
  assert.match(await text("#problems"), /no file of this name/);
});

test("Escape sends nothing, and gives the focus back", options, async () => {
  await open("places");
  await tabTo("Send to…");
  await page.browser.press("Enter");
  await isOpen();
  await page.browser.press("Escape");
  await isClosed();
  assert.equal(await focused(), "Send to…");
  assert.deepEqual(await calls("send_paths"), []);
});

test("the dialog fits a phone's width and large text, in German too", options, async () => {
  for (const [width, size, code] of [[320, "100%", "en"], [960, "200%", "de"], [360, "200%", "de"]]) {
    await page.browser.size(width, 700);
    await open("places");
    await run(`import('/catalogue.js').then(({ speakLanguage }) => speakLanguage('${code}'))`);
    await run(`document.documentElement.style.setProperty('font-size', '${size}')`);
    await drop(["/a.mov", "/Ein langer Dateiname, der sich über mehr als eine Zeile erstreckt.mov"], "ctrlKey");
    await isOpen();
    await run("document.querySelector('#send details').open = true");
    const over = await run(`{
      const edge = Math.min(innerWidth, document.querySelector('#send dialog').getBoundingClientRect().right);
      [...document.querySelectorAll('#send dialog *')].filter((each) => each.getBoundingClientRect().right > edge + 1).map(({ className, localName }) => localName + '.' + className);
    }`);
    assert.deepEqual(over, [], `${width} px, text ${size}, ${code}`);
  }
  await page.browser.size(960, 680);
});
