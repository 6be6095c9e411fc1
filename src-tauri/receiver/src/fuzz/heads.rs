//! Heads of requests: who gets past the guard is called by a name of ours and has the token.

use axum::http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use axum::http::{Method, Uri};

use super::{head_and_rest, target};
use crate::config::Config;
use crate::guard::Guard;

const TOKENS: &[&str] = &[
    "Host: ",
    "localhost:8000",
    "127.0.0.1:8000",
    "[::1]:8000",
    "nas.local",
    "evil.example",
    "\nOrigin: ",
    "http://",
    "https://",
    "null",
    "\nAuthorization: Bearer ",
    "s3cr3t",
    "@",
    ":8000",
    "[",
    "]",
    "GET http://evil.example:8000/upload",
    "/upload",
    "OPTIONS ",
];
const OURS: [&str; 4] = ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "nas.local"];

/// `METHOD address`, then a header a line.
fn read(input: &[u8]) -> Option<(Method, Uri, HeaderMap)> {
    let (first, rest) = head_and_rest(input);
    let (method, uri) = std::str::from_utf8(first).ok()?.split_once(' ')?;
    let mut headers = HeaderMap::new();
    for line in rest.split(|&byte| byte == b'\n') {
        let colon = line.iter().position(|&byte| byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        headers.append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    Some((method.parse().ok()?, uri.parse().ok()?, headers))
}

fn law(input: &[u8]) {
    let Some((method, uri, headers)) = read(input) else { return };
    let config = Config {
        token: Some("s3cr3t".into()),
        allow_origins: vec!["https://good.example".into()],
        allow_hosts: vec!["nas.local".into()],
        ..Config::new("x")
    };
    let guard = Guard::new(&config, "127.0.0.1:8000".parse().expect("an address"));
    let passed = guard.check(&method, &uri, &headers).is_ok();
    let cors = guard.cors(&uri, &headers);
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = uri.authority().map_or(text(HOST), |authority| authority.as_str()).to_ascii_lowercase();
    let origin = text(ORIGIN).to_ascii_lowercase();
    let is_own = origin == "https://good.example" || origin.strip_prefix("http://") == Some(&*host);
    if passed {
        assert!(is_ours(&host), "{host} is not ours");
        assert!(!headers.contains_key(ORIGIN) || is_own, "{origin} may not upload");
        assert!(method == Method::OPTIONS || text(AUTHORIZATION).ends_with("s3cr3t"), "the token is needed");
    }
    assert!(cors.is_empty() || (is_ours(&host) && is_own), "{origin} must not read answers");
    let _ = Guard::preflight(&headers);
}

/// An address may be written in many ways, and so may a port.
fn is_ours(host: &str) -> bool {
    let host = match host.rsplit_once(':') {
        Some((name, port)) => format!("{name}:{}", port.trim_start_matches('0')),
        None => host.to_owned(),
    };
    let address = host.parse::<std::net::SocketAddr>().ok();
    OURS.contains(&&*host) || address.is_some_and(|address| address.ip().is_loopback() && address.port() == 8000)
}

#[test]
fn nobody_passes_the_guard_who_must_not() {
    target("heads", TOKENS).run(law);
}
