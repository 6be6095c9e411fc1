/**
 * `<drop-zone>`: the way in. Large and teaching while nothing is there (`empty`), slim afterwards (`slim`);
 * while files hang over the window (`dragging`) its veil covers the whole of it.
 */

import { wish } from "./dom.js";

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

  update({ empty }) {
    this.toggleAttribute("empty", empty);
  }

  set dragging(on) {
    this.toggleAttribute("dragging", on);
  }
}

customElements.define("drop-zone", DropZone);
