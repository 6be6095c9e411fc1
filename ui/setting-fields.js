/**
 * Every field of a destination's settings, pure data: which kinds of servers have it, in which group it stands, what is typed
 * into it, and where it lies in the engine's settings. Names are the engine's own, as its messages call them.
 */

/** The groups, in their order. */
export const GROUPS = ["server", "sending", "trouble", "allowed", "protocol"];

const METHODS = ["POST", "PUT", "PATCH"];
const FINE_UPLOADER = ["fineuploader"];
const TUS = ["tus", "cloudflare", "supabase", "vimeo"];
const OTHERS = [...FINE_UPLOADER, ...TUS, "ietf"];
const ALL = ["own", ...OTHERS];

const general = (group, of) => (name, type, more = {}) => ({ name, type, group, of, at: [name], ...more });
const sending = general("sending", ALL);
const trouble = general("trouble", ALL);
const allowed = general("allowed", ALL);
/** A setting of Fine Uploader's; `done.method` lies in `fine_uploader`, in `done`. */
const fine = (name, type, more = {}) => ({ name, type, group: "protocol", of: FINE_UPLOADER, at: ["fine_uploader", ...name.split(".")], ...more });
const tus = (name, type, more = {}) => ({ name, type, group: "protocol", of: TUS, at: name.split("."), ...more });

/** What the protocol's own parameters are called unless something else is set. */
export const PARAMETER_NAMES = {
  uuid: "qquuid", filename: "qqfilename", total_file_size: "qqtotalfilesize", part_index: "qqpartindex", part_byte_offset: "qqpartbyteoffset",
  chunk_size: "qqchunksize", total_parts: "qqtotalparts", resume: "qqresume", input: "qqfile",
};

/**
 * `initial` is what holds where nothing is set. Types: text, count (`least`, `most`), limit (the same, 0 for none), size, speed, choice (`options`), flag,
 * words, statuses, pairs, parameters (pairs whose values may be lists and groups), names (pairs with fixed names).
 */
export const FIELDS = [
  general("server", OTHERS)("ca_file", "text"),
  sending("chunk_size", "size"),
  sending("connections", "count", { least: 1, most: 256 }),
  tus("tus.lanes", "count", { group: "sending", of: ["tus"], least: 1, most: 16 }),
  sending("speed_limit", "speed"),
  sending("scope", "text"),
  trouble("resume", "choice", { options: ["", "ask", "always", "never", "off"], initial: "" }),
  trouble("lifetime_days", "count", { least: 0, most: 36_500 }),
  trouble("name_conflicts", "choice", { options: ["leave", "skip", "rename"], initial: "leave", of: ["own", ...FINE_UPLOADER] }),
  trouble("repeat_finish", "flag", { initial: false, of: FINE_UPLOADER }),
  allowed("allowed_extensions", "words"),
  allowed("min_size", "size"),
  allowed("max_size", "size"),
  allowed("allow_empty", "flag", { initial: true }),
  allowed("item_limit", "limit", { least: 1, most: 1_000_000_000 }),
  fine("session", "text", { at: ["fine_uploader", "session", "endpoint"] }),
  fine("method", "choice", { options: METHODS, initial: "POST" }),
  fine("force_multipart", "flag", { initial: true }),
  fine("params_in_body", "flag", { initial: true }),
  fine("require_success_json", "flag", { initial: true }),
  fine("concurrent", "choice", { options: ["", "true", "false"], initial: "" }),
  fine("mandatory", "flag", { initial: false }),
  fine("new_uuid_on_chunks", "flag", { initial: false }),
  fine("omit_default_params", "flag", { initial: false }),
  fine("prevent_retry_property", "text", { initial: "preventRetry" }),
  fine("headers", "pairs"),
  fine("params", "parameters"),
  fine("names", "names", { initial: PARAMETER_NAMES }),
  fine("done.method", "choice", { options: [...METHODS, "GET", "DELETE"], initial: "POST" }),
  fine("done.json_payload", "flag", { initial: false }),
  fine("done.reset_on_status", "statuses"),
  fine("done.params", "parameters"),
  fine("done.headers", "pairs"),
  fine("delete.method", "choice", { options: ["DELETE", "POST"], initial: "DELETE" }),
  fine("delete.endpoint", "text"),
  fine("delete.params", "parameters"),
  fine("delete.headers", "pairs"),
  fine("session.params", "parameters"),
  fine("session.headers", "pairs"),
  tus("tus.checksum", "flag", { initial: true }),
  tus("tus.headers", "pairs"),
  tus("tus.metadata", "pairs"),
];

/** The fields that a kind of server has; “own” is *This computer*. */
export function fieldsOf(kind) {
  return FIELDS.filter(({ of }) => of.includes(kind));
}

/** What a known Fine Uploader server needs, as the fields hold it; what is not named stays as it is. */
export const PROFILES = {
  carryon: { done: "/upload/done", session: "/upload/session", concurrent: "", repeat_finish: true, allow_empty: true },
  npm: { done: "/success", session: "", concurrent: "false", repeat_finish: false, allow_empty: true },
  php: { done: "?done", session: "", concurrent: "", repeat_finish: false, mandatory: false, allow_empty: false },
};
