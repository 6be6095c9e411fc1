//! What a user sets about a destination: limits, patience, what may be sent there, and how its protocol is spoken.
//!
//! The defaults change nothing. What is set is checked before it is stored; what cannot be read later is an error of that
//! destination alone. A file that the rules refuse is refused before anything is sent, and never stops the others.

mod stored;

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    drivers::{self, FineUploaderSettings, HttpOptions, TusSettings},
    error::{Error, ErrorKind, Result},
    pace::SpeedLimit,
    records::destinations::{Memory, THIS_COMPUTER},
};

/// The longest scope, in characters.
const LONGEST_SCOPE: usize = 200;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a user sets about a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DestinationSettings {
    /// Bytes in a chunk; none lets the engine choose. An address that says it wins.
    pub chunk_size: Option<u64>,
    /// Chunks of one file at once, at most; none for the engine's own limit.
    pub connections: Option<usize>,
    /// Days after its last confirmation at which an upload expires; 0 for never, none for the engine's own.
    pub lifetime_days: Option<u32>,
    /// The user agreed to plain http beyond this machine.
    pub allow_http: bool,
    /// A file of certificates (PEM) that are trusted beside the system's own: a company's CA.
    pub ca_file: Option<PathBuf>,
    /// How fast all its uploads together may be, below what holds for all destinations.
    pub speed_limit: SpeedLimit,
    /// Who its uploads belong to, where nobody says otherwise: a user, a project.
    pub scope: String,
    /// What becomes of uploads that were interrupted; none for what is set for everything.
    pub resume: Option<ResumePolicy>,
    /// What becomes of a file whose name the destination has already.
    pub name_conflicts: NameConflicts,
    /// A finish does no harm when it is repeated.
    pub repeat_finish: bool,
    /// Ends of names that are taken, in any letter case, with or without a dot before; none for all.
    pub allowed_extensions: Vec<String>,
    /// The smallest file taken, in bytes; 0 for any. Empty files are `allow_empty`'s business.
    pub min_size: u64,
    /// The largest file taken, in bytes; 0 for any.
    pub max_size: u64,
    /// Empty files are taken.
    pub allow_empty: bool,
    /// Files taken at one adding; 0 for any number. Only what goes beyond is refused.
    pub item_limit: u64,
    /// How a Fine Uploader server is spoken to.
    pub fine_uploader: FineUploaderSettings,
    /// How a tus server is spoken to.
    pub tus: TusSettings,
}

/// What becomes of uploads that were interrupted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumePolicy {
    /// They are offered; whoever embeds the engine is asked ([`crate::ResumeGate`]).
    #[default]
    Ask,
    /// They go on without a question, after a launch too.
    Always,
    /// They begin anew.
    Never,
    /// Nothing is kept of them.
    Off,
}

/// What becomes of a file whose name the destination has already, as far as it tells which files it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameConflicts {
    /// The destination does what it does; Carryon's own receiver keeps both.
    #[default]
    Leave,
    /// The file is not sent, and that is told.
    Skip,
    /// The file goes under another name, as `name (2).ext`.
    Rename,
}

impl Default for DestinationSettings {
    fn default() -> Self {
        Self {
            chunk_size: None,
            connections: None,
            lifetime_days: None,
            allow_http: false,
            ca_file: None,
            speed_limit: SpeedLimit::default(),
            scope: String::new(),
            resume: None,
            name_conflicts: NameConflicts::default(),
            repeat_finish: false,
            allowed_extensions: Vec::new(),
            min_size: 0,
            max_size: 0,
            allow_empty: true,
            item_limit: 0,
            fine_uploader: FineUploaderSettings::default(),
            tus: TusSettings::default(),
        }
    }
}

impl DestinationSettings {
    /// Settings as a user writes them, in JSON; what is left out keeps its default.
    ///
    /// # Errors
    /// `Invalid`, with a sentence about what is unknown or makes no sense.
    pub fn from_json(text: &str) -> Result<Self> {
        let settings: Self = serde_json::from_str(text)
            .map_err(|error| Error::new(ErrorKind::Invalid, "These settings make no sense").because(error))?;
        settings.check()?;
        Ok(settings)
    }

    /// Checks everything that can be checked without an address.
    ///
    /// # Errors
    /// `Invalid`, with a sentence that names the setting.
    pub fn check(&self) -> Result<()> {
        let wrong = |text: &str| Err(Error::new(ErrorKind::Invalid, text));
        if self.chunk_size == Some(0) {
            return wrong("chunk_size: a chunk has at least one byte");
        }
        if self.connections == Some(0) {
            return wrong("connections: at least one is needed");
        }
        if self.scope.chars().any(char::is_control) || self.scope.chars().count() > LONGEST_SCOPE {
            return wrong("scope: a line of at most 200 characters");
        }
        if self.max_size > 0 && self.min_size > self.max_size {
            return wrong("min_size: it lies above max_size, so that no file would be taken");
        }
        if self.allowed_extensions.iter().any(|end| plain_end(end).is_empty() || end.contains(['/', '\\'])) {
            return wrong("allowed_extensions: give them as “jpg” or “tar.gz”");
        }
        self.fine_uploader.check()?;
        self.tus.check()
    }

