//! The clipboard under Windows and macOS.

use std::path::PathBuf;

use arboard::Clipboard;
use tauri::{AppHandle, Runtime};

/// The files that lie there.
pub async fn files<R: Runtime>(_app: &AppHandle<R>) -> Vec<PathBuf> {
    let read = || Clipboard::new().and_then(|mut clipboard| clipboard.get().file_list()).unwrap_or_default();
    tokio::task::spawn_blocking(read).await.unwrap_or_default()
}
