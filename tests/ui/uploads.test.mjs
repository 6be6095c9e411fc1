import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { Lists } from "../../ui/lists.js";
import { Uploads, listOf } from "../../ui/uploads.js";

const RESUMABLE = ["failed", "interrupted", "source_missing", "source_changed", "outcome_unknown", "needs_sign_in", "expired"];
const QUEUED = ["queued", "preparing", "uploading", "waiting", "paused", "finishing"];

function upload(id, kind, more = {}) {
  return { id, name: `${id}.mov`, size: 1000, confirmed: 0, resumed: false, updated_at: 0, bytes_per_second: null, state: { kind, reason: null }, ...more };
}

const upsert = (...of) => ({ type: "upsert", upload: upload(...of) });
const ids = (list) => list.map(({ id }) => id);

const LOOK = { filter: "all", search: "", opened: new Map() };
const queueOf = (uploads, look = LOOK) => new Lists(uploads, look).queue.uploads;
const doneOf = (uploads) => new Lists(uploads, LOOK).done.uploads;
const linesOf = (uploads, opened = []) => new Lists(uploads, { ...LOOK, opened: new Map(opened) }).queue.lines();

/** A picture, from a snapshot and what happened since. */
function picture(snapshot, ...events) {
  const uploads = new Uploads(snapshot);
  uploads.apply(events);
  return uploads;
}

/** What is shown of upload "a" after each of `steps`, from a snapshot that holds `first`. */
function shownAfter(first, steps) {
  const uploads = new Uploads([first]);
  return steps.map((event) => {
    uploads.apply([event]);
    return uploads.get("a").shown;
  });
}

test("a row knows by the revision whether its upload changed", () => {
  const uploads = new Uploads([upload("a", "uploading"), upload("b", "queued")]);
  const before = ["a", "b"].map((id) => uploads.get(id).revision);
  uploads.apply([upsert("a", "uploading", { confirmed: 10 })]);
  const after = ["a", "b"].map((id) => uploads.get(id).revision);
  assert.ok(after[0] > before[0]);
  assert.equal(after[1], before[1]);
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
    assert.equal(new Uploads([upload("a", "uploading", { confirmed })]).get("a").shown, shown, String(confirmed));
  }
  assert.equal(new Uploads([upload("a", "queued", { size: undefined })]).get("a").size, 0);
});

test("events for what is not there, and of kinds not known, change nothing", () => {
  const uploads = new Uploads([upload("a", "queued")]);
  const before = structuredClone(uploads.get("a"));
  for (const event of [{ type: "removed", id: "x" }, { type: "started_over", id: "x" }, { type: "later" }, { type: "places", places: [["x", 1, 1]] }]) {
    assert.deepEqual(uploads.apply([event]), { touched: new Set(), changed: new Set(), gone: new Set() });
    assert.deepEqual(uploads.get("a"), before);
    assert.equal(uploads.size, 1);
  }
});

test("an event tells whose state changed, and no more", () => {
  const uploads = new Uploads([upload("a", "uploading"), upload("b", "uploading"), upload("c", "uploading")]);
  const { changed } = uploads.apply([upsert("a", "uploading", { confirmed: 10 }), upsert("b", "paused"), upsert("c", "failed"), { type: "removed", id: "c" }]);
  assert.deepEqual(ids([...changed]), ["b"]);
});

test("a removed upload is gone, and may come again as another", () => {
  const events = [upsert("a", "uploading", { confirmed: 900 }), { type: "removed", id: "a" }, upsert("a", "queued")];
  assert.equal(picture([], ...events.slice(0, 2)).size, 0);
  assert.equal(picture([], ...events).get("a").shown, 0);
});

test("each state is listed where its user looks for it", () => {
  for (const kind of QUEUED) assert.equal(listOf(upload("a", kind)), "queue", kind);
  for (const kind of RESUMABLE) assert.equal(listOf(upload("a", kind)), "resumable", kind);
  assert.equal(listOf(upload("a", "done")), "done");
  assert.equal(listOf(upload("a", "not_known_yet")), "resumable", "what is not known is offered, not hidden");
});

test("paused at launch is resumable; paused under way stays in the queue", () => {
  const uploads = new Uploads([upload("a", "paused"), upload("b", "uploading")]);
  assert.equal(uploads.get("a").list, "resumable");
  uploads.apply([upsert("b", "paused"), upsert("a", "paused", { confirmed: 1 })]);
  assert.equal(uploads.get("b").list, "queue");
  assert.equal(uploads.get("a").list, "resumable", "an event that changes no state moves no row");
  uploads.apply([upsert("a", "uploading"), upsert("a", "paused")]);
  assert.equal(uploads.get("a").list, "queue");
});

test("what runs comes before what waits for its turn, and the last finished comes first", () => {
  const uploads = picture(
    [], upsert("queued", "queued"), upsert("paused", "paused"), upsert("runs", "uploading"), upsert("first", "uploading"),
    upsert("second", "uploading"), upsert("second", "done"), upsert("first", "done"), upsert("first", "done"),
  );
  assert.deepEqual(ids(queueOf(uploads)), ["runs", "queued", "paused"]);
  assert.deepEqual(ids(doneOf(uploads)), ["first", "second"]);
});

test("what waits stands in the order in which it is to run: priority, position, then the order of coming", () => {
  const uploads = picture([upload("a", "queued"), upload("b", "queued"), upload("c", "queued"), upload("d", "queued")]);
  uploads.apply([{ type: "places", places: [["c", 2, 0], ["d", 0, -1.5]] }]);
  assert.deepEqual(ids(queueOf(uploads)), ["c", "d", "a", "b"]);
});

