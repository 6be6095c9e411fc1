//! One owner: an OS lock on a file beside the database. It goes with the process, however that ends.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use super::storage;
use crate::error::{Error, ErrorKind, Result};

/// Held for as long as the records are open.
#[derive(Debug)]
pub(crate) struct OwnerLock {
    _file: File,
}

impl OwnerLock {
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("carryon.lock");
        let options = File::options().create(true).truncate(false).write(true).open(&path);
        let file = options.map_err(|error| {
            storage(format!("The lock file “{}” could not be opened", path.display())).because(error)
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(owned(folder)),
            Err(TryLockError::Error(error)) => Err(storage("The data folder could not be locked").because(error)),
        }
    }
}

fn owned(folder: &Path) -> Error {
    let text = format!("Another Carryon is using the data folder “{}”", folder.display());
    Error::new(ErrorKind::Owned, text)
}
