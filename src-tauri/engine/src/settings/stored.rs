//! Settings in the records: reading them, setting them, and what else a destination is asked for beside uploads.

use super::DestinationSettings;
use crate::{
    destination::{FinishedFile, Listing},
    drivers::{self, HttpOptions},
    engine::Engine,
    error::{Error, ErrorKind, Result},
    records::destinations::{self, DestinationRow},
    upload::DestinationId,
};

impl DestinationRow {
    /// What the user set about it.
    ///
    /// # Errors
    /// `Invalid` where what stands in the record cannot be read; it stays there until it is set anew.
    pub fn settings(&self) -> Result<DestinationSettings> {
        DestinationSettings::from_json(&self.settings).map_err(|error| {
            let text = format!("The settings of the destination “{}” cannot be read", self.name);
            Error::new(ErrorKind::Invalid, text).because(error).next_step("Set them anew; its uploads are kept.")
        })
    }
}

impl Engine {
    /// What is set about a destination.
    ///
    /// # Errors
    /// `Invalid` where the destination is gone or its settings cannot be read.
    pub async fn destination_settings(&self, id: DestinationId) -> Result<DestinationSettings> {
        self.row(id).await?.settings()
    }

    /// Sets everything about a destination; uploads under way go by it from their next turn on. Its address is reached
    /// as before: with *This computer* only what concerns no protocol counts.
    ///
    /// # Errors
    /// `Invalid` with a sentence about what makes no sense; then nothing was changed.
    pub async fn set_destination_settings(&self, id: DestinationId, settings: DestinationSettings) -> Result<()> {
        let row = self.row(id).await?;
        settings.check_at(&row.address, &settings.http(&self.inner.options.http))?;
        self.inner.pacer_of(id, &settings);
        let text = serde_json::to_string(&settings).expect("settings are JSON");
        self.inner.records.run(move |connection| destinations::set_settings(connection, id, &text)).await
    }

    /// The destination at `address`, with these settings from here on; made where there is none.
    ///
    /// # Errors
    /// As [`Engine::set_destination_settings`].
    pub async fn destination_with(&self, address: &str, settings: DestinationSettings) -> Result<DestinationRow> {
        let http = settings.http(&self.inner.options.http);
        let address = drivers::normalise(address, &http)?;
        settings.check_at(&address, &http)?;
        let text = serde_json::to_string(&settings).expect("settings are JSON");
        let make = move |connection: &rusqlite::Connection| {
            let row = destinations::get_or_make(connection, &address, &address)?;
            destinations::set_settings(connection, row.id, &text)?;
            Ok(DestinationRow { settings: text, ..row })
        };
        self.inner.records.run(make).await
    }

    /// The destination at `address`, whose user agreed to plain http; that is remembered with its other settings.
    ///
    /// # Errors
    /// As [`Engine::set_destination_settings`].
    pub async fn destination_agreed(&self, address: &str) -> Result<DestinationRow> {
        let address =
            drivers::normalise(address, &HttpOptions { allow_http: true, ..self.inner.options.http.clone() })?;
        let at = address.clone();
        let known = self.inner.records.run(move |connection| destinations::find(connection, &at)).await?;
        let settings = known.map(|row| row.settings()).transpose()?.unwrap_or_default();
        self.destination_with(&address, DestinationSettings { allow_http: true, ..settings }).await
    }

    /// The finished files that a destination tells of.
    ///
    /// # Errors
    /// `Invalid` where it tells of none; else any kind.
    pub async fn finished_files(&self, id: DestinationId) -> Result<Listing> {
        let (driver, _) = self.inner.driver(id).await?;
        driver.catalogue().ok_or_else(no_catalogue)?.finished_files().await
    }

    /// Deletes a finished file that a destination told of, for good.
    ///
    /// # Errors
    /// `Rejected` where the destination will not; else any kind.
    pub async fn delete_finished(&self, id: DestinationId, file: &FinishedFile) -> Result<()> {
        let (driver, _) = self.inner.driver(id).await?;
        driver.catalogue().ok_or_else(no_catalogue)?.delete_finished(file).await
    }

    /// The form in which an address is stored; plain http needs consent, for this destination or for all.
    pub(crate) async fn normalise(&self, address: &str) -> Result<String> {
        let http = &self.inner.options.http;
        let Ok(stored) = drivers::normalise(address, &HttpOptions { allow_http: true, ..http.clone() }) else {
            return drivers::normalise(address, http);
        };
        let row = self.inner.records.run(move |connection| destinations::find(connection, &stored)).await?;
        let agreed = row.and_then(|row| row.settings().ok()).is_some_and(|settings| settings.allow_http);
        drivers::normalise(address, &HttpOptions { allow_http: http.allow_http || agreed, ..http.clone() })
    }

    async fn row(&self, id: DestinationId) -> Result<DestinationRow> {
        let row = self.inner.records.run(move |connection| destinations::get(connection, id)).await?;
        row.ok_or_else(|| Error::new(ErrorKind::Invalid, "There is no such destination"))
    }
}

fn no_catalogue() -> Error {
    Error::new(ErrorKind::Invalid, "This destination does not tell which files it holds")
        .next_step("Set its session endpoint, if the server has one.")
}
