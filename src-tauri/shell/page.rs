//! Telling the page something that it must not miss, also before it is there: what it is told waits until it is ready.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;
use tauri::{AppHandle, Emitter, Manager, Runtime};

/// Whether the page hears, and what waits until it does.
#[derive(Default)]
pub struct Page {
    // Held for a push or a look, never across an await.
    state: Mutex<Hearing>,
}

#[derive(Default)]
struct Hearing {
    is_ready: bool,
    waiting: Vec<(&'static str, Value)>,
}

impl Page {
    /// Whether it has drawn itself.
    pub fn is_ready(&self) -> bool {
        self.lock().is_ready
    }

    fn lock(&self) -> MutexGuard<'_, Hearing> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the page; now, or as soon as it hears.
pub fn tell<R: Runtime>(app: &AppHandle<R>, event: &'static str, payload: impl Serialize) {
    let Ok(payload) = serde_json::to_value(payload) else { return };
    let page = app.state::<Page>();
    let mut hearing = page.lock();
    match hearing.is_ready {
        true => drop(app.emit(event, payload)),
        false => hearing.waiting.push((event, payload)),
    }
}

/// The page hears from now on: it is told what waited, in its order.
pub fn hears<R: Runtime>(app: &AppHandle<R>) {
    let page = app.state::<Page>();
    let mut hearing = page.lock();
    hearing.is_ready = true;
    for (event, payload) in hearing.waiting.drain(..) {
        let _ = app.emit(event, payload);
    }
}
