/**
 * Which lines of a long list are in the page, pure: a line is as high as it was when it was last measured, or as others of
 * its kind; so the place of each is a sum, and only those in sight and a few around them are made.
 */

/** Lines beyond the edge on each side, so that a turn of the wheel finds them there. */
const AROUND = 6;

/** Where each line begins, in pixels; the last entry is the height of all. */
export function tops(items, heightOf) {
  const at = new Float64Array(items.length + 1);
  for (let index = 0; index < items.length; index += 1) at[index + 1] = at[index] + heightOf(items[index]);
  return at;
}

/** The lines between two heights, with those around: from the first up to the end, which is not among them. */
export function inSight(at, from, to) {
  const count = at.length - 1;
  if (count === 0) return [0, 0];
  const last = at[count];
  const [top, bottom] = [Math.min(Math.max(from, 0), last), Math.min(Math.max(to, 0), last)];
  return [Math.max(0, indexAt(at, top) - AROUND), Math.min(count, indexAt(at, bottom) + 1 + AROUND)];
}

/** The line at a height. */
export function indexAt(at, height) {
  let [low, high] = [0, Math.max(0, at.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at[middle] <= height) low = middle;
    else high = middle - 1;
  }
  return low;
}
