/** What is chosen for files before they are sent, pure: which destination is meant, when they go, and before whom. */

import { nameOf } from "./places.js";

/** The order's names, and what they are for the app. */
export const PRIORITIES = { first: 10, usual: 0, last: -10 };

/**
 * Which of the destinations is meant by `to`: an id, a name in any letter case, or `{ id }`; the one for new files where
 * nothing is. `missing` is the name of one that is not there.
 */
export function wanted(places, to) {
  const usual = places.find(({ chosen }) => chosen);
  if (to === null || to === undefined || to === "") return { place: usual, missing: "" };
  if (typeof to === "object") return { place: places.find(({ id }) => id === to.id) ?? usual, missing: "" };
  const place = places.find((each) => each.id === to || isCalled(each, String(to)));
  return { place, missing: place ? "" : String(to) };
}

function isCalled(place, name) {
  const wantedName = name.trim().toLowerCase();
  return [place.name, nameOf(place)].some((known) => known !== "" && known.toLowerCase() === wantedName);
}

/** Unix milliseconds of what a field for day and time holds, by this computer's clock; null where it is empty, NaN for nonsense. */
export function momentFrom(text) {
  return text === "" ? null : new Date(text).getTime();
}

/** How files are sent, as the app takes it. */
export function howFrom({ start_at: text, priority, resume }) {
  return {
    keep: resume !== "nothing",
    start_over: resume === "start_over",
    priority: PRIORITIES[priority] ?? 0,
    start_at: momentFrom(text),
  };
}

/** What each path is called, and all of it. */
export function namesOf(paths) {
  return paths.map((each) => {
    const path = each.shown ?? each;
    return { path, name: path.split(/[\\/]/).filter(Boolean).pop() ?? path };
  });
}
