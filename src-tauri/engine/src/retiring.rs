//! Removing a destination that uploads still need: it is hidden at once, and goes by itself when they are through.

use crate::{
    destinations::require_own,
    engine::Engine,
    error::Result,
    inner::lock,
    records::{destinations::DestinationRow, retired},
    secrets,
};

/// What became of a destination that was to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Gone,
    /// It goes once this much needs it no longer: unfinished uploads, and what its server still has to be told.
    Waits(u64),
}

impl Engine {
    /// Removes a destination: at once where nothing needs it, else as soon as nothing does. Until then it is listed no longer,
    /// its name is free, and its uploads go on. Saving its address under a name brings it back.
    ///
    /// # Errors
    /// `Invalid` for *This computer*, and where there is none of that name.
    pub async fn retire_destination(&self, named: &str) -> Result<Removal> {
        let row = self.find_destination(named).await?;
        require_own(&row)?;
        let retired = row.clone();
        match self.inner.records.run(move |connection| retired::retire(connection, &retired)).await? {
            0 => {
                self.forget_all_of(row).await;
                Ok(Removal::Gone)
            }
            needed_by => Ok(Removal::Waits(needed_by)),
        }
    }

    /// Removes what was to go and is needed no longer.
    pub(crate) async fn sweep_retired(&self) -> Result<()> {
        for row in self.inner.records.run(retired::sweep).await? {
            self.forget_all_of(row).await;
        }
        Ok(())
    }

    /// Forgets what is kept of a row beside the records.
    pub(crate) async fn forget_all_of(&self, row: DestinationRow) {
        lock(&self.inner.drivers).remove(&row.id);
        lock(&self.inner.credentials).remove(&row.id);
        if let Some(name) = row.secret {
            secrets::forget(name).await;
        }
    }
}
