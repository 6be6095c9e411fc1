//! The window's side of Carryon: thin. It wires the engine, the built-in receiver, the page and the desktop.
//!
//! The page calls `commands`; the engine's news reaches the page through `events`; `notifications` speaks where the
//! window may not be seen. What a page sees of an upload is made in `view`.

mod amounts;
mod arguments;
mod asking;
mod autostart;
mod clipboard;
mod closing;
pub mod commands;
mod core;
mod deep_link;
mod destinations;
mod events;
mod exchanging;
mod finished;
mod given;
mod history;
mod locating;
mod looking;
mod notes;
mod notifications;
mod overview;
mod page;
mod preferences;
mod receiving;
mod saving;
mod sending;
mod speeds;
mod status;
mod taskbar;
mod tray;
mod tray_deeds;
mod view;
mod watches;
mod window;
mod words;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use carryon_system::Log;
use clap::Parser;
use tauri::{AppHandle, Manager, RunEvent, Runtime};

use crate::{
    arguments::{Arguments, Handed},
    core::Core,
    page::Page,
};

/// What goes on by itself does so before the page asks; thousands of uploads are not waited for.
const ON_ITS_WAY_WITHIN: Duration = Duration::from_secs(1);

/// At login the tray may come up later than the program does; after this long there is none.
const TRAY_WITHIN: Duration = Duration::from_secs(10);
/// How often it is looked for until then.
const LOOKED_FOR_EVERY: Duration = Duration::from_millis(500);

/// Opens the window and stays until the program is ended.
pub fn run() {
    let arguments = Arguments::parse();
    let log = Log::set_up(carryon_engine::data_dir(arguments.data_dir.as_deref()).ok().as_deref());
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, argv, cwd| {
            take_over(app, Arguments::handed(argv, &PathBuf::from(cwd)));
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(commands::all())
        .manage(Page::default())
        .setup(move |app| {
            preferences::manage(app.handle(), log);
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

/// What a second start wanted is done here.
fn take_over<R: Runtime>(app: &AppHandle<R>, handed: Handed) {
    if app.try_state::<Arc<core::Opened>>().is_none() {
        return; // Still opening: nobody could take the files yet.
    }
    if !handed.hidden {
        window::show(app);
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move { asking::act_on(&app, handed).await });
}

/// Opens engine and receiver before the page asks for them. Whatever fails is told in the window: it opens all the same.
fn set_up<R: Runtime>(app: &AppHandle<R>, arguments: Arguments) {
    let core = Arc::new(tauri::async_runtime::block_on(Core::open(&arguments)));
    app.manage(Arc::clone(&core));
    if let Ok(core) = &*core {
        tauri::async_runtime::block_on(preferences::start(app.clone(), &core.engine));
    }
    tray::build(app);
    if let Ok(core) = &*core {
        tauri::async_runtime::spawn(events::forward(app.clone(), core.engine.subscribe()));
        tauri::async_runtime::spawn(speeds::watch(app.clone()));
        tauri::async_runtime::spawn(overview::keep(app.clone(), core.engine.subscribe()));
        tauri::async_runtime::spawn(watches::forward(app.clone()));
        let going_on = tauri::async_runtime::spawn(go_on(app.clone()));
        let _ = tauri::async_runtime::block_on(async { tokio::time::timeout(ON_ITS_WAY_WITHIN, going_on).await });
    }
    match (arguments.hidden, &*core) {
        (true, Ok(core)) => {
            tauri::async_runtime::spawn(start_hidden(app.clone(), core.take_given()));
        }
        // What went wrong has to be seen.
        _ => window::show(app),
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
    notifications::offer::offer_resume(&app);
}

/// Starts into the tray; where nobody shows one, with a minimised window, so that there is a way in.
async fn start_hidden<R: Runtime>(app: AppHandle<R>, given: Handed) {
    asking::act_on(&app, given).await;
    let until = Instant::now() + TRAY_WITHIN;
    while !tray::is_visible(&app).await {
        if Instant::now() > until {
            return window::show_minimised(&app);
        }
        tokio::time::sleep(LOOKED_FOR_EVERY).await;
    }
}

fn at_the_end<R: Runtime>(app: &AppHandle<R>, event: RunEvent) {
    match event {
        // Without a window the program goes on, in the tray; it ends where somebody says so.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::Exit => {
            if let Ok(core) = &*core::opened(app) {
                tauri::async_runtime::block_on(core.close());
            }
        }
        _ => {}
    }
}
