/** Every component in every state, as the app would report it. The clock stands at NOW. */

import { longHistory, someHistory } from "./fake-history.js";
import { arrivedFiles, comingFiles } from "./fake-receiving.js";

export const NOW = Date.UTC(2026, 10, 22, 14, 30);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const GB = 1e9;

let next = 0;

/** One upload; `state` is a kind or a whole state. */
export function upload(name, state, more = {}) {
  next += 1;
  const size = more.size ?? 2 * GB;
  const confirmed = more.confirmed ?? 0;
  return {
    id: `u${next}`, name, path: `/home/ada/Footage/${name}`, relative_path: name, size, confirmed,
    sent: confirmed, verified: confirmed, chunk_count: 500, chunks_left: Math.ceil(((size - confirmed) / size) * 500) || 0,
    bytes_per_second: null, eta_seconds: null, destination: "This computer", scope: null, batch: "b1", resumed: false,
    location: null, created_at: NOW - DAY, updated_at: NOW - MINUTE, expires_at: NOW + 7 * DAY, ...more,
    state: { reason: null, until: null, message: null, next_step: null, ...(typeof state === "string" ? { kind: state } : state) },
  };
}

const interrupted = () => [
  upload("Interview, second take.mov", { kind: "interrupted", reason: "crash" }, { confirmed: 1.2 * GB, chunks_left: 412, chunk_count: 1030 }),
  upload("Survey scan 0412.tif", { kind: "interrupted", reason: "closed" }, { size: 840e6, confirmed: 12e6, expires_at: NOW + DAY }),
];

const resumable = () => [
  ...interrupted(),
  upload("Archive 2019.tar", "paused", { size: 5.5e12, confirmed: 2.25e12, chunks_left: 52_000 }),
  upload("support-bundle.zip", { kind: "failed", message: "The server refused the file: it takes no more than 4 GB.", next_step: "Choose a destination that takes larger files, or ask whoever runs the server." }, { confirmed: 0.4 * GB }),
  upload("Rushes day 3.mxf", "source_missing", { size: 48 * GB, confirmed: 31 * GB }),
  upload("report final.docx", "source_changed", { size: 18e6, confirmed: 9e6 }),
  upload("Backup, laptop.img", "outcome_unknown", { size: 256 * GB, confirmed: 256 * GB, chunks_left: 0, destination: "files.example.org" }),
  upload("dataset-v4.parquet", { kind: "needs_sign_in", message: "The server asked for a new sign-in." }, { size: 12 * GB, confirmed: 7 * GB, destination: "Lab store" }),
  upload("old-scan.raw", "expired", { size: 3 * GB, confirmed: 1 * GB, expires_at: NOW - 2 * DAY }),
];

const queue = () => [
  upload("A-cam 0017.mov", "uploading", { size: 41.4 * GB, confirmed: 25.3 * GB, resumed: true, bytes_per_second: 18.4e6, eta_seconds: 875, relative_path: "Day 3/A-cam/A-cam 0017.mov" }),
  upload("Ein langer Dateiname, der sich über mehr als eine Zeile erstreckt, weil manche Leute ihre Dateien so nennen, und der trotzdem ganz zu lesen sein soll (Fassung 12, geprüft).mov", "uploading", { size: 3 * GB, confirmed: 0.9 * GB, bytes_per_second: 6.1e6, eta_seconds: 344 }),
  upload("B-cam 0004.mov", { kind: "waiting", reason: "backoff", until: NOW + 12_000 }, { size: 9 * GB, confirmed: 4 * GB }),
  upload("B-cam 0005.mov", { kind: "waiting", reason: "offline" }, { size: 9 * GB, confirmed: 2 * GB }),
  upload("مقابلة مع المخرج.mov", { kind: "waiting", reason: "captive_portal" }, { size: 1.1 * GB, confirmed: 0.2 * GB }),
  upload("ledger.db", { kind: "waiting", reason: "busy", until: NOW + 95_000 }, { size: 900e6, confirmed: 30e6 }),
  upload("stills.zip", "preparing", { size: 700e6 }),
  upload("notes.pdf", "finishing", { size: 4e6, confirmed: 4e6, chunks_left: 0 }),
  upload("B-cam 0006.mov", "paused", { size: 9 * GB, confirmed: 6.2 * GB }),
  upload("B-cam 0007.mov", "queued", { size: 9 * GB }),
  upload("empty.txt", "queued", { size: 0 }),
];

const done = () => [
  upload("A-cam 0015.mov", "done", { size: 38 * GB, confirmed: 38 * GB, location: "/home/ada/Carryon/A-cam 0015.mov", updated_at: NOW - 40 * MINUTE }),
  upload("A-cam 0016.mov", "done", { size: 40 * GB, confirmed: 40 * GB, location: "https://files.example.org/u/9f3/A-cam%200016.mov", destination: "files.example.org", updated_at: NOW - 3 * MINUTE }),
];

