import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { bytes, bytesOf, day, duration, isWithinADay, keptUntil, percent, plural, rate, timeLeft } from "../../ui/format.js";

process.env.TZ = "UTC";
const NOW = Date.UTC(2026, 10, 22, 14, 30); // a Sunday
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ODD = [null, undefined, NaN, -1, Infinity, -Infinity, "12", {}];

test("one is singular, none and many are plural", () => {
  assert.equal(plural(0, "chunk"), "0 chunks");
  assert.equal(plural(1, "chunk"), "1 chunk");
  assert.equal(plural(52_000, "chunk"), "52,000 chunks");
  assert.equal(plural(2, "entry", "entries"), "2 entries");
});

test("bytes read like a file manager's, at every border between units", () => {
  const expected = [
    [0, "0 bytes"], [1, "1 byte"], [999, "999 bytes"], [1000, "1 kB"], [1590, "1.5 kB"], [999_999, "999 kB"],
    [1e6, "1 MB"], [4_260_000, "4.2 MB"], [31e6, "31 MB"], [999_999_999, "999 MB"], [1e9, "1 GB"], [1.2e9, "1.2 GB"],
    [12_480_000_000, "12.4 GB"], [256e9, "256 GB"], [2.25e12, "2.25 TB"], [5.5e12, "5.5 TB"], [9.007e15, "9 PB"],
  ];
  for (const [value, words] of expected) assert.equal(bytes(value), words, String(value));
});

test("the units differ by a rounding, never by a thousand of one unit", () => {
  for (let size = 1; size < 1e17; size = Math.ceil(size * 1.37)) assert.doesNotMatch(bytes(size), /^1,?000/);
});

test("more bytes are never told as fewer", () => {
  const units = { byte: 1, bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
  const told = (words) => Number(words.split(" ")[0].replaceAll(",", "")) * units[words.split(" ")[1]];
  let last = 0;
  for (let size = 1; size < 1e16; size = Math.ceil(size * 1.0137)) {
    assert.ok(told(bytes(size)) >= last, `${size} must not be told as less than what came before`);
    last = told(bytes(size));
  }
});

test("values that cannot be an amount are no bytes, no rate, no time", () => {
  for (const odd of ODD) {
    assert.equal(bytes(odd), "0 bytes", String(odd));
    assert.equal(rate(odd), "");
    assert.equal(timeLeft(odd), "");
    assert.equal(percent(odd, 100), 0);
    assert.equal(keptUntil(odd, NOW), "");
  }
});

test("the whole is only claimed when it is the whole", () => {
  assert.equal(bytesOf(1.2e9, 2e9), "1.2 GB of 2 GB");
  assert.equal(bytesOf(2e9 - 1, 2e9), "1.99 GB of 2 GB");
  assert.equal(bytesOf(2e9, 2e9), "2 GB");
  assert.equal(percent(2e9 - 1, 2e9), 99);
  assert.equal(percent(2e9, 2e9), 100);
  assert.equal(percent(3, 2), 100, "never more than all");
  assert.equal(percent(0, 0), 0);
});

test("a rate of nothing is not told", () => {
  assert.equal(rate(0), "");
  assert.equal(rate(0.4), "");
  assert.equal(rate(18.4e6), "18 MB/s");
});

test("time left speaks in at most two units", () => {
  const expected = [
    [0, "1 s left"], [11.2, "12 s left"], [59.5, "1 min left"], [240, "4 min left"], [3590, "1 h left"],
    [7800, "2 h 10 min left"], [86_399, "1 day left"], [DAY / 1000 + 4 * 3600, "1 day 4 h left"], [3 * 86_400, "3 days left"],
  ];
  for (const [seconds, words] of expected) assert.equal(timeLeft(seconds), words, String(seconds));
  assert.equal(timeLeft(1e9), "", "thirty years are no answer");
  assert.equal(duration(-5), "1 s");
});

test("a day is called by its nearest name", () => {
  assert.equal(day(NOW + HOUR, NOW), "today at 15:30");
  assert.equal(day(NOW + 10 * HOUR, NOW), "tomorrow at 00:30");
  assert.equal(day(NOW - 15 * HOUR, NOW), "yesterday at 23:30");
  assert.equal(day(NOW + 7 * DAY, NOW), "Sunday, 29 November");
  assert.equal(day(Date.UTC(2027, 0, 4), NOW), "Monday, 4 January 2027");
});

test("a minute across midnight is another day", () => {
  const late = Date.UTC(2026, 10, 22, 23, 59);
  assert.equal(day(late + 120_000, late), "tomorrow at 00:01");
});

test("a moment is near for a day before it, and not after it", () => {
  assert.equal(isWithinADay(NOW + DAY - 1, NOW), true);
  for (const far of [NOW + DAY, NOW, NOW - 1, ...ODD]) assert.equal(isWithinADay(far, NOW), false, String(far));
});

test("expiry says until when, then since when, and nothing where it is for ever", () => {
  assert.equal(keptUntil(NOW + 7 * DAY, NOW), "kept until Sunday, 29 November");
  assert.equal(keptUntil(NOW + HOUR, NOW), "kept until today at 15:30");
  assert.equal(keptUntil(NOW, NOW), "expired today at 14:30");
  assert.equal(keptUntil(NOW - DAY, NOW), "expired yesterday at 14:30");
  assert.equal(keptUntil(NOW - 3 * DAY, NOW), "expired on Thursday, 19 November");
  assert.equal(keptUntil(null, NOW), "");
});
