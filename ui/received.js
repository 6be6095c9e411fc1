/** What is said of receiving, pure: the form's fields, what others need, what came and is coming in. */

import { bytes } from "./format.js";
import { moment } from "./past.js";
import { sizeFrom, sizeWords } from "./amounts.js";
import { t } from "./words.js";

const PATHS = [["receiving-fine-uploader", "/upload"], ["receiving-tus", "/files/"], ["receiving-ietf", "/resumable/"]];
const HIGHEST_PORT = 65535;

/** The settings as a form shows them. */
export function fieldsOf({ door, port, tls, max_file_size, min_free_space, keep_days, origins, names }) {
  const size = (value) => (value === null ? "" : sizeWords(value));
  return {
    door, port: String(port), cert: tls?.cert ?? "", key: tls?.key ?? "", origins: origins.join(", "), names: names.join(", "),
    max_file_size: size(max_file_size), min_free_space: size(min_free_space), keep_days: String(keep_days),
  };
}

/** What the form means, on top of what is not in it. */
export function wantedFrom(fields, { on, folder }) {
  const list = (text) => text.split(/[\s,]+/).filter(Boolean);
  const cert = fields.cert.trim();
  return {
    on, folder, door: fields.door, port: Number(fields.port.trim() || 0), tls: cert ? { cert, key: fields.key.trim() } : null,
    origins: list(fields.origins), names: list(fields.names), max_file_size: sizeFrom(fields.max_file_size),
    min_free_space: zeroOr(fields.min_free_space), keep_days: Number(fields.keep_days.trim()),
  };
}

/** None to keep free is a choice as well. */
function zeroOr(text) {
  return /^0+$/.test(text.trim()) ? 0 : sizeFrom(text);
}

/** What is wrong with the fields, as far as that can be said without the app. */
export function receivingTroubles(fields) {
  const wanted = wantedFrom(fields, {});
  const isWhole = (text) => /^\d+$/.test(text.trim());
  return [
    isWhole(fields.port || "0") && wanted.port <= HIGHEST_PORT ? null : ["port", "receiving-not-a-port"],
    Boolean(fields.cert.trim()) === Boolean(fields.key.trim()) ? null : ["tls", "receiving-tls-half"],
    Number.isNaN(wanted.max_file_size) ? ["max_file_size", "receiving-not-a-size"] : null,
    Number.isNaN(wanted.min_free_space) ? ["min_free_space", "receiving-not-a-size"] : null,
    isWhole(fields.keep_days) ? null : ["keep_days", "receiving-not-a-number"],
  ].filter(Boolean).map(([field, id]) => ({ field, message: t(id) }));
}

/** Whether others' bytes can be read on their way. */
export function isPlain({ door, cert }) {
  return door === "network" && !cert.trim();
}

/** What stands under the switch. */
export function hintWords({ running, waiting }) {
  return t("receiving-on-hint", { state: running ? "on" : waiting > 0 ? "waiting" : "off", count: waiting });
}

/** What others need to send here: addresses for each protocol, and the token. */
export function neededFor({ addresses, token }) {
  const rows = addresses.flatMap((address) => PATHS.map(([id, path]) => ({ name: t(id), value: `${address}${path}` })));
  return token ? [...rows, { name: t("receiving-token"), value: token, isSecret: true }] : rows;
}

/** The facts of an upload that is coming in. */
export function comingWords({ size, held, touched, until, from }) {
  const args = { held: bytes(held), when: moment(touched), until: moment(until) };
  const facts = size === null ? t("receiving-coming-unknown", args) : t("receiving-coming-facts", { ...args, size: bytes(size) });
  return from ? `${facts} · ${t("receiving-from", { who: from })}` : facts;
}

/** The facts of a file that arrived. */
export function arrivedWords({ size, at, location, name }) {
  const folder = location.slice(0, -name.length).replace(/\/$/, "");
  return [bytes(size), moment(at), folder].filter(Boolean).join(" · ");
}

/** The question before something that is coming in is interrupted; null where nothing is. */
export function receivingQuestion(wanted, { wanted: before, coming_in_all: count }) {
  const kind = before.on && !wanted.on ? "off" : before.on && wanted.folder !== before.folder ? "move" : null;
  if (!kind || count === 0) return null;
  return {
    title: t(kind === "off" ? "receiving-off-title" : "receiving-move-title"),
    text: kind === "off" ? t("receiving-off-text", { count }) : t("receiving-move-text", { count }),
    names: [], deed: t(kind === "off" ? "receiving-off-do" : "receiving-move-do"), keep: t(kind === "off" ? "receiving-off-keep" : "receiving-move-keep"),
  };
}
