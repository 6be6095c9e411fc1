/** The form of a destination in the real page against the stand-in for the app. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { options, user } from "./preview/user.mjs";

const page = user();
const { open, calls, text, shown } = page;
const FORM = "#place-form";

/** Opens the form to add a destination, or to change the nth of the list. */
async function openForm(scene, nth) {
  await open(scene);
  await page.browser.evaluate("document.getElementById('show-places').click()");
  await page.browser.until("document.querySelectorAll('#places .places > li').length > 0");
  const button = nth ? `#places .places > li:nth-child(${nth}) [data-action=edit_place]` : "#places [data-action=add_place]";
  await page.browser.evaluate(`document.querySelector('${button}').click()`);
  await page.browser.until(`document.querySelector('${FORM} dialog').open`);
}

/** Types into a field, as the browser tells of it. */
async function type(name, value) {
  await page.browser.evaluate(`{
    const field = document.querySelector('${FORM} form').elements[${JSON.stringify(name)}];
    field.focus();
    if (field.type === 'checkbox') field.click();
    else {
      field.value = ${JSON.stringify(value ?? "")};
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }`);
}

const click = (selector) => page.browser.evaluate(`document.querySelector('${FORM} ${selector}').click()`);
const save = () => click("[type=submit]");
const value = (name) => page.browser.evaluate(`document.querySelector('${FORM} form').elements['${name}'].value`);
const trouble = (field) => text(`${FORM} [data-field=${field}] .trouble`);
const hint = (field) => text(`${FORM} [data-field=${field}] .hint`);
const closed = () => page.browser.until(`!document.querySelector('${FORM} dialog').open`);
const focusedField = () => page.browser.evaluate("document.activeElement.name ?? document.activeElement.textContent");

test("a pasted address of the engine's sets kind and path, and is saved as it was", options, async () => {
  await openForm("places");
  assert.equal(await focusedField(), "kind");
  await type("address", "fineuploader+https://h.example/up?a=b&done=/up/done");
  assert.deepEqual([await value("address"), await value("done")], ["https://h.example/up?a=b", "/up/done"]);
  await type("address", "tus+https://h.example/files/?preset=supabase");
  assert.deepEqual([await value("kind"), await value("address")], ["supabase", "https://h.example/files/"]);
  assert.equal(await shown(`${FORM} [data-field=done]`), false, "only one kind has such a path");
  assert.equal(await hint("name"), "If empty, it is called h.example.");
  await save();
  await closed();
  const [{ draft }] = await calls("save_destination");
  assert.deepEqual([draft.id, draft.name, draft.address, draft.token], [null, "h.example", "tus+https://h.example/files/?preset=supabase", null]);
});

test("what makes no sense is told at once, each at its field, and nothing is sent", options, async () => {
  await openForm("places");
  await type("address", "https://me:hunter2@h/up");
  await type("chunk_size", "lots");
  await type("token", "s3cr3t");
  await save();
  assert.match(await trouble("address"), /user name or password/);
  assert.match(await trouble("chunk_size"), /8 MB or 6 MiB/);
  assert.equal(await shown(`${FORM} [name=chunk_size]`), true, "what is wrong is not folded away");
  assert.equal(await focusedField(), "address");
  assert.equal(await page.browser.evaluate(`document.querySelector('${FORM} [name=address]').getAttribute('aria-invalid')`), "true");
  assert.deepEqual(await calls("save_destination"), []);
  await type("address", "https://h/up");
  assert.equal(await shown(`${FORM} [data-field=address] .trouble`), false, "what is put right is not blamed any more");
  assert.equal(await value("token"), "s3cr3t", "nothing typed is lost");
});

test("what the app refuses stands at its field, or above the buttons, and all that was typed stays", options, async () => {
  await openForm("places");
  await type("address", "tus+https://h/files/");
  await type("token", "s3cr3t");
  await page.browser.evaluate("fake.answers.save_destination = { code: 'invalid', message: '“tus” is no protocol. Choose another kind of server.', field: 'kind' }");
  await save();
  await page.browser.until(`document.querySelector('${FORM} [data-field=kind] .trouble').textContent !== ''`);
  assert.equal(await trouble("kind"), "“tus” is no protocol. Choose another kind of server.");
  assert.equal(await focusedField(), "kind");
  await page.browser.evaluate("fake.answers.save_destination = { code: 'storage', message: 'The disk is full.', field: null }");
  await save();
  await page.browser.until(`!document.querySelector('${FORM} .whole').hidden`);
  assert.deepEqual([await text(`${FORM} .whole`), await trouble("kind")], ["The disk is full.", ""]);
  assert.deepEqual([await value("address"), await value("token")], ["https://h/files/", "s3cr3t"]);
});

