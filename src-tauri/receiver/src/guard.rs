//! Who may talk to the receiver: `Host`, `Origin` and token. Decisions only; [`crate::server`] acts on them.
//!
//! A page on any web site can make a browser send requests to this computer. So the `Host` must be a name
//! of ours (else a site could rebind its own name to our address), an `Origin` must be our own or an
//! allowed one, for every method, and the token is asked for where there is one.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode, Uri};

use crate::config::Config;

/// What a browser may send across origins: what Fine Uploader, tus and the IETF draft send, and our own.
const HEADERS: &str = "authorization, cache-control, content-type, x-mime-type, x-requested-with, \
    tus-resumable, upload-length, upload-defer-length, upload-metadata, upload-offset, upload-concat, upload-checksum, \
    x-http-method-override, x-request-id, upload-complete, upload-draft-interop-version, upload-attempt, \
    upload-relative-path, content-disposition, content-digest, repr-digest, want-repr-digest";
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/// What its page may read of an answer.
const EXPOSED: &str = "location, content-location, tus-resumable, tus-version, tus-extension, tus-max-size, \
    tus-checksum-algorithm, upload-offset, upload-length, upload-defer-length, upload-metadata, upload-concat, \
    upload-expires, upload-complete, upload-limit, upload-draft-interop-version, upload-attempt, \
    upload-received-digest, repr-digest";

/// The rules of one receiver.
pub(crate) struct Guard {
    address: SocketAddr,
    /// What addresses begin with: `http` or `https`.
    scheme: &'static str,
    /// Kept as a digest: comparing digests takes the same time for every wrong token.
    token: Option<blake3::Hash>,
    origins: Vec<String>,
    hosts: Vec<String>,
}

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Host,
    Origin,
    Token,
}

impl Refusal {
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::Host => StatusCode::MISDIRECTED_REQUEST,
            Refusal::Origin => StatusCode::FORBIDDEN,
            Refusal::Token => StatusCode::UNAUTHORIZED,
        }
    }

    pub fn words(&self) -> &'static str {
        match self {
            Refusal::Host => "this receiver is not called by that name",
            Refusal::Origin => "pages of that origin may not upload here",
            Refusal::Token => "the right token is needed to upload here",
        }
    }
}

impl Guard {
    /// The rules for a receiver that listens on `address`.
    pub fn new(config: &Config, address: SocketAddr) -> Guard {
        let lower = |list: &[String]| list.iter().map(|s| s.trim_end_matches('/').to_ascii_lowercase()).collect();
        let token = config.token.as_ref().map(|token| blake3::hash(token.as_bytes()));
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        Guard { address, scheme, token, origins: lower(&config.allow_origins), hosts: lower(&config.allow_hosts) }
    }

    /// Whether a request may go on. A preflight carries no token by its nature.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let host = self.host(uri, headers).ok_or(Refusal::Host)?;
        if headers.contains_key(header::ORIGIN) && self.origin(&host, headers).is_none() {
            return Err(Refusal::Origin);
        }
        match method == Method::OPTIONS || self.token_fits(headers) {
            true => Ok(()),
            false => Err(Refusal::Token),
        }
    }

    /// The headers a browser needs to let its page read an answer; none for a request without a valid origin.
    pub fn cors(&self, uri: &Uri, headers: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
        let origin = self.host(uri, headers).and_then(|host| self.origin(&host, headers));
        let Some(origin) = origin else { return Vec::new() };
        vec![
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()),
            (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")),
            (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED)),
            (header::VARY, HeaderValue::from_static("Origin")),
        ]
    }

    /// What else the answer to a preflight holds. Custom headers of an allowed origin are allowed.
    pub fn preflight(headers: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
        let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).and_then(|value| value.to_str().ok());
        let allowed = asked.map_or(HEADERS.to_owned(), |asked| format!("{HEADERS}, {asked}"));
        let allowed = HeaderValue::from_str(&allowed).unwrap_or(HeaderValue::from_static(HEADERS));
        vec![
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS)),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, allowed),
            (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600")),
            (header::ALLOW, HeaderValue::from_static(METHODS)),
        ]
    }

    /// The name we are called by, if it is ours.
    fn host(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        let mut named = headers.get_all(header::HOST).iter();
        let header = named.next()?.to_str().ok()?;
        let host = uri.authority().map_or(header, |authority| authority.as_str()).to_ascii_lowercase();
        (named.next().is_none() && self.is_ours(&host)).then_some(host)
    }

    fn is_ours(&self, host: &str) -> bool {
        if self.hosts.iter().any(|name| name == host) {
            return true;
        }
        let Some((name, port)) = split_port(host, self.usual_port()) else { return false };
        port == self.address.port() && self.is_our_name(name)
    }

    /// The port that needs not be said.
    fn usual_port(&self) -> u16 {
        if self.scheme == "https" { 443 } else { 80 }
    }

    fn is_our_name(&self, name: &str) -> bool {
        let ours = self.address.ip();
        match address(name) {
            Some(ip) => ip == ours || ours.is_unspecified() || (ours.is_loopback() && is_usual_loopback(ip)),
            None => name == "localhost" && (ours.is_loopback() || ours.is_unspecified()),
        }
    }

    /// The origin, if it is our own or an allowed one.
    fn origin<'a>(&self, host: &str, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let mut given = headers.get_all(header::ORIGIN).iter();
        let value = given.next()?;
        let origin = value.to_str().ok()?.to_ascii_lowercase();
        let ours = origin.strip_prefix(self.scheme).and_then(|rest| rest.strip_prefix("://"));
        let fits = ours == Some(host) || self.origins.contains(&origin);
        (fits && given.next().is_none()).then_some(value)
    }

    fn token_fits(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return true };
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.split_once(' '));
        given.is_some_and(|(scheme, given)| {
            scheme.eq_ignore_ascii_case("bearer") && blake3::hash(given.trim().as_bytes()) == *token
        })
    }
}

