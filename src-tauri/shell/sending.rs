//! Files that somebody chose a destination for, and how they go there: later, before others, without being resumed.
//!
//! A path that was picked goes to the page in words and comes back in a form that loses nothing, whatever its name holds.

use std::path::PathBuf;

use carryon_engine::{
    AddRequest, Error, ErrorKind,
    socket::{decode_paths, encode_paths},
};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

use crate::{
    commands::{AddedView, Answer, Failed, Shared, of},
    destinations::{self, Target},
    given::Given,
};

/// A path that was picked.
#[derive(Debug, PartialEq, Serialize)]
pub struct Picked {
    /// As people read it.
    shown: String,
    /// As it is given back.
    coded: String,
}

/// A path as the page gives it: one that was picked, or one that was dropped.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Chosen {
    /// It was picked.
    Picked { coded: String },
    /// It was dropped, or named by a link.
    Plain(PathBuf),
}

/// How files are sent; what is left out goes by the destination.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct How {
    /// False keeps nothing that could be resumed after this run.
    keep: bool,
    /// Begin anew where an earlier upload was interrupted.
    start_over: bool,
    /// The higher goes first; 0 is usual.
    priority: i32,
    /// Not before this moment (unix milliseconds).
    start_at: Option<i64>,
}

impl Default for How {
    fn default() -> Self {
        Self { keep: true, start_over: false, priority: 0, start_at: None }
    }
}

/// Sends files to the destination that was chosen for them.
#[tauri::command]
pub async fn send_paths(
    shared: Shared<'_>,
    paths: Given<Vec<Chosen>>,
    to: Given<Target>,
    how: Given<How>,
) -> Answer<AddedView> {
    let core = of(&shared)?;
    let paths = decoded(paths.0)?;
    let How { keep, start_over, priority, start_at } = how.0;
    let to = destinations::meant(core, Some(to.0)).await?;
    let request = AddRequest { keep, start_over, priority, start_at, ..AddRequest::new(paths, to) };
    Ok(core.engine.add(request).await?.into())
}

fn decoded(paths: Vec<Chosen>) -> Answer<Vec<PathBuf>> {
    if paths.is_empty() {
        let nothing = Error::new(ErrorKind::Invalid, "No file was chosen").next_step("Choose files or a folder first.");
        return Err(nothing.into());
    }
    let decode = |path: Chosen| match path {
        Chosen::Plain(path) => Ok(path),
        Chosen::Picked { coded } => decode_paths(&[coded]).map(|paths| paths.into_iter().next().unwrap_or_default()),
    };
    paths.into_iter().map(|path| decode(path).map_err(Failed::from)).collect()
}

/// Asks for files, or for folders, without sending them; empty where nothing was chosen.
#[tauri::command]
pub async fn pick_paths<R: Runtime>(app: AppHandle<R>, folders: Given<bool>) -> Answer<Vec<Picked>> {
    let (sender, picked) = oneshot::channel::<Option<Vec<FilePath>>>();
    let picker = app.dialog().file();
    match folders.0 {
        true => picker.pick_folders(move |paths| drop(sender.send(paths))),
        false => picker.pick_files(move |paths| drop(sender.send(paths))),
    }
    let paths = picked.await.ok().flatten().unwrap_or_default();
    shown(paths.into_iter().filter_map(|path| path.into_path().ok()).collect())
}

/// The paths as the page gets them, and gives them back.
pub(crate) fn shown(paths: Vec<PathBuf>) -> Answer<Vec<Picked>> {
    let coded = encode_paths(&paths)?;
    let picked = paths.iter().zip(coded);
    Ok(picked.map(|(path, coded)| Picked { shown: path.to_string_lossy().into_owned(), coded }).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_comes_back_as_it_was() {
        use std::os::unix::ffi::OsStringExt;
        let path = PathBuf::from(std::ffi::OsString::from_vec(b"/media/caf\xe9.mov".to_vec()));
        let picked = shown(vec![path.clone()]).expect("it can be shown");
        let given: Vec<Chosen> = serde_json::from_value(json!(picked)).expect("the page gives it back");
        assert_eq!(decoded(given).expect("it is a path"), [path]);
    }

    #[test]
    fn dropped_and_picked_paths_come_together_and_nonsense_is_refused() {
        let given: Vec<Chosen> = serde_json::from_value(json!(["/a", {"coded": "nonsense"}])).expect("paths");
        assert_eq!(decoded(given).expect_err("no path").code(), "invalid");
        assert_eq!(decoded(Vec::new()).expect_err("nothing").code(), "invalid");
        for how in [json!({"priority": "high"}), json!({"start_at": -0.5}), json!({"hurry": true}), json!({"keep": 1})]
        {
            assert!(serde_json::from_value::<How>(how.clone()).is_err(), "{how}");
        }
        let usual: How = serde_json::from_value(json!({})).expect("nothing said");
        assert!(usual.keep && !usual.start_over && usual.priority == 0 && usual.start_at.is_none());
    }
}
