//! What every HTTP driver shares: the client, one exchange with its stall watch, and a bounded, untrusted answer.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Once,
    time::{Duration, SystemTime},
};

use bytes::{Bytes, BytesMut};
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, header::HeaderMap};
use rustls::CertificateError;
use serde_json::Value;
use url::{Host, Url};

use crate::{
    error::{Error, ErrorKind, Result},
    source::ChunkBody,
    upload::UnixMillis,
};

/// The most of an answer to a chunk that is read.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;
/// The most of an answer to a question that is read: a list of half a million chunks.
const LARGEST_LIST: usize = 64 * 1024 * 1024;
/// The most of a server's own words that is shown.
const LONGEST_QUOTE: usize = 300;

/// How the engine speaks HTTP.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// The user agreed to plain http beyond this machine.
    pub allow_http: bool,
    /// Certificates (PEM) that are trusted beside the system's own.
    pub ca_file: Option<PathBuf>,
    /// How long a connection may take to stand.
    pub connect: Duration,
    /// No byte moved for this long: the connection is dead.
    pub stall: Duration,
    /// How long an answer may take once the request has left.
    pub answer: Duration,
    /// How long the answer to a finish may take: the server may have much to put together.
    pub finish: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            allow_http: false,
            ca_file: None,
            connect: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            answer: Duration::from_secs(120),
            finish: Duration::from_secs(600),
        }
    }
}

/// Checks what can be checked of `options` for `url` without building a client, which reads all of the system's
/// certificates.
pub(super) fn check(url: &Url, options: &HttpOptions) -> Result<()> {
    refuse_plain_http(url, options)?;
    options.ca_file.as_deref().map(certificates).transpose().map(drop)
}

/// Builds a client for `url`. The one place that chooses the TLS provider.
pub(super) fn client(url: &Url, options: &HttpOptions) -> Result<Client> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Fails only where one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    refuse_plain_http(url, options)?;
    let mut builder = Client::builder()
        .user_agent(concat!("Carryon/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(options.connect)
        .redirect(reqwest::redirect::Policy::none())
        // Many servers close an idle connection after five seconds; a request on one that closes just then goes unanswered.
        .pool_idle_timeout(Duration::from_secs(4))
        .tcp_nodelay(true);
    if is_loopback(url) {
        builder = builder.no_proxy();
    }
    if let Some(file) = &options.ca_file {
        builder = builder.tls_certs_merge(certificates(file)?);
    }
    builder.build().map_err(|error| Error::new(ErrorKind::Invalid, "HTTP cannot be set up").because(error))
}

fn certificates(file: &Path) -> Result<Vec<Certificate>> {
    let wrong = |why: String| {
        let text = format!("The certificates in “{}” cannot be used: {why}", file.display());
        Error::new(ErrorKind::Invalid, text).next_step("Name a file of certificates in PEM form as ca_file.")
    };
    let pem = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if certificates.is_empty() => Err(wrong("there is none in it".to_owned())),
        Ok(certificates) => Ok(certificates),
        Err(_) => Err(wrong("this is not the PEM form".to_owned())),
    }
}

fn refuse_plain_http(url: &Url, options: &HttpOptions) -> Result<()> {
    if url.scheme() == "https" || options.allow_http || is_loopback(url) {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    let text = format!("“{host}” would be reached over plain http, where anyone on the way can read the files");
    Err(Error::new(ErrorKind::Invalid, text).next_step("Use https, or agree with --allow-http."))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// An answer, read whole within bounds. Nothing in it is trusted.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// An answer as a test makes it up.
    #[cfg(test)]
    pub fn of(status: StatusCode, headers: HeaderMap, body: &[u8]) -> Self {
        Self { status, headers, body: Bytes::copy_from_slice(body) }
    }

    /// The body as a JSON object, whatever its content type says.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok().filter(Value::is_object)
    }

    /// The body as a JSON list, whatever its content type says.
    pub fn list(&self) -> Option<Vec<Value>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body looks like a web page.
    pub fn is_html(&self) -> bool {
        let said = self.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let head = String::from_utf8_lossy(&self.body[..self.body.len().min(256)]).trim_start().to_ascii_lowercase();
        said.starts_with("text/html") || head.starts_with("<!doctype html") || head.starts_with("<html")
    }

    /// The server's time (unix milliseconds); a page that stands in its place has none.
    pub fn date(&self) -> Option<UnixMillis> {
        let text = self.headers.get("date").filter(|_| !self.is_html())?.to_str().ok()?;
        let since = httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        UnixMillis::try_from(since.as_millis()).ok()
    }

    /// How long the server asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get("retry-after")?.to_str().ok()?;
        let in_seconds = text.trim().parse().ok().map(Duration::from_secs);
        let at_a_moment = || httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok();
        in_seconds.or_else(at_a_moment).map(|patience| patience.min(Duration::from_secs(24 * 60 * 60)))
    }

    /// The server's own words, bounded; empty where they are no text.
    pub fn quote(&self) -> String {
        std::str::from_utf8(&self.body).map(quote).unwrap_or_default().trim().to_owned()
    }

    /// Where a redirect leads, without its query.
    pub fn location(&self) -> Option<String> {
        let text = self.headers.get("location")?.to_str().ok()?;
        Some(quote(text.split('?').next().unwrap_or(text)))
    }
}

