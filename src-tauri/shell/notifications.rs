//! The notification that resumes: one for all that was interrupted, with buttons that work while the window is hidden.
//!
//! Without a notification service there is the list in the window, and not a word more. The waiting is on a thread of its
//! own: some services close a notification when the connection that sent it goes away.

use carryon_engine::{Listed, State, UploadId};
use notify_rust::{Notification, NotificationResponse, Timeout};
use tauri::{AppHandle, Emitter, Runtime};

use crate::{core, show_window, words};

const RESUME: &str = "resume";
const SHOW: &str = "show";
/// Tells the page that *Show* was pressed.
const SHOW_RESUMABLE: &str = "show-resumable";

/// Offers to resume what was interrupted, if anything was.
pub fn offer_resume<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let interrupted = interrupted(&app).await;
        if interrupted.is_empty() {
            return;
        }
        let started =
            std::thread::Builder::new().name("carryon-notification".into()).spawn(move || ask(&app, &interrupted));
        if let Err(error) = started {
            tracing::warn!(%error, "no thread for the notification");
        }
    });
}

async fn interrupted<R: Runtime>(app: &AppHandle<R>) -> Vec<Listed> {
    let opened = core::opened(app);
    let Ok(core) = &*opened else { return Vec::new() };
    let resumable = core.engine.resumable().await.unwrap_or_default();
    resumable.into_iter().filter(|listed| matches!(listed.upload.state, State::Interrupted { .. })).collect()
}

fn ask<R: Runtime>(app: &AppHandle<R>, interrupted: &[Listed]) {
    let shown = Notification::new()
        .appname("Carryon")
        .icon("carryon-app")
        .summary(&summary(interrupted))
        .body(&words::say("interrupted-body"))
        .action("default", &words::say("button-show"))
        .action(RESUME, &words::say_with("button-resume", [("count", interrupted.len().into())]))
        .action(SHOW, &words::say("button-show"))
        .timeout(Timeout::Never)
        .show();
    let handle = match shown {
        Ok(handle) => handle,
        Err(error) => return tracing::info!(%error, "no notification service; the list in the window offers the same"),
    };
    let ids: Vec<UploadId> = interrupted.iter().map(|listed| listed.upload.id).collect();
    let answered = handle.wait_for_response(|response: &NotificationResponse| answer(app, &ids, response));
    if let Err(error) = answered {
        tracing::info!(%error, "the notification's answer was lost");
    }
}

fn summary(interrupted: &[Listed]) -> String {
    let name = interrupted.first().map_or("", |listed| listed.upload.name.as_str());
    words::say_with("interrupted-title", [("count", interrupted.len().into()), ("name", name.into())])
}

fn answer<R: Runtime>(app: &AppHandle<R>, ids: &[UploadId], response: &NotificationResponse) {
    match response {
        NotificationResponse::Action(action) if action == RESUME => resume(app, ids.to_vec()),
        NotificationResponse::Default | NotificationResponse::Action(_) => {
            show_window(app);
            let _ = app.emit(SHOW_RESUMABLE, ());
        }
        _ => {}
    }
}

fn resume<R: Runtime>(app: &AppHandle<R>, ids: Vec<UploadId>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let opened = core::opened(&app);
        let Ok(core) = &*opened else { return };
        for (id, error) in core.engine.resume(&ids).await.problems {
            tracing::warn!(upload = %id, %error, "could not be resumed from the notification");
        }
    });
}
