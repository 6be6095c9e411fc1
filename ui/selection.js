/** Which uploads are selected, pure: one, one more, or all from one to another, as in a list of files anywhere. */

/** No selection; `anchor` is where a stretch begins. */
export const NOTHING = { ids: new Set(), anchor: null };

/** The selection after a click or a key on `id`; `order` are the ids as they are listed. */
export function select(selection, id, order, { isMore = false, isStretch = false } = {}) {
  if (isStretch && order.includes(selection.anchor)) {
    const stretch = between(order, selection.anchor, id);
    return { ids: new Set(isMore ? [...selection.ids, ...stretch] : stretch), anchor: selection.anchor };
  }
  if (!isMore) return { ids: new Set([id]), anchor: id };
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id };
}

/** All of them. */
export function selectAll(order) {
  return { ids: new Set(order), anchor: order[0] ?? null };
}

/** The selection without what is no longer there. */
export function kept(selection, isThere) {
  const ids = [...selection.ids].filter(isThere);
  return ids.length === selection.ids.size ? selection : { ...selection, ids: new Set(ids) };
}

function between(order, from, to) {
  const [first, last] = [order.indexOf(from), order.indexOf(to)].sort((a, b) => a - b);
  return order.slice(first, last + 1);
}
