import "./english.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { countWords, draftFrom, explanationWords, folderName, formOf, removeWatchQuestion, stateWords } from "../../ui/watched.js";
import { speakHere } from "./english.mjs";

const RULE = { subfolders: false, include: ["*.{mov,wav}", "a.jpg"], exclude: ["raw"], all_names: true, steady_seconds: 30, existing: true, again_when_changed: true, move_sent: true };
const WATCH = { id: "w", path: "/media/card 1", destination: 7, destination_name: "NAS", scope: "ada", rule: RULE, state: { kind: "watching" }, sent: 2, waiting: 0, changed: 0, problem: null };

test("a folder's form holds what is set, and gives it back unchanged", () => {
  const { draft, troubles } = draftFrom(formOf(WATCH), { watch: WATCH });
  assert.deepEqual(troubles, []);
  assert.deepEqual(draft, { id: "w", path: "/media/card 1", picked: null, destination: 7, scope: "ada", rule: RULE });
});

test("a new folder is watched below, from now on, and its files stay", () => {
  const { draft } = draftFrom({ ...formOf(null), path: "/a", destination: "1" }, { picked: "unix:2f61" });
  assert.deepEqual(draft.rule, { subfolders: true, include: [], exclude: [], all_names: false, steady_seconds: 10, existing: false, again_when_changed: false, move_sent: false });
  assert.deepEqual([draft.id, draft.picked, draft.destination], [null, "unix:2f61", 1]);
});

test("patterns lie between commas, but for those in braces", () => {
  const include = (text) => draftFrom({ ...formOf(null), include: text }).draft.rule.include;
  assert.deepEqual(include(" *.mov , *.{jpg,dng},, raw/** "), ["*.mov", "*.{jpg,dng}", "raw/**"]);
  assert.deepEqual(include("  "), []);
});

test("what cannot be taken is said at its field", () => {
  const fields = (form) => draftFrom({ ...formOf(WATCH), ...form }).troubles.map(({ field }) => field);
  assert.deepEqual(fields({ path: "  " }), ["path"]);
  for (const seconds of ["", "0", "1.5", "soon", "86401", "-3"]) assert.deepEqual(fields({ steady_seconds: seconds }), ["steady_seconds"], seconds);
});

test("a folder is told by its state, its counts, and what a person has to know", () => {
  assert.equal(stateWords(WATCH), "Watching");
  assert.deepEqual([0, 1, 2].map((sent) => countWords({ sent, waiting: 0 }).trim()), ["Nothing sent yet", "1 file sent", "2 files sent"]);
  assert.equal(countWords({ sent: 1, waiting: 3 }), "1 file sent, 3 waiting");
  assert.equal(explanationWords(WATCH), "");
  assert.match(explanationWords({ ...WATCH, state: { kind: "missing" } }), /unplugged/);
  const told = explanationWords({ ...WATCH, state: { kind: "trouble", message: "No room." }, problem: "“a”: no.", changed: 2 });
  assert.equal(told, "No room. “a”: no. 2 files changed since they were sent, and were not sent again.");
});

test("German counts as German does", () => {
  speakHere("de");
  assert.equal(countWords({ sent: 1, waiting: 1 }), "1 Datei gesendet, 1 wartet");
  speakHere("en");
});

test("a folder goes by its last name, and what stays is said before it goes", () => {
  assert.deepEqual(["/media/card 1", "C:\\card\\", "/"].map(folderName), ["card 1", "card", "/"]);
  const { names, text } = removeWatchQuestion(WATCH);
  assert.deepEqual(names, [{ name: "/media/card 1", held: "" }]);
  assert.match(text, /stays sent/);
});
