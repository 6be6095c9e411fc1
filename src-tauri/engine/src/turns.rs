//! Gives turns: starts queued uploads while there is room, and forgets those that came to rest. Deciding is in `queue`.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    error::Result,
    inner::{Inner, Turn, lock},
    live::Live,
    queue::{self, Running},
    records::uploads,
    upload::{UploadId, now},
    worker,
};

impl Inner {
    async fn next(&self) -> Result<Option<UploadId>> {
        let running = lock(&self.running).clone();
        let limit = u32::try_from(running.len() + 64).unwrap_or(u32::MAX);
        let queued = self.records.run(move |connection| uploads::queued(connection, now(), limit)).await?;
        let queued: Vec<_> = queued.into_iter().filter(|(id, _)| !running.contains_key(id)).collect();
        let turns: Vec<_> =
            running.values().map(|turn| Running { size: turn.live.size, waiting: turn.live.is_waiting() }).collect();
        Ok(queue::next(&self.options.limits, &turns, &queued))
    }

    async fn start(self: &Arc<Self>, id: UploadId) -> Result<()> {
        let Some(upload) = self.records.run(move |connection| uploads::get(connection, id)).await? else {
            return Ok(());
        };
        let live = Arc::new(Live::new(&upload, vec![Arc::clone(&self.pacer)]));
        let turn = Turn { live: Arc::clone(&live), cancel: self.stop.child_token(), over: CancellationToken::new() };
        lock(&self.running).insert(id, turn.clone());
        let inner = Arc::clone(self);
        tokio::spawn(async move {
            worker::run(Arc::clone(&inner), id, live, turn.cancel).await;
            lock(&inner.running).remove(&id);
            turn.over.cancel();
            inner.wake.notify_one();
        });
        Ok(())
    }
}

/// Ends when the time of an upload has come that is to start later.
async fn until_a_later_start(inner: &Inner) {
    // Looked at again now and then: the clock may be set, and the machine may sleep.
    const LOOK: Duration = Duration::from_secs(30);
    let Ok(Some(at)) = inner.records.run(|connection| uploads::next_start(connection, now())).await else {
        return std::future::pending().await;
    };
    let left = Duration::from_millis(u64::try_from(at - now()).unwrap_or(0));
    tokio::time::sleep(left.min(LOOK)).await;
}

/// Gives turns until the engine stops.
pub(crate) async fn give(inner: Arc<Inner>) {
    loop {
        let next = tokio::select! {
            biased;
            () = inner.stop.cancelled() => return,
            next = inner.next() => next,
        };
        let started = match next {
            Ok(Some(id)) => inner.start(id).await,
            Ok(None) => {
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
