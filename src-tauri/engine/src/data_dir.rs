//! Where the records live: one place for the window and the command line, so that they are two faces of one set of records.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::error::{Error, ErrorKind, Result};

/// The data folder: the one `given`, else `CARRYON_DATA_DIR`, else the user's own for Carryon. Nothing is made.
///
/// # Errors
/// `Invalid` where the system has no place for a user's data.
pub fn data_dir(given: Option<&Path>) -> Result<PathBuf> {
    let set = || std::env::var_os("CARRYON_DATA_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
    let own = || ProjectDirs::from("app", "Carryon", "Carryon").map(|dirs| dirs.data_dir().to_owned());
    given.map(Path::to_owned).or_else(set).or_else(own).ok_or_else(|| {
        Error::new(ErrorKind::Invalid, "This system has no folder for a user's data")
            .next_step("Name one with --data-dir or CARRYON_DATA_DIR.")
    })
}
