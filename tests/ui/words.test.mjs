import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { announcement } from "../../ui/announce.js";
import { addedWords, closedWords, explanation, factWords, lastCallWords, nextStepFor, stateWords, totalWords } from "../../ui/describe.js";
import { idsForAll, offers, questionFor } from "../../ui/offers.js";
import { Uploads } from "../../ui/uploads.js";
import { NOW, SCENES, upload } from "./preview/scenes.js";

process.env.TZ = "UTC";

const entry = (...of) => [...new Uploads([upload(...of)]).values()][0];
const labels = (each) => offers(each).map(({ label }) => label);

test("an interrupted upload says why, what is safe, what is left and until when", () => {
  const stopped = entry("a.mov", { kind: "interrupted", reason: "crash" }, { confirmed: 1.2e9, chunks_left: 412 });
  assert.equal(stateWords(stopped), "Interrupted when Carryon was closed unexpectedly");
  assert.equal(factWords(stopped, NOW), "1.2 GB of 2 GB is safe on the server · 412 chunks left · kept until Sunday, 29 November");
});

test("one chunk is one chunk", () => {
  assert.match(factWords(entry("a.mov", "interrupted", { confirmed: 1e9, chunks_left: 1 }), NOW), /· 1 chunk left ·/);
});

test("a running upload says how much, how fast, how long and where to", () => {
  const running = entry("a.mov", "uploading", { confirmed: 1e9, bytes_per_second: 5e6, eta_seconds: 200 });
  assert.equal(factWords(running, NOW), "1 GB of 2 GB · 5 MB/s · 3 min left · to This computer");
});

test("a wait counts down, and says nothing once its time is past", () => {
  const waiting = (until) => entry("a.mov", { kind: "waiting", reason: "backoff", until });
  assert.match(factWords(waiting(NOW + 12_000), NOW), /^again in 12 s ·/);
  assert.doesNotMatch(factWords(waiting(NOW - 1), NOW), /again/);
});

test("what is not known to be safe is not called safe", () => {
  for (const kind of ["outcome_unknown", "source_changed", "expired"]) {
    assert.doesNotMatch(factWords(entry("a.mov", kind, { confirmed: 1e9 }), NOW), /safe/, kind);
  }
});

test("what is kept for less than a day says until when, once and apart, unless it moves", () => {
  const soon = { confirmed: 1e9, expires_at: NOW + 20 * 3_600_000 };
  for (const kind of ["interrupted", "failed", "paused", "queued", "waiting"]) {
    const each = entry("a.mov", kind, soon);
    assert.equal(lastCallWords(each, NOW), "kept until tomorrow at 10:30", kind);
    assert.doesNotMatch(factWords(each, NOW), /kept/, kind);
  }
  assert.equal(lastCallWords(entry("a.mov", "uploading", soon), NOW), "", "each confirmation puts it off");
  assert.equal(lastCallWords(entry("a.mov", "done", soon), NOW), "");
  assert.equal(lastCallWords(entry("a.mov", "interrupted"), NOW), "", "a week is no warning");
  assert.equal(lastCallWords(entry("a.mov", "expired", { expires_at: NOW - 1 }), NOW), "", "too late for a warning");
});

test("an expired upload says what had arrived, since when it is over, and what trying anyway does", () => {
  const over = entry("a.mov", { kind: "expired", message: "Its time is over" }, { confirmed: 1e9, expires_at: NOW - 3 * 86_400_000 });
  assert.match(factWords(over, NOW), /^1 GB of 2 GB had arrived · .* · expired on Thursday, 19 November$/);
  assert.match(explanation(over), /^Its time is over\. The server may have removed .* Try anyway asks it/, "one sentence after the other");
});

test("records that cannot be opened say why nothing is taken, and that another Carryon must be closed where there is one", () => {
  assert.match(closedWords({ code: "owned" }), /^Another Carryon .* Close the other Carryon/);
  assert.match(closedWords({ code: "storage" }), /^The records of uploads cannot be opened\./);
});

test("the app's own sentences come first, and ours only where it gave no next step", () => {
  const own = { kind: "source_missing", message: "It is gone.", next_step: "Plug the disk in." };
  assert.equal(explanation(entry("a.mov", own)), "It is gone. Plug the disk in.");
  assert.match(explanation(entry("a.mov", "source_missing")), /^Press Locate… .* put it back at \/home\/ada\/Footage\/a\.mov/);
  assert.match(explanation(entry("a.mov", { ...own, kind: "outcome_unknown" })), /Mark as done trusts/, "this choice is always explained");
});

test("a state that is not known yet is told by its name and can be discarded", () => {
  const strange = entry("a.mov", "gone_fishing");
  assert.equal(stateWords(strange), "gone fishing");
  assert.deepEqual(labels(strange), ["Discard"]);
});

