import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { factWords, nameOf, removeQuestion, savedWords, tokenWords, verdictWords, whereWords } from "../../ui/places.js";

const OWN = { id: 1, name: "This computer", own: true, address: "/home/ada/Carryon", token: "none", uploads: 0 };
const OTHER = { id: 2, name: "Studio", own: false, address: "fineuploader+https://h/up", token: "keychain", uploads: 3, chosen: true };

test("a destination is told by its name, what kind it is, where, and what needs it", () => {
  assert.equal(factWords(OTHER), "Fine Uploader server · 3 unfinished uploads need it · token in the keychain");
  assert.equal(whereWords(OTHER), "https://h/up");
  assert.equal(factWords({ ...OTHER, uploads: 1, token: "none" }), "Fine Uploader server · 1 unfinished upload needs it");
  assert.equal(factWords(OWN), "Built in");
  assert.equal(whereWords(OWN), "/home/ada/Carryon");
  assert.equal(factWords({ ...OTHER, address: "tus+https://h/?preset=vimeo", uploads: 0, token: "session" }), "Vimeo upload link (tus) · token kept for this session only");
});

test("one without a name goes by its address, and one without either says what to do", () => {
  assert.equal(nameOf({ ...OTHER, name: "" }), "https://h/up");
  assert.match(factWords({ ...OTHER, name: "" }), /not saved under a name/);
  assert.equal(nameOf({ ...OTHER, name: "", address: "" }), "Destination without a name");
  assert.match(factWords({ ...OTHER, address: "" }), /edit it to set it anew/);
});

test("before one goes it is said what goes with it and where new files go then", () => {
  const { text, names } = removeQuestion(OTHER);
  assert.match(text, /What was sent there stays there\..*keychain.*New files go to This computer/);
  assert.deepEqual(names, [{ name: "Studio", held: "" }]);
  assert.doesNotMatch(removeQuestion({ ...OTHER, chosen: false, token: "none" }).text, /keychain|New files/);
});

test("a token that could not be kept is not called kept", () => {
  assert.equal(savedWords("Studio", { kept: null }), "Studio was saved.");
  assert.match(savedWords("Studio", { kept: "keychain" }), /kept in the keychain/);
  assert.match(savedWords("Studio", { kept: "session", why: "the keychain is locked" }), /this session only \(the keychain is locked\): type it again/);
});

test("what becomes of the token that is kept is said before it is saved", () => {
  const kept = { token: "keychain", isSameServer: true, isForgotten: false };
  assert.equal(tokenWords({ ...kept, token: "none" }), "");
  assert.match(tokenWords(kept), /Leave this empty to go on with it/);
  assert.match(tokenWords({ ...kept, isSameServer: false }), /forgotten when you save; type the one for this server/);
  assert.match(tokenWords({ ...kept, isForgotten: true }), /It is forgotten when you save\.$/);
});

test("a verdict claims no more than was found", () => {
  const found = (...oks) => oks.map((ok, index) => ({ what: ["name", "connection", "protocol", "clock"][index], ok, words: "" }));
  assert.equal(verdictWords(found(true, true, true, true)), "It works. Files can be sent there.");
  assert.equal(verdictWords(found(true, true, true, false)), "It works, but something is not right:");
  for (const checks of [found(false), found(true, false), found(true, true, false, true)]) assert.equal(verdictWords(checks), "It does not work yet:");
});
