//! Telling which finished files are still there.

use crate::journal::UploadId;
use crate::names;
use crate::store::finish::is_ours;
use crate::store::index::Finished;
use crate::store::{Inner, Store, StoreError, Upload, blocking};

/// A finished file that stands where it was placed, unchanged.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listed {
    pub uuid: UploadId,
    /// The last part of `location`.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Relative to the folder the store receives into, with `/`.
    pub location: String,
}

impl Store {
    /// Of the newest `most` finished uploads those that are still there, the newest last.
    pub async fn list(&self, most: usize) -> Result<Vec<Listed>, StoreError> {
        let store = self.clone();
        blocking(move || store.0.list(most)).await
    }
}

impl Inner {
    pub(super) fn list(&self, most: usize) -> Result<Vec<Listed>, StoreError> {
        let mut listed = Vec::new();
        for (uuid, finished) in self.newest(most) {
            if self.files.stat(&self.target(&finished.location))?.is_some_and(|stat| is_ours(&stat, &finished)) {
                let name = names::parted(&finished.location).1.to_owned();
                listed.push(Listed { uuid, name, size: finished.size, location: finished.location });
            }
        }
        Ok(listed)
    }

    fn newest(&self, most: usize) -> Vec<(UploadId, Finished)> {
        let index = self.index.read();
        let finished = index.iter().filter_map(|(uuid, upload)| match upload {
            Upload::Finished(finished) => Some((uuid, finished)),
            _ => None,
        });
        let mut finished: Vec<_> = finished.collect();
        finished.sort_unstable_by_key(|(uuid, finished)| (finished.at, *uuid));
        let skipped = finished.len().saturating_sub(most);
        finished.into_iter().skip(skipped).map(|(uuid, finished)| (uuid.clone(), finished.clone())).collect()
    }
}
