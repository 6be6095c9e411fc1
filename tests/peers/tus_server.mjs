/**
 * The npm packages `@tus/server` and `@tus/file-store` as their documentation starts them: `node tus_server.mjs FOLDER PORT`.
 * Port 0 lets the system pick. The address is the one line on standard output; the end of standard input ends the program.
 */

import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [, , directory, port] = process.argv;
const day = 24 * 60 * 60 * 1000;
const datastore = new FileStore({ directory, expirationPeriodInMilliseconds: day });
const listener = new Server({ path: "/files", datastore }).listen({ host: "127.0.0.1", port: Number(port) }, () => {
  console.log(JSON.stringify({ address: `http://127.0.0.1:${listener.address().port}/files` }));
});
process.stdin.resume().on("end", () => process.exit());
