//! The scripted server at work: takes connections, looks each request up in the script, and writes the log.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{
    script::{Linger, On, Seen, Step, Then, What, uuid, what},
    store::{self, Store},
    wire::{Asked, Connection, Reply},
};

pub(super) struct Rule {
    pub on: On,
    pub step: Step,
    pub left: usize,
}

pub(super) type Inspector = Arc<dyn Fn(&Seen) + Send + Sync>;

/// What the server's connections share: the script, the log, the store.
#[derive(Default)]
pub(super) struct Shared {
    pub rules: Mutex<Vec<Rule>>,
    pub log: Mutex<Vec<Seen>>,
    pub store: Mutex<Store>,
    pub inspector: Mutex<Option<Inspector>>,
    pub pace: Mutex<Duration>,
    pub busiest: Mutex<(usize, usize)>,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Takes connections until it is aborted, and all of them with it.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
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
            Some(Step::Trickle(reply, pause)) => {
                self.carry_out(connection, asked, at).await?;
                connection.answer_in_drops(&reply, pause).await?;
            }
            Some(Step::Raw(bytes, then)) => {
                self.carry_out(connection, asked, at).await?;
                connection.stream.write_all(&bytes).await?;
                if let Then::Silence(time) = then {
                    tokio::time::sleep(time).await;
                }
                return Ok(false);
            }
            Some(Step::Endless(length)) => {
                self.carry_out(connection, asked, at).await?;
                connection.answer_with_spaces(length).await?;
            }
            Some(Step::HalfClose) => {
                connection.stream.shutdown().await?;
                self.payload(connection, asked, at).await?;
                return Ok(false);
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
