/**
 * What is drawn of all uploads, pure: three lists, what runs first in the queue, what was finished last first; a folder's
 * files as one line that opens; only what the user looks for.
 */

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
 * The lists, and the sums of each. `look` is `{ filter, search, opened }`: a key of FILTERS, words that name, folder or
 * destination must hold, and a Map of folder keys to whether the user opened or closed them.
 */
export function listsOf(uploads, look) {
  const lists = { resumable: [], queue: [], waiting: [], done: [] };
  const matches = matcher(look);
  let hidden = 0;
  for (const upload of uploads.values()) {
    if (!matches(upload)) hidden += 1;
    else lists[upload.list === "queue" && !isRunning(upload) ? "waiting" : upload.list].push(upload);
  }
  const waiting = sorted(lists.waiting, byPlace);
  return {
    hidden,
    resumable: listed("resumable", lists.resumable, look.opened),
    queue: listed("queue", lists.queue.concat(waiting), look.opened),
    done: listed("done", sorted(lists.done, (a, b) => b.arrived - a.arrived), look.opened),
  };
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

/** As the engine takes them: by priority, by position, by the order of coming. */
function byPlace(a, b) {
  return b.priority - a.priority || a.position - b.position || a.arrived - b.arrived;
}

/** Mostly they are in order already, and a look costs less than sorting. */
function sorted(list, order) {
  const isSorted = list.every((each, index) => index === 0 || order(list[index - 1], each) <= 0);
  return isSorted ? list : list.sort(order);
}

/** A list: its uploads, its lines (uploads and folders, each once), the folders that have a line, and its sums. */
function listed(name, uploads, opened) {
  const folders = foldersIn(uploads);
  const items = [];
  for (const upload of uploads) {
    const members = folders.get(upload.folder);
    if (!members) items.push(upload);
    else if (members[0] === upload) items.push(...folderLines(name, upload.folder, members, opened));
  }
  return { uploads, items, folders: new Set(folders.keys()), totals: totals(uploads) };
}

/** The folders that have more than one file here, with their files. */
function foldersIn(uploads) {
  const folders = new Map();
  for (const upload of uploads) {
    if (upload.folder === "") continue;
    const members = folders.get(upload.folder);
    if (members) members.push(upload);
    else folders.set(upload.folder, [upload]);
  }
  for (const [key, { length }] of folders) if (length === 1) folders.delete(key);
  return folders;
}

function folderLines(list, folder, members, opened) {
  const key = `${list}/${folder}`;
  const isOpen = opened.get(key) ?? members.length <= OPEN_AT_MOST;
  const name = folder.slice(folder.indexOf("/") + 1);
  const line = { id: key, isFolder: true, name, members, isOpen, totals: totals(members) };
  return isOpen ? [line, ...members] : [line];
}

/** Uploads in numbers: bytes, bytes per second (null: nothing moves), seconds (null: not known). */
export function totals(uploads) {
  let [uploading, size, shown, speed, moving] = [0, 0, 0, 0, 0];
  for (const upload of uploads) {
    const { kind } = upload.state;
    size += upload.size;
    shown += upload.shown;
    if (kind !== "paused") moving += upload.size - upload.shown;
    if (kind !== "uploading") continue;
    uploading += 1;
    speed += upload.bytes_per_second > 0 ? upload.bytes_per_second : 0;
  }
  return {
    count: uploads.length, uploading, size, shown,
    bytes_per_second: speed > 0 ? speed : null,
    eta_seconds: speed > 0 ? moving / speed : null,
  };
}
