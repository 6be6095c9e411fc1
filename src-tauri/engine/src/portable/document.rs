//! The form in which an upload goes to another machine: one JSON document. It may come from anywhere, so nothing in it is
//! believed before [`Document::check`] found that its numbers agree with each other.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    chunk::{Chunk, Digest, Plan},
    destination::Ticket,
    error::{Error, ErrorKind, Result},
    records::chunks::ChunkRow,
    upload::{AttemptId, UnixMillis},
};

/// The form of what is written now.
pub(super) const VERSION: u32 = 1;
/// The longest document that is written or read, in bytes: with all that guards it on its way, it fits into one request.
pub const LONGEST_DOCUMENT: usize = 48 * 1024 * 1024;
/// The longest name, and the longest path of folders, in bytes.
const LONGEST_NAME: usize = 4096;
const LONGEST_SCOPE: usize = 200;
/// The largest size that makes sense, in bytes.
const LARGEST: u64 = 1 << 60;
const MOST_RESUMES: u32 = 1_000_000_000;
/// The last moment of every calendar, in unix milliseconds.
const LAST_MOMENT: UnixMillis = 8_640_000_000_000_000;

/// An unfinished upload, with all that is needed to carry on elsewhere; never a token.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Document {
    pub carryon_upload: u32,
    pub name: String,
    pub relative_path: String,
    pub size: u64,
    pub mtime_ns: i64,
    pub scope: String,
    pub custom: Value,
    pub destination: Place,
    pub attempt: Try,
    pub outcome_unknown: bool,
    pub confirmed: u64,
    pub chunks_left: u64,
    pub sent: u64,
    pub resumes: u32,
    pub expires_at: Option<UnixMillis>,
    pub fingerprint: Option<Hex>,
    pub chunks: Vec<Row>,
    /// What no chunk covers yet, as the file was: so that it is proved there to the last byte.
    #[serde(default)]
    pub unsent: Vec<Piece>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub name: String,
    pub address: String,
    pub settings: Value,
}

/// One try at the upload, as the destination knows it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Try {
    pub id: AttemptId,
    pub plan: Plan,
    pub ticket: Option<Ticket>,
    pub finishing: bool,
    pub resets: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub piece: Piece,
    pub confirmed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// Bytes of the file, and their BLAKE3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub offset: u64,
    pub length: u64,
    pub blake3: Hex,
}

/// A digest, as hexadecimal text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Hex(pub Digest);

impl TryFrom<String> for Hex {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        blake3::Hash::from_hex(text).map(|hash| Self(*hash.as_bytes())).map_err(|_| "a digest is 64 hexadecimal digits")
    }
}

impl From<Hex> for String {
    fn from(Hex(digest): Hex) -> Self {
        blake3::Hash::from_bytes(digest).to_hex().to_string()
    }
}

impl Piece {
    pub fn end(&self) -> u64 {
        self.offset + self.length
    }

    pub fn chunk(&self) -> Chunk {
        Chunk { index: 0, offset: self.offset, length: self.length }
    }
}

impl Row {
    /// None where nothing could prove it on another machine.
    pub fn of(row: &ChunkRow) -> Option<Self> {
        let piece = Piece { offset: row.offset, length: row.length, blake3: Hex(row.digest?) };
        Some(Self { piece, confirmed: row.confirmed, tag: row.tag.clone() })
    }

    pub fn to_record(&self) -> ChunkRow {
        let Piece { offset, length, blake3: Hex(digest) } = self.piece;
        ChunkRow {
            offset,
            length,
            digest: Some(digest),
            confirmed: self.confirmed,
            tag: self.tag.clone(),
            proved: false,
        }
    }
}

#[derive(Deserialize)]
struct Head {
    carryon_upload: u32,
}

impl Document {
    /// Reads a document and checks it.
    ///
    /// # Errors
    /// `Invalid`, in words about what makes no sense.
    pub fn read(text: &str) -> Result<Self> {
        if text.len() > LONGEST_DOCUMENT {
            return Err(senseless(format!("it is longer than {LONGEST_DOCUMENT} bytes")));
        }
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.carryon_upload > VERSION {
            let error = Error::new(ErrorKind::Invalid, "This upload was written down by a newer Carryon");
            return Err(error.next_step("Bring this one up to date, then import it again."));
        }
        let document: Self = serde_json::from_str(text).map_err(unreadable)?;
        document.check()?;
        Ok(document)
    }

    /// The document as text.
    ///
    /// # Errors
    /// `Invalid` where it contradicts itself, or is too long for any Carryon to read.
    pub fn write(&self) -> Result<String> {
        self.check()?;
        let text = serde_json::to_string(self).expect("names, numbers and digests are JSON");
        match text.len() > LONGEST_DOCUMENT {
            true => Err(Error::new(ErrorKind::Invalid, "This upload has too many chunks to be written down")),
            false => Ok(text),
        }
    }

