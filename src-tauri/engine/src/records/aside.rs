//! Damaged records are moved out of the way, never deleted, and what could be read of them takes their place.
//!
//! A kill at any moment leaves either the damaged records as they were, or a whole successor whose name says that it only
//! has to be moved into place: never a database that is empty because it was not filled yet.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{FILE_NAME, open::beside, salvage::Salvaged, storage};
use crate::error::{Error, Result};

/// The endings of the files that make up a database. Its log goes first: alone it belongs to nobody.
const TAILS: [&str; 3] = ["-wal", "-shm", ""];
const READY: &str = ".salvaged-";

/// What was wrong with records that are set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// They are damaged.
    Damaged,
    /// The log that held the last changes is gone.
    LogMissing,
    /// A log lies beside them that is not theirs, or no longer.
    LogForeign,
    /// They are gone, or empty.
    Missing,
}

/// Records that were set aside, and what was saved of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Why.
    pub trouble: Trouble,
    /// Where they lie now; none where nothing was left of them.
    pub path: Option<PathBuf>,
    /// Uploads that are listed again.
    pub salvaged: u64,
    /// Those of them that have to be started over.
    pub to_start_over: u64,
    /// Uploads that are known to be lost.
    pub lost: u64,
    /// Names or paths of lost uploads, as far as they could be read.
    pub names: Vec<String>,
    /// Destinations whose address has to be set anew.
    pub destinations: u64,
    /// Watched folders that are paused now.
    #[serde(default)]
    pub watches: u64,
}

impl SetAside {
    pub(super) fn new(trouble: Trouble, path: Option<PathBuf>, salvaged: Salvaged) -> Self {
        let Salvaged { uploads, to_start_over, lost, names, destinations, watches } = salvaged;
        Self { trouble, path, salvaged: uploads, to_start_over, lost, names, destinations, watches }
    }

    /// All of it in plain words.
    pub fn sentence(&self) -> String {
        let what = match self.trouble {
            Trouble::Damaged => "The records of unfinished uploads were damaged",
            Trouble::LogMissing => "The newest part of the records of unfinished uploads is missing",
            Trouble::LogForeign => "A log of other records lay beside the records of unfinished uploads",
            Trouble::Missing => "The records of unfinished uploads were missing or empty",
        };
        let mut parts = vec![format!("{what}."), self.saved()];
        if self.to_start_over > 0 {
            parts.push(format!("Of {} nobody knows how far it was: start over.", uploads(self.to_start_over)));
        }
        if self.destinations > 0 {
            parts.push("A destination’s address is lost: set it anew under Destinations.".to_owned());
        }
        if self.watches > 0 {
            let text =
                "Watched folders are paused, since notes of what was sent may be lost: resume them after a look.";
            parts.push(text.to_owned());
        }
        parts.extend(self.lost_ones());
        if let Some(path) = &self.path {
            parts.push(format!("What was there is kept as “{}”; nothing was deleted.", path.display()));
        }
        parts.join(" ")
    }

    fn saved(&self) -> String {
        match self.salvaged {
            0 => "No upload could be read from them, so the list begins anew.".to_owned(),
            count => format!("{} could be read and {} listed.", uploads(count), if count == 1 { "is" } else { "are" }),
        }
    }

    fn lost_ones(&self) -> Option<String> {
        const SHOWN: usize = 5;
        let names: Vec<String> = self.names.iter().take(SHOWN).map(|name| format!("“{name}”")).collect();
        let more = if self.names.len() > SHOWN { ", …" } else { "" };
        match (self.lost, names.is_empty()) {
            (0, _) => None,
            (lost, true) => Some(format!("At least {} could not be read.", uploads(lost))),
            (lost, false) => Some(format!("At least {} could not be read: {}{more}.", uploads(lost), names.join(", "))),
        }
    }
}

fn uploads(count: u64) -> String {
    if count == 1 { "1 upload".to_owned() } else { format!("{count} uploads") }
}

/// Where what there is of the records in `folder` goes that are set aside at `stamp`.
pub(super) fn place(folder: &Path, stamp: i64) -> Option<PathBuf> {
    let (path, aside) = (folder.join(FILE_NAME), aside(folder, stamp));
    let tail = TAILS.iter().rev().find(|tail| beside(&path, tail).symlink_metadata().is_ok())?;
    Some(beside(&aside, tail))
}

fn aside(folder: &Path, stamp: i64) -> PathBuf {
    folder.join(format!("{FILE_NAME}.damaged-{stamp}"))
}

/// A successor is whole at `path`: it waits under a name that says for which move.
pub(super) fn ready(folder: &Path, path: &Path, stamp: i64) -> Result<()> {
    let ready = folder.join(format!("{FILE_NAME}{READY}{stamp}"));
    std::fs::rename(path, ready).map_err(cannot_move)
}

/// Moves the old records aside and a successor that waits into their place; carries on where a kill ended that.
///
/// # Errors
/// `Storage` where something cannot be moved; the next call goes on.
pub(super) fn take_places(folder: &Path) -> Result<()> {
    let Some((ready, stamp)) = waiting(folder) else { return Ok(()) };
    let (path, aside) = (folder.join(FILE_NAME), aside(folder, stamp));
    for tail in TAILS {
        let (from, to) = (beside(&path, tail), beside(&aside, tail));
        if from.symlink_metadata().is_ok() && to.symlink_metadata().is_err() {
            std::fs::rename(from, to).map_err(cannot_move)?;
        }
    }
    std::fs::rename(ready, path).map_err(cannot_move)?;
    sync(folder);
    Ok(())
}

fn waiting(folder: &Path) -> Option<(PathBuf, i64)> {
    let start = format!("{FILE_NAME}{READY}");
    let entries = std::fs::read_dir(folder).ok()?;
    entries.filter_map(|entry| entry.ok()).find_map(|entry| {
        let stamp = entry.file_name().to_str()?.strip_prefix(&start)?.parse().ok()?;
        Some((entry.path(), stamp))
    })
}

/// Names in a folder are durable after this, where the system knows such a thing.
pub(super) fn sync(folder: &Path) {
    if cfg!(unix) {
        let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

fn cannot_move(error: std::io::Error) -> Error {
    storage("The damaged records could not be set aside").because(error)
}
