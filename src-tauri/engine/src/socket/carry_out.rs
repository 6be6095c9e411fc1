//! Carrying out a request on the engine, at home or for a client: the same steps, the same lines.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::{
    history,
    lines::{self, interrupted_line},
    request::{Request, Secret, Send, decode_paths},
    saved, settings,
};
use crate::{
    add::AddRequest,
    drivers::Credentials,
    engine::Engine,
    error::{Error, ErrorKind, Result},
    event::Event,
    listed::Listed,
    records::{destinations::DestinationRow, found::Search, uploads::Order},
    upload::{DestinationId, UploadId},
};

/// How long a discard waits for the destinations' word; what is left is told later.
const ERRANDS: Duration = Duration::from_secs(10);

/// Where lines go.
pub type Lines = UnboundedSender<Value>;

/// How a request ended; the numbers are the exit codes of DESIGN 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was done.
    Done,
    /// Some of it failed.
    SomeFailed,
    /// Interrupted or given up; it can be resumed.
    Interrupted,
}

impl End {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            End::Done => 0,
            End::SomeFailed => 1,
            End::Interrupted => 3,
        }
    }

    /// The exit code of an error.
    pub fn code_of(error: &Error) -> u8 {
        match error.kind() {
            ErrorKind::Invalid => 2,
            ErrorKind::Owned => 4,
            _ => 1,
        }
    }
}

/// The uploads that a request follows, known from outside while it runs.
#[derive(Debug, Default)]
pub struct Followed {
    // Held for a copy, never across an await.
    ids: Mutex<BTreeSet<UploadId>>,
}

