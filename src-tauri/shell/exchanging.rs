//! Destinations that go to a file and come from one: never a token, and nothing that is here already is changed unasked.

use std::{
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use carryon_engine::{Caution, Error, ErrorKind, LONGEST_LIST, Plan, Planned};
use serde::Serialize;
use serde_json::Value;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

use crate::{
    commands::{Answer, Failed, Shared, of},
    given::Given,
    words,
};

/// What the file is called unless the user says otherwise.
const FILE_NAME: &str = "carryon-destinations.json";

/// What was written.
#[derive(Debug, Serialize)]
pub struct Written {
    count: usize,
    file: String,
}

/// A file of destinations, and what bringing them in would come to.
#[derive(Debug, Serialize)]
pub struct Found {
    document: String,
    destinations: Vec<PlannedView>,
}

#[derive(Debug, PartialEq, Serialize)]
struct PlannedView {
    name: String,
    /// new, same, different, refused.
    plan: &'static str,
    /// Why it is refused.
    message: Option<String>,
    /// `plain_http`, `certificates`.
    cautions: Vec<&'static str>,
}

/// What became of one destination.
#[derive(Debug, Serialize)]
pub struct BroughtIn {
    name: String,
    /// Why it is not saved; none where it is.
    problem: Option<Failed>,
}

/// Writes the saved destinations to a file that the user chooses; none where no file was chosen.
#[tauri::command]
pub async fn export_destinations<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>) -> Answer<Option<Written>> {
    let document = of(&shared)?.engine.export_destinations(&[]).await?;
    let (sender, picked) = oneshot::channel();
    let picker = app.dialog().file().set_title(words::say("export-destinations")).set_file_name(FILE_NAME);
    picker.save_file(move |path| drop(sender.send(path)));
    let Some(path) = path_of(picked.await.ok().flatten()) else { return Ok(None) };
    write(&path, &document)?;
    let count = document["destinations"].as_array().map_or(0, Vec::len);
    Ok(Some(Written { count, file: path.to_string_lossy().into_owned() }))
}

fn write(path: &Path, document: &Value) -> Result<(), Error> {
    let written = || {
        let mut file = File::create(path)?;
        writeln!(file, "{document:#}")?;
        file.sync_all()
    };
    written().map_err(|error: std::io::Error| {
        let text = format!("The destinations could not be written to “{}”", path.display());
        Error::new(ErrorKind::Storage, text).because(error).next_step("Choose another place for the file.")
    })
}

/// Lets the user choose a file of destinations, and says what bringing them in would come to; none where none was chosen.
#[tauri::command]
pub async fn look_at_destinations<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>) -> Answer<Option<Found>> {
    let core = of(&shared)?;
    let (sender, picked) = oneshot::channel();
    let picker = app.dialog().file().set_title(words::say("import-destinations"));
    picker.pick_file(move |path| drop(sender.send(path)));
    let Some(path) = path_of(picked.await.ok().flatten()) else { return Ok(None) };
    let document = read(&path)?;
    let destinations = core.engine.plan_import(&document).await?.into_iter().map(PlannedView::from).collect();
    Ok(Some(Found { document, destinations }))
}

/// Reads no more than a list of destinations can be, whatever the file is.
fn read(path: &Path) -> Result<String, Error> {
    let unreadable = |error: std::io::Error| {
        Error::new(ErrorKind::Invalid, format!("The file “{}” cannot be read", path.display())).because(error)
    };
    let is_file = std::fs::metadata(path).map_err(unreadable)?.is_file();
    if !is_file {
        return Err(Error::new(ErrorKind::Invalid, format!("“{}” is no file", path.display())));
    }
    let mut text = Vec::new();
    let most = u64::try_from(LONGEST_LIST).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).map_err(unreadable)?.take(most).read_to_end(&mut text).map_err(unreadable)?;
    String::from_utf8(text).map_err(|_| Error::new(ErrorKind::Invalid, "This is no file of Carryon's destinations"))
}

/// Saves the destinations of such a file; those that are here already take its settings only where `replace` says so.
#[tauri::command]
pub async fn import_destinations(
    shared: Shared<'_>,
    document: Given<String>,
    replace: Given<bool>,
) -> Answer<Vec<BroughtIn>> {
    let imported = of(&shared)?.engine.import_destinations(&document.0, replace.0).await?;
    let view =
        |one: carryon_engine::Imported| BroughtIn { name: one.name, problem: one.outcome.err().map(Failed::from) };
    Ok(imported.into_iter().map(view).collect())
}

fn path_of(picked: Option<FilePath>) -> Option<PathBuf> {
    picked?.into_path().ok()
}

impl From<Planned> for PlannedView {
    fn from(planned: Planned) -> Self {
        let (plan, message) = match planned.plan {
            Plan::New => ("new", None),
            Plan::Same => ("same", None),
            Plan::Different => ("different", None),
            Plan::Refused(error) => ("refused", Some(error.to_string())),
        };
        let word = |caution| match caution {
            Caution::PlainHttp => "plain_http",
            Caution::Certificates => "certificates",
        };
        Self { name: planned.name, plan, message, cautions: planned.cautions.into_iter().map(word).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_of_a_sensible_length_and_of_text_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let written = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("writes");
            path
        };
        assert_eq!(read(&written("good", b"{}")).expect("reads"), "{}");
        assert!(read(&written("no text", b"\xff\xfe\x00")).is_err());
        assert!(read(folder.path()).is_err(), "a folder is no file");
        assert!(read(&folder.path().join("missing")).is_err());
        let long = written("long", b"");
        File::options().write(true).open(&long).expect("opens").set_len(1 << 40).expect("a hole");
        assert!(read(&long).expect("bounded").len() <= LONGEST_LIST + 1, "a terabyte is not read");
    }

    #[test]
    fn what_cannot_be_written_says_where() {
        let error = write(Path::new("/no/such/folder/file.json"), &Value::Null).expect_err("no folder");
        assert!(error.message().contains("/no/such/folder") && error.advice().contains("another place"), "{error}");
    }
}
