//! The window: made when it is first wanted, shown when its page is ready.
//!
//! Started for the tray there is none, and no web view that takes memory, until somebody wants to see it.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use tauri::{AppHandle, Manager, Runtime, Theme, WebviewWindow, WindowEvent, window::Color};

use crate::{closing, page::Page};

const LABEL: &str = "main";

/// The window is shown at the latest after this long, ready or not.
const BLANK_AT_MOST: Duration = Duration::from_secs(5);

/// It was made for nobody to look at yet, and comes minimised.
static MINIMISED: AtomicBool = AtomicBool::new(false);

/// Brings the window to the front; makes it where there is none.
pub fn show<R: Runtime>(app: &AppHandle<R>) {
    MINIMISED.store(false, Relaxed);
    match app.get_webview_window(LABEL) {
        // A page that is not ready yet shows it by itself.
        Some(window) if app.state::<Page>().is_ready() => appear(&window),
        Some(_) => {}
        None => make(app),
    }
}

/// Makes the window, minimised: it takes nobody's attention, and can be reached.
pub fn show_minimised<R: Runtime>(app: &AppHandle<R>) {
    if app.get_webview_window(LABEL).is_none() {
        MINIMISED.store(true, Relaxed);
        make(app);
    }
}

/// The page has drawn itself: the window is shown as it was wanted.
pub fn page_is_ready<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(LABEL) {
        appear(&window);
    }
}

/// Takes the window from the screen; what it shows stays.
pub fn hide<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.hide();
    }
}

/// Whether the user looks at it.
pub fn has_focus<R: Runtime>(app: &AppHandle<R>) -> bool {
    let looked_at = |window: WebviewWindow<R>| Ok::<_, tauri::Error>(window.is_visible()? && window.is_focused()?);
    app.get_webview_window(LABEL).is_some_and(|window| looked_at(window).unwrap_or(false))
}

fn appear<R: Runtime>(window: &WebviewWindow<R>) {
    let shown = match MINIMISED.load(Relaxed) {
        true => window.minimize().and_then(|()| window.show()),
        false => window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()),
    };
    if let Err(error) = shown {
        tracing::warn!(%error, "the window cannot be shown");
    }
}

/// Windows are made on the main thread.
fn make<R: Runtime>(app: &AppHandle<R>) {
    let (here, there) = (app.clone(), app.clone());
    let made = app.run_on_main_thread(move || match open(&there) {
        Ok(window) => show_late(window),
        Err(error) => {
            eprintln!("carryon-app: the window cannot be opened: {error}");
            there.exit(1);
        }
    });
    if let Err(error) = made {
        eprintln!("carryon-app: the window cannot be opened: {error}");
        here.exit(1);
    }
}

/// Makes the window, hidden, in the page's own ground colour: until the page is painted it is no flash of white.
fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<WebviewWindow<R>> {
    if let Some(window) = app.get_webview_window(LABEL) {
        return Ok(window);
    }
    let config = app.config().app.windows.first().cloned().unwrap_or_default();
    let window = tauri::WebviewWindowBuilder::from_config(app, &config)?.build()?;
    // --ground in ui/styles/tokens.css
    let ground = match window.theme() {
        Ok(Theme::Dark) => Color(0x12, 0x18, 0x1a, 0xff),
        _ => Color(0xf1, 0xf4, 0xf4, 0xff),
    };
    let _ = window.set_background_color(Some(ground));
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            closing::close(&app);
        }
    });
    Ok(window)
}

/// A page that never gets ready must not leave the user without a window.
fn show_late<R: Runtime>(window: WebviewWindow<R>) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(BLANK_AT_MOST).await;
        if !window.state::<Page>().is_ready() {
            appear(&window);
        }
    });
}
