//! The icon in the tray: how all uploads stand, and the few things one does without the window.
//!
//! It is never the only way back: where no tray can be made, or nobody shows it, the window stays.

mod icon;
#[cfg_attr(target_os = "linux", path = "tray/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "tray/elsewhere.rs")]
mod system;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tauri::{
    AppHandle, Manager, Runtime,
    menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};
use tokio::time::timeout;

use crate::{closing, status::Status, tray_deeds, window, words::say};

const ID: &str = "carryon";
/// A desktop that does not say within this time that it shows the icon is taken not to.
const ASKED_AT_MOST: Duration = Duration::from_secs(2);

/// The icon, and what of its menu changes.
struct Tray<R: Runtime> {
    icon: TrayIcon<R>,
    line: MenuItem<R>,
    open: MenuItem<R>,
    pause_all: MenuItem<R>,
    resume_all: MenuItem<R>,
    send: MenuItem<R>,
    quit: MenuItem<R>,
    // Held while the icon is changed, never across an await.
    shown: Mutex<Option<Shown>>,
}

/// What is shown; the same is not shown twice.
#[derive(PartialEq)]
struct Shown {
    status: Status,
    line: String,
    open: String,
}

/// Puts the icon into the tray, on the main thread; without the system's library for it there is none.
pub fn build<R: Runtime>(app: &AppHandle<R>) {
    if !system::can_be_made() {
        return tracing::info!("no tray: the system's library for it is missing");
    }
    match Tray::build(app) {
        Ok(tray) => drop(app.manage(tray)),
        Err(error) => tracing::warn!(%error, "no tray"),
    }
}

/// Whether there is an icon that somebody shows.
pub async fn is_visible<R: Runtime>(app: &AppHandle<R>) -> bool {
    if app.try_state::<Tray<R>>().is_none() {
        return false;
    }
    let asked = tokio::task::spawn_blocking(system::is_visible);
    matches!(timeout(ASKED_AT_MOST, asked).await, Ok(Ok(true)))
}

/// Shows how all uploads stand.
pub fn show<R: Runtime>(app: &AppHandle<R>, status: &Status) {
    let Some(tray) = app.try_state::<Tray<R>>() else { return };
    if let Err(error) = tray.show(status) {
        tracing::warn!(%error, "the tray cannot be changed");
    }
}

impl<R: Runtime> Tray<R> {
    fn build(app: &AppHandle<R>) -> tauri::Result<Self> {
        let item = |id: &str, text: String, enabled| MenuItem::with_id(app, id, text, enabled, None::<&str>);
        let line = item("line", say("tray-idle"), false)?;
        let open = item("open", say("tray-open"), true)?;
        let pause_all = item("pause-all", say("tray-pause-all"), false)?;
        let resume_all = item("resume-all", say("tray-resume-all"), false)?;
        let send = item("send", say("tray-send"), true)?;
        let quit = item("quit", say("tray-quit"), true)?;
        let rule = || PredefinedMenuItem::separator(app);
        let menu = Menu::with_items(
            app,
            &[&open, &rule()?, &line, &pause_all, &resume_all, &rule()?, &send, &rule()?, &quit],
        )?;
        let icon = TrayIconBuilder::with_id(ID)
            .icon(icon::of(crate::status::Look::Idle))
            .tooltip("Carryon")
            .menu(&menu)
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(|app, event| chosen(app, &event))
            .on_tray_icon_event(|icon, event| clicked(icon.app_handle(), &event))
            .build(app)?;
        Ok(Self { icon, line, open, pause_all, resume_all, send, quit, shown: Mutex::default() })
    }

    fn show(&self, status: &Status) -> tauri::Result<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Shown { status: status.clone(), line: status.line(), open: say("tray-open") };
        if shown.as_ref() == Some(&now) {
            return Ok(());
        }
        if shown.as_ref().is_none_or(|before| before.status.look() != status.look()) {
            self.icon.set_icon(Some(icon::of(status.look())))?;
        }
        if shown.as_ref().is_none_or(|before| before.open != now.open) {
            self.speak()?;
        }
        self.line.set_text(&now.line)?;
        self.icon.set_tooltip(Some(format!("Carryon: {}", now.line)))?;
        // Beside the icon there is room for little.
        self.icon.set_title(status.percent().map(|percent| format!("{percent} %")))?;
        self.pause_all.set_enabled(status.active > 0)?;
        self.resume_all.set_enabled(status.resumable > 0)?;
        *shown = Some(now);
        Ok(())
    }

    /// All that does not depend on the uploads, in the language of now.
    fn speak(&self) -> tauri::Result<()> {
        self.open.set_text(say("tray-open"))?;
        self.pause_all.set_text(say("tray-pause-all"))?;
        self.resume_all.set_text(say("tray-resume-all"))?;
        self.send.set_text(say("tray-send"))?;
        self.quit.set_text(say("tray-quit"))
    }
}

fn chosen<R: Runtime>(app: &AppHandle<R>, event: &MenuEvent) {
    match event.id().as_ref() {
        "open" => window::show(app),
        "pause-all" => tray_deeds::pause_all(app),
        "resume-all" => tray_deeds::resume_all(app),
        "send" => tray_deeds::send_files(app),
        "quit" => closing::quit(app),
        _ => {}
    }
}

fn clicked<R: Runtime>(app: &AppHandle<R>, event: &TrayIconEvent) {
    let up = MouseButtonState::Up;
    if !cfg!(target_os = "macos")
        && matches!(event, TrayIconEvent::Click { button: MouseButton::Left, button_state, .. } if *button_state == up)
    {
        window::show(app);
    }
}
