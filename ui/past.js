/** What is said of the history, pure: what is looked for, and each entry in words. Time comes in as an argument (unix ms). */

import { bytes } from "./format.js";
import { locale, t } from "./words.js";

const DAY = 24 * 60 * 60 * 1000;
const ENDINGS = { done: "done", marked_done: "marked-done", discarded: "discarded", expired: "expired", moved: "moved" };
const PROOFS = { "server digest": "server-digest", "read back": "read-back", "size only": "size-only", none: "none" };

/** For so many days the history can be kept, beside for ever. */
export const KEEP_DAYS = [30, 90, 365, 1825];

/** The search that the filters mean; “today” begins at midnight. */
export function searchOf({ words, ending, destination, days }, now) {
  return { words: words.trim(), ending: ending || null, destination: destination || null, since: sinceOf(Number(days), now), until: null };
}

function sinceOf(days, now) {
  if (!days) return null;
  return new Date(now - (days - 1) * DAY).setHours(0, 0, 0, 0);
}

/** Whether a search finds everything. */
export function isForAll({ words, ending, destination, since }) {
  return !words && !ending && !destination && since === null;
}

/** How it ended, and what became of what the destination held. */
export function outcomeWords({ ending, outcome }) {
  const first = ENDINGS[ending] ? t(`history-ending-${ENDINGS[ending]}`) : outcome;
  if (/, removed there/.test(outcome)) return `${first} ${t("history-removed-there")}`;
  if (/, left there/.test(outcome)) return `${first}; ${t("history-left-there")}`;
  return first;
}

/** Whether an entry is good news, bad news, or none. */
export function toneOf({ ending }) {
  if (ending === "done") return "good";
  return ending === "expired" ? "bad" : "plain";
}

/** How far it is proved, in a few words; nothing where it was not delivered. */
export function shortProofWords({ proof }) {
  return Object.hasOwn(PROOFS, proof ?? "") ? t(`history-proof-short-${PROOFS[proof]}`) : "";
}

/** How far it is proved, as a sentence. */
export function proofWords({ proof }) {
  return Object.hasOwn(PROOFS, proof ?? "") ? t(`history-proof-${PROOFS[proof]}`) : "";
}

/** The folder it came with; nothing for a single file. */
export function folderOf({ relative_path: path, name }) {
  const folder = path.endsWith(name) ? path.slice(0, -name.length) : path;
  return folder.replace(/[\\/]+$/, "");
}

/** A moment with its date and time. */
export function moment(at, { seconds = false } = {}) {
  return new Date(at).toLocaleString(locale(), { dateStyle: "medium", timeStyle: seconds ? "medium" : "short" });
}

/** The destination's name; the built-in one has its name in every language. */
export function destinationOf({ own, destination }) {
  return own && destination === "This computer" ? t("history-this-computer") : destination;
}

/** Size, moment and destination, as one line. */
export function factsOf(entry) {
  return [bytes(entry.size), moment(entry.ended_at), t("history-to", { destination: destinationOf(entry) })].join(" · ");
}

/** How much there is, or how much of it is found. */
export function countWords({ found, total, size }) {
  if (found >= total) return t("history-count", { count: total, size: bytes(size) });
  return t("history-found", { count: found, total, size: bytes(size) });
}

/** An entry in all its detail: what each value is called, and the value. What is not known is left out. */
export function detailOf(entry) {
  const { receipt } = entry;
  const exactly = (size) => t("history-bytes", { size: bytes(size), count: size });
  const rows = [
    ["outcome", outcomeWords(entry)],
    ["proof", proofWords(entry) || t("history-no-receipt")],
    ["destination", destinationOf(entry)],
    ["scope", entry.scope],
    ["folder", folderOf(entry)],
    ["path", entry.path],
    ["arrived", entry.arrived],
    ["location", entry.own ? "" : entry.location],
    ["size", exactly(entry.size)],
    ["added-at", moment(entry.began_at, { seconds: true })],
    ["ended-at", moment(entry.ended_at, { seconds: true })],
    ["modified-at", receipt && moment(receipt.modified_at, { seconds: true })],
    ["resumed", t("history-resumed-times", { count: entry.resumes })],
    ["sent", sentWords(entry, exactly)],
    ["chunks", receipt && t("history-chunks-proved", { count: receipt.chunks, proved: receipt.chunks_proved })],
    ["blake3", receipt?.blake3],
    ["sha256", receipt?.sha256],
    ["whole", receipt?.whole],
    ["upload-id", entry.upload],
    ["attempt-id", receipt?.attempt],
  ];
  return rows.filter(([, value]) => value).map(([name, value]) => ({ name, words: t(`history-${name}`), value }));
}

function sentWords({ sent, sent_twice: twice }, exactly) {
  return twice ? t("history-sent-more", { sent: exactly(sent), twice: bytes(twice) }) : exactly(sent);
}

/** What came of holding a file against its receipt. */
export function verdictWords(found, { name, size }) {
  if (found === null) return t("history-verify-stopped");
  if (found.equal) return t("history-equal", { name });
  if (!found.same_size) return t("history-other-size", { name, size: bytes(found.size), sent: bytes(size) });
  const [first = 0, last = 0] = found.differing[0] ?? [];
  return t("history-differs", { name, ranges: found.ranges, first, last });
}

/** The question before entries go; one is named. */
export function removeQuestion(count, entry) {
  return {
    title: t("history-remove-title", { count }), text: t("history-remove-text", { count }),
    names: entry ? [{ name: entry.name, held: bytes(entry.size) }] : [],
    deed: t("history-remove-do"), keep: t("history-remove-keep"),
  };
}

/** The question before the history is kept for a shorter time. */
export function keepQuestion(count) {
  return {
    title: t("history-keep-title", { count }), text: t("history-remove-text", { count }), names: [],
    deed: t("history-keep-do"), keep: t("history-remove-keep"),
  };
}

/** The times for which the history can be kept; one that was set otherwise stands among them. */
export function keepChoices(set) {
  const days = [...new Set([...KEEP_DAYS, ...(set ? [set] : [])])].sort((a, b) => a - b);
  const words = (count) => (KEEP_DAYS.includes(count) ? t(`history-keep-days-${count}`) : t("history-keep-days", { count }));
  return [{ value: "", words: t("history-keep-for-ever") }, ...days.map((count) => ({ value: String(count), words: words(count) }))];
}
