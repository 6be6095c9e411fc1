/** Brings the catalogue into the page: the messages of one language, and English beneath it. */

import { LANGUAGES, languageFor, speak, translate } from "./words.js";

/** The files of a language, one for each part of the window; `tests/ui/locales.test.mjs` holds them to what lies there. */
export const PARTS = [
  "frame", "format", "uploads", "history", "destinations", "destination-form", "files", "send", "watched", "errors", "receiving", "settings", "help",
];

/**
 * Speaks the language of that code, or the system's where it is empty, and tells the page by a `language` event.
 * A file that cannot be read leaves English, or the ids.
 */
export async function speakLanguage(code = "") {
  const chosen = LANGUAGES.find((each) => each.code === code) ?? languageFor(navigator.languages);
  const english = await sourcesOf("en");
  speak(chosen, chosen.transform || chosen.code === "en" ? english : await sourcesOf(chosen.code), english);
  document.documentElement.lang = chosen.locale;
  document.documentElement.dir = chosen.isMirrored ? "rtl" : "ltr";
  translate(document);
  document.dispatchEvent(new Event("language"));
}

function sourcesOf(code) {
  return Promise.all(PARTS.map((part) => textOf(`locales/${code}/${part}.ftl`)));
}

async function textOf(path) {
  try {
    const answer = await fetch(path);
    return answer.ok ? await answer.text() : "";
  } catch {
    return "";
  }
}
