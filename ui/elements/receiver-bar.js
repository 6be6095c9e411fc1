/** `<receiver-bar>`: the foot of the window, which says where files go. */

import { setHidden, setText, wish } from "./dom.js";

class ReceiverBar extends HTMLElement {
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

  update({ receiver, destination, version }) {
    const where = this.querySelector(".where");
    const folder = document.createElement("bdi");
    folder.textContent = receiver?.folder ?? "";
    where.replaceChildren(`Files go to ${destination?.name ?? "their destination"}`, receiver?.folder ? ", in " : "", folder);
    where.title = receiver?.address ?? "";
    setHidden(this, false);
    setHidden(this.querySelector("#open-received"), !receiver?.folder);
    setText(this.querySelector(".version"), version ? `Carryon ${version}` : "");
  }
}

customElements.define("receiver-bar", ReceiverBar);
