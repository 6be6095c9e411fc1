//! Files that were copied in a file manager and are pasted into the window. A page's own paste carries no paths.

#[cfg_attr(target_os = "linux", path = "clipboard/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "clipboard/elsewhere.rs")]
mod system;

use std::path::PathBuf;

use tauri::{AppHandle, Runtime};

/// The files and folders that lie in the clipboard; none where something else does.
#[tauri::command]
pub async fn copied_files<R: Runtime>(app: AppHandle<R>) -> Vec<PathBuf> {
    system::files(&app).await
}