    /// Whether a file may be sent, as far as its name and size tell; else why not.
    pub(crate) fn refusal(&self, name: &str, size: u64) -> Option<String> {
        if !self.takes_name(name) {
            let ends: Vec<_> = self.allowed_extensions.iter().map(|end| format!(".{}", plain_end(end))).collect();
            return Some(format!("This destination only takes files that end in {}; it was left out", ends.join(", ")));
        }
        match size {
            0 if !self.allow_empty => {
                Some("The file is empty, and this destination takes none such; it was left out".into())
            }
            0 => None,
            size if size < self.min_size => Some(format!(
                "The file has {}, and this destination takes none below {}; it was left out",
                in_words(size),
                in_words(self.min_size)
            )),
            size if self.max_size > 0 && size > self.max_size => Some(format!(
                "The file has {}, and this destination takes none above {}; it was left out",
                in_words(size),
                in_words(self.max_size)
            )),
            _ => None,
        }
    }

    /// Why the file after the first `taken` ones of an adding is refused, if it is.
    pub(crate) fn refusal_of_one_more(&self, taken: u64) -> Option<String> {
        let limit = self.item_limit;
        let full = limit > 0 && taken >= limit;
        full.then(|| format!("This destination takes {limit} files at a time; this one was left out, the others go on"))
    }

    fn takes_name(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let ends_so = |end: &String| name.ends_with(&format!(".{}", plain_end(end).to_lowercase()));
        self.allowed_extensions.is_empty() || self.allowed_extensions.iter().any(ends_so)
    }

    /// How long after its last confirmation an upload expires, where the engine's own is `general`.
    pub(crate) fn lifetime(&self, general: Option<Duration>) -> Option<Duration> {
        match self.lifetime_days {
            None => general,
            Some(0) => None,
            Some(days) => Some(DAY * days),
        }
    }

    /// The chunk size to wish for; what was refused as too large is not asked for again.
    pub(crate) fn wish(&self, memory: &Memory) -> u64 {
        match self.chunk_size {
            Some(size) => size.min(memory.too_large.map_or(size, |refused| (refused / 2).max(crate::chunk::SMALLEST))),
            None => memory.wish(),
        }
    }

    /// How HTTP is spoken there.
    pub(crate) fn http(&self, general: &HttpOptions) -> HttpOptions {
        HttpOptions {
            allow_http: general.allow_http || self.allow_http,
            ca_file: self.ca_file.clone().or_else(|| general.ca_file.clone()),
            ..general.clone()
        }
    }

    pub(crate) fn check_at(&self, address: &str, http: &HttpOptions) -> Result<()> {
        self.check()?;
        if address != THIS_COMPUTER {
            drivers::validate(address, http, self)?;
        }
        Ok(())
    }
}

fn plain_end(end: &str) -> &str {
    end.trim().trim_start_matches('.')
}

/// A size for people, in powers of 1000.
fn in_words(bytes: u64) -> String {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    match units.iter().find(|(_, unit)| bytes as f64 >= *unit) {
        Some((name, unit)) => format!("{} {name}", (bytes as f64 / unit * 100.0).round() / 100.0),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> DestinationSettings {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn nothing_set_refuses_nothing_and_survives_its_record() {
        let default = settings("{}");
        assert_eq!(default, DestinationSettings::default());
        assert_eq!(settings(&serde_json::to_string(&default).expect("JSON")), default);
        default.check().expect("the defaults make sense");
        for size in [0, 1, u64::MAX] {
            assert_eq!(default.refusal("any", size), None);
        }
        assert_eq!(default.refusal_of_one_more(u64::MAX), None);
        assert_eq!(default.lifetime(Some(DAY)), Some(DAY));
    }

    #[test]
    fn names_are_taken_by_their_end_in_any_letter_case() {
        let set = settings(r#"{"allowed_extensions": ["jpg", ".Tar.GZ"]}"#);
        for (name, taken) in [("a.JPG", true), ("b.tar.gz", true), ("c.gz", false), ("jpg", false), ("d.xjpg", false)] {
            assert_eq!(set.refusal(name, 1).is_none(), taken, "{name}");
        }
    }

    #[test]
    fn limits_of_size_hold_at_their_edges_and_not_for_empty_files() {
        let set = settings(r#"{"min_size": 10, "max_size": 2500000}"#);
        for (size, taken) in [(0, true), (9, false), (10, true), (2_500_000, true), (2_500_001, false)] {
            assert_eq!(set.refusal("a", size).is_none(), taken, "{size}");
        }
        assert!(set.refusal("a", 9_000_000).is_some_and(|text| text.contains("9 MB") && text.contains("2.5 MB")));
        assert!(settings(r#"{"allow_empty": false}"#).refusal("a", 0).is_some());
    }

    #[test]
    fn settings_that_contradict_themselves_are_refused() {
        for json in [
            r#"{"chunk_size": 0}"#,
            r#"{"connections": 0}"#,
            r#"{"min_size": 2, "max_size": 1}"#,
            r#"{"allowed_extensions": ["."]}"#,
            r#"{"fine_uploader": {"headers": {"Cookie": "a=b"}}}"#,
        ] {
            let refused = DestinationSettings::from_json(json).map_err(|error| error.kind());
            assert_eq!(refused, Err(ErrorKind::Invalid), "{json}");
        }
        let misspelt = DestinationSettings::from_json(r#"{"chunksize": 5}"#).expect_err("misspelt");
        assert!(misspelt.to_string().contains("chunksize"), "{misspelt}");
    }

    #[test]
    fn a_chunk_size_that_was_refused_is_not_wished_for_again() {
        let set = settings(r#"{"chunk_size": 10000000}"#);
        assert_eq!(set.wish(&Memory::default()), 10_000_000);
        assert_eq!(set.wish(&Memory { too_large: Some(10_000_000), ..Memory::default() }), 5_000_000);
        assert_eq!(settings(r#"{"lifetime_days": 0}"#).lifetime(Some(DAY)), None);
    }
}
