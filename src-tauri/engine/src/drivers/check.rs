//! Trying a destination: step by step, in plain words, leaving nothing there.

use std::time::Duration;

use reqwest::Method;
use serde::Serialize;
use url::Url;

use super::{
    Credentials, HttpOptions,
    http::{self, Answer},
};
use crate::error::{Error, ErrorKind, Result};

/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Clocks that differ by more make expiry and signatures unreliable.
const CLOCKS: i64 = 300;

const FINE_UPLOADER: &str = "Fine Uploader's protocol";

/// What one step found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at: name, connection, answer, protocol, clock.
    pub what: &'static str,
    /// Whether it is right.
    pub ok: bool,
    /// What was found, in plain words.
    pub words: String,
}

pub(super) fn good(what: &'static str, words: impl Into<String>) -> Check {
    Check { what, ok: true, words: words.into() }
}

pub(super) fn bad(what: &'static str, words: impl Into<String>) -> Check {
    Check { what, ok: false, words: words.into() }
}

/// Tries to reach the host of `url`; the first thing that is wrong ends it.
pub(super) async fn reach(url: &Url) -> Vec<Check> {
    let named = name(url).await;
    match named.ok {
        true => vec![named, connection(url).await],
        false => vec![named],
    }
}

/// Tries a Fine Uploader endpoint, once its host can be reached.
///
/// # Errors
/// `Invalid` where plain http is not agreed to.
pub(super) async fn fine_uploader(url: &Url, credentials: &Credentials, options: &HttpOptions) -> Result<Vec<Check>> {
    let client = http::client(url, options)?;
    let mut endpoint = url.clone();
    endpoint.set_query(None);
    // A form without a file: every server of the protocol refuses it in its own words, and stores nothing.
    let mut request = client
        .request(Method::POST, endpoint)
        .header("Accept", "application/json")
        .header("Content-Type", "multipart/form-data; boundary=carryon-check")
        .body("--carryon-check\r\nContent-Disposition: form-data; name=\"qqcheck\"\r\n\r\n1\r\n--carryon-check--\r\n");
    if let Some(token) = &credentials.token {
        request = request.bearer_auth(token);
    }
    Ok(match http::exchange(request, None, options, PATIENCE).await {
        Err(error) => vec![no_answer(&error)],
        Ok(answer) => std::iter::once(protocol(&answer)).chain(clock(&answer)).collect(),
    })
}

/// It takes connections, and no answer came.
pub(super) fn no_answer(error: &Error) -> Check {
    match error.kind() {
        ErrorKind::Offline | ErrorKind::CaptivePortal => bad("answer", format!("{error}. {}", error.advice())),
        _ => bad("answer", format!("It takes connections, but does not answer: {error}")),
    }
}

async fn name(url: &Url) -> Check {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((bare, port))).await {
        Ok(Ok(_)) => good("name", format!("{host} is known")),
        Ok(Err(_)) => bad("name", format!("The name {host} is not known. Check its spelling, or the network.")),
        Err(_) => bad("name", format!("Nobody answers what {host} is. Check the network.")),
    }
}

async fn connection(url: &Url) -> Check {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect((bare, port))).await {
        Ok(Ok(_)) => good("connection", format!("Something listens at port {port}")),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => bad(
            "connection",
            format!("Nothing listens at port {port}: the server is not running, or the port is wrong."),
        ),
        Ok(Err(error)) => bad("connection", format!("Port {port} cannot be reached: {error}.")),
        Err(_) => bad("connection", format!("Port {port} does not answer; a firewall may be in the way.")),
    }
}

fn protocol(answer: &Answer) -> Check {
    let json = answer.json();
    let speaks =
        json.as_ref().is_some_and(|json| ["success", "error", "reset"].iter().any(|key| json.get(key).is_some()));
    match answer.status.as_u16() {
        401 | 403 => without_protocol(answer, FINE_UPLOADER),
        _ if speaks => good("protocol", "It speaks Fine Uploader's protocol"),
        _ => without_protocol(answer, FINE_UPLOADER),
    }
}

/// It answers, and not in the protocol of that name.
pub(super) fn without_protocol(answer: &Answer, named: &str) -> Check {
    match answer.status.as_u16() {
        401 | 403 => bad("protocol", "It answers, but does not accept who is asking. Check the token."),
        301 | 302 | 307 | 308 => {
            let to = answer.location().unwrap_or_else(|| "another address".into());
            bad("protocol", format!("It sends callers on to {to}. Set the destination to that address."))
        }
        404 | 405 | 410 | 501 => {
            bad("protocol", "It answers, but nothing accepts uploads at this path. Check the path.")
        }
        _ if answer.is_html() => {
            bad("protocol", "A web page answers here, perhaps a sign-in. This is no upload endpoint.")
        }
        429 | 503 => bad("protocol", "It is busy now. Try again later."),
        status => bad("protocol", format!("It answers {status}, and not in {named}.")),
    }
}

/// Whether the clocks agree.
pub(super) fn clock(answer: &Answer) -> Option<Check> {
    let text = answer.headers.get("date")?.to_str().ok()?;
    let theirs = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let apart = crate::upload::now() / 1000 - i64::try_from(theirs.as_secs()).ok()?;
    Some(match apart.abs() > CLOCKS {
        true => bad(
            "clock",
            format!("Its clock and this computer's are {} minutes apart. Set the one that is wrong.", apart.abs() / 60),
        ),
        false => good("clock", "The clocks agree"),
    })
}
