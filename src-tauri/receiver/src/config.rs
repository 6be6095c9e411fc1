//! What a receiver is told at its start.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;

/// What a receiver is told at its start.
#[derive(Clone)]
pub struct Config {
    /// The folder finished files go to; made when missing. What is unfinished lies in `.carryon` in it.
    pub dir: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What clients must send as `Authorization: Bearer`. Needed beyond loopback.
    pub token: Option<String>,
    /// Web pages of these origins (`https://example.org`) may upload; all others are refused.
    pub allow_origins: Vec<String>,
    /// Speak HTTPS, and nothing else, with this certificate.
    pub tls: Option<Tls>,
    /// Names beside the listen address by which clients may call this receiver (`nas.local:8080`),
    /// as they appear in the `Host` header; for a receiver behind a proxy, the proxy's.
    pub allow_hosts: Vec<String>,
    /// How long unfinished uploads live after their last byte, and finished ids are remembered.
    pub keep: Duration,
    /// A file that gets one JSON object per line for every request.
    pub access_log: Option<PathBuf>,
    /// Bounds on what one client, or all together, may take.
    pub limits: Limits,
}

/// A certificate and its key, as files in PEM. They are read once, at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, and behind it those that lead to an authority the clients know.
    pub cert: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
}

/// Bounds on what clients may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_size: u64,
    /// Unfinished uploads at once.
    pub unfinished: usize,
    /// Unfinished uploads at once of one client, which is known by its IP address (of IPv6 by its /64 network).
    pub unfinished_per_client: usize,
    /// Bytes of the disk that are to stay free: an upload is refused when its announced size would leave less,
    /// and so are bytes that come when less is left. 0 asks for none.
    pub min_free_space: u64,
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// A connection that sends no (whole) head of a request for so long is closed. Longer than clients keep idle ones.
    pub idle: Duration,
    /// An encrypted connection has to be agreed on within so long.
    pub handshake: Duration,
    /// A body of which nothing comes for so long is ended; so is a connection whose client takes nothing of its answer.
    pub stall: Duration,
    /// A body brings at least so many bytes a second, on average over `rate_window`; 0 asks for none.
    pub min_rate: u64,
    /// Only the time spent waiting for the client counts.
    pub rate_window: Duration,
    /// The rest of a body that was answered early is read for so long, so that the client reads the answer.
    pub linger: Duration,
    /// And no further than so many bytes.
    pub linger_bytes: u64,
    /// Requests still running at shutdown get so long.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_size: 16 << 40,
            unfinished: 100_000,
            unfinished_per_client: 100_000,
            min_free_space: 64 << 20,
            connections: 256,
            idle: Duration::from_secs(100),
            handshake: Duration::from_secs(10),
            stall: Duration::from_secs(60),
            min_rate: 1024,
            rate_window: Duration::from_secs(60),
            linger: Duration::from_secs(10),
            linger_bytes: 64 << 20,
            shutdown: Duration::from_secs(10),
        }
    }
}

impl Config {
    /// Receives into `dir`, on a free port of this computer only, without a token.
    pub fn new(dir: impl Into<PathBuf>) -> Config {
        Config {
            dir: dir.into(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            token: None,
            tls: None,
            allow_origins: Vec::new(),
            allow_hosts: Vec::new(),
            keep: Duration::from_secs(7 * 24 * 60 * 60),
            access_log: None,
            limits: Limits::default(),
        }
    }

    /// # Errors
    /// [`Error::TokenNeeded`] and [`Error::TokenUnusable`].
    pub(crate) fn check(&self) -> Result<(), Error> {
        match &self.token {
            None if !self.listen.ip().is_loopback() => Err(Error::TokenNeeded(self.listen)),
            Some(token) if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) => {
                Err(Error::TokenUnusable)
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("dir", &self.dir)
            .field("listen", &self.listen)
            .field("token", &self.token.as_ref().map(|_| "REDACTED"))
            .field("tls", &self.tls)
            .field("allow_origins", &self.allow_origins)
            .field("allow_hosts", &self.allow_hosts)
            .field("keep", &self.keep)
            .field("access_log", &self.access_log)
            .field("limits", &self.limits)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_loopback_a_token_is_needed() {
        let mut config = Config::new("x");
        assert!(config.check().is_ok());
        config.listen = "0.0.0.0:80".parse().unwrap();
        assert!(matches!(config.check(), Err(Error::TokenNeeded(_))));
        config.token = Some("secret".into());
        assert!(config.check().is_ok());
        config.token = Some(String::new());
        assert!(matches!(config.check(), Err(Error::TokenUnusable)), "an empty token is no token");
    }

    #[test]
    fn the_token_is_never_printed() {
        let config = Config { token: Some("s3cr3t".into()), ..Config::new("x") };
        assert!(!format!("{config:?}").contains("s3cr3t"));
    }
}
