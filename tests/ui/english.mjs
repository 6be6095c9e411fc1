/** Lets the page's pure modules speak English under Node: `import "./english.mjs"` before them. */

import { readFileSync } from "node:fs";
import { PARTS } from "../../ui/catalogue.js";
import { LANGUAGES, speak } from "../../ui/words.js";

/** The text of one file of the catalogue. */
export function source(code, part) {
  return readFileSync(new URL(`../../ui/locales/${code}/${part}.ftl`, import.meta.url), "utf8");
}

/** Speaks that language from now on. */
export function speakHere(code) {
  const language = LANGUAGES.find((each) => each.code === code);
  const english = PARTS.map((part) => source("en", part));
  const isWritten = !language.transform && code !== "en";
  speak(language, isWritten ? PARTS.map((part) => source(code, part)) : english, english);
}

speakHere("en");
