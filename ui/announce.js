/** What is worth saying aloud after a change: changes of state, never percents. */

import { stateWords } from "./describe.js";
import { t } from "./words.js";

const SPOKEN = new Set([
  "waiting", "paused", "done", "failed", "interrupted",
  "source_missing", "source_changed", "outcome_unknown", "needs_sign_in", "expired",
]);
const NAMED_AT_MOST = 3;

/** One sentence or two for all uploads whose state changed; empty where nothing worth a word happened. */
export function announcement(changed) {
  const spoken = changed.filter(({ state }) => SPOKEN.has(state.kind));
  return spoken.length <= NAMED_AT_MOST ? named(spoken) : counted(spoken);
}

function named(uploads) {
  return uploads.map((upload) => t("spoken-state", { name: upload.name, state: stateWords(upload) })).join(" ");
}

function counted(uploads) {
  const counts = new Map();
  for (const upload of uploads) counts.set(stateWords(upload), (counts.get(stateWords(upload)) ?? 0) + 1);
  return [...counts].map(([state, count]) => t("spoken-count", { count, state })).join(" ");
}
