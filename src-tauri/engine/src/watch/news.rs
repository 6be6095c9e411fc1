//! What a watched folder is at, for lists and for whoever follows it.

use std::{collections::HashMap, path::PathBuf, sync::Mutex};

use serde::Serialize;
use tokio::sync::{Notify, mpsc};

use crate::{
    inner::lock,
    records::watches::WatchRow,
    upload::{UploadId, WatchId},
};

/// What a watched folder is at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WatchState {
    /// New files are taken.
    Watching,
    /// The folder is not there: its disk is unplugged, or somebody renamed it. It goes on when the folder is back.
    Missing,
    /// The user lets it rest.
    Paused,
    /// Something keeps new files from being taken; it is tried again.
    Trouble {
        /// What, in plain words.
        message: String,
    },
    /// No Carryon that watches folders is running.
    Resting,
}

/// A watched folder as a list shows it.
#[derive(Clone, Debug)]
pub struct Watch {
    /// As it was set.
    pub row: WatchRow,
    /// What it is at.
    pub state: WatchState,
    /// Files that arrived.
    pub sent: u64,
    /// Files that are under way, or wait until they stand still.
    pub waiting: u64,
    /// Files that changed after they were sent, and stay as the rule wants; counted anew at each launch.
    pub changed: u64,
    /// The last file that could not be taken, and why.
    pub problem: Option<String>,
}

/// One piece of news about watched folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchNews {
    /// What one is at, or its counts, or which there are: to be listed anew.
    Changed,
    /// A file was taken.
    Taken {
        /// From which folder.
        watch: WatchId,
        /// Its upload.
        upload: UploadId,
        /// The file.
        path: PathBuf,
    },
    /// A file could not be taken.
    Problem {
        /// From which folder.
        watch: WatchId,
        /// The file.
        path: PathBuf,
        /// Why, in plain words.
        message: String,
    },
}

/// What is known of a folder while it is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Live {
    pub state: WatchState,
    pub waiting: u64,
    pub changed: u64,
    pub problem: Option<String>,
}

/// What is shared about watching.
#[derive(Debug, Default)]
pub(crate) struct Watching {
    // Each is held for a look-up or an insertion, never across an await.
    live: Mutex<HashMap<WatchId, Live>>,
    listeners: Mutex<Vec<mpsc::UnboundedSender<WatchNews>>>,
    runners: Mutex<usize>,
    /// The folders, or whether they are to be watched, may be others now.
    pub changed: Notify,
    /// Held while a folder is added or changed: two that overlap are not let in side by side.
    pub changing: tokio::sync::Mutex<()>,
}

impl Watching {
    pub fn subscribe(&self) -> mpsc::UnboundedReceiver<WatchNews> {
        let (sender, receiver) = mpsc::unbounded_channel();
        lock(&self.listeners).push(sender);
        receiver
    }

    pub fn tell(&self, news: WatchNews) {
        lock(&self.listeners).retain(|listener| listener.send(news.clone()).is_ok());
    }

    /// One more, or one less, wants folders to be watched.
    pub fn count_runner(&self, comes: bool) {
        let mut runners = lock(&self.runners);
        *runners = if comes { *runners + 1 } else { runners.saturating_sub(1) };
        drop(runners);
        self.changed.notify_one();
    }

    pub fn is_wanted(&self) -> bool {
        *lock(&self.runners) > 0
    }

    /// What a folder is at now; that is told where it is news.
    pub fn note(&self, id: WatchId, live: Live) {
        let before = lock(&self.live).insert(id, live.clone());
        if before.as_ref() != Some(&live) {
            self.tell(WatchNews::Changed);
        }
    }

    /// A folder is not watched any more.
    pub fn forget(&self, id: WatchId) {
        if lock(&self.live).remove(&id).is_some() {
            self.tell(WatchNews::Changed);
        }
    }

    pub fn live(&self, id: WatchId) -> Option<Live> {
        lock(&self.live).get(&id).cloned()
    }
}
