/** What is said of destinations, pure: where new files go, each one's facts, the question before one goes, a test's verdict. */

import { KINDS, formFrom } from "./address.js";
import { plural } from "./format.js";

const TOKENS = { keychain: "token in the keychain", session: "token kept for this session only" };

/** Its name; one that was never saved under a name is called by its address. */
export function nameOf({ name, address }) {
  return name || whereWords({ address }) || "Destination without a name";
}

/** The kind of server in words; nothing where that is not known. */
export function kindWords({ own, address }) {
  const kind = !own && formFrom(address)?.kind;
  return KINDS.find((each) => each.kind === kind)?.words ?? "";
}

/** The address as a browser would show it, or the folder. */
export function whereWords({ own, address }) {
  return own ? address : (formFrom(address)?.url ?? address);
}

/** The facts of one destination, as one line. */
export function factWords(place) {
  const { own, name, address, uploads, token } = place;
  return [
    own ? "Built in" : kindWords(place),
    !own && !address ? "its address was lost with damaged records: edit it to set it anew" : "",
    !own && !name ? "not saved under a name" : "",
    uploads > 0 ? `${plural(uploads, "unfinished upload")} ${uploads === 1 ? "needs" : "need"} it` : "",
    own ? "" : (TOKENS[token] ?? ""),
  ].filter(Boolean).join(" · ");
}

/** What to ask before a destination is removed. */
export function removeQuestion(place) {
  const next = place.chosen ? " New files go to This computer from then on." : "";
  const token = place.token === "keychain" ? " Its token is taken out of the keychain." : "";
  return {
    title: "Remove this destination?",
    text: `Carryon forgets it and its settings. What was sent there stays there.${token}${next}`,
    names: [{ name: nameOf(place), held: "" }],
    deed: "Remove",
    keep: "Keep it",
  };
}

/** What to ask before typed words are thrown away. */
export function leaveQuestion() {
  return { title: "Leave without saving?", text: "What you typed is not saved yet.", names: [], deed: "Leave", keep: "Keep editing" };
}

/** What was saved, and what became of its token. */
export function savedWords(name, { kept, why }) {
  if (kept === "keychain") return `${name} was saved. Its token is kept in the keychain.`;
  if (kept !== "session") return `${name} was saved.`;
  return `${name} was saved. Its token is kept for this session only (${why}): type it again after the next start.`;
}

/** What the form says of the token that is kept; nothing where none is. */
export function tokenWords({ token, isSameServer, isForgotten }) {
  if (token === "none") return "";
  const where = token === "keychain" ? "kept in the keychain" : "kept for this session only";
  if (isForgotten) return `A token is ${where}. It is forgotten when you save.`;
  if (!isSameServer) return `A token is ${where}, for the server of the address before. It is forgotten when you save; type the one for this server.`;
  return `A token is ${where}. Leave this empty to go on with it.`;
}

/** A test in one sentence: what was found is told step by step below it. */
export function verdictWords(checks) {
  if (checks.every(({ ok }) => ok)) return "It works. Files can be sent there.";
  return checks.some(({ what, ok }) => what === "protocol" && ok) ? "It works, but something is not right:" : "It does not work yet:";
}
