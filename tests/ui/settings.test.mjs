import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { fieldsFrom, settingsFrom, settingsTroubles, sizeFrom, sizeWords, speedFrom, speedWords } from "../../ui/settings.js";

const BY_PATH = { tellsFiles: "by path" };
const SET = {
  chunk_size: 6_291_456, connections: 3, lifetime_days: 0, allow_http: true, ca_file: "/etc/company.pem", speed_limit: "2000000,off@22:00-06:00",
  resume: "always", name_conflicts: "skip", fine_uploader: { session: { endpoint: "/upload/session", params: {} } },
};

test("settings go into the fields and come out as they were", () => {
  const fields = fieldsFrom(SET);
  assert.equal(fields.chunk_size, "6 MiB");
  assert.equal(fields.speed_limit, "2 MB/s, off@22:00-06:00");
  assert.deepEqual(settingsTroubles(fields, BY_PATH), []);
  assert.deepEqual(settingsFrom(fields, BY_PATH), { ...SET, fine_uploader: { session: { endpoint: "/upload/session" } } });
});

test("what is empty goes back to the default, and what no field is about is not mentioned", () => {
  const fields = fieldsFrom(null);
  const { fine_uploader, ...rest } = settingsFrom(fields, BY_PATH);
  assert.deepEqual(rest, { chunk_size: null, connections: null, speed_limit: null, lifetime_days: null, resume: null, name_conflicts: "leave", ca_file: null, allow_http: false });
  assert.deepEqual(fine_uploader, { session: null });
  assert.deepEqual(fieldsFrom({}), fields);
});

test("a kind of server that lists no files keeps no rule about names, nor a path of its list", () => {
  const settings = settingsFrom(fieldsFrom(SET), { tellsFiles: "" });
  assert.equal(settings.name_conflicts, "leave");
  assert.equal("fine_uploader" in settings, false, "what is set for another kind is left alone");
  assert.equal(settingsFrom(fieldsFrom(SET), { tellsFiles: "always" }).name_conflicts, "skip");
});

test("names are not compared without a list", () => {
  const [trouble] = settingsTroubles({ ...fieldsFrom(SET), session: " " }, BY_PATH);
  assert.equal(trouble.field, "session");
  assert.deepEqual(settingsTroubles({ ...fieldsFrom(SET), session: "" }, { tellsFiles: "always" }), []);
});

test("sizes are understood as people write them, and told so that they read back the same", () => {
  for (const [text, size] of [["8 MB", 8e6], ["6MiB", 6_291_456], ["1.5 MiB", 1_572_864], ["512k", 512_000], ["52428800", 52_428_800], ["1 byte", 1], ["2 gib", 2 ** 31], ["", null], ["  ", null]]) assert.equal(sizeFrom(text), size, text);
  for (const text of ["lots", "-1", "0", "0.2 bytes", "1e6", "8 MB/s", "MB", "1,5 MB", "9999999999999999999"]) assert.equal(sizeFrom(text), NaN, text);
  for (const size of [1, 999, 1000, 1024, 5e6, 6_291_456, 6_291_457, 52_428_800, 1e9, 2 ** 40, 123_456_789]) assert.equal(sizeFrom(sizeWords(size)), size, sizeWords(size));
  assert.deepEqual([5e6, 52_428_800, 1000, 1536].map(sizeWords), ["5 MB", "50 MiB", "1 kB", "1536 bytes"]);
});

test("speeds are understood as people write them, and told so that they read back the same", () => {
  for (const [text, limit] of [
    ["2 MB/s", "2000000"], ["2M", "2000000"], ["1.5 MB/s", "1500000"], ["800 kB/s", "800000"], ["off", "off"], ["", null],
    ["2 MB/s, off@22:00-06:00", "2000000,off@22:00-06:00"], ["off, 500k @ 9:00 – 17:30", "off,500000@9:00-17:30"], ["2M, no limit@22:00-06:00", "2000000,off@22:00-06:00"],
  ]) assert.equal(speedFrom(text), limit, text);
  for (const text of ["fast", "0", "2 Mbit/s", "-2M", "2M,", "2M@22-6", "2M@25:00-06:00", "@22:00-06:00"]) assert.equal(speedFrom(text), NaN, text);
  for (const limit of ["1", "999", "1234567", "2000000", "2500000,off@22:00-06:00", "off,1000@00:00-23:59", "123000000000"]) assert.equal(speedFrom(speedWords(limit)), limit, speedWords(limit));
  assert.equal(speedWords("off"), "");
});

test("numbers are whole and within reason, each told at its own field", () => {
  const troubled = (change) => settingsTroubles({ ...fieldsFrom(null), ...change }, BY_PATH).map(({ field }) => field);
  for (const connections of ["0", "-1", "1.5", "many", "257"]) assert.deepEqual(troubled({ connections }), ["connections"], connections);
  for (const lifetime_days of ["-1", "0.5", "soon", "99999999"]) assert.deepEqual(troubled({ lifetime_days }), ["lifetime_days"], lifetime_days);
  assert.deepEqual(troubled({ connections: " 8 ", lifetime_days: "0", chunk_size: "", speed_limit: "" }), []);
  assert.deepEqual(troubled({ chunk_size: "x", speed_limit: "x" }), ["chunk_size", "speed_limit"], "all of them at once");
});