/// A server's own words, bounded and without control characters.
pub(super) fn quote(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_QUOTE).collect()
}

/// Sends a request and reads the answer. With a body, the exchange ends when no byte of it moved for `options.stall`;
/// once it has left, the answer may take up to `patience`.
///
/// # Errors
/// `Offline` where nothing could be sent; the body's own fault where the file broke it; `Unknown` where everything had
/// left and the answer was lost; else `Transient`.
pub(super) async fn exchange(
    request: RequestBuilder,
    body: Option<&ChunkBody>,
    options: &HttpOptions,
    patience: Duration,
) -> Result<Answer> {
    let _step = carryon_instruments::step("request");
    let answered = async {
        let response = request.send().await?;
        read(response, if body.is_some() { LARGEST_ANSWER } else { LARGEST_LIST }).await
    };
    let outcome = match body {
        Some(body) => tokio::select! {
            outcome = answered => outcome,
            error = stall(body, options, patience) => return Err(error),
        },
        None => match tokio::time::timeout(patience, answered).await {
            Ok(outcome) => outcome,
            Err(_) => return Err(Error::new(ErrorKind::Unknown, "The destination did not answer in time")),
        },
    };
    outcome.map_err(|error| body.and_then(ChunkBody::fault).unwrap_or_else(|| broken(error, body)))
}

async fn read(mut response: reqwest::Response, largest: usize) -> reqwest::Result<Answer> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(block) = response.chunk().await? {
        let room = largest.saturating_sub(body.len());
        body.extend_from_slice(&block[..block.len().min(room)]);
        if block.len() > room {
            break;
        }
    }
    Ok(Answer { status, headers, body: body.freeze() })
}

/// Ends when the body stands still for too long, or the answer to a sent body does not come.
async fn stall(body: &ChunkBody, options: &HttpOptions, patience: Duration) -> Error {
    loop {
        let (limit, all_taken) = if body.all_taken() { (patience, true) } else { (options.stall, false) };
        let idle = body.idle();
        if idle < limit {
            tokio::time::sleep((limit - idle).min(Duration::from_secs(1)).max(Duration::from_millis(10))).await;
        } else if all_taken {
            return Error::new(ErrorKind::Unknown, "The destination did not answer in time");
        } else {
            let text = format!("The connection stalled: nothing moved for {} seconds", limit.as_secs());
            return Error::new(ErrorKind::Transient, text);
        }
    }
}

fn broken(error: reqwest::Error, body: Option<&ChunkBody>) -> Error {
    let all_left = body.is_none_or(ChunkBody::all_taken);
    // The URL may hold what is nobody's business.
    let error = error.without_url();
    if let Some(fault) = certificate_fault(&error) {
        // Whoever answers is not who was asked: a sign-in page in between, or a certificate that is to be trusted first.
        let text = format!("Whoever answers cannot be trusted: {fault}");
        return Error::new(ErrorKind::CaptivePortal, text)
            .next_step("Sign in to the network if it asks for that; for a company's own certificates set ca_file.");
    }
    if error.is_connect() {
        return Error::new(ErrorKind::Offline, "The destination cannot be reached").because(Plain(root_cause(&error)));
    }
    let kind = if all_left { ErrorKind::Unknown } else { ErrorKind::Transient };
    Error::new(kind, "The connection broke before the answer came").because(Plain(root_cause(&error)))
}

/// What is wrong with the certificate of the other end, if that is what broke a connection.
fn certificate_fault(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(rustls::Error::InvalidCertificate(fault)) = inner.downcast_ref() {
            return Some(in_words(fault));
        }
        // What an I/O error wraps is not its source, but stands in its place.
        let wrapped = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = wrapped.map(|wrapped| wrapped as _).or_else(|| inner.source());
    }
    None
}

fn in_words(fault: &CertificateError) -> &'static str {
    match fault {
        CertificateError::UnknownIssuer => "its certificate is from nobody that this computer trusts",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet; this computer's clock may be wrong"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name"
        }
        CertificateError::Revoked => "its certificate was revoked",
        // A certificate that signed itself, as many tools make it: the fault has no name of its own.
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "its certificate is one for signing others (CA:TRUE), not for a server"
        }
        _ => "its certificate is not valid",
    }
}

/// The innermost cause in a chain, which is what a person can use: “connection refused”, “certificate expired”.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    quote(&cause.to_string())
}

/// A cause that is only words by now.
#[derive(Debug)]
struct Plain(String);

impl std::fmt::Display for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Plain {}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(said: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", said.parse().expect("a header"));
        Answer { status: StatusCode::TOO_MANY_REQUESTS, headers, body: Bytes::new() }.retry_after()
    }

    #[test]
    fn a_server_may_ask_for_patience_in_seconds_or_until_a_moment() {
        assert_eq!(patience("77"), Some(Duration::from_secs(77)));
        let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        let asked = patience(&later).expect("a moment");
        assert!((98..=100).contains(&asked.as_secs()), "{asked:?}");
        assert_eq!(
            patience("99999999"),
            Some(Duration::from_secs(24 * 60 * 60)),
            "no server may stop an upload for ever"
        );
        assert_eq!(patience("soon"), None);
    }
}
