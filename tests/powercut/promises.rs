//! What had been promised when the power was cut, and whether it is kept.
//!
//! - **Record first** (P1): whatever was added, or asked for on the wire, has its record, with the id and the ticket
//!   that it was asked for with.
//! - **Never ahead** (P2): a record claims only chunks that the receiver had confirmed, with the digests it told; the
//!   history calls done only what the receiver had called finished.
//! - **Never lost** (P3): a record goes only after the upload was finished or discarded; nothing has to be set aside.
//! - **Never spliced** (P4): a file that has its name has all of its bytes, and those of one revision.
//! - **Acknowledged is held** (DESIGN 7): what the receiver confirmed it still has, byte by byte.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::Value;
use tests::files;

use crate::records::Recorded;

/// What was said about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The engine took it.
    Added,
    /// A request about it began to leave, under this id.
    Asked(String),
    /// The receiver confirmed a chunk, with the digest of what it holds.
    Held { uuid: String, offset: u64, length: u64, blake3: String },
    /// The receiver said that it has its name.
    Finished(String),
    /// A request to forget what is held under this id began to leave.
    Removing(String),
    /// The user is about to discard it.
    Discarding,
    /// The user is about to have it begun anew.
    StartingOver,
}

/// Something said, and about what.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The file, relative to the folder of sources; empty where only the id is known.
    pub name: String,
    /// What was said.
    pub said: Said,
}

/// A promise that holds from a position of the log on.
#[derive(Clone, Debug)]
pub struct Promised {
    /// The position.
    pub since: usize,
    /// The promise.
    pub promise: Promise,
}

/// What every file is to hold in the end, by name.
pub type Expected = BTreeMap<String, Vec<u8>>;

/// All that had been said when the power was cut.
pub struct Promises<'a>(Vec<&'a Promise>);

impl<'a> Promises<'a> {
    /// What was said before `position`.
    pub fn before(said: &'a [Promised], position: usize) -> Self {
        Self(said.iter().filter(|promised| promised.since <= position).map(|promised| &promised.promise).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    fn has(&self, name: &str, is_it: impl Fn(&Said) -> bool) -> bool {
        self.0.iter().any(|promise| promise.name == name && is_it(&promise.said))
    }

    fn is_finished(&self, name: &str) -> bool {
        self.has(name, |said| matches!(said, Said::Finished(_)))
    }

    fn is_being_removed(&self, uuid: &str) -> bool {
        self.0.iter().any(|promise| matches!(&promise.said, Said::Removing(removed) if removed == uuid))
    }

    /// Names of files that the receiver said it has.
    pub fn finished(&self) -> BTreeSet<String> {
        self.0.iter().filter(|p| matches!(p.said, Said::Finished(_))).map(|p| p.name.clone()).collect()
    }

    /// Ids under which something was confirmed and is not to be forgotten.
    pub fn held_ids(&self) -> BTreeSet<String> {
        let held = self.0.iter().filter_map(|promise| match &promise.said {
            Said::Held { uuid, .. } if !self.is_being_removed(uuid) => Some(uuid.clone()),
            _ => None,
        });
        held.collect()
    }

    /// Promises of the engine that its records do not keep.
    pub fn broken_by_records(&self, records: &Recorded) -> Vec<String> {
        let mut broken = records.trouble.clone();
        for Promise { name, said } in &self.0 {
            let may_be_gone = self.is_finished(name) || self.has(name, |said| *said == Said::Discarding);
            let is_wanting = match said {
                Said::Added => !may_be_gone && !records.uploads.contains_key(name),
                Said::Asked(uuid) => {
                    let replaced = may_be_gone || self.has(name, |said| *said == Said::StartingOver);
                    let resumable = records.uploads.get(name).is_some_and(|(id, ticket)| id == uuid && *ticket);
                    !replaced && !resumable
                }
                Said::Removing(uuid) => records.uploads.values().any(|(id, _)| id == uuid),
                _ => false,
            };
            if is_wanting {
                broken.push(format!("{name}: {said:?}, and the records have {:?}", records.uploads.get(name)));
            }
        }
        broken.extend(self.claims(records));
        broken
    }

    /// Claims of the records that nobody had confirmed.
    fn claims(&self, records: &Recorded) -> Vec<String> {
        let mut broken = Vec::new();
        for (id, at, bytes, digest) in &records.claimed {
            let confirmed = self.0.iter().any(|promise| match &promise.said {
                Said::Held { uuid, offset, length, blake3 } => {
                    (uuid, offset, length, blake3) == (id, at, bytes, digest)
                }
                _ => false,
            });
            if !confirmed {
                broken.push(format!("the records claim {bytes} bytes at {at} of {id}, which nobody had confirmed"));
            }
        }
        let unfinished = records.done.iter().filter(|name| !self.is_finished(name));
        broken.extend(unfinished.map(|name| format!("{name}: done, say the records, and nobody had said so")));
        broken
    }

    /// Promises of the receiver that what it holds does not keep; `surveys` are its own words, by id.
    pub fn broken_by_receiver(
        &self,
        dir: &Path,
        surveys: &BTreeMap<String, Value>,
        expected: &Expected,
    ) -> Vec<String> {
        let mut broken = broken_files(dir, expected);
        let missing = self.finished().into_iter().filter(|name| !dir.join(name).exists());
        broken.extend(missing.map(|name| format!("{name}: finished, said the receiver, and it is not there")));
        for promise in &self.0 {
            let Said::Held { uuid, offset, length, blake3 } = &promise.said else { continue };
            let Some(survey) = surveys.get(uuid) else { continue };
            let listed = |chunk: &Value| {
                chunk["offset"] == *offset && chunk["length"] == *length && chunk["blake3"] == blake3.as_str()
            };
            let is_listed = survey["chunks"].as_array().is_some_and(|chunks| chunks.iter().any(listed));
            let part = dir.join(".carryon/parts").join(uuid);
            let is_kept = match survey["location"].as_str() {
                Some(location) => dir.join(location).exists(),
                None => is_listed && digest_of(&part, *offset, *length) == *blake3,
            };
            if !is_kept {
                broken.push(format!("{}: {length} bytes at {offset} were confirmed, now: {survey}", promise.name));
            }
        }
        broken
    }
}

/// Files that are not what they should be: each has its name only when it is whole.
pub fn broken_files(dir: &Path, expected: &Expected) -> Vec<String> {
    let found = files::files_below(dir);
    let is_whole = |name: &String| expected.get(name) == std::fs::read(dir.join(name)).ok().as_ref();
    let broken = found.into_iter().filter(|name| !is_whole(name));
    broken.map(|name| format!("{name}: it has its name, and other bytes than the source")).collect()
}

fn digest_of(path: &Path, offset: u64, length: u64) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    let range = bytes.get(offset as usize..(offset + length) as usize);
    range.map_or_else(String::new, |range| blake3::hash(range).to_hex().to_string())
}