test("each state offers what can be done about it", () => {
  const expected = {
    queued: ["Pause", "Cancel"], uploading: ["Pause", "Cancel"], waiting: ["Pause", "Cancel"], finishing: [], done: [],
    interrupted: ["Resume", "Start over", "Discard"], failed: ["Resume", "Start over", "Discard"],
    paused: ["Resume", "Start over", "Discard"], expired: ["Try anyway", "Start over", "Discard"],
    source_changed: ["Start over", "Discard"], source_missing: ["Locate…", "Check again", "Discard"], outcome_unknown: ["Finish again", "Mark as done"],
  };
  for (const [kind, wanted] of Object.entries(expected)) assert.deepEqual(labels(entry("a.mov", kind)), wanted, kind);
  const pausedNow = new Uploads();
  pausedNow.apply([{ type: "upsert", upload: upload("a.mov", "paused") }]);
  assert.deepEqual(labels([...pausedNow.values()][0]), ["Resume", "Cancel"]);
});

test("what waits for another connection or for power can be sent anyway", () => {
  const waiting = (reason) => entry("a.mov", { kind: "waiting", reason });
  assert.equal(stateWords(waiting("metered")), "Waiting: this connection is metered");
  assert.deepEqual(labels(waiting("metered")), ["Send anyway", "Pause", "Cancel"]);
  assert.deepEqual(labels(waiting("power")), ["Send anyway", "Pause", "Cancel"]);
  assert.deepEqual(labels(waiting("backoff")), ["Pause", "Cancel"]);
});

test("Resume all leaves alone what needs a decision, and Discard all what may have arrived", () => {
  const all = [...new Uploads(SCENES.resumable().uploads).values()];
  const kinds = (action) => idsForAll(action, all).map((id) => all.find((each) => each.id === id).state.kind);
  assert.deepEqual(kinds("resume"), ["interrupted", "interrupted", "paused", "failed", "needs_sign_in"]);
  assert.ok(!kinds("discard").includes("outcome_unknown"));
  assert.equal(kinds("discard").length, all.length - 1);
});

test("a question names what would be deleted, and counts what it does not name", () => {
  const many = Array.from({ length: 9 }, (_, index) => entry(`${index}.mov`, "interrupted", { confirmed: 1e9 }));
  const { title, text, names } = questionFor("discard", many);
  assert.equal(title, "Discard 9 uploads?");
  assert.match(text, /^The 9 GB already on the server will be deleted/);
  assert.deepEqual(names.at(0), { name: "0.mov", held: "1 GB" });
  assert.deepEqual(names.at(-1), { name: "and 3 more", held: "" });
});

test("nothing is asked where nothing would be lost", () => {
  assert.equal(questionFor("resume", [entry("a.mov", "interrupted", { confirmed: 1e9 })]), null);
  assert.equal(questionFor("discard", [entry("a.mov", "queued")]), null);
  assert.equal(questionFor("start_over", [entry("a.mov", "failed")]), null);
  assert.equal(questionFor("start_over", [entry("a.mov", "source_changed", { confirmed: 1e9 })]), null);
  assert.notEqual(questionFor("start_over", [entry("a.mov", "failed", { confirmed: 1e9 })]), null);
});

test("changes of state are spoken, percents are not", () => {
  const first = upload("a.mov", "uploading");
  const says = (change) => announcement([...new Uploads([first]).apply([{ type: "upsert", upload: { ...first, ...change } }]).changed]);
  assert.equal(says({ confirmed: 5e8 }), "");
  assert.equal(says({ state: { kind: "done" } }), "a.mov: Done.");
});

test("many changes at once are counted, not recited", () => {
  const uploads = new Uploads(Array.from({ length: 12 }, (_, index) => upload(`${index}.mov`, "finishing")));
  const { changed } = uploads.apply([...uploads.values()].map((each) => ({ type: "upsert", upload: { ...each, state: { kind: "done" } } })));
  assert.equal(announcement([...changed]), "12 uploads: Done.");
});

test("the answer to a drop is told in full words", () => {
  assert.equal(addedWords({ added: 1, resumed: 0 }), "1 upload added.");
  assert.equal(addedWords({ added: 2, resumed: 1 }), "2 uploads added, 1 resumed.");
  assert.equal(addedWords({ added: 0, resumed: 0 }), "", "a cancelled picker says nothing");
});

test("a name that came through broken points to the picker", () => {
  assert.match(nextStepFor({ path: "/home/ada/caf\uFFFD.mov" }), /Choose files/);
  assert.equal(nextStepFor({ path: "/home/ada/cafe.mov" }), "");
  assert.equal(nextStepFor({}), "");
});

test("the queue's heading counts in full words", () => {
  assert.equal(totalWords({ count: 1, uploading: 0, size: 2e9, shown: 0, bytes_per_second: null, eta_seconds: null }), "1 upload · 2 GB");
});
