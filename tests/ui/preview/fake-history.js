/** The stand-in's history: what became of uploads, found, verified and forgotten as the app does it. */

import { NOW } from "./scenes.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const GB = 1e9;
const PAGE = 100;
const DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

let last = 0;

/** One entry. */
export function past(name, ending, more = {}) {
  last += 1;
  const outcome = { done: "done", marked_done: "marked done", discarded: "discarded, removed there", expired: "expired", moved: "moved to another machine" }[ending];
  const proof = { done: "server digest", marked_done: "none" }[ending] ?? null;
  const ended_at = NOW - last * 47 * MINUTE;
  return {
    seq: 1000 - last, name, relative_path: name, path: `/home/ada/Footage/${name}`, size: 2 * GB, destination: "This computer", own: true, ending, outcome,
    began_at: ended_at - 12 * MINUTE, ended_at, proof, ...more,
  };
}

export const someHistory = () => {
  last = 0;
  return [
    past("A-cam 0017.mov", "done", { size: 41.4 * GB, relative_path: "Day 3/A-cam/A-cam 0017.mov" }),
    past("مقابلة مع المخرج.mov", "done", { size: 1.1 * GB, destination: "Studio server", own: false, location: "https://files.example.org/u/9f3/interview.mov" }),
    past("Ein langer Dateiname, der sich über mehr als eine Zeile erstreckt, weil manche Leute ihre Dateien so nennen (Fassung 12, geprüft).mov", "done", { size: 3 * GB, destination: "Kleines Archiv – Außenstelle, dritter Stock", own: false, proof: "size only" }),
    past("<img src=x onerror=alert(1)>.bin", "discarded", { size: 12 }),
    past("Backup, laptop.img", "marked_done", { size: 256 * GB, destination: "files.example.org", own: false }),
    past("old-scan.raw", "expired", { ended_at: NOW - 40 * DAY, began_at: NOW - 60 * DAY, destination: "Studio server", own: false }),
    past("dataset-v4.parquet", "moved", { ended_at: NOW - 400 * DAY, began_at: NOW - 401 * DAY, size: 12 * GB }),
  ];
};

export const longHistory = (count) => {
  last = 0;
  return Array.from({ length: count }, (_, index) => past(`IMG_${index}.cr3`, "done", { seq: count - index, size: 31e6, ended_at: NOW - index * 1000, began_at: NOW - index * 1000 - MINUTE }));
};

/** The commands of the history; `emit` is the app speaking. */
export function historyCommands(entries, emit) {
  let keepDays = null;
  let stopped = () => {};
  const found = ({ words, ending, destination, since, until }) => entries.filter((each) => {
    const text = `${each.name} ${each.relative_path} ${each.path} ${each.destination}`.toLowerCase();
    return (words ?? "").toLowerCase().split(/\s+/).every((word) => text.includes(word)) && (!ending || each.ending === ending)
      && (!destination || each.destination === destination) && (!since || each.ended_at >= since) && (!until || each.ended_at < until);
  });
  const forget = (gone) => {
    entries = entries.filter((each) => !gone.includes(each));
    return gone.length;
  };
  return {
    about_history: () => ({ destinations: [...new Set(entries.map(({ destination }) => destination))].sort(), total: entries.length, keep_days: keepDays }),
    history: ({ search, after }) => {
      const all = found(search);
      const rest = after ? all.filter(({ seq }) => seq < after[1]) : all;
      const shown = rest.slice(0, PAGE);
      const end = shown.at(-1);
      return { entries: shown, next: rest.length > PAGE ? [end.ended_at, end.seq] : null, found: all.length, bytes: all.reduce((sum, { size }) => sum + size, 0) };
    },
    past: ({ seq }) => detail(entries.find((each) => each.seq === seq)),
    reveal_past: () => null,
    open_past: () => null,
    verify_past: async ({ seq }) => {
      const { size } = entries.find((each) => each.seq === seq);
      emit("history-comparing", { seq, read: size / 3 });
      if (window.fake.stalls) return new Promise((done) => (stopped = () => done(null)));
      return window.fake.compared ?? { equal: true, same_size: true, size, differing: [], ranges: 0 };
    },
    stop_verifying: () => stopped(),
    forget_past: ({ seqs }) => forget(entries.filter(({ seq }) => seqs.includes(seq))),
    forget_found: ({ search }) => forget(found(search)),
    keep_history: ({ days }) => {
      keepDays = days;
      if (days) forget(found({ until: NOW - days * DAY }));
      return null;
    },
    save_history_table: ({ search }) => found(search).length,
    save_receipts: ({ search, seq }) => (seq === null ? found(search).filter(({ proof }) => proof).length : 1),
  };
}

function detail(entry) {
  const { name, size, ending, own, location = null } = entry;
  const isDelivered = ending === "done" || ending === "marked_done";
  const receipt = isDelivered ? {
    attempt: "7a0f1c9e-2b0d-4a55-9a51-1f4f6f1d2c3b", modified_at: entry.began_at - DAY, chunk_size: 8e6, chunks: Math.ceil(size / 8e6),
    chunks_proved: entry.proof === "server digest" ? Math.ceil(size / 8e6) : 0, level: entry.proof, whole: null, blake3: entry.proof === "server digest" ? DIGEST : null, sha256: null, names_content: true,
  } : null;
  return {
    ...entry, upload: "0b7a51a5-9a0e-4f5e-8f4d-8f3f1f6b9a10", scope: "", resumes: 2, sent: size + 8e6, sent_twice: isDelivered ? 8e6 : null,
    location, link: location, has_source: true, arrived: own && isDelivered ? `/home/ada/Carryon/${name}` : null, receipt,
  };
}
