//! The face of the engine: add, pause, resume, start over, discard, list, subscribe, shut down.
//!
//! Calls go down from here to the queue, the workers and the records; news comes back on one stream of events.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Arc, Mutex, RwLock},
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    destination::{Destination, Finished},
    drivers::{Credentials, HttpOptions},
    errands,
    error::{Error, ErrorKind, Result},
    event::{Event, Listeners},
    expiry,
    gate::{AlwaysResume, ResumeGate},
    inner::{Inner, lock},
    network::{self, Network},
    pace::{Pacer, SpeedLimit},
    preferences::Preferred,
    queue::Limits,
    records::{
        Records, SetAside,
        destinations::{self, DestinationRow, THIS_COMPUTER},
        found, open, outbox, settings,
        uploads::{self, Order},
    },
    retry::RetryPolicy,
    settings::ResumePolicy,
    surroundings::Around,
    turns,
    upload::{DestinationId, Interruption, State, Step, Upload, UploadId},
    watch::{self, WatchPace, Watching},
    worker,
};

/// How an engine is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the records live.
    pub data_dir: PathBuf,
    /// How much runs at once, where nobody set a preference.
    pub limits: Limits,
    /// How patient it is.
    pub retry: RetryPolicy,
    /// How it speaks HTTP.
    pub http: HttpOptions,
    /// How fast all uploads together may be, where nobody set a preference.
    pub speed_limit: SpeedLimit,
    /// How long after its last confirmation an upload expires, where nobody set a preference; none for never.
    pub lifetime: Option<Duration>,
    /// How often watched folders are looked at.
    pub watch: WatchPace,
}

impl Options {
    /// The defaults, with records in `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            limits: Limits::default(),
            retry: RetryPolicy::default(),
            http: HttpOptions::default(),
            speed_limit: SpeedLimit::default(),
            lifetime: Some(Duration::from_secs(7 * 24 * 60 * 60)),
            watch: WatchPace::default(),
        }
    }
}

/// What could be done with each of the uploads that a call named.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// Those it was done to.
    pub done: Vec<UploadId>,
    /// Those it could not be done to, and why.
    pub problems: Vec<(UploadId, Error)>,
}

/// The engine. Dropped without [`Engine::shutdown`] it leaves what a crash leaves: nothing confirmed is lost.
#[derive(Debug)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    set_aside: Option<SetAside>,
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.inner.stop.cancel();
    }
}

impl Engine {
    /// Opens the records and becomes their owner. What an earlier run left under way is *interrupted* from here on;
    /// nothing is sent before somebody says so.
    ///
    /// # Errors
    /// As [`Records::open`].
    pub async fn open(options: Options) -> Result<Self> {
        let folder = options.data_dir.clone();
        let opened = worker::blocking(move || Records::open(&folder)).await?;
        let preferred = Preferred::read(&opened.records, &options).await?;
        let pacer = Arc::new(Pacer::new(preferred.now().speed_limit));
        let inner = Arc::new(Inner {
            records: opened.records,
            listeners: Listeners::default(),
            options,
            preferred,
            surroundings: Around::default(),
            wake: Notify::new(),
            order: tokio::sync::Mutex::default(),
            errands: Notify::new(),
            stop: CancellationToken::new(),
            pacer,
            pacers: Mutex::default(),
            network: Network::default(),
            running: Mutex::default(),
            held: Mutex::default(),
            this_run: Mutex::default(),
            skipped: Mutex::default(),
            unwritten: Mutex::default(),
            begun_anew: Mutex::default(),
            drivers: Mutex::default(),
            credentials: Mutex::default(),
            gate: RwLock::new(Arc::new(AlwaysResume)),
            watching: Watching::default(),
        });
        inner.records.run(|connection| uploads::recover(connection, Interruption::Crash)).await?;
        while inner.records.run(found::describe_some).await? {}
        let tasks = vec![
            tokio::spawn(turns::give(Arc::clone(&inner))),
            tokio::spawn(errands::run(Arc::clone(&inner))),
            tokio::spawn(expiry::watch(Arc::clone(&inner))),
            tokio::spawn(network::watch(Arc::clone(&inner))),
            tokio::spawn(watch::keep(Arc::clone(&inner))),
        ];
        Ok(Self { inner, tasks: Mutex::new(tasks), set_aside: opened.set_aside })
    }

    /// Damaged records that were set aside, and what was saved of them; the same at each opening until one of them ends in
    /// an orderly way.
    pub fn set_aside(&self) -> Option<&SetAside> {
        self.set_aside.as_ref()
    }

    /// All news from here on. Nothing is lost on the stream, however slowly it is read.
    pub fn subscribe(&self) -> mpsc::UnboundedReceiver<Event> {
        self.inner.listeners.subscribe()
    }

