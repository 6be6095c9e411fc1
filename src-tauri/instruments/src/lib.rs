//! Places where a test may kill, cut or spoil Carryon, on both ends.
//!
//! Engine and receiver share nothing but the wire; this is no part of either's work. Without the feature `on` every
//! function here is empty or constant, and nothing of it is left in a program that is built for users.
//!
//! - **Crash points**: every durable step stands inside a [`step`]. A test counts them (`CARRYON_CRASH_LOG=FILE` gets a
//!   line for each), then lets the program die before or after the n-th: `CARRYON_CRASH=17:before`.
//! - **Planted faults**: `CARRYON_PLANT=no_sync` makes the program break one promise on purpose, so that the instruments
//!   can be seen to notice.
//! - **Input that nobody would send**: `fuzz` throws it at plain functions that read what others wrote.
//! - **Another file system under the records**: [`mount`] names the SQLite VFS that a data folder is opened with.
//! - **A log of the disk**: what changes a file or a name is done through [`disk`], so that a test can record it and
//!   rebuild what a power cut would have left.

#![deny(missing_docs)]

use std::path::Path;

#[cfg(feature = "on")]
mod armed;
#[cfg(feature = "on")]
pub mod fuzz;
#[cfg(not(feature = "on"))]
mod unarmed;

#[cfg(feature = "on")]
pub use armed::{Step, disk, image, mount, mounted, planted, step};
#[cfg(not(feature = "on"))]
pub use unarmed::{Step, disk, mount, mounted, planted, step};

/// A promise that is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Files are not synced: neither the records nor the receiver's.
    NoSync,
    /// Names in a folder are not synced.
    NoDirectorySync,
    /// Chunks leave before the record that could resume them is durable.
    RecordAfterSend,
    /// The receiver answers before what it acknowledges is synced.
    AnswerBeforeSync,
    /// A chunk counts as confirmed when it left, not when it was answered.
    ConfirmBeforeAnswer,
    /// An unanswered finish is repeated without asking.
    SecondFinish,
    /// What is confirmed is not compared with the file again, however doubtful.
    NoRehash,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 7] = [
        Fault::NoSync,
        Fault::NoDirectorySync,
        Fault::RecordAfterSend,
        Fault::AnswerBeforeSync,
        Fault::ConfirmBeforeAnswer,
        Fault::SecondFinish,
        Fault::NoRehash,
    ];

    /// The name that `CARRYON_PLANT` knows it by.
    pub fn name(self) -> &'static str {
        match self {
            Fault::NoSync => "no_sync",
            Fault::NoDirectorySync => "no_directory_sync",
            Fault::RecordAfterSend => "record_after_send",
            Fault::AnswerBeforeSync => "answer_before_sync",
            Fault::ConfirmBeforeAnswer => "confirm_before_answer",
            Fault::SecondFinish => "second_finish",
            Fault::NoRehash => "no_rehash",
        }
    }
}

/// A change of names.
#[derive(Clone, Copy, Debug)]
pub enum Names<'a> {
    /// A folder is made.
    MakeDir(&'a Path),
    /// A file gets a further name: the old one, the new one.
    Link(&'a Path, &'a Path),
    /// A file changes its name: the old one, the new one.
    Rename(&'a Path, &'a Path),
    /// A name goes.
    Remove(&'a Path),
}

/// Whether this build can be killed, cut and spoiled.
pub const ON: bool = cfg!(feature = "on");
