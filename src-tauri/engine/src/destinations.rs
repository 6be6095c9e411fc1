//! Saved destinations: added, listed, changed and removed by name. A record names a row, never an address, so a changed
//! address keeps its records.

use url::Url;

use crate::{
    drivers::{self, Check, Credentials},
    engine::Engine,
    error::{Error, ErrorKind, Result},
    inner::lock,
    records::destinations::{self, DestinationRow, THIS_COMPUTER},
    secrets,
    settings::DestinationSettings,
    upload::DestinationId,
};

/// The longest name of a destination, in characters.
const LONGEST_NAME: usize = 100;

/// What is to be changed about a destination.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another address.
    pub address: Option<String>,
    /// Other settings, all of them.
    pub settings: Option<DestinationSettings>,
}

impl Engine {
    /// All destinations, by name.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn destinations(&self) -> Result<Vec<DestinationRow>> {
        self.inner.records.run(destinations::list).await
    }

    /// The destination of that name, or with that address.
    ///
    /// # Errors
    /// `Invalid` where there is none.
    pub async fn find_destination(&self, named: &str) -> Result<DestinationRow> {
        let name = named.trim().to_owned();
        let found = self.inner.records.run(move |connection| destinations::find_named(connection, &name)).await?;
        found.ok_or_else(|| {
            let text = format!("There is no destination “{named}”");
            Error::new(ErrorKind::Invalid, text).next_step("“carryon destinations list” shows them; or write its URL.")
        })
    }

    /// Saves a destination under a name. One that was only known by its address so far keeps its records.
    ///
    /// # Errors
    /// `Invalid` where the name is taken, or name, address or settings make no sense; then nothing was changed.
    pub async fn add_destination(
        &self,
        name: &str,
        address: &str,
        settings: DestinationSettings,
    ) -> Result<DestinationRow> {
        let name = sensible_name(name)?;
        self.require_free(&name, None).await?;
        let row = self.destination_with(address, settings).await?;
        if row.name != row.address {
            let text = format!("This address is saved already, as “{}”", row.name);
            return Err(Error::new(ErrorKind::Invalid, text).next_step("Change that one, or remove it first."));
        }
        let (id, named) = (row.id, name.clone());
        self.inner.records.run(move |connection| destinations::rename(connection, id, &named)).await?;
        Ok(DestinationRow { name, ..row })
    }

    /// Changes a destination; uploads under way go by it from their next turn on.
    ///
    /// # Errors
    /// `Invalid` where something makes no sense; what was changed before that stays changed.
    pub async fn change_destination(&self, named: &str, change: Change) -> Result<DestinationRow> {
        let row = self.find_destination(named).await?;
        let id = row.id;
        if let Some(settings) = change.settings {
            self.set_destination_settings(id, settings).await?;
        }
        if let Some(address) = change.address {
            require_own(&row)?;
            let agreed = self.destination_settings(id).await?.http(&self.inner.options.http);
            let address = drivers::normalise(&address, &agreed)?;
            let is_elsewhere = !is_same_server(&row.address, &address);
            self.inner.records.run(move |connection| destinations::move_to(connection, id, &address)).await?;
            if is_elsewhere {
                // A token is for the host it was given for.
                self.forget_token(id).await?;
            }
            lock(&self.inner.drivers).remove(&id);
        }
        if let Some(name) = change.name {
            let name = sensible_name(&name)?;
            self.require_free(&name, Some(&row)).await?;
            self.inner.records.run(move |connection| destinations::rename(connection, id, &name)).await?;
        }
        let changed = self.inner.records.run(move |connection| destinations::get(connection, id)).await?;
        changed.ok_or_else(|| Error::new(ErrorKind::Invalid, "The destination is gone"))
    }

    /// Removes a destination that nothing needs any more.
    ///
    /// # Errors
    /// `Invalid` where uploads, aborts or watched folders still need it.
    pub async fn remove_destination(&self, named: &str) -> Result<()> {
        let row = self.find_destination(named).await?;
        require_own(&row)?;
        let id = row.id;
        let in_use = self.inner.records.run(move |connection| destinations::remove(connection, id)).await?;
        if in_use > 0 {
            let text = format!("“{}” is still needed by {in_use} unfinished uploads or watched folders", row.name);
            return Err(Error::new(ErrorKind::Invalid, text)
                .next_step("Finish or discard them first; “carryon list” and “carryon watch list” show them."));
        }
        lock(&self.inner.drivers).remove(&id);
        lock(&self.inner.credentials).remove(&id);
        if let Some(name) = row.secret {
            secrets::forget(name).await;
        }
        Ok(())
    }

    /// Tries a destination, saved or not, without leaving anything there; says step by step what is right and what is not.
    ///
    /// # Errors
    /// `Invalid` where it makes no sense; what goes wrong on the way is in the answer.
    pub async fn test_destination(&self, named: &str, credentials: Credentials) -> Result<Vec<Check>> {
        let (address, settings, credentials) = match self.find_destination(named).await {
            Ok(row) if row.address == THIS_COMPUTER => return require_own(&row).map(|()| Vec::new()),
            Ok(row) if credentials.token.is_some() => (row.address.clone(), row.settings()?, credentials),
            Ok(row) => (row.address.clone(), row.settings()?, self.inner.credentials(&row).await?),
            Err(_) if named.contains("://") => (named.to_owned(), DestinationSettings::default(), credentials),
            Err(error) => return Err(error),
        };
        drivers::check(&address, credentials, &settings.http(&self.inner.options.http), &settings).await
    }

    /// Tries what may become a destination, without saving anything. The token that a saved one has goes along only where
    /// none is given and it is the same server.
    ///
    /// # Errors
    /// As [`Engine::test_destination`], and `Unauthorized` where the keychain does not give the token.
    ///
    /// # Cancellation
    /// Dropped, nothing is tried any more.
    pub async fn try_destination(
        &self,
        saved: Option<DestinationId>,
        address: &str,
        settings: &DestinationSettings,
        given: Credentials,
    ) -> Result<Vec<Check>> {
        let rows = self.destinations().await?;
        let saved = rows.iter().find(|row| saved == Some(row.id) && is_same_server(&row.address, address));
        let credentials = match saved {
            Some(row) if given.token.is_none() => self.inner.credentials(row).await?,
            _ => given,
        };
        drivers::check(address, credentials, &settings.http(&self.inner.options.http), settings).await
    }

    async fn require_free(&self, name: &str, but_for: Option<&DestinationRow>) -> Result<()> {
        let wanted = name.to_owned();
        let found = self.inner.records.run(move |connection| destinations::find_named(connection, &wanted)).await?;
        match found {
            Some(row) if but_for.is_none_or(|own| own.id != row.id) => {
                Err(Error::new(ErrorKind::Invalid, format!("There is a destination “{name}” already")))
            }
            _ => Ok(()),
        }
    }
}

