/** `<problem-list>`: what went wrong and what to do, one entry each, until it is dismissed. */

import { nextStepFor } from "../describe.js";
import { t } from "../words.js";
import { copyOf, say, setHidden, setText, wish } from "./dom.js";

const SHOWN_AT_MOST = 50;

class ProblemList extends HTMLElement {
  #count = 0;

  connectedCallback() {
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  handleEvent(event) {
    if (event.target.closest(".dismiss")) this.#dismiss(event.target.closest(".problem"));
    if (event.target.closest(".dismiss-all")) this.#dismissAll();
  }

  /** Adds problems of the shape `{ path?, name?, message }`; one that is already there is not said twice. */
  add(problems) {
    for (const problem of problems) this.#addOne(problem);
    this.#drawFrame();
  }

  get #entries() {
    return this.querySelector(".entries");
  }

  #addOne(problem) {
    const subject = problem.path ?? problem.name ?? "";
    const cause = [problem.message, nextStepFor(problem)].filter(Boolean).join(" ");
    const key = `${subject}\n${cause}`;
    if ([...this.#entries.children].some((entry) => entry.dataset.key === key)) return;
    this.#count += 1;
    if (this.#entries.children.length < SHOWN_AT_MOST) this.#entries.append(entryOf(key, subject, cause));
  }

  #dismiss(entry) {
    const next = entry.nextElementSibling ?? entry.previousElementSibling;
    entry.remove();
    this.#count -= 1;
    if (!next) return this.#dismissAll();
    next.querySelector(".dismiss").focus();
    this.#drawFrame();
  }

  #dismissAll() {
    this.#count = 0;
    this.#entries.replaceChildren();
    this.#drawFrame();
    wish(this, { action: "focus_page" });
  }

  #drawFrame() {
    const shown = this.#entries.children.length;
    const problems = t("problem-count", { count: this.#count });
    setHidden(this, this.#count === 0);
    setHidden(this.querySelector(".all"), this.#count < 2);
    setText(this.querySelector(".count"), this.#count > shown ? t("problem-count-cut", { problems, shown }) : problems);
  }
}

function entryOf(key, subject, cause) {
  const entry = document.createElement("div");
  entry.className = "problem";
  entry.dataset.key = key;
  entry.append(copyOf("problem"));
  say(entry.querySelector(".subject"), subject);
  say(entry.querySelector(".cause"), cause);
  entry.querySelector(".dismiss").setAttribute("aria-label", t("dismiss-about", { about: subject || cause }));
  return entry;
}

customElements.define("problem-list", ProblemList);
