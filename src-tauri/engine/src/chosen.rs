//! Where new files go when nobody says otherwise: what the user chose, else *This computer*. The choice lies in the records
//! and goes with its destination.

use crate::{
    engine::Engine,
    error::{Error, ErrorKind, Result},
    records::destinations::{self, DestinationRow},
    upload::DestinationId,
};

impl Engine {
    /// The destination of new files.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn chosen_destination(&self) -> Result<DestinationRow> {
        match self.inner.records.run(destinations::chosen).await? {
            Some(row) => Ok(row),
            None => self.this_computer().await,
        }
    }

    /// Lets new files go there from now on; uploads that exist stay with theirs.
    ///
    /// # Errors
    /// `Invalid` where there is no such destination: then the choice is what it was.
    pub async fn choose_destination(&self, id: DestinationId) -> Result<DestinationRow> {
        let chosen = self.inner.records.run(move |connection| destinations::choose(connection, id)).await?;
        chosen.ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "There is no such destination any more").next_step("Choose another one.")
        })
    }
}
