/**
 * The pages of the window: each one's markup lies in `pages/`, and one of them is shown at a time. The address names it
 * (`#history`), so that going back works as everywhere.
 */

import { setAttribute, setHidden } from "./elements/dom.js";
import { t, translate } from "./words.js";

/** The pages, in the order of the navigation; Ctrl and a digit goes there. */
export const PAGES = ["uploads", "history", "destinations", "watched", "receiving", "settings", "help"];

const sectionOf = (name) => document.querySelector(`[data-page="${name}"]`);

/** Puts the markup of every page into its place. */
export async function loadPages() {
  await Promise.all(PAGES.map(load));
}

async function load(name) {
  const text = await (await fetch(`pages/${name}.html`)).text();
  const { body } = new DOMParser().parseFromString(text, "text/html");
  const nodes = [...body.childNodes].map((node) => document.importNode(node, true));
  const section = sectionOf(name);
  section.append(...nodes);
  translate(section);
}

/** Goes to a page; its heading gets the focus, as after following a link. */
export function goTo(name) {
  if (current() === name) focusHeading(name);
  else location.hash = `#${name}`;
}

/** The page that is shown. */
export function current() {
  const name = location.hash.slice(1);
  return PAGES.includes(name) ? name : PAGES[0];
}

/** Shows the page that the address names, now and whenever it changes; a page hears `page-shown` and `page-left`. */
export function startPages() {
  addEventListener("hashchange", () => {
    show();
    focusHeading(current());
  });
  document.addEventListener("language", nameWindow);
  document.addEventListener("keydown", onKey);
  show();
}

function show() {
  for (const name of PAGES) {
    const section = sectionOf(name);
    const isShown = name === current();
    const isNews = section.hidden === isShown;
    setHidden(section, !isShown);
    const link = document.querySelector(`#nav a[href="#${name}"]`);
    if (isShown) setAttribute(link, "aria-current", "page");
    else link.removeAttribute("aria-current");
    if (isNews) section.firstElementChild?.dispatchEvent(new Event(isShown ? "page-shown" : "page-left"));
  }
  nameWindow();
}

function nameWindow() {
  const name = t(`nav-${current()}`);
  document.title = current() === PAGES[0] ? "Carryon" : `${name} – Carryon`;
}

function focusHeading(name) {
  sectionOf(name).querySelector("h1, h2")?.focus();
}

function onKey(event) {
  const page = PAGES[Number(event.key) - 1];
  if (!page || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  if (!document.querySelector("dialog[open]")) goTo(page);
}
