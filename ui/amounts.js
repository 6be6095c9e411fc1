/** Sizes and speeds as people write them, pure: read from words, and told so that they read back as exactly the same. */

const SIZES = { byte: 1, bytes: 1, b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };
const SIZE_NAMES = [["GiB", 2 ** 30], ["GB", 1e9], ["MiB", 2 ** 20], ["MB", 1e6], ["KiB", 2 ** 10], ["kB", 1e3]];
const RATES = { "": 1, k: 1e3, m: 1e6, g: 1e9 };
const RATE_NAMES = [["GB/s", 1e9], ["MB/s", 1e6], ["kB/s", 1e3]];
const STRETCH = /^(.+?)\s*@\s*(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})$/;

/** Bytes in "8 MB" or "6 MiB"; null where nothing is typed, NaN where that is no size. */
export function sizeFrom(text) {
  if (text.trim() === "") return null;
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const size = Math.round(Number(number) * (SIZES[unit?.toLowerCase() || "b"] ?? NaN));
  return size > 0 && Number.isSafeInteger(size) ? size : NaN;
}

/** A size that reads back as exactly the same: "6 MiB", "5 MB", "6291457 bytes". */
export function sizeWords(size) {
  const whole = SIZE_NAMES.filter(([, unit]) => size % unit === 0 && size > 0);
  const [name, unit] = whole.sort(([, a], [, b]) => b - a)[0] ?? ["bytes", 1];
  return `${size / unit} ${name}`;
}

/** The engine's form of "2 MB/s, off@22:00-06:00"; null where nothing is typed, NaN where that is no speed. */
export function speedFrom(text) {
  if (text.trim() === "") return null;
  const parts = text.split(",").map((part) => {
    const [, rate, from, to] = STRETCH.exec(part.trim()) ?? [null, part.trim()];
    const words = rateFrom(rate);
    if (words === null || (from && !(isTime(from) && isTime(to)))) return null;
    return from ? `${words}@${from}-${to}` : words;
  });
  return parts.includes(null) ? NaN : parts.join(",");
}

function rateFrom(text) {
  if (/^(off|no limit)$/i.test(text)) return "off";
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:b|bytes)?(?:\/s)?$/i.exec(text) ?? [];
  const rate = Number(number) * (RATES[unit?.toLowerCase()] ?? NaN);
  return rate >= 1 && rate < 1e15 ? String(Math.round(rate)) : null;
}

function isTime(text) {
  const [hour, minute] = text.split(":").map(Number);
  return hour < 24 && minute < 60;
}

/** A limit in words that read back as exactly the same; empty for none. */
export function speedWords(limit) {
  const parts = limit.split(",").map((part) => {
    const [rate, times] = part.split("@");
    return times ? `${rateWords(rate)}@${times}` : rateWords(rate);
  });
  return parts.length === 1 && parts[0] === "off" ? "" : parts.join(", ");
}

function rateWords(rate) {
  const [name, unit] = RATE_NAMES.find(([, unit]) => Number(rate) >= unit && Number(rate) % (unit / 1000) === 0) ?? ["B/s", 1];
  return rate === "off" ? rate : `${Number(rate) / unit} ${name}`;
}
