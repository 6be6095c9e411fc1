/**
 * The page's picture of all uploads, pure: a Map by id that is never changed in place.
 * To each upload from the app it adds what only the page needs:
 *
 * - `shown`: bytes drawn as confirmed; never moves back, unless the upload was begun anew
 * - `cut`: bytes confirmed when it was last resumed, or null; drawn as a notch in the bar
 * - `earlier`: true while it rests from an earlier run of the app, and so belongs to what can be resumed
 */

const RUNNING = new Set(["preparing", "uploading", "waiting", "finishing"]);
const QUEUED = new Set([...RUNNING, "queued", "paused"]);
const BEFORE_SENDING = new Set(["queued", "preparing"]);

/** The picture at launch. Finished uploads come in the order in which they were finished. */
export function fromSnapshot(list) {
  const entries = list.map((upload) => {
    const known = entryFrom(undefined, upload);
    return [upload.id, { ...known, earlier: upload.state.kind === "paused" }];
  });
  const isDone = ([, upload]) => upload.state.kind === "done";
  const done = entries.filter(isDone).sort(([, a], [, b]) => a.updated_at - b.updated_at);
  return new Map([...entries.filter((entry) => !isDone(entry)), ...done]);
}

/** (uploads, event) -> uploads. */
export function apply(uploads, event) {
  return applyAll(uploads, [event]);
}

/** Folds a batch of events with one copy of the Map. */
export function applyAll(uploads, events) {
  const next = new Map(uploads);
  for (const event of events) applyTo(next, event);
  return next;
}

function applyTo(next, event) {
  switch (event.type) {
    case "removed":
      next.delete(event.id);
      break;
    case "upsert":
      upsert(next, event.upload);
      break;
    // The user's own order to start over: the one reason to let a bar fall back at once.
    case "started_over":
      if (next.has(event.id)) next.set(event.id, { ...next.get(event.id), shown: 0, confirmed: 0, cut: null });
      break;
  }
}

function upsert(next, upload) {
  const before = next.get(upload.id);
  const justDone = upload.state.kind === "done" && before?.state.kind !== "done";
  // What is finished goes to the end, so that the Map's order is the order of finishing.
  if (justDone) next.delete(upload.id);
  next.set(upload.id, entryFrom(before, upload));
}

function entryFrom(before, upload) {
  const size = count(upload.size);
  const confirmed = Math.min(count(upload.confirmed), size);
  const entry = { ...upload, size, confirmed };
  const anew = isBegunAnew(before, entry);
  return {
    ...entry,
    shown: shownBytes(anew ? undefined : before, entry),
    cut: cutAt(anew ? undefined : before, entry),
    earlier: Boolean(before?.earlier) && entry.state.kind === "paused",
  };
}

function isBegunAnew(before, now) {
  if (!before) return true;
  return before.size !== now.size || (now.confirmed === 0 && BEFORE_SENDING.has(now.state.kind));
}

function shownBytes(before, now) {
  if (now.state.kind === "done") return now.size;
  return Math.max(before?.shown ?? 0, now.confirmed);
}

function cutAt(before, now) {
  if (before && before.cut !== null) return before.cut;
  return now.resumed && now.confirmed > 0 && QUEUED.has(now.state.kind) ? now.confirmed : null;
}

function count(value) {
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** Where an upload is listed: "queue", "done", or, for all that waits for the user's word, "resumable". */
export function groupOf(upload) {
  if (upload.state.kind === "done") return "done";
  return QUEUED.has(upload.state.kind) && !upload.earlier ? "queue" : "resumable";
}

/** All three lists in the order in which they are drawn: what runs first, what was finished last first. */
export function inGroups(uploads) {
  const groups = { resumable: [], queue: [], done: [] };
  const waitingForTurn = [];
  for (const upload of uploads.values()) {
    const group = groupOf(upload);
    const resting = group === "queue" && !RUNNING.has(upload.state.kind);
    (resting ? waitingForTurn : groups[group]).push(upload);
  }
  return {
    resumable: groups.resumable,
    queue: groups.queue.concat(waitingForTurn),
    done: groups.done.reverse(),
  };
}

/** The queue in numbers: bytes, bytes per second (null: nothing moves), seconds (null: not known). */
export function totals(queue) {
  const sum = (pick) => queue.reduce((total, upload) => total + pick(upload), 0);
  const size = sum((upload) => upload.size);
  const shown = sum((upload) => upload.shown);
  const speed = sum((upload) => (upload.state.kind === "uploading" ? count(upload.bytes_per_second) : 0));
  const moving = sum((upload) => (upload.state.kind === "paused" ? 0 : upload.size - upload.shown));
  return {
    count: queue.length,
    uploading: queue.filter((upload) => upload.state.kind === "uploading").length,
    size,
    shown,
    bytes_per_second: speed > 0 ? speed : null,
    eta_seconds: speed > 0 ? moving / speed : null,
  };
}
