//! How the built-in receiver is to receive: what a user sets, looked at before it is kept. No token stands here.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use carryon_engine::{Error, ErrorKind};
use carryon_receiver::{Config, Limits, Tls};
use serde::{Deserialize, Serialize};

use crate::saving::{Refused, about};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MOST_DAYS: u32 = 3650;
/// More origins or names than anybody types.
const MOST_LINES: usize = 50;

/// Who may send beside this window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Nobody.
    #[default]
    Closed,
    /// Programs on this computer.
    Here,
    /// Other computers too.
    Network,
}

/// A certificate and its key, as files in PEM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// What a user sets about receiving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// *This computer* is a destination.
    pub on: bool,
    /// Where files go; none for the usual folder.
    pub folder: Option<PathBuf>,
    /// Who may send beside this window.
    pub door: Door,
    /// The port for others; 0 takes a free one at each start.
    pub port: u16,
    /// Others are spoken to with https.
    pub tls: Option<Certificate>,
    /// The largest file, in bytes; none for the receiver's own limit.
    pub max_file_size: Option<u64>,
    /// Bytes of the disk that are to stay free; none for the receiver's own limit.
    pub min_free_space: Option<u64>,
    /// Days that what is unfinished is kept after its last byte.
    pub keep_days: u32,
    /// Web pages of these origins may send.
    pub origins: Vec<String>,
    /// Other names by which others call this computer, with a port.
    pub names: Vec<String>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            on: true,
            folder: None,
            door: Door::Closed,
            port: 0,
            tls: None,
            max_file_size: None,
            min_free_space: None,
            keep_days: 7,
            origins: Vec::new(),
            names: Vec::new(),
        }
    }
}

impl Wanted {
    /// What was typed, put in order.
    ///
    /// # Errors
    /// What makes no sense, and the field that it is about.
    pub fn checked(mut self) -> Result<Self, Refused> {
        let wrong = |field, text: &str, advice: &str| {
            Err(about(field)(Error::new(ErrorKind::Invalid, text.to_owned()).next_step(advice.to_owned())))
        };
        if self.folder.as_ref().is_some_and(|folder| !folder.is_absolute()) {
            return wrong("folder", "A folder is named from the root of its disk", "Choose it with the button.");
        }
        if self.max_file_size == Some(0) {
            return wrong("max_file_size", "Nothing is that small", "Write a size, or nothing for any size.");
        }
        if !(1..=MOST_DAYS).contains(&self.keep_days) {
            return wrong("keep_days", "What is unfinished is kept for 1 to 3650 days", "Write another number.");
        }
        self.origins = lines(&self.origins);
        self.names = lines(&self.names);
        if self.origins.len() > MOST_LINES || !self.origins.iter().all(|origin| is_origin(origin)) {
            return wrong(
                "origins",
                "An origin looks like https://example.org",
                "Write each without a path, with commas between.",
            );
        }
        if self.names.len() > MOST_LINES || !self.names.iter().all(|name| is_name(name)) {
            return wrong(
                "names",
                "A name looks like nas.local:8080",
                "Write each without http://, with commas between.",
            );
        }
        Ok(self)
    }

    /// What the store is opened with; the engine's own door is a free port of the loopback.
    pub fn store(&self, folder: &Path, token: String) -> Config {
        Config { token: Some(token), ..self.base(folder) }
    }

    /// What others come in by.
    pub fn door(&self, folder: &Path, token: String) -> Config {
        let ip = if self.door == Door::Network { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        Config {
            listen: SocketAddr::from((ip, self.port)),
            token: Some(token),
            tls: self.tls.clone().map(|Certificate { cert, key }| Tls { cert, key }),
            allow_origins: self.origins.clone(),
            allow_hosts: self.names.clone(),
            ..self.base(folder)
        }
    }

    fn base(&self, folder: &Path) -> Config {
        let usual = Limits::default();
        let limits = Limits {
            file_size: self.max_file_size.unwrap_or(usual.file_size),
            min_free_space: self.min_free_space.unwrap_or(usual.min_free_space),
            ..usual
        };
        Config { keep: DAY * self.keep_days, limits, ..Config::new(folder) }
    }

    /// Whether the store has to be opened anew to become `other`.
    pub fn needs_another_store(&self, other: &Wanted) -> bool {
        let store = |wanted: &Wanted| {
            (wanted.on, wanted.folder.clone(), wanted.max_file_size, wanted.min_free_space, wanted.keep_days)
        };
        store(self) != store(other)
    }
}

fn lines(typed: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = typed.iter().map(|line| line.trim().trim_end_matches('/').to_owned()).collect();
    lines.retain(|line| !line.is_empty());
    lines.dedup();
    lines
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(is_name)
}

fn is_name(text: &str) -> bool {
    let usual = |letter: char| letter.is_ascii_alphanumeric() || ".-_:[]".contains(letter);
    !text.is_empty() && text.len() <= 255 && text.chars().all(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused_with_the_field_it_is_about() {
        let refused = |json: &str| {
            let wanted: Wanted = serde_json::from_str(json).expect("settings");
            serde_json::to_value(wanted.checked().expect_err(json)).expect("plain")["field"].clone()
        };
        assert_eq!(refused(r#"{"folder": "somewhere"}"#), "folder");
        assert_eq!(refused(r#"{"max_file_size": 0}"#), "max_file_size");
        assert_eq!(refused(r#"{"keep_days": 0}"#), "keep_days");
        assert_eq!(refused(r#"{"keep_days": 3651}"#), "keep_days");
        for origin in ["example.org", "https://a/b", "https://", "*", "https://a b"] {
            assert_eq!(refused(&serde_json::json!({"origins": [origin]}).to_string()), "origins", "{origin}");
        }
        assert_eq!(refused(r#"{"names": ["http://nas"]}"#), "names");
        assert!(serde_json::from_str::<Wanted>(r#"{"token": "x"}"#).is_err(), "no token comes this way");
    }

    #[test]
    fn lines_are_put_in_order_and_only_the_network_is_listened_to_beyond_loopback() {
        let typed =
            r#"{"origins": [" https://a.example/ ", "", "https://a.example"], "door": "network", "port": 8080}"#;
        let wanted = serde_json::from_str::<Wanted>(typed).expect("settings").checked().expect("it makes sense");
        assert_eq!(wanted.origins, ["https://a.example"]);
        assert_eq!(wanted.door(Path::new("/x"), "t".into()).listen, SocketAddr::from(([0, 0, 0, 0], 8080)));
        assert!(wanted.store(Path::new("/x"), "t".into()).listen.ip().is_loopback(), "the window's own way in");
        let here = Wanted { door: Door::Here, ..wanted };
        assert!(here.door(Path::new("/x"), "t".into()).listen.ip().is_loopback());
    }
}
