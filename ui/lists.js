/**
 * What is drawn of all uploads: three lists, what runs first in the queue, what was finished last first; a folder's files as
 * one line that opens; only what the user looks for.
 *
 * The lists follow single changes: among a hundred thousand uploads, news of one costs no look at the others. Everything
 * is looked at only when the user looks for something else.
 */

import { insert, remove } from "./sorted.js";
import { isRunning } from "./uploads.js";

/** What a user may ask to see, by the states it means; none for all. */
export const FILTERS = {
  all: null,
  running: new Set(["preparing", "uploading", "finishing"]),
  waiting: new Set(["queued", "waiting"]),
  paused: new Set(["paused"]),
  attention: new Set(["failed", "interrupted", "source_missing", "source_changed", "outcome_unknown", "needs_sign_in", "expired"]),
  done: new Set(["done"]),
};

/** So many files of one folder stand open by themselves; more of them wait behind the folder's line. */
const OPEN_AT_MOST = 5;

/**
 * The three lists: `resumable`, `queue`, `done`. `look` is `{ filter, search, opened }`: a key of FILTERS, words that name,
 * folder or destination must hold, and a Map of folder lines' ids to whether the user opened or closed them.
 */
export class Lists {
  #matches;
  #placed = new Map();
  /** How many uploads are not what is looked for. */
  hidden = 0;

  constructor(uploads, look) {
    this.#matches = matcher(look);
    for (const name of ["resumable", "queue", "done"]) this[name] = new List(name, look.opened);
    const all = [...uploads.values()].map((upload) => [upload, placeOf(upload)]);
    for (const [upload, place] of all.sort(([, a], [, b]) => inOrder(a, b))) this.#put(upload, place);
  }

  /** An upload came, or changed. */
  follow(upload) {
    this.forget(upload);
    this.#put(upload, placeOf(upload));
  }

  /** An upload is gone. */
  forget(upload) {
    const place = this.#placed.get(upload.id);
    if (!place) return;
    this.#placed.delete(upload.id);
    if (place.isHidden) this.hidden -= 1;
    else this[place.list].remove(place);
  }

  #put(upload, place) {
    place.isHidden = !this.#matches(upload);
    this.#placed.set(upload.id, place);
    if (place.isHidden) this.hidden += 1;
    else this[place.list].add(place);
  }
}

/** Where an upload stands, and what it adds to the sums, at the moment of looking. */
function placeOf(upload) {
  const { list, arrived, size, shown, state, priority, position } = upload;
  const waits = list === "queue" && !isRunning(upload);
  const speed = state.kind === "uploading" && upload.bytes_per_second > 0 ? upload.bytes_per_second : 0;
  return {
    upload, list, kind: state.kind, size, shown, speed,
    rank: waits ? 1 : 0, priority: waits ? priority : 0, position: waits ? position : 0, arrived: list === "done" ? -arrived : arrived,
  };
}

/** As the engine takes what waits: by priority, by position, by the order of coming. */
function inOrder(a, b) {
  return a.rank - b.rank || b.priority - a.priority || a.position - b.position || a.arrived - b.arrived;
}

function matcher({ filter, search }) {
  const kinds = FILTERS[filter] ?? null;
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!kinds && words.length === 0) return () => true;
  return (upload) => (!kinds || kinds.has(upload.state.kind)) && words.every((word) => textOf(upload).includes(word));
}

function textOf({ name, relative_path: folder, destination }) {
  return `${name}\n${folder ?? ""}\n${destination}`.toLowerCase();
}

/** One list: its lines in order, and its sums. */
class List {
  sums = new Sums();
  #nodes = [];
  #folders = new Map();
  #lines = null;

  constructor(name, opened) {
    Object.assign(this, { name, opened });
  }

