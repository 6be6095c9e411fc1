import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { howFrom, momentFrom, namesOf, wanted } from "../../ui/sending.js";

const PLACES = [
  { id: 1, name: "This computer", own: true, chosen: false, address: "/home/ada/Carryon" },
  { id: 2, name: "Studio", own: false, chosen: true, address: "tus+https://h/files/" },
  { id: 3, name: "", own: false, chosen: false, address: "tus+https://other/files/" },
];

test("nothing said means where new files go", () => {
  for (const to of [null, undefined, ""]) assert.equal(wanted(PLACES, to).place.id, 2);
  assert.equal(wanted(PLACES, { id: 99 }).place.id, 2, "what the page showed and is gone: where new files go now");
  assert.equal(wanted(PLACES, { id: 3 }).place.id, 3);
});

test("one is meant by its id or its name, and a name that nobody has is told, never guessed", () => {
  for (const [to, id] of [[3, 3], ["Studio", 2], [" sTUDIO ", 2], ["This computer", 1], ["https://other/files/", 3]]) assert.deepEqual([wanted(PLACES, to).place.id, wanted(PLACES, to).missing], [id, ""], String(to));
  for (const to of ["Studi", "2", 99]) assert.deepEqual(wanted(PLACES, to), { place: undefined, missing: String(to) });
});

test("how files go is what the command line calls it", () => {
  const usual = { start_at: "", priority: "usual", resume: "carry_on" };
  assert.deepEqual(howFrom(usual), { keep: true, start_over: false, priority: 0, start_at: null });
  assert.deepEqual(howFrom({ ...usual, priority: "first", resume: "start_over" }), { keep: true, start_over: true, priority: 10, start_at: null });
  assert.deepEqual(howFrom({ ...usual, priority: "last", resume: "nothing" }), { keep: false, start_over: false, priority: -10, start_at: null });
  assert.equal(howFrom({ ...usual, start_at: "2027-01-31T22:00" }).start_at, new Date(2027, 0, 31, 22).getTime(), "by this computer's clock");
  assert.equal(momentFrom("soon"), NaN);
});

test("a path is called by its last part on every system", () => {
  const names = namesOf(["/a/b c.mov", "C:\\films\\take.mov", "/folder/", { shown: "/x/caf\uFFFD", coded: "unix:00" }, "/"]);
  assert.deepEqual(names.map(({ name }) => name), ["b c.mov", "take.mov", "folder", "caf\uFFFD", "/"]);
});
