//! What tus and the IETF draft share: an upload that has a URL of its own, which says at which byte it stands.
//!
//! The URL is a secret: whoever has it can write to the upload. It stands in the ticket and nowhere else. Credentials go to
//! the destination's own origin alone; a URL on it is kept without its origin, so that a destination may move.

use std::time::SystemTime;

use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::percent_decode_str;
use reqwest::{
    Body, Client, Method, RequestBuilder, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{
    Credentials, HttpOptions,
    headers::{self, Headers},
    http::{self, Answer},
    template::Facts,
};
use crate::{
    chunk::Digest,
    destination::{Outgoing, Ticket},
    error::{Error, ErrorKind, Result},
    source::ChunkBody,
    upload::UnixMillis,
};

const TICKET_VERSION: u32 = 1;

/// One server, and how it is spoken to.
#[derive(Debug)]
pub(super) struct Server {
    pub endpoint: Url,
    pub options: HttpOptions,
    credentials: Credentials,
    /// What every request bears.
    common: HeaderMap,
    own: Headers,
    client: Client,
}

/// What a ticket holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Resources {
    /// Of each lane, as [`Server::kept`] gives them; none where the first chunk makes the upload.
    pub urls: Vec<String>,
    /// By what the upload is found where it has no URL yet.
    pub attempt: String,
    /// Bytes in the whole.
    pub size: u64,
    /// The version of the protocol that it was made in, where there are several.
    pub interop: Option<u8>,
}

impl Resources {
    /// The ticket that holds this.
    pub fn ticket(&self) -> Ticket {
        let Self { urls, attempt, size, interop } = self;
        let data = json!({ "urls": urls, "attempt": attempt, "size": size, "interop": interop });
        Ticket { version: TICKET_VERSION, data }
    }

    /// What a ticket says.
    ///
    /// # Errors
    /// `Rejected` where it is lost, `Storage` where it makes no sense.
    pub fn of(ticket: &Ticket) -> Result<Self> {
        ticket.require_known()?;
        let read = (ticket.version == TICKET_VERSION).then(|| serde_json::from_value(ticket.data.clone()).ok());
        let known = read.flatten().filter(|of: &Self| !of.urls.is_empty() || !of.attempt.is_empty());
        known.ok_or_else(|| {
            let text = "The record's ticket was made by another version of Carryon and cannot be read";
            Error::new(ErrorKind::Storage, text)
        })
    }
}

impl Server {
    pub fn new(
        endpoint: Url,
        credentials: Credentials,
        options: &HttpOptions,
        common: &[(&'static str, &'static str)],
        own: &Headers,
    ) -> Result<Self> {
        let client = http::client(&endpoint, options)?;
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let common = common.iter().map(header).collect();
        Ok(Self { endpoint, options: options.clone(), credentials, common, own: own.clone(), client })
    }

    /// A request in the protocol; what is nobody else's business goes to the destination's own origin alone.
    pub fn request(&self, method: Method, url: Url, facts: Facts<'_>) -> RequestBuilder {
        let mut headers = self.common.clone();
        let own = self.is_own(&url);
        if own {
            headers::add(&mut headers, &self.own, facts);
        }
        let request = self.client.request(method, url).headers(headers);
        match &self.credentials.token {
            Some(token) if own => request.bearer_auth(token),
            _ => request,
        }
    }

    /// Sends a request without a payload.
    ///
    /// # Errors
    /// As [`http::exchange`].
    pub async fn ask(&self, request: RequestBuilder) -> Result<Answer> {
        http::exchange(request, None, &self.options, self.options.answer).await
    }

    /// Sends a chunk's bytes with a request.
    ///
    /// # Errors
    /// As [`http::exchange`].
    pub async fn send(&self, request: RequestBuilder, body: &ChunkBody) -> Result<Answer> {
        let request = request.header("Content-Length", body.chunk().length).body(Body::wrap_stream(body.open()));
        http::exchange(request, Some(body), &self.options, self.options.answer).await
    }

    fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.endpoint.origin()
    }

    /// A URL as a ticket keeps it.
    pub fn kept(&self, url: &Url) -> String {
        match self.is_own(url) {
            true => url[url::Position::BeforePath..].to_owned(),
            false => url.to_string(),
        }
    }

    /// The URL that a ticket keeps.
    ///
    /// # Errors
    /// `Storage` where it is none.
    pub fn url(&self, kept: &str) -> Result<Url> {
        let text = "The record's ticket names no URL that can be used";
        let url = self.endpoint.join(kept).map_err(|_| Error::new(ErrorKind::Storage, text))?;
        self.require_safe(url)
    }

    /// Where the upload lies that an answer says was made.
    ///
    /// # Errors
    /// `Rejected` where it does not say, or names a place that must not be used.
    pub fn location(&self, answer: &Answer, asked: &Url) -> Result<Url> {
        let named = answer.headers.get("location").and_then(|value| value.to_str().ok());
        let url = named.and_then(|named| asked.join(named).ok());
        self.require_safe(url.ok_or_else(|| {
            Error::new(ErrorKind::Rejected, "The destination opened the upload and did not say where it lies")
        })?)
    }

    fn require_safe(&self, url: Url) -> Result<Url> {
        let known = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        let weaker = self.endpoint.scheme() == "https" && url.scheme() == "http";
        if !known || weaker {
            let text = "The destination named a place for the upload where it would not be safe";
            return Err(Error::new(ErrorKind::Rejected, text));
        }
        http::check(&url, &HttpOptions { ca_file: None, ..self.options.clone() })?;
        Ok(url)
    }
}

/// A number in a header.
pub(super) fn number(answer: &Answer, name: &str) -> Option<u64> {
    answer.headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A header's text.
pub(super) fn text<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name)?.to_str().ok()
}

