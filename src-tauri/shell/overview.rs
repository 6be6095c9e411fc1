//! Keeps the tray and the taskbar at what the uploads are, and lets notifications tell what came of them: looked at after news,
//! once a second at most.

use std::time::{Duration, Instant};

use carryon_engine::Event;
use tauri::{AppHandle, Runtime};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{core, notifications::news::News, status::Status, taskbar, tray};

/// How often it is looked at most.
const PAUSE: Duration = Duration::from_secs(1);
/// A look that takes long is followed by so many times as long a pause.
const REST: u32 = 20;

/// Shows how all uploads stand until the engine is gone.
pub async fn keep<R: Runtime>(app: AppHandle<R>, mut events: UnboundedReceiver<Event>) {
    let (mut news, mut delivered) = (News::default(), 0_u64);
    loop {
        let began = Instant::now();
        if let Some(status) = look(&app, delivered).await {
            news.tell(&app, &status).await;
            if status.active == 0 {
                delivered = 0;
            }
        }
        tokio::time::sleep(PAUSE.max(began.elapsed() * REST)).await;
        let Some(event) = events.recv().await else { return };
        let heard = std::iter::once(event).chain(std::iter::from_fn(|| events.try_recv().ok()));
        for event in heard {
            news.hear(&event);
            delivered = delivered.saturating_add(arrived(&event));
        }
    }
}

/// Looks and shows.
async fn look<R: Runtime>(app: &AppHandle<R>, delivered: u64) -> Option<Status> {
    let opened = core::opened(app);
    let Ok(core) = &*opened else { return None };
    let (listed, _) = core.engine.list().await.ok()?;
    let status = Status::of(&listed, delivered);
    tray::show(app, &status);
    taskbar::show(app, &status);
    Some(status)
}

fn arrived(event: &Event) -> u64 {
    match event {
        Event::Finished { size, .. } => *size,
        _ => 0,
    }
}
