//! Expiry: an upload that nothing was confirmed of for its lifetime is let go of, late and in two steps (DESIGN 3).
//!
//! It expires only when this computer's clock *and* the destination's own say so, so that a clock that was set wrong loses
//! nothing. An expired upload stays listed for another week, to be tried anyway; only then does its record go, and the
//! destination is told. What may be complete there never expires: nobody but the user can say what it is.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use crate::{
    error::Result,
    event::Event,
    inner::Inner,
    records::uploads::{self, Expiring},
    upload::{DestinationId, State, Step, UnixMillis, UploadId, now},
};

/// How often is looked.
const LOOK: Duration = Duration::from_secs(60);
const DAY: UnixMillis = 24 * 60 * 60 * 1000;
/// How long an expired upload stays listed.
const GRACE: UnixMillis = 7 * DAY;

/// What is to become of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Keep,
    /// Its last day has begun.
    Warn,
    Expire,
    /// Its record goes, and the destination is told.
    Remove,
}

/// What follows from both clocks; `theirs` is none where the destination could not be asked. Pure.
fn judge(upload: &Expiring, ours: UnixMillis, theirs: Option<UnixMillis>) -> Fate {
    let both_past = |moment: UnixMillis| ours >= moment && theirs.is_some_and(|theirs| theirs >= moment);
    match upload.state {
        State::OutcomeUnknown => Fate::Keep,
        _ if upload.may_be_whole => Fate::Keep,
        State::Expired if both_past(upload.expires_at.saturating_add(GRACE)) => Fate::Remove,
        State::Expired => Fate::Keep,
        _ if both_past(upload.expires_at) => Fate::Expire,
        _ if ours >= upload.expires_at.saturating_sub(DAY) => Fate::Warn,
        _ => Fate::Keep,
    }
}

/// Looks until the engine stops.
pub(crate) async fn watch(inner: Arc<Inner>) {
    let mut warned = HashSet::new();
    loop {
        tokio::select! {
            biased;
            () = inner.stop.cancelled() => return,
            looked = look(&inner, &mut warned) => {
                if let Err(error) = looked {
                    tracing::warn!(%error, "what expires could not be looked at");
                }
            }
        }
        if let Err(error) = inner.forget_old_history().await {
            tracing::warn!(%error, "old entries of the history could not be removed");
        }
        tokio::select! {
            () = inner.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// One look. Each destination is asked for its time once, and only where something may be over.
async fn look(inner: &Arc<Inner>, warned: &mut HashSet<UploadId>) -> Result<()> {
    let ours = now();
    let expiring = inner.records.run(move |connection| uploads::expiring(connection, ours + DAY)).await?;
    let mut clocks: HashMap<DestinationId, Option<UnixMillis>> = HashMap::new();
    for upload in expiring {
        let theirs = match clocks.get(&upload.destination) {
            Some(known) => *known,
            None if ours < upload.expires_at => None,
            None => {
                let clock = their_clock(inner, upload.destination).await;
                *clocks.entry(upload.destination).or_insert(clock)
            }
        };
        carry_out(inner, &upload, judge(&upload, ours, theirs), warned).await?;
    }
    Ok(())
}

async fn their_clock(inner: &Arc<Inner>, id: DestinationId) -> Option<UnixMillis> {
    let (driver, _) = inner.driver(id).await.ok()?;
    driver.clock().await.ok().flatten()
}

async fn carry_out(inner: &Arc<Inner>, upload: &Expiring, fate: Fate, warned: &mut HashSet<UploadId>) -> Result<()> {
    let id = upload.id;
    match fate {
        Fate::Keep => Ok(()),
        Fate::Warn => {
            if warned.insert(id) {
                let (name, expires_at) = (upload.name.clone(), upload.expires_at);
                inner.listeners.tell(Event::ExpiresSoon { id, name, expires_at });
            }
            Ok(())
        }
        Fate::Expire => {
            // Somebody may have gone on with it meanwhile: then it is not at rest, and stays.
            let _ = inner.move_to(id, Step::Expire).await;
            Ok(())
        }
        Fate::Remove => {
            let removed = inner.records.run(move |connection| uploads::remove_expired(connection, id)).await?;
            if removed {
                inner.listeners.tell(Event::Removed { id });
                inner.errands.notify_one();
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upload::Interruption;

    const END: UnixMillis = 100 * DAY;

    fn upload(state: State) -> Expiring {
        let (id, destination) = (UploadId::random(), DestinationId(1));
        Expiring { id, destination, name: "take.mov".into(), state, expires_at: END, may_be_whole: false }
    }

    fn resting() -> State {
        State::Interrupted { reason: Interruption::Crash }
    }

    #[test]
    fn one_clock_alone_loses_nothing() {
        let fate = |ours, theirs| judge(&upload(resting()), ours, theirs);
        assert_eq!(fate(END, Some(END)), Fate::Expire);
        assert_eq!(fate(END + 30 * DAY, Some(END - 1)), Fate::Warn, "this computer's clock was set ahead");
        assert_eq!(fate(END - 2 * DAY, Some(END + 30 * DAY)), Fate::Keep, "the destination's clock is ahead");
        assert_eq!(fate(END + 30 * DAY, None), Fate::Warn, "who cannot be asked lets nothing expire");
        assert_eq!(fate(END - DAY, None), Fate::Warn);
        assert_eq!(fate(END - DAY - 1, None), Fate::Keep);
    }

    #[test]
    fn an_expired_upload_stays_for_another_week_by_both_clocks() {
        let fate = |ours, theirs| judge(&upload(State::Expired), ours, theirs);
        assert_eq!(fate(END + GRACE - 1, Some(END + GRACE)), Fate::Keep);
        assert_eq!(fate(END + GRACE, Some(END + GRACE - 1)), Fate::Keep);
        assert_eq!(fate(END + GRACE, None), Fate::Keep);
        assert_eq!(fate(END + GRACE, Some(END + GRACE)), Fate::Remove);
    }

    #[test]
    fn what_may_be_complete_there_is_never_let_go_of() {
        let late = Some(END + 100 * DAY);
        assert_eq!(judge(&upload(State::OutcomeUnknown), END + 100 * DAY, late), Fate::Keep);
        let whole = Expiring { may_be_whole: true, ..upload(resting()) };
        assert_eq!(judge(&whole, END + 100 * DAY, late), Fate::Keep);
    }
}
