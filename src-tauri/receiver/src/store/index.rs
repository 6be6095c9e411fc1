//! What the store holds, as the journal tells it. Pure: no clock, no disk.
//!
//! The index is the fold of the journal's entries, and of nothing else. An entry is applied when it is
//! written (and synced, where somebody waits for it), so whoever reads the index reads durable facts.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::chunks::{Chunk, Chunks};
use crate::files::FileId;
use crate::journal::{Digest, Entry, Item, Profile, Span, UploadId};
use crate::names;

mod growing;

use growing::aliases_of;
pub(crate) use growing::{Alias, Growing};

/// An upload that the journal knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Upload {
    Open(Open),
    Growing(Growing),
    Finishing(Finishing),
    Finished(Finished),
}

/// Chunks come in, in any order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Open {
    pub name: String,
    pub folder: String,
    /// Bytes; `None` while the client has not said.
    pub size: Option<u64>,
    /// Who sends it, where that is counted.
    pub client: Option<String>,
    pub chunks: Chunks,
    /// When the last chunk came, milliseconds since 1970.
    pub touched: u64,
}

/// All bytes are here; the file is on its way to its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finishing {
    pub location: String,
    pub size: u64,
    pub digest: Option<Digest>,
    /// An empty file of ours may stand at `location`.
    pub placeholder: bool,
    /// Where the bytes of a small file lie in the journal.
    pub data: Option<Span>,
    pub at: u64,
}

/// The file has its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finished {
    pub location: String,
    pub size: u64,
    pub digest: Option<Digest>,
    pub id: Option<FileId>,
    /// Where the bytes lie in the journal, until the file is known to be synced.
    pub unsettled: Option<Span>,
    pub at: u64,
}

/// All uploads by their ids.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Index {
    uploads: HashMap<UploadId, Upload>,
    /// What was said of uploads whose bytes come, or came, in their order.
    profiles: HashMap<UploadId, Arc<Profile>>,
    aliases: HashMap<Alias, BTreeSet<UploadId>>,
    /// How many are [`Upload::Open`] or [`Upload::Growing`].
    open: usize,
    /// How many of them each client sends.
    open_by_client: HashMap<String, usize>,
    /// All [`Finishing`] uploads by the collision keys of their locations. Where a file was taken away before it was
    /// settled, two may be on their way to one name.
    reserved: HashMap<String, BTreeSet<UploadId>>,
}

impl Index {
    pub fn get(&self, uuid: &UploadId) -> Option<&Upload> {
        self.uploads.get(uuid)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&UploadId, &Upload)> {
        self.uploads.iter()
    }

    pub fn open_count(&self) -> usize {
        self.open
    }

    pub fn open_count_of(&self, client: &str) -> usize {
        self.open_by_client.get(client).copied().unwrap_or_default()
    }

    /// What was said of an upload whose bytes come, or came, in their order.
    pub fn profile(&self, uuid: &UploadId) -> Option<&Arc<Profile>> {
        self.profiles.get(uuid)
    }

    /// The upload that is known by this, too.
    pub fn find(&self, alias: &Alias) -> Option<&UploadId> {
        self.aliases.get(alias)?.first()
    }

    /// Whether an upload other than `uuid` is on its way to this name.
    pub fn is_reserved(&self, location: &str, uuid: &UploadId) -> bool {
        let holders = self.reserved.get(&names::collision_key(location));
        holders.is_some_and(|holders| holders.iter().any(|holder| holder != uuid))
    }

    /// Takes in one entry; `data` is where its bytes lie, if it holds any.
    pub fn apply(&mut self, entry: Entry, data: Option<Span>) {
        match entry {
            Entry::Opened { uuid, name, folder, size, client, at } => {
                self.opened(uuid, Open { name, folder, size, client, chunks: Chunks::default(), touched: at });
            }
            Entry::Begun { uuid, profile, at } => self.begun(uuid, profile, at),
            Entry::Grown { uuid, offset, size, tree, at } => {
                if let Some(Upload::Growing(growing)) = self.uploads.get_mut(&uuid) {
                    growing.grow(offset, size, tree, at);
                }
            }
            Entry::Chunk { uuid, offset, length, digest, at } => {
                // No chunk reaches beyond the end of all numbers: everybody who adds the two relies on that.
                let has_end = offset.checked_add(length).is_some();
                if let Some(Upload::Open(open)) = self.uploads.get_mut(&uuid).filter(|_| has_end) {
                    open.chunks.insert(offset, Chunk { length, digest });
                    open.touched = at;
                }
            }
            Entry::Unmarked { uuid, offset } => {
                if let Some(Upload::Open(open)) = self.uploads.get_mut(&uuid) {
                    open.chunks.remove(offset);
                }
            }
            Entry::Reserved { uuid, location, size, digest, placeholder, at, .. } => {
                let data = data.or_else(|| self.data_of(&uuid));
                self.put(uuid, Upload::Finishing(Finishing { location, size, digest, placeholder, data, at }));
            }
            Entry::Done { uuid, location, size, digest, id, settled, at } => {
                let unsettled = if settled { None } else { self.data_of(&uuid) };
                self.put(uuid, Upload::Finished(Finished { location, size, digest, id, unsettled, at }));
            }
            Entry::Settled { uuid, id } => {
                if let Some(Upload::Finished(finished)) = self.uploads.get_mut(&uuid) {
                    finished.id = id;
                    finished.unsettled = None;
                }
            }
            Entry::Removed { uuid } => self.removed(&uuid),
        }
    }

