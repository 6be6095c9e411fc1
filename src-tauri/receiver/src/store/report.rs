//! What the store can tell the one who runs it: what arrived lately, what is coming in, how much room is left.

use crate::names;
use crate::store::index::Upload;
use crate::store::{Inner, Store, StoreError, blocking};

/// A file that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its name.
    pub name: String,
    /// Relative to the folder that is received into, with `/`.
    pub location: String,
    /// Bytes.
    pub size: u64,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

/// An upload of which something is here, and not all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// The file's name, as its sender says.
    pub name: String,
    /// Bytes in the whole file; none where its sender did not say.
    pub size: Option<u64>,
    /// Bytes that are here, synced.
    pub held: u64,
    /// When the last of them came, in milliseconds since 1970.
    pub touched: u64,
    /// Until when they are kept if no more come, in milliseconds since 1970.
    pub until: u64,
    /// Who sends it, where that is counted: an IP address, or a network of them.
    pub from: Option<String>,
}

/// What there is to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What arrived and still lies there, the newest first.
    pub arrived: Vec<Arrived>,
    /// What is coming in, the latest first.
    pub coming: Vec<Coming>,
    /// How many are coming in, in all.
    pub coming_in_all: usize,
    /// Bytes that are free on the disk, where it tells.
    pub free_space: Option<u64>,
}

impl Store {
    /// At most `most` of what arrived, and of what is coming in.
    pub async fn report(&self, most: usize) -> Result<Report, StoreError> {
        let store = self.clone();
        blocking(move || store.0.report(most)).await
    }
}

impl Inner {
    fn report(&self, most: usize) -> Result<Report, StoreError> {
        let mut coming = self.coming();
        coming.sort_by(|one, other| other.touched.cmp(&one.touched).then_with(|| one.name.cmp(&other.name)));
        let coming_in_all = coming.len();
        coming.truncate(most);
        let mut arrived = self.arrived(most)?;
        arrived.reverse();
        Ok(Report { arrived, coming, coming_in_all, free_space: self.files.free_space(&self.parts).ok().flatten() })
    }

    fn arrived(&self, most: usize) -> Result<Vec<Arrived>, StoreError> {
        let at = |uuid: &_| match self.index.read().get(uuid) {
            Some(Upload::Finished(finished)) => finished.at,
            _ => 0,
        };
        let listed = self.list(most)?;
        Ok(listed
            .into_iter()
            .map(|l| Arrived { at: at(&l.uuid), name: l.name, location: l.location, size: l.size })
            .collect())
    }

    fn coming(&self) -> Vec<Coming> {
        let keep = u64::try_from(self.rules.keep.as_millis()).unwrap_or(u64::MAX);
        let index = self.index.read();
        let coming = index.iter().filter_map(|(_, upload)| match upload {
            Upload::Open(open) => Some(Coming {
                name: open.name.clone(),
                size: open.size,
                held: open.held().iter().map(|chunk| chunk.length).sum(),
                touched: open.touched,
                until: open.touched.saturating_add(keep),
                from: open.client.clone(),
            }),
            Upload::Growing(growing) => Some(Coming {
                name: growing.profile.name.clone(),
                size: growing.size,
                held: growing.offset,
                touched: growing.touched,
                until: growing.touched.saturating_add(keep),
                from: growing.profile.client.clone(),
            }),
            Upload::Finishing(_) | Upload::Finished(_) => None,
        });
        coming.map(|coming| Coming { name: names::parted(&coming.name).1.to_owned(), ..coming }).collect()
    }
}