/** What destinations tell of their finished files, the newest last. */
const files = () => ({
  1: [
    { name: "plan.pdf", id: "f1", location: "plan.pdf", size: 81_000, thumbnail: null, handle: {} },
    { name: "A-cam 0014.mov", id: "f2", location: "Day 3/A-cam/A-cam 0014.mov", size: 38 * GB, thumbnail: null, handle: {} },
    { name: "مقابلة مع المخرج.mov", id: "f3", location: "Day 3/مقابلة مع المخرج.mov", size: 1.1 * GB, thumbnail: null, handle: {} },
    { name: "<img src=x onerror=alert(1)>.bin", id: "f4", location: "<img src=x onerror=alert(1)>.bin", size: 12, thumbnail: null, handle: {} },
    { name: "Ein langer Dateiname, der sich über mehr als eine Zeile erstreckt, weil manche Leute ihre Dateien so nennen (Fassung 12, geprüft).mov", id: "f5", location: null, size: 3 * GB, thumbnail: null, handle: {} },
  ],
  2: [{ name: "dataset-v4.parquet", id: "g1", location: "https://files.example.org/u/9f3/dataset", size: null, thumbnail: null, handle: {} }],
});

const manyFiles = (count) => ({
  1: Array.from({ length: count }, (_, index) => ({ name: `IMG_${index}.cr3`, id: `f${index}`, location: `Card/IMG_${index}.cr3`, size: 31e6, thumbnail: null, handle: {} })),
});

/** Saved destinations beside This computer. */
const places = () => [
  { id: 2, name: "Studio server", address: "fineuploader+https://files.example.org/upload", whole_address: "fineuploader+https://files.example.org/upload?done=/upload/done&project=7", token: "keychain", uploads: 3, settings: { chunk_size: 8e6, resume: "always" } },
  { id: 3, name: "Kleines Archiv – Außenstelle, dritter Stock", address: "tus+http://archive.example.org/files/", whole_address: "tus+http://archive.example.org/files/", token: "session", uploads: 0, settings: { allow_http: true } },
  { id: 4, name: "", address: "fineuploader+http://127.0.0.1:8080/upload", whole_address: "fineuploader+http://127.0.0.1:8080/upload?done=/upload/done", token: "none", uploads: 1, settings: {} },
  { id: 5, name: "<img src=x onerror=alert(1)>", address: "tus+https://t.vimeo.example/?preset=vimeo", whole_address: "tus+https://t.vimeo.example/files/x1?preset=vimeo", token: "none", uploads: 0, settings: null },
];

/** What a file of destinations would come to. */
const found = (...plans) => ({
  document: "{}",
  destinations: plans.map((plan, index) => ({ name: plan === "new" ? `New ${index}` : "Studio server", plan, message: plan === "refused" ? "A destination's name must not be empty" : null, cautions: index === 0 ? ["plain_http", "certificates"] : [] })),
});

/** The first of them, with much set about it. */
const fullPlaces = () => {
  const [first, ...rest] = places();
  const fine_uploader = {
    method: "PUT", concurrent: false, params: { project: 7, camera: "{name}", tags: ["a", "b"] }, headers: { "X-Client": "studio" },
    session: { endpoint: "/upload/session", params: {}, headers: {} }, done: { reset_on_status: [409], params: { only: "{uuid}" } },
  };
  return [{ ...first, settings: { ...first.settings, scope: "ada", connections: 4, allowed_extensions: ["mov", "mxf"], max_size: 4e9, fine_uploader } }, ...rest];
};

/** What a test finds. */
const right = () => [
  { what: "name", ok: true, words: "files.example.org is known" },
  { what: "connection", ok: true, words: "Something listens at port 443" },
  { what: "protocol", ok: true, words: "It speaks Fine Uploader's protocol" },
  { what: "clock", ok: true, words: "The clocks agree" },
];
const wrong = () => [
  ...right().slice(0, 2),
  { what: "protocol", ok: false, words: "It answers, but nothing accepts uploads at this path. Check the path." },
];

/** Kept for less than a day, at rest and in the queue. */
const expiring = () => [
  upload("Survey scan 0412.tif", { kind: "interrupted", reason: "crash" }, { size: 840e6, confirmed: 12e6, expires_at: NOW + 20 * 60 * MINUTE }),
  upload("old-scan.raw", "expired", { size: 3 * GB, confirmed: 1 * GB, expires_at: NOW - 2 * DAY }),
  upload("B-cam 0005.mov", { kind: "waiting", reason: "offline" }, { size: 9 * GB, confirmed: 2 * GB, expires_at: NOW + 3 * 60 * MINUTE }),
  upload("A-cam 0017.mov", "uploading", { size: 9 * GB, confirmed: 3 * GB, expires_at: NOW + 3 * 60 * MINUTE, bytes_per_second: 6.1e6, eta_seconds: 344 }),
];