    fn opened(&mut self, uuid: UploadId, new: Open) {
        match self.uploads.get_mut(&uuid) {
            Some(Upload::Open(open)) => open.size = open.size.or(new.size),
            Some(_) => {}
            None => self.put(uuid, Upload::Open(new)),
        }
    }

    fn begun(&mut self, uuid: UploadId, profile: Arc<Profile>, at: u64) {
        if self.uploads.contains_key(&uuid) {
            return;
        }
        for alias in aliases_of(&profile) {
            self.aliases.entry(alias).or_default().insert(uuid.clone());
        }
        self.profiles.insert(uuid.clone(), profile.clone());
        let size = profile.size;
        self.put(uuid, Upload::Growing(Growing { profile, size, offset: 0, tree: Vec::new(), touched: at }));
    }

    fn removed(&mut self, uuid: &UploadId) {
        self.take(uuid);
        let Some(profile) = self.profiles.remove(uuid) else { return };
        for alias in aliases_of(&profile) {
            let is_free = self.aliases.get_mut(&alias).is_some_and(|all| all.remove(uuid) && all.is_empty());
            if is_free {
                self.aliases.remove(&alias);
            }
        }
    }

    fn put(&mut self, uuid: UploadId, upload: Upload) {
        self.take(&uuid);
        match &upload {
            Upload::Open(_) | Upload::Growing(_) => {
                self.open += 1;
                if let Some(client) = upload.client() {
                    *self.open_by_client.entry(client.to_owned()).or_default() += 1;
                }
            }
            Upload::Finishing(f) => {
                self.reserved.entry(names::collision_key(&f.location)).or_default().insert(uuid.clone());
            }
            Upload::Finished(_) => {}
        }
        self.uploads.insert(uuid, upload);
    }

    fn take(&mut self, uuid: &UploadId) -> Option<Upload> {
        let upload = self.uploads.remove(uuid)?;
        match &upload {
            Upload::Open(_) | Upload::Growing(_) => {
                self.open -= 1;
                self.count_down(upload.client());
            }
            Upload::Finishing(f) => self.free(&f.location, uuid),
            Upload::Finished(_) => {}
        }
        Some(upload)
    }

    fn free(&mut self, location: &str, uuid: &UploadId) {
        let key = names::collision_key(location);
        let is_free = self.reserved.get_mut(&key).is_some_and(|holders| holders.remove(uuid) && holders.is_empty());
        if is_free {
            self.reserved.remove(&key);
        }
    }

    fn count_down(&mut self, client: Option<&str>) {
        let Some(client) = client else { return };
        match self.open_by_client.get_mut(client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.open_by_client.remove(client)),
        }
    }

    fn data_of(&self, uuid: &UploadId) -> Option<Span> {
        match self.uploads.get(uuid)? {
            Upload::Finishing(finishing) => finishing.data,
            Upload::Finished(finished) => finished.unsettled,
            Upload::Open(_) | Upload::Growing(_) => None,
        }
    }

    /// The entries from which [`Index::apply`] makes this index again, each with the place of its data.
    pub fn snapshot(&self) -> Vec<(Entry, Option<Span>)> {
        let entries = |(uuid, upload)| [self.begun_entry(uuid, upload), entries_of(uuid, upload)].concat();
        self.uploads.iter().flat_map(entries).collect()
    }

    fn begun_entry(&self, uuid: &UploadId, upload: &Upload) -> Vec<(Entry, Option<Span>)> {
        let Some(profile) = self.profiles.get(uuid).cloned() else { return Vec::new() };
        vec![(Entry::Begun { uuid: uuid.clone(), profile, at: upload.at() }, None)]
    }

    /// Says where data lie after they were copied.
    pub fn move_data(&mut self, uuid: &UploadId, to: Span) {
        match self.uploads.get_mut(uuid) {
            Some(Upload::Finishing(finishing)) => finishing.data = Some(to),
            Some(Upload::Finished(finished)) => finished.unsettled = Some(to),
            _ => {}
        }
    }
}

