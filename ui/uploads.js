/**
 * The page's picture of all uploads: a map by id, changed in place by the app's events, so that one event among a hundred
 * thousand uploads costs no more than itself. How it is listed stands in `lists.js`.
 * To each upload from the app it adds what only the page needs:
 *
 * - `shown`: bytes drawn as confirmed; never moves back, unless the upload was begun anew
 * - `cut`: bytes confirmed when it was last resumed, or null; drawn as a notch in the bar
 * - `earlier`: true while it rests from an earlier run of the app, and so belongs to what can be resumed
 * - `list`: "queue", "done", or, for all that waits for the user's word, "resumable"
 * - `folder`: the drop and the uppermost folder it came with; empty for a file of its own
 * - `arrived`: its number in the order of coming; what is finished gets a new one
 * - `revision`: grows with every change, so that a row knows whether it is to be drawn anew
 */

const RUNNING = new Set(["preparing", "uploading", "waiting", "finishing"]);
const QUEUED = new Set([...RUNNING, "queued", "paused"]);
const BEFORE_SENDING = new Set(["queued", "preparing"]);

/** Whether it has its turn. */
export function isRunning({ state }) {
  return RUNNING.has(state.kind);
}

/** Where an upload is listed. */
export function listOf({ state, earlier }) {
  if (state.kind === "done") return "done";
  return QUEUED.has(state.kind) && !earlier ? "queue" : "resumable";
}

/** All uploads that the page knows. */
export class Uploads {
  #byId = new Map();
  #arrivals = 0;

  /** The picture at launch. Finished uploads come in the order in which they were finished. */
  constructor(snapshot = []) {
    const done = snapshot.filter(({ state }) => state.kind === "done").sort((a, b) => a.updated_at - b.updated_at);
    const others = snapshot.filter(({ state }) => state.kind !== "done");
    for (const upload of [...others, ...done]) this.#add(upload, upload.state.kind === "paused");
  }

  get size() {
    return this.#byId.size;
  }

  get(id) {
    return this.#byId.get(id);
  }

  values() {
    return this.#byId.values();
  }

  /**
   * Folds events in. Gives what came of them: `touched`, all uploads that changed; `changed`, those of them whose state is
   * another now; and `gone`.
   */
  apply(events) {
    const news = { touched: new Set(), changed: new Set(), gone: new Set() };
    for (const event of events) this.#applyOne(event, news);
    for (const upload of news.gone) [news.touched, news.changed].forEach((set) => set.delete(upload));
    return news;
  }

  #applyOne(event, news) {
    const known = this.#byId.get(event.id);
    if (event.type === "removed" && known) {
      this.#byId.delete(event.id);
      news.gone.add(known);
    }
    // The user's own order to start over: the one reason to let a bar fall back at once.
    if (event.type === "started_over" && known) news.touched.add(update(known, { shown: 0, confirmed: 0, cut: null }));
    if (event.type === "places") this.#place(event.places, news);
    if (event.type === "upsert") this.#upsert(event.upload, news);
  }

  #place(places, { touched }) {
    for (const [id, priority, position] of places) {
      const upload = this.#byId.get(id);
      if (upload && (upload.priority !== priority || upload.position !== position)) touched.add(update(upload, { priority, position }));
    }
  }

  #upsert(upload, { touched, changed }) {
    const known = this.#byId.get(upload.id);
    const before = known && stateOf(known);
    const entry = known ? this.#change(known, upload) : this.#add(upload, false);
    touched.add(entry);
    if (before !== stateOf(entry)) changed.add(entry);
  }

  #add(upload, earlier) {
    const entry = { revision: 0, arrived: (this.#arrivals += 1), folder: folderOf(upload), ...counted(upload), earlier };
    Object.assign(entry, { shown: shownBytes(null, entry), cut: cutAt(null, entry), list: listOf(entry) });
    this.#byId.set(entry.id, entry);
    return entry;
  }

  #change(known, upload) {
    const now = { ...upload, ...counted(upload) };
    const before = isBegunAnew(known, now) ? null : known;
    const justDone = now.state.kind === "done" && known.state.kind !== "done";
    update(known, {
      ...now,
      shown: shownBytes(before, now),
      cut: cutAt(before, now),
      earlier: known.earlier && now.state.kind === "paused",
      arrived: justDone ? (this.#arrivals += 1) : known.arrived,
    });
    known.list = listOf(known);
    return known;
  }
}

function update(entry, change) {
  Object.assign(entry, change);
  entry.revision += 1;
  return entry;
}

/** A state for comparing: its kind and its reason. */
function stateOf({ state }) {
  return `${state.kind} ${state.reason ?? ""}`;
}

function counted(upload) {
  const size = count(upload.size);
  return { ...upload, size, confirmed: Math.min(count(upload.confirmed), size), priority: upload.priority ?? 0, position: upload.position ?? 0 };
}

function isBegunAnew(before, now) {
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

function folderOf({ batch, relative_path: path, name }) {
  const folders = foldersOf({ relative_path: path, name });
  return folders ? `${batch}/${folders.split(/[/\\]/)[0]}` : "";
}

/** The folders an upload came with, without its own name. */
export function foldersOf({ relative_path: path, name }) {
  if (!path || path === name) return "";
  const isWhole = path.endsWith(`/${name}`) || path.endsWith(`\\${name}`);
  return isWhole ? path.slice(0, -name.length - 1) : path;
}

function count(value) {
  return Number.isFinite(value) && value > 0 ? value : 0;
}
