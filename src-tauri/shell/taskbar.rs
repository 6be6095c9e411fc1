//! The progress on the program's icon in the taskbar or dock, where the system has it.

use tauri::{
    AppHandle, Manager, Runtime,
    window::{ProgressBarState, ProgressBarStatus},
};

use crate::status::{Look, Status};

/// Shows how far all uploads are; where it cannot be shown, nothing is missing.
pub fn show<R: Runtime>(app: &AppHandle<R>, status: &Status) {
    let Some(window) = app.get_webview_window("main") else { return };
    let (status, progress) = match (status.look(), status.percent()) {
        (Look::Uploading, percent) => (ProgressBarStatus::Normal, percent),
        (Look::Attention, _) => (ProgressBarStatus::Error, None),
        _ => (ProgressBarStatus::None, None),
    };
    if let Err(error) = window.set_progress_bar(ProgressBarState { status: Some(status), progress }) {
        tracing::debug!(%error, "the taskbar shows no progress");
    }
}