test("consent is asked for with plain http, and belongs to one host", options, async () => {
  await openForm("places");
  await type("address", "http://127.0.0.1:8080/up");
  assert.equal(await shown(`${FORM} [name=consent]`), false);
  await type("address", "http://nas.example/up");
  assert.equal(await text(`${FORM} .consent label`), " Send to nas.example without encryption");
  await save();
  assert.match(await trouble("allow_http"), /Agree to this/);
  await type("consent");
  await type("address", "http://other.example/up");
  assert.equal(await page.browser.evaluate(`document.querySelector('${FORM} [name=consent]').checked`), false, "another host, another question");
  await type("consent");
  await save();
  await closed();
  assert.equal((await calls("save_destination"))[0].draft.settings.allow_http, true);
});

test("a token leaves the page when the form closes, and says what becomes of the one that is kept", options, async () => {
  await openForm("places", 2);
  assert.match(await hint("token"), /kept in the keychain\. Leave this empty/);
  await type("address", "https://elsewhere.example/upload");
  assert.match(await hint("token"), /for the server of the address before/);
  await type("forget_token");
  assert.match(await hint("token"), /It is forgotten when you save\.$/);
  await type("forget_token");
  await type("token", "s3cr3t");
  await save();
  await closed();
  assert.equal((await calls("save_destination"))[0].draft.token, "s3cr3t");
  assert.equal(await value("token"), "");
  await page.browser.until("document.querySelector('#places .summary').textContent.endsWith('Its token is kept in the keychain.')");
  assert.equal(await page.browser.evaluate("document.activeElement.getAttribute('aria-label')"), "Edit…: Studio server");
});

test("a test tells what was found, is forgotten when something is changed, and saves nothing", options, async () => {
  await openForm("places-wrong", 2);
  await click(".test");
  await page.browser.until("document.querySelectorAll('test-verdict li').length === 3");
  assert.equal(await text("test-verdict .words"), "It does not work yet:");
  assert.equal(await text("test-verdict li[data-ok=false]"), "Wrong: It answers, but nothing accepts uploads at this path. Check the path.");
  await type("done", "/other");
  assert.equal(await shown("test-verdict .words"), false);
  assert.deepEqual(await calls("save_destination"), []);
});

test("what is being done, and what the app refused, is seen in a low window", options, async () => {
  const isSeen = (selector) => page.browser.evaluate(`{
    const { top, bottom } = document.querySelector('${selector}').getBoundingClientRect();
    const body = document.querySelector('${FORM} .body').getBoundingClientRect();
    bottom > top && top >= body.top && bottom <= body.bottom + 1;
  }`);
  await page.browser.size(360, 480);
  await openForm("places", 2);
  await page.browser.evaluate("fake.holds.test_destination = new Promise((go) => (fake.stop = go)); 0");
  await click(".test");
  await page.browser.until("document.querySelector('test-verdict .words').textContent !== ''");
  assert.equal(await isSeen("test-verdict .words"), true);
  await openForm("places", 2);
  await page.browser.evaluate("fake.answers.save_destination = { code: 'storage', message: 'The disk is full.', field: null }");
  await save();
  await page.browser.until(`!document.querySelector('${FORM} .whole').hidden`);
  assert.equal(await isSeen(`${FORM} .whole`), true);
  await page.browser.size(960, 680);
});

test("a test that runs says so, can be stopped, and an answer that comes too late is not drawn", options, async () => {
  await openForm("places", 2);
  await page.browser.evaluate("fake.holds.test_destination = new Promise((go) => (fake.stop = go)); 0");
  await click(".test");
  await page.browser.until("document.querySelector('test-verdict .words').textContent === 'Trying files.example.org…'");
  assert.equal(await text(`${FORM} .test`), "Stop the test");
  assert.equal(await page.browser.evaluate(`document.querySelector('${FORM} [type=submit]').disabled`), true);
  await page.browser.evaluate("fake.unfound = true");
  await click(".test");
  await page.browser.until(`document.querySelector('${FORM} .test').textContent === 'Test connection'`);
  assert.equal((await calls("stop_test")).length, 1);
  assert.equal(await shown("test-verdict .words"), false);
});

