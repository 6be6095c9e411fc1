//! A Fine Uploader server that answers from a script and writes down every request; behind the script it is correct.
//!
//! A rule names requests ([`On`]), what happens to them ([`Step`]) and how often. The first rule that fits and is not used
//! up speaks; where none does, the request is carried out. What was asked and what was answered stands in the log, in
//! the order in which the requests came in.

mod play;
mod script;
mod store;
mod wire;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};

use self::play::{Rule, Shared, accept, lock};
pub use self::{
    script::{Linger, On, Seen, Step, Then, What},
    store::{Manners, Object},
    wire::Reply,
};

/// The server. Dropped, it is gone with all its connections.
pub struct Scripted {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Scripted {
    /// Starts a server with those manners on a free port.
    pub async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        lock(&shared.store).manners = manners;
        let task = Some(tokio::spawn(accept(listener, Arc::clone(&shared))));
        Self { address, shared, task }
    }

    /// Ends it with all its connections; what it holds stays.
    pub fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }

    /// Starts it again, at the same address.
    pub async fn start_again(&mut self) {
        self.stop();
        let deadline = Instant::now() + Duration::from_secs(5);
        let listener = loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                Err(error) if Instant::now() > deadline => panic!("the port is taken: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        };
        self.task = Some(tokio::spawn(accept(listener, Arc::clone(&self.shared))));
    }

    /// The destination URL with a done endpoint and chunks of that size.
    pub fn destination(&self, chunk: u64) -> String {
        format!("{}?done=/upload/done&chunk={chunk}", self.endpoint())
    }

    /// The destination URL without anything further.
    pub fn endpoint(&self) -> String {
        format!("fineuploader+http://{}/upload", self.address)
    }

    /// Adds a rule for the next `times` requests that fit.
    pub fn on(&self, on: On, times: usize, step: Step) -> &Self {
        lock(&self.shared.rules).push(Rule { on, step, left: times });
        self
    }

    /// Holds the next request that fits until the gate gets a permit.
    pub fn hold(&self, on: On) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        self.on(on, 1, Step::Hold(Arc::clone(&gate)));
        gate
    }

    /// Drops all rules.
    pub fn behave(&self) {
        lock(&self.shared.rules).clear();
    }

    /// Shows every request to `inspector` as soon as its fields came in, before anything else happens.
    pub fn inspect(&self, inspector: impl Fn(&Seen) + Send + Sync + 'static) {
        *lock(&self.shared.inspector) = Some(Arc::new(inspector));
    }

    /// Lets every answer to a chunk take that long.
    pub fn pace(&self, pace: Duration) {
        *lock(&self.shared.pace) = pace;
    }

    /// All requests so far, in the order in which they came in.
    pub fn log(&self) -> Vec<Seen> {
        lock(&self.shared.log).clone()
    }

    /// What the requests so far were, in order.
    pub fn asked(&self) -> Vec<What> {
        self.log().iter().map(|seen| seen.what).collect()
    }

    /// How often that was asked.
    pub fn count(&self, what: What) -> usize {
        self.asked().into_iter().filter(|&asked| asked == what).count()
    }

    /// Waits until `is_so` of the log.
    pub async fn until(&self, text: &str, is_so: impl Fn(&[Seen]) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_so(&lock(&self.shared.log)) {
            assert!(Instant::now() < deadline, "{text} did not happen; seen: {:?}", self.asked());
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// All finished objects.
    pub fn objects(&self) -> Vec<Object> {
        lock(&self.shared.store).objects()
    }

    /// The only finished object.
    pub fn object(&self) -> Object {
        let objects = self.objects();
        assert_eq!(objects.len(), 1, "exactly one object is expected: {objects:?}");
        objects.into_iter().next().expect("one")
    }

    /// How often something was put together, repeats counted.
    pub fn completions(&self) -> usize {
        lock(&self.shared.store).completions.len()
    }

    /// Done requests that came before all chunks had.
    pub fn early_dones(&self) -> usize {
        lock(&self.shared.store).early_dones
    }

    /// Uploads that it was told to forget.
    pub fn deleted(&self) -> Vec<String> {
        lock(&self.shared.store).deleted.clone()
    }

    /// Offsets of the chunks it holds of an upload.
    pub fn offsets(&self, uuid: &str) -> Vec<u64> {
        lock(&self.shared.store).offsets(uuid)
    }

    /// Damages a chunk that it holds, as a bad disk does.
    pub fn damage(&self, uuid: &str, offset: u64) {
        lock(&self.shared.store).damage(uuid, offset);
    }

    /// Forgets all that is not finished.
    pub fn lose_unfinished(&self) {
        lock(&self.shared.store).lose_unfinished();
    }

    /// The most chunks that were under way at once.
    pub fn busiest(&self) -> usize {
        lock(&self.shared.busiest).1
    }
}
