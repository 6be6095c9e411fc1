//! What the tray's menu does: all at once, and without the window.

use carryon_engine::{Outcomes, State, UploadId, upload::Upload};
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::{
    commands,
    core::{self, Core},
    words::say,
};

/// Pauses all that is under way or waits for its turn.
pub fn pause_all<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let opened = core::opened(&app);
        let Ok(core) = &*opened else { return };
        let ids = all(core, |upload| !upload.state.is_resting()).await;
        tell(core.engine.pause(&ids).await);
    });
}

/// Lets go on all that only waits for a word.
pub fn resume_all<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let opened = core::opened(&app);
        let Ok(core) = &*opened else { return };
        let ids = all(core, |upload| matches!(upload.state, State::Paused | State::Interrupted { .. })).await;
        tell(core.engine.resume(&ids).await);
    });
}

async fn all(core: &Core, meant: fn(&Upload) -> bool) -> Vec<UploadId> {
    let (listed, _) = core.engine.list().await.unwrap_or_default();
    listed.iter().map(|listed| &listed.upload).filter(|upload| meant(upload)).map(|upload| upload.id).collect()
}

fn tell(outcomes: Outcomes) {
    for (id, error) in outcomes.problems {
        tracing::warn!(upload = %id, %error, "not done from the tray");
    }
}

/// Asks for files and sends them to the destination that was chosen.
pub fn send_files<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let (sender, picked) = oneshot::channel();
        app.dialog().file().set_title(say("pick-files")).pick_files(move |paths| drop(sender.send(paths)));
        let picked = picked.await.ok().flatten().into_iter().flatten();
        commands::add_and_tell(&app, picked.filter_map(|path| path.into_path().ok()).collect()).await;
    });
}