test("closing ends a test, and its answer does not show up in the next form", options, async () => {
  await openForm("places", 2);
  await page.browser.evaluate("fake.holds.test_destination = new Promise((go) => (globalThis.late = go)); 0");
  await click(".test");
  await page.browser.until("document.querySelector('test-verdict .words').textContent !== ''");
  await click("[data-action=close_form]");
  await closed();
  assert.equal((await calls("stop_test")).length, 1);
  await page.browser.evaluate("document.querySelector('#places [data-action=add_place]').click(); late(); new Promise((done) => setTimeout(done, 100))");
  assert.equal(await page.browser.evaluate("document.querySelectorAll('test-verdict li').length"), 0);
});

test("Escape asks before typed words are lost, and only then", options, async () => {
  await openForm("places");
  await page.browser.press("Escape");
  await closed();
  await openForm("places");
  await type("token", "s3cr3t");
  await page.browser.press("Escape");
  await page.browser.until("document.querySelector('#ask dialog').open");
  await page.browser.press("Escape");
  await page.browser.until("!document.querySelector('#ask dialog').open");
  assert.deepEqual([await shown(`${FORM} dialog`), await value("token")], [true, "s3cr3t"]);
});

test("This computer has settings, but neither address, token nor test", options, async () => {
  await openForm("places", 1);
  for (const field of ["kind", "address", "done", "name", "token", "ca_file", "session"]) assert.equal(await shown(`${FORM} [data-field=${field}]`), false, field);
  assert.equal(await shown(`${FORM} .test`), false);
  await type("resume", "always");
  await save();
  await closed();
  const [{ draft }] = await calls("save_destination");
  assert.deepEqual([draft.id, draft.settings.resume, draft.settings.allow_http], [1, "always", false]);
  assert.equal("fine_uploader" in draft.settings, false);
});

test("settings that cannot be read are said to be set anew", options, async () => {
  await openForm("places", 5);
  assert.match(await text(`${FORM} .whole`), /cannot be read\. Saving sets it anew/);
});

test("the picker's file lands in its field, and none changes nothing", options, async () => {
  await openForm("places", 2);
  await page.browser.evaluate("document.querySelector('#place-form details').open = true");
  await click("[data-action=pick_certificates]");
  await page.browser.until(`document.querySelector('${FORM} form').elements.ca_file.value === '/home/ada/company.pem'`);
  assert.equal(await focusedField(), "ca_file");
});

const row = (field, nth = 1) => `${FORM} [data-field="${field}"] .row:nth-child(${nth})`;
const types = (selector, words) => page.browser.evaluate(`{
  const field = document.querySelector(${JSON.stringify(selector)});
  field.value = ${JSON.stringify(words)};
  field.dispatchEvent(new Event('input', { bubbles: true }));
}`);
const openAll = () => page.browser.evaluate(`document.querySelectorAll('${FORM} details').forEach((each) => (each.open = true))`);

test("every kind of server shows the fields it has, and says how many are set", options, async () => {
  await openForm("places-full", 2);
  assert.equal(await text(`${FORM} [data-group=protocol] .set`), "7 set");
  assert.equal(await text(`${FORM} [data-group=allowed] .set`), "2 set");
  await openAll();
  assert.deepEqual([await shown(`${FORM} [name="done.method"]`), await shown(`${FORM} [name="tus.lanes"]`), await shown(`${FORM} [name=interop]`)], [true, false, false]);
  await type("kind", "tus");
  assert.deepEqual([await shown(`${FORM} [name="done.method"]`), await shown(`${FORM} [name="tus.lanes"]`), await shown(`${FORM} [data-field="tus.metadata"]`)], [false, true, true]);
  await type("kind", "ietf");
  assert.deepEqual([await shown(`${FORM} [name=interop]`), await shown(`${FORM} [name="tus.checksum"]`)], [true, false]);
  await type("kind", "supabase");
  assert.deepEqual([await shown(`${FORM} [name="tus.lanes"]`), await shown(`${FORM} [data-field="tus.metadata"]`)], [false, true], "a service takes one part after the other");
});