  add(place) {
    this.#lines = null;
    this.sums.add(place, 1);
    const { folder } = place.upload;
    if (folder === "") return insert(this.#nodes, place, inOrder);
    const known = this.#folders.get(folder);
    const node = known ?? new Folder(`${this.name}/${folder}`, folder);
    if (known) remove(this.#nodes, node, inOrder);
    this.#folders.set(folder, node);
    node.add(place);
    insert(this.#nodes, node, inOrder);
  }

  remove(place) {
    this.#lines = null;
    this.sums.add(place, -1);
    const node = this.#folders.get(place.upload.folder);
    if (!node) return remove(this.#nodes, place, inOrder);
    remove(this.#nodes, node, inOrder);
    node.remove(place);
    if (node.places.length > 0) insert(this.#nodes, node, inOrder);
    else this.#folders.delete(place.upload.folder);
  }

  /** A folder was opened or closed. */
  reopen() {
    this.#lines = null;
  }

  /** How many lines there are. */
  get count() {
    return this.#drawn.length;
  }

  /** The lines from `first` up to `end`: uploads, and folders of more than one. */
  lines(first, end) {
    return this.#drawn.slice(first, end).map((line) => line.upload ?? line);
  }

  /** The place of a line among the others; -1 where it is not there. */
  indexOf(item) {
    return this.#drawn.findIndex((line) => line === item || line.upload === item);
  }

  /** What is drawn: where there is no folder, all that there is. */
  get #drawn() {
    if (this.#folders.size === 0) return this.#nodes;
    this.#lines ??= this.#nodes.map((node) => (node.isFolder ? this.#linesOf(node) : node)).flat();
    return this.#lines;
  }

  #linesOf(folder) {
    if (folder.places.length === 1) return folder.places;
    folder.isOpen = this.opened.get(folder.id) ?? folder.places.length <= OPEN_AT_MOST;
    return folder.isOpen ? [].concat(folder, folder.places) : [folder];
  }

  /** Whether an upload is a line below its folder's. */
  isBelowFolder({ folder }) {
    return (this.#folders.get(folder)?.places.length ?? 0) > 1;
  }

  /** All its uploads, in order. */
  get uploads() {
    return this.#nodes.map((node) => node.places ?? node).flat().map(({ upload }) => upload);
  }

  /** Whether it holds an upload in a state that `means` says yes to. */
  hasAny(means) {
    return this.sums.kinds.some((kind) => means({ state: { kind }, list: this.name }));
  }

  get totals() {
    return this.sums.totals;
  }
}

/** The files of one folder in one list; stands where the first of them stands. */
class Folder {
  isFolder = true;
  isOpen = false;
  places = [];
  sums = new Sums();

  constructor(id, folder) {
    this.id = id;
    this.name = folder.slice(folder.indexOf("/") + 1);
  }

  add(place) {
    this.sums.add(place, 1);
    insert(this.places, place, inOrder);
  }

  remove(place) {
    this.sums.add(place, -1);
    remove(this.places, place, inOrder);
  }

  get isDone() {
    return this.places[0].list === "done";
  }

  /** Whether it holds an upload in a state that `means` says yes to. */
  hasAny(means) {
    return this.sums.kinds.some((kind) => means({ state: { kind }, list: this.places[0].list }));
  }

  get members() {
    return this.places.map(({ upload }) => upload);
  }

  get totals() {
    return this.sums.totals;
  }

  // It stands in order by its first file.
  get rank() {
    return this.places[0].rank;
  }

  get priority() {
    return this.places[0].priority;
  }

  get position() {
    return this.places[0].position;
  }

  get arrived() {
    return this.places[0].arrived;
  }
}

/** Uploads in numbers: bytes, bytes per second (null: nothing moves), seconds (null: not known). */
class Sums {
  #numbers = { count: 0, uploading: 0, size: 0, shown: 0, speed: 0, moving: 0 };
  #kinds = new Map();

  add({ kind, size, shown, speed }, sign) {
    const numbers = this.#numbers;
    numbers.count += sign;
    numbers.size += sign * size;
    numbers.shown += sign * shown;
    numbers.speed += sign * speed;
    if (kind !== "paused") numbers.moving += sign * (size - shown);
    if (kind === "uploading") numbers.uploading += sign;
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + sign);
  }

  /** The states there are. */
  get kinds() {
    return [...this.#kinds].filter(([, count]) => count > 0).map(([kind]) => kind);
  }

  get totals() {
    const { count, uploading, size, shown, speed, moving } = this.#numbers;
    const isMoving = uploading > 0 && speed > 0;
    return { count, uploading, size, shown, bytes_per_second: isMoving ? speed : null, eta_seconds: isMoving ? moving / speed : null };
  }
}
