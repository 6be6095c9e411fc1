//! The engine's news on its way to the page: folded together and passed on a few times a second.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use carryon_engine::{Event, Progress, UploadId};
use serde::Serialize;
use tauri::{AppHandle, Emitter, Runtime};
use tokio::{
    sync::mpsc::UnboundedReceiver,
    time::{Instant, timeout_at},
};

use crate::{
    core::{self, Core},
    view::{Messages, View},
};

/// How often the page hears news at most.
const PAUSE: Duration = Duration::from_millis(200);
/// So many new uploads are looked at in one go.
const LOOKED_AT: usize = 512;
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
    /// Uploads stand elsewhere in the queue.
    Places {
        /// Where every unfinished upload stands: its priority, and its position among those.
        places: Vec<(UploadId, i32, f64)>,
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
    queued: Vec<UploadId>,
    changed: BTreeMap<UploadId, Option<Finish>>,
    progress: HashMap<UploadId, Progress>,
    moved: bool,
    /// Those whose record may be gone without a delivery.
    gone: HashSet<UploadId>,
}

/// What is known of the uploads that news came of.
#[derive(Default)]
struct Followed {
    known: HashMap<UploadId, View>,
    messages: Messages,
}

/// An upload's last word.
pub(crate) struct Finish {
    pub name: String,
    pub relative_path: String,
    pub destination: String,
    pub size: u64,
    sent: u64,
    location: Option<String>,
}

/// Passes events on until the engine is gone.
pub async fn forward<R: Runtime>(app: AppHandle<R>, mut events: UnboundedReceiver<Event>) {
    let mut followed = Followed::default();
    while let Some(event) = events.recv().await {
        let opened = core::opened(&app);
        let Ok(core) = &*opened else { return };
        let mut news = News::default();
        news.hear(event, &mut followed.messages);
        hear_on(core, &mut events, &mut news, &mut followed).await;
        let changes = fold(core, &mut followed, news).await;
        let _ = app.emit(UPLOADS, changes);
    }
}

/// Hears on for a moment. What is new in the queue is looked at without waiting for the moment's end: a small file is
/// delivered and its record gone by then, and nobody could tell any more where it came from.
async fn hear_on(core: &Core, events: &mut UnboundedReceiver<Event>, news: &mut News, followed: &mut Followed) {
    let end = Instant::now() + PAUSE;
    while Instant::now() < end {
        while let Ok(event) = events.try_recv() {
            news.hear(event, &mut followed.messages);
        }
        news.look_at_queued(core, &mut followed.known).await;
        match timeout_at(end, events.recv()).await {
            Ok(Some(event)) => news.hear(event, &mut followed.messages),
            Ok(None) | Err(_) => return,
        }
    }
}

impl News {
    fn hear(&mut self, event: Event, messages: &mut Messages) {
        let id = event.id();
        match event {
            Event::Queued { .. } => {
                self.queued.push(id);
                self.changed.entry(id).or_default();
            }
            Event::Progress(progress) => drop(self.progress.insert(id, progress)),
            Event::Moved { .. } => self.moved = true,
            // What was meant for one run only goes with its last word too.
            Event::Removed { .. } | Event::Stopped { .. } => {
                self.gone.insert(id);
                self.changed.entry(id).or_default();
            }
            Event::Finished { name, relative_path, destination, size, sent, location, .. } => {
                self.changed.insert(id, Some(Finish { name, relative_path, destination, size, sent, location }));
            }
            Event::Waiting { message, .. } => {
                messages.insert(id, message);
                self.changed.entry(id).or_default();
            }
            _ => drop(self.changed.entry(id).or_default()),
        }
    }

    async fn look_at_queued(&mut self, core: &Core, known: &mut HashMap<UploadId, View>) {
        let some = self.queued.len().min(LOOKED_AT);
        for id in self.queued.drain(..some).filter(|id| !known.contains_key(id)).collect::<Vec<_>>() {
            if let Ok(Some(listed)) = core.engine.get(id).await {
                known.insert(id, View::new(listed, None));
            }
        }
    }
}

/// Turns news into changes, reading only what moved.
async fn fold(core: &Core, Followed { known, messages }: &mut Followed, news: News) -> Vec<Change> {
    let mut fresh = read(core, &news).await;
    let mut changes = Vec::new();
    for (id, finish) in news.changed {
        match (finish, fresh.remove(&id)) {
            (Some(finish), _) => {
                let mut view = match known.remove(&id) {
                    Some(view) => view,
                    // Among thousands of new files one may be delivered before anybody looked at it.
                    None => View::unseen(id, &finish),
                };
                view.deliver(finish.sent, finish.location);
                core.done.add(view.clone());
                changes.push(Change::Upsert { upload: Box::new(view) });
            }
            (None, Some(listed)) => {
                let view = View::new(listed, messages.get(&id).cloned());
                known.insert(id, view.clone());
                changes.push(Change::Upsert { upload: Box::new(view) });
            }
            (None, None) if news.gone.contains(&id) => {
                known.remove(&id);
                changes.push(Change::Removed { id });
            }
            // Its record went with its delivery, and that word is still on its way.
            (None, None) => {}
        }
    }
    for (id, progress) in news.progress {
        if let Some(view) = known.get_mut(&id) {
            view.advance(&progress);
            changes.push(Change::Upsert { upload: Box::new(view.clone()) });
        }
    }
    if news.moved {
        changes.extend(core.engine.places().await.ok().map(|places| Change::Places { places }));
    }
    changes
}

async fn read(core: &Core, news: &News) -> HashMap<UploadId, carryon_engine::Listed> {
    let listed = core.engine.get_all(news.changed.keys().copied().collect()).await.unwrap_or_default();
    listed.into_iter().map(|listed| (listed.upload.id, listed)).collect()
}

#[cfg(test)]
mod tests {
    use carryon_engine::{Failure, State};

    use super::*;

    fn gone_after(event: Event) -> bool {
        let (id, mut news) = (event.id(), News::default());
        news.hear(event, &mut Messages::default());
        assert!(news.changed.contains_key(&id), "it is looked at");
        news.gone.contains(&id)
    }

    #[test]
    fn a_record_that_is_missing_means_gone_only_after_a_word_that_ends_an_upload_undelivered() {
        let id = UploadId::random();
        let failure = Failure { code: "rejected".into(), message: "No".into(), next_step: "Ask".into() };
        let state = State::Failed(failure.clone());
        assert!(gone_after(Event::Removed { id }));
        assert!(
            gone_after(Event::Stopped { id, name: "a".into(), state, failure }),
            "also where nothing was to be kept"
        );
        assert!(!gone_after(Event::StateChanged { id, state: State::Finishing }), "its delivery is told next");
    }
}
