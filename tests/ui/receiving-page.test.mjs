/** Receiving: its words, and the page in a real browser against the stand-in for the app. */

import "./english.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { comingWords, fieldsOf, hintWords, isPlain, neededFor, receivingQuestion, receivingTroubles, wantedFrom } from "../../ui/received.js";
import { options, user } from "./preview/user.mjs";

const WANTED = { on: true, folder: null, door: "closed", port: 0, tls: null, max_file_size: null, min_free_space: null, keep_days: 7, origins: [], names: [] };
const page = user();
const { calls, count, text, focused } = page;
const evaluate = (expression) => page.browser.evaluate(expression);
const until = (expression) => page.browser.until(expression);
const fill = (name, value) => evaluate(`{ const control = document.querySelector("#receiving-page [name=${name}]"); control.value = ${JSON.stringify(value)}; for (const type of ["input", "change"]) control.dispatchEvent(new Event(type, { bubbles: true })); }`);
const apply = () => evaluate("document.querySelector('#receiving-page [type=submit]').click()");

async function open(scene) {
  await page.open(scene);
  await evaluate("location.hash = '#receiving'");
  await until("document.querySelector('#receiving-page .where').textContent !== ''");
}

test("what a form shows reads back as it was set", () => {
  for (const more of [{}, { door: "network", port: 8080, tls: { cert: "/c.pem", key: "/k.pem" } }, { max_file_size: 50e9, min_free_space: 6 * 2 ** 20, origins: ["https://a.example", "https://b.example"], names: ["nas.local:8080"] }]) {
    const wanted = { ...WANTED, ...more };
    assert.deepEqual(wantedFrom(fieldsOf(wanted), wanted), wanted);
    assert.deepEqual(receivingTroubles(fieldsOf(wanted)), []);
  }
  assert.equal(wantedFrom({ ...fieldsOf(WANTED), min_free_space: "0" }, WANTED).min_free_space, 0, "nothing to keep free is a choice");
});

test("what makes no sense is said at its field", () => {
  const fields = (more) => receivingTroubles({ ...fieldsOf(WANTED), ...more }).map(({ field }) => field);
  assert.deepEqual(fields({ port: "65536" }), ["port"]);
  assert.deepEqual(fields({ port: "-1" }), ["port"]);
  assert.deepEqual(fields({ cert: "/c.pem" }), ["tls"]);
  assert.deepEqual(fields({ key: "/k.pem" }), ["tls"]);
  assert.deepEqual(fields({ max_file_size: "lots", min_free_space: "much", keep_days: "" }), ["max_file_size", "min_free_space", "keep_days"]);
});

test("plain http is warned of in the network alone", () => {
  assert.ok(isPlain({ door: "network", cert: "" }));
  assert.ok(!isPlain({ door: "network", cert: "/c.pem" }) && !isPlain({ door: "here", cert: "" }));
});

test("others are told the address of each protocol, and the token", () => {
  const needed = neededFor({ addresses: ["http://10.0.0.7:8080"], token: "t" });
  assert.deepEqual(needed.map(({ value }) => value), ["http://10.0.0.7:8080/upload", "http://10.0.0.7:8080/files/", "http://10.0.0.7:8080/resumable/", "t"]);
  assert.deepEqual(neededFor({ addresses: [], token: null }), []);
});

test("what is switched off says what waits", () => {
  assert.match(hintWords({ running: true, waiting: 0 }), /^It is a destination/);
  assert.match(hintWords({ running: false, waiting: 2 }), /2 uploads wait, paused/);
  assert.match(hintWords({ running: false, waiting: 0 }), /no destination until/);
});

test("a question comes only where something is coming in", () => {
  const view = (count) => ({ wanted: WANTED, coming_in_all: count });
  assert.equal(receivingQuestion({ ...WANTED, on: false }, view(0)), null);
  assert.equal(receivingQuestion({ ...WANTED, on: false }, view(1)).title, "Switch receiving off?");
  assert.equal(receivingQuestion({ ...WANTED, folder: "/x" }, view(2)).title, "Receive into another folder?");
  assert.equal(receivingQuestion({ ...WANTED, port: 1 }, view(2)), null);
});

