/** `<help-page>`: the user guide (`guide/`), in the language that is spoken where it is written in it, with a list of its chapters. */

import { language, t } from "../words.js";

/** The languages that the guide is written in. */
const WRITTEN = ["en", "de"];

class HelpPage extends HTMLElement {
  #shown = null;

  connectedCallback() {
    this.addEventListener("page-shown", this);
    this.addEventListener("click", this);
    document.addEventListener("language", this);
  }

  handleEvent(event) {
    if (event.type === "click") return this.#goToChapter(event);
    if (!this.closest("[hidden]")) this.#read();
  }

  async #read() {
    const { code } = language();
    const wanted = WRITTEN.includes(code) ? code : "en";
    if (this.#shown === wanted) return;
    const guide = this.querySelector(".guide");
    try {
      const text = await (await fetch(`guide/${wanted}.html`)).text();
      const { body } = new DOMParser().parseFromString(text, "text/html");
      guide.replaceChildren(...[...body.childNodes].map((node) => document.importNode(node, true)));
      guide.lang = wanted;
      this.#shown = wanted;
    } catch {
      guide.textContent = t("help-unreadable");
    }
    this.#listChapters();
  }

  #listChapters() {
    const chapters = [...this.querySelectorAll(".guide h2")];
    this.querySelector(".contents").replaceChildren(...chapters.map((chapter, index) => {
      chapter.tabIndex = -1;
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "plain", textContent: chapter.textContent });
      button.dataset.chapter = String(index);
      return button;
    }));
  }

  #goToChapter(event) {
    const { chapter } = event.target.closest("button")?.dataset ?? {};
    if (chapter === undefined) return;
    const heading = this.querySelectorAll(".guide h2")[chapter];
    heading.scrollIntoView({ block: "start" });
    heading.focus({ preventScroll: true });
  }
}

customElements.define("help-page", HelpPage);
