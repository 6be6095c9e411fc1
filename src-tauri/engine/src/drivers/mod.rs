//! The drivers, one file a protocol, and the choice among them by a destination's address.

mod check;
pub mod fine_uploader;
#[cfg(test)]
mod fuzz;
mod headers;
mod http;
mod ietf;
pub mod memory;
mod resource;
mod template;
mod tus;

use std::{fmt, sync::Arc};

use url::Url;

pub use check::Check;
pub use fine_uploader::{FineUploader, FineUploaderSettings};
pub use headers::Headers;
pub use http::HttpOptions;
pub use ietf::Ietf;
pub use tus::{Preset, Tus, TusSettings};

use crate::{
    destination::Destination,
    error::{Error, ErrorKind, Result},
    records::destinations::LOST,
    settings::DestinationSettings,
};

/// Who asks. Never stored, never printed.
#[derive(Clone, Default)]
pub struct Credentials {
    /// A bearer token.
    pub token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.token.is_some() { "Credentials(REDACTED)" } else { "Credentials(none)" })
    }
}

/// The driver for a destination URL such as `fineuploader+https://host/upload?done=/upload/done`.
///
/// # Errors
/// `Invalid` where the URL makes no sense, names no known protocol, or would send over plain http to a host beyond this
/// machine without the user's consent.
pub fn connect(address: &str, credentials: Credentials, options: &HttpOptions) -> Result<Arc<dyn Destination>> {
    connect_with(address, credentials, options, &DestinationSettings::default())
}

/// The same, spoken as the destination's settings say.
///
/// # Errors
/// As [`connect`], and `Invalid` where the settings make no sense.
pub fn connect_with(
    address: &str,
    credentials: Credentials,
    options: &HttpOptions,
    settings: &DestinationSettings,
) -> Result<Arc<dyn Destination>> {
    if address.starts_with(LOST) {
        return Err(Error::new(ErrorKind::Invalid, "The address of this destination was lost with damaged records")
            .next_step("Set it anew: carryon destinations change NAME --address URL; then resume."));
    }
    let (protocol, url) = split(address)?;
    Ok(match protocol {
        "fineuploader" => {
            let (own, repeat_finish) = (&settings.fine_uploader, settings.repeat_finish);
            Arc::new(FineUploader::new(url, credentials, options, own, repeat_finish)?)
        }
        "tus" => Arc::new(Tus::new(&url, credentials, options, &settings.tus, settings.connections)?),
        "ietf" => Arc::new(Ietf::new(&url, credentials, options)?),
        other => return Err(unknown_protocol(address, other)),
    })
}

/// Tries a destination URL, step by step, leaving nothing there.
///
/// # Errors
/// As [`connect`]; what goes wrong on the way is in the answer.
pub async fn check(
    address: &str,
    credentials: Credentials,
    options: &HttpOptions,
    settings: &DestinationSettings,
) -> Result<Vec<Check>> {
    validate(address, options, settings)?;
    let (protocol, url) = split(address)?;
    let mut checks = check::reach(&url).await;
    if checks.iter().all(|check| check.ok) {
        checks.extend(match protocol {
            "tus" => Tus::new(&url, credentials, options, &settings.tus, None)?.check_server().await,
            "ietf" => Ietf::new(&url, credentials, options)?.check_server().await,
            _ => check::fine_uploader(&url, &credentials, options).await?,
        });
    }
    Ok(checks)
}

/// Checks a destination URL without sending anything, and gives back the form in which it is stored.
///
/// # Errors
/// As [`connect`].
pub fn normalise(address: &str, options: &HttpOptions) -> Result<String> {
    validate(address, options, &DestinationSettings::default())?;
    let (protocol, url) = split(address)?;
    Ok(format!("{protocol}+{url}"))
}

/// Checks a destination URL and its settings together, without sending anything.
///
/// # Errors
/// As [`connect_with`].
pub fn validate(address: &str, options: &HttpOptions, settings: &DestinationSettings) -> Result<()> {
    let (protocol, url) = split(address)?;
    match protocol {
        "fineuploader" => {
            let (own, repeat_finish) = (&settings.fine_uploader, settings.repeat_finish);
            FineUploader::check(&url, options, own, repeat_finish)
        }
        "tus" => Tus::check(&url, options, &settings.tus),
        "ietf" => Ietf::check(&url, options),
        other => Err(unknown_protocol(address, other)),
    }
}

fn unknown_protocol(address: &str, protocol: &str) -> Error {
    // What stands before the plus may be anything, a password too.
    let why = match protocol.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => format!("“{protocol}” is no protocol that Carryon speaks"),
        false => "it does not begin with a protocol".to_owned(),
    };
    senseless(address, why)
}

fn split(address: &str) -> Result<(&str, Url)> {
    let Some((protocol, rest)) = address.trim().split_once('+') else {
        return Err(senseless(address, "it does not begin with a protocol".into()));
    };
    let url = Url::parse(rest).map_err(|error| senseless(address, error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(senseless(address, format!("“{}” is neither http nor https", url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let error = Error::new(ErrorKind::Invalid, "A destination URL must not hold a user name or password");
        return Err(error.next_step("Give the token by --token-file or CARRYON_TOKEN."));
    }
    Ok((protocol, url))
}

fn senseless(address: &str, why: String) -> Error {
    // A password may hold anything, a question mark too.
    let shown = address.rsplit_once('@').map_or(address, |(_, behind)| behind);
    let shown = shown.split('?').next().unwrap_or(shown);
    Error::new(ErrorKind::Invalid, format!("“{shown}” is not a destination: {why}"))
        .next_step("Write it as tus+https://host/files/ or fineuploader+https://host/upload?done=/upload/done.")
}

#[cfg(test)]
mod tests;
