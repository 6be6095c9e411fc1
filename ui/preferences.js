/** What is set for everything, pure: the app's values on one side, what stands in the fields of the page on the other. */

import { speedFrom, speedWords } from "./settings.js";
import { LANGUAGES } from "./words.js";

const NUMBERS = new Set(["files_at_once", "connections", "keep_days"]);
/** Shares of a battery that are offered; 100 stands for always. */
export const BATTERY_MARKS = [20, 30, 50, 80];

/** What a field holds for a value. */
export function fieldFrom(key, value) {
  if (key === "pause_on_battery") return value === null ? "off" : String(value);
  return value === null ? "" : typeof value === "boolean" ? value : String(value);
}

/** The value that a field stands for; what is no number is handed on as it is, for the app to refuse. */
export function valueFrom(key, field) {
  if (key === "pause_on_battery") return field === "off" ? null : Number(field);
  if (!NUMBERS.has(key)) return field;
  const text = field.trim();
  if (text === "") return key === "connections" ? null : "";
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** A limit as the page shows it: what is always so, and by the time of day. Rates are words, empty for no limit. */
export function limitParts(limit) {
  const [always, ...times] = limit.split(",");
  return {
    always: speedWords(always),
    times: times.map((part) => {
      const [rate, hours] = part.split("@");
      const [from, to] = hours.split("-");
      return { from, to, rate: speedWords(rate) };
    }),
  };
}

/** The limit that these parts mean; null where a rate is none. Times that are not filled in yet do not count. */
export function limitFrom({ always, times }) {
  const rate = (words) => (words.trim() === "" ? "off" : speedFrom(words));
  const isSingle = (words) => typeof words === "string" && !/[,@]/.test(words);
  const stretches = times.filter(({ from, to }) => from && to).map(({ from, to, rate: words }) => [rate(words), `${from}-${to}`]);
  const rates = [rate(always), ...stretches.map(([each]) => each)];
  if (!rates.every(isSingle)) return null;
  return [rates[0], ...stretches.map(([each, hours]) => `${each}@${hours}`)].join(",");
}

/** The languages that are offered, by their own names. */
export function offeredLanguages() {
  return LANGUAGES.filter(({ isTest }) => !isTest).map(({ code, name }) => ({ code, name }));
}
