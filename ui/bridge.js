/**
 * The one file that knows Tauri: commands go out, events come in.
 * Every failed command rejects with `{ code, message }`, and `field` where it is about one.
 */

const tauri = window.__TAURI__;

/** Calls a command of the app and resolves with its answer. */
export async function call(command, args = {}) {
  try {
    return await tauri.core.invoke(command, args);
  } catch (error) {
    throw asProblem(error);
  }
}

/** Hears an event of the app; resolves once nothing can be missed any more. */
export function listen(event, hear) {
  return tauri.event.listen(event, ({ payload }) => hear(payload));
}

/**
 * Hears files being dragged over the window. The page's own drag events carry no paths on Linux
 * and are off on Windows, so these are the system's.
 */
export function listenToDrags({ enter, leave, drop }) {
  return Promise.all([
    listen("tauri://drag-enter", (payload) => enter(payload?.paths ?? [])),
    listen("tauri://drag-leave", () => leave()),
    listen("tauri://drag-drop", (payload) => drop(payload?.paths ?? [])),
  ]);
}

function asProblem(error) {
  if (error && typeof error.message === "string") {
    return { code: error.code ?? "unknown", message: error.message, field: error.field ?? null };
  }
  return { code: "unknown", message: String(error) };
}
