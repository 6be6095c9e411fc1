//! The window's side of Carryon: thin. It wires the engine, the built-in receiver, the page and the desktop.
//!
//! The page calls `commands`; the engine's news reaches the page through `events`; `notifications` speaks where the
//! window may not be seen. What a page sees of an upload is made in `view`.

mod arguments;
pub mod commands;
mod core;
mod destinations;
mod events;
mod finished;
mod given;
mod history;
mod locating;
mod notifications;
mod saving;
mod view;
mod words;

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::Parser;
use tauri::{AppHandle, Manager, RunEvent, Runtime, Theme, WebviewWindow, window::Color};

use crate::{arguments::Arguments, core::Core};

/// The window is shown at the latest after this long, ready or not.
const BLANK_AT_MOST: Duration = Duration::from_secs(5);

/// What goes on by itself does so before the page asks; thousands of uploads are not waited for.
const ON_ITS_WAY_WITHIN: Duration = Duration::from_secs(1);

/// Opens the window and stays until it is closed.
pub fn run() {
    set_up_log();
    let arguments = Arguments::parse();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, argv, cwd| {
            let given = Arguments::paths_of(argv, &PathBuf::from(cwd));
            show_window(app);
            if app.try_state::<Arc<core::Opened>>().is_none() {
                return; // Still opening: nobody could take the files yet.
            }
            let app = app.clone();
            tauri::async_runtime::spawn(async move { commands::add_and_tell(&app, given).await });
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(commands::all())
        .setup(move |app| {
            set_up(app.handle(), arguments);
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(at_the_end),
        Err(error) => {
            eprintln!("carryon-app: the window cannot be opened: {error}");
            std::process::exit(1);
        }
    }
}

fn set_up_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("CARRYON_LOG");
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Opens engine and receiver before the page asks for them. Whatever fails is told in the window: it opens all the same.
fn set_up<R: Runtime>(app: &AppHandle<R>, arguments: Arguments) {
    let core = Arc::new(tauri::async_runtime::block_on(Core::open(&arguments)));
    app.manage(Arc::clone(&core));
    if let Ok(core) = &*core {
        tauri::async_runtime::spawn(events::forward(app.clone(), core.engine.subscribe()));
        let going_on = tauri::async_runtime::spawn(go_on(app.clone()));
        let _ = tauri::async_runtime::block_on(async { tokio::time::timeout(ON_ITS_WAY_WITHIN, going_on).await });
    }
    match open_window(app) {
        Ok(window) => show_late(window),
        Err(error) => {
            eprintln!("carryon-app: the window cannot be opened: {error}");
            app.exit(1);
        }
    }
}

/// Resumes what always goes on by itself, and offers the rest.
async fn go_on<R: Runtime>(app: AppHandle<R>) {
    let opened = core::opened(&app);
    let Ok(core) = &*opened else { return };
    match core.engine.resume_what_always_does().await {
        Ok(outcomes) => {
            for (id, error) in outcomes.problems {
                tracing::warn!(upload = %id, %error, "could not go on by itself");
            }
        }
        Err(error) => tracing::warn!(%error, "what goes on by itself could not be looked up"),
    }
    notifications::offer_resume(&app);
}

/// Makes the window, hidden, in the page's own ground colour: until the page is painted it is no flash of white.
fn open_window<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<WebviewWindow<R>> {
    let config = app.config().app.windows.first().cloned().unwrap_or_default();
    let window = tauri::WebviewWindowBuilder::from_config(app, &config)?.build()?;
    // --ground in ui/styles/tokens.css
    let ground = match window.theme() {
        Ok(Theme::Dark) => Color(0x12, 0x18, 0x1a, 0xff),
        _ => Color(0xf1, 0xf4, 0xf4, 0xff),
    };
    let _ = window.set_background_color(Some(ground));
    Ok(window)
}

/// A page that never gets ready must not leave the user without a window.
fn show_late<R: Runtime>(window: WebviewWindow<R>) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(BLANK_AT_MOST).await;
        let _ = window.show();
    });
}

/// Brings the window to the front.
pub(crate) fn show_window<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    }
}

fn at_the_end<R: Runtime>(app: &AppHandle<R>, event: RunEvent) {
    if let RunEvent::Exit = event
        && let Ok(core) = &*core::opened(app)
    {
        tauri::async_runtime::block_on(core.close());
    }
}
