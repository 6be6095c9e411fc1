/** What is worth saying aloud after a change, pure: changes of state, never percents. */

import { stateWords } from "./describe.js";
import { plural } from "./format.js";

const SPOKEN = new Set([
  "waiting", "paused", "done", "failed", "interrupted",
  "source_missing", "source_changed", "outcome_unknown", "needs_sign_in", "expired",
]);
const NAMED_AT_MOST = 3;

/** One sentence or two for all changes between two pictures; empty where nothing worth a word happened. */
export function announcement(before, after, ids) {
  const changed = [...new Set(ids)]
    .filter((id) => after.has(id) && changedState(before.get(id), after.get(id)))
    .map((id) => after.get(id));
  return changed.length <= NAMED_AT_MOST ? named(changed) : counted(changed);
}

function changedState(before, after) {
  return SPOKEN.has(after.state.kind) && stateOf(before) !== stateOf(after);
}

function stateOf(upload) {
  return upload && `${upload.state.kind} ${upload.state.reason ?? ""}`;
}

function named(uploads) {
  return uploads.map((upload) => `${upload.name}: ${stateWords(upload)}.`).join(" ");
}

function counted(uploads) {
  const counts = new Map();
  for (const upload of uploads) counts.set(stateWords(upload), (counts.get(stateWords(upload)) ?? 0) + 1);
  return [...counts].map(([words, count]) => `${plural(count, "upload")}: ${words}.`).join(" ");
}
