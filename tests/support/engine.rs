//! An engine at one destination, followed by its own events: each upload to its last one, and none may come after.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use carryon_engine::{
    AddRequest, DestinationId, Engine, Event, Failure, HttpOptions, Listed, Options, RetryPolicy, State, UploadId,
};
use tokio::{sync::mpsc::UnboundedReceiver, time::timeout};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Options that lose no time: backoff of milliseconds, connections given up within a second or two.
pub fn quick(data: &Path) -> Options {
    let (ms, base) = (Duration::from_millis, Options::new(data));
    Options {
        retry: RetryPolicy { base: ms(5), cap: ms(50), offline_cap: ms(50), ..RetryPolicy::default() },
        http: HttpOptions {
            connect: ms(2000),
            stall: ms(1500),
            answer: ms(3000),
            finish: ms(3000),
            ..HttpOptions::default()
        },
        ..base
    }
}

/// Opens an engine; a former one may still be on its way out.
pub async fn open(options: Options) -> Engine {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        match Engine::open(options.clone()).await {
            Ok(engine) => return engine,
            Err(error) if std::time::Instant::now() > deadline => panic!("the records stay taken: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// An engine, its events, and the destination of the test.
pub struct Desk {
    /// The engine.
    pub engine: Engine,
    /// Where everything goes.
    pub to: DestinationId,
    /// All events so far.
    pub told: Vec<Event>,
    events: UnboundedReceiver<Event>,
    ended: HashMap<UploadId, Event>,
}

impl Desk {
    /// Opens an engine with its records in `data`.
    pub async fn open(data: &Path, address: &str) -> Self {
        Self::open_with(quick(data), address).await
    }

    /// Opens an engine; a former one may still be on its way out.
    pub async fn open_with(options: Options, address: &str) -> Self {
        let engine = open(options).await;
        let to = engine.destination(address).await.expect("a destination").id;
        Self::of(engine, to)
    }

    /// Sits down at an engine that was just opened.
    pub fn of(engine: Engine, to: DestinationId) -> Self {
        let events = engine.subscribe();
        Self { engine, to, told: Vec::new(), events, ended: HashMap::new() }
    }

    /// Adds paths; all of them must be taken.
    pub async fn add(&mut self, paths: impl IntoIterator<Item = PathBuf>) -> Vec<UploadId> {
        self.add_as(AddRequest::new(paths, self.to)).await
    }

    /// Adds as asked; everything must be taken.
    pub async fn add_as(&mut self, request: AddRequest) -> Vec<UploadId> {
        let added = self.engine.add(request).await.expect("it is added");
        assert!(added.problems.is_empty(), "nothing may be refused: {:?}", added.problems);
        [added.added, added.resumed].concat()
    }

    /// Adds one file.
    pub async fn send(&mut self, path: &Path) -> UploadId {
        self.add([path.to_owned()]).await[0]
    }

    /// Resumes an upload that came to rest.
    pub async fn resume(&mut self, id: UploadId) {
        self.ended.remove(&id);
        let outcomes = self.engine.resume(&[id]).await;
        assert!(outcomes.problems.is_empty(), "{:?}", outcomes.problems);
    }

    /// Says that more is expected of an upload that came to rest.
    pub fn expect_more(&mut self, id: UploadId) {
        self.ended.remove(&id);
    }

    /// The next event that `is_it`.
    pub async fn until(&mut self, text: &str, is_it: impl Fn(&Event) -> bool) -> Event {
        let wanted = async {
            loop {
                let event = self.events.recv().await.expect("the engine speaks");
                self.note(&event);
                if is_it(&event) {
                    return event;
                }
            }
        };
        match timeout(PATIENCE, wanted).await {
            Ok(event) => event,
            Err(_) => panic!("{text} did not happen; told: {:#?}", self.told),
        }
    }

    fn note(&mut self, event: &Event) {
        let id = event.id();
        if let Some(last) = self.ended.get(&id) {
            panic!("{event:?} came after the last event {last:?}");
        }
        if matches!(event, Event::Finished { .. } | Event::Stopped { .. } | Event::Removed { .. }) {
            self.ended.insert(id, event.clone());
        }
        self.told.push(event.clone());
    }

    /// The last event of an upload.
    pub async fn last(&mut self, id: UploadId) -> Event {
        if let Some(event) = self.ended.get(&id) {
            return event.clone();
        }
        let is_last = |event: &Event| {
            let last = matches!(event, Event::Finished { .. } | Event::Stopped { .. } | Event::Removed { .. });
            last && event.id() == id
        };
        self.until("the end of the upload", is_last).await
    }

    /// Follows an upload to its end, which must be a good one.
    pub async fn finished(&mut self, id: UploadId) -> Event {
        let last = self.last(id).await;
        assert!(matches!(last, Event::Finished { .. }), "it must be delivered: {last:?}");
        assert!(self.listed(id).await.is_none(), "the record of a delivered upload goes");
        last
    }

    /// Follows an upload to its rest; its record must be kept.
    pub async fn stopped(&mut self, id: UploadId) -> (State, Failure) {
        match self.last(id).await {
            Event::Stopped { state, failure, .. } => {
                let kept = self.listed(id).await.expect("the record of a stopped upload is kept");
                assert_eq!(kept.upload.state, state, "the record says what the event said");
                clear(&failure);
                (state, failure)
            }
            other => panic!("it must come to rest unfinished: {other:?}"),
        }
    }

    /// The upload as a list shows it; none where its record is gone.
    pub async fn listed(&self, id: UploadId) -> Option<Listed> {
        self.engine.get(id).await.expect("the records can be read")
    }

    /// Waits until the destination has confirmed that many bytes.
    pub async fn confirmed(&mut self, id: UploadId, bytes: u64) {
        let deadline = std::time::Instant::now() + PATIENCE;
        while self.listed(id).await.is_none_or(|listed| listed.upload.confirmed < bytes) {
            assert!(std::time::Instant::now() < deadline, "{bytes} bytes were never confirmed");
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Shuts the engine down and sees that nothing came after any last event.
    pub async fn close(mut self) -> Vec<Event> {
        while let Ok(event) = self.events.try_recv() {
            self.note(&event);
        }
        let Self { engine, mut events, ended, mut told, .. } = self;
        engine.shutdown().await.expect("it shuts down");
        while let Ok(event) = events.try_recv() {
            assert!(!ended.contains_key(&event.id()), "{event:?} came after the last event");
            told.push(event);
        }
        told
    }
}

/// Sees that a person can use what they are told: a sentence of bounded length, and what to do now.
pub fn clear(failure: &Failure) {
    let Failure { code, message, next_step } = failure;
    let begins_well = |text: &str| text.starts_with(|c: char| c.is_alphabetic() || c == '“');
    assert!(begins_well(message) && message.contains(' '), "a sentence says what happened: {failure:?}");
    assert!(begins_well(next_step) && next_step.ends_with('.'), "a sentence says what to do: {failure:?}");
    for text in [message, next_step] {
        assert!(text.len() < 1000 && !text.contains(char::is_control), "it can be shown: {failure:?}");
        let debris = ["Error {", "Err(", "Some(", "None", "::", "Failure", "unwrap"];
        assert!(!debris.iter().any(|word| text.contains(word)), "it is for people: {failure:?}");
    }
    assert!(!code.is_empty() && !code.contains(' '), "a word for scripts: {failure:?}");
}

/// An engine on a runtime of its own, which can be killed: all of its tasks end where they stand.
pub struct Doomed {
    runtime: Option<tokio::runtime::Runtime>,
}

impl Doomed {
    /// Opens an engine, adds `paths`, and lets it run.
    pub fn start(options: Options, address: &str, paths: Vec<PathBuf>) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime");
        let address = address.to_owned();
        runtime.spawn(async move {
            let mut desk = Desk::open_with(options, &address).await;
            desk.add(paths).await;
            while let Some(event) = desk.events.recv().await {
                desk.note(&event);
            }
        });
        Self { runtime: Some(runtime) }
    }

    /// Ends it without a word; afterwards nothing of it moves.
    pub async fn kill(mut self) {
        let runtime = self.runtime.take().expect("it lives");
        let ended = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(PATIENCE)).await;
        ended.expect("it ends");
    }
}

impl Drop for Doomed {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
