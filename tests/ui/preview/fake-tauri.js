/**
 * Stands in for the app: `?scene=` picks what snapshot() answers; every command is noted in `fake.calls`;
 * `fake.holds[command]`, a promise, is waited for before its answer. `fake.emit(event, payload)` is the app speaking.
 * It behaves like the app just far enough to be used by hand.
 */

import { historyCommands } from "./fake-history.js";
import { receivingCommands } from "./fake-receiving.js";
import { NOW, SCENES, upload } from "./scenes.js";

const scene = SCENES[new URLSearchParams(location.search).get("scene") ?? "all"]();
const listeners = new Map();
const uploads = new Map((scene.uploads ?? []).map((each) => [each.id, each]));
const theme = new URLSearchParams(location.search).get("theme");
const realNow = Date.now();
const clockRealNow = Date.now.bind(Date);
Date.now = () => NOW + (clockRealNow() - realNow);

export const fake = { calls: [], uploads, upload, emit, patch, answers: {}, holds: {} };
window.fake = fake;

function emit(event, payload) {
  for (const hear of listeners.get(event) ?? []) hear({ event, payload });
}

/** Changes an upload as the app would, and says so. */
function patch(id, change) {
  const before = uploads.get(id);
  const after = { ...before, ...change, state: { reason: null, until: null, message: null, next_step: null, ...before.state, ...change.state } };
  uploads.set(id, after);
  emit("uploads", [{ type: "upsert", upload: after }]);
}

const toKind = (kind) => ({ ids }) => {
  for (const id of ids) patch(id, { state: { kind, reason: null, until: null, message: null, next_step: null } });
  return { done: ids.length, problems: [] };
};

const remove = (ids) => {
  for (const id of ids) uploads.delete(id);
  emit("uploads", ids.map((id) => ({ type: "removed", id })));
  return { done: ids.length, problems: [] };
};

function take({ paths }) {
  const isLost = (path) => path.includes("\uFFFD");
  for (const path of paths.filter((each) => !isLost(each))) {
    const added = upload(path.split("/").pop(), "queued");
    uploads.set(added.id, added);
    emit("uploads", [{ type: "upsert", upload: added }]);
  }
  const problems = paths.filter(isLost).map((path) => ({ path, message: "There is no file of this name." }));
  return { added: paths.length - problems.length, resumed: 0, problems };
}

const NAMES = { 1: "This computer", 2: "Lab store" };
const files = scene.files ?? {};

const OWN = { id: 1, name: "This computer", own: true, address: "/home/ada/Carryon", whole_address: "", token: "none", uploads: 0, settings: {} };
const places = [OWN, ...structuredClone(scene.places ?? [])];
let chosen = scene.chosen ?? 1;

const target = () => {
  const { id, name, own = false, address } = places.find((each) => each.id === chosen) ?? OWN;
  return { id, name, own, address, others: places.length > 1 };
};
const shown = ({ settings, whole_address, ...place }) => ({ own: false, ...place, chosen: place.id === chosen, tells_files: place.id in files });

/** Somebody else removes a destination. */
fake.forget = (id) => {
  places.splice(places.findIndex((each) => each.id === id), 1);
};

function save({ draft }) {
  const saved = { token: "none", uploads: 0, settings: {}, ...places.find(({ id }) => id === draft.id) };
  const { id = 10 + places.length } = saved;
  const address = draft.address.split("?")[0];
  const settings = { ...saved.settings, ...draft.settings };
  const token = draft.token ? "keychain" : draft.forget_token ? "none" : saved.token;
  const place = { ...saved, id, name: draft.name || saved.name, address: saved.own ? saved.address : address, whole_address: draft.address, settings, token };
  places.splice(places.findIndex((each) => each.id === id) >>> 0, 1, place);
  return { id, kept: draft.token ? "keychain" : null, why: null };
}

const SPEEDS = {
  minute: Array.from({ length: 60 }, (_, second) => 12e6 + 6e6 * Math.sin(second / 5)),
  hour: Array.from({ length: 22 }, (_, minute) => 9e6 + 5e6 * Math.cos(minute / 3)),
};

function mapOf({ size, shown, confirmed = shown }, cells) {
  const whole = Math.floor((confirmed / size) * cells) || 0;
  const held = Array.from({ length: cells }, (_, cell) => (cell < whole ? 100 : cell === whole + 2 ? 60 : 0));
  return { size, held, in_flight: [whole, whole + 1, whole + 2], again: [3, 4], chunks_left: 12 };
}

const DEFAULTS = {
  resume: "ask", files_at_once: 3, connections: null, speed_limit: "off", keep_days: 7, pause_on_metered: false, pause_on_battery: null,
  keep_awake: true, theme: "system", language: "system", motion: "system", notifications: "all", log_level: "info",
};
const set = { ...DEFAULTS, ...scene.preferences, ...(theme && { theme }) };
fake.set = set;
let isAtLogin = false;
const preferred = () => ({ values: { ...set }, defaults: { ...DEFAULTS }, unreadable: [] });

function setPreferences({ patch }) {
  const { files_at_once: files = 1 } = patch;
  if (!(files >= 1 && files <= 32)) throw { code: "invalid", message: "a number from 1 to 32. Nothing was changed.", field: "files_at_once" };
  Object.assign(set, patch);
  return preferred();
}

const watches = structuredClone(scene.watches ?? []);
const stateOf = (kind) => ({ id }) => {
  watches.find((each) => each.id === id).state = { kind };
  return null;
};

