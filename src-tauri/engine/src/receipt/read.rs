//! Reading a receipt that anyone may have written: bounded, and refused in words wherever it contradicts itself.

use serde_json::Value;

use super::{MOST_CHUNKS, Receipt, VERSION};
use crate::error::{Error, ErrorKind, Result};

/// The longest document that is read, in bytes.
pub const LONGEST: usize = 32 * 1024 * 1024;

/// Reads a receipt. Nothing of its text stands in an error.
///
/// # Errors
/// `Invalid` where it is no receipt, from a newer Carryon, or claims what it does not name.
pub fn read(bytes: &[u8]) -> Result<Receipt> {
    if bytes.len() > LONGEST {
        return Err(refused(format!("It is longer than {LONGEST} bytes")));
    }
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(refused("It is no receipt".to_owned()));
    }
    let at = |error: &serde_json::Error| format!("line {}, column {}", error.line(), error.column());
    let head: Head =
        serde_json::from_slice(bytes).map_err(|error| refused(format!("It is no receipt ({})", at(&error))))?;
    match head.carryon_receipt.as_u64() {
        Some(version) if version > VERSION.into() => {
            let text = format!("The receipt is from a newer Carryon (version {version}; this one knows {VERSION})");
            return Err(Error::new(ErrorKind::Invalid, text).next_step("Use the newer Carryon."));
        }
        Some(1) => {}
        _ => return Err(refused("It does not say of which version it is".to_owned())),
    }
    let receipt: Receipt =
        serde_json::from_slice(bytes).map_err(|error| refused(format!("Something is wrong at {}", at(&error))))?;
    require_sense(&receipt)?;
    Ok(receipt)
}

#[derive(serde::Deserialize)]
struct Head {
    carryon_receipt: Value,
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::Invalid, format!("This receipt cannot be read. {why}"))
        .next_step("“carryon history show ID --json” writes a receipt.")
}

fn require_sense(receipt: &Receipt) -> Result<()> {
    let Receipt { chunks, size, chunk_size, proof, .. } = receipt;
    let total = chunks.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.length));
    let wrong = match () {
        () if chunks.len() > MOST_CHUNKS => "It names too many chunks",
        () if !chunks.is_empty() && total != Some(*size) => "Its chunks do not add up to its size",
        () if chunks.iter().any(|part| part.length == 0) && *size > 0 => "It names a chunk of no bytes",
        () if !chunks.is_empty() && chunks.len() as u64 != proof.chunks => {
            "It names another number of chunks than it has"
        }
        () if !chunks.is_empty() && receipt.chunks_digest.is_some() => "It names its chunks in two ways",
        () if *chunk_size == 0 => "Its chunks have no bytes",
        () if proof.chunks_proved > proof.chunks => "It has fewer chunks than it says are proved",
        () if matches!(&chunks[..], [only] if receipt.blake3.is_some_and(|whole| whole != only.blake3)) => {
            "Its only chunk is another one than the whole"
        }
        () if proof.level > receipt.judge() => "It claims a higher proof than it names",
        () => return Ok(()),
    };
    Err(refused(wrong.to_owned()))
}