/// The BLAKE3 in a header of digests (RFC 9530, `blake3=:…:`), where one is there.
pub(super) fn digest(answer: &Answer, name: &str) -> Option<Digest> {
    let listed = text(answer, name)?.split(',').find_map(|entry| entry.trim().strip_prefix("blake3=:"))?;
    BASE64_STANDARD.decode(listed.trim().strip_suffix(':')?).ok()?.try_into().ok()
}

/// Where the object lies, where the server names it: the upload's own URL is a secret, and no place to look for it.
pub(super) fn place(answer: &Answer) -> Option<String> {
    let named = percent_decode_str(text(answer, "content-location")?).decode_utf8_lossy();
    Some(http::quote(&named))
}

/// When the destination will forget the upload (unix milliseconds), where a header says so.
pub(super) fn moment(answer: &Answer, name: &str) -> Option<UnixMillis> {
    let at = httpdate::parse_http_date(text(answer, name)?).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    UnixMillis::try_from(at.as_millis()).ok()
}

/// The upload's own URL is unknown there; a page in the server's place says nothing.
pub(super) fn is_unknown(answer: &Answer) -> bool {
    matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::GONE) && !answer.is_html()
}

/// What an answer that is no yes means for a request about an upload. Whatever it leaves open is asked.
pub(super) fn by_status(answer: &Answer) -> Error {
    let status = answer.status;
    let text = |plain: &str| format!("{plain} ({status})");
    match status.as_u16() {
        401 | 403 => Error::new(ErrorKind::Unauthorized, text("The destination does not accept who is asking")),
        409 => Error::new(ErrorKind::OffsetMismatch, text("The destination stands at another byte")),
        408 | 425 => Error::new(ErrorKind::Transient, text("The destination asks to try again")),
        423 => Error::new(ErrorKind::Busy(answer.retry_after()), text("Another request still holds the upload")),
        429 | 503 => Error::new(ErrorKind::Busy(answer.retry_after()), text("The destination is busy")),
        413 => Error::new(ErrorKind::TooLarge, text("The request is too large for the destination")),
        412 => Error::new(ErrorKind::Rejected, text("The destination speaks another version of this protocol")),
        460 => Error::new(ErrorKind::Integrity, "What arrived was damaged on the way, and the destination dropped it"),
        507 => Error::new(ErrorKind::QuotaFull, text("The destination has no room")),
        511 => Error::new(ErrorKind::CaptivePortal, text("The network wants a sign-in first")),
        301 | 307 | 308 => {
            let to = answer.location().unwrap_or_else(|| "another address".into());
            Error::new(ErrorKind::Rejected, format!("The destination has moved to {to}"))
                .next_step("Set the destination to that address, then resume.")
        }
        300..=399 => Error::new(ErrorKind::CaptivePortal, text("The network leads elsewhere, perhaps to a sign-in")),
        200..=299 if answer.is_html() => {
            Error::new(ErrorKind::CaptivePortal, "A web page answered in the destination's place, perhaps a sign-in")
        }
        200..=299 => Error::new(ErrorKind::Transient, "The destination answered something that is not this protocol")
            .next_step("Check the destination's address, then resume."),
        // An early refusal, or something between: what counts is what the destination holds now.
        _ => Error::new(ErrorKind::Unknown, text("The destination did not take it")),
    }
}

/// What an answer that is no yes means for a request that was to open an upload.
pub(super) fn not_opened(answer: &Answer) -> Error {
    let status = answer.status;
    match status.as_u16() {
        404 | 405 | 410 | 501 => {
            Error::new(ErrorKind::Rejected, format!("Nothing accepts uploads at this address ({status})"))
                .next_step("Check the destination's address, then resume.")
        }
        413 => Error::new(ErrorKind::Rejected, format!("The file is larger than the destination takes ({status})")),
        400 | 402 | 406 | 411 | 414..=422 | 424 | 426 | 428 | 431 | 451 => {
            let own = match answer.quote() {
                words if words.is_empty() || answer.is_html() => format!("({status})"),
                words => format!("({status}): {words}"),
            };
            Error::new(ErrorKind::Rejected, format!("The destination refused the upload {own}"))
        }
        500..=599 if !matches!(status.as_u16(), 503 | 507 | 511) => {
            Error::new(ErrorKind::Transient, format!("The destination has an error of its own ({status})"))
        }
        _ => by_status(answer),
    }
}

/// Judges the answer to a request to forget an upload: what is gone is forgotten.
///
/// # Errors
/// `Rejected` where the destination has no such request: then its own expiry does it.
pub(super) fn judge_removal(answer: &Answer) -> Result<()> {
    match answer.status.as_u16() {
        200..=299 if !answer.is_html() => Ok(()),
        404 | 410 if !answer.is_html() => Ok(()),
        400 | 404 | 405 | 410 | 501 => {
            let text = format!("The destination answered {} to the request to forget the upload", answer.status);
            Err(Error::new(ErrorKind::Rejected, text))
        }
        _ => Err(by_status(answer)),
    }
}

/// The destination's yes counts for all bytes of a chunk; where it kept only some, it is asked.
///
/// # Errors
/// `OffsetMismatch`.
pub(super) fn require_reached(outgoing: &Outgoing, start: u64, offset: Option<u64>) -> Result<u64> {
    let end = outgoing.body.chunk().end() - start;
    match offset {
        Some(offset) if offset == end => Ok(offset),
        Some(offset) => {
            Err(Error::new(ErrorKind::OffsetMismatch, format!("The destination stands at {offset}, not at {end}")))
        }
        None => Err(Error::new(ErrorKind::Unknown, "The destination did not say at which byte it stands")),
    }
}
