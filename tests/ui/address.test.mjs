import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.mjs";
import { KINDS, addressFrom, addressTrouble, formFrom, hostOf, isSameServer, plainHost, understood } from "../../ui/address.js";

/** What a form holds beside what the engine keeps. */
const PAIRS = [
  [{ kind: "fineuploader", url: "https://files.example.org/upload", done: "/upload/done" }, "fineuploader+https://files.example.org/upload?done=/upload/done"],
  [{ kind: "fineuploader", url: "https://h/upload?project=7&concurrent=false", done: "/done" }, "fineuploader+https://h/upload?project=7&concurrent=false&done=/done"],
  [{ kind: "fineuploader", url: "http://127.0.0.1:8080/upload", done: "" }, "fineuploader+http://127.0.0.1:8080/upload"],
  [{ kind: "fineuploader", url: "https://h/up", done: "/done?key=a&b=c d" }, "fineuploader+https://h/up?done=/done%3Fkey%3Da%26b%3Dc%20d"],
  [{ kind: "tus", url: "https://files.example.org/files/", done: "" }, "tus+https://files.example.org/files/"],
  [{ kind: "tus", url: "https://h/files/?tenant=a%20b", done: "" }, "tus+https://h/files/?tenant=a%20b"],
  [{ kind: "ietf", url: "https://h/resumable/", done: "" }, "ietf+https://h/resumable/"],
  [{ kind: "cloudflare", url: "https://api.cloudflare.com/client/v4/accounts/a1/stream", done: "" }, "tus+https://api.cloudflare.com/client/v4/accounts/a1/stream?preset=cloudflare"],
  [{ kind: "supabase", url: "https://p.supabase.co/storage/v1/upload/resumable", done: "" }, "tus+https://p.supabase.co/storage/v1/upload/resumable?preset=supabase"],
  [{ kind: "vimeo", url: "https://t.vimeo.example/files/x?sig=1", done: "" }, "tus+https://t.vimeo.example/files/x?sig=1&preset=vimeo"],
];

test("every kind of server has its address, and is read back from it", () => {
  for (const [form, address] of PAIRS) {
    assert.equal(addressFrom(form), address);
    assert.deepEqual(formFrom(address), form);
  }
  assert.deepEqual(new Set(PAIRS.map(([{ kind }]) => kind)), new Set(KINDS.map(({ kind }) => kind)), "none is left out");
});

test("a preset that nobody knows stays in the address of a tus server", () => {
  const form = { kind: "tus", url: "https://h/files/?preset=odd", done: "" };
  assert.deepEqual(formFrom("tus+https://h/files/?preset=odd"), form);
  assert.equal(addressFrom(form), "tus+https://h/files/?preset=odd");
});

test("a done path that only one kind has is not sent to another", () => {
  assert.equal(addressFrom({ kind: "tus", url: "https://h/files/", done: "/done" }), "tus+https://h/files/");
});

test("what is typed around an address and behind its # does not count", () => {
  assert.equal(addressFrom({ kind: "tus", url: "  https://h/files/#top ", done: "" }), "tus+https://h/files/");
  assert.equal(addressFrom({ kind: "cloudflare", url: "https://h/stream#top", done: "" }), "tus+https://h/stream?preset=cloudflare");
});

test("a pasted address of the engine's sets the kind and the done path", () => {
  assert.deepEqual(understood(" TUS+https://h/files/ ", "fineuploader"), { kind: "tus", url: "https://h/files/", done: "" });
  assert.deepEqual(understood("fineuploader+http://h/up?done=/up/done&a=b", "tus"), { kind: "fineuploader", url: "http://h/up?a=b", done: "/up/done" });
  assert.equal(understood("tus+https://h/x?preset=vimeo", "ietf").kind, "vimeo");
});

test("an address of the web keeps the kind; only its done path is taken out, where the kind has one", () => {
  assert.deepEqual(understood("https://h/up?done=/d&a=b", "fineuploader"), { url: "https://h/up?a=b", done: "/d" });
  assert.deepEqual(understood("https://h/up?done=/d", "tus"), { url: "https://h/up?done=/d", done: "" });
});

test("a bare host gets https; this computer, which needs none, http", () => {
  assert.equal(understood("files.example.org/upload", "tus").url, "https://files.example.org/upload");
  assert.equal(understood("nas:8443/upload", "tus").url, "https://nas:8443/upload");
  for (const here of ["localhost:8080/upload", "127.0.0.1:8080/upload", "[::1]:8080/upload"]) assert.equal(understood(here, "tus").url, `http://${here}`);
});

test("what nobody understands stays as it was typed", () => {
  for (const text of ["", "s3://bucket/prefix", "gopher+https://h/", "two words", "C:\\files", "me:hunter2@h/up"]) assert.deepEqual(understood(text, "tus"), { url: text });
});

test("what is wrong is said at its field, with what to do, and a password is not repeated", () => {
  const trouble = (url, done = "") => addressTrouble({ kind: "fineuploader", url, done });
  for (const [url, words] of [
    ["", /missing/], ["two words", /https:\/\//], ["https://", /names no server/], ["https:///", /names no server/], ["mailto:a@b", /no address/],
    ["s3://bucket", /“s3” is no kind/], ["gopher+https://h/", /“gopher” is no kind/], ["ftp://h/", /“ftp” is no kind/], ["https://me:hunter2@h/up", /user name or password/],
  ]) {
    const { field, message } = trouble(url);
    assert.equal(field, "address", url);
    assert.match(message, words);
    assert.doesNotMatch(message, /hunter2/);
  }
  assert.equal(trouble("https://h/up", "https://elsewhere/done").field, "done");
  assert.equal(addressTrouble({ kind: "tus", url: "https://h/up", done: "https://elsewhere/done" }), null, "a field that is not there has no trouble");
  for (const done of ["", "/done", "done", "https://h/done"]) assert.equal(trouble("https://h/up", done), null, done);
});

test("consent is asked for with plain http beyond this computer, and never else", () => {
  for (const url of ["https://h/up", "http://127.0.0.1:9/", "http://127.8.9.1/", "http://[::1]:9/", "http://localhost/", "http://a.localhost/", "nonsense", ""]) assert.equal(plainHost(url), "", url);
  for (const [url, host] of [["http://h:8080/up", "h"], ["HTTP://NAS.example/", "nas.example"], ["http://128.0.0.1/", "128.0.0.1"], ["http://notlocalhost/", "notlocalhost"], ["http://127.0.0.1.example.org/", "127.0.0.1.example.org"]]) assert.equal(plainHost(url), host);
});

test("a token is for one scheme, host and port", () => {
  assert.equal(isSameServer("https://h/up", "https://H:443/other?x"), true);
  for (const other of ["http://h/up", "https://h:8443/up", "https://h.example/up", "", "nonsense"]) assert.equal(isSameServer("https://h/up", other), false, other);
  assert.equal(isSameServer("", ""), false, "two addresses of nothing are no server");
  assert.equal(hostOf("https://Files.Example.org:8443/x"), "files.example.org");
});
