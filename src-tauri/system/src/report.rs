//! A report for whoever is to find a fault: what runs where, how it is set, how uploads stand, what happened last. Nothing
//! secret is in it, and no name of a file or a place unless that is wanted.

use std::fmt::Write;

use carryon_engine::{Engine, Listed, Result, State, preferences::KEYS};

use crate::log::{Log, redact};

/// Lines of the log that it ends with.
const LINES: usize = 200;
/// Uploads that are told one by one.
const UPLOADS: usize = 100;

/// The report of a program of that `version`; `settings` are its own beside the engine's.
///
/// # Errors
/// `Storage`, where the records cannot be read.
pub async fn report(
    engine: &Engine,
    log: &Log,
    version: &str,
    settings: &[(&str, String)],
    with_names: bool,
) -> Result<String> {
    let mut text = format!("Carryon {version} on {}\n\nSettings\n", system());
    let (now, defaults) = (engine.preferences(), engine.default_preferences());
    for key in KEYS.iter().filter(|key| now.value(key) != defaults.value(key)) {
        let _ = writeln!(text, "  {key} = {}", now.text(key).unwrap_or_default());
    }
    for (key, value) in settings {
        let _ = writeln!(text, "  {key} = {value}");
    }
    let _ = writeln!(text, "  surroundings: {:?}\n\nUploads", engine.surroundings());
    let (listed, unreadable) = engine.list().await?;
    let _ = writeln!(text, "  {} unfinished, {unreadable} unreadable", listed.len());
    listed.iter().take(UPLOADS).for_each(|listed| text.push_str(&line_of(listed, with_names)));
    text.push_str("\nLog\n");
    for line in log.last_lines(LINES) {
        let line = if with_names { line } else { without_names(&line) };
        let _ = writeln!(text, "  {line}");
    }
    Ok(redact(&text))
}

fn line_of(listed: &Listed, with_names: bool) -> String {
    let upload = &listed.upload;
    let why = match &upload.state {
        State::Failed(failure) => format!(" ({})", failure.code),
        State::Waiting { reason, .. } => format!(" ({reason:?})"),
        _ => String::new(),
    };
    let name =
        if with_names { format!(" {} → {}", upload.path.display(), upload.destination_name) } else { String::new() };
    let (id, state) = (upload.id.to_string(), upload.state.name());
    let (confirmed, size, left) = (upload.confirmed, upload.size, upload.chunks_left);
    format!("  {} {state}{why}: {confirmed} of {size} bytes, {left} chunks left{name}\n", &id[..8])
}

/// A line without what it quotes, and without paths.
fn without_names(line: &str) -> String {
    let unquoted = hide_between(&hide_between(line, '“', '”'), '"', '"');
    let hide =
        |word: &str| if word.starts_with('/') || word.contains(":\\") { "…".to_owned() } else { word.to_owned() };
    unquoted.split(' ').map(hide).collect::<Vec<_>>().join(" ")
}

fn hide_between(line: &str, open: char, close: char) -> String {
    let Some((before, rest)) = line.split_once(open) else { return line.to_owned() };
    match rest.split_once(close) {
        Some((_, after)) => format!("{before}{open}…{close}{}", hide_between(after, open, close)),
        None => line.to_owned(),
    }
}

fn system() -> String {
    let (name, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let pretty = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).map(|name| name.trim_matches('"'));
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    [Some(name), pretty, Some(arch), Some(desktop.as_str()).filter(|text| !text.is_empty())]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::without_names;

    #[test]
    fn quoted_names_and_paths_are_left_out_of_a_line() {
        let line = "the file “secret plans.mov” at /home/ann/secret.mov and \"other plans\" changed: C:\\ann\\x";
        assert_eq!(without_names(line), "the file “…” at … and \"…\" changed: …");
        assert_eq!(without_names("nothing of the kind, 5\" wide"), "nothing of the kind, 5\" wide");
    }
}