impl Followed {
    /// Those that did not end yet.
    pub fn left(&self) -> Vec<UploadId> {
        self.lock().iter().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<UploadId>> {
        self.ids.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Carries out `request`, telling `lines` what happens.
///
/// # Errors
/// What ends the request as a whole; single uploads that fail are lines.
///
/// # Cancellation
/// Dropped, the uploads go on; whoever drops it decides what becomes of those still in `followed`.
pub async fn carry_out(engine: &Engine, request: Request, lines: &Lines, followed: &Followed) -> Result<End> {
    let patience = request.patience();
    let task = Task { engine, lines, followed, patience };
    match request {
        Request::Send(send) => task.send(send).await,
        Request::List => task.list().await,
        Request::Resume { which, how, token, wishes, .. } => task.resume(which, how, token, &wishes).await,
        Request::Locate { id, path, token, wishes, .. } => task.locate(&id, &path, token, &wishes).await,
        Request::Export { id } => task.export(&id).await,
        Request::LetGo { id, as_of } => task.let_go(&id, as_of).await,
        Request::Import { document, path, to, start, token, wishes, .. } => {
            let upload = task.import(&document, &path, to.as_deref(), start).await?;
            engine.wish_for_run(&[upload.id], &wishes);
            task.carry_on_here(upload, start, token).await
        }
        Request::MarkDone { ids } => task.mark_done(&ids).await,
        Request::Discard { ids, token } => task.discard(&ids, token).await,
        Request::Destinations(ask) => saved::carry_out(engine, ask, lines).await,
        Request::Watches(ask) => task.watches(ask).await,
        Request::Order { ids, order } => task.order(&ids, order).await,
        Request::Settings(ask) => settings::carry_out(engine, ask, lines).await,
        Request::History { limit, find } => task.history(limit, find).await,
        Request::Receipt { id, digest, sha256 } => task.receipt(&id, digest, sha256).await,
    }
}

/// One request being carried out.
pub(super) struct Task<'t> {
    pub engine: &'t Engine,
    lines: &'t Lines,
    followed: &'t Followed,
    patience: Option<Duration>,
}

impl Task<'_> {
    /// Who went away hears nothing; whoever watches the connection notices.
    pub(super) fn tell(&self, line: Value) {
        let _ = self.lines.send(line);
    }

    /// The destination of that name or URL; `agreed` says whether the user agrees to plain http there.
    pub(super) async fn destination(&self, to: &str, agreed: bool) -> Result<DestinationRow> {
        match agreed {
            _ if !to.contains("://") => self.engine.find_destination(to).await,
            true => self.engine.destination_agreed(to).await,
            false => self.engine.destination(to).await,
        }
    }

    async fn send(&self, send: Send) -> Result<End> {
        let events = self.engine.subscribe();
        let destination = self.destination(&send.to, send.allow_http).await?;
        self.introduce([destination.id], send.token)?;
        let request = AddRequest {
            scope: send.scope,
            chunk_size: send.chunk_size,
            start_over: send.start_over,
            keep: send.keep,
            priority: send.priority,
            start_at: send.start_at,
            wishes: send.wishes,
            ..AddRequest::new(decode_paths(&send.paths)?, destination.id)
        };
        let added = self.engine.add(request).await?;
        added.problems.iter().for_each(|problem| self.tell(lines::of_problem(problem)));
        let failed = !added.problems.is_empty();
        let ids: Vec<_> = added.added.into_iter().chain(added.resumed).collect();
        match (ids.is_empty(), send.detach) {
            (true, _) if !failed => Err(Error::new(ErrorKind::Invalid, "There are no files in what was given")),
            (_, true) => {
                ids.iter().for_each(|id| self.tell(json!({ "event": "queued", "id": id })));
                Ok(if failed { End::SomeFailed } else { End::Done })
            }
            _ => self.follow(events, ids, failed).await,
        }
    }

    async fn list(&self) -> Result<End> {
        let (listed, unreadable) = self.engine.list().await?;
        listed.iter().for_each(|listed| self.tell(lines::of_listed(listed)));
        if unreadable == 0 {
            return Ok(End::Done);
        }
        self.tell(json!({ "event": "unreadable", "count": unreadable }));
        Ok(End::SomeFailed)
    }

    async fn discard(&self, names: &[String], token: Option<Secret>) -> Result<End> {
        let (listed, _) = self.engine.list().await?;
        let ids = named(&listed, names)?;
        self.introduce(destinations(&listed, &ids), token)?;
        let outcomes = self.engine.discard(&ids).await;
        for (id, error) in &outcomes.problems {
            self.tell(lines::of_refusal(*id, "", error));
        }
        let deadline = Instant::now() + ERRANDS;
        while self.engine.errands_left().await? > 0 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let untold = self.engine.errands_left().await?;
        self.tell(json!({ "event": "discarded", "count": outcomes.done.len(), "untold": untold }));
        Ok(if outcomes.problems.is_empty() { End::Done } else { End::SomeFailed })
    }

    /// The newest of what is found, oldest first, page by page: a whole history may be long.
    async fn history(&self, limit: u32, find: Search) -> Result<End> {
        let (mut lines, mut after) = (Vec::new(), None);
        while lines.len() < limit as usize {
            let page = self.engine.search_history(find.clone(), after, limit - lines.len() as u32).await?;
            lines.extend(page.entries.iter().map(history::of_past));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        lines.into_iter().rev().for_each(|line| self.tell(line));
        Ok(End::Done)
    }

    async fn receipt(&self, id: &str, digest: bool, sha256: bool) -> Result<End> {
        let receipt = match digest || sha256 {
            true => self.engine.digest_receipt(id, sha256).await?,
            false => self.engine.receipt(id).await?,
        };
        self.tell(serde_json::to_value(receipt).expect("a receipt is plain data"));
        Ok(End::Done)
    }

    async fn order(&self, names: &[String], order: Order) -> Result<End> {
        let (listed, _) = self.engine.list().await?;
        let outcomes = self.engine.set_order(&named(&listed, names)?, order).await;
        for (id, error) in &outcomes.problems {
            self.tell(lines::of_refusal(*id, "", error));
        }
        self.tell(json!({ "event": "moved", "count": outcomes.done.len() }));
        Ok(if outcomes.problems.is_empty() { End::Done } else { End::SomeFailed })
    }

    /// A token that was given is used from here on; none leaves what is known. It is for one destination, never for several.
    pub(super) fn introduce(
        &self,
        destinations: impl IntoIterator<Item = DestinationId>,
        token: Option<Secret>,
    ) -> Result<()> {
        let Some(Secret(token)) = token else { return Ok(()) };
        let destinations: Vec<DestinationId> = destinations.into_iter().collect();
        if destinations.len() > 1 {
            let text = format!("One token was given, and these uploads go to {} destinations", destinations.len());
            return Err(
                Error::new(ErrorKind::Invalid, text).next_step("Name the uploads of one destination at a time.")
            );
        }
        for id in destinations {
            self.engine.set_credentials(id, Credentials { token: Some(token.clone()) });
        }
        Ok(())
    }

    /// Follows uploads to their last event, or until nothing was confirmed for too long.
    pub(super) async fn follow(
        &self,
        mut events: UnboundedReceiver<Event>,
        ids: Vec<UploadId>,
        failed: bool,
    ) -> Result<End> {
        self.tell(json!({ "event": "following", "ids": ids }));
        *self.followed.lock() = ids.into_iter().collect();
        let (mut failed, mut interrupted) = (failed, false);
        let mut moved = Moved::default();
        while !self.followed.lock().is_empty() {
            tokio::select! {
                event = events.recv() => {
                    let Some(event) = event else { break };
                    if !self.followed.lock().contains(&event.id()) {
                        continue;
                    }
                    moved.hear(&event);
                    lines::of_event(&event).into_iter().for_each(|line| self.tell(line));
                    failed |= matches!(event, Event::Stopped { .. });
                    // Another face interrupted or paused it: it does not go on by itself.
                    let rests = matches!(&event, Event::StateChanged { state, .. } if state.is_resting());
                    interrupted |= rests;
                    if rests || matches!(event, Event::Finished { .. } | Event::Stopped { .. } | Event::Removed { .. }) {
                        self.followed.lock().remove(&event.id());
                        moved.forget(event.id());
                    }
                }
                () = moved.too_long(self.patience) => {
                    self.give_up().await?;
                    return Ok(if failed { End::SomeFailed } else { End::Interrupted });
                }
            }
        }
        Ok(match (failed, interrupted) {
            (true, _) => End::SomeFailed,
            (false, true) => End::Interrupted,
            (false, false) => End::Done,
        })
    }

    async fn give_up(&self) -> Result<()> {
        let left = self.followed.left();
        self.engine.interrupt(&left).await;
        let (listed, _) = self.engine.list().await?;
        self.tell(interrupted_line(&left, &listed));
        self.followed.lock().clear();
        Ok(())
    }
}

pub(super) fn destinations(listed: &[Listed], ids: &[UploadId]) -> BTreeSet<DestinationId> {
    listed.iter().filter(|l| ids.contains(&l.upload.id)).map(|l| l.upload.destination).collect()
}

/// The uploads that names mean: whole ids, or beginnings that only one of them has.
pub(super) fn named(listed: &[Listed], names: &[String]) -> Result<Vec<UploadId>> {
    names.iter().map(|name| one(listed, name)).collect()
}

pub(super) fn one(listed: &[Listed], name: &str) -> Result<UploadId> {
    let ids = listed.iter().map(|listed| listed.upload.id);
    let meant: Vec<UploadId> =
        ids.filter(|id| !name.is_empty() && id.to_string().starts_with(&name.to_lowercase())).collect();
    let wrong = |text: String| {
        Error::new(ErrorKind::Invalid, text).next_step("“carryon list” shows the uploads that are not finished.")
    };
    match meant[..] {
        [id] => Ok(id),
        [] => Err(wrong(format!("There is no upload “{name}”"))),
        _ => Err(wrong(format!("“{name}” means {} uploads; write more of the id", meant.len()))),
    }
}

/// When anything was confirmed or compared last. The clock stands while everything only waits for its turn.
struct Moved {
    at: Instant,
    counts: HashMap<UploadId, (u64, u64)>,
    under_way: BTreeSet<UploadId>,
}

impl Default for Moved {
    fn default() -> Self {
        Self { at: Instant::now(), counts: HashMap::new(), under_way: BTreeSet::new() }
    }
}

impl Moved {
    fn hear(&mut self, event: &Event) {
        let id = event.id();
        let moved = match event {
            Event::Progress(p) => self.counts.insert(id, (p.confirmed, p.verified)) != Some((p.confirmed, p.verified)),
            Event::Finished { .. } | Event::Started { .. } => true,
            _ => false,
        };
        let begins = match event {
            Event::Queued { .. } => {
                self.under_way.remove(&id);
                false
            }
            _ => self.under_way.insert(id),
        };
        if moved || begins {
            self.at = Instant::now();
        }
    }

    fn forget(&mut self, id: UploadId) {
        self.under_way.remove(&id);
    }

    async fn too_long(&self, patience: Option<Duration>) {
        let until = patience.and_then(|patience| self.at.checked_add(patience));
        match until.filter(|_| !self.under_way.is_empty()) {
            Some(until) => tokio::time::sleep_until(until.into()).await,
            None => std::future::pending().await,
        }
    }
}
