//! Starting at login under Linux: a desktop entry in the user's autostart folder.

use std::{
    io::{Error, ErrorKind, Result},
    path::{Path, PathBuf},
};

use directories::BaseDirs;

use super::Entry;

const NAME: &str = "Carryon.desktop";

/// Whether the entry is there, and nobody switched it off in the desktop's own settings.
pub fn is_on(_entry: &Entry) -> Result<bool> {
    is_on_in(&folder()?)
}

/// Writes the entry.
pub fn turn_on(entry: &Entry) -> Result<()> {
    turn_on_in(&folder()?, entry)
}

/// Takes the entry away.
pub fn turn_off(_entry: &Entry) -> Result<()> {
    turn_off_in(&folder()?)
}

fn folder() -> Result<PathBuf> {
    let folders = BaseDirs::new().ok_or_else(|| Error::new(ErrorKind::NotFound, "there is no home folder"))?;
    Ok(folders.config_dir().join("autostart"))
}

fn is_on_in(folder: &Path) -> Result<bool> {
    match std::fs::read_to_string(folder.join(NAME)) {
        Ok(text) => Ok(!text.lines().map(str::trim).any(|line| {
            line.eq_ignore_ascii_case("Hidden=true") || line.eq_ignore_ascii_case("X-GNOME-Autostart-enabled=false")
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn turn_on_in(folder: &Path, entry: &Entry) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(NAME), text(entry))
}

fn turn_off_in(folder: &Path) -> Result<()> {
    match std::fs::remove_file(folder.join(NAME)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn text(entry: &Entry) -> String {
    let words = std::iter::once(&entry.program).chain(&entry.arguments);
    let command = words.map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    format!(
        "[Desktop Entry]\nType=Application\nName=Carryon\nIcon=carryon-app\nExec={command}\nTerminal=false\n\
         StartupNotify=false\nX-GNOME-Autostart-enabled=true\n"
    )
}

/// One word of a command, as the Desktop Entry Specification wants it: quoted, and escaped once for the quotes and once
/// more for the file. A percent sign would stand for what is being opened.
fn quoted(word: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in word.chars() {
        match letter {
            '"' | '`' | '$' => quoted.extend(['\\', '\\', letter]),
            '\\' => quoted.push_str(r"\\\\"),
            '%' => quoted.push_str("%%"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(data: &str) -> Entry {
        Entry::new(Path::new("/usr/bin/carryon-app"), &[("--data-dir", Some(PathBuf::from(data)))])
            .expect("a plain path")
    }

    #[test]
    fn what_was_turned_on_is_on_until_it_is_turned_off_here_or_in_the_desktop() {
        let folder = tempfile::tempdir().expect("a folder");
        let autostart = folder.path().join("autostart");
        assert!(!is_on_in(&autostart).expect("readable"), "off until asked for");
        turn_off_in(&autostart).expect("off is off");
        turn_on_in(&autostart, &entry("/data")).expect("it can be written");
        assert!(is_on_in(&autostart).expect("readable"));
        let file = autostart.join(NAME);
        let text = std::fs::read_to_string(&file).expect("an entry");
        std::fs::write(&file, text.replace("enabled=true", "enabled=false")).expect("a desktop may change it");
        assert!(!is_on_in(&autostart).expect("readable"), "what the desktop switched off is off");
        turn_on_in(&autostart, &entry("/data")).expect("and can be switched on again");
        assert!(is_on_in(&autostart).expect("readable"));
        turn_off_in(&autostart).expect("it can be taken away");
        assert!(!is_on_in(&autostart).expect("readable") && !file.exists());
    }

    #[test]
    fn a_path_with_anything_in_it_stays_one_word() {
        let said = text(&entry(r#"/my "data"/100%/$HOME/`id`/back\slash"#));
        let exec = said.lines().find_map(|line| line.strip_prefix("Exec=")).expect("a command");
        let expected =
            r#""/usr/bin/carryon-app" "--hidden" "--data-dir" "/my \\"data\\"/100%%/\\$HOME/\\`id\\`/back\\\\slash""#;
        assert_eq!(exec, expected);
    }
}
