/** `<test-verdict>`: what a test of a destination does, and what it found, step by step. */

import { checkWords, verdictWords } from "../places.js";
import { t } from "../words.js";
import { copyOf, say, setAttribute, setHidden, setText } from "./dom.js";

class TestVerdict extends HTMLElement {
  /** Says what is being done; nothing where nothing is. */
  wait(words) {
    this.#draw(words, []);
    if (words) this.scrollIntoView({ block: "nearest" });
  }

  /** Says what was found. */
  show(checks) {
    this.#draw(verdictWords(checks), checks);
    this.scrollIntoView({ block: "nearest" });
  }

  #draw(words, checks) {
    say(this.querySelector(".words"), words);
    const steps = this.querySelector(".steps");
    steps.replaceChildren(...checks.map(stepOf));
    setHidden(steps, checks.length === 0);
    setAttribute(this, "data-kind", checks.length === 0 ? "" : checks.every(({ ok }) => ok) ? "good" : "bad");
  }
}

function stepOf(check) {
  const { ok } = check;
  const { words, detail } = checkWords(check);
  const step = document.createElement("li");
  step.append(copyOf("check"));
  step.dataset.ok = ok;
  setText(step.querySelector(".for-ears"), `${t(ok ? "check-right" : "check-wrong")} `);
  setText(step.querySelector(".found"), words);
  setText(step.querySelector(".detail"), detail && ` ${detail}`);
  return step;
}

customElements.define("test-verdict", TestVerdict);
