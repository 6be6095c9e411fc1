/** `<problem-list>`: what went wrong and what to do, one entry each, until it is dismissed. */

import { nextStepFor } from "../describe.js";
import { copyOf, say, setHidden, wish } from "./dom.js";

const SHOWN_AT_MOST = 50;

class ProblemList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  handleEvent(event) {
    if (!event.target.closest(".dismiss")) return;
    const entry = event.target.closest(".problem");
    const next = entry.nextElementSibling ?? entry.previousElementSibling;
    entry.remove();
    setHidden(this, this.children.length === 0);
    if (next) next.querySelector(".dismiss").focus();
    else wish(this, { action: "focus_page" });
  }

  /** Adds problems of the shape `{ path?, name?, message }`; one that is already there is not said twice. */
  add(problems) {
    for (const problem of problems) this.#addOne(problem);
    while (this.children.length > SHOWN_AT_MOST) this.firstElementChild.remove();
    setHidden(this, this.children.length === 0);
  }

  #addOne(problem) {
    const subject = problem.path ?? problem.name ?? "";
    const cause = [problem.message, nextStepFor(problem)].filter(Boolean).join(" ");
    const known = [...this.children].some((entry) => entry.dataset.key === subject + cause);
    if (!known) this.append(this.#entry(subject, cause));
  }

  #entry(subject, cause) {
    const entry = document.createElement("div");
    entry.className = "problem";
    entry.dataset.key = subject + cause;
    entry.append(copyOf("problem"));
    say(entry.querySelector(".subject"), subject);
    say(entry.querySelector(".cause"), cause);
    entry.querySelector(".dismiss").setAttribute("aria-label", `Dismiss: ${subject || cause}`);
    return entry;
  }
}

customElements.define("problem-list", ProblemList);
