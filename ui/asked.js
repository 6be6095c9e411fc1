/**
 * Whether who drops files holds Shift or Ctrl: then they are asked where the files go. A drop itself brings no keys with it,
 * so they are taken from the page's own drag events, where the system sends those, and from the keyboard.
 */

const KEYS = ["keydown", "keyup", "dragenter", "dragover"];

let isHeld = false;

/** Watches the keys from now on. */
export function watchKeys(target = window) {
  for (const event of KEYS) target.addEventListener(event, note, { capture: true, passive: true });
  target.addEventListener("blur", () => (isHeld = false));
}

function note(event) {
  isHeld = event.shiftKey || event.ctrlKey;
}

/** Whether one of them is held now, as far as the system tells. */
export function isAsked() {
  return isHeld;
}
