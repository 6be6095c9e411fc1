import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { offers } from "../../ui/offers.js";
import { fieldFrom, limitFrom, limitParts, offeredLanguages, valueFrom } from "../../ui/preferences.js";

test("values go into the fields and come out as they were", () => {
  const values = {
    resume: "always", files_at_once: 5, connections: null, keep_days: 0, pause_on_metered: true, pause_on_battery: null, keep_awake: false, theme: "dark",
  };
  for (const [key, value] of Object.entries(values)) assert.deepEqual(valueFrom(key, fieldFrom(key, value)), value, key);
  assert.equal(valueFrom("pause_on_battery", "30"), 30);
  assert.equal(valueFrom("connections", " 8 "), 8);
});

test("what is no number is handed on, for the app to refuse", () => {
  for (const text of ["", "-1", "1.5", "many"]) assert.equal(valueFrom("files_at_once", text), text);
});

test("a limit by the time of day is parted and put together again", () => {
  const limit = "2000000,off@22:00-06:00,500000@12:00-13:30";
  const parts = limitParts(limit);
  assert.deepEqual(parts, { always: "2 MB/s", times: [{ from: "22:00", to: "06:00", rate: "" }, { from: "12:00", to: "13:30", rate: "500 kB/s" }] });
  assert.equal(limitFrom(parts), limit);
  assert.deepEqual(limitParts("off"), { always: "", times: [] });
  assert.equal(limitFrom({ always: "", times: [] }), "off");
});

test("a row that is not filled in yet does not count, and no rate smuggles a time in", () => {
  assert.equal(limitFrom({ always: "1 MB/s", times: [{ from: "08:00", to: "", rate: "1 MB/s" }] }), "1000000");
  for (const always of ["fast", "1 MB/s, off@22:00-06:00", "-1"]) assert.equal(limitFrom({ always, times: [] }), null, always);
  assert.equal(limitFrom({ always: "", times: [{ from: "08:00", to: "09:00", rate: "quick" }] }), null);
});

test("only languages that people speak are offered", () => {
  assert.deepEqual(offeredLanguages(), [{ code: "en", name: "English" }, { code: "de", name: "Deutsch" }]);
});

test("what the settings hold back can be sent anyway", () => {
  const actions = (state) => offers({ state }).map(({ action }) => action);
  assert.deepEqual(actions({ kind: "waiting", reason: "metered" }), ["send_anyway", "pause", "discard"]);
  assert.deepEqual(actions({ kind: "waiting", reason: "offline" }), ["pause", "discard"]);
});