impl Upload {
    /// Who sends it, while it is unfinished.
    fn client(&self) -> Option<&str> {
        match self {
            Upload::Open(open) => open.client.as_deref(),
            Upload::Growing(growing) => growing.profile.client.as_deref(),
            Upload::Finishing(_) | Upload::Finished(_) => None,
        }
    }

    fn at(&self) -> u64 {
        match self {
            Upload::Open(open) => open.touched,
            Upload::Growing(growing) => growing.touched,
            Upload::Finishing(finishing) => finishing.at,
            Upload::Finished(finished) => finished.at,
        }
    }
}

fn entries_of(uuid: &UploadId, upload: &Upload) -> Vec<(Entry, Option<Span>)> {
    match upload {
        Upload::Open(open) => open_entries(uuid, open),
        Upload::Growing(growing) => growing.entries(uuid),
        Upload::Finishing(finishing) => vec![(finishing.entry(uuid), finishing.data)],
        Upload::Finished(finished) => {
            let reserved = finished.unsettled.map(|span| (finished.reserved(uuid), Some(span)));
            reserved.into_iter().chain([(finished.entry(uuid), None)]).collect()
        }
    }
}

fn open_entries(uuid: &UploadId, open: &Open) -> Vec<(Entry, Option<Span>)> {
    let Open { name, folder, size, client, touched, .. } = open.clone();
    let opened = Entry::Opened { uuid: uuid.clone(), name, folder, size, client, at: touched };
    let chunks = open.chunks.iter().map(|(offset, Chunk { length, digest })| Entry::Chunk {
        uuid: uuid.clone(),
        offset,
        length,
        digest,
        at: touched,
    });
    [opened].into_iter().chain(chunks).map(|entry| (entry, None)).collect()
}

impl Finishing {
    /// The entry that tells this.
    pub fn entry(&self, uuid: &UploadId) -> Entry {
        let Finishing { location, size, digest, placeholder, data, at } = self.clone();
        Entry::Reserved { uuid: uuid.clone(), location, size, digest, placeholder, held: data.is_some(), at }
    }

    /// What this becomes when the file has its name.
    pub fn done(&self, uuid: &UploadId, id: Option<FileId>, settled: bool) -> Item {
        let Finishing { location, size, digest, at, .. } = self.clone();
        Entry::Done { uuid: uuid.clone(), location, size, digest, id, settled, at }.into()
    }
}

impl Finished {
    fn entry(&self, uuid: &UploadId) -> Entry {
        let Finished { location, size, digest, id, unsettled, at } = self.clone();
        Entry::Done { uuid: uuid.clone(), location, size, digest, id, settled: unsettled.is_none(), at }
    }

    /// The reservation once more, for a file that has to be placed again.
    pub fn again(&self, uuid: &UploadId) -> Entry {
        self.reserved(uuid)
    }

    /// The same with what the file is now; still unsettled.
    pub fn with_id(&self, uuid: &UploadId, id: Option<FileId>) -> Item {
        Finished { id, ..self.clone() }.entry(uuid).into()
    }

