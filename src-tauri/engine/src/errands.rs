//! Runs the outbox: tells destinations to forget what the user discarded, until they confirm, refuse for good, or the
//! time they keep it is over. The history says which.

use std::{sync::Arc, time::Duration};

use crate::{
    error::{ErrorKind, Result},
    inner::Inner,
    records::{history, outbox},
    upload::now,
};

/// How long to sleep when nothing wakes the errands, and how long at least between two looks.
const NAP: Duration = Duration::from_secs(30);
const BLINK: Duration = Duration::from_secs(1);
const FIRST_PAUSE: i64 = 2_000;
const LONGEST_PAUSE: i64 = 60 * 60 * 1000;

/// Runs errands until the engine stops.
pub(crate) async fn run(inner: Arc<Inner>) {
    loop {
        tokio::select! {
            biased;
            () = inner.stop.cancelled() => return,
            outcome = all_due(&inner) => {
                if let Err(error) = outcome {
                    tracing::warn!(%error, "the outbox could not be read");
                }
            }
        }
        tokio::select! {
            () = inner.stop.cancelled() => return,
            () = inner.errands.notified() => {}
            () = tokio::time::sleep(until_next(&inner).await) => {}
        }
    }
}

async fn until_next(inner: &Arc<Inner>) -> Duration {
    let next = inner.records.run(outbox::next_due).await.unwrap_or_default();
    let pause = next.map(|at| Duration::from_millis(u64::try_from(at - now()).unwrap_or(0)));
    pause.map_or(NAP, |pause| pause.clamp(BLINK, NAP))
}

async fn all_due(inner: &Arc<Inner>) -> Result<()> {
    let due = inner.records.run(|connection| outbox::due(connection, now())).await?;
    for errand in due {
        run_one(inner, errand).await?;
    }
    Ok(())
}

async fn run_one(inner: &Arc<Inner>, errand: outbox::Errand) -> Result<()> {
    let outcome = match inner.driver(errand.destination).await {
        Ok((driver, _)) => driver.abort(&errand.ticket).await,
        Err(error) => Err(error),
    };
    let late = errand.give_up_at.is_some_and(|at| at <= now());
    let (id, upload) = (errand.id, errand.upload);
    match outcome {
        Ok(()) => end(inner, id, upload, "removed there").await,
        Err(error) if error.kind() == ErrorKind::Rejected || late => {
            tracing::info!(name = %errand.name, %error, "what the destination holds is left to its own expiry");
            end(inner, id, upload, "left there").await
        }
        Err(error) => {
            let pause = (FIRST_PAUSE << errand.tries.min(20)).min(LONGEST_PAUSE);
            let (next_at, text) = (now() + pause, error.to_string());
            inner.records.run(move |connection| outbox::postpone(connection, id, next_at, &text)).await
        }
    }
}

async fn end(inner: &Arc<Inner>, id: i64, upload: String, outcome: &'static str) -> Result<()> {
    let work = move |connection: &rusqlite::Connection| {
        history::add_outcome(connection, &upload, outcome)?;
        outbox::remove(connection, id)
    };
    inner.records.run(work).await
}
