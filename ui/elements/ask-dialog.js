/** `<ask-dialog>`: one native dialog that asks before something is lost. Escape and the first button keep it. */

import { say, setHidden, setText } from "./dom.js";

class AskDialog extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    this.removeEventListener("keydown", this);
  }

  /** Escape closes the question alone: some browsers take the dialog below along. */
  handleEvent(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.querySelector("dialog").close();
  }

  /** Shows the question and resolves with true when the deed is wanted. */
  async ask(question) {
    return (await this.choose(question)) === "do";
  }

  /** Shows the question and resolves with what is wanted: “do”, “other” where there is another way, or “keep”. Nothing is lost by a harmless one. */
  choose({ title, text, names, deed, other = "", keep, isHarmless = false }) {
    const dialog = this.querySelector("dialog");
    const before = document.activeElement;
    setText(this.querySelector("#ask-title"), title);
    setText(this.querySelector("#ask-text"), text);
    setText(this.querySelector("#ask-do"), deed);
    setText(this.querySelector("#ask-keep"), keep);
    say(this.querySelector("#ask-other"), other);
    this.querySelector("#ask-do").className = isHarmless ? "primary" : "danger";
    this.#list(names);
    dialog.returnValue = "keep";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        before?.isConnected && before.focus();
        resolve(["do", "other"].includes(dialog.returnValue) ? dialog.returnValue : "keep");
      }, { once: true });
    });
  }

  #list(names) {
    const list = this.querySelector(".names");
    list.replaceChildren(...names.map(item));
    setHidden(list, names.length === 0);
  }
}

function item({ name, held }) {
  const entry = document.createElement("li");
  const words = document.createElement("bdi");
  const amount = document.createElement("span");
  words.textContent = name;
  amount.textContent = held;
  entry.append(words, " ", amount);
  return entry;
}

customElements.define("ask-dialog", AskDialog);
