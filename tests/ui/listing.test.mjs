import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { deleteQuestion, filesWords, listingWords, newestFirst, spokenName, whereWords } from "../../ui/listing.js";

const OWN = { id: 1, name: "This computer", own: true };
const OTHER = { id: 2, name: "Lab store", own: false };
const file = (name, more = {}) => ({ id: name, name, location: name, size: 1e9, ...more });

test("the newest file comes first, and the answer itself is left as it was", () => {
  const listing = { files: [file("old"), file("new")], whole: true };
  assert.deepEqual(newestFirst(listing).map(({ name }) => name), ["new", "old"]);
  assert.equal(listing.files[0].name, "old");
});

test("sizes are added up only where all are told", () => {
  assert.equal(filesWords([file("a"), file("b", { size: 0 })]), "2 files, 1 GB");
  assert.equal(filesWords([file("a"), file("b", { size: null })]), "2 files");
  assert.equal(filesWords([file("a")]), "1 file, 1 GB");
});

test("an empty list says why, and what This computer lists", () => {
  assert.match(listingWords([], { ...OWN, whole: true }), /^Nothing yet\. What arrives at This computer is listed here for a week/);
  assert.equal(listingWords([], { ...OTHER, whole: true }), "Lab store tells of no finished files.");
});

test("a list that could not be read to its end does not pass for a whole one", () => {
  assert.equal(listingWords([file("a")], { ...OTHER, whole: false }), "1 file, 1 GB at Lab store. The list goes on, but its next entry cannot be read.");
  assert.match(listingWords([], { ...OTHER, whole: false }), /No entry .* can be read/);
});

test("where a file lies is told unless that only repeats its name", () => {
  assert.equal(whereWords(file("a.mov")), "");
  assert.equal(whereWords(file("a.mov", { location: null })), "");
  assert.equal(whereWords(file("a.mov", { location: "Day 3/A-cam/a.mov" })), "Day 3/A-cam");
  assert.equal(whereWords(file("a.mov", { location: "Day 3/aa.mov" })), "Day 3/aa.mov", "another name is told in full");
  assert.equal(whereWords(file("a.mov", { location: "https://h/x/17" })), "https://h/x/17");
});

test("two files of one name are told apart by ear", () => {
  assert.notEqual(spokenName(file("a.mov", { location: "1/a.mov" })), spokenName(file("a.mov", { location: "2/a.mov" })));
});

test("the question names the file, where it goes from, and what stays", () => {
  const { text, names, keep } = deleteQuestion(file("a.mov", { location: "Day 3/a.mov" }), OTHER);
  assert.match(text, /at Lab store, for good\. .* stays where it is\.$/);
  assert.deepEqual(names, [{ name: "Day 3/a.mov", held: "1 GB" }]);
  assert.equal(keep, "Keep it");
});
