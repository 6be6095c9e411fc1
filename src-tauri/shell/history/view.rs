//! Entries of the history as plain data for the page. What may be secret in where a file went is left out.

use std::path::{Path, PathBuf};

use carryon_engine::{
    Ending, Past, THIS_COMPUTER,
    receipt::{Hex, Level, Receipt},
};
use serde::Serialize;

use crate::core::Core;

/// An entry as a list shows it.
#[derive(Serialize)]
pub struct EntryView {
    seq: i64,
    name: String,
    relative_path: String,
    path: String,
    size: u64,
    destination: String,
    own: bool,
    /// What kind of end; none where a later Carryon wrote it.
    ending: Option<Ending>,
    outcome: String,
    began_at: i64,
    ended_at: i64,
    proof: Option<String>,
}

impl EntryView {
    /// The view of an entry.
    pub fn new(past: Past) -> Self {
        Self {
            seq: past.seq,
            own: past.protocol == THIS_COMPUTER,
            ending: Ending::of(&past.outcome),
            path: past.path.to_string_lossy().into_owned(),
            name: past.name,
            relative_path: past.relative_path,
            size: past.size,
            destination: past.destination,
            outcome: past.outcome,
            began_at: past.began_at,
            ended_at: past.ended_at,
            proof: past.proof,
        }
    }
}

/// One entry in all its detail.
#[derive(Serialize)]
pub struct Detail {
    #[serde(flatten)]
    entry: EntryView,
    upload: String,
    scope: String,
    resumes: u32,
    sent: u64,
    sent_twice: Option<u64>,
    /// Where the destination said that it put it.
    location: Option<String>,
    /// An address that may be given to others.
    link: Option<String>,
    /// The file that was sent lies where it lay.
    has_source: bool,
    /// What arrived at *This computer*, where it still lies there.
    arrived: Option<String>,
    receipt: Option<ReceiptView>,
}

/// What a receipt says, but for its chunks one by one.
#[derive(Serialize)]
pub struct ReceiptView {
    attempt: String,
    modified_at: i64,
    chunk_size: u64,
    chunks: u64,
    chunks_proved: u64,
    level: Level,
    whole: Option<Hex>,
    blake3: Option<Hex>,
    sha256: Option<Hex>,
    /// A file can be held against it.
    names_content: bool,
}

impl Detail {
    /// The view of an entry and its receipt.
    pub fn new(core: &Core, past: Past, receipt: Option<Receipt>) -> Self {
        Self {
            upload: past.upload.clone(),
            scope: past.scope.clone(),
            resumes: past.resumes,
            sent: past.sent,
            sent_twice: past.sent_twice(),
            location: past.location.as_deref().map(|place| without_query(place).to_owned()),
            link: link(&past.protocol, past.location.as_deref()),
            has_source: past.path.is_file(),
            arrived: arrived(core, &past).map(|path| path.to_string_lossy().into_owned()),
            receipt: receipt.map(ReceiptView::new),
            entry: EntryView::new(past),
        }
    }
}

impl ReceiptView {
    fn new(receipt: Receipt) -> Self {
        Self {
            names_content: receipt.names_content(),
            attempt: receipt.attempt,
            modified_at: receipt.modified_at,
            chunk_size: receipt.chunk_size,
            chunks: receipt.proof.chunks,
            chunks_proved: receipt.proof.chunks_proved,
            level: receipt.proof.level,
            whole: receipt.proof.whole,
            blake3: receipt.blake3,
            sha256: receipt.sha256,
        }
    }
}

/// An address that may be given to others: http or https, without a name or password in it, and said by a server whose
/// finished files have another address than their uploads. Whoever knows that of a tus or IETF upload may change it.
fn link(protocol: &str, location: Option<&str>) -> Option<String> {
    let location = location?;
    let rest = location.strip_prefix("https://").or_else(|| location.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let may_be_shown = protocol == "fineuploader" && !host.is_empty() && !host.contains('@');
    may_be_shown.then(|| location.to_owned())
}

/// A signature may stand behind the question mark.
fn without_query(place: &str) -> &str {
    if place.contains("://") { place.split(['?', '#']).next().unwrap_or(place) } else { place }
}

/// What arrived at *This computer*, if a file of its size lies there still.
pub fn arrived(core: &Core, past: &Past) -> Option<PathBuf> {
    let location = past.location.as_deref().filter(|_| past.protocol == THIS_COMPUTER)?;
    core.station
        .received_in()
        .iter()
        .map(|folder| below(folder, location))
        .find(|path| path.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() == past.size))
}

/// The receiver's own word, and a name all the same: it never leads out of the folder.
fn below(folder: &Path, location: &str) -> PathBuf {
    let parts = location.split('/').filter(|part| !matches!(*part, "" | "." | "..") && !part.contains(['\\', ':']));
    parts.fold(folder.to_owned(), |path, part| path.join(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_http_without_a_password_and_never_the_address_of_an_upload() {
        let of = |protocol, location| link(protocol, Some(location));
        assert_eq!(of("fineuploader", "https://h/u/a.mov").as_deref(), Some("https://h/u/a.mov"));
        assert_eq!(of("fineuploader", "http://h:8080/a?b=1").as_deref(), Some("http://h:8080/a?b=1"));
        for location in ["file:///etc/passwd", "a.mov", "javascript:alert(1)", "https://", "https://me:secret@h/a"] {
            assert_eq!(of("fineuploader", location), None, "{location}");
        }
        for protocol in ["tus", "ietf", "this-computer", ""] {
            assert_eq!(of(protocol, "https://h/files/3f2a"), None, "{protocol}");
        }
        assert_eq!(without_query("https://h/a?signature=x#y"), "https://h/a");
        assert_eq!(without_query("what?.mov"), "what?.mov");
    }

    #[test]
    fn no_location_leads_out_of_the_folder() {
        let folder = Path::new("/in");
        assert_eq!(below(folder, "Day 3/a.mov"), Path::new("/in/Day 3/a.mov"));
        for location in ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x", "..\\x"] {
            let path = below(folder, location);
            assert!(
                path.starts_with(folder) && !path.to_string_lossy().contains(".."),
                "{location}: {}",
                path.display()
            );
        }
    }
}
