/** The stand-in's receiver: how it stands, and what came and is coming in. */

import { NOW } from "./scenes.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const GB = 1e9;

export const arrivedFiles = () => [
  { name: "A-cam 0015.mov", location: "Day 3/A-cam 0015.mov", size: 38 * GB, at: NOW - 40 * MINUTE },
  { name: "مقابلة مع المخرج.mov", location: "مقابلة مع المخرج.mov", size: 1.1 * GB, at: NOW - DAY },
  { name: "<img src=x onerror=alert(1)>.bin", location: "<img src=x onerror=alert(1)>.bin", size: 12, at: NOW - 2 * DAY },
];

export const comingFiles = () => [
  { name: "B-cam 0004.mov", size: 9 * GB, held: 4 * GB, touched: NOW - MINUTE, until: NOW + 7 * DAY, from: "192.168.1.23" },
  { name: "stream.ts", size: null, held: 120e6, touched: NOW - 3 * DAY, until: NOW + 4 * DAY, from: null },
];

/** The commands about receiving. */
export function receivingCommands(scene = {}) {
  let wanted = { on: true, folder: null, door: "closed", port: 0, tls: null, max_file_size: null, min_free_space: null, keep_days: 7, origins: [], names: [], ...scene.wanted };
  let token = "8c1f0b7e5a9d4c3fb2a16d0e7f58493a";
  const view = () => {
    const { on, door, port, tls, folder } = wanted;
    const scheme = tls ? "https" : "http";
    const hosts = { closed: [], here: ["127.0.0.1"], network: ["192.168.1.20", "10.0.0.7"] }[on ? door : "closed"];
    return {
      wanted, running: on, trouble: scene.trouble ?? null, folder: folder ?? "/home/ada/Carryon", folder_is_fixed: false, waiting: on ? 0 : (scene.waiting ?? 0),
      addresses: hosts.map((host) => `${scheme}://${host}:${port || 41234}`), token: hosts.length > 0 ? token : null, only_now: scene.only_now ?? null,
      arrived: on ? (scene.arrived ?? []) : [], coming: on ? (scene.coming ?? []) : [], coming_in_all: on ? (scene.coming?.length ?? 0) : 0, free_space: on ? 412 * GB : null,
    };
  };
  return {
    receiving: view,
    set_receiving: (given) => {
      wanted = given.wanted;
      return view();
    },
    renew_receiving_token: () => {
      token = token.split("").reverse().join("");
      return view();
    },
    pick_receive_folder: () => "/media/archive/incoming",
    pick_pem: ({ key }) => (key ? "/home/ada/key.pem" : "/home/ada/cert.pem"),
  };
}
