//! Where finished files go: folders made one by one, and names nobody has yet.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::files::Kind;
use crate::journal::UploadId;
use crate::names;
use crate::store::{Inner, StoreError};

/// So many folders are remembered as synced; a folder forgotten is synced once more.
const MAX_REMEMBERED: usize = 10_000;
/// After so many files of one name in one folder, the next is refused.
const MAX_NUMBER: u32 = 10_000;

/// A free name, kept from others until the journal has the reservation.
pub(crate) struct Choice<'a> {
    location: String,
    choosing: &'a Mutex<HashMap<String, UploadId>>,
}

impl Choice<'_> {
    pub fn location(&self) -> &str {
        &self.location
    }
}

impl Drop for Choice<'_> {
    fn drop(&mut self) {
        let mut choosing = self.choosing.lock().unwrap_or_else(PoisonError::into_inner);
        choosing.remove(&names::collision_key(&self.location));
    }
}

impl Inner {
    /// Makes the folder and chooses a name in it that no file has and no upload is on its way to.
    pub(super) fn choose(&self, uuid: &UploadId, folder: &str, name: &str) -> Result<Choice<'_>, StoreError> {
        let folder = self.make_folder(folder)?;
        for number in 1..=MAX_NUMBER {
            let location = names::joined(&folder, &names::numbered(name, number));
            if let Some(choice) = self.try_choose(uuid, location)? {
                return Ok(choice);
            }
        }
        Err(StoreError::Conflict("too many files of this name".into()))
    }

    fn try_choose(&self, uuid: &UploadId, location: String) -> Result<Option<Choice<'_>>, StoreError> {
        let key = names::collision_key(&location);
        let mut choosing = self.choosing.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = choosing.contains_key(&key) || self.index.read().is_reserved(&location, uuid);
        if wanted || self.files.stat(&self.target(&location))?.is_some() {
            return Ok(None);
        }
        choosing.insert(key, uuid.clone());
        Ok(Some(Choice { location, choosing: &self.choosing }))
    }

    /// Makes a folder and all above it, durably, and gives where it really is: a component whose name
    /// is taken by something that is not a plain folder (a file, a symbolic link) gets a number.
    pub(super) fn make_folder(&self, folder: &str) -> Result<String, StoreError> {
        let mut synced = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if synced.len() > MAX_REMEMBERED {
            synced.clear();
        }
        let mut at = String::new();
        for name in folder.split('/').filter(|name| !name.is_empty()) {
            let parent = at;
            at = self.make_one(&parent, name)?;
            if !synced.contains(&at) {
                self.files.sync_dir(&self.target_dir(&parent))?;
                synced.insert(at.clone());
            }
        }
        Ok(at)
    }

    fn make_one(&self, parent: &str, name: &str) -> Result<String, StoreError> {
        for number in 1..=MAX_NUMBER {
            let folder = names::joined(parent, &names::numbered(name, number));
            let path = self.target(&folder);
            match self.files.stat(&path)? {
                Some(stat) if stat.kind == Kind::Dir => return Ok(folder),
                Some(_) => {}
                None => {
                    self.files.create_dir(&path, false)?;
                    return Ok(folder);
                }
            }
        }
        Err(StoreError::Conflict("too many things have the name of the folder".into()))
    }

    /// The path of a relative folder; the root for an empty one.
    pub(super) fn target_dir(&self, folder: &str) -> PathBuf {
        if folder.is_empty() { self.root.clone() } else { self.target(folder) }
    }
}