test("finished uploads of a snapshot are ordered by when they were finished", () => {
  const uploads = new Uploads([upload("late", "done", { updated_at: 9 }), upload("early", "done", { updated_at: 1 })]);
  assert.deepEqual(ids(doneOf(uploads)), ["late", "early"]);
});

const inFolder = (id, kind, path, more) => upload(id, kind, { batch: "b1", relative_path: path, ...more });

test("the files of a folder are one line that opens, where there are more than a few", () => {
  const files = Array.from({ length: 9 }, (_, index) => inFolder(`f${index}`, "queued", "Day 3/A-cam"));
  const uploads = new Uploads([upload("own", "queued"), ...files, inFolder("g", "queued", "Day 4")]);
  const lines = (opened) => linesOf(uploads, opened);
  assert.deepEqual(lines([]).map(({ id, name }) => name ?? id), ["own.mov", "Day 3", "g.mov"]);
  const { id } = lines([])[1];
  assert.equal(lines([[id, true]]).length, 12);
  assert.equal(lines([[id, true]])[1].totals.count, 9);
});

test("a folder of few files stands open, and closes when asked", () => {
  const uploads = new Uploads([inFolder("a", "queued", "Day 3"), inFolder("b", "queued", "Day 3")]);
  const items = linesOf(uploads);
  assert.deepEqual(items.map(({ isFolder = false }) => isFolder), [true, false, false]);
  assert.equal(linesOf(uploads, [[items[0].id, false]]).length, 1);
});

test("only what is looked for is listed: by state, and by every word in name, folder or destination", () => {
  const uploads = new Uploads([
    upload("Interview", "uploading", { destination: "Lab" }), upload("interlude", "paused", { destination: "Studio" }),
    upload("scan", "failed", { destination: "Lab", relative_path: "Inter/2019" }), upload("scan2", "done", { destination: "Lab" }),
  ]);
  const found = (look) => {
    const { resumable, queue, done } = new Lists(uploads, { ...LOOK, ...look });
    return [resumable, queue, done].flatMap((list) => ids(list.uploads)).sort();
  };
  assert.deepEqual(found({ search: " INTER lab" }), ["Interview", "scan"]);
  assert.deepEqual(found({ filter: "attention" }), ["scan"]);
  assert.deepEqual(found({ filter: "paused", search: "inter" }), ["interlude"]);
  assert.equal(new Lists(uploads, { ...LOOK, search: "nowhere" }).hidden, 4);
});

test("the notch stands where the upload was resumed, and stays there", () => {
  const uploads = new Uploads([upload("a", "interrupted", { confirmed: 400 })]);
  assert.equal(uploads.get("a").cut, null);
  uploads.apply([upsert("a", "uploading", { confirmed: 400, resumed: true }), upsert("a", "uploading", { confirmed: 700, resumed: true })]);
  assert.equal(uploads.get("a").cut, 400);
  uploads.apply([{ type: "started_over", id: "a" }]);
  assert.equal(uploads.get("a").cut, null);
});

test("totals count what moves, and leave the paused out of the time left", () => {
  const uploads = picture(
    [upload("a", "uploading", { confirmed: 400, bytes_per_second: 100 }), upload("b", "queued"), upload("c", "waiting", { bytes_per_second: 50 })],
    upsert("d", "paused"),
  );
  const { totals } = new Lists(uploads, LOOK).queue;
  assert.deepEqual(totals, { count: 4, uploading: 1, size: 4000, shown: 400, bytes_per_second: 100, eta_seconds: 26 });
  const nothing = { count: 0, uploading: 0, size: 0, shown: 0, bytes_per_second: null, eta_seconds: null };
  assert.deepEqual(new Lists(new Uploads(), LOOK).queue.totals, nothing);
});

/** A number from 0 to below `most`, the same for the same seed. */
function dice(seed) {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

test("lists that follow single changes are those that a look at everything makes", () => {
  const seed = Number(process.env.CARRYON_SEED ?? Date.now() % 1e9);
  console.log(`CARRYON_SEED=${seed}`);
  const roll = dice(seed);
  const kinds = [...QUEUED, ...RESUMABLE, "done"];
  const uploads = new Uploads();
  const look = { ...LOOK, filter: ["all", "waiting", "attention"][roll(3)], search: ["", "u1"][roll(2)] };
  const lists = new Lists(uploads, look);
  for (let step = 0; step < 3000; step += 1) {
    const id = `u${roll(60)}`;
    const folder = ["", "", "Day 3", "Day 4/A"][id.length % 4];
    const change = { confirmed: roll(1001), bytes_per_second: roll(3) * 50, priority: roll(3) - 1, position: roll(5) / 2, batch: "b", relative_path: folder };
    const event = roll(8) === 0 ? { type: "removed", id } : upsert(id, kinds[roll(kinds.length)], change);
    const { touched, gone } = uploads.apply([event]);
    for (const each of touched) lists.follow(each);
    for (const each of gone) lists.forget(each);
    if (step % 50 !== 0) continue;
    const whole = new Lists(uploads, look);
    for (const name of ["resumable", "queue", "done"]) {
      const told = (list) => ({ uploads: ids(list.uploads), lines: ids(list.lines()), count: list.count, totals: list.totals, kinds: list.sums.kinds.sort() });
      assert.deepEqual(told(lists[name]), told(whole[name]), `${name} after ${step} steps, seed ${seed}`);
    }
    assert.equal(lists.hidden, whole.hidden);
  }
});