    /// Sets who decides about resumes; by default everything that was asked to resume does.
    pub fn set_gate(&self, gate: Arc<dyn ResumeGate>) {
        *self.inner.gate.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = gate;
    }

    /// The destination at `address`; made where there is none.
    ///
    /// # Errors
    /// `Invalid` where the address makes no sense.
    pub async fn destination(&self, address: &str) -> Result<DestinationRow> {
        let address = self.normalise(address).await?;
        self.inner.records.run(move |connection| destinations::get_or_make(connection, &address, &address)).await
    }

    /// The built-in destination *This computer*, whose driver is given by [`Engine::bind`] at each launch.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn this_computer(&self) -> Result<DestinationRow> {
        self.inner.records.run(|connection| destinations::get_or_make(connection, "This computer", THIS_COMPUTER)).await
    }

    /// Says who asks at a destination; kept in memory only.
    pub fn set_credentials(&self, id: DestinationId, credentials: Credentials) {
        lock(&self.inner.credentials).insert(id, credentials);
        // A driver that was given from outside brought its own.
        lock(&self.inner.drivers).retain(|other, (made_by, _)| *other != id || made_by.is_none());
    }

    /// Gives a destination its driver, for this run.
    pub fn bind(&self, id: DestinationId, driver: Arc<dyn Destination>) {
        lock(&self.inner.drivers).insert(id, (None, driver));
        self.inner.errands.notify_one();
    }

    /// Takes a destination the driver that [`Engine::bind`] gave it: nothing new is sent there from now on.
    pub fn unbind(&self, id: DestinationId) {
        lock(&self.inner.drivers).remove(&id);
    }

    /// Puts uploads back into the queue; they go on from the last byte the destination confirmed.
    pub async fn resume(&self, ids: &[UploadId]) -> Outcomes {
        self.each(ids, |inner, id| async move { inner.resume(id).await }).await
    }

    /// Puts back into the queue what was interrupted on its way to destinations that always resume, and what was taken from
    /// folders that are watched: for whoever opens the engine to stay.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn resume_what_always_does(&self) -> Result<Outcomes> {
        let rows = self.destinations().await?;
        let is_always = |set| self.inner.resume_policy(&set) == ResumePolicy::Always;
        let always = |row: &&DestinationRow| row.settings().is_ok_and(is_always);
        let always: Vec<_> = rows.iter().filter(always).map(|row| row.id).collect();
        let watched: HashSet<UploadId> = self.watched_uploads().await?.into_iter().collect();
        let (listed, _) = self.list().await?;
        let goes_on = |upload: &&Upload| always.contains(&upload.destination) || watched.contains(&upload.id);
        let interrupted = listed
            .iter()
            .map(|listed| &listed.upload)
            .filter(|upload| matches!(upload.state, State::Interrupted { .. }) && goes_on(upload));
        let ids: Vec<_> = interrupted.map(|upload| upload.id).collect();
        Ok(self.resume(&ids).await)
    }

    /// Stops uploads where they are; the records are kept.
    pub async fn pause(&self, ids: &[UploadId]) -> Outcomes {
        self.each(ids, |inner, id| async move {
            let _hold = inner.halt(id).await;
            inner.move_to(id, Step::Pause).await
        })
        .await
    }

    /// Stops uploads as closing Carryon does: they are *interrupted*, to be resumed; what was meant for one run only goes.
    pub async fn interrupt(&self, ids: &[UploadId]) -> Outcomes {
        self.each(ids, |inner, id| async move {
            let _hold = inner.halt(id).await;
            inner.move_to(id, Step::Interrupt(Interruption::Closed)).await?;
            let drop_unkept = move |connection: &rusqlite::Connection| {
                let unkept = uploads::get(connection, id)?.is_some_and(|upload| !upload.keep);
                if unkept { uploads::drop_unkept(connection, id).map(|()| true) } else { Ok(false) }
            };
            if inner.records.run(drop_unkept).await? {
                inner.listeners.tell(Event::Removed { id });
                inner.errands.notify_one();
            }
            Ok(())
        })
        .await
    }

    /// Begins uploads anew, with the files as they are now.
    pub async fn start_over(&self, ids: &[UploadId]) -> Outcomes {
        self.each(ids, |inner, id| async move {
            let _hold = inner.halt(id).await;
            let outcome = inner.start_over(id, None).await;
            if outcome.is_err() {
                // What was under way rests now, and can be resumed.
                let _ = inner.move_to(id, Step::Interrupt(Interruption::Closed)).await;
            }
            outcome
        })
        .await
    }

    /// Drops uploads and their records; the destination is told to forget what it holds, until it confirms.
    pub async fn discard(&self, ids: &[UploadId]) -> Outcomes {
        self.each(ids, |inner, id| async move {
            let _hold = inner.halt(id).await;
            inner.records.run(move |connection| uploads::discard(connection, id)).await?;
            inner.forget_this_run(id);
            inner.listeners.tell(Event::Removed { id });
            inner.errands.notify_one();
            Ok(())
        })
        .await
    }

    /// The user looked and says that uploads of unknown outcome are complete.
    pub async fn mark_done(&self, ids: &[UploadId]) -> Outcomes {
        self.each(ids, |inner, id| async move {
            let outcome = move |connection: &rusqlite::Connection| {
                require_unknown_outcome(connection, id)?;
                uploads::complete(connection, id, "marked done", &Finished::default(), 0)
            };
            inner.records.run(outcome).await?;
            inner.listeners.tell(Event::Removed { id });
            Ok(())
        })
        .await
    }

    /// The user wants the finish of uploads of unknown outcome asked for again.
    pub async fn finish_again(&self, ids: &[UploadId]) -> Outcomes {
        self.each(ids, |inner, id| async move {
            let again = move |connection: &rusqlite::Connection| {
                let upload = require_unknown_outcome(connection, id)?;
                uploads::set_finishing(connection, upload.attempt.seq, false)
            };
            inner.records.run(again).await?;
            inner.resume(id).await
        })
        .await
    }

    /// Moves uploads within the queue; those that run already go on.
    pub async fn set_order(&self, ids: &[UploadId], order: Order) -> Outcomes {
        self.each(ids, |inner, id| async move {
            inner.records.run(move |connection| uploads::set_order(connection, id, order)).await?;
            inner.listeners.tell(Event::Moved { id });
            inner.wake.notify_one();
            Ok(())
        })
        .await
    }

    /// A setting's value.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn setting(&self, key: &'static str) -> Result<Option<serde_json::Value>> {
        self.inner.records.run(move |connection| settings::get(connection, key)).await
    }

    /// Sets a setting.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn set_setting(&self, key: &'static str, value: serde_json::Value) -> Result<()> {
        self.inner.records.run(move |connection| settings::set(connection, key, &value)).await
    }

    /// How many aborts no destination has confirmed yet.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn errands_left(&self) -> Result<u64> {
        self.inner.records.run(outbox::count).await
    }

    /// How many commits wrote something: each was one sync.
    pub fn commits(&self) -> u64 {
        self.inner.records.commits()
    }

    /// Whether bytes move, or are about to: something has its turn and does not wait.
    pub fn is_moving(&self) -> bool {
        let running = lock(&self.inner.running);
        running.values().any(|turn| !matches!(turn.live.state(), State::Waiting { .. }))
    }

    /// Sets how fast all uploads together may be, until that preference changes or the engine ends; what is under way
    /// feels it within half a second.
    pub fn set_speed_limit(&self, limit: SpeedLimit) {
        self.inner.pacer.set(limit);
    }

    /// The network changed, or the machine woke: what waits tries again at once. The engine notices by itself; this is for
    /// those who know earlier. With `broken`, connections that stand are taken for dead.
    pub fn network_changed(&self, broken: bool) {
        self.inner.network.changed(broken);
        self.inner.errands.notify_one();
    }

    /// Stops in an orderly way: nothing is in flight afterwards, and what was under way is *interrupted*, to be resumed.
    /// The records are let go of when the engine is dropped.
    ///
    /// # Errors
    /// `Storage`, where the records could not say so; a crash would be assumed then.
    pub async fn shutdown(&self) -> Result<()> {
        self.inner.stop.cancel();
        let tasks = std::mem::take(&mut *lock(&self.tasks));
        for task in tasks {
            let _ = task.await;
        }
        let running: Vec<UploadId> = lock(&self.inner.running).keys().copied().collect();
        for id in running {
            drop(self.inner.halt(id).await);
        }
        self.inner.records.run(|connection| uploads::recover(connection, Interruption::Closed)).await?;
        if self.set_aside.is_some() {
            self.inner.records.run(open::forget_set_aside).await?;
        }
        Ok(())
    }

    async fn each<F>(&self, ids: &[UploadId], act: impl Fn(Arc<Inner>, UploadId) -> F) -> Outcomes
    where
        F: Future<Output = Result<()>> + Send,
    {
        let mut outcomes = Outcomes::default();
        for &id in ids {
            match act(Arc::clone(&self.inner), id).await {
                Ok(()) => outcomes.done.push(id),
                Err(error) => outcomes.problems.push((id, error)),
            }
        }
        outcomes
    }
}

fn require_unknown_outcome(connection: &rusqlite::Connection, id: UploadId) -> Result<Upload> {
    let upload = uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))?;
    match upload.state {
        State::OutcomeUnknown => Ok(upload),
        other => {
            Err(Error::new(ErrorKind::Invalid, format!("This upload is {}, its outcome is not in doubt", other.name())))
        }
    }
}
