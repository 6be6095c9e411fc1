//! The clipboard under Linux, as GTK has it: a list of addresses, asked for on the main thread.

use std::path::PathBuf;

use gtk::gdk;
use tauri::{AppHandle, Runtime};
use tokio::sync::oneshot;
use url::Url;

/// The files whose addresses lie there.
pub async fn files<R: Runtime>(app: &AppHandle<R>) -> Vec<PathBuf> {
    let (sender, copied) = oneshot::channel();
    let asked = app.run_on_main_thread(move || {
        let clipboard = gtk::Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        clipboard.request_uris(move |_, uris| {
            let _ = sender.send(uris.iter().map(ToString::to_string).collect::<Vec<_>>());
        });
    });
    match asked {
        Ok(()) => copied.await.unwrap_or_default().iter().filter_map(|uri| path(uri)).collect(),
        Err(_) => Vec::new(),
    }
}

/// What lies on this computer; another place has no path.
fn path(uri: &str) -> Option<PathBuf> {
    Url::parse(uri).ok().filter(|address| address.scheme() == "file")?.to_file_path().ok()
}
