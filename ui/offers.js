/** What a user may do with an upload, pure: actions and their labels, in the order in which they are drawn. */

import { bytes, plural } from "./format.js";

const PAUSE = { action: "pause", label: "Pause" };
const RESUME = { action: "resume", label: "Resume" };
const TRY_ANYWAY = { action: "resume", label: "Try anyway" };
const LOCATE = { action: "locate", label: "Locate…" };
const CHECK_AGAIN = { action: "resume", label: "Check again" };
const START_OVER = { action: "start_over", label: "Start over" };
const DISCARD = { action: "discard", label: "Discard" };
const CANCEL = { action: "discard", label: "Cancel" };
const FINISH_AGAIN = { action: "finish_again", label: "Finish again" };
const MARK_DONE = { action: "mark_done", label: "Mark as done" };

const OFFERS = {
  queued: [PAUSE, CANCEL],
  preparing: [PAUSE, CANCEL],
  uploading: [PAUSE, CANCEL],
  waiting: [PAUSE, CANCEL],
  paused: [RESUME, CANCEL],
  finishing: [],
  done: [],
  interrupted: [RESUME, START_OVER, DISCARD],
  failed: [RESUME, START_OVER, DISCARD],
  needs_sign_in: [RESUME, START_OVER, DISCARD],
  expired: [TRY_ANYWAY, START_OVER, DISCARD],
  source_missing: [LOCATE, CHECK_AGAIN, DISCARD],
  source_changed: [START_OVER, DISCARD],
  outcome_unknown: [FINISH_AGAIN, MARK_DONE],
};

const RESUMED_BY_ALL = new Set(["interrupted", "paused", "failed", "needs_sign_in"]);
// A finished file may stand behind an unknown outcome, so that is never swept up with the rest.
const KEPT_BY_ALL = new Set(["outcome_unknown", "finishing", "done"]);
const NAMES_LISTED = 6;

/** The actions of one row. */
export function offers({ state, earlier }) {
  if (state.kind === "paused" && earlier) return [RESUME, START_OVER, DISCARD];
  return OFFERS[state.kind] ?? [DISCARD];
}

/** Which of a list an action on all of it means, as ids. */
export function idsForAll(action, uploads) {
  const means = {
    pause: ({ state }) => OFFERS[state.kind]?.includes(PAUSE),
    resume: ({ state }) => RESUMED_BY_ALL.has(state.kind),
    discard: ({ state }) => !KEPT_BY_ALL.has(state.kind),
  }[action];
  return uploads.filter(means).map(({ id }) => id);
}

/** What to ask before an action that cannot be taken back, or null where nothing would be lost. */
export function questionFor(action, uploads) {
  const held = uploads.reduce((sum, upload) => sum + upload.shown, 0);
  if (action === "discard") return discardQuestion(uploads, held);
  const useless = uploads.every(({ state }) => state.kind === "source_changed");
  return action === "start_over" && held > 0 && !useless ? startOverQuestion(uploads, held) : null;
}

function discardQuestion(uploads, held) {
  const queued = uploads.every(({ state }) => state.kind === "queued");
  if (uploads.length === 1 && queued && held === 0) return null;
  const many = uploads.length !== 1;
  return {
    title: many ? `Discard ${plural(uploads.length, "upload")}?` : "Discard this upload?",
    text: `${heldWords(held, many)} The ${many ? "files" : "file"} on this computer ${many ? "stay" : "stays"} where ${many ? "they are" : "it is"}.`,
    names: listedNames(uploads),
    deed: "Discard",
    keep: many ? "Keep them" : "Keep it",
  };
}

function startOverQuestion(uploads, held) {
  return {
    title: uploads.length === 1 ? "Start this upload over?" : `Start ${plural(uploads.length, "upload")} over?`,
    text: `${heldWords(held, uploads.length > 1)} Everything is then sent again from the beginning.`,
    names: listedNames(uploads),
    deed: "Start over",
    keep: "Keep what was sent",
  };
}

function heldWords(held, many) {
  return held > 0
    ? `The ${bytes(held)} already on the server will be deleted and cannot be resumed from.`
    : `Nothing of ${many ? "them" : "it"} is on the server yet.`;
}

function listedNames(uploads) {
  const names = uploads.slice(0, NAMES_LISTED).map(({ name, shown }) => ({ name, held: shown > 0 ? bytes(shown) : "" }));
  const rest = uploads.length - names.length;
  return rest > 0 ? [...names, { name: `and ${rest.toLocaleString("en-GB")} more`, held: "" }] : names;
}
