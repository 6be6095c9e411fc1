/** `<receiver-bar>`: the foot of the window, which says where files go. */

import { placeName } from "../describe.js";
import { whereWords } from "../places.js";
import { t } from "../words.js";
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
    const own = destination?.own ?? true;
    const place = document.createElement("bdi");
    place.textContent = own ? (receiver?.folder ?? "") : whereWords(destination);
    const name = document.createElement("bdi");
    name.textContent = destination ? placeName(destination.name) : t("their-destination");
    const where = this.querySelector(".where");
    const link = place.textContent ? `, ${t(own ? "files-go-in" : "files-go-at")} ` : "";
    where.replaceChildren(`${t("files-go-to")} `, name, link, place);
    where.title = own ? (receiver?.address ?? "") : "";
    setHidden(this, false);
    setHidden(this.querySelector("#open-received"), !own || !receiver?.folder);
    setText(this.querySelector(".version"), version ? `Carryon ${version}` : "");
  }
}

customElements.define("receiver-bar", ReceiverBar);