const COMMANDS = {
  watches: () => watches,
  save_watch: ({ draft: { id, path, destination, rule } }) => {
    const known = watches.find((each) => each.id === id) ?? { id: `w${watches.length}`, path, state: { kind: "watching" }, sent: 0, waiting: 0, changed: 0, problem: null, scope: "" };
    Object.assign(known, { destination, destination_name: places.find((each) => each.id === destination).name, rule });
    if (!watches.includes(known)) watches.push(known);
    return known.id;
  },
  remove_watch: ({ id }) => {
    watches.splice(watches.findIndex((each) => each.id === id), 1);
    return null;
  },
  pause_watch: stateOf("paused"),
  resume_watch: stateOf("watching"),
  pick_watch_folder: () => ({ path: "/media/card", picked: "unix:2f6d65646961" }),
  ...historyCommands(scene.history ?? [], emit),
  ...receivingCommands(scene.receiving),
  preferences: preferred,
  set_preferences: setPreferences,
  reset_preferences: () => setPreferences({ patch: DEFAULTS }),
  data_folder: () => ({ data: "/home/ada/.local/share/carryon", logs: "/home/ada/.local/share/carryon/logs" }),
  open_data_folder: () => null,
  start_at_login: () => isAtLogin,
  set_start_at_login: ({ on }) => (isAtLogin = on),
  report: ({ names }) => `Carryon 0.1.0${names ? " with names" : ""}`,
  send_anyway: () => null,
  destinations: () => places.map(shown),
  destination: ({ id }) => ({ ...shown(places.find((each) => each.id === id)), ...places.find((each) => each.id === id) }),
  target,
  use_destination: ({ id }) => {
    chosen = id;
    return target();
  },
  remove_destination: ({ id, uploads: how }) => {
    const [gone] = places.splice(places.findIndex((each) => each.id === id), 1);
    if (chosen === id) chosen = 1;
    return { target: target(), waits: gone.uploads > 0 && how !== null };
  },
  export_destinations: () => ({ count: places.length - 1, file: "/home/ada/carryon-destinations.json" }),
  look_at_destinations: () => scene.found ?? null,
  import_destinations: ({ replace }) => scene.found.destinations.map(({ name, plan, message }) => {
    if (plan === "new") places.push({ id: 20 + places.length, name, address: "tus+https://new.example.org/", whole_address: "", token: "none", uploads: 0, settings: {} });
    const isLeft = plan === "refused" || (plan === "different" && !replace);
    return { name, problem: isLeft ? { code: "invalid", message: message ?? "It is here already." } : null };
  }),
  save_destination: save,
  test_destination: () => (fake.unfound ? null : scene.checks),
  stop_test: () => fake.stop?.(),
  pick_certificates: () => "/home/ada/company.pem",
  snapshot: () => ({
    uploads: [...uploads.values()],
    receiver: { folder: "/home/ada/Carryon", address: "http://127.0.0.1:41234" },
    destination: target(),
    notice: scene.notice ?? null, version: "0.1.0",
  }),
  send_paths: ({ paths, ...rest }) => take({ paths: paths.map((path) => path.coded ? "/home/ada/picked.mov" : path), ...rest }),
  pick_paths: ({ folders }) => (folders ? [] : [{ shown: "/home/ada/picked.mov", coded: "unix:2f61" }]),
  page_ready: () => null,
  add_paths: take,
  pick_files: () => take({ paths: ["/home/ada/picked.mov"] }),
  pick_folder: () => ({ added: 0, resumed: 0, problems: [] }),
  pause: toKind("paused"),
  resume: toKind("uploading"),
  start_over: ({ ids }) => {
    for (const id of ids) patch(id, { confirmed: 0, state: { kind: "queued" } });
    return { done: ids.length, problems: [] };
  },
  discard: ({ ids }) => remove(ids),
  mark_done: toKind("done"),
  finish_again: toKind("finishing"),
  clear_done: () => remove([...uploads.values()].filter(({ state }) => state.kind === "done").map(({ id }) => id)),
  open_received: () => null,
  set_order: ({ ids }) => ({ done: ids.length, problems: [] }),
  chunk_map: ({ id, cells }) => mapOf(uploads.get(id), cells),
  speeds: () => SPEEDS,
  locate: ({ id }) => {
    patch(id, { state: { kind: "queued" } });
    return true;
  },
  catalogues: () => Object.keys(files).map((id) => ({ id: Number(id), name: NAMES[id], own: id === "1" })),
  finished_files: ({ destination }) => ({ files: files[destination], whole: scene.whole ?? true }),
  delete_finished: ({ destination, file }) => {
    files[destination] = files[destination].filter(({ id }) => id !== file.id);
    return null;
  },
};

window.__TAURI__ = {
  core: {
    invoke: async (command, args) => {
      fake.calls.push({ command, args });
      const failure = scene.fails?.[command] ?? fake.answers[command];
      if (failure) throw failure;
      await fake.holds[command];
      const answer = structuredClone(await COMMANDS[command](args));
      // What happens while the snapshot is on its way reaches the page before it.
      if (command === "snapshot" && scene.meanwhile) emit("uploads", scene.meanwhile);
      return answer;
    },
  },
  event: {
    listen: async (event, hear) => {
      listeners.set(event, [...(listeners.get(event) ?? []), hear]);
      return () => {};
    },
  },
};
