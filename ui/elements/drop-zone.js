/**
 * `<drop-zone>`: the way in. Large and teaching while nothing is there (`empty`), slim afterwards (`slim`);
 * while files hang over the window (`dragging`) its veil covers the whole of it. Where nothing can be taken it is
 * `closed`, and says why.
 */

import { say, setHidden, setText, wish } from "./dom.js";

const INVITATION = "Drop files or folders here";
const INVITATION_TO = "Drop files here: they go to ";
const CLOSED = "No files can be taken now";

class DropZone extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
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
    setText(this.querySelector("h2 .say"), closed ? CLOSED : to ? INVITATION_TO : INVITATION);
    setText(this.querySelector("h2 bdi"), to);
    setText(this.querySelector(".veil .say"), to ? "Drop to upload to " : "Drop to upload");
    setText(this.querySelector(".veil bdi"), to);
    setHidden(this.querySelector(".lesson"), closed !== "");
    say(this.querySelector(".reason"), closed);
    for (const button of this.querySelectorAll("button")) button.disabled = closed !== "";
  }

  set dragging(on) {
    this.toggleAttribute("dragging", on);
  }
}

customElements.define("drop-zone", DropZone);
