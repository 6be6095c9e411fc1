//! `carryon receive`: a server for uploads.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use carryon_engine::{Error, ErrorKind};
use carryon_receiver::{Config, Limits, Receiver, Tls};
use clap::Args;
use serde_json::json;

use crate::{face::stop_signal, open, report};

/// Receive uploads into a folder.
#[derive(Args)]
pub struct Receive {
    /// The folder finished files go to; what is unfinished lies in DIR/.carryon.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// A file whose first line is the token that clients must send; needed beyond this machine.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Speak HTTPS with this certificate: a file in PEM, with the certificates that lead to its authority behind it.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Days that unfinished uploads live after their last byte, and finished ones are remembered.
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=3650))]
    keep_days: u64,
    /// A file that gets one JSON object per request.
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
    /// Web pages of this origin may upload; may be given several times.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// Another name by which clients call this server (host:port), as behind a proxy; may be given several times.
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    #[command(flatten)]
    bounds: Bounds,
}

/// What clients may take.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
struct Bounds {
    /// The largest file that is taken.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().file_size)]
    max_file_size: u64,
    /// Unfinished uploads at once; more are told to come later.
    #[arg(long, value_name = "N", default_value_t = Limits::default().unfinished)]
    max_unfinished: usize,
    /// Unfinished uploads at once of one client, which is its IP address (of IPv6 its /64 network).
    #[arg(long, value_name = "N", default_value_t = Limits::default().unfinished_per_client)]
    max_unfinished_per_client: usize,
    /// Space on the disk that stays free: what would leave less is refused with 507; 0 asks for none.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().min_free_space)]
    min_free_space: u64,
    /// A client that sends less a second, on average over a minute, is cut off; 0 asks for none.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().min_rate)]
    min_rate: u64,
    /// A client that sends nothing for so long in the middle of a request is cut off.
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().stall.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    stall_timeout: u64,
    /// Requests that still run when it is asked to stop get so long.
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().shutdown.as_secs(), value_parser = clap::value_parser!(u64).range(0..=3600))]
    stop_within: u64,
    /// Connections at once; more wait to be accepted.
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections)]
    max_connections: usize,
}

impl Bounds {
    fn limits(&self) -> Limits {
        Limits {
            file_size: self.max_file_size,
            unfinished: self.max_unfinished,
            unfinished_per_client: self.max_unfinished_per_client,
            min_free_space: self.min_free_space,
            min_rate: self.min_rate,
            stall: Duration::from_secs(self.stall_timeout),
            shutdown: Duration::from_secs(self.stop_within),
            connections: self.max_connections.max(1),
            ..Limits::default()
        }
    }
}

impl Receive {
    /// Runs until it is asked to stop. The first line on standard output is JSON and names the address.
    pub async fn run(self) -> Result<u8, Error> {
        let token = match &self.token_file {
            Some(file) => open::token(Some(file))?,
            None => None,
        };
        let config = Config {
            listen: self.listen,
            token,
            tls: self.tls_cert.zip(self.tls_key).map(|(cert, key)| Tls { cert, key }),
            allow_origins: self.allow_origin,
            allow_hosts: self.allow_host,
            keep: Duration::from_secs(self.keep_days * 24 * 60 * 60),
            access_log: self.access_log,
            limits: self.bounds.limits(),
            ..Config::new(&self.dir)
        };
        let refused = |error: carryon_receiver::Error| Error::new(ErrorKind::Invalid, error.to_string());
        let receiver = Receiver::start(config).await.map_err(refused)?;
        let url = receiver.url();
        let url = url.trim_end_matches('/');
        report::line(&json!({
            "event": "listening", "address": url, "dir": self.dir.to_string_lossy(),
            "destination": format!("fineuploader+{url}/upload?done=/upload/done"),
        }));
        tokio::select! {
            () = stop_signal() => receiver.shutdown().await,
            () = receiver.wait() => {}
        }
        Ok(0)
    }
}
