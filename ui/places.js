/** What is said of destinations, pure: where new files go, each one's facts, the question before one goes, a test's verdict. */

import { KINDS, formFrom } from "./address.js";
import { knows, language, t } from "./words.js";

/** Its name; one that was never saved under a name is called by its address. */
export function nameOf({ own, name, address }) {
  if (own) return t("this-computer");
  return name || whereWords({ address }) || t("place-no-name");
}

/** The kind of server in words; nothing where that is not known. */
export function kindWords({ own, address }) {
  const kind = !own && formFrom(address)?.kind;
  return KINDS.some((each) => each.kind === kind) ? t(`kind-${kind}`) : "";
}

/** The address as a browser would show it, or the folder. */
export function whereWords({ own, address }) {
  return own ? address : (formFrom(address)?.url ?? address);
}

/** The facts of one destination, as one line. */
export function factWords(place) {
  const { own, name, address, uploads, token } = place;
  return [
    own ? t("place-built-in") : kindWords(place),
    !own && !address ? t("place-address-lost") : "",
    !own && !name ? t("place-unnamed") : "",
    uploads > 0 ? t("place-needed", { count: uploads }) : "",
    own || token === "none" ? "" : t(`place-token-${token}`),
  ].filter(Boolean).join(" · ");
}

/** What to ask before a destination is removed. */
export function removeQuestion(place) {
  const more = [place.token === "keychain" && t("remove-token"), place.chosen && t("remove-next")];
  return {
    title: t("remove-title"),
    text: [t("remove-text"), ...more].filter(Boolean).join(" "),
    names: [{ name: nameOf(place), held: "" }],
    deed: t("remove-do"),
    keep: t("remove-keep"),
  };
}

/** What to ask before typed words are thrown away. */
export function leaveQuestion() {
  return { title: t("leave-title"), text: t("leave-text"), names: [], deed: t("leave-do"), keep: t("leave-keep") };
}

/** What was saved, and what became of its token. */
export function savedWords(name, { kept, why }) {
  if (kept === "keychain") return t("place-saved-keychain", { name });
  return kept === "session" ? t("place-saved-session", { name, why }) : t("place-saved", { name });
}

/** What the form says of the token that is kept; nothing where none is. */
export function tokenWords({ token, isSameServer, isForgotten }) {
  if (token === "none") return "";
  const where = t(`token-kept-${token}`);
  if (isForgotten) return `${where} ${t("token-forgotten")}`;
  return `${where} ${t(isSameServer ? "token-stays" : "token-elsewhere")}`;
}

/** A test in one sentence: what was found is told step by step below it. */
export function verdictWords(checks) {
  if (checks.every(({ ok }) => ok)) return t("verdict-good");
  return t(checks.some(({ what, ok }) => what === "protocol" && ok) ? "verdict-half" : "verdict-bad");
}

/** What one step found: the app's own words, and in other languages a sentence before those of what is wrong. */
export function checkWords({ what, ok, words }) {
  const id = `check-${what}-${ok ? "right" : "wrong"}`;
  if (language().code === "en" || !knows(id)) return { words, detail: "" };
  return { words: t(id), detail: ok ? "" : words };
}
