//! Closing the window and quitting the program: two things where there is a tray, one where there is none.
//!
//! What is under way is never ended without a question, and whatever ends can be resumed.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use carryon_engine::State;
use serde_json::json;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tokio::sync::oneshot;

use crate::{
    core::{self, Core},
    notes::{self, Note},
    preferences::{self, Notifications},
    tray, window,
    words::{say, say_with},
};

/// The setting that remembers that the user knows where the window went.
const EXPLAINED: &str = "window:closing_explained";

/// The user closed the window: it goes into the tray where that can be seen, else the program ends.
pub fn close<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match tray::is_visible(&app).await {
            true => {
                window::hide(&app);
                explain_once(&app).await;
            }
            false => ask_and_quit(&app).await,
        }
    });
}

/// The user wants the program to end: asks if something would stop.
pub fn quit<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { ask_and_quit(&app).await });
}

/// Ends the program from the page.
#[tauri::command]
pub fn quit_app<R: Runtime>(app: AppHandle<R>) {
    quit(&app);
}

async fn ask_and_quit<R: Runtime>(app: &AppHandle<R>) {
    // One question at a time.
    static ASKING: AtomicBool = AtomicBool::new(false);
    if ASKING.swap(true, SeqCst) {
        return;
    }
    let opened = core::opened(app);
    let would_stop = match &*opened {
        Ok(core) => under_way(core).await,
        Err(_) => 0,
    };
    if would_stop == 0 || ask(app, would_stop).await {
        app.exit(0);
    }
    ASKING.store(false, SeqCst);
}

/// How many uploads would stop.
async fn under_way(core: &Core) -> usize {
    let (listed, _) = core.engine.list().await.unwrap_or_default();
    listed.iter().filter(|listed| listed.upload.state != State::Done && !listed.upload.state.is_resting()).count()
}

async fn ask<R: Runtime>(app: &AppHandle<R>, would_stop: usize) -> bool {
    let (sender, answered) = oneshot::channel();
    let question = app.dialog().message(say_with("quit-body", [("count", would_stop.into())]));
    let buttons = MessageDialogButtons::OkCancelCustom(say("quit-do"), say("quit-keep"));
    question.title(say("quit-title")).kind(MessageDialogKind::Warning).buttons(buttons).show(move |agreed| {
        let _ = sender.send(agreed);
    });
    answered.await.unwrap_or(false)
}

/// The first time, the user is told where the window went and how it comes back.
async fn explain_once<R: Runtime>(app: &AppHandle<R>) {
    let opened = core::opened(app);
    let Ok(core) = &*opened else { return };
    if core.engine.setting(EXPLAINED).await.is_ok_and(|told| told.is_some()) {
        return;
    }
    let note = Note { title: say("closing-title"), body: say("closing-body"), ..Note::default() };
    let wanted = preferences::notifications(app) != Notifications::None;
    if !wanted || !notes::show(note, |_| {}).await {
        app.dialog().message(say("closing-body")).title(say("closing-title")).show(|_| {});
    }
    if let Err(error) = core.engine.set_setting(EXPLAINED, json!(true)).await {
        tracing::warn!(%error, "it will be explained once more");
    }
}
