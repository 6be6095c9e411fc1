//! Whether there is room for more: unfinished uploads, all and of one client, and space on the disk.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::journal::UploadId;
use crate::store::{Inner, StoreError};

/// Uploads whose first bytes are coming in, so that the journal does not know them yet. They count as unfinished.
#[derive(Default)]
pub(super) struct Beginnings(Mutex<HashMap<UploadId, Beginning>>);

struct Beginning {
    client: Option<String>,
    /// Requests that send it.
    requests: usize,
}

/// A place among the unfinished uploads, for as long as a request brings bytes.
pub(super) struct Begun {
    uuid: UploadId,
    all: Arc<Beginnings>,
}

impl Beginnings {
    fn table(&self) -> MutexGuard<'_, HashMap<UploadId, Beginning>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut table = self.all.table();
        if let Some(beginning) = table.get_mut(&self.uuid) {
            beginning.requests -= 1;
            if beginning.requests == 0 {
                table.remove(&self.uuid);
            }
        }
    }
}

impl Inner {
    /// A place for an upload that the journal does not know.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] and [`StoreError::TooManyOfOne`].
    pub(super) fn begin(&self, uuid: &UploadId, client: Option<&str>) -> Result<Begun, StoreError> {
        let mut table = self.beginnings.table();
        if !table.contains_key(uuid) {
            self.check_count(&table, client)?;
        }
        let new = || Beginning { client: client.map(Into::into), requests: 0 };
        table.entry(uuid.clone()).or_insert_with(new).requests += 1;
        Ok(Begun { uuid: uuid.clone(), all: self.beginnings.clone() })
    }

    fn check_count(&self, table: &HashMap<UploadId, Beginning>, client: Option<&str>) -> Result<(), StoreError> {
        let index = self.index.read();
        let coming = || table.iter().filter(|(uuid, _)| index.get(uuid).is_none());
        if index.open_count() + coming().count() >= self.rules.max_open {
            return Err(StoreError::TooMany);
        }
        let Some(client) = client else { return Ok(()) };
        let of_client = coming().filter(|(_, beginning)| beginning.client.as_deref() == Some(client)).count();
        match index.open_count_of(client) + of_client < self.rules.max_open_of_client {
            true => Ok(()),
            false => Err(StoreError::TooManyOfOne),
        }
    }

    /// Sees that the disk keeps its free space when `length` more bytes are written. What the disk does not
    /// tell is not asked of it.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`]
    pub(super) fn check_space(&self, length: u64) -> Result<(), StoreError> {
        let keep = self.rules.min_free;
        if keep == 0 {
            return Ok(());
        }
        match self.files.free_space(&self.parts) {
            Ok(Some(free)) if free.saturating_sub(length) < keep => Err(StoreError::NoRoom),
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "the disk does not tell its free space");
                Ok(())
            }
        }
    }
}
