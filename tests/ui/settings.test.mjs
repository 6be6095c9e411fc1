import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { FIELDS } from "../../ui/setting-fields.js";
import { setCount, fieldsFrom, settingsFrom, settingsTroubles, sizeFrom, sizeWords, speedFrom, speedWords } from "../../ui/settings.js";

const FU = "fineuploader";
/** As the app puts what changes over what is set (RFC 7396). */
function patched(into, change) {
  const after = { ...into };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete after[key];
    else after[key] = typeof value === "object" && !Array.isArray(value) ? patched(after[key] ?? {}, value) : value;
  }
  return after;
}

const SET = {
  chunk_size: 6_291_456, connections: 3, lifetime_days: 0, allow_http: true, ca_file: "/etc/company.pem", speed_limit: "2000000,off@22:00-06:00",
  resume: "always", name_conflicts: "skip", fine_uploader: { session: { endpoint: "/upload/session", params: {} } },
};

test("settings go into the fields and come out as they were", () => {
  const fields = fieldsFrom(SET);
  assert.equal(fields.chunk_size, "6 MiB");
  assert.equal(fields.speed_limit, "2 MB/s, off@22:00-06:00");
  assert.deepEqual(settingsTroubles(fields, FU), []);
  assert.deepEqual(patched({}, settingsFrom(fields, FU)), patched(SET, settingsFrom(fields, FU, SET)), "made anew as well as changed");
  for (const [key, value] of Object.entries(SET)) if (key !== "fine_uploader") assert.deepEqual(settingsFrom(fields, FU, SET)[key], value, key);
});

test("what is empty goes back to the default, and what no field is about is not mentioned", () => {
  const fields = fieldsFrom(null);
  const { fine_uploader, ...rest } = settingsFrom(fields, FU);
  assert.deepEqual(rest, {
    chunk_size: null, connections: null, speed_limit: null, lifetime_days: null, resume: null, name_conflicts: "leave", ca_file: null, allow_http: false,
    scope: null, repeat_finish: false, allowed_extensions: null, min_size: null, max_size: null, allow_empty: true, item_limit: null,
  });
  assert.equal(fine_uploader.session, null);
  assert.equal("tus" in rest, false, "what is set for another kind is left alone");
  assert.deepEqual(fieldsFrom({}), fields);
});

test("a kind of server that lists no files keeps no rule about names, nor a path of its list", () => {
  const settings = settingsFrom(fieldsFrom(SET), "tus", SET);
  assert.equal(settings.name_conflicts, "leave");
  assert.equal("fine_uploader" in settings, false, "what is set for another kind is left alone");
  assert.equal(settingsFrom(fieldsFrom(SET), "own", SET).name_conflicts, "skip");
});

test("names are not compared without a list", () => {
  const [trouble] = settingsTroubles({ ...fieldsFrom(SET), session: " " }, FU);
  assert.equal(trouble.field, "session");
  assert.deepEqual(settingsTroubles({ ...fieldsFrom(SET), session: "" }, "own"), []);
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
  const troubled = (change) => settingsTroubles({ ...fieldsFrom(null), ...change }, FU).map(({ field }) => field);
  for (const connections of ["0", "-1", "1.5", "many", "257"]) assert.deepEqual(troubled({ connections }), ["connections"], connections);
  for (const lifetime_days of ["-1", "0.5", "soon", "99999999"]) assert.deepEqual(troubled({ lifetime_days }), ["lifetime_days"], lifetime_days);
  assert.deepEqual(troubled({ connections: " 8 ", lifetime_days: "0", chunk_size: "", speed_limit: "" }), []);
  assert.deepEqual(troubled({ chunk_size: "x", speed_limit: "x" }), ["chunk_size", "speed_limit"], "all of them at once");
});

