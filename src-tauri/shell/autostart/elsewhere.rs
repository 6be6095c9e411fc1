//! Starting at login under Windows (the user's `Run` key) and macOS (a launch agent).

use std::io::{Error, Result};

use auto_launch::AutoLaunch;

use super::Entry;

const NAME: &str = "Carryon";

/// Whether it starts, and nobody switched it off in the system's settings.
pub fn is_on(entry: &Entry) -> Result<bool> {
    launch(entry).is_enabled().map_err(Error::other)
}

/// Lets it start.
pub fn turn_on(entry: &Entry) -> Result<()> {
    launch(entry).enable().map_err(Error::other)
}

/// Lets it start no longer.
pub fn turn_off(entry: &Entry) -> Result<()> {
    launch(entry).disable().map_err(Error::other)
}

/// The registry holds one line, in which a word stands in quotes; no path has a quote in it.
#[cfg(windows)]
fn launch(entry: &Entry) -> AutoLaunch {
    let quoted = |word: &String| format!("\"{}\"", word.trim_end_matches('\\'));
    let arguments: Vec<String> = entry.arguments.iter().map(quoted).collect();
    AutoLaunch::new(NAME, &quoted(&entry.program), auto_launch::WindowsEnableMode::CurrentUser, &arguments)
}

/// The agent is a document in XML.
#[cfg(not(windows))]
fn launch(entry: &Entry) -> AutoLaunch {
    let escaped = |word: &String| word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let arguments: Vec<String> = entry.arguments.iter().map(escaped).collect();
    let mode = auto_launch::MacOSLaunchMode::LaunchAgent;
    AutoLaunch::new(NAME, &escaped(&entry.program), mode, &arguments, &[] as &[&str], "")
}
