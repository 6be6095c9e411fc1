/** Carries out wishes about the order of the queue. */

import { call } from "./bridge.js";
import { t } from "./words.js";

/** Whether a wish is about the order. */
export function isAboutOrder(action) {
  return ["order", "order_first", "order_last"].includes(action);
}

/** Moves uploads; gives what to say aloud. The lists follow by the app's own news. */
export async function reorder({ action, ids, before = null }, uploads) {
  const isFirst = action === "order_first";
  const order = before === null ? (isFirst ? "first" : "last") : { before };
  // Each goes before all others: the last one named would stand first.
  const answer = await call("set_order", { ids: isFirst ? [...ids].reverse() : ids, order });
  const words = before === null ? t(isFirst ? "moved-first" : "moved-last") : t("moved-before", { name: uploads.get(before)?.name ?? "" });
  return { ...answer, words };
}