const many = (count) => Array.from({ length: count }, (_, index) =>
  upload(`IMG_${String(index).padStart(5, "0")}.cr3`, index < 4 ? "uploading" : "queued", { size: 31e6, confirmed: index < 4 ? 12e6 : 0, bytes_per_second: index < 4 ? 4e6 : null, eta_seconds: 5 }));

/** A large folder that is half through, a small one, and a file of its own. */
const folders = () => [
  ...Array.from({ length: 40 }, (_, index) =>
    upload(`A-cam ${index}.mov`, index < 2 ? "uploading" : "queued", { relative_path: "Day 3/A-cam", size: 4 * GB, confirmed: index < 2 ? GB : 0, bytes_per_second: index < 2 ? 7e6 : null })),
  upload("one.pdf", "queued", { relative_path: "Papers", batch: "b2", size: 4e6 }), upload("two.pdf", "queued", { relative_path: "Papers", batch: "b2", size: 5e6 }),
  upload("alone.mov", "queued"),
];

/** Watched folders, one in each state. */
function watches() {
  const rule = { subfolders: true, include: [], exclude: [], all_names: false, steady_seconds: 10, existing: false, again_when_changed: false, move_sent: false };
  const watch = (id, path, state, more) => ({ id, path, destination: 1, destination_name: "This computer", scope: "", rule, state, sent: 12, waiting: 2, changed: 0, problem: null, ...more });
  return [
    watch("w1", "/home/ada/Scans", { kind: "watching" }),
    watch("w2", "/media/card <img src=x onerror=alert(1)>", { kind: "missing" }),
    watch("w3", "/home/ada/Export", { kind: "paused" }, { sent: 0, waiting: 0 }),
    watch("w4", "/home/ada/Stills", { kind: "trouble", message: "The destination “This computer” cannot be reached." }, { changed: 1, problem: "“a.jpg”: may not be read" }),
  ];
}

export const SCENES = {
  empty: () => ({ uploads: [] }),
  files: () => ({ uploads: done(), files: files() }),
  "one-file": () => ({ uploads: [], files: { 1: files()[1].slice(0, 1) } }),
  "no-files": () => ({ uploads: [], files: { 1: [] } }),
  "many-files": () => ({ uploads: [], files: manyFiles(1200) }),
  places: () => ({ uploads: [], places: places(), checks: right() }),
  "files-of-two": () => ({ uploads: [], places: places(), files: files() }),
  "places-full": () => ({ uploads: [], places: fullPlaces(), checks: right() }),
  "places-import": () => ({ uploads: [], places: places(), found: found("new", "new", "different", "refused") }),
  "places-import-new": () => ({ uploads: [], places: places(), found: { document: "{}", destinations: found("refused", "new").destinations.slice(1) } }),
  "places-import-none": () => ({ uploads: [], places: places(), found: found("same", "refused") }),
  "places-wrong": () => ({ uploads: [], places: places(), checks: wrong() }),
  "no-places": () => ({ uploads: [], checks: right() }),
  elsewhere: () => ({ uploads: done(), places: places(), chosen: 2 }),
  "elsewhere-empty": () => ({ uploads: [], places: places(), chosen: 3 }),
  expiring: () => ({ uploads: expiring() }),
  interrupted: () => ({ uploads: interrupted() }),
  resumable: () => ({ uploads: resumable() }),
  queue: () => ({ uploads: queue() }),
  done: () => ({ uploads: done() }),
  all: () => ({ uploads: [...resumable().slice(0, 2), ...queue().slice(0, 5), ...done()], watches: watches() }),
  many: () => ({ uploads: many(5000) }),
  "very-many": () => ({ uploads: many(100_000) }),
  folders: () => ({ uploads: folders() }),
  "many-resumable": () => ({ uploads: Array.from({ length: 5000 }, (_, index) => upload(`IMG_${index}.cr3`, { kind: "interrupted", reason: "crash" }, { size: 31e6, confirmed: 12e6 })) }),
  history: () => ({ uploads: [], history: someHistory() }),
  receiving: () => ({ uploads: [], receiving: { arrived: arrivedFiles(), coming: comingFiles() } }),
  "receiving-network": () => ({ uploads: [], receiving: { wanted: { door: "network", port: 8080 }, arrived: arrivedFiles(), coming: [] } }),
  "receiving-off": () => ({ uploads: [], receiving: { wanted: { on: false }, waiting: 2 } }),
  "no-history": () => ({ uploads: [] }),
  "long-history": () => ({ uploads: [], history: longHistory(100_000) }),
  meanwhile: () => ({ uploads: [], meanwhile: [{ type: "upsert", upload: upload("early.mov", "queued") }] }),
  notice: () => ({ uploads: interrupted(), notice: "One record could not be read and was set aside in carryon.db.set-aside. All others are listed." }),
  "no-records": () => ({ fails: { snapshot: { code: "storage", message: "The records cannot be opened: the disk is full. Make room, then start Carryon again." } } }),
  owned: () => ({ fails: { snapshot: { code: "owned", message: "Another Carryon owns the data folder. Close the other Carryon, or give this one another data folder." } } }),
};
