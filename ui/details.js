/** Carries out wishes about the details of one upload, and keeps them fresh while they are open. */

import { call } from "./bridge.js";

/** Whether a wish is about details. */
export function isAboutDetails(action) {
  return ["details", "follow_details", "measure_details"].includes(action);
}

/** Opens the details of an upload, or follows the selection where they are open. */
export async function fulfilAboutDetails(details, uploads, { action, ids }) {
  if (action === "measure_details") return measure(details);
  const upload = uploads.get(ids[0]);
  if (!upload) return;
  if (action === "details") details.open(upload, Date.now());
  else details.show(upload, Date.now());
}

/** Asks the app where the parts of the shown upload are, and how fast it is. What cannot be had is not drawn. */
export async function measure(details) {
  const id = details.about;
  if (id === null) return;
  try {
    const [map, series] = await Promise.all([call("chunk_map", { id, cells: details.cells }), call("speeds", { id })]);
    if (details.about === id) details.showMeasured({ map, series });
  } catch {
    // The next second asks again; nothing of the upload depends on it.
  }
}
