/**
 * The npm package `fine-uploader-server`, as its own program starts it, but on a port that the system picks:
 * `node server.mjs FOLDER`. Finished files lie in FOLDER/uploads/<uuid>/<name>. The address is the one line on standard
 * output; the end of standard input ends the program.
 */

import server from "fine-uploader-server";

const listener = server("traditional", { uploads: process.argv[2] }).listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ address: `http://127.0.0.1:${listener.address().port}` }));
});
process.stdin.resume().on("end", () => process.exit());
