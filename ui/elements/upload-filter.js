/** `<upload-filter>`: which uploads are shown, by state and by words; there once there are enough to look among. */

import { number } from "../format.js";
import { setAttribute, setHidden, wish } from "./dom.js";

/** From so many uploads on. */
const SHOWN_FROM = 6;

class UploadFilter extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("input", this);
    this.addEventListener("keydown", this);
  }

  handleEvent(event) {
    const filter = event.target.closest("button")?.dataset.filter;
    if (event.type === "click" && filter) wish(this, { action: "filter", filter });
    if (event.type === "input") wish(this, { action: "search", search: event.target.value });
    if (event.type === "keydown" && event.key === "Escape") wish(this, { action: "show_all" });
  }

  /** Shows what is looked for; `count` is how many uploads there are in all. */
  update({ filter, search }, count) {
    setHidden(this, count < SHOWN_FROM && filter === "all" && search === "");
    setAttribute(this, "data-count", number(count));
    for (const button of this.querySelectorAll("[data-filter]")) {
      setAttribute(button, "aria-pressed", String(button.dataset.filter === filter));
    }
    const field = this.querySelector("input");
    if (field.value !== search) field.value = search;
  }

  /** Where someone goes to look for an upload. */
  focusSearch() {
    if (!this.hidden) this.querySelector("input").focus();
  }
}

customElements.define("upload-filter", UploadFilter);
