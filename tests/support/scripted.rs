//! A Fine Uploader server that answers from a script and writes down every request; behind the script it is correct.
//!
//! A rule names requests ([`On`]), what happens to them ([`Step`]) and how often. The first rule that fits and is not used
//! up speaks; where none does, the request is carried out. What was asked and what was answered stands in the log, in
//! the order in which the requests came in.

mod script;
mod store;
mod wire;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
};

pub use self::{
    script::{Linger, On, Seen, Step, What},
    store::{Manners, Object},
    wire::Reply,
};
use self::{
    script::{uuid, what},
    store::Store,
    wire::{Asked, Connection},
};

struct Rule {
    on: On,
    step: Step,
    left: usize,
}

type Inspector = Arc<dyn Fn(&Seen) + Send + Sync>;

#[derive(Default)]
struct Shared {
    rules: Mutex<Vec<Rule>>,
    log: Mutex<Vec<Seen>>,
    store: Mutex<Store>,
    inspector: Mutex<Option<Inspector>>,
    pace: Mutex<Duration>,
    busiest: Mutex<(usize, usize)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

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

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            // A client that goes away is part of the play.
            let _ = serve(stream, &shared).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut connection = Connection::new(stream);
    while let Some(asked) = connection.ask().await? {
        let at = shared.note(&asked);
        shared.enter();
        let going_on = shared.play(&mut connection, &asked, at).await;
        shared.leave();
        if !going_on? {
            return Ok(());
        }
    }
    Ok(())
}

impl Shared {
    /// Writes a request into the log and shows it to the inspector.
    fn note(&self, asked: &Asked) -> usize {
        let mut log = lock(&self.log);
        let seen = Seen::new(log.len(), asked);
        log.push(seen.clone());
        drop(log);
        let inspector = lock(&self.inspector).clone();
        if let Some(inspector) = inspector {
            inspector(&seen);
        }
        seen.at
    }

    fn enter(&self) {
        let mut busiest = lock(&self.busiest);
        busiest.0 += 1;
        busiest.1 = busiest.1.max(busiest.0);
    }

    fn leave(&self) {
        lock(&self.busiest).0 -= 1;
    }

    fn step_for(&self, asked: &Asked) -> Option<Step> {
        let what = what(asked);
        let mut rules = lock(&self.rules);
        let rule = rules.iter_mut().find(|rule| rule.left > 0 && rule.on.fits(what))?;
        rule.left -= 1;
        Some(rule.step.clone())
    }

    /// Lets happen to a request what the script says; false where the connection is over.
    async fn play(&self, connection: &mut Connection, asked: &Asked, at: usize) -> io::Result<bool> {
        match self.step_for(asked) {
            None => {
                let reply = self.carry_out(connection, asked, at).await?;
                self.honestly(connection, at, &reply).await?;
            }
            Some(Step::Answer(reply)) => {
                self.payload(connection, asked, at).await?;
                self.reply(connection, at, &reply).await?;
            }
            Some(Step::CarryOutAnswer(reply)) => {
                self.carry_out(connection, asked, at).await?;
                self.reply(connection, at, &reply).await?;
            }
            Some(Step::Damage) => {
                self.payload(connection, asked, at).await?;
                let wrong = store::digest(b"what arrived is not what was sent");
                self.reply(connection, at, &Reply::json(200, json!({"success": true, "blake3": wrong}))).await?;
            }
            Some(Step::Hold(gate)) => {
                let reply = self.carry_out(connection, asked, at).await?;
                gate.acquire().await.expect("the gate stays").forget();
                self.honestly(connection, at, &reply).await?;
            }
            Some(Step::SlowAnswer(time)) => {
                let reply = self.carry_out(connection, asked, at).await?;
                lock(&self.log)[at].status = Some(reply.status);
                connection.answer_slowly(&reply, time).await?;
            }
            Some(Step::Early(reply, linger)) => {
                self.reply(connection, at, &reply).await?;
                if linger == Linger::Yes {
                    self.payload(connection, asked, at).await?;
                }
                return Ok(false);
            }
            Some(Step::LoseAnswer) => {
                self.carry_out(connection, asked, at).await?;
                return Ok(false);
            }
            Some(Step::CloseAfter(bytes)) => {
                connection.take(bytes.min(asked.payload)).await?;
                return Ok(false);
            }
            Some(Step::Reset) => {
                connection.stream.set_zero_linger()?;
                return Ok(false);
            }
            Some(Step::Stall(time)) => {
                tokio::time::sleep(time).await;
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn payload(&self, connection: &mut Connection, asked: &Asked, at: usize) -> io::Result<Vec<u8>> {
        let payload = connection.payload(asked).await?;
        let mut log = lock(&self.log);
        log[at].payload = payload.len() as u64;
        log[at].digest = Some(store::digest(&payload));
        Ok(payload)
    }

    async fn carry_out(&self, connection: &mut Connection, asked: &Asked, at: usize) -> io::Result<Reply> {
        let payload = self.payload(connection, asked, at).await?;
        let pace = *lock(&self.pace);
        if !pace.is_zero() && matches!(what(asked), What::Chunk(_)) {
            tokio::time::sleep(pace).await;
        }
        let mut store = lock(&self.store);
        Ok(match what(asked) {
            What::Chunk(_) => store.chunk(asked, &payload),
            What::Done => store.done(asked),
            What::Status => store.status(&uuid(asked)),
            What::Delete => store.delete(&uuid(asked)),
        })
    }

    async fn honestly(&self, connection: &mut Connection, at: usize, reply: &Reply) -> io::Result<()> {
        lock(&self.log)[at].said_yes = reply.status == 200;
        self.reply(connection, at, reply).await
    }

    /// From the moment the log says so, the client may know.
    async fn reply(&self, connection: &mut Connection, at: usize, reply: &Reply) -> io::Result<()> {
        lock(&self.log)[at].status = Some(reply.status);
        connection.answer(reply).await
    }
}
