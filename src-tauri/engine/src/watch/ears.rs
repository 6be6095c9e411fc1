//! Hearing that something stirs in a folder. It only says “look”: a look at the folder says what there is, and comes by itself
//! too, since network folders say nothing and systems lose events.

use std::{path::Path, sync::Arc};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::AccessKind, event::AccessMode};
use tokio::sync::Notify;

/// Listens until it is dropped.
#[derive(Debug)]
pub(super) struct Ears {
    _watcher: RecommendedWatcher,
}

impl Ears {
    /// Wakes `wake` whenever something may have changed in `folder`. Blocks on the disk, for large trees for long.
    ///
    /// # Errors
    /// Where the system cannot do that, for this folder or for so many.
    pub fn open(folder: &Path, subfolders: bool, wake: Arc<Notify>) -> notify::Result<Self> {
        let mut watcher = notify::recommended_watcher(move |heard: notify::Result<Event>| {
            if heard.map_or(true, |event| is_news(&event.kind)) {
                wake.notify_one();
            }
        })?;
        let mode = if subfolders { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        watcher.watch(folder, mode)?;
        Ok(Self { _watcher: watcher })
    }
}

/// Our own looking and reading is none.
fn is_news(kind: &EventKind) -> bool {
    !matches!(kind, EventKind::Access(access) if *access != AccessKind::Close(AccessMode::Write))
}