/// An address as it stands in a `Host` header: one with colons in it in brackets.
fn address(name: &str) -> Option<IpAddr> {
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(six) => six.parse().ok().map(IpAddr::V6),
        None => name.parse().ok().map(IpAddr::V4),
    }
}

fn is_usual_loopback(ip: IpAddr) -> bool {
    ip == IpAddr::from([127, 0, 0, 1]) || ip == IpAddr::from(std::net::Ipv6Addr::LOCALHOST)
}

/// Name and port of a `Host` header; the usual port where none is said.
fn split_port(host: &str, usual: u16) -> Option<(&str, u16)> {
    match host.rsplit_once(':') {
        // Digits alone: a number in Rust may have a sign.
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => Some((name, port.parse().ok()?)),
        Some((_, port)) if !port.ends_with(']') => None,
        _ => Some((host, usual)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(listen: &str, token: Option<&str>) -> Guard {
        let config = Config {
            token: token.map(Into::into),
            allow_origins: vec!["https://good.example".into()],
            allow_hosts: vec!["NAS.local".into()],
            ..Config::new("x")
        };
        Guard::new(&config, listen.parse().unwrap())
    }

    fn check(guard: &Guard, method: Method, lines: &[(&str, &str)]) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        guard.check(&method, &Uri::from_static("/upload"), &headers)
    }

    fn host(guard: &Guard, host: &str) -> bool {
        check(guard, Method::POST, &[("host", host)]).is_ok()
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let local = guard("127.0.0.1:8000", None);
        for name in ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000", "nas.local"] {
            assert!(host(&local, name), "{name}");
        }
        for name in [
            "evil.example:8000",
            "127.0.0.1",
            "127.0.0.1:8001",
            "192.168.0.1:8000",
            "nas.local:8000",
            "",
            "localhost:+8000",
            "[[::1]:8000",
            "[127.0.0.1]:8000",
        ] {
            assert!(!host(&local, name), "{name}");
        }
        assert!(host(&guard("127.0.0.1:80", None), "localhost"), "port 80 needs not be said");
        assert_eq!(check(&local, Method::GET, &[]), Err(Refusal::Host));
        let twice = [("host", "localhost:8000"), ("host", "localhost:8000")];
        assert_eq!(check(&local, Method::GET, &twice), Err(Refusal::Host));
    }

    #[test]
    fn a_receiver_on_all_addresses_is_called_by_any_address_but_not_by_foreign_names() {
        let open = guard("0.0.0.0:8000", None);
        assert!(host(&open, "192.168.0.7:8000"));
        assert!(!host(&open, "evil.example:8000"));
    }

    #[test]
    fn foreign_origins_are_refused_for_every_method() {
        let guard = guard("127.0.0.1:8000", None);
        let with = |method: &Method, origin: &str| {
            check(&guard, method.clone(), &[("host", "localhost:8000"), ("origin", origin)])
        };
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            assert_eq!(with(&method, "https://evil.example"), Err(Refusal::Origin));
            assert_eq!(with(&method, "null"), Err(Refusal::Origin));
            assert_eq!(with(&method, "http://localhost:8001"), Err(Refusal::Origin));
            assert_eq!(with(&method, "http://localhost:8000"), Ok(()));
            assert_eq!(with(&method, "https://good.example"), Ok(()));
        }
    }

    #[test]
    fn over_https_only_https_origins_and_its_usual_port_are_ours() {
        let tls = Some(crate::config::Tls { cert: "c".into(), key: "k".into() });
        let guard = |port: u16| {
            let config = Config { tls: tls.clone(), ..Config::new("x") };
            Guard::new(&config, SocketAddr::from(([127, 0, 0, 1], port)))
        };
        let with = |port, host, origin| check(&guard(port), Method::POST, &[("host", host), ("origin", origin)]);
        assert_eq!(with(8443, "localhost:8443", "https://localhost:8443"), Ok(()));
        assert_eq!(with(443, "localhost", "https://localhost"), Ok(()), "port 443 needs not be said");
        assert_eq!(with(8443, "localhost:8443", "http://localhost:8443"), Err(Refusal::Origin));
        assert_eq!(with(443, "localhost:80", "https://localhost:80"), Err(Refusal::Host));
        assert_eq!(with(80, "localhost", "https://localhost"), Err(Refusal::Host));
    }

    #[test]
    fn the_token_is_asked_for_except_in_a_preflight() {
        let guard = guard("127.0.0.1:8000", Some("s3cr3t"));
        let with = |value: &str| check(&guard, Method::POST, &[("host", "localhost:8000"), ("authorization", value)]);
        assert_eq!(with("Bearer s3cr3t"), Ok(()));
        assert_eq!(with("bearer s3cr3t"), Ok(()));
        for wrong in ["Bearer s3cr3", "Bearer s3cr3tt", "Basic s3cr3t", "s3cr3t", "Bearer"] {
            assert_eq!(with(wrong), Err(Refusal::Token), "{wrong}");
        }
        assert_eq!(check(&guard, Method::OPTIONS, &[("host", "localhost:8000")]), Ok(()));
    }
}
