/**
 * Which lines of a long list are in the page, pure. Where each line begins is known without having it there: in a list that
 * can be overlooked by what was measured of each, in a longer one by all being equally high.
 */

/** Lines beyond the edge on each side, so that a turn of the wheel finds them there. */
const AROUND = 6;

/** Lines that are as high as they were measured, or as others of their kind. */
export class MeasuredTops {
  #at;

  constructor(heights) {
    this.#at = new Float64Array(heights.length + 1);
    heights.forEach((height, index) => (this.#at[index + 1] = this.#at[index] + height));
  }

  /** Where a line begins, in pixels. */
  top(index) {
    return this.#at[index];
  }

  /** The line at a height. */
  lineAt(height) {
    let [low, high] = [0, Math.max(0, this.#at.length - 2)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#at[middle] <= height) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  get count() {
    return this.#at.length - 1;
  }
}

/** Lines that are all of one height. */
export class EvenTops {
  constructor(count, height) {
    Object.assign(this, { count, height });
  }

  top(index) {
    return index * this.height;
  }

  lineAt(height) {
    return Math.min(Math.max(0, this.count - 1), Math.max(0, Math.floor(height / this.height)));
  }
}

/** The lines between two heights, with those around: from the first up to the end, which is not among them. */
export function inSight(tops, from, to) {
  if (tops.count === 0) return [0, 0];
  const within = (height) => Math.min(Math.max(height, 0), tops.top(tops.count));
  return [Math.max(0, tops.lineAt(within(from)) - AROUND), Math.min(tops.count, tops.lineAt(within(to)) + 1 + AROUND)];
}
