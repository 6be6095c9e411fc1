//! What comes over the socket, and paths as they stand there and in the records: all of it reads back as it was.

use super::{require_same_again, target};
use crate::{
    socket::{Request, decode_paths, encode_paths},
    source::{decode_path, encode_path, path_encoding},
};

const TOKENS: &[&str] = &[
    "\"do\":\"send\"",
    "\"do\":\"list\"",
    "\"do\":\"resume\"",
    "\"do\":\"discard\"",
    "\"do\":\"destinations\"",
    "\"do\":\"order\"",
    "\"do\":\"history\"",
    "\"ask\":\"add\"",
    "\"ask\":\"set\"",
    "\"which\":\"all\"",
    "\"named\":",
    "\"left\":[\"",
    "\"token\":\"hunter2\"",
    "\"paths\":[\"unix:2f61\"]",
    "wide:",
    "unix:",
    "null",
    "true",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"order\":\"first\"",
    "{\"priority\":",
    "\\u0000",
    "\"give_up_after\":",
    "\"start_at\":",
    "\"limit\":",
];

fn request(input: &[u8]) {
    let Ok(request) = serde_json::from_slice::<Request>(input) else { return };
    let again = require_same_again(&request);
    assert_eq!(again.patience(), request.patience());
    assert_eq!(format!("{again:?}"), format!("{request:?}"));
    let words = String::from_utf8_lossy(input);
    if words.matches("hunter2").count() == 1 && words.contains("\"token\":\"hunter2\"") {
        assert!(!format!("{request:?}").contains("hunter2"), "a token shows itself");
    }
    if let Request::Send(send) = &request
        && let Ok(paths) = decode_paths(&send.paths)
    {
        assert_eq!(paths.len(), send.paths.len());
    }
}

fn path(input: &[u8]) {
    let path = decode_path(path_encoding(), input);
    #[cfg(unix)]
    assert_eq!(encode_path(&path), input, "no byte of a path is lost");
    assert_eq!(decode_path(path_encoding(), &encode_path(&path)), path);
    let foreign = decode_path("wide", input);
    assert_eq!(decode_path("of another time", &encode_path(&foreign)).to_string_lossy(), foreign.to_string_lossy());
    if let (Ok(texts), Ok(absolute)) = (encode_paths(std::slice::from_ref(&path)), std::path::absolute(&path)) {
        assert_eq!(decode_paths(&texts).ok(), Some(vec![absolute]));
    }
    let _ = decode_paths(&[String::from_utf8_lossy(input).into_owned()]);
}

#[test]
fn a_request_reads_back_as_it_was_and_shows_no_token() {
    target("socket-requests", TOKENS, 1).run(request);
}

#[test]
fn no_byte_of_a_path_is_lost() {
    target("paths", &["unix:", "wide:", "/", "..", "\0", "\n", "文", "C:\\", "//", "2f"], 1).run(path);
}