    fn check(&self) -> Result<()> {
        self.check_names()?;
        self.check_bounds()?;
        if self.attempt.plan.size != self.size {
            return Err(senseless("its plan is for a file of another size"));
        }
        in_order(self.chunks.iter().map(|row| row.piece), self.size, "chunks")?;
        in_order(self.unsent.iter().copied(), self.size, "unsent pieces")?;
        self.check_plan()?;
        self.check_counters()
    }

    /// Numbers that later sums cannot carry over any edge.
    fn check_bounds(&self) -> Result<()> {
        if self.size.max(self.sent).max(self.attempt.plan.chunk_size) > LARGEST {
            return Err(senseless("its sizes are beyond all files"));
        }
        if self.resumes.max(self.attempt.resets) > MOST_RESUMES {
            return Err(senseless("nothing was ever resumed so often"));
        }
        match self.expires_at {
            Some(at) if !(0..=LAST_MOMENT).contains(&at) => Err(senseless("it expires at no moment of any calendar")),
            _ => Ok(()),
        }
    }

    fn check_names(&self) -> Result<()> {
        let Self { name, relative_path: folders, .. } = self;
        if name.is_empty() || name.len() > LONGEST_NAME || name.contains(['/', '\0']) {
            return Err(senseless("its file name is none"));
        }
        let strange = folders.contains('\0') || folders.split('/').any(|folder| matches!(folder, "" | "." | ".."));
        if folders.len() > LONGEST_NAME || (strange && !folders.is_empty()) {
            return Err(senseless("its folders are none"));
        }
        if self.destination.address.len() > LONGEST_NAME {
            return Err(senseless("its destination's address is too long"));
        }
        if self.scope.chars().any(char::is_control) || self.scope.chars().count() > LONGEST_SCOPE {
            return Err(senseless("its scope is not a line of at most 200 characters"));
        }
        Ok(())
    }

    /// Every row lies within one chunk of the plan.
    fn check_plan(&self) -> Result<()> {
        let plan = &self.attempt.plan;
        let lies_within = |piece: &Piece| {
            let known = piece.offset < plan.size || (plan.size == 0 && plan.count() > 0);
            known && plan.fits(piece.offset, piece.length)
        };
        match self.chunks.iter().map(|row| row.piece).find(|piece| !lies_within(piece)) {
            Some(piece) => Err(senseless(format!("its chunk at byte {} lies outside its plan", piece.offset))),
            None => Ok(()),
        }
    }

    fn check_counters(&self) -> Result<()> {
        if (self.confirmed, self.chunks_left) != counted(&self.attempt.plan, &self.chunks) {
            return Err(senseless("its counters are not those of its chunks"));
        }
        if self.attempt.ticket.is_none() && self.chunks.iter().any(|row| row.confirmed) {
            return Err(senseless("it has confirmed chunks, and nothing by which the destination knows it"));
        }
        if self.outcome_unknown && !self.attempt.finishing {
            return Err(senseless("its outcome is unknown, though it was never to be finished"));
        }
        Ok(())
    }
}

/// How many bytes are confirmed, and how many chunks are left.
pub(super) fn counted(plan: &Plan, rows: &[Row]) -> (u64, u64) {
    if plan.lanes > 0 && plan.size > 0 {
        let held: u64 = rows.iter().filter(|row| row.confirmed).map(|row| row.piece.length).sum();
        return (held, plan.size.saturating_sub(held).div_ceil(plan.chunk_size));
    }
    let mut held: HashMap<u64, u64> = HashMap::new();
    for row in rows.iter().filter(|row| row.confirmed) {
        *held.entry(row.piece.offset / plan.chunk_size).or_default() += row.piece.length;
    }
    let whole = held.iter().filter(|&(&index, &length)| plan.chunk(index).length == length).count();
    (held.values().sum(), plan.count().saturating_sub(whole as u64))
}

/// Pieces lie inside the file, one after another; only that of an empty file is empty.
fn in_order(pieces: impl Iterator<Item = Piece>, size: u64, what: &str) -> Result<()> {
    let mut reached = 0;
    for (index, piece) in pieces.enumerate() {
        let end = piece.offset.checked_add(piece.length).filter(|&end| end <= size);
        let end = end.ok_or_else(|| senseless(format!("its {what} reach beyond the file's end")))?;
        if piece.offset < reached || (size == 0 && index > 0) {
            return Err(senseless(format!("its {what} overlap at byte {}", piece.offset)));
        }
        if piece.length == 0 && size > 0 {
            return Err(senseless(format!("one of its {what} has no bytes")));
        }
        reached = end;
    }
    Ok(())
}

fn unreadable(error: serde_json::Error) -> Error {
    let why: String = error.to_string().chars().take(200).collect();
    senseless(why)
}

fn senseless(why: impl std::fmt::Display) -> Error {
    let text = format!("This document of an upload makes no sense: {why}");
    Error::new(ErrorKind::Invalid, text).next_step("Nothing was added. Write it anew by “carryon export”.")
}

#[cfg(test)]
mod tests;
