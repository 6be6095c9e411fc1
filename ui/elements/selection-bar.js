/** `<selection-bar>`: what can be done with the uploads that are selected; at the lower edge, while any are. */

import { offersForMany } from "../offers.js";
import { t } from "../words.js";
import { setAttribute, setHidden, setText, wish } from "./dom.js";

class SelectionBar extends HTMLElement {
  #offers = [];

  connectedCallback() {
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    const button = event.target.closest("button");
    const offer = this.#offers.find(({ action }) => action === button?.dataset.deed);
    if (offer) wish(this, { action: offer.action, ids: offer.ids });
    else if (button?.dataset.action) wish(this, { action: button.dataset.action });
  }

  /** Offers what `uploads` can have done to them. */
  update(uploads) {
    const isNews = this.hidden && uploads.length > 0;
    setHidden(this, uploads.length === 0);
    if (this.hidden) return;
    this.#offers = offersForMany(uploads);
    setText(this.querySelector(".count"), t("selected", { count: uploads.length }));
    setHidden(this.querySelector("[data-action=show_details]"), uploads.length !== 1);
    this.#drawButtons();
    if (isNews) this.scrollIntoView({ block: "nearest" });
  }

  #drawButtons() {
    const buttons = this.querySelector(".buttons");
    this.#offers.forEach(({ action, label }, index) => {
      const button = buttons.children[index] ?? buttons.appendChild(document.createElement("button"));
      button.type = "button";
      setAttribute(button, "data-deed", action);
      setText(button, label);
    });
    while (buttons.children.length > this.#offers.length) buttons.lastElementChild.remove();
  }
}

customElements.define("selection-bar", SelectionBar);
