/**
 * What goes wrong in the app, in the user's language, pure. The app speaks English and names each kind of trouble by a
 * code; elsewhere a sentence by that code comes first, and the app's own words, which name the file and the cause, after it.
 */

import { knows, language, t } from "./words.js";

const ORIGINAL = "en";

/** `{ words, detail }` of a problem `{ code, message }`; `detail` is in English, and empty where the words say it all. */
export function problemWords({ code, message }) {
  const id = `error-${code}`;
  const isOriginal = language().code === ORIGINAL || !code;
  return isOriginal || !knows(id) ? { words: message, detail: "" } : { words: t(id), detail: message };
}

/** The same as one text, for where there is but one line. */
export function problemLine(problem) {
  const { words, detail } = problemWords(problem);
  return detail ? `${words} (${detail})` : words;
}
