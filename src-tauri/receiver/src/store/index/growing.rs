//! Uploads that grow, and by what they are found again. Pure.

use std::sync::Arc;

use crate::journal::{Digest, Entry, Profile, Role, Span, UploadId};

/// Bytes come in, in their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Growing {
    pub profile: Arc<Profile>,
    /// Bytes; `None` while the client has not said.
    pub size: Option<u64>,
    /// The bytes before it are here, synced.
    pub offset: u64,
    /// What a digest of all bytes goes on from.
    pub tree: Vec<Digest>,
    /// When the last bytes came, milliseconds since 1970.
    pub touched: u64,
}

/// By what an upload is found that was begun before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Alias {
    /// The client's id for its try.
    Attempt(UploadId),
    /// The parts it is made of.
    Parts(Vec<UploadId>),
}

/// All by which an upload of this profile is found.
pub(super) fn aliases_of(profile: &Profile) -> Vec<Alias> {
    let parts = match &profile.role {
        Role::Joined(parts) => Some(Alias::Parts(parts.clone())),
        Role::File | Role::Part => None,
    };
    profile.attempt.iter().cloned().map(Alias::Attempt).chain(parts).collect()
}

impl Growing {
    /// Takes in that it grew. It never shrinks, and never grows beyond its size.
    pub(super) fn grow(&mut self, offset: u64, size: Option<u64>, tree: Vec<Digest>, at: u64) {
        let size = self.size.or(size);
        if offset >= self.offset && size.is_none_or(|size| offset <= size) {
            *self = Growing { profile: self.profile.clone(), size, offset, tree, touched: at };
        }
    }

    /// The entries that tell this, after the one that began it.
    pub(super) fn entries(&self, uuid: &UploadId) -> Vec<(Entry, Option<Span>)> {
        let Growing { size, offset, tree, touched, .. } = self.clone();
        let says_more = offset > 0 || size != self.profile.size || !tree.is_empty();
        let grown = says_more.then(|| Entry::Grown { uuid: uuid.clone(), offset, size, tree, at: touched });
        grown.into_iter().map(|entry| (entry, None)).collect()
    }
}
