//! A file that is not where it was: the user shows where it is now.

use std::path::PathBuf;

use carryon_engine::{Listed, UploadId};
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::{
    commands::{Answer, Shared, of},
    given::Given,
    words,
};

/// Asks where the file of an upload is now, and lets it go on from there; false where nothing was chosen.
#[tauri::command]
pub async fn locate<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>, id: Given<UploadId>) -> Answer<bool> {
    let engine = &of(&shared)?.engine;
    let Some(path) = ask(&app, engine.get(id.0).await?).await else { return Ok(false) };
    engine.locate(id.0, &path).await?;
    Ok(true)
}

/// Opens the file picker, in the folder where the file was or the nearest that is left of it.
async fn ask<R: Runtime>(app: &AppHandle<R>, listed: Option<Listed>) -> Option<PathBuf> {
    let upload = listed?.upload;
    let (sender, picked) = oneshot::channel();
    let mut picker =
        app.dialog().file().set_title(words::say_with("pick-located", [("name", upload.name.as_str().into())]));
    if let Some(folder) = upload.path.ancestors().skip(1).find(|folder| folder.is_dir()) {
        picker = picker.set_directory(folder);
    }
    picker.pick_file(move |path| drop(sender.send(path)));
    picked.await.ok().flatten()?.into_path().ok()
}
