/**
 * What keys and the mouse do in a list: from line to line and into a line's actions, selecting, opening a folder, putting
 * the queue in another order. Everything the mouse does, keys do.
 */

import { wish } from "./dom.js";

/** Pixels before a press that moves is a drag. */
const DRAG_FROM = 6;
const PAGE_OF_LINES = 10;

/** Lets `list` hear keys. */
export function hearKeys(list) {
  list.addEventListener("keydown", (event) => onKey(list, event));
}

/** Lets `list` hear the mouse. */
export function hearMouse(list) {
  list.addEventListener("click", (event) => onClick(list, event));
  list.addEventListener("dblclick", (event) => onDoubleClick(list, event));
  list.addEventListener("pointerdown", (event) => beginDrag(list, event));
}

function onKey(list, event) {
  const line = list.lineOf(event.target);
  if (!line) return;
  const isButton = event.target.closest("button") !== null;
  const deed = event.altKey ? orderDeed(list, line, event) : (moveDeed(list, line, event) ?? (isButton ? null : lineDeed(list, line, event)));
  if (!deed) return;
  event.preventDefault();
  deed();
}

function moveDeed(list, { index, item }, event) {
  if (event.ctrlKey || event.metaKey) return null;
  const row = event.target.closest("upload-row, folder-row");
  const action = row.focusedAction;
  const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -PAGE_OF_LINES, PageDown: PAGE_OF_LINES };
  const last = list.count - 1;
  const target = { Home: 0, End: last }[event.key] ?? clamp(index + (steps[event.key] ?? NaN), last);
  if (Number.isFinite(target)) return () => goTo(list, target, action, event.shiftKey);
  const forward = getComputedStyle(row).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (event.key === forward) return () => (item.isFolder && !item.isOpen && action < 0 ? openFolder(list, item, true) : row.focusAction(action + 1));
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    return () => (item.isFolder && item.isOpen && action < 0 ? openFolder(list, item, false) : row.focusAction(Math.max(-1, action - 1)));
  }
  return null;
}

function clamp(value, last) {
  return Math.min(last, Math.max(0, value));
}

function goTo(list, target, action, isStretch) {
  list.focusLine(target, action);
  const item = list.line(target);
  if (isStretch && !item.isFolder) wish(list, { action: "select", ids: [item.id], isStretch: true, list: list.id });
}

function lineDeed(list, { item }, event) {
  const isCommand = event.ctrlKey || event.metaKey;
  const select = (more) => () => wish(list, { action: "select", ids: idsOf(item), list: list.id, ...more });
  if (event.key === " ") return select({ isMore: true });
  if (event.key === "Enter") return item.isFolder ? () => openFolder(list, item, !item.isOpen) : () => wish(list, { action: "show_details", ids: [item.id] });
  if (event.key.toLowerCase() === "a" && isCommand) return () => wish(list, { action: "select_all", list: list.id });
  if (event.key === "Delete") return () => wish(list, { action: "discard_selected", ids: idsOf(item) });
  return null;
}

function idsOf(item) {
  return item.isFolder ? item.members.map(({ id }) => id) : [item.id];
}

function openFolder(list, { id }, isOpen) {
  wish(list, { action: "open_folder", folder: id, list: list.id, isOpen });
}

/** Alt with an arrow moves a line of the queue past the next one. */
function orderDeed(list, { index, item }, event) {
  if (list.dataset.group !== "queue" || item.isFolder) return null;
  const before = { ArrowUp: index > 0 ? list.line(index - 1) : undefined, ArrowDown: list.line(index + 2) ?? null }[event.key];
  if (before === undefined) return null;
  return () => wish(list, { action: "order", ids: [item.id], before: before && idsOf(before)[0] });
}

function onClick(list, event) {
  const line = list.lineOf(event.target);
  if (!line || event.target.closest("button")) return;
  const { item } = line;
  if (item.isFolder) return openFolder(list, item, !item.isOpen);
  wish(list, { action: "select", ids: [item.id], isMore: event.ctrlKey || event.metaKey, isStretch: event.shiftKey, list: list.id });
}

function onDoubleClick(list, event) {
  const line = list.lineOf(event.target);
  if (line && !line.item.isFolder && !event.target.closest("button")) wish(list, { action: "show_details", ids: [line.item.id] });
}

/** A line of the queue that is dragged goes before the one it is dropped on. */
function beginDrag(list, down) {
  const line = list.lineOf(down.target);
  if (list.dataset.group !== "queue" || !line || line.item.isFolder || down.button !== 0 || down.target.closest("button")) return;
  let over = null;
  const move = (event) => {
    if (!over && Math.abs(event.clientY - down.clientY) < DRAG_FROM) return;
    over = list.lineOf(document.elementFromPoint(event.clientX, event.clientY)) ?? over;
    mark(list, over);
  };
  const end = (event) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    mark(list, null);
    if (!over || event.type === "pointercancel" || over.item.id === line.item.id) return;
    swallowClick();
    const before = (over.index > line.index ? list.line(over.index + 1) : over.item) ?? null;
    wish(list, { action: "order", ids: [line.item.id], before: before && idsOf(before)[0] });
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}

/** The end of a drag is no click. */
function swallowClick() {
  const swallow = (click) => click.stopPropagation();
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}

function mark(list, line) {
  for (const row of list.querySelectorAll("[data-drop]")) row.removeAttribute("data-drop");
  if (line) list.querySelector(`[data-id="${CSS.escape(line.item.id)}"]`)?.setAttribute("data-drop", "");
}
