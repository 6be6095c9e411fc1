/**
 * What the lines of a list have in common: a row of a grid that can have the focus, with a cell of actions. Only the line
 * that the Tab key reaches has buttons that it reaches.
 */

import { t } from "../words.js";
import { copyOf, setAttribute, setText } from "./dom.js";

/** A line; whoever extends it says what `perform(action)` does. */
export class Line extends HTMLElement {
  #isActive = false;

  connectedCallback() {
    this.setAttribute("role", "row");
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  handleEvent(event) {
    const button = event.target.closest("button[data-action]");
    if (button) this.perform(button.dataset.action);
  }

  /** Fills an empty line with the markup in `<template id>`. */
  build(template) {
    this.append(copyOf(template));
    this.tabIndex = -1;
  }

  /** Whether the Tab key reaches it. */
  set isActive(on) {
    if (on === this.#isActive) return;
    this.#isActive = on;
    this.tabIndex = on ? 0 : -1;
    for (const button of this.#buttons) button.tabIndex = on ? 0 : -1;
  }

  get #actions() {
    return this.querySelector(".actions");
  }

  get #buttons() {
    return [...this.#actions.children];
  }

  /** Draws the actions of a line about `name`. */
  drawActions(offered, name) {
    offered.forEach((offer, index) => this.#drawAction(this.#actions.children[index], offer, name));
    while (this.#actions.children.length > offered.length) this.#removeAction(this.#actions.lastElementChild);
  }

  /** A button keeps its place while its meaning changes (Pause, Resume), and so keeps the focus. */
  #drawAction(button, { action, label }, name) {
    const target = button ?? this.#actions.appendChild(document.createElement("button"));
    target.type = "button";
    target.tabIndex = this.#isActive ? 0 : -1;
    setAttribute(target, "data-action", action);
    setText(target, label);
    setAttribute(target, "aria-label", t("do-to", { deed: label, name }));
  }

  #removeAction(button) {
    const hadFocus = button === document.activeElement;
    button.remove();
    if (hadFocus) this.focusAction();
  }

  /** Which of its actions has the focus; -1 where the line itself has it, or nothing of it. */
  get focusedAction() {
    return this.#buttons.indexOf(document.activeElement);
  }

  /** Focuses the action at `index`, or the nearest there is; -1 is the line itself. */
  focusAction(index = 0) {
    const buttons = this.#buttons;
    const target = index < 0 ? this : (buttons[Math.min(index, buttons.length - 1)] ?? this);
    target.focus({ preventScroll: true });
  }
}
