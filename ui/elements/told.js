/** How a problem stands in the page: in the user's language, and beneath it what the app said of it, in its own. */

import { problemWords } from "../errors.js";
import { setHidden } from "./dom.js";

/** Says in `node` what went wrong. */
export function sayProblem(node, problem) {
  const { words, detail } = problemWords(problem);
  const more = document.createElement("span");
  more.className = "detail";
  more.lang = "en";
  more.textContent = detail;
  node.replaceChildren(words, ...(detail ? [" ", more] : []));
  setHidden(node, words === "");
}
