//! What is wished of single uploads for this run only: flags of a command, a button beside an upload. It wins over what is
//! set for everything, lies in memory only, and ends with the upload.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    engine::Engine,
    inner::{Inner, lock},
    pace::{Pacer, SpeedLimit},
    upload::UploadId,
};

/// Wishes for one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunWishes {
    /// How fast these uploads together may be, in place of what holds for everything.
    pub speed_limit: Option<SpeedLimit>,
    /// Chunks of one file at once, at most.
    pub connections: Option<usize>,
    /// They do not wait for another connection or for power.
    pub anyway: bool,
}

/// What is known of one upload for this run.
#[derive(Clone, Debug, Default)]
pub(crate) struct ThisRun {
    /// Holds back all uploads of one wish together.
    pub pacer: Option<Arc<Pacer>>,
    pub connections: Option<usize>,
    pub anyway: bool,
    /// It only gave its place away: going on needs nobody's consent.
    pub gave_way: bool,
}

impl ThisRun {
    /// Of `wishes`; none where nothing is wished.
    pub fn of(wishes: &RunWishes) -> Option<Self> {
        let pacer = wishes.speed_limit.clone().map(|limit| Arc::new(Pacer::new(limit)));
        let this_run = Self { pacer, connections: wishes.connections, anyway: wishes.anyway, gave_way: false };
        (*wishes != RunWishes::default()).then_some(this_run)
    }
}

impl Inner {
    /// What is known of an upload for this run.
    pub fn this_run(&self, id: UploadId) -> ThisRun {
        lock(&self.this_run).get(&id).cloned().unwrap_or_default()
    }

    /// Notes something about an upload for this run.
    pub fn note_for_this_run(&self, id: UploadId, note: impl FnOnce(&mut ThisRun)) {
        note(lock(&self.this_run).entry(id).or_default());
    }

    /// The upload ended.
    pub fn forget_this_run(&self, id: UploadId) {
        lock(&self.this_run).remove(&id);
    }
}

/// Each upload's notes.
pub(crate) type Runs = HashMap<UploadId, ThisRun>;

impl Engine {
    /// What is wished of uploads that are to go on, until they end or the engine does. Those that wait need wait no longer, if
    /// that is wished; the rest counts from their next turn on.
    pub fn wish_for_run(&self, ids: &[UploadId], wishes: &RunWishes) {
        if let Some(this_run) = ThisRun::of(wishes) {
            ids.iter().for_each(|id| self.inner.note_for_this_run(*id, |known| *known = this_run.clone()));
            self.inner.surroundings.look_again();
        }
    }

    /// Lets uploads go on that wait for another connection or for power, in this run.
    pub fn send_anyway(&self, ids: &[UploadId]) {
        ids.iter().for_each(|id| self.inner.note_for_this_run(*id, |known| known.anyway = true));
        self.inner.surroundings.look_again();
    }
}
