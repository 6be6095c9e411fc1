/** `<past-detail>`: one entry of the history in all its detail, and what can be done with its file and its receipt. */

import { detailOf } from "../past.js";
import { t } from "../words.js";
import { say, setHidden, setText, wish } from "./dom.js";

class PastDetail extends HTMLElement {
  #entry = null;
  #opener = null;
  #isComparing = false;

  connectedCallback() {
    this.addEventListener("click", this);
    this.#dialog.addEventListener("close", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
    this.#dialog.removeEventListener("close", this);
  }

  handleEvent(event) {
    if (event.type === "close") return this.#closed();
    const button = event.target.closest("button[data-action]");
    if (button) wish(this, { action: button.dataset.action, entry: this.#entry });
  }

  /** Opens with this entry. */
  open(entry) {
    this.#opener = document.activeElement;
    this.#entry = entry;
    this.#isComparing = false;
    setText(this.querySelector("h2 bdi"), entry.name);
    this.querySelector("dl").replaceChildren(...detailOf(entry).map(pairOf));
    this.#say("");
    this.#offer();
    this.#dialog.showModal();
    this.querySelector(".body").scrollTop = 0;
  }

  get isOpen() {
    return this.#dialog.open;
  }

  close() {
    this.#dialog.close();
  }

  /** A comparison begins. */
  begin() {
    this.#isComparing = true;
    this.compare({ seq: this.#entry.seq, read: 0 });
    this.#offer();
    this.querySelector("[data-action=stop_verifying]").focus();
  }

  /** A comparison is so far. */
  compare({ seq, read }) {
    if (!this.#isComparing || seq !== this.#entry.seq) return;
    const { name, size } = this.#entry;
    const percent = size > 0 ? Math.min(100, Math.floor((read / size) * 100)) : 100;
    this.querySelector("progress").value = percent;
    this.#say(t("history-verifying", { name, percent }));
  }

  /** It ended so; another entry may be open by now. */
  end(entry, words, tone) {
    if (entry.seq !== this.#entry?.seq) return;
    const hadFocus = this.querySelector("[data-action=stop_verifying]") === document.activeElement;
    this.#isComparing = false;
    this.#say(words, tone);
    this.#offer();
    if (hadFocus) this.querySelector("[data-action^=verify]:not([hidden])")?.focus();
  }

  /** Says what was done. */
  tell(words) {
    this.#say(words);
  }

  /** Says what went wrong. */
  complain(message) {
    this.#say("");
    say(this.querySelector(".trouble"), message);
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  #say(words, tone = "") {
    say(this.querySelector(".trouble"), "");
    this.querySelector(".verdict").dataset.tone = tone ?? "";
    say(this.querySelector(".verdict"), words);
  }

  /** Offers what can be done with this entry, as long as nothing is compared. */
  #offer() {
    const { has_source: hasSource, arrived, link, receipt } = this.#entry;
    const namesContent = Boolean(receipt?.names_content);
    const offered = {
      open_past: arrived, reveal_arrived: arrived, reveal_source: hasSource, copy_link: link, save_receipt: receipt,
      verify_source: hasSource && namesContent && !this.#isComparing, verify_arrived: arrived && namesContent && !this.#isComparing,
      stop_verifying: this.#isComparing, forget_past: true,
    };
    for (const button of this.querySelectorAll("button[data-action]")) setHidden(button, !offered[button.dataset.action]);
    setHidden(this.querySelector("progress"), !this.#isComparing);
  }

  #closed() {
    if (this.#isComparing) wish(this, { action: "stop_verifying" });
    this.#isComparing = false;
    if (this.#opener?.isConnected) this.#opener.focus();
  }
}

function pairOf({ name, words, value }) {
  const pair = document.createElement("div");
  const term = document.createElement("dt");
  const about = document.createElement("dd");
  const text = document.createElement("bdi");
  pair.dataset.name = name;
  term.textContent = words;
  text.textContent = value;
  about.append(text);
  pair.append(term, about);
  return pair;
}

customElements.define("past-detail", PastDetail);
