/** Puts text where the system's *paste* finds it. */

/** Says whether it worked. `near` is where a helping field may stand: inside a dialog that is open, nothing else can have the focus. */
export async function copyText(text, near) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, near.querySelector("dialog[open]") ?? document.body);
  }
}

function copyBySelection(text, parent) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "for-ears";
  parent.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  before?.focus();
  return copied;
}
