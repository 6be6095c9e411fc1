//! `carryon verify`: holding a file against a receipt. Nothing but the two files is needed, and no records.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use carryon_engine::{
    Error, ErrorKind,
    receipt::{self, Comparison, Hex, LONGEST, Receipt},
    source::SourceFile,
};
use clap::Args;
use serde_json::json;

use crate::{report, words};

/// The most ranges that are told in words.
const MOST_TOLD: usize = 20;

/// Say whether a file is the one that a receipt is about, and where it differs (exit code 0: equal, 1: not).
#[derive(Args)]
pub struct Verify {
    /// The receipt, as “carryon history show ID --json” writes it.
    receipt: PathBuf,
    /// The file.
    file: PathBuf,
    /// Tell the file's SHA-256 too.
    #[arg(long)]
    sha256: bool,
    /// One JSON object instead of words.
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// Runs the command.
    pub fn run(self) -> Result<u8, Error> {
        let receipt = receipt::read(&read(&self.receipt)?)?;
        let source = SourceFile::open(&self.file).map_err(wrong_use)?;
        let size = source.identity().size;
        if size == receipt.size && !receipt.names_content() {
            let text = "The receipt names no digest; whether this is the file cannot be said";
            return Err(
                Error::new(ErrorKind::Invalid, text).next_step("Compare the sizes, or send the file once more.")
            );
        }
        let unreadable = |error: std::io::Error| {
            wrong_use(Error::new(ErrorKind::Invalid, format!("“{}” cannot be read: {error}", self.file.display())))
        };
        let found = receipt::compare(&receipt, size, &mut source.reader(), self.sha256).map_err(unreadable)?;
        source.check(source.identity())?;
        match self.json {
            true => report::line(&line(&receipt, &found)),
            false => sentences(&self.file, &receipt, &found).iter().for_each(|sentence| println!("{sentence}")),
        }
        Ok(u8::from(!found.is_equal()))
    }
}

/// What cannot be opened is no difference.
fn wrong_use(error: Error) -> Error {
    Error::new(ErrorKind::Invalid, error.message().to_owned()).next_step("Check the path and its permissions.")
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let source = SourceFile::open(path).map_err(wrong_use)?;
    let mut bytes = Vec::new();
    let read = source.reader().take(LONGEST as u64 + 1).read_to_end(&mut bytes);
    let text = |error| format!("The receipt “{}” cannot be read: {error}", path.display());
    read.map_err(|error| wrong_use(Error::new(ErrorKind::Invalid, text(error))))?;
    Ok(bytes)
}

fn line(receipt: &Receipt, found: &Comparison) -> serde_json::Value {
    let differing: Vec<_> = found
        .differing
        .iter()
        .map(|range| json!({ "first": range.start, "last": range.end.saturating_sub(1) }))
        .collect();
    json!({
        "equal": found.is_equal(), "size": found.size, "receipt_size": receipt.size, "differing": differing,
        "blake3": found.blake3.map(Hex), "sha256": found.sha256.map(Hex), "proof": receipt.proof.level,
        "name": receipt.name, "destination": receipt.destination, "ended_at": receipt.ended_at,
    })
}

fn sentences(file: &Path, receipt: &Receipt, found: &Comparison) -> Vec<String> {
    let shown = words::plain(&file.display().to_string());
    let mut told = Vec::new();
    match (found.is_equal(), found.same_size) {
        (true, _) => {
            let (when, there) = (words::when(receipt.ended_at), words::plain(&receipt.destination));
            told.push(format!("“{shown}” is the file of this receipt ({} bytes, every digest equal).", found.size));
            told.push(format!("{}: {when} → {there}; proof: {}.", words::plain(&receipt.outcome), receipt.proof.level));
        }
        (false, false) => {
            told.push(format!(
                "“{shown}” differs: it has {} bytes, the file that was sent {}.",
                found.size, receipt.size
            ));
        }
        (false, true) => {
            told.push(format!("“{shown}” differs from the file that was sent."));
            told.extend(found.differing.iter().take(MOST_TOLD).map(|range| where_of(receipt, range)));
            let more = found.differing.len().saturating_sub(MOST_TOLD);
            told.extend((more > 0).then(|| format!("and {more} more ranges; --json names them all")));
        }
    }
    told.extend(found.blake3.map(|digest| format!("BLAKE3: {}", Hex(digest))));
    told.extend(found.sha256.map(|digest| format!("SHA-256: {}", Hex(digest))));
    told
}

fn where_of(receipt: &Receipt, range: &std::ops::Range<u64>) -> String {
    let starts = receipt.chunks.iter().scan(0, |next, part| {
        *next += part.length;
        Some(*next - part.length)
    });
    let chunks: Vec<usize> = starts.enumerate().filter(|(_, at)| range.contains(at)).map(|(nth, _)| nth).collect();
    let chunks = match chunks[..] {
        [] => String::new(),
        [one] => format!(" (chunk {one})"),
        [first, .., last] => format!(" (chunks {first} to {last})"),
    };
    format!("bytes {} to {} differ{chunks}", range.start, range.end.saturating_sub(1))
}
