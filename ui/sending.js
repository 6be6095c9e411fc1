/** Files that others named (a link, a file manager): the user is asked whether they go, and where; only then they do. */

import { call } from "./bridge.js";

let asked = Promise.resolve();

/** Asks about `{ paths, to, link }`, after whatever is being asked about already. */
export function askToSend(page, request) {
  asked = asked.then(() => ask(page, request));
  return asked;
}

async function ask({ dialog, closed, chosen, attempt, complain, done }, request) {
  if (closed) return complain([{ message: closed }]);
  const destinations = await attempt(() => call("destinations"));
  if (!destinations) return;
  const to = await dialog.ask(request, choices(destinations, chosen), chosen?.id);
  if (!to) return;
  const { id, name, own, address } = to;
  const answer = await attempt(() => call("add_paths", { paths: request.paths, to: { id, name, own, address } }));
  if (answer) done(answer);
}

/** Those that have a name, and the one that new files go to. */
function choices(destinations, chosen) {
  return destinations.map((each) => (each.id === chosen?.id ? chosen : each)).filter(({ name }) => name);
}
