/**
 * A destination's address, pure: as a person types it (a kind of server and an `https://…`), and as the engine keeps it
 * (`tus+https://…?preset=supabase`). What neither side has a field for stays in the query as it is.
 */

import { t } from "./words.js";

/** The kinds of servers, in the order in which they are offered; `preset` names a service that speaks its protocol in its own way. */
export const KINDS = [
  { kind: "fineuploader", protocol: "fineuploader", example: "https://files.example.org/upload" },
  { kind: "tus", protocol: "tus", example: "https://files.example.org/files/" },
  { kind: "ietf", protocol: "ietf", example: "https://files.example.org/resumable/" },
  { kind: "cloudflare", protocol: "tus", preset: "cloudflare", example: "https://api.cloudflare.com/client/v4/accounts/ACCOUNT/stream" },
  { kind: "supabase", protocol: "tus", preset: "supabase", example: "https://PROJECT.supabase.co/storage/v1/upload/resumable" },
  { kind: "vimeo", protocol: "tus", preset: "vimeo", example: "" },
];

const WITH_PROTOCOL = /^([a-z0-9.-]+)\+(https?:\/\/.*)$/i;
const WITH_SCHEME = /^[a-z][a-z0-9.+-]*:/i;
const LIKE_A_HOST = /^(localhost|\[[0-9a-f:]+\]|[a-z0-9-]+(\.[a-z0-9-]+)*)(:\d+)?([/?]|$)/i;

/** `{ kind, url, done }` for an address of the engine's; null where its protocol is none of ours. */
export function formFrom(address) {
  const [, protocol, url] = WITH_PROTOCOL.exec(address.trim()) ?? [];
  const preset = protocol && parameter(url, "preset");
  const known = KINDS.find((each) => each.protocol === protocol?.toLowerCase() && each.preset === preset)
    ?? KINDS.find((each) => each.protocol === protocol?.toLowerCase() && !each.preset);
  if (!known) return null;
  const plain = known.preset ? without(url, "preset") : url;
  return { kind: known.kind, ...withDone(known.kind, plain) };
}

/** The address of the engine's for what a form holds. */
export function addressFrom({ kind, url, done }) {
  const { protocol, preset } = KINDS.find((each) => each.kind === kind);
  const more = [preset && `preset=${preset}`, hasDone(kind) && done.trim() && `done=${encoded(done.trim())}`];
  return `${protocol}+${more.filter(Boolean).reduce(withParameter, url.trim().split("#")[0])}`;
}

/** What a typed or pasted text means, as far as that is certain: at least `{ url }`. */
export function understood(text, kind) {
  const url = text.trim();
  const whole = formFrom(url);
  if (whole) return whole;
  if (WITH_PROTOCOL.test(url)) return { url };
  if (/^https?:\/\//i.test(url)) return withDone(kind, url);
  if (!LIKE_A_HOST.test(url)) return { url };
  return withDone(kind, `${plainHost(`http://${url}`) === "" ? "http" : "https"}://${url}`);
}

/** What is wrong with what a form holds, as `{ field, message }`; null where nothing is. */
export function addressTrouble({ kind, url, done }) {
  const wrong = urlTrouble(url.trim());
  if (wrong) return { field: "address", message: wrong };
  if (!hasDone(kind) || done.trim() === "") return null;
  const at = parsed(url);
  return parsed(done.trim(), at)?.origin === at.origin
    ? null
    : { field: "done", message: t("wrong-done") };
}

function urlTrouble(url) {
  const protocol = /^([^+:/]+)(\+https?)?:\/\//i.exec(url)?.[1].toLowerCase();
  const { host, username, password } = parsed(url) ?? {};
  if (url === "") return t("wrong-address-missing");
  if (protocol && !["http", "https"].includes(protocol)) return t("wrong-address-kind", { protocol });
  if (!WITH_SCHEME.test(url) || !protocol) return t("wrong-address");
  if (!host) return t("wrong-address-host");
  if (username || password) return t("wrong-address-password");
  return "";
}

/** Whether servers of that kind can have an “all chunks done” path. */
export function hasDone(kind) {
  return kind === "fineuploader";
}

/** The host that would be spoken to without encryption; empty with https, and on this computer. */
export function plainHost(url) {
  const { protocol, hostname } = parsed(url.trim()) ?? {};
  const isHere = /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost)$/.test(hostname ?? "");
  return protocol === "http:" && !isHere ? hostname : "";
}

/** Whether two addresses of the web lead to one server: a token is for one. */
export function isSameServer(one, other) {
  const origin = parsed(one.trim())?.origin;
  return origin !== undefined && origin === parsed(other.trim())?.origin;
}

/** The name of the server in a URL; empty where there is none. */
export function hostOf(url) {
  return parsed(url.trim())?.hostname ?? "";
}

function parsed(url, base) {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

function withDone(kind, url) {
  if (!hasDone(kind)) return { url, done: "" };
  return { url: without(url, "done"), done: parameter(url, "done") ?? "" };
}

/** Keeps a path readable; what a query could not hold is escaped. */
function encoded(text) {
  return encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%3A", ":");
}

/** What the query of `url` says under `name`; undefined where it says nothing. */
export function parameter(url, name) {
  return parsed(url)?.searchParams.get(name) ?? undefined;
}

/** `url` with that `name=value` at the end of its query. */
export function withParameter(url, parameter) {
  return `${url}${url.includes("?") ? "&" : "?"}${parameter}`;
}

/** `url` without that parameter. The rest is left as it was written: a server may read what another encoding would change. */
export function without(url, name) {
  const [place, query = ""] = url.split("#")[0].split(/\?(.*)/s);
  const rest = query.split("&").filter((part) => part !== "" && part.split("=")[0] !== name);
  return rest.length > 0 ? `${place}?${rest.join("&")}` : place;
}
