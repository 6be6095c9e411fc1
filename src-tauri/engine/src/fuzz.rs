//! Plain functions of bytes that read what others wrote, each with a law that holds whatever the bytes are. Those that
//! need what is private to a module stand beside it: `drivers/fine_uploader/fuzz.rs`, `records/fuzz.rs`.

use carryon_instruments::fuzz::{CountingMemory, Target};

mod addresses;
mod requests;
mod settings;

#[global_allocator]
static MEMORY: CountingMemory = CountingMemory;

/// A target whose inputs take `cost` times as long as a fast one's.
pub(crate) fn target<'t>(name: &'t str, tokens: &'t [&'t str], cost: u64) -> Target<'t> {
    Target { name, tokens, cost }
}

/// The first line, and what follows it.
pub(crate) fn head_and_rest(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, b""),
    }
}

/// What is read, written and read again is the same, and so is its text.
pub(crate) fn require_same_again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("it is JSON");
    let again: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(serde_json::to_string(&again).expect("it is JSON"), text);
    again
}
