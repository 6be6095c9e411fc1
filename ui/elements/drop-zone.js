/**
 * `<drop-zone>`: the way in. Large and teaching while nothing is there (`empty`), slim afterwards; while files hang over the
 * window (`dragging`) a veil covers the whole of it. Where nothing can be taken it is `closed`, and says why.
 */

import { t } from "../words.js";
import { say, setHidden, setText, wish } from "./dom.js";

class DropZone extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    const button = event.target.closest("button[data-action]");
    if (button) wish(this, { action: button.dataset.action });
  }

  /** `closed` is why nothing can be taken; empty while files can. `target` is where they go; none for *This computer*. */
  update({ empty, closed, target }) {
    this.toggleAttribute("empty", empty);
    this.toggleAttribute("closed", closed !== "");
    const to = closed || target?.own ? "" : (target?.name ?? "");
    setText(this.querySelector("h1 .say"), closed ? t("drop-closed") : to ? `${t("drop-here-to")} ` : t("drop-here"));
    setText(this.querySelector("h1 bdi"), to);
    const veil = document.getElementById("veil");
    setText(veil.querySelector(".say"), to ? `${t("drop-release-to")} ` : t("drop-release"));
    setText(veil.querySelector("bdi"), to);
    setHidden(this.querySelector(".lesson"), closed !== "");
    say(this.querySelector(".reason"), closed);
    for (const button of this.querySelectorAll("button")) button.disabled = closed !== "";
  }

  set dragging(on) {
    this.toggleAttribute("dragging", on);
    setHidden(document.getElementById("veil"), !on);
  }
}

customElements.define("drop-zone", DropZone);