test("an upload of unknown size is told without one", () => {
  assert.match(comingWords({ size: null, held: 120e6, touched: 0, until: 0, from: null }), /^120 MB so far · last byte/);
});

test("switching off asks where something is coming in; Escape keeps it on", options, async () => {
  await open("receiving");
  await evaluate("document.querySelector('#receiving-page [name=on]').click()");
  await until("document.querySelector('#ask dialog').open");
  assert.match(await text("#ask-text"), /2 uploads are coming in/);
  await page.browser.press("Escape");
  await until("document.querySelector('#receiving-page [name=on]').checked");
  assert.deepEqual(await calls("set_receiving"), []);
});

test("the network's door warns of plain http, and gives addresses and token once applied", options, async () => {
  await open("receiving");
  assert.ok(!(await page.shown("#receiving-page .door")), "nobody needs a port while the door is closed");
  await fill("door", "network");
  assert.ok(await page.shown("#receiving-page .warning"));
  await fill("port", "70000");
  await apply();
  await until("document.querySelector('#receiving-page [data-field=port] .trouble').textContent !== ''");
  assert.equal(await focused(), "");
  await fill("port", "8080");
  await apply();
  await until("!document.querySelector('#receiving-page .needed').hidden");
  assert.equal(await count("#receiving-page .addresses li"), 7);
  assert.equal((await calls("set_receiving"))[0].wanted.port, 8080);
  assert.equal(await text("#receiving-page .told"), "This holds from now on.");
});

test("what the app refuses is said at its field, and what was typed stays", options, async () => {
  await open("receiving-network");
  await evaluate("fake.answers.set_receiving = { code: 'invalid', message: 'cannot listen on 8081. Choose another port.', field: 'port' }");
  await fill("port", "8081");
  await apply();
  await until("document.querySelector('#receiving-page [data-field=port] .trouble').textContent.startsWith('cannot listen')");
  assert.equal(await evaluate("document.querySelector('#receiving-page [name=port]').value"), "8081");
});

test("a new token is made after a question", options, async () => {
  await open("receiving-network");
  const token = () => text("#receiving-page .addresses li:last-child .value");
  const before = await token();
  await evaluate("document.querySelector('#receiving-page [data-action=renew_receiving_token]').click()");
  await until("document.querySelector('#ask dialog').open");
  await evaluate("document.getElementById('ask-do').click()");
  await until("document.querySelector('#receiving-page .told').textContent === 'There is a new token.'");
  assert.notEqual(await token(), before);
});

test("looking again leaves alone what is typed, and names are text", options, async () => {
  await open("receiving");
  await fill("max_file_size", "50 GB");
  const looks = "fake.calls.filter(({ command }) => command === 'receiving').length";
  const before = await evaluate(looks);
  await until(`${looks} > ${before}`);
  assert.equal(await evaluate("document.querySelector('#receiving-page [name=max_file_size]').value"), "50 GB");
  assert.equal(await count("#receiving-page li img"), 0);
});

test("nothing runs over the edge, narrow or with large text, in English and German", options, async () => {
  for (const [width, size] of [[320, "100%"], [960, "200%"], [320, "200%"]]) {
    await page.browser.size(width, 800);
    for (const language of ["en", "de"]) {
      await open("receiving-network");
      await evaluate(`document.documentElement.style.setProperty('font-size', '${size}'); import("./catalogue.js").then(({ speakLanguage }) => speakLanguage("${language}"))`);
      await evaluate("new Promise((done) => setTimeout(done, 100))");
      const over = await evaluate(`[...document.querySelectorAll('#receiving-page, #receiving-page *:not(.for-ears, option)')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1).map(({ className, localName }) => localName + '.' + className)`);
      assert.deepEqual(over, [], `${width} px, text ${size}, ${language}`);
    }
  }
  await page.browser.size(960, 680);
});