    fn reserved(&self, uuid: &UploadId) -> Entry {
        let Finished { location, size, digest, at, .. } = self.clone();
        Entry::Reserved { uuid: uuid.clone(), location, size, digest, placeholder: false, held: true, at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Role;

    fn id(text: &str) -> UploadId {
        UploadId::parse(text).unwrap()
    }

    fn reserved(uuid: &str, location: &str, held: bool) -> Entry {
        let location = location.to_owned();
        Entry::Reserved { uuid: id(uuid), location, size: 3, digest: None, placeholder: false, held, at: 1 }
    }

    fn full_index() -> Index {
        let mut index = Index::default();
        let span = Some(Span { at: 40, length: 3 });
        let name = String::from("a.txt");
        let (folder, client) = (String::new(), Some("10.0.0.1".to_owned()));
        index.apply(Entry::Opened { uuid: id("a"), name, folder, size: Some(9), client, at: 5 }, None);
        for offset in [0, 6] {
            let digest = Digest::of(b"abc");
            index.apply(Entry::Chunk { uuid: id("a"), offset, length: 3, digest, at: 7 }, None);
        }
        index.apply(reserved("b", "B.txt", false), None);
        index.apply(reserved("c", "c.txt", true), span);
        index.apply(reserved("d", "d.txt", true), span);
        let done = Finishing { location: "d.txt".into(), size: 3, digest: None, placeholder: false, data: span, at: 1 };
        index.apply(done.done(&id("d"), None, false).entry, None);
        index.apply(begun("e", Role::File), None);
        index.apply(grown("e", 700_000, Some(900_000)), None);
        index.apply(begun("f", Role::Joined(vec![id("x"), id("y")])), None);
        let joined = Finishing { location: "f".into(), size: 3, digest: None, placeholder: false, data: None, at: 1 };
        index.apply(joined.done(&id("f"), None, true).entry, None);
        index
    }

    fn begun(uuid: &str, role: Role) -> Entry {
        let (name, attempt) = (uuid.to_owned(), Some(id(&format!("try-{uuid}"))));
        let profile =
            Profile { name, folder: String::new(), size: None, client: None, attempt, role, note: String::new() };
        Entry::Begun { uuid: id(uuid), profile: Arc::new(profile), at: 3 }
    }

    fn grown(uuid: &str, offset: u64, size: Option<u64>) -> Entry {
        Entry::Grown { uuid: id(uuid), offset, size, tree: vec![Digest::of(b"x")], at: 9 }
    }

    fn offset_of(index: &Index, uuid: &str) -> Option<(u64, Option<u64>)> {
        match index.get(&id(uuid)) {
            Some(Upload::Growing(growing)) => Some((growing.offset, growing.size)),
            _ => None,
        }
    }

    #[test]
    fn an_offset_never_falls_and_a_size_never_changes() {
        let mut index = full_index();
        for (offset, size) in [(699_999, None), (900_001, None), (900_001, Some(950_000))] {
            index.apply(grown("e", offset, size), None);
            assert_eq!(offset_of(&index, "e"), Some((700_000, Some(900_000))), "{offset}, {size:?}");
        }
        index.apply(grown("e", 900_000, Some(5)), None);
        assert_eq!(offset_of(&index, "e"), Some((900_000, Some(900_000))));
    }

    #[test]
    fn what_was_begun_is_found_by_its_attempt_and_its_parts_until_it_is_forgotten() {
        let mut index = full_index();
        let parts = Alias::Parts(vec![id("x"), id("y")]);
        for (alias, uuid) in [(Alias::Attempt(id("try-e")), "e"), (Alias::Attempt(id("try-f")), "f"), (parts, "f")] {
            assert_eq!(index.find(&alias), Some(&id(uuid)));
            let mut without = full_index();
            without.apply(Entry::Removed { uuid: id(uuid) }, None);
            assert_eq!(without.find(&alias), None);
        }
        assert_eq!(index.find(&Alias::Parts(vec![id("y"), id("x")])), None, "in another order it is another file");
        index.apply(begun("e", Role::Part), None);
        assert!(index.profile(&id("e")).is_some_and(|profile| profile.role == Role::File), "what was said stands");
    }

    #[test]
    fn a_snapshot_makes_the_same_index_again() {
        let index = full_index();
        let mut again = Index::default();
        for (entry, span) in index.snapshot() {
            again.apply(entry, span);
        }
        assert_eq!(again, index);
    }

    #[test]
    fn a_second_reservation_keeps_the_data_and_frees_the_first_name() {
        let mut index = full_index();
        index.apply(reserved("c", "c (2).txt", false), None);
        assert!(!index.is_reserved("c.txt", &id("x")));
        assert!(index.is_reserved("C (2).TXT", &id("x")), "letter case must not make another name");
        assert!(!index.is_reserved("c (2).txt", &id("c")));
        assert!(matches!(index.get(&id("c")), Some(Upload::Finishing(f)) if f.data.is_some()));
    }

    #[test]
    fn settling_lets_go_of_the_data() {
        let mut index = full_index();
        index.apply(Entry::Settled { uuid: id("d"), id: None }, None);
        assert!(matches!(index.get(&id("d")), Some(Upload::Finished(f)) if f.unsettled.is_none()));
    }

    #[test]
    fn what_is_removed_leaves_nothing() {
        let mut index = full_index();
        for uuid in ["a", "b", "c", "d", "e", "f"] {
            index.apply(Entry::Removed { uuid: id(uuid) }, None);
        }
        assert_eq!(index, Index::default());
    }
}
