//! What was sent where, and how far that is proved: a document that a user keeps, and that anyone can hold against a file.
//!
//! A receipt never claims more than the destination said: its level is judged from what it names of the destination's own
//! words, when it is made and again whenever one is read.

mod compare;
#[cfg(test)]
mod fuzz;
mod read;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use compare::{Comparison, compare};
pub use read::{LONGEST, read};

use crate::{chunk::Digest, upload::UnixMillis};

/// The version that is written, and the newest that can be read.
pub const VERSION: u32 = 1;
/// The most chunks that are named one by one; of more there is a digest over their digests.
pub const MOST_CHUNKS: usize = 100_000;

/// The receipt of one upload. Digests are BLAKE3 in hex, times unix milliseconds, sizes bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The version of this document; its key says what the document is.
    #[serde(rename = "carryon_receipt")]
    pub version: u32,
    /// The upload's id.
    pub upload: String,
    /// The id that went out to the destination.
    pub attempt: String,
    /// The file's name.
    pub name: String,
    /// Its folders, as they were sent.
    #[serde(default)]
    pub relative_path: String,
    /// Where it lay on the machine that sent it, for people.
    pub path: String,
    /// Bytes in the whole file.
    pub size: u64,
    /// When the file was last written.
    pub modified_at: UnixMillis,
    /// The destination's name.
    pub destination: String,
    /// Whose it is, beside the destination.
    #[serde(default)]
    pub scope: String,
    /// Where the destination put it, in its own words.
    pub location: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// When it was added.
    pub began_at: UnixMillis,
    /// When it ended.
    pub ended_at: UnixMillis,
    /// How often it was resumed.
    pub resumes: u32,
    /// Payload bytes sent over all runs, as far as the records know: a kill forgets what was under way.
    pub sent: u64,
    /// How many of them were more than the file has.
    pub sent_twice: u64,
    /// Bytes in each chunk of the plan but the last.
    pub chunk_size: u64,
    /// The chunks in order, without a hole; none where the records cannot name them all, or where there are too many.
    #[serde(default)]
    pub chunks: Vec<Part>,
    /// BLAKE3 over the digests of all chunks of `chunk_size` in order, where there are too many to name.
    #[serde(default)]
    pub chunks_digest: Option<Hex>,
    /// The whole file's, where it is known.
    pub blake3: Option<Hex>,
    /// The whole file's SHA-256, where somebody asked for it.
    #[serde(default)]
    pub sha256: Option<Hex>,
    /// What the destination said.
    pub proof: Proof,
}

/// One chunk that the destination confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Bytes in it.
    pub length: u64,
    /// The digest of its bytes.
    pub blake3: Hex,
}

/// What the destination itself said of what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// How far that goes.
    pub level: Level,
    /// How many chunks there are.
    pub chunks: u64,
    /// For how many of them it named the digest that they have.
    pub chunks_proved: u64,
    /// The digest that it named for the whole.
    pub whole: Option<Hex>,
}

/// How far it is proved that the destination holds the file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// The destination said nothing; a person did.
    #[serde(rename = "none")]
    Nothing,
    /// The destination said that it has all of it.
    #[serde(rename = "size only")]
    SizeOnly,
    /// It was read back and compared. Reserved.
    #[serde(rename = "read back")]
    ReadBack,
    /// The destination named the digest of every byte that it holds.
    #[serde(rename = "server digest")]
    ServerDigest,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "none",
            Self::SizeOnly => "size only",
            Self::ReadBack => "read back",
            Self::ServerDigest => "server digest",
        })
    }
}

impl Receipt {
    /// The highest level that follows from what the receipt names.
    pub fn judge(&self) -> Level {
        let Proof { chunks, chunks_proved, whole, .. } = self.proof;
        let every_chunk = chunks > 0 && chunks_proved == chunks;
        let whole = whole.is_some() && whole == self.blake3;
        match self.outcome == "done" {
            true if every_chunk || whole => Level::ServerDigest,
            true => Level::SizeOnly,
            false => Level::Nothing,
        }
    }

    /// Whether a file can be held against it.
    pub fn names_content(&self) -> bool {
        self.size == 0
            || !self.chunks.is_empty()
            || self.chunks_digest.is_some()
            || self.blake3.is_some()
            || self.sha256.is_some()
    }
}

/// A digest of 32 bytes that is written in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex(pub Digest);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let hash = blake3::Hash::from_hex(text).map_err(|_| de::Error::custom("no digest"))?;
        Ok(Self(*hash.as_bytes()))
    }
}
