//! Starting at login: off until the user asks for it. The entry starts the program into the tray, on the same records.

#[cfg_attr(target_os = "linux", path = "autostart/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "autostart/elsewhere.rs")]
mod system;

use std::path::{Path, PathBuf};

use carryon_engine::{Error, ErrorKind};

use crate::{
    commands::{Answer, Shared, of},
    given::Given,
};

/// What the system is to start at login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    program: String,
    arguments: Vec<String>,
}

impl Entry {
    /// This program, with `folders` (the option's name, and where it was moved to).
    ///
    /// # Errors
    /// `Invalid` where a path cannot be written down.
    pub fn new(program: &Path, folders: &[(&str, Option<PathBuf>)]) -> Result<Self, Error> {
        let mut arguments = vec!["--hidden".to_owned()];
        for (option, folder) in folders {
            if let Some(folder) = folder {
                arguments.extend([(*option).to_owned(), written(folder)?]);
            }
        }
        Ok(Self { program: written(program)?, arguments })
    }
}

fn written(path: &Path) -> Result<String, Error> {
    let text = path.to_str().filter(|text| !text.contains(['\n', '\r', '\0']));
    text.map(str::to_owned).ok_or_else(|| {
        Error::new(ErrorKind::Invalid, format!("“{}” cannot be started at login", path.display()))
            .next_step("Its name cannot be written down; move it to a folder with a plain name.")
    })
}

/// Where the program lies: the package that it was started from, else itself.
pub fn program() -> PathBuf {
    let package = std::env::var_os("APPIMAGE").map(PathBuf::from);
    package.or_else(|| std::env::current_exe().ok()).unwrap_or_else(|| PathBuf::from("carryon-app"))
}

/// Whether the program starts at login.
#[tauri::command]
pub fn start_at_login(shared: Shared<'_>) -> Answer<bool> {
    let entry = of(&shared)?.at_login.as_ref()?;
    Ok(system::is_on(entry).map_err(unchangeable)?)
}

/// Starts it at login from now on, or no longer; says whether it does.
#[tauri::command]
pub fn set_start_at_login(shared: Shared<'_>, on: Given<bool>) -> Answer<bool> {
    let entry = of(&shared)?.at_login.as_ref()?;
    let set = if on.0 { system::turn_on(entry) } else { system::turn_off(entry) };
    set.map_err(unchangeable)?;
    Ok(system::is_on(entry).map_err(unchangeable)?)
}

fn unchangeable(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Invalid, format!("What starts at login cannot be read or changed: {error}"))
        .next_step("Set it in the system's own settings.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_starts_hidden_and_on_the_records_that_were_moved() {
        let moved = [("--data-dir", Some(PathBuf::from("/data/my records"))), ("--receive-dir", None)];
        let entry = Entry::new(Path::new("/usr/bin/carryon-app"), &moved).expect("plain paths");
        assert_eq!(entry.arguments, ["--hidden", "--data-dir", "/data/my records"]);
        let nasty = [("--data-dir", Some(PathBuf::from("/data\nExec=evil")))];
        assert!(Entry::new(Path::new("/usr/bin/carryon-app"), &nasty).is_err(), "a path is not a second line");
    }
}
