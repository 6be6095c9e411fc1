/** What is said of watched folders, and what their form holds: pure. */

import { t } from "./words.js";

/** The state of a folder in words; the message ids are written out, so that none is missing. */
const STATES = {
  watching: () => t("watched-state-watching"),
  missing: () => t("watched-state-missing"),
  paused: () => t("watched-state-paused"),
  trouble: () => t("watched-state-trouble"),
  resting: () => t("watched-state-resting"),
};
const LONGEST_SECONDS = 86_400;
const NO_RULE = { subfolders: true, include: [], exclude: [], all_names: false, steady_seconds: 10, existing: false, again_when_changed: false, move_sent: false };

export function stateWords({ state }) {
  return STATES[state.kind]?.() ?? "";
}

export function countWords({ sent, waiting }) {
  return t("watched-counts", { sent, waiting });
}

/** What a person has to know beside the state; nothing where all is well. */
export function explanationWords({ state, changed, problem }) {
  const parts = [
    state.kind === "missing" ? t("watched-missing-why") : "",
    state.kind === "trouble" ? state.message : "",
    problem ?? "",
    changed > 0 ? t("watched-changed", { count: changed }) : "",
  ];
  return parts.filter(Boolean).join(" ");
}

/** The last name of a path, for buttons that are named for it. */
export function folderName(path) {
  return path.split(/[\\/]/).filter(Boolean).pop() ?? path;
}

/** What the form shows of a folder, or of none yet. */
export function formOf(watch) {
  const rule = watch?.rule ?? NO_RULE;
  return {
    path: watch?.path ?? "",
    destination: watch ? String(watch.destination) : "",
    existing: rule.existing ? "all" : "later",
    after: rule.move_sent ? "move" : "leave",
    include: rule.include.join(", "),
    exclude: rule.exclude.join(", "),
    subfolders: rule.subfolders,
    all_names: rule.all_names,
    again_when_changed: rule.again_when_changed,
    steady_seconds: String(rule.steady_seconds),
  };
}

/** What was typed, as the app takes it; `troubles` says what cannot be taken, each by its field. */
export function draftFrom(form, { watch = null, picked = null } = {}) {
  const seconds = Number(form.steady_seconds.trim());
  const troubles = [];
  if (!form.path.trim()) troubles.push({ field: "path", message: t("watched-no-path") });
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_SECONDS) troubles.push({ field: "steady_seconds", message: t("watched-no-seconds") });
  const rule = {
    subfolders: form.subfolders,
    include: patterns(form.include),
    exclude: patterns(form.exclude),
    all_names: form.all_names,
    steady_seconds: seconds,
    existing: form.existing === "all",
    again_when_changed: form.again_when_changed,
    move_sent: form.after === "move",
  };
  const draft = { id: watch?.id ?? null, path: form.path, picked, destination: Number(form.destination), scope: watch?.scope ?? "", rule };
  return { draft, troubles };
}

/** Patterns lie between commas, but for those in braces: `*.{mov,wav}` is one. */
function patterns(text) {
  return (text.match(/(?:\{[^}]*\}|[^,{])+/g) ?? []).map((pattern) => pattern.trim()).filter(Boolean);
}

/** What to ask before a folder is watched no more. */
export function removeWatchQuestion({ path }) {
  return {
    title: t("watched-remove-title"),
    text: t("watched-remove-text"),
    names: [{ name: path, held: "" }],
    deed: t("watched-remove-deed"),
    keep: t("watched-remove-keep"),
  };
}
