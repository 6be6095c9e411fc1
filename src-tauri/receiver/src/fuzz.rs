//! Plain functions of bytes that read what others wrote, each with a law that holds whatever the bytes are.

use carryon_instruments::fuzz::{CountingMemory, Target};

mod fields;
mod forms;
mod heads;
mod journals;
mod names;
mod requests;

#[global_allocator]
static MEMORY: CountingMemory = CountingMemory;

/// A fast target.
fn target<'t>(name: &'t str, tokens: &'t [&'t str]) -> Target<'t> {
    Target { name, tokens, cost: 1 }
}

/// The first line, and what follows it.
fn head_and_rest(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, b""),
    }
}