fn require_own(row: &DestinationRow) -> Result<()> {
    match row.address == THIS_COMPUTER {
        true => Err(Error::new(
            ErrorKind::Invalid,
            "“This computer” is built in; it can be neither tried, moved nor removed",
        )),
        false => Ok(()),
    }
}

/// Whether two addresses lead to one server: the same scheme, host and port.
fn is_same_server(one: &str, other: &str) -> bool {
    let origin = |address: &str| Some(Url::parse(address.split_once('+')?.1).ok()?.origin());
    origin(one).is_some_and(|one| one.is_tuple() && origin(other) == Some(one))
}

/// A name for a destination, trimmed.
pub(crate) fn sensible_name(name: &str) -> Result<String> {
    let name = name.trim();
    let why = match name {
        "" => "A destination's name must not be empty",
        name if name.contains("://") => "A destination's name must not look like a URL",
        name if name.chars().count() > LONGEST_NAME => "A destination's name must not be longer than 100 characters",
        name if name.chars().any(char::is_control) => "A destination's name must not hold control characters",
        name => return Ok(name.to_owned()),
    };
    Err(Error::new(ErrorKind::Invalid, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stays_with_its_server_and_with_no_other() {
        let known = "fineuploader+https://files.example/upload?done=/upload/done";
        for same in ["fineuploader+https://files.example/other", "tus+https://FILES.example:443/files/"] {
            assert!(is_same_server(known, same), "{same}");
        }
        for other in [
            "fineuploader+http://files.example/upload",
            "fineuploader+https://files.example:8443/upload",
            "fineuploader+https://files.example.org/upload",
            "fineuploader+https://evil/https://files.example/upload",
            "files.example",
            THIS_COMPUTER,
        ] {
            assert!(!is_same_server(known, other), "{other}");
        }
        assert!(!is_same_server("x+data:a", "x+data:a"), "what has no host is no server");
    }
}
