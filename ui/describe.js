/** What a row says of its upload: a state's name, its facts, and what can be done about it. Words are the catalogue's. */

import { bytes, bytesOf, day, duration, isWithinADay, keptUntil, rate, timeLeft } from "./format.js";
import { foldersOf, listOf } from "./uploads.js";
import { knows, language, t } from "./words.js";

const MOVING = new Set(["preparing", "uploading", "finishing", "done"]);
const SEPARATOR = " · ";

/** The state in words, with its reason where there is one. */
export function stateWords({ state }) {
  const [reason, kind] = [`reason-${state.reason}`, `state-${state.kind}`];
  if (state.reason && knows(reason)) return t(reason);
  return knows(kind) ? t(kind) : state.kind.replaceAll("_", " ");
}

/** A destination's name; the built-in one has a name in every language. */
export function placeName(name) {
  return name === "This computer" ? t("this-computer") : name;
}

/** The facts behind the state, as one line. */
export function factWords(upload, now) {
  return facts(upload, now).filter(Boolean).join(SEPARATOR);
}

function facts(upload, now) {
  const list = listOf(upload);
  if (list === "done") return doneFacts(upload, now);
  if (list === "resumable") return resumableFacts(upload, now);
  return queueFacts(upload, now);
}

function doneFacts(upload, now) {
  return [bytes(upload.size), whereWords(upload), day(upload.updated_at, now)];
}

/** Where it went, unless that only repeats the row's own heading. */
function whereWords(upload) {
  const { location, destination, name } = upload;
  const folder = foldersOf(upload);
  const own = folder ? `${folder}/${name}` : name;
  return location && location !== own ? location : t("at-destination", { destination: placeName(destination) });
}

function resumableFacts(upload, now) {
  return [safeWords(upload), chunkWords(upload), expiresSoon(upload, now) ? "" : keptUntil(upload.expires_at, now)];
}

function queueFacts(upload, now) {
  const { kind, until } = upload.state;
  const moving = kind === "uploading";
  const later = kind === "queued" && upload.start_at > now;
  return [
    until > now ? t("again-in", { time: duration((until - now) / 1000) }) : "",
    later ? t("starts-at", { moment: day(upload.start_at, now) }) : "",
    upload.shown > 0 ? bytesOf(upload.shown, upload.size) : bytes(upload.size),
    moving ? rate(upload.bytes_per_second) : "",
    moving ? timeLeft(upload.eta_seconds) : "",
    t("to-destination", { destination: placeName(upload.destination) }),
    upload.priority ? t("priority-is", { priority: upload.priority }) : "",
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
  if (state.kind === "outcome_unknown") return t("all-was-sent", { size: bytes(size) });
  if (state.kind === "source_changed") return t("of-earlier-version", { part: bytes(shown) });
  if (state.kind === "expired") return t("had-arrived", { amount: bytesOf(shown, size) });
  if (shown === 0) return t("none-there-yet", { size: bytes(size) });
  return shown >= size ? t("all-is-safe", { size: bytes(size) }) : t("is-safe", { amount: bytesOf(shown, size) });
}

function chunkWords({ chunks_left: left, state }) {
  return left > 0 && state.kind !== "source_changed" ? t("chunks-left", { count: left }) : "";
}

/** What happened and what to do, in sentences; the app's own words go before ours, where the user reads their language. */
export function explanation(upload) {
  const { kind, reason, message, next_step: nextStep } = upload.state;
  const id = [`explain-${reason}`, `explain-${kind}`].find(knows);
  const ours = id ? t(id, { path: upload.path, destination: placeName(upload.destination) }) : "";
  const mustExplain = kind === "outcome_unknown" || !nextStep || (ours && language().code !== "en");
  return [message, nextStep, mustExplain ? ours : ""].filter(Boolean).map(sentence).join(" ");
}

function sentence(words) {
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** Why no file can be taken, and what to do, where the app could not open its records. */
export function closedWords({ code }) {
  const id = code === "owned" ? "closed-owned" : "closed-broken";
  return t("closed-why", { why: t(id), todo: t(`${id}-todo`) });
}

/** The line under the heading of what can be resumed. */
export function resumableWords(count) {
  return t("resumable-summary", { count });
}

/** The queue's heading in numbers. */
export function totalWords(total) {
  const done = total.shown > 0 ? bytesOf(total.shown, total.size) : bytes(total.size);
  const uploads = t("upload-count", { count: total.count });
  const running = total.uploading > 0 ? t("running-of", { running: total.uploading, uploads }) : uploads;
  return [running, done, rate(total.bytes_per_second), timeLeft(total.eta_seconds)].filter(Boolean).join(SEPARATOR);
}

/** What the line of a folder says: how many files, how much of them, how fast. */
export function folderWords({ totals: total }) {
  return [
    t("folder-files", { count: total.count }),
    total.uploading > 0 ? t("folder-running", { count: total.uploading }) : "",
    total.shown > 0 ? bytesOf(total.shown, total.size) : bytes(total.size),
    rate(total.bytes_per_second),
    timeLeft(total.eta_seconds),
  ].filter(Boolean).join(SEPARATOR);
}

/** What to do about a path that could not be taken, where its name gives the reason away and the message does not say it. */
export function nextStepFor({ path, message }) {
  return path?.includes("\uFFFD") && !message?.includes("picker") ? t("name-unreadable") : "";
}

/** The answer to a drop or a choice, in words: "2 uploads added, 1 resumed." Empty when nothing came of it. */
export function addedWords({ added = 0, resumed = 0 }) {
  const parts = [added > 0 ? t("was-added", { count: added }) : "", resumed > 0 ? t("was-resumed", { count: resumed }) : ""];
  const words = parts.filter(Boolean).join(", ");
  return words && `${words}.`;
}
