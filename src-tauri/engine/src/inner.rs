//! What the engine's parts share: records, drivers, credentials, who runs; and the steps that more than one of them takes.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, RwLock},
    time::{Duration, Instant},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    chunk::Plan,
    destination::Destination,
    drivers::{self, Credentials},
    engine::Options,
    error::{Error, ErrorKind, Result},
    event::{Event, Listeners},
    gate::ResumeGate,
    live::Live,
    network::Network,
    pace::Pacer,
    preferences::{Preferences, Preferred},
    records::{
        Records,
        destinations::{self, DestinationRow, THIS_COMPUTER},
        outbox, uploads,
    },
    settings::{DestinationSettings, ResumePolicy},
    source::SourceFile,
    surroundings::Around,
    this_run::Runs,
    upload::{DestinationId, State, Step, UploadId},
    watch::Watching,
    worker,
};

pub(crate) struct Inner {
    pub records: Records,
    pub listeners: Listeners,
    pub options: Options,
    pub preferred: Preferred,
    pub surroundings: Around,
    pub wake: Notify,
    /// Held while uploads come into the queue and that is told, and while turns are given: the news of a turn never comes
    /// before the news of its queuing.
    pub order: tokio::sync::Mutex<()>,
    pub errands: Notify,
    pub stop: CancellationToken,
    pub pacer: Arc<Pacer>,
    /// What holds back the uploads of one destination.
    pub pacers: Mutex<HashMap<DestinationId, Arc<Pacer>>>,
    pub network: Network,
    // Each is held for a look-up or an insertion, never across an await.
    pub running: Mutex<HashMap<UploadId, Turn>>,
    /// Uploads that somebody is changing: none of them gets a turn meanwhile.
    pub held: Mutex<HashMap<UploadId, usize>>,
    pub this_run: Mutex<Runs>,
    /// Uploads whose turn could not begin, and when that was tried: the others go first.
    pub skipped: Mutex<HashMap<UploadId, Instant>>,
    /// Those of them that the records kept from it; it was told.
    pub unwritten: Mutex<HashSet<UploadId>>,
    /// How often an upload began anew by itself, as it had arrived damaged or was gone.
    pub begun_anew: Mutex<HashMap<UploadId, u32>>,
    pub drivers: Mutex<HashMap<DestinationId, Connected>>,
    pub credentials: Mutex<HashMap<DestinationId, Credentials>>,
    pub gate: RwLock<Arc<dyn ResumeGate>>,
    pub watching: Watching,
}

/// A driver, and the settings it was made by; none where it was given from outside.
pub(crate) type Connected = (Option<String>, Arc<dyn Destination>);

