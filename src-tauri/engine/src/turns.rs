//! Gives turns: starts queued uploads while there is room, and forgets those that came to rest. Deciding is in `queue`.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use crate::{
    error::Result,
    inner::{Inner, Turn, lock},
    live::Live,
    pace::Pacer,
    queue::{self, Limits, Running},
    records::{destinations, uploads},
    upload::{Upload, UploadId, now},
    worker,
};

/// How long an upload whose turn could not begin lets the others go first.
const SKIPPED_FOR: Duration = Duration::from_secs(30);

impl Inner {
    /// Gives one turn, if one is to be given.
    async fn give_one(self: &Arc<Self>) -> Result<bool> {
        let _order = self.order.lock().await;
        match self.next().await? {
            Some(id) => self.start(id).await.map(|()| true),
            None => Ok(false),
        }
    }

    async fn next(&self) -> Result<Option<UploadId>> {
        let running = lock(&self.running).clone();
        let apart = lock(&self.held).len() + lock(&self.skipped).len();
        let limit = u32::try_from(running.len() + apart + 64).unwrap_or(u32::MAX);
        let queued = self.records.run(move |connection| uploads::queued(connection, now(), limit)).await?;
        let set_apart = self.set_apart();
        let free = |id: &UploadId| !running.contains_key(id) && !set_apart.contains(id);
        let queued: Vec<_> = queued.into_iter().filter(|(id, _)| free(id)).collect();
        let turns: Vec<_> =
            running.values().map(|turn| Running { size: turn.live.size, waiting: turn.live.is_waiting() }).collect();
        let limits = Limits { files: self.preferences().files_at_once, ..self.options.limits };
        Ok(queue::next(&limits, &turns, &queued))
    }

    /// Who gets no turn now: held by somebody, or tried in vain a moment ago.
    fn set_apart(&self) -> HashSet<UploadId> {
        let mut skipped = lock(&self.skipped);
        skipped.retain(|_, tried| tried.elapsed() < SKIPPED_FOR);
        skipped.keys().copied().chain(lock(&self.held).keys().copied()).collect()
    }

    /// Fewer files are to run at once: the last to begin come to rest in the queue as soon as nothing of them is in flight.
    pub fn make_way(&self) {
        let running = lock(&self.running);
        let mut busy: Vec<_> = running.values().map(|turn| &turn.live).filter(|live| !live.is_waiting()).collect();
        busy.sort_by_key(|live| live.began);
        queue::too_many(self.preferences().files_at_once, &busy).iter().for_each(|live| live.give_way());
    }

    /// Every limit that an upload keeps to. Settings that cannot be read limit nothing; its worker tells of them.
    async fn pacers_of(&self, upload: &Upload) -> Vec<Arc<Pacer>> {
        let id = upload.destination;
        let row = self.records.run(move |connection| destinations::get(connection, id)).await;
        let settings = row.ok().flatten().and_then(|row| row.settings().ok());
        let own = settings.map(|settings| self.pacer_of(id, &settings));
        let general = self.this_run(upload.id).pacer.unwrap_or_else(|| Arc::clone(&self.pacer));
        [general].into_iter().chain(own).collect()
    }

    async fn start(self: &Arc<Self>, id: UploadId) -> Result<()> {
        let upload = match self.records.run(move |connection| uploads::get(connection, id)).await {
            Ok(Some(upload)) => upload,
            unreadable => {
                lock(&self.skipped).insert(id, Instant::now());
                return unreadable.map(|_| ());
            }
        };
        let live = Arc::new(Live::new(&upload, self.pacers_of(&upload).await));
        let turn = Turn { live: Arc::clone(&live), cancel: self.stop.child_token(), over: CancellationToken::new() };
        {
            // Both under one lock: whoever holds it from here on finds the turn and ends it.
            let held = lock(&self.held);
            if held.contains_key(&id) {
                return Ok(());
            }
            lock(&self.running).insert(id, turn.clone());
        }
        let over = Over { inner: Arc::clone(self), id, over: turn.over };
        tokio::spawn(async move {
            worker::run(Arc::clone(&over.inner), id, live, turn.cancel).await;
            drop(over);
        });
        Ok(())
    }
}

/// Ends a turn, also where its worker panicked.
struct Over {
    inner: Arc<Inner>,
    id: UploadId,
    over: CancellationToken,
}

impl Drop for Over {
    fn drop(&mut self) {
        lock(&self.inner.running).remove(&self.id);
        self.over.cancel();
        self.inner.wake.notify_one();
    }
}

/// Ends when the time of an upload has come that is to start later.
async fn until_a_later_start(inner: &Inner) {
    // Looked at again now and then: the clock may be set, and the machine may sleep.
    const LOOK: Duration = Duration::from_secs(30);
    let next = inner.records.run(|connection| uploads::next_start(connection, now())).await;
    let at = match next {
        Ok(Some(at)) => at,
        // Those that were set apart are tried again by and by.
        _ if !lock(&inner.skipped).is_empty() => return tokio::time::sleep(SKIPPED_FOR).await,
        _ => return std::future::pending().await,
    };
    let left = Duration::from_millis(u64::try_from(at - now()).unwrap_or(0));
    tokio::time::sleep(left.min(LOOK)).await;
}

/// Gives turns until the engine stops.
pub(crate) async fn give(inner: Arc<Inner>) {
    loop {
        let given = tokio::select! {
            biased;
            () = inner.stop.cancelled() => return,
            given = inner.give_one() => given,
        };
        let started = match given {
            Ok(true) => Ok(()),
            Ok(false) => {
                tokio::select! {
                    () = inner.stop.cancelled() => return,
                    () = inner.wake.notified() => {}
                    () = until_a_later_start(&inner) => {}
                }
                Ok(())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = started {
            tracing::error!(%error, "the queue could not be read");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
