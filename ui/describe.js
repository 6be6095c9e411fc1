/** What a row says of its upload, pure: a state's name, its facts, and what can be done about it. */

import { bytes, bytesOf, day, duration, isWithinADay, keptUntil, plural, rate, timeLeft } from "./format.js";
import { groupOf } from "./uploads.js";

const STATES = {
  queued: "Queued",
  preparing: "Preparing",
  uploading: "Uploading",
  waiting: "Waiting",
  paused: "Paused",
  finishing: "Finishing",
  done: "Done",
  failed: "Failed",
  interrupted: "Interrupted",
  source_missing: "File not found",
  source_changed: "File changed",
  outcome_unknown: "Not sure that it arrived",
  needs_sign_in: "Sign-in needed",
  expired: "Expired",
};

const REASONS = {
  offline: "Waiting for the network",
  backoff: "Waiting to try again",
  busy: "The server is busy",
  captive_portal: "This network wants a sign-in first",
  metered: "Waiting: this connection is metered",
  power: "Waiting for power",
  crash: "Interrupted when Carryon was closed unexpectedly",
  closed: "Interrupted when Carryon was closed",
};

const MOVING = new Set(["preparing", "uploading", "finishing", "done"]);

const EXPLANATIONS = {
  captive_portal: () => "Open a web browser and sign in to the network. The upload then goes on by itself.",
  source_missing: ({ path }) =>
    `Press Locate… to show where the file is now, or put it back at ${path} and press Check again. What was sent is kept.`,
  source_changed: () =>
    "The file is no longer the one that was being sent. Start over sends it as it is now, from the beginning.",
  outcome_unknown: () =>
    "Every byte was sent, but the server never answered the last step. Finish again asks it to put the file " +
    "together once more, which some servers do not take well; Mark as done trusts that it arrived. " +
    "If you can, look at the destination first.",
  needs_sign_in: ({ destination }) => `Sign in to ${destination} again, then resume.`,
  expired: () =>
    "The server may have removed what was sent. Try anyway asks it, and sends what is missing; Start over sends the " +
    "whole file again.",
};

/** The state in words, with its reason where there is one. */
export function stateWords({ state }) {
  return REASONS[state.reason] ?? STATES[state.kind] ?? state.kind.replaceAll("_", " ");
}

/** The facts behind the state, as one line. */
export function factWords(upload, now) {
  return facts(upload, now).filter(Boolean).join(" · ");
}

function facts(upload, now) {
  const group = groupOf(upload);
  if (group === "done") return doneFacts(upload, now);
  if (group === "resumable") return resumableFacts(upload, now);
  return queueFacts(upload, now);
}

function doneFacts(upload, now) {
  return [bytes(upload.size), whereWords(upload), day(upload.updated_at, now)];
}

/** Where it went, unless that only repeats the row's own heading. */
function whereWords({ location, destination, relative_path: folder, name }) {
  const own = folder ? `${folder}/${name}` : name;
  return location && location !== own ? location : `at ${destination}`;
}

function resumableFacts(upload, now) {
  return [safeWords(upload), chunkWords(upload), expiresSoon(upload, now) ? "" : keptUntil(upload.expires_at, now)];
}

function queueFacts(upload, now) {
  const { kind, until } = upload.state;
  const moving = kind === "uploading";
  return [
    until > now ? `again in ${duration((until - now) / 1000)}` : "",
    upload.shown > 0 ? bytesOf(upload.shown, upload.size) : bytes(upload.size),
    moving ? rate(upload.bytes_per_second) : "",
    moving ? timeLeft(upload.eta_seconds) : "",
    `to ${upload.destination}`,
  ];
}

/** Until when it is kept, where that is within a day and nothing moves that would put it off. */
export function lastCallWords(upload, now) {
  return expiresSoon(upload, now) ? keptUntil(upload.expires_at, now) : "";
}

function expiresSoon({ state, expires_at: expiresAt }, now) {
  return !MOVING.has(state.kind) && isWithinADay(expiresAt, now);
}

/** "1.2 GB of 2 GB is safe on the server"; no more is claimed than is known. */
export function safeWords({ shown, size, state }) {
  if (state.kind === "outcome_unknown") return `All ${bytes(size)} was sent`;
  if (state.kind === "source_changed") return `${bytes(shown)} of its earlier version is on the server`;
  if (state.kind === "expired") return `${bytesOf(shown, size)} had arrived`;
  if (shown === 0) return `${bytes(size)}, none of it on the server yet`;
  return shown >= size ? `All ${bytes(size)} is safe on the server` : `${bytesOf(shown, size)} is safe on the server`;
}

function chunkWords({ chunks_left: left, state }) {
  return left > 0 && state.kind !== "source_changed" ? `${plural(left, "chunk")} left` : "";
}

/** What happened and what to do, in sentences; the app's own words go before ours. */
export function explanation(upload) {
  const { kind, reason, message, next_step: nextStep } = upload.state;
  const ours = EXPLANATIONS[reason] ?? EXPLANATIONS[kind];
  const mustExplain = kind === "outcome_unknown" || !nextStep;
  return [message, nextStep, ours && mustExplain ? ours(upload) : ""].filter(Boolean).map(sentence).join(" ");
}

function sentence(words) {
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** Why no file can be taken, and what to do, where the app could not open its records. */
export function closedWords({ code }) {
  const todo = code === "owned" ? "Close the other Carryon, then start this one again." : "Put that right, then start Carryon again.";
  const why = code === "owned" ? "Another Carryon has the records of uploads open." : "The records of uploads cannot be opened.";
  return `${why} Without them nothing could go on after a crash. ${todo}`;
}

/** The line under the heading of what can be resumed. */
export function resumableWords(count) {
  return `${plural(count, "upload")} stopped before ${count === 1 ? "it was" : "they were"} finished. Resuming sends only what is missing.`;
}

/** The queue's heading in numbers. */
export function totalWords(total) {
  const done = total.shown > 0 ? bytesOf(total.shown, total.size) : bytes(total.size);
  const running = total.uploading > 0 ? `${total.uploading} of ${plural(total.count, "upload")} running` : plural(total.count, "upload");
  return [running, done, rate(total.bytes_per_second), timeLeft(total.eta_seconds)].filter(Boolean).join(" · ");
}

/** What to do about a path that could not be taken, where its name gives the reason away and the message does not say it. */
export function nextStepFor({ path, message }) {
  return path?.includes("\uFFFD") && !message?.includes("picker")
    ? "This name cannot be read when it is dropped. Use Choose files… to pick the file instead."
    : "";
}

/** The answer to a drop or a choice, in words: "2 uploads added, 1 resumed." Empty when nothing came of it. */
export function addedWords({ added = 0, resumed = 0 }) {
  const parts = [added > 0 ? `${plural(added, "upload")} added` : "", resumed > 0 ? `${resumed.toLocaleString("en-GB")} resumed` : ""];
  const words = parts.filter(Boolean).join(", ");
  return words && `${words}.`;
}
