/** Small writes to the page that do nothing where nothing changed. Text goes in as text, always. */

/** Shows `text` in `node`; an empty one hides the node. */
export function say(node, text) {
  setText(node, text);
  setHidden(node, text === "");
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** A copy of the markup in `<template id>`. */
export function copyOf(template) {
  return document.getElementById(template).content.cloneNode(true);
}

/** Tells the page what the user wants; main.js carries it out. */
export function wish(element, detail) {
  element.dispatchEvent(new CustomEvent("wish", { bubbles: true, detail }));
}
