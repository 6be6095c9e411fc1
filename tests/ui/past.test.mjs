/** What is said of the history. */

import "./english.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { detailOf, factsOf, folderOf, isForAll, keepChoices, outcomeWords, removeQuestion, searchOf, shortProofWords, verdictWords } from "../../ui/past.js";
import { speakHere } from "./english.mjs";

const NOW = new Date(2026, 10, 22, 14, 30).getTime();
const filters = (more) => ({ words: "", ending: "", destination: "", days: "", ...more });
const entry = (more) => ({
  name: "a.mov", relative_path: "Day 3/a.mov", path: "/f/Day 3/a.mov", size: 2e9, destination: "Studio", own: false, ending: "done", outcome: "done", proof: "server digest",
  began_at: NOW - 1000, ended_at: NOW, resumes: 0, sent: 2e9, sent_twice: 0, location: null, arrived: null, upload: "u", scope: "", receipt: null, ...more,
});

test("empty filters find everything, and anything in one of them does not", () => {
  assert.ok(isForAll(searchOf(filters({ words: "  " }), NOW)));
  for (const some of [{ words: "a" }, { ending: "done" }, { destination: "Studio" }, { days: "1" }]) assert.ok(!isForAll(searchOf(filters(some), NOW)), JSON.stringify(some));
});

test("today begins at midnight, and seven days are today and six before", () => {
  assert.equal(searchOf(filters({ days: "1" }), NOW).since, new Date(2026, 10, 22).getTime());
  assert.equal(searchOf(filters({ days: "7" }), NOW).since, new Date(2026, 10, 16).getTime());
});

test("an outcome says what became of what the destination held", () => {
  assert.equal(outcomeWords(entry()), "Delivered");
  assert.equal(outcomeWords(entry({ ending: "discarded", outcome: "discarded, removed there" })), "Discarded and removed at the destination");
  assert.equal(outcomeWords(entry({ ending: "expired", outcome: "expired, left there" })), "Expired; what the destination holds was left there");
  assert.equal(outcomeWords(entry({ ending: null, outcome: "sublimated" })), "sublimated", "what a later Carryon wrote is shown as it is");
});

test("a proof is never said to be more than it is", () => {
  assert.equal(shortProofWords(entry()), "digest compared");
  assert.equal(shortProofWords(entry({ proof: "size only" })), "size only");
  assert.equal(shortProofWords(entry({ proof: "none" })), "not proved");
  assert.equal(shortProofWords(entry({ proof: null })), "");
  assert.equal(shortProofWords(entry({ proof: "constructor" })), "");
});

test("the folder is what the file came with, without its name", () => {
  assert.equal(folderOf(entry()), "Day 3");
  assert.equal(folderOf(entry({ relative_path: "a.mov" })), "");
  assert.equal(folderOf(entry({ relative_path: "" })), "");
});

test("the facts are size, moment and destination", () => {
  assert.match(factsOf(entry()), /^2 GB · 22 Nov 2026, 14:30 · to Studio$/);
});

test("what is not known is left out of the detail", () => {
  const names = detailOf(entry()).map(({ name }) => name);
  assert.ok(names.includes("size") && !names.includes("blake3") && !names.includes("scope") && !names.includes("location"));
  const receipt = { modified_at: NOW, chunks: 1, chunks_proved: 1, blake3: "ff", sha256: null, whole: null, attempt: "t" };
  const [, value] = [0, detailOf(entry({ receipt })).find(({ name }) => name === "chunks").value];
  assert.equal(value, "1 chunk; the destination named the digest of 1");
});

test("a comparison says whether it is the file, and where it is not", () => {
  const say = (found) => verdictWords(found, entry());
  assert.equal(say(null), "The comparison was stopped.");
  assert.equal(say({ equal: true }), "Equal: every digest of a.mov is the one in the receipt.");
  assert.equal(say({ equal: false, same_size: false, size: 1e9 }), "Different: a.mov has 1 GB, the file that was sent has 2 GB.");
  assert.equal(say({ equal: false, same_size: true, differing: [[0, 7999999]], ranges: 1 }), "Different: a.mov changed in one place: bytes 0 to 7,999,999.");
  assert.match(say({ equal: false, same_size: true, differing: [[0, 1], [5, 6]], ranges: 2 }), /in 2 places; the first is bytes 0 to 1\.$/);
  assert.match(say({ equal: false, same_size: true, differing: [], ranges: 0 }), /digest of a\.mov is not the one/);
});

test("questions count, in German too", () => {
  assert.equal(removeQuestion(1).title, "Remove this entry from the history?");
  assert.equal(removeQuestion(1200).title, "Remove 1,200 entries from the history?");
  speakHere("de");
  assert.equal(removeQuestion(1200).title, "1.200 Einträge aus dem Verlauf entfernen?");
  assert.equal(factsOf(entry({ own: true, destination: "This computer" })).split(" · ")[2], "nach Dieser Rechner");
  speakHere("en");
});

test("a time that was set by other means stands among the choices", () => {
  assert.deepEqual(keepChoices(null).map(({ value }) => value), ["", "30", "90", "365", "1825"]);
  assert.deepEqual(keepChoices(45)[2], { value: "45", words: "For 45 days" });
});
