/** Numbers into words of the language that is spoken: bytes, rates, times and counts. Time comes in as an argument (unix ms). */

import { locale, t } from "./words.js";

const UNITS = [
  ["PB", 1e15, 2],
  ["TB", 1e12, 2],
  ["GB", 1e9, 2],
  ["MB", 1e6, 1],
  ["kB", 1e3, 1],
];
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NEAR_DAYS = { 0: "today-at", 1: "tomorrow-at", "-1": "yesterday-at" };

const formats = new Map();

/** A number as it is written here; making a format takes long, so each is kept. */
export function number(value) {
  const key = locale();
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(key));
  return formats.get(key).format(value);
}

/** 1 -> "1 chunk", 2 -> "2 chunks", 4200 -> "4,200 chunks". */
export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** Bytes in words, rounded down, so that "2 GB of 2 GB" is only said of the whole. */
export function bytes(value) {
  const size = isAmount(value) ? Math.floor(value) : 0;
  const unit = UNITS.find(([, factor]) => size >= factor);
  if (!unit) return t("byte-count", { count: size });
  const [name, factor, decimals] = unit;
  const places = Math.max(0, decimals - Math.floor(Math.log10(size / factor)));
  const step = factor / 10 ** places;
  return `${number(Math.floor(size / step) / 10 ** places)} ${name}`;
}

/** "1.2 GB of 2 GB". */
export function bytesOf(part, whole) {
  return part >= whole ? bytes(whole) : t("part-of-whole", { part: bytes(part), whole: bytes(whole) });
}

/** Bytes per second in words; nothing where it is not known. */
export function rate(bytesPerSecond) {
  return isAmount(bytesPerSecond) && bytesPerSecond >= 1 ? t("per-second", { amount: bytes(bytesPerSecond) }) : "";
}

/** Whole percents, rounded down: 100 is only said of the whole. An empty file is whole when it is done. */
export function percent(part, whole) {
  if (!isAmount(part) || !isAmount(whole) || whole === 0) return 0;
  return Math.min(100, Math.floor((part / whole) * 100));
}

/** "4 min left"; nothing where it is not known, or too far away to mean anything. */
export function timeLeft(seconds) {
  if (!isAmount(seconds) || seconds > 99 * DAY) return "";
  return t("time-left", { time: duration(seconds) });
}

/** Seconds in words, in one or two units: "12 s", "4 min", "2 h 10 min", "3 days 4 h". */
export function duration(seconds) {
  const whole = Math.max(1, Math.ceil(isAmount(seconds) ? seconds : 0));
  if (whole < MINUTE) return t("duration-seconds", { count: whole });
  const minutes = Math.round(whole / MINUTE);
  if (minutes < 60) return t("duration-minutes", { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return twoUnits(["duration-hours", hours], ["duration-minutes", minutes % 60]);
  return twoUnits(["duration-days", Math.floor(hours / 24)], ["duration-hours", hours % 24]);
}

function twoUnits(...units) {
  return units.filter(([, count], index) => index === 0 || count > 0).map(([id, count]) => t(id, { count })).join(" ");
}

/** A moment in words: "today at 18:30", "tomorrow at 09:00", "Sunday, 29 November", with the year when it is another. */
export function day(moment, now) {
  const date = new Date(moment);
  const near = NEAR_DAYS[daysBetween(now, moment)];
  if (near) return t(near, { time: clock(date) });
  const year = date.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  // Asked for in parts: the comma after the weekday differs between versions of the language data.
  const weekday = date.toLocaleDateString(locale(), { weekday: "long" });
  return t("weekday-and-date", { weekday, date: date.toLocaleDateString(locale(), { day: "numeric", month: "long", year }) });
}

/** How long the server keeps what it holds; nothing where that is for ever. */
export function keptUntil(expiresAt, now) {
  if (!isAmount(expiresAt)) return "";
  const moment = day(expiresAt, now);
  if (expiresAt > now) return t("kept-until", { moment });
  return t(NEAR_DAYS[daysBetween(now, expiresAt)] ? "expired-near" : "expired-on", { moment });
}

/** Whether a moment lies ahead, by less than a day. */
export function isWithinADay(moment, now) {
  return isAmount(moment) && moment > now && moment - now < DAY * 1000;
}

function clock(date) {
  return date.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** Days by the calendar, not by 24 hours: 23:59 to 00:01 is one. */
function daysBetween(from, to) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  return Math.round((midnight(to) - midnight(from)) / (DAY * 1000));
}

function isAmount(value) {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
