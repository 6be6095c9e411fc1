//! The engine's news on its way to the page: folded together and passed on a few times a second.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use carryon_engine::{Event, Progress, UploadId};
use serde::Serialize;
use tauri::{AppHandle, Emitter, Runtime};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    core::{self, Core},
    view::{Messages, View},
};

/// How often the page hears news at most.
const PAUSE: Duration = Duration::from_millis(200);
/// From so many changed uploads on, one look at all of them is cheaper than a look at each.
const MANY: usize = 32;
/// The name of the event that carries news.
pub const UPLOADS: &str = "uploads";

/// One change for the page to fold into its state.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Change {
    /// An upload is new, or changed.
    Upsert {
        /// The whole of it.
        upload: Box<View>,
    },
    /// An upload is gone.
    Removed {
        /// Which.
        id: UploadId,
    },
}

/// What changed since the page heard last.
#[derive(Default)]
struct News {
    changed: BTreeMap<UploadId, Option<Finish>>,
    progress: HashMap<UploadId, Progress>,
}

/// An upload's last word.
struct Finish {
    name: String,
    size: u64,
    sent: u64,
    location: Option<String>,
}

/// Passes events on until the engine is gone.
pub async fn forward<R: Runtime>(app: AppHandle<R>, mut events: UnboundedReceiver<Event>) {
    let mut known: HashMap<UploadId, View> = HashMap::new();
    let mut messages = Messages::new();
    while let Some(event) = events.recv().await {
        let mut news = News::default();
        news.hear(event, &mut messages);
        tokio::time::sleep(PAUSE).await;
        while let Ok(event) = events.try_recv() {
            news.hear(event, &mut messages);
        }
        let opened = core::opened(&app);
        let Ok(core) = &*opened else { return };
        let changes = fold(core, &mut known, &messages, news).await;
        let _ = app.emit(UPLOADS, changes);
    }
}

impl News {
    fn hear(&mut self, event: Event, messages: &mut Messages) {
        let id = event.id();
        match event {
            Event::Progress(progress) => drop(self.progress.insert(id, progress)),
            Event::Finished { name, size, sent, location, .. } => {
                self.changed.insert(id, Some(Finish { name, size, sent, location }));
            }
            Event::Waiting { message, .. } => {
                messages.insert(id, message);
                self.changed.entry(id).or_default();
            }
            _ => drop(self.changed.entry(id).or_default()),
        }
    }
}

/// Turns news into changes, reading only what moved.
async fn fold(core: &Core, known: &mut HashMap<UploadId, View>, messages: &Messages, news: News) -> Vec<Change> {
    let mut fresh = read(core, &news).await;
    let mut changes = Vec::new();
    for (id, finish) in news.changed {
        match (finish, fresh.remove(&id)) {
            (Some(finish), _) => {
                // A small file may be delivered, and its record gone, before anybody looked at it.
                let unseen = || View::unseen(id, finish.name, finish.size, &core.destination.name);
                let mut view = known.remove(&id).unwrap_or_else(unseen);
                view.deliver(finish.sent, finish.location);
                core.done.add(view.clone());
                changes.push(Change::Upsert { upload: Box::new(view) });
            }
            (None, Some(listed)) => {
                let view = View::new(listed, messages.get(&id).cloned());
                known.insert(id, view.clone());
                changes.push(Change::Upsert { upload: Box::new(view) });
            }
            (None, None) => {
                known.remove(&id);
                changes.push(Change::Removed { id });
            }
        }
    }
    for (id, progress) in news.progress {
        if let Some(view) = known.get_mut(&id) {
            view.advance(&progress);
            changes.push(Change::Upsert { upload: Box::new(view.clone()) });
        }
    }
    changes
}

async fn read(core: &Core, news: &News) -> HashMap<UploadId, carryon_engine::Listed> {
    let wanted: Vec<UploadId> = news.changed.keys().copied().collect();
    if wanted.len() > MANY {
        let (listed, _) = core.engine.list().await.unwrap_or_default();
        return listed.into_iter().map(|listed| (listed.upload.id, listed)).collect();
    }
    let mut read = HashMap::new();
    for id in wanted {
        if let Ok(Some(listed)) = core.engine.get(id).await {
            read.insert(id, listed);
        }
    }
    read
}
