import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { apply, applyAll, fromSnapshot, groupOf, inGroups, totals } from "../../ui/uploads.js";

const RESUMABLE = ["failed", "interrupted", "source_missing", "source_changed", "outcome_unknown", "needs_sign_in", "expired"];
const QUEUED = ["queued", "preparing", "uploading", "waiting", "paused", "finishing"];

function upload(id, kind, more = {}) {
  return { id, name: `${id}.mov`, size: 1000, confirmed: 0, resumed: false, updated_at: 0, bytes_per_second: null, state: { kind, reason: null }, ...more };
}

const upsert = (...of) => ({ type: "upsert", upload: upload(...of) });
const ids = (list) => list.map(({ id }) => id);

/** What is shown of upload "a" after each of `steps`, from a snapshot that holds `first`. */
function shownAfter(first, steps) {
  let uploads = fromSnapshot([first]);
  return steps.map((event) => (uploads = apply(uploads, event)).get("a").shown);
}

test("an event changes a copy, never the picture that is drawn", () => {
  const before = fromSnapshot([upload("a", "uploading")]);
  const after = apply(before, upsert("a", "uploading", { confirmed: 10 }));
  assert.equal(before.get("a").shown, 0);
  assert.equal(after.get("a").shown, 10);
});

test("an upload that did not change stays the same object, so its row is left alone", () => {
  const before = fromSnapshot([upload("a", "uploading"), upload("b", "queued")]);
  const after = apply(before, upsert("a", "uploading", { confirmed: 10 }));
  assert.equal(after.get("b"), before.get("b"));
});

test("progress never moves back", () => {
  const steps = [500, 400, 600, 599].map((confirmed) => upsert("a", "uploading", { confirmed }));
  assert.deepEqual(shownAfter(upload("a", "queued"), steps), [500, 500, 600, 600]);
});

test("progress does not move back through a break, a pause or an error", () => {
  const kinds = ["waiting", "paused", "failed", "uploading", "interrupted"];
  const steps = kinds.map((kind) => upsert("a", kind, { confirmed: 300 }));
  assert.deepEqual(shownAfter(upload("a", "uploading", { confirmed: 700 }), steps), [700, 700, 700, 700, 700]);
});

test("an upload that is begun anew begins at nothing", () => {
  const first = upload("a", "interrupted", { confirmed: 700 });
  assert.deepEqual(shownAfter(first, [{ type: "started_over", id: "a" }, upsert("a", "uploading", { confirmed: 20 })]), [0, 20]);
  assert.deepEqual(shownAfter(first, [upsert("a", "queued"), upsert("a", "uploading", { confirmed: 20 })]), [0, 20]);
  assert.deepEqual(shownAfter(first, [upsert("a", "preparing", { size: 5000 })]), [0], "another size is another content");
});

test("what is done is shown as whole, whatever the last count was", () => {
  assert.deepEqual(shownAfter(upload("a", "finishing", { confirmed: 990 }), [upsert("a", "done", { confirmed: 990 })]), [1000]);
});

test("odd counts do no harm", () => {
  for (const [confirmed, shown] of [[-5, 0], [NaN, 0], [null, 0], [undefined, 0], ["7", 0], [2000, 1000]]) {
    assert.equal(fromSnapshot([upload("a", "uploading", { confirmed })]).get("a").shown, shown, String(confirmed));
  }
  assert.equal(fromSnapshot([upload("a", "queued", { size: undefined })]).get("a").size, 0);
});

test("events for what is not there, and of kinds not known, change nothing", () => {
  const before = fromSnapshot([upload("a", "queued")]);
  for (const event of [{ type: "removed", id: "x" }, { type: "started_over", id: "x" }, { type: "later" }]) {
    assert.deepEqual(apply(before, event), before);
  }
});

test("a removed upload is gone, and may come again as another", () => {
  const events = [upsert("a", "uploading", { confirmed: 900 }), { type: "removed", id: "a" }, upsert("a", "queued")];
  assert.equal(applyAll(new Map(), events.slice(0, 2)).size, 0);
  assert.equal(applyAll(new Map(), events).get("a").shown, 0);
});

test("each state is listed where its user looks for it", () => {
  for (const kind of QUEUED) assert.equal(groupOf(upload("a", kind)), "queue", kind);
  for (const kind of RESUMABLE) assert.equal(groupOf(upload("a", kind)), "resumable", kind);
  assert.equal(groupOf(upload("a", "done")), "done");
  assert.equal(groupOf(upload("a", "not_known_yet")), "resumable", "what is not known is offered, not hidden");
});

test("paused at launch is resumable; paused under way stays in the queue", () => {
  const launch = fromSnapshot([upload("a", "paused"), upload("b", "uploading")]);
  assert.equal(groupOf(launch.get("a")), "resumable");
  const later = applyAll(launch, [upsert("b", "paused"), upsert("a", "paused", { confirmed: 1 })]);
  assert.equal(groupOf(later.get("b")), "queue");
  assert.equal(groupOf(later.get("a")), "resumable", "an event that changes no state moves no row");
  const resumedAndPaused = applyAll(later, [upsert("a", "uploading"), upsert("a", "paused")]);
  assert.equal(groupOf(resumedAndPaused.get("a")), "queue");
});

test("what runs comes before what waits for its turn, and the last finished comes first", () => {
  const uploads = applyAll(new Map(), [
    upsert("queued", "queued"), upsert("paused", "paused"), upsert("runs", "uploading"), upsert("first", "uploading"),
    upsert("second", "uploading"), upsert("second", "done"), upsert("first", "done"), upsert("first", "done"),
  ]);
  const { queue, done } = inGroups(uploads);
  assert.deepEqual(ids(queue), ["runs", "queued", "paused"]);
  assert.deepEqual(ids(done), ["first", "second"]);
});

test("finished uploads of a snapshot are ordered by when they were finished", () => {
  const uploads = fromSnapshot([upload("late", "done", { updated_at: 9 }), upload("early", "done", { updated_at: 1 })]);
  assert.deepEqual(ids(inGroups(uploads).done), ["late", "early"]);
});

test("the notch stands where the upload was resumed, and stays there", () => {
  let uploads = fromSnapshot([upload("a", "interrupted", { confirmed: 400 })]);
  assert.equal(uploads.get("a").cut, null);
  uploads = apply(uploads, upsert("a", "uploading", { confirmed: 400, resumed: true }));
  uploads = apply(uploads, upsert("a", "uploading", { confirmed: 700, resumed: true }));
  assert.equal(uploads.get("a").cut, 400);
  assert.equal(apply(uploads, { type: "started_over", id: "a" }).get("a").cut, null);
});

test("totals count what moves, and leave the paused out of the time left", () => {
  const uploads = fromSnapshot([
    upload("a", "uploading", { confirmed: 400, bytes_per_second: 100 }),
    upload("b", "queued"),
    upload("c", "waiting", { bytes_per_second: 50 }),
  ]);
  const queue = [...applyAll(uploads, [upsert("d", "paused")]).values()];
  assert.deepEqual(totals(queue), { count: 4, uploading: 1, size: 4000, shown: 400, bytes_per_second: 100, eta_seconds: 26 });
  assert.deepEqual(totals([]), { count: 0, uploading: 0, size: 0, shown: 0, bytes_per_second: null, eta_seconds: null });
});

test("five thousand uploads are folded and grouped within a frame or two", () => {
  const events = Array.from({ length: 5000 }, (_, index) => upsert(`u${index}`, "queued"));
  const started = performance.now();
  inGroups(apply(applyAll(new Map(), events), upsert("u1", "uploading")));
  assert.ok(performance.now() - started < 200);
});
