//! What a journal tells: one [`Entry`] for each change of the store.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::files::FileId;
use crate::journal::Profile;

/// A client's name for an upload: 1 to 64 letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub(crate) struct UploadId(Box<str>);

impl UploadId {
    /// `None` when `text` is not of that form.
    pub fn parse(text: &str) -> Option<UploadId> {
        let fits = (1..=64).contains(&text.len());
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        (fits && plain).then(|| UploadId(text.into()))
    }

    /// A new one that nobody can guess.
    pub fn random() -> UploadId {
        UploadId(uuid::Uuid::new_v4().simple().to_string().into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for UploadId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        UploadId::parse(&text).ok_or_else(|| de::Error::custom("not an upload id"))
    }
}

/// A BLAKE3 digest, written in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest(pub blake3::Hash);

impl Digest {
    /// `None` when `hex` is not 64 hexadecimal digits.
    pub fn parse(hex: &str) -> Option<Digest> {
        blake3::Hash::from_hex(hex).ok().map(Digest)
    }

    pub fn of(bytes: &[u8]) -> Digest {
        Digest(blake3::hash(bytes))
    }

    pub fn to_hex(self) -> String {
        self.0.to_hex().to_string()
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.to_hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Digest::parse(&text).ok_or_else(|| de::Error::custom("not a BLAKE3 digest"))
    }
}

/// One change. Applying a repeat of the same entry changes nothing. Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Entry {
    /// An upload that comes in chunks was begun. `size` is `None` where the client does not know it yet.
    /// `client` is who sends it, where that is counted.
    Opened {
        uuid: UploadId,
        name: String,
        folder: String,
        size: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<String>,
        at: u64,
    },
    /// An upload whose bytes come in their order was begun.
    Begun { uuid: UploadId, profile: Arc<Profile>, at: u64 },
    /// The bytes before `offset` lie synced in the upload's part file. `size` is said where it is known by now.
    /// `tree` is what a digest of all bytes goes on from; see [`crate::store::tree`].
    Grown {
        uuid: UploadId,
        offset: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tree: Vec<Digest>,
        at: u64,
    },
    /// A chunk lies whole and synced in the upload's part file.
    Chunk { uuid: UploadId, offset: u64, length: u64, digest: Digest, at: u64 },
    /// A chunk is about to be written over.
    Unmarked { uuid: UploadId, offset: u64 },
    /// All bytes are here and are to have the name `location`. When `held`, the entry's data are the
    /// bytes of the file; else they lie in the part file, or in the data of an earlier entry.
    Reserved {
        uuid: UploadId,
        location: String,
        size: u64,
        digest: Option<Digest>,
        placeholder: bool,
        held: bool,
        at: u64,
    },
    /// The file stands at `location`. Unless `settled`, it is not known to be synced.
    Done {
        uuid: UploadId,
        location: String,
        size: u64,
        digest: Option<Digest>,
        id: Option<FileId>,
        settled: bool,
        at: u64,
    },
    /// The file of an unsettled `Done` is synced, so its bytes may leave the journal.
    Settled { uuid: UploadId, id: Option<FileId> },
    /// The upload is forgotten.
    Removed { uuid: UploadId },
}

impl Entry {
    /// Whether bytes of a file follow this entry.
    pub fn holds_data(&self) -> bool {
        matches!(self, Entry::Reserved { held: true, .. })
    }
}

/// An entry and the bytes that belong to it; only a held `Reserved` has any.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub entry: Entry,
    pub data: bytes::Bytes,
}

impl From<Entry> for Item {
    fn from(entry: Entry) -> Item {
        Item { entry, data: bytes::Bytes::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_earlier_versions_wrote_reads_and_is_written_as_before() {
        let digest = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        for line in [
            r#"{"is":"opened","uuid":"a-1","name":"a.txt","folder":"","size":9,"at":5}"#.to_owned(),
            format!(r#"{{"is":"chunk","uuid":"a-1","offset":0,"length":3,"digest":"{digest}","at":7}}"#),
            r#"{"is":"unmarked","uuid":"a-1","offset":0}"#.to_owned(),
            r#"{"is":"settled","uuid":"b-2","id":null}"#.to_owned(),
            r#"{"is":"removed","uuid":"a-1"}"#.to_owned(),
        ] {
            let entry: Entry = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(serde_json::to_string(&entry).unwrap(), line);
        }
    }

    #[test]
    fn what_is_not_said_of_an_upload_takes_no_room() {
        let line = r#"{"is":"begun","uuid":"a-1","profile":{"name":"a","folder":""},"at":5}"#;
        let entry: Entry = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&entry).unwrap(), line);
    }

    #[test]
    fn ids_of_our_own_making_are_all_different_and_plain() {
        let [one, two] = [UploadId::random(), UploadId::random()];
        assert_ne!(one, two);
        assert_eq!(UploadId::parse(one.as_str()), Some(one));
    }
}
