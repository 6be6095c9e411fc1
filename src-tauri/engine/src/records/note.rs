//! A note beside the database of which write-ahead log belongs to it.
//!
//! SQLite takes whatever log lies beside a database: one of another database it mixes in, one that somebody took away it
//! does not miss, though the last uploads may stand nowhere else. So a note says what has to lie there. While that
//! changes (a log is made at the first commit and goes with an orderly end) it says that anything may.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use super::salvage;

const FILE_NAME: &str = "carryon.db-note";

/// What a database is to have beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// No log: it was closed.
    Closed,
    /// Anything.
    Open,
    /// The log of this id.
    Log(u32),
}

/// The note of one data folder.
#[derive(Clone, Debug)]
pub(super) struct NoteFile {
    path: PathBuf,
}

impl NoteFile {
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join(FILE_NAME) }
    }

    /// What it says; none where there is none, or none that can be read.
    pub fn read(&self) -> Option<Note> {
        let text = std::fs::read_to_string(&self.path).ok()?;
        match text.trim() {
            "closed" => Some(Note::Closed),
            "open" => Some(Note::Open),
            text => text.strip_prefix("log ")?.parse().map(Note::Log).ok(),
        }
    }

    /// Says so from here on, durably.
    pub fn write(&self, note: Note) -> std::io::Result<()> {
        let text = match note {
            Note::Closed => "closed".to_owned(),
            Note::Open => "open".to_owned(),
            Note::Log(id) => format!("log {id}"),
        };
        let mut file = File::create(&self.path)?;
        writeln!(file, "{text}")?;
        file.sync_all()
    }

    /// The log beside `database` is there and synced: it belongs to it. A note that cannot be written may say anything.
    pub fn name_log(&self, database: &Path) {
        if let Some(id) = salvage::log_id(&super::open::beside(database, "-wal")) {
            let _ = self.write(Note::Log(id));
        }
    }
}
