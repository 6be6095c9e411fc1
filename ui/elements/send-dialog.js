/**
 * `<send-dialog>`: asks whether files are to be sent, and where. What it shows may come from a link that anybody wrote:
 * text as text, nothing is done before *Send*, and Enter alone does not send.
 */

import { t } from "../words.js";
import { say, setText } from "./dom.js";

class SendDialog extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
    this.addEventListener("change", this);
  }

  disconnectedCallback() {
    this.removeEventListener("keydown", this);
    this.removeEventListener("change", this);
  }

  /** Escape closes this question alone; a chosen destination can be sent to. */
  handleEvent(event) {
    if (event.type === "change") return this.#allow();
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.querySelector("dialog").close();
  }

  /**
   * Shows the question; resolves with the destination to send `paths` to, or null. `to` is the name of one, `link` says that a
   * link asks, `chosen` is the id of the destination that new files go to.
   */
  ask({ paths, to, link }, destinations, chosen) {
    const dialog = this.querySelector("dialog");
    const before = document.activeElement;
    setText(this.querySelector("h2"), t("send-title", { count: paths.length }));
    setText(this.querySelector(".lesson"), t(link ? "send-lesson-link" : "send-lesson"));
    this.querySelector(".paths").replaceChildren(...paths.map(entry));
    this.#offer(destinations, to, chosen);
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        if (before?.isConnected) before.focus();
        const id = Number(this.querySelector("select").value);
        resolve(dialog.returnValue === "send" ? (destinations.find((each) => each.id === id) ?? null) : null);
      }, { once: true });
    });
  }

  #offer(destinations, to, chosen) {
    const select = this.querySelector("select");
    const named = to ? destinations.find(({ name }) => name === to) : destinations.find(({ id }) => id === chosen);
    const nothing = new Option("", "");
    select.replaceChildren(...(named ? [] : [nothing]), ...destinations.map(({ id, name, address }) => new Option(name || address, id)));
    select.value = named ? String(named.id) : "";
    say(this.querySelector(".trouble"), named || !to ? "" : t("send-gone", { name: to }));
    this.#allow();
  }

  #allow() {
    this.querySelector("button[value=send]").disabled = this.querySelector("select").value === "";
  }
}

function entry(path) {
  const item = document.createElement("li");
  const words = document.createElement("bdi");
  words.textContent = path;
  item.append(words);
  return item;
}

customElements.define("send-dialog", SendDialog);
