/** What a user may do with an upload: actions, their labels, and the question before what cannot be taken back. */

import { bytes } from "./format.js";
import { t } from "./words.js";

const PAUSE = { action: "pause", label: "do-pause" };
const RESUME = { action: "resume", label: "do-resume" };
const TRY_ANYWAY = { action: "resume", label: "do-try-anyway" };
const SEND_ANYWAY = { action: "send_anyway", label: "do-send-anyway" };
const LOCATE = { action: "locate", label: "do-locate" };
const CHECK_AGAIN = { action: "resume", label: "do-check-again" };
const START_OVER = { action: "start_over", label: "do-start-over" };
const DISCARD = { action: "discard", label: "do-discard" };
const CANCEL = { action: "discard", label: "do-cancel" };
const FINISH_AGAIN = { action: "finish_again", label: "do-finish-again" };
const MARK_DONE = { action: "mark_done", label: "do-mark-done" };

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

// What the user set for everything holds these back, and the user may let one of them go.
const HELD_BACK = new Set(["metered", "power"]);

const RESUMED_BY_ALL = new Set(["interrupted", "paused", "failed", "needs_sign_in"]);
// A finished file may stand behind an unknown outcome, so that is never swept up with the rest.
const KEPT_BY_ALL = new Set(["outcome_unknown", "finishing", "done"]);
const WAITS_FOR_TURN = new Set(["queued", "paused"]);
const STARTED_OVER_BY_MANY = new Set(["interrupted", "failed", "expired", "source_changed", "needs_sign_in"]);
const NAMES_LISTED = 6;

/** The actions of one row, in the order in which they are drawn. */
export function offers(upload) {
  return offered(upload).map(({ action, label }) => ({ action, label: t(label) }));
}

function offered({ state, earlier }) {
  if (state.kind === "paused" && earlier) return [RESUME, START_OVER, DISCARD];
  const usual = OFFERS[state.kind] ?? [DISCARD];
  return state.kind === "waiting" && HELD_BACK.has(state.reason) ? [SEND_ANYWAY, ...usual] : usual;
}

/** Which uploads an action on all of them means, by their state and list. */
export const MEANT = {
  pause: ({ state }) => OFFERS[state.kind]?.includes(PAUSE) ?? false,
  resume: ({ state }) => RESUMED_BY_ALL.has(state.kind),
  start_over: ({ state }) => STARTED_OVER_BY_MANY.has(state.kind),
  discard: ({ state }) => !KEPT_BY_ALL.has(state.kind),
  order: ({ list, state }) => list === "queue" && WAITS_FOR_TURN.has(state.kind),
};

/** Which of some uploads an action on all of them means, as ids. */
export function idsForAll(action, uploads) {
  return uploads.filter(MEANT[action]).map(({ id }) => id);
}

/** What can be done with several uploads at once: each action with its label and the ids it means. */
export function offersForMany(uploads) {
  const order = idsForAll("order", uploads);
  return [
    { action: "resume", label: t("do-resume"), ids: idsForAll("resume", uploads) },
    { action: "pause", label: t("do-pause"), ids: idsForAll("pause", uploads) },
    { action: "order_first", label: t("do-first"), ids: order },
    { action: "order_last", label: t("do-last"), ids: order },
    { action: "start_over", label: t("do-start-over"), ids: idsForAll("start_over", uploads) },
    { action: "discard", label: t("do-discard"), ids: idsForAll("discard", uploads) },
  ].filter(({ ids }) => ids.length > 0);
}

/** What to ask before an action that cannot be taken back, or null where nothing would be lost. */
export function questionFor(action, uploads) {
  const held = uploads.reduce((sum, upload) => sum + upload.shown, 0);
  if (action === "discard") return discardQuestion(uploads, held);
  const useless = uploads.every(({ state }) => state.kind === "source_changed");
  return action === "start_over" && held > 0 && !useless ? startOverQuestion(uploads, held) : null;
}

function discardQuestion(uploads, held) {
  const count = uploads.length;
  const queued = uploads.every(({ state }) => state.kind === "queued");
  if (count === 1 && queued && held === 0) return null;
  return {
    title: count === 1 ? t("discard-one") : t("discard-many", { count }),
    text: `${heldWords(held, count)} ${t("files-stay", { count })}`,
    names: listedNames(uploads),
    deed: t("do-discard"),
    keep: t("keep-it", { count }),
  };
}

function startOverQuestion(uploads, held) {
  const count = uploads.length;
  return {
    title: count === 1 ? t("start-over-one") : t("start-over-many", { count }),
    text: `${heldWords(held, count)} ${t("all-again")}`,
    names: listedNames(uploads),
    deed: t("do-start-over"),
    keep: t("keep-what-was-sent"),
  };
}

function heldWords(held, count) {
  return held > 0 ? t("held-is-lost", { amount: bytes(held) }) : t("none-held", { count });
}

function listedNames(uploads) {
  const names = uploads.slice(0, NAMES_LISTED).map(({ name, shown }) => ({ name, held: shown > 0 ? bytes(shown) : "" }));
  const rest = uploads.length - names.length;
  return rest > 0 ? [...names, { name: t("and-more", { count: rest }), held: "" }] : names;
}
