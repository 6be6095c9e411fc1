//! The notification that resumes: one for all that was interrupted, with buttons that work while the window is hidden.
//!
//! Without a notification service there is the list in the window, and not a word more. The waiting is on a thread of its
//! own: some services close a notification when the connection that sent it goes away.

use carryon_engine::{Listed, State, UploadId};
use tauri::{AppHandle, Runtime};

use crate::{
    core,
    notes::{self, Answered, Note},
    page,
    preferences::{self, Notifications},
    window,
    words::{say, say_with},
};

const RESUME: &str = "resume";
const SHOW: &str = "show";
/// Tells the page that *Show* was pressed.
const SHOW_RESUMABLE: &str = "show-resumable";

/// Offers to resume what was interrupted, if anything was.
pub fn offer_resume<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let interrupted = interrupted(&app).await;
        if interrupted.is_empty() || preferences::notifications(&app) == Notifications::None {
            return;
        }
        let ids: Vec<UploadId> = interrupted.iter().map(|listed| listed.upload.id).collect();
        notes::show(note(&interrupted), move |answered| answer(&app, &ids, answered)).await;
    });
}

async fn interrupted<R: Runtime>(app: &AppHandle<R>) -> Vec<Listed> {
    let opened = core::opened(app);
    let Ok(core) = &*opened else { return Vec::new() };
    let resumable = core.engine.resumable().await.unwrap_or_default();
    resumable.into_iter().filter(|listed| matches!(listed.upload.state, State::Interrupted { .. })).collect()
}

fn note(interrupted: &[Listed]) -> Note {
    let count = interrupted.len();
    let name = interrupted.first().map_or("", |listed| listed.upload.name.as_str());
    Note {
        title: say_with("interrupted-title", [("count", count.into()), ("name", name.into())]),
        body: say("interrupted-body"),
        buttons: vec![
            ("default", say("button-show")),
            (RESUME, say_with("button-resume", [("count", count.into())])),
            (SHOW, say("button-show")),
        ],
        stays: true,
        ..Note::default()
    }
}

fn answer<R: Runtime>(app: &AppHandle<R>, ids: &[UploadId], answered: Answered) {
    match answered {
        Answered::Pressed(key) if key == RESUME => resume(app, ids.to_vec()),
        Answered::Pressed(_) => {
            window::show(app);
            page::tell(app, SHOW_RESUMABLE, ());
        }
        Answered::Closed => {}
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