const EVERYTHING = {
  ...SET, scope: "ada", repeat_finish: true, allowed_extensions: ["jpg", "tar.gz"], min_size: 1000, max_size: 4e9, allow_empty: false, item_limit: 40,
  fine_uploader: {
    method: "PUT", force_multipart: false, params_in_body: false, omit_default_params: true, require_success_json: false, prevent_retry_property: "stop",
    new_uuid_on_chunks: true, mandatory: true, concurrent: false, names: { uuid: "id", filename: "qqfilename" }, headers: { "X-A": "{name}" },
    params: { project: 7, tags: ["a", 1], nested: { deep: "x" }, text: "007", braces: '{"a":1}' },
    done: { method: "PATCH", json_payload: true, reset_on_status: [409, 410], params: { only: "this" }, headers: { "X-D": "1" } },
    delete: { method: "POST", endpoint: "/gone", params: { id: "{uuid}" }, headers: { "X-E": "1" } },
    session: { endpoint: "/list", params: { of: "me" }, headers: { "X-S": "1" } },
  },
  tus: { lanes: 4, checksum: false, headers: { "X-T": "1" }, metadata: { bucketName: "films" } },
};

test("whatever can be set has a field, and comes out of the form as it went in", () => {
  const fields = fieldsFrom(EVERYTHING);
  const again = ["fineuploader", "tus"].reduce((set, kind) => patched(set, settingsFrom(fields, kind, set)), EVERYTHING);
  const { name_conflicts: ignored, fine_uploader: { names, ...fine }, ...rest } = again;
  const { name_conflicts: before, fine_uploader: { names: some, ...fineBefore }, ...restBefore } = EVERYTHING;
  assert.deepEqual([rest, fine], [restBefore, fineBefore]);
  assert.deepEqual({ ...names, ...some }, names, "the names that were set stay");
  for (const { name, at } of FIELDS) assert.ok(at.length > 0 && name, name);
});

test("a line that is taken out of a table is taken out of the settings, however deep it lay", () => {
  const fields = fieldsFrom(EVERYTHING);
  const less = { ...fields, params: [["nested", '{"flat":"y"}'], ["text", "8"]], headers: [], "delete.params": [] };
  const { fine_uploader: after } = patched(EVERYTHING, settingsFrom(less, FU, EVERYTHING));
  assert.deepEqual(after.params, { nested: { flat: "y" }, text: "8" });
  assert.deepEqual([after.headers, after.delete.params], [undefined, undefined]);
  const { fine_uploader: alone } = settingsFrom({ ...fields, session: "" }, FU, EVERYTHING);
  assert.equal(alone.session, null, "without a path nobody is asked");
});

test("each line of a table needs a name of its own, and limits must leave room for a file", () => {
  const troubled = (change) => settingsTroubles({ ...fieldsFrom(null), ...change }, FU).map(({ field }) => field);
  assert.deepEqual(troubled({ headers: [["", "x"]], params: [["a", "1"], ["a", "2"]] }), ["headers", "params"]);
  assert.deepEqual(troubled({ min_size: "2 MB", max_size: "1 MB" }), ["min_size"]);
  assert.deepEqual(troubled({ "done.reset_on_status": "409, 200" }), ["done.reset_on_status"]);
  assert.deepEqual(troubled({ item_limit: "-1", names: [["uuid", " "]] }), ["item_limit", "names"]);
  assert.deepEqual(settingsTroubles({ ...fieldsFrom(null), "tus.lanes": "17" }, "tus").map(({ field }) => field), ["tus.lanes"]);
  assert.deepEqual(settingsTroubles({ ...fieldsFrom(null), "tus.lanes": "17" }, FU), [], "a field that is not there has no trouble");
});

test("a group says how many of its fields are set, and no blank one counts", () => {
  assert.equal(setCount(fieldsFrom(null), FU, "protocol"), 0);
  assert.equal(setCount(fieldsFrom(SET), FU, "sending"), 3);
  assert.equal(setCount(fieldsFrom(EVERYTHING), "tus", "protocol"), 3);
});
