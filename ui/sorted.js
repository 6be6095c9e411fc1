/** An array that stays in order: what comes is put where it belongs, what goes is found without looking at the rest. */

/** Puts `item` into `list`, which is in `order`. */
export function insert(list, item, order) {
  // Most of what is new goes to the end.
  if (list.length === 0 || order(list[list.length - 1], item) <= 0) list.push(item);
  else list.splice(placeOf(list, item, order), 0, item);
}

/** Takes `item` out of `list`; nothing where it is not in it. */
export function remove(list, item, order) {
  const at = placeOf(list, item, order);
  const found = list[at] === item ? at : list.indexOf(item);
  if (found >= 0) list.splice(found, 1);
}

/** Where `item` stands, or would stand: before the first that does not go before it. */
export function placeOf(list, item, order) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(list[middle], item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