test("a table is edited by keyboard, and only what changed is changed", options, async () => {
  await openForm("places-full", 2);
  await openAll();
  await page.browser.evaluate(`document.querySelector('${row("headers")} .value').focus()`);
  await page.browser.press("Enter");
  assert.equal(await page.browser.evaluate("document.activeElement.getAttribute('aria-label')"), "Further headers: Name", "Enter goes on to a new line and saves nothing");
  await types(`${row("headers", 2)} .name`, "X-Take");
  await types(`${row("headers", 2)} .value`, "{name}");
  await page.browser.evaluate(`document.querySelector('${row("params")} .remove').focus()`);
  assert.equal(await page.browser.evaluate("document.activeElement.getAttribute('aria-label')"), "Remove project");
  await page.browser.press("Enter");
  assert.equal(await page.browser.evaluate("document.activeElement.getAttribute('aria-label')"), "Remove camera", "the focus goes to its neighbour");
  await save();
  await closed();
  const [{ draft }] = await calls("save_destination");
  assert.deepEqual(draft.settings.fine_uploader.headers, { "X-Client": "studio", "X-Take": "{name}" });
  assert.deepEqual(draft.settings.fine_uploader.params, { camera: "{name}", tags: ["a", "b"], project: null });
  assert.equal(draft.settings.fine_uploader.concurrent, false);
});

test("a line without a name is told at its table, and a refusal of the app's too", options, async () => {
  await openForm("places-full", 2);
  await types(`${row("headers")} .name`, "");
  await save();
  assert.match(await trouble("headers"), /Each line needs a name/);
  assert.equal(await shown(row("headers")), true, "its group is not folded away");
  await types(`${row("headers")} .name`, "Cookie");
  await page.browser.evaluate("fake.answers.save_destination = { code: 'invalid', message: 'headers: “Cookie” would keep a secret among the settings.', field: 'headers' }");
  await save();
  await page.browser.until(`document.querySelector('${FORM} [data-field=headers] .trouble').textContent.includes('secret')`);
});

test("a known server fills its fields in, and the address stays", options, async () => {
  await openForm("places", 4);
  await type("profile", "npm");
  assert.deepEqual([await value("done"), await value("concurrent"), await value("address")], ["/success", "false", "http://127.0.0.1:8080/upload"]);
  await type("profile", "php");
  assert.deepEqual([await value("done"), await page.browser.evaluate(`document.querySelector('${FORM} [name=allow_empty]').checked`)], ["?done", false]);
  await type("name", "PHP");
  await save();
  await closed();
  const [{ draft }] = await calls("save_destination");
  assert.equal(draft.address, "fineuploader+http://127.0.0.1:8080/upload?done=%3Fdone");
});

test("a copy takes the settings along and neither name, token nor id", options, async () => {
  await open("places-full");
  await page.browser.evaluate("document.getElementById('show-places').click()");
  await page.browser.until("document.querySelectorAll('#places .places > li').length > 0");
  await page.browser.evaluate("document.querySelector('#places li:nth-child(2) [data-action=copy_place]').click()");
  await page.browser.until(`document.querySelector('${FORM} dialog').open`);
  assert.match(await text(`${FORM} .note`), /its token did not/);
  assert.deepEqual([await value("name"), await value("scope"), await focusedField(), await hint("token")], ["", "ada", "address", ""]);
  await type("address", "https://second.example.org/upload");
  await save();
  await closed();
  const [{ draft }] = await calls("save_destination");
  assert.deepEqual([draft.id, draft.like, draft.token, draft.name, draft.settings.scope], [null, 2, null, "second.example.org", "ada"]);
});

test("a version of the draft stands in its field, and goes back into the address", options, async () => {
  await openForm("places");
  await type("address", "ietf+https://h.example/x?interop=8&a=b");
  assert.deepEqual([await value("kind"), await value("address"), await value("interop")], ["ietf", "https://h.example/x?a=b", "8"]);
  await save();
  await closed();
  assert.equal((await calls("save_destination"))[0].draft.address, "ietf+https://h.example/x?a=b&interop=8");
});

test("in German everything is said in German, and what the app refused stands beneath it as it was said", options, async () => {
  await openForm("places-full", 2);
  await openAll();
  await page.browser.evaluate("import('/catalogue.js').then(({ speakLanguage }) => speakLanguage('de'))");
  assert.deepEqual([await text("#place-title"), await text(`${FORM} .test`), await text(`${FORM} [name=kind] option`)], ["Ziel bearbeiten", "Verbindung testen", "Fine-Uploader-Server"]);
  assert.equal(await page.browser.evaluate(`document.querySelector('${row("headers")} .remove').getAttribute('aria-label')`), "X-Client entfernen");
  await page.browser.evaluate("fake.answers.save_destination = { code: 'storage', message: 'The disk is full.', field: null }");
  await save();
  await page.browser.until(`!document.querySelector('${FORM} .whole').hidden`);
  assert.match(await text(`${FORM} .whole`), /^Die Aufzeichnungen .* The disk is full\.$/);
  assert.equal(await page.browser.evaluate(`document.querySelector('${FORM} .whole .detail').lang`), "en");
});
