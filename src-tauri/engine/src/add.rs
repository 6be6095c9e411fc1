//! Adding files and folders: each becomes a record before anything else happens to it (P1).
//!
//! A file that has an unfinished record for the same destination and scope goes on from there instead.

use std::{collections::HashSet, path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use crate::{
    chunk::Plan,
    conflicts::Names,
    destination::Destination,
    engine::Engine,
    error::Result,
    inner::Inner,
    records::{
        sources,
        uploads::{self, NewUpload},
    },
    settings::{DestinationSettings, ResumePolicy},
    source::{Found, Identity, Problem, SourceFile, expand},
    this_run::{RunWishes, ThisRun},
    upload::{AttemptId, BatchId, DestinationId, State, Step, UnixMillis, UploadId, now},
};

/// Files of one commit.
const TOGETHER: usize = 256;

/// What to add, and how.
#[derive(Clone, Debug)]
pub struct AddRequest {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Where they go.
    pub destination: DestinationId,
    /// Who they belong to beside the destination; empty for nobody.
    pub scope: String,
    /// Bytes in a chunk; none lets the engine choose.
    pub chunk_size: Option<u64>,
    /// Begin anew where an unfinished record exists.
    pub start_over: bool,
    /// Whether records outlive this run; false is “resume switched off”.
    pub keep: bool,
    /// Custom data, given back with each resume offer.
    pub custom: serde_json::Value,
    /// The higher goes first; 0 is usual.
    pub priority: i32,
    /// Not before this moment (unix milliseconds); none for at once.
    pub start_at: Option<i64>,
    /// What is wished for this run only.
    pub wishes: RunWishes,
}

impl AddRequest {
    /// Adds `paths` for `destination`, everything else as by default.
    pub fn new(paths: impl IntoIterator<Item = PathBuf>, destination: DestinationId) -> Self {
        Self {
            paths: paths.into_iter().collect(),
            destination,
            scope: String::new(),
            chunk_size: None,
            start_over: false,
            keep: true,
            custom: serde_json::Value::Null,
            priority: 0,
            start_at: None,
            wishes: RunWishes::default(),
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Added {
    /// New records.
    pub added: Vec<UploadId>,
    /// Unfinished records that go on.
    pub resumed: Vec<UploadId>,
    /// What could not be added, and why; the rest goes on.
    pub problems: Vec<Problem>,
}

impl Engine {
    /// Adds files and folders to the queue. One bad file never stops the rest.
    ///
    /// # Errors
    /// `Storage` where records could not be made, `Invalid` where the destination is gone; what was added before that
    /// stands in the queue.
    ///
    /// # Cancellation
    /// Dropped, files found so far stand in the queue.
    pub async fn add(&self, mut request: AddRequest) -> Result<Added> {
        let (driver, row) = self.inner.driver(request.destination).await?;
        let settings = row.settings()?;
        by_settings(&mut request, &settings, self.inner.resume_policy(&settings));
        let mut door = Door {
            wish: request.chunk_size.unwrap_or_else(|| settings.wish(&row.memory)),
            fixed: request.chunk_size.is_some(),
            names: Names::ask(settings.name_conflicts, driver.as_ref()).await?,
            driver: driver.as_ref(),
            settings: &settings,
            taken: 0,
        };
        let batch = Batch {
            id: BatchId::random(),
            lifetime: self.inner.lifetime(&settings),
            this_run: ThisRun::of(&request.wishes),
        };
        let mut found = look(request.paths.clone());
        let mut added = Added::default();
        let mut waiting = Vec::new();
        while let Some(seen) = found.recv().await {
            match seen.and_then(|seen| door.let_in(seen)) {
                Ok(file) => waiting.push(file),
                Err(problem) => added.problems.push(problem),
            }
            if waiting.len() >= TOGETHER || (found.is_empty() && !waiting.is_empty()) {
                self.inner.record(&request, &batch, std::mem::take(&mut waiting), &mut added).await?;
            }
        }
        if !waiting.is_empty() {
            self.inner.record(&request, &batch, waiting, &mut added).await?;
        }
        Ok(added)
    }
}

/// What the request leaves open, the destination's settings say.
fn by_settings(request: &mut AddRequest, settings: &DestinationSettings, resume: ResumePolicy) {
    if request.scope.is_empty() {
        request.scope.clone_from(&settings.scope);
    }
    request.keep &= resume != ResumePolicy::Off;
    request.start_over |= resume == ResumePolicy::Never;
}

/// A file, what it is, and when that was seen.
type Seen = (Found, Identity, UnixMillis);

/// Walks on a thread of its own; the channel's end stops it.
fn look(paths: Vec<PathBuf>) -> mpsc::Receiver<std::result::Result<Seen, Problem>> {
    let (sender, receiver) = mpsc::channel(2 * TOGETHER);
    tokio::task::spawn_blocking(move || {
        for found in paths.iter().flat_map(|path| expand(path)) {
            let seen = found.and_then(|file| match SourceFile::open(&file.path) {
                Ok(source) => Ok((file, source.identity().clone(), source.taken_at())),
                Err(error) => Err(problem(&file, error.message().to_owned())),
            });
            if sender.blocking_send(seen).is_err() {
                return;
            }
        }
    });
    receiver
}

/// What decides which files are taken, and how: before anything of them is sent.
pub(crate) struct Door<'d> {
    pub settings: &'d DestinationSettings,
    pub driver: &'d dyn Destination,
    pub names: Names,
    pub wish: u64,
    /// The user named the size of its chunks.
    pub fixed: bool,
    pub taken: u64,
}

impl Door<'_> {
    fn let_in(&mut self, seen: Seen) -> std::result::Result<(Seen, Plan), Problem> {
        let (mut file, identity, taken_at) = seen;
        match self.accept(&file, identity.size) {
            Ok((name, plan)) => {
                self.taken += 1;
                file.name = name;
                Ok(((file, identity, taken_at), plan))
            }
            Err(text) => Err(problem(&file, text)),
        }
    }

    /// The name it goes under and how it is to be cut; or in plain words why it is not taken.
    pub fn accept(&mut self, file: &Found, size: u64) -> std::result::Result<(String, Plan), String> {
        let refusal = self.settings.refusal(&file.name, size);
        if let Some(text) = refusal.or_else(|| self.settings.refusal_of_one_more(self.taken)) {
            return Err(text);
        }
        let plan = self.driver.plan(size, self.wish).map_err(|error| error.to_string())?;
        let plan = Plan { adapts: plan.adapts && !self.fixed, ..plan };
        let name = self.names.choose(file);
        name.map(|name| (name, plan))
            .ok_or_else(|| "The destination has a file of this name; it was left out".to_owned())
    }
}

fn problem(file: &Found, message: String) -> Problem {
    Problem { path: file.path.display().to_string(), message }
}

enum Recorded {
    Added(UploadId),
    Resumed(UploadId),
    ToStartOver(UploadId),
}

/// What the files of one adding have in common.
struct Batch {
    id: BatchId,
    lifetime: Option<Duration>,
    this_run: Option<ThisRun>,
}

impl Batch {
    /// Before its turn can come: what is wished for this run.
    fn note(&self, inner: &Inner, recorded: &Recorded) {
        let (Recorded::Added(id) | Recorded::Resumed(id) | Recorded::ToStartOver(id)) = recorded;
        if let Some(this_run) = &self.this_run {
            inner.note_for_this_run(*id, |known| *known = this_run.clone());
        }
    }
}

impl Inner {
    /// Beside each file the upload that it belongs to, where its record has it at another path.
    async fn with_moved(
        &self,
        request: &AddRequest,
        files: Vec<(Seen, Plan)>,
    ) -> Result<Vec<(Seen, Plan, Option<UploadId>)>> {
        if !request.keep {
            return Ok(files.into_iter().map(|(seen, plan)| (seen, plan, None)).collect());
        }
        let asked: Vec<(PathBuf, Identity)> = files.iter().map(|((f, i, _), _)| (f.path.clone(), i.clone())).collect();
        let (to, scope) = (request.destination, request.scope.clone());
        let hints = self.records.run(move |connection| {
            let hint = |(path, identity): &(PathBuf, Identity)| uploads::hint(connection, to, &scope, path, identity);
            asked.iter().map(hint).collect::<Result<Vec<_>>>()
        });
        let mut found = Vec::with_capacity(files.len());
        for ((seen, plan), hint) in files.into_iter().zip(hints.await?) {
            let moved = self.find_moved(request, &seen.0, &seen.1, hint).await?;
            found.push((seen, plan, moved));
        }
        Ok(found)
    }

    async fn record(
        self: &Arc<Self>,
        request: &AddRequest,
        batch: &Batch,
        files: Vec<(Seen, Plan)>,
        added: &mut Added,
    ) -> Result<()> {
        let files = self.with_moved(request, files).await?;
        let wanted = request.clone();
        let (batch_id, expires_at) = (batch.id, batch.lifetime.map(|lifetime| now() + lifetime.as_millis() as i64));
        let recorded = self.records.run(move |connection| {
            let mut adopted = HashSet::new();
            let record = |(seen, plan, moved): (Seen, Plan, Option<UploadId>)| {
                let moved = moved.filter(|id| adopted.insert(*id));
                record_one(connection, &wanted, batch_id, seen, plan, expires_at, moved)
            };
            files.into_iter().map(record).collect::<Result<Vec<_>>>()
        });
        let mut to_start_over = Vec::new();
        {
            let _order = self.order.lock().await;
            for recorded in recorded.await? {
                batch.note(self, &recorded);
                match recorded {
                    Recorded::Added(id) => {
                        added.added.push(id);
                        self.queued(id);
                    }
                    Recorded::Resumed(id) => {
                        added.resumed.push(id);
                        self.queued(id);
                    }
                    Recorded::ToStartOver(id) => to_start_over.push(id),
                }
            }
        }
        for id in to_start_over {
            let _hold = self.halt(id).await;
            self.start_over(id, request.chunk_size).await?;
            added.added.push(id);
        }
        Ok(())
    }
}

fn record_one(
    connection: &rusqlite::Connection,
    request: &AddRequest,
    batch: BatchId,
    (file, identity, taken_at): Seen,
    plan: Plan,
    expires_at: Option<i64>,
    moved: Option<UploadId>,
) -> Result<Recorded> {
    let mut earlier = uploads::find(connection, &file.path, request.destination, &request.scope)?;
    if let (None, Some(id)) = (&earlier, moved) {
        sources::adopt(connection, id, &file.path, &identity)?;
        earlier = uploads::get(connection, id)?;
    }
    if let Some(earlier) = earlier {
        if request.start_over {
            return Ok(Recorded::ToStartOver(earlier.id));
        }
        if earlier.state.is_resting() {
            uploads::step(connection, earlier.id, Step::Requeue)?;
        }
        debug_assert_ne!(earlier.state, State::Done, "a record goes when its upload is done");
        return Ok(Recorded::Resumed(earlier.id));
    }
    let new = NewUpload {
        id: UploadId::random(),
        attempt: AttemptId::random(),
        batch,
        path: file.path,
        identity,
        taken_at,
        destination: request.destination,
        scope: request.scope.clone(),
        name: file.name,
        relative_path: file.relative_path,
        plan,
        keep: request.keep,
        custom: request.custom.clone(),
        expires_at,
        priority: request.priority,
        start_at: request.start_at,
    };
    uploads::insert(connection, &new)?;
    Ok(Recorded::Added(new.id))
}
