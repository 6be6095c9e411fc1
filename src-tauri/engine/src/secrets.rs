//! Tokens of destinations: in memory for this run, and where the user wants, in the system's keychain for good.
//!
//! A record never holds a token, only the keychain's name for it. A keychain that is locked says “no such entry” as one
//! does that never heard of it, so what a record names and the keychain does not give is *needs sign-in*, never “no token”.

use uuid::Uuid;

use crate::{
    drivers::Credentials,
    engine::Engine,
    error::{Error, ErrorKind, Result},
    inner::{Inner, lock},
    records::destinations::{self, DestinationRow},
    upload::DestinationId,
    worker::blocking,
};

/// Under which name the keychain files what is ours.
const SERVICE: &str = "app.carryon.Carryon";

/// Where a token is kept from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the system's keychain: it is there after a restart.
    InKeychain,
    /// In memory until Carryon ends, and why.
    ForThisRun(String),
}

impl Engine {
    /// Says who asks at a destination, and keeps it in the system's keychain; in memory only where there is none.
    ///
    /// # Errors
    /// `Storage`; a keychain that refuses is an answer.
    pub async fn remember_token(&self, id: DestinationId, token: String) -> Result<Kept> {
        self.set_credentials(id, Credentials { token: Some(token.clone()) });
        let row = self.inner.records.run(move |connection| destinations::get(connection, id)).await?;
        let known = row.and_then(|row| row.secret);
        let name = known.unwrap_or_else(|| Uuid::new_v4().to_string());
        let stored = name.clone();
        // The keychain may ask the user, for as long as it takes.
        if let Err(error) = blocking(move || store(&stored, &token)).await {
            return Ok(Kept::ForThisRun(error.to_string()));
        }
        self.inner.records.run(move |connection| destinations::set_secret(connection, id, Some(&name))).await?;
        Ok(Kept::InKeychain)
    }

    /// Keeps a secret that belongs to no destination in the system's keychain under `name`, which may stand in a setting.
    pub async fn keep_secret(&self, name: &str, secret: &str) -> Kept {
        let (name, secret) = (name.to_owned(), secret.to_owned());
        match blocking(move || store(&name, &secret)).await {
            Ok(()) => Kept::InKeychain,
            Err(error) => Kept::ForThisRun(error.to_string()),
        }
    }

    /// The secret that the keychain has under `name`.
    ///
    /// # Errors
    /// `Unauthorized` where the keychain does not give it: it may be locked.
    pub async fn secret(&self, name: &str) -> Result<String> {
        let name = name.to_owned();
        blocking(move || fetch(&name)).await
    }

    /// Whether this run knows who asks at a destination; what only the keychain knows does not count.
    pub fn holds_token(&self, id: DestinationId) -> bool {
        lock(&self.inner.credentials).get(&id).is_some_and(|credentials| credentials.token.is_some())
    }

    /// Forgets who asks at a destination, here and in the keychain.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn forget_token(&self, id: DestinationId) -> Result<()> {
        let row = self.inner.records.run(move |connection| destinations::get(connection, id)).await?;
        if let Some(name) = row.and_then(|row| row.secret) {
            self.inner.records.run(move |connection| destinations::set_secret(connection, id, None)).await?;
            forget(name).await;
        }
        lock(&self.inner.credentials).remove(&id);
        lock(&self.inner.drivers).retain(|other, (made_by, _)| *other != id || made_by.is_none());
        Ok(())
    }
}

impl Inner {
    /// Who asks at that destination.
    ///
    /// # Errors
    /// `Unauthorized` where the keychain does not give what it was given.
    pub async fn credentials(&self, row: &DestinationRow) -> Result<Credentials> {
        let known = lock(&self.credentials).get(&row.id).cloned();
        let (None, Some(name)) = (&known, row.secret.clone()) else { return Ok(known.unwrap_or_default()) };
        let token = blocking(move || fetch(&name)).await.map_err(|error| {
            let text = format!("The keychain did not give the token of “{}”", row.shown_name());
            Error::new(ErrorKind::Unauthorized, text)
                .because(error)
                .next_step("Unlock the keychain or give the token again, then resume.")
        })?;
        let credentials = Credentials { token: Some(token) };
        lock(&self.credentials).insert(row.id, credentials.clone());
        Ok(credentials)
    }
}

/// Takes an entry out of the keychain; one that cannot be reached keeps it, and nothing names it any more.
pub(crate) async fn forget(name: String) {
    let gone = blocking(move || entry(&name)?.delete_credential().map_err(refused)).await;
    if let Err(error) = gone {
        tracing::info!(%error, "the keychain keeps a token that is not needed any more");
    }
}

fn store(name: &str, token: &str) -> Result<()> {
    entry(name)?.set_password(token).map_err(refused)
}

fn fetch(name: &str) -> Result<String> {
    entry(name)?.get_password().map_err(refused)
}

fn entry(name: &str) -> Result<keyring::Entry> {
    keyring::Entry::new(SERVICE, name).map_err(refused)
}

/// In words of ours: an error of the keychain's may hold what it was given.
fn refused(error: keyring::Error) -> Error {
    let text = match error {
        keyring::Error::NoDefaultStore => "this system has no keychain that answers",
        keyring::Error::NoStorageAccess(_) => "the keychain is locked",
        keyring::Error::NoEntry => "the keychain is locked, or has no such entry any more",
        keyring::Error::TooLong(..) => "the token is too long for the keychain",
        _ => "the keychain refused",
    };
    Error::new(ErrorKind::Unauthorized, text)
}