/// An upload that has its turn.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub live: Arc<Live>,
    pub cancel: CancellationToken,
    pub over: CancellationToken,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("options", &self.options).finish_non_exhaustive()
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Inner {
    pub fn gate(&self) -> Arc<dyn ResumeGate> {
        Arc::clone(&self.gate.read().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// What is set for everything, now.
    pub fn preferences(&self) -> Preferences {
        self.preferred.now()
    }

    /// What becomes of interrupted uploads to a destination: its own settings say, else what is set for everything.
    pub fn resume_policy(&self, settings: &DestinationSettings) -> ResumePolicy {
        settings.resume.unwrap_or_else(|| self.preferences().resume)
    }

    /// How long after its last confirmation an upload to such a destination expires; none for never.
    pub fn lifetime(&self, settings: &DestinationSettings) -> Option<Duration> {
        settings.lifetime(self.preferences().lifetime(self.options.lifetime))
    }

    /// What holds back all uploads to that destination, at the speed that is set now.
    pub fn pacer_of(&self, id: DestinationId, settings: &DestinationSettings) -> Arc<Pacer> {
        let pacer = Arc::clone(lock(&self.pacers).entry(id).or_default());
        pacer.set(settings.speed_limit.clone());
        pacer
    }

    /// A destination's driver and row.
    pub async fn driver(&self, id: DestinationId) -> Result<(Arc<dyn Destination>, DestinationRow)> {
        let row = self.records.run(move |connection| destinations::get(connection, id)).await?;
        let row = row.ok_or_else(|| Error::new(ErrorKind::Invalid, "The destination of this upload is gone"))?;
        let settings = row.settings()?;
        if let Some((made_by, driver)) = lock(&self.drivers).get(&id)
            && made_by.as_ref().is_none_or(|made_by| *made_by == row.settings)
        {
            return Ok((Arc::clone(driver), row));
        }
        if row.address == THIS_COMPUTER {
            let text =
                "The destination “This computer” works only while Carryon is open and its receiving is switched on";
            return Err(
                Error::new(ErrorKind::Offline, text).next_step("Open Carryon, look at “Receiving”, then resume there.")
            );
        }
        let credentials = self.credentials(&row).await?;
        let driver = drivers::connect_with(&row.address, credentials, &settings.http(&self.options.http), &settings)?;
        let mut drivers = lock(&self.drivers);
        // One that was given from outside meanwhile stays.
        if let Some((None, given)) = drivers.get(&id) {
            return Ok((Arc::clone(given), row));
        }
        drivers.insert(id, (Some(row.settings.clone()), Arc::clone(&driver)));
        drop(drivers);
        Ok((driver, row))
    }

    /// Puts an upload back into the queue, or does nothing where it runs already.
    pub async fn resume(&self, id: UploadId) -> Result<()> {
        // A turn that has come to rest may not be over yet; the queue waits for that.
        if lock(&self.running).get(&id).is_some_and(|turn| !turn.live.state().is_resting()) {
            return Ok(());
        }
        let requeue = move |connection: &rusqlite::Connection| {
            let upload = uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))?;
            match upload.state {
                State::Queued => {
                    uploads::start_now(connection, id)?;
                    Ok(State::Queued)
                }
                State::SourceChanged => Err(Error::new(
                    ErrorKind::SourceChanged,
                    format!("“{}” changed since its upload began", upload.name),
                )),
                _ => uploads::step(connection, id, Step::Requeue),
            }
        };
        let _order = self.order.lock().await;
        self.records.run(requeue).await?;
        self.queued(id);
        Ok(())
    }

    /// Begins anew; `wish` is the chunk size that the user asks for, if any.
    pub async fn start_over(&self, id: UploadId, wish: Option<u64>) -> Result<()> {
        self.begin_anew(id, wish, false).await
    }

    /// Begins anew; where the destination said that the upload is `gone`, its handle is kept until there is another end.
    pub async fn begin_anew(&self, id: UploadId, wish: Option<u64>, gone: bool) -> Result<()> {
        let upload = self.records.run(move |connection| uploads::get(connection, id)).await?;
        let upload = upload.ok_or_else(|| uploads::unknown(id))?;
        let path = upload.path.clone();
        let source = worker::blocking(move || SourceFile::open(&path)).await?;
        let (identity, taken_at) = (source.identity().clone(), source.taken_at());
        let (driver, row) = self.driver(upload.destination).await?;
        let settings = row.settings()?;
        let plan = driver.plan(identity.size, wish.unwrap_or_else(|| settings.wish(&row.memory)))?;
        let plan = Plan { adapts: plan.adapts && wish.is_none(), ..plan };
        let renew = move |connection: &rusqlite::Connection| {
            let upload = uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))?;
            uploads::start_over(connection, &upload, &identity, taken_at, &plan)?;
            if gone { outbox::hold(connection, id) } else { Ok(()) }
        };
        let _order = self.order.lock().await;
        self.records.run(renew).await?;
        self.errands.notify_one();
        self.queued(id);
        Ok(())
    }

    /// Moves an upload by one step, and says so.
    pub async fn move_to(&self, id: UploadId, step: Step) -> Result<()> {
        let state = self.records.run(move |connection| uploads::step(connection, id, step)).await?;
        self.listeners.tell(Event::StateChanged { id, state });
        Ok(())
    }

    /// An upload stands in the queue (again).
    pub fn queued(&self, id: UploadId) {
        lock(&self.skipped).remove(&id);
        self.listeners.tell(Event::Queued { id });
        self.wake.notify_one();
    }

    /// Ends an upload's turn, if it has one, waits until nothing of it moves, and keeps it so until the guard goes.
    pub async fn halt(self: &Arc<Self>, id: UploadId) -> Hold {
        *lock(&self.held).entry(id).or_default() += 1;
        let hold = Hold { inner: Arc::clone(self), id };
        let turn = lock(&self.running).get(&id).cloned();
        if let Some(turn) = turn {
            turn.cancel.cancel();
            turn.over.cancelled().await;
        }
        hold
    }
}

/// While it lives, its upload gets no turn.
#[must_use = "the upload may get a turn again once this goes"]
pub(crate) struct Hold {
    inner: Arc<Inner>,
    id: UploadId,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut held = lock(&self.inner.held);
        if let Some(count) = held.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.id);
            }
        }
        drop(held);
        self.inner.wake.notify_one();
    }
}
