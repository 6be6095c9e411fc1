/** Destinations in the real page against the stand-in for the app: the list, and where dropped files go. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { open, focused, calls, count, text, shown, tabTo } = page;
const ROWS = "#places .places > li";

async function openList(scene) {
  await open(scene);
  await tabTo("Destinations…");
  await page.browser.press("Enter");
  await page.browser.until(`document.querySelectorAll('${ROWS}').length > 0`);
  await page.browser.until("document.activeElement.id === 'places-title'");
}

const toUploads = () => page.browser.evaluate("location.hash = '#uploads'; new Promise((done) => setTimeout(done, 50))");
const says = (words) => page.browser.until(`document.querySelector('#places .summary').textContent.includes('${words}')`);
const names = () => page.browser.evaluate(`[...document.querySelectorAll('${ROWS} .name')].map((each) => each.textContent)`);

test("This computer comes first and stays; names and addresses are text, and no secret is among them", options, async () => {
  await openList("places");
  assert.deepEqual(await names(), ["This computer", "Studio server", "Kleines Archiv – Außenstelle, dritter Stock", "http://127.0.0.1:8080/upload", "<img src=x onerror=alert(1)>"]);
  assert.equal(await count("#places img"), 0, "a name never becomes markup");
  assert.equal(await shown(`${ROWS}:first-child [data-action=remove_place]`), false);
  assert.equal(await text(`${ROWS}:nth-child(2) .facts`), "Fine Uploader server · 3 unfinished uploads need it · token in the keychain");
  assert.doesNotMatch(await text("#places"), /project=7|files\/x1/);
});

test("new files go where the user says, and the drop zone and the foot say so too", options, async () => {
  await openList("places");
  assert.equal(await page.browser.evaluate("document.getElementById('drop-title').textContent"), "Drop files or folders here");
  await tabTo("Send new files here: Studio server");
  await page.browser.press("Enter");
  await says("New files go to Studio server from now on.");
  assert.equal(await focused(), "Edit…: Studio server", "the button that is gone gives the focus to its neighbour");
  assert.equal(await count(`${ROWS} .chosen:not([hidden])`), 1);
  await page.browser.until("document.getElementById('drop-title').textContent === 'Drop files here: they go to Studio server'");
  assert.equal(await text("#receiver .where"), "Files go to Studio server, at https://files.example.org/upload");
  assert.equal(await shown("#open-received"), false, "the folder of another destination is not here");
});

test("dropped and chosen files are handed over with the destination that the page shows", options, async () => {
  await open("elsewhere-empty");
  await page.browser.evaluate("fake.emit('tauri://drag-enter', { paths: ['/a.mov'] })");
  assert.equal(await text(".veil p"), " Drop to upload to Kleines Archiv – Außenstelle, dritter Stock");
  await page.browser.evaluate("fake.emit('tauri://drag-drop', { paths: ['/a.mov'] })");
  await page.browser.until("document.querySelectorAll('#queue upload-row').length === 1");
  assert.equal((await calls("add_paths"))[0].to.id, 3);
  await page.browser.evaluate("document.getElementById('choose-files').click()");
  await page.browser.until("document.querySelectorAll('#queue upload-row').length === 2");
  assert.equal((await calls("pick_files"))[0].to.id, 3);
});

test("where the destination is gone meanwhile, nothing is added and the page says where files go now", options, async () => {
  await open("elsewhere-empty");
  await page.browser.evaluate("fake.answers.add_paths = { code: 'invalid', message: 'It was removed meanwhile.' }; fake.forget(3); fake.emit('tauri://drag-drop', { paths: ['/a.mov'] })");
  await page.browser.until("document.getElementById('drop-title').textContent === 'Drop files or folders here'");
  assert.equal(await text("#problems .cause"), "It was removed meanwhile.");
});

test("Remove asks first; a refusal is told in the list, and what is removed gives the focus to its neighbour", options, async () => {
  await openList("places");
  const name = "Kleines Archiv – Außenstelle, dritter Stock";
  await page.browser.evaluate("fake.answers.remove_destination = { code: 'invalid', message: 'It still has to be told of uploads.' }");
  const yes = async () => {
    await page.browser.press("Enter");
    await page.browser.until("document.querySelector('#ask dialog').open");
    assert.equal(await focused(), "Keep it");
    assert.equal(await shown("#ask-other"), false);
    await tabTo("Remove");
    await page.browser.press("Enter");
  };
  await tabTo(`Remove…: ${name}`);
  await yes();
  await page.browser.until("!document.querySelector('#places .trouble').hidden");
  assert.match(await text("#places .trouble"), /has to be told/);
  assert.equal(await focused(), `Remove…: ${name}`);
  await page.browser.evaluate("delete fake.answers.remove_destination");
  await yes();
  await says(`${name} was removed.`);
  assert.equal((await names()).length, 4);
  assert.equal(await focused(), "Remove…: http://127.0.0.1:8080/upload");
  assert.equal(await shown("#places .trouble"), false);
  assert.deepEqual((await calls("remove_destination")).map(({ uploads }) => uploads), [null, null]);
});

test("what unfinished uploads come to is asked, and either way is told as it is", options, async () => {
  for (const [button, uploads] of [["Remove when they are through", "finish"], ["Discard them and remove", "discard"]]) {
    await openList("places");
    await tabTo("Remove…: Studio server");
    await page.browser.press("Enter");
    await page.browser.until("document.querySelector('#ask dialog').open");
    assert.match(await text("#ask-text"), /3 unfinished uploads need it\..*keychain/);
    await tabTo(button);
    await page.browser.press("Enter");
    await says("Studio server is hidden, and goes as soon as nothing needs it any more.");
    assert.deepEqual(await calls("remove_destination"), [{ id: 2, uploads }]);
  }
});

test("a copy of all destinations is written down, and it is said where", options, async () => {
  await openList("places");
  await tabTo("Export…");
  await page.browser.press("Enter");
  await says("4 destinations were written to /home/ada/carryon-destinations.json, without their tokens.");
});

test("an import says what it would do, with what it brings along, before it does it", options, async () => {
  await openList("places-import");
  await tabTo("Import…");
  await page.browser.press("Enter");
  await page.browser.until("document.querySelector('#ask dialog').open");
  const told = await page.browser.evaluate("[...document.querySelectorAll('#ask .names span')].map(({ textContent }) => textContent)");
  assert.deepEqual(told, ["new · without encryption · trusts a file of certificates", "new", "here with other settings", "left out"]);
  assert.match(await text("#ask-text"), /2 destinations of this file are new\. .*stays as it is.*someone you trust/);
  // The wish has come to its end a moment after the question has.
  await page.browser.evaluate("globalThis.isClosed = false; document.querySelector('#ask dialog').addEventListener('close', () => setTimeout(() => (isClosed = true)))");
  await page.browser.press("Escape");
  await page.browser.until("isClosed");
  assert.deepEqual(await calls("import_destinations"), [], "nothing is changed by looking");
  await page.browser.press("Enter");
  await page.browser.until("document.querySelector('#ask dialog').open");
  await tabTo("Only the new ones");
  await page.browser.press("Enter");
  await says("2 destinations were imported. Their tokens, where they need some, have to be given. Left out: Studio server");
  assert.deepEqual((await calls("import_destinations")).map(({ replace }) => replace), [false]);
  assert.equal((await names()).length, 7);
});

test("with nothing to replace there is one way to import, and a file that changes nothing says why", options, async () => {
  await openList("places-import-new");
  await tabTo("Import…");
  await page.browser.press("Enter");
  await page.browser.until("document.querySelector('#ask dialog').open");
  assert.equal(await shown("#ask-other"), false);
  await tabTo("Import");
  await page.browser.press("Enter");
  await says("One destination was imported.");
  await openList("places-import-none");
  await tabTo("Import…");
  await page.browser.press("Enter");
  await page.browser.until("!document.querySelector('#places .trouble').hidden");
  assert.match(await text("#places .trouble"), /nothing to import: Studio server: here already\. Studio server: A destination's name must not be empty\./);
  await page.browser.evaluate("fake.answers.look_at_destinations = { code: 'invalid', message: 'This is no file of Carryon\u2019s destinations.' }; document.querySelector('#places [data-action=import_places]').click()");
  await page.browser.until("document.querySelector('#places .trouble').textContent.startsWith('This is no file')");
});

test("the arrows go from destination to destination", options, async () => {
  await openList("places");
  await tabTo("Edit…: This computer");
  await page.browser.press("ArrowDown");
  assert.equal(await focused(), "Edit…: Studio server");
  await page.browser.press("ArrowUp");
  assert.equal(await focused(), "Edit…: This computer");
});

test("what goes wrong while the list is read is told on its page", options, async () => {
  await open("places");
  await page.browser.evaluate("fake.answers.destinations = { code: 'storage', message: 'The records cannot be read.' }; document.getElementById('show-places').click()");
  await page.browser.until("!document.querySelector('#places .trouble').hidden");
  assert.equal(await text("#places .trouble"), "The records cannot be read.");
});

test("the page is asked for anew each time it is shown, and says so in another language at once", options, async () => {
  await openList("places");
  await toUploads();
  await page.browser.evaluate("fake.forget(2); location.hash = '#destinations'; 0");
  await page.browser.until(`document.querySelectorAll('${ROWS}').length === 4`);
  await page.browser.evaluate("import('/catalogue.js').then(({ speakLanguage }) => speakLanguage('de'))");
  assert.equal(await text("#places-title"), "Ziele");
  assert.equal(await text(`${ROWS}:nth-child(1) .facts`), "Eingebaut");
  assert.equal(await page.browser.evaluate(`document.querySelector('${ROWS} [data-action=edit_place]').getAttribute('aria-label')`), "Bearbeiten …: Dieser Rechner");
});

test("the finished files of one destination are opened from its row", options, async () => {
  await openList("files-of-two");
  assert.equal(await shown(`${ROWS}:nth-child(3) [data-action=show_files]`), false, "it tells of none");
  await tabTo("Finished files…: Studio server");
  await page.browser.press("Enter");
  await page.browser.until("document.querySelector('#files .summary').textContent.includes('1 file')");
  assert.equal(await page.browser.evaluate("document.querySelector('#files select').value"), "2");
  await page.browser.press("Escape");
  await page.browser.until("!document.querySelector('#files dialog').open");
  assert.equal(await focused(), "Finished files…: Studio server");
});

test("list and form fit a phone's width and large text", options, async () => {
  const over = (part, frame = part) => page.browser.evaluate(`{
    const edge = Math.min(innerWidth, document.querySelector('${frame}').getBoundingClientRect().right);
    [...document.querySelectorAll('${part} *')].filter((each) => each.getBoundingClientRect().right > edge + 1).map(({ className, localName }) => localName + '.' + className);
  }`);
  for (const [width, size] of [[320, "100%"], [960, "200%"], [360, "200%"]]) {
    await page.browser.size(width, 700);
    await openList("places");
    await page.browser.evaluate(`document.documentElement.style.setProperty('font-size', '${size}')`);
    assert.deepEqual(await over("#places"), [], `the list at ${width} px, text ${size}`);
    await page.browser.evaluate(`document.querySelector('${ROWS}:nth-child(3) [data-action=edit_place]').click()`);
    await page.browser.until("document.querySelector('#place-form dialog').open");
    await page.browser.evaluate("document.querySelector('#place-form details').open = true; document.querySelector('#place-form .test').click()");
    await page.browser.until("document.querySelectorAll('test-verdict li').length > 0");
    assert.deepEqual(await over("#place-form", "#place-form dialog"), [], `the form at ${width} px, text ${size}`);
  }
  await page.browser.size(960, 680);
});
