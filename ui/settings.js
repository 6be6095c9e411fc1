/** What can be set about a destination, pure: the engine's settings on one side, what a person types on the other. */

import { sizeFrom, sizeWords, speedFrom, speedWords } from "./amounts.js";
import { FIELDS, fieldsOf } from "./setting-fields.js";
import { knows, t } from "./words.js";

export { sizeFrom, sizeWords, speedFrom, speedWords } from "./amounts.js";

const TRUTHS = { true: true, false: false };

/** How each type is shown in a form, and read back: null for nothing set, NaN for nonsense. */
const TYPES = {
  text: { show: (value) => value ?? "", read: (text) => text.trim() || null },
  count: { show: (value) => (Number.isFinite(value) ? String(value) : ""), read: countFrom },
  limit: { show: (value) => (value > 0 ? String(value) : ""), read: countFrom },
  size: { show: (value) => (Number.isFinite(value) && value > 0 ? sizeWords(value) : ""), read: sizeFrom },
  speed: { show: (value) => speedWords(value ?? "off"), read: speedFrom },
  choice: { show: (value) => String(value ?? ""), read: (text) => TRUTHS[text] ?? (text || null) },
  flag: { show: Boolean, read: Boolean },
  words: { show: (list) => (list ?? []).join(", "), read: (text) => text.split(/[\s,;]+/).filter(Boolean) },
  statuses: { show: (list) => (list ?? []).join(", "), read: statusesFrom },
  pairs: { show: (pairs) => Object.entries(pairs ?? {}), read: (pairs) => Object.fromEntries(pairs) },
  parameters: { show: (pairs) => Object.entries(pairs ?? {}).map(([name, value]) => [name, parameterWords(value)]), read: parametersFrom },
  names: { show: (pairs, initial) => Object.entries({ ...initial, ...pairs }), read: (pairs) => Object.fromEntries(pairs) },
};
const TABLES = new Set(["pairs", "parameters", "names"]);

/** What the fields of a form hold for these settings; null stands for settings that cannot be read. */
export function fieldsFrom(settings) {
  const shown = FIELDS.map((field) => [field.name, TYPES[field.type].show(valueAt(settings, field.at) ?? field.initial, field.initial)]);
  return { ...Object.fromEntries(shown), consent: Boolean(settings?.allow_http) };
}

/**
 * What changes in the settings `before` (RFC 7396): null goes back to the default, and what no field of this kind of server
 * is about is not mentioned.
 */
export function settingsFrom(fields, kind, before = null) {
  const change = { allow_http: fields.consent };
  for (const field of fieldsOf(kind)) put(change, field.at, valueFrom(field, fields, before));
  change.name_conflicts ??= "leave";
  // Without a path nobody is asked, and the rest of the question goes with it.
  if (change.fine_uploader?.session?.endpoint === null) change.fine_uploader.session = null;
  return change;
}

function valueFrom(field, fields, before) {
  const typed = fields[field.name];
  const kept = valueAt(before, field.at) ?? {};
  const value = TYPES[field.type].read(typed, kept);
  if (!TABLES.has(field.type)) return Array.isArray(value) && value.length === 0 ? null : value;
  return typed.length === 0 ? null : difference(kept, value);
}

/** The patch that makes `after` of `before`. */
function difference(before, after) {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key)).map((key) => [key, null]);
  const kept = Object.entries(after).map(([key, value]) => [key, isGroup(value) && isGroup(before[key]) && !Array.isArray(value) ? difference(before[key], value) : value]);
  return Object.fromEntries([...kept, ...gone]);
}

/** What is wrong with the fields of this kind of server, each as `{ field, message }`. */
export function settingsTroubles(fields, kind) {
  const wrong = fieldsOf(kind).filter((field) => !isSensible(field, fields[field.name]));
  const troubles = wrong.map(({ name, type, least, most }) => ({ field: name, message: t(wrongId(name, type), { least, most }) }));
  const comparesNames = kind === "fineuploader" && fields.name_conflicts !== "leave" && !fields.session.trim();
  if (comparesNames) troubles.push({ field: "session", message: t("wrong-session") });
  const [least, most] = [sizeFrom(fields.min_size), sizeFrom(fields.max_size)];
  if (least !== null && most !== null && least > most) troubles.push({ field: "min_size", message: t("wrong-min_size-above") });
  return troubles;
}

function wrongId(name, type) {
  if (TABLES.has(type)) return type === "names" ? "wrong-names" : "wrong-table";
  const own = `wrong-${name.replaceAll(".", "-")}`;
  return knows(own) ? own : "wrong-count";
}

function isSensible({ type, least, most }, typed) {
  if (TABLES.has(type)) return hasEachOnce(typed) && (type !== "names" || typed.every(([, name]) => name.trim() !== ""));
  const value = TYPES[type].read(typed);
  if (type === "count" || type === "limit") return value === null || (Number.isInteger(value) && value >= least && value <= most);
  if (type === "statuses") return value.every((status) => Number.isInteger(status) && status >= 205 && status < 600);
  return !Number.isNaN(value);
}

/** Every row has a name, and none has another's. */
function hasEachOnce(pairs) {
  const names = pairs.map(([name]) => name);
  return names.every(Boolean) && new Set(names).size === names.length;
}

/** How many fields of a group differ from what holds where nothing is set. */
export function setCount(fields, kind, group) {
  const blank = fieldsFrom(null);
  return fieldsOf(kind).filter(({ name, group: own }) => own === group && JSON.stringify(fields[name]) !== JSON.stringify(blank[name])).length;
}

function countFrom(text) {
  if (text.trim() === "") return null;
  return /^\d+$/.test(text.trim()) ? Number(text.trim()) : NaN;
}

function statusesFrom(text) {
  return text.split(/[\s,;]+/).filter(Boolean).map((word) => (/^\d{3}$/.test(word) ? Number(word) : NaN));
}

/** A list or a group stands in its row as JSON; a text as it is. */
function parameterWords(value) {
  return typeof value === "string" && !isGroup(parsed(value)) ? value : JSON.stringify(value);
}

/** What was not touched stays what it was: a number a number. */
function parametersFrom(pairs, before) {
  const isSame = ([name, text]) => Object.hasOwn(before, name) && parameterWords(before[name]) === text;
  return Object.fromEntries(pairs.map((pair) => [pair[0], isSame(pair) ? before[pair[0]] : parameterFrom(pair[1])]));
}

/** Only what is plainly a list or a group is read as one: 007 stays what it is. */
function parameterFrom(text) {
  const value = parsed(text);
  if (isGroup(value)) return value;
  return /^".*"$/s.test(text) && isGroup(parsed(parsed(text))) ? parsed(text) : text;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isGroup(value) {
  return typeof value === "object" && value !== null;
}

function valueAt(settings, path) {
  return path.reduce((value, key) => value?.[key], settings) ?? undefined;
}

function put(into, path, value) {
  const [key, ...rest] = path;
  if (rest.length > 0) put((into[key] ??= {}), rest, value);
  else into[key] = value;
}
