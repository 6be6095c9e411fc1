import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { speakHere } from "./english.mjs";
import { problemLine, problemWords } from "../../ui/errors.js";
import { knows } from "../../ui/words.js";

const SOURCE = readFileSync(new URL("../../src-tauri/engine/src/error.rs", import.meta.url), "utf8");
const CODES = [...SOURCE.matchAll(/Self::\w+(?:\(_\))? => "([a-z_]+)"/g)].map(([, code]) => code);

afterEach(() => speakHere("en"));

test("every code of the app has its sentence, and no sentence is for a code that there is not", () => {
  assert.ok(CODES.length >= 19 && CODES.includes("captive_portal"), CODES.join());
  for (const code of CODES) assert.ok(knows(`error-${code}`), code);
  const written = readFileSync(new URL("../../ui/locales/en/errors.ftl", import.meta.url), "utf8");
  const said = [...written.matchAll(/^error-([a-z_]+) =/gm)].map(([, code]) => code);
  assert.deepEqual(said.sort(), [...CODES].sort());
});

test("in English the app's own words are shown, for they say more", () => {
  const problem = { code: "offline", message: "nas.example cannot be reached." };
  assert.deepEqual(problemWords(problem), { words: problem.message, detail: "" });
  assert.equal(problemLine(problem), problem.message);
});

test("elsewhere a sentence comes first, and the app's own words are its detail", () => {
  speakHere("de");
  const { words, detail } = problemWords({ code: "offline", message: "nas.example cannot be reached." });
  assert.match(words, /^Das Ziel ist nicht erreichbar\. Carryon macht weiter/);
  assert.equal(detail, "nas.example cannot be reached.");
  assert.match(problemLine({ code: "offline", message: "x" }), /\(x\)$/);
});

test("what has no code, or one that nobody knows, is shown as it was said", () => {
  speakHere("de");
  for (const problem of [{ message: "Schon übersetzt." }, { code: "from_the_future", message: "It broke." }]) assert.deepEqual(problemWords(problem), { words: problem.message, detail: "" });
});
