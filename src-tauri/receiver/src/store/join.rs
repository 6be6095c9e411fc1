//! Making one file of parts that came apart.
//!
//! The parts are copied into a new part file, once, and hashed on the way. Before that file is synced and its name
//! reserved, the journal knows nothing of it, so a crash leaves the parts as they were and a stray file; afterwards whoever
//! replays the journal brings it to its name. Only then do the parts go, or later by expiry.

use std::collections::BTreeSet;

use crate::files::Access;
use crate::journal::{Entry, Item, Profile, Role, UploadId};
use crate::store::grow::{begun, meta_of};
use crate::store::index::{Alias, Growing};
use crate::store::tree::Tree;
use crate::store::{Claim, Inner, Lease, Standing, Store, StoreError, Upload, blocking};

impl Store {
    /// Makes a file of the parts that `profile` names. A repeat gets the first answer, and true.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when a part is not known, [`StoreError::Unfinished`] when one is not all here.
    pub async fn join(&self, profile: Profile) -> Result<(Standing, bool), StoreError> {
        let Role::Joined(parts) = profile.role.clone() else { return Err(StoreError::Unknown) };
        let _turn = self.turn(&profile).await?;
        if let Some(standing) = self.begun_before(&profile).await? {
            return Ok((standing, true));
        }
        // In one order for all, so that no two wait for each other.
        let mut leases = Vec::new();
        for part in parts.iter().collect::<BTreeSet<_>>() {
            leases.push(self.lease(part, Claim::Exclusive).await?);
        }
        let joined = self.0.index.read().find(&Alias::Parts(parts.clone())).cloned();
        if let Some(uuid) = joined {
            return Ok((self.standing(&uuid).await?, true));
        }
        let uuid = UploadId::random();
        let lease = self.lease(&uuid, Claim::Exclusive).await?;
        let store = self.clone();
        blocking(move || Ok((store.0.join(lease, profile, &parts, leases)?, false))).await
    }
}

impl Inner {
    fn join(
        &self,
        lease: Lease,
        profile: Profile,
        parts: &[UploadId],
        leases: Vec<Lease>,
    ) -> Result<Standing, StoreError> {
        let uuid = lease.uuid();
        let sources = parts.iter().map(|part| self.whole_part(part)).collect::<Result<Vec<_>, _>>()?;
        let size = sources.iter().try_fold(0u64, |sum, part| sum.checked_add(part.offset));
        let size = size.ok_or(StoreError::Limit("the file is larger than allowed here"))?;
        let meta = meta_of(&profile, Some(size));
        self.check_size(&meta)?;
        self.check_space(size)?;
        let copied = self.copy(uuid, parts, &sources);
        let digest = copied.inspect_err(|_| self.discard(&self.part(uuid)))?;
        self.deliver(uuid, &meta, size, Some(digest), vec![begun(uuid, profile)])?;
        self.let_go(&leases);
        self.journal.catch_up()?;
        self.standing(uuid)
    }

    fn whole_part(&self, part: &UploadId) -> Result<Growing, StoreError> {
        match self.upload(part) {
            Some(Upload::Growing(growing)) if growing.profile.role != Role::Part => {
                Err(StoreError::Conflict("this upload is no part of a file".into()))
            }
            Some(Upload::Growing(growing)) if growing.size == Some(growing.offset) => Ok(growing),
            Some(Upload::Growing(_)) => Err(StoreError::Unfinished),
            _ => Err(StoreError::Unknown),
        }
    }

    /// Copies the parts, synced, and gives the digest of all.
    fn copy(
        &self,
        uuid: &UploadId,
        parts: &[UploadId],
        sources: &[Growing],
    ) -> Result<crate::journal::Digest, StoreError> {
        let target = self.files.open(&self.part(uuid), Access::Empty)?;
        let (mut tree, mut at, mut written) = (Tree::new(), 0, Ok(()));
        for (part, source) in parts.iter().zip(sources).filter(|(_, source)| source.offset > 0) {
            let file = self.files.open(&self.part(part), Access::Read)?;
            self.read_part(&*file, 0, source.offset, &mut |block| {
                tree.update(block);
                if written.is_ok() {
                    written = target.write_at(block, at);
                }
                at += block.len() as u64;
            })?;
            std::mem::replace(&mut written, Ok(()))?;
        }
        target.sync_data()?;
        self.files.sync_dir(&self.parts)?;
        Ok(tree.digest())
    }

    /// Parts whose bytes are in the file now. Where the journal cannot say that they are gone, they stay until they expire.
    fn let_go(&self, parts: &[Lease]) {
        let gone = |part: &Lease| Item::from(Entry::Removed { uuid: part.uuid().clone() });
        match self.journal.append(parts.iter().map(gone).collect()) {
            Ok(()) => parts.iter().for_each(|part| self.discard(&self.part(part.uuid()))),
            Err(error) => tracing::warn!(%error, "parts that are no longer needed stay for now"),
        }
    }
}
