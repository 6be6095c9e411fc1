//! Taking files in: what stands still is judged, and each new file gets its upload's record and its own note in one commit.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;

use super::{
    care,
    decide::{Print, Verdict, judge},
    scan::{Memory, Seen, print_of},
    system,
};
use crate::{
    add::Door,
    chunk::Plan,
    conflicts::Names,
    error::{ErrorKind, Result},
    inner::Inner,
    records::{
        taken::{self, Matches},
        uploads::{self, NewUpload},
        watches::WatchRow,
    },
    source::{Identity, SourceFile, found_below},
    upload::{AttemptId, BatchId, State, Step, UnixMillis, Upload, UploadId, now},
    worker::blocking,
};

/// What came of a batch.
#[derive(Debug, Default)]
pub(crate) struct TakenIn {
    /// Uploads that were made, with their files.
    pub taken: Vec<(UploadId, PathBuf)>,
    /// Files that changed after they were sent, and stay.
    pub left: Vec<PathBuf>,
    /// What could not be taken, and why in words.
    pub problems: Vec<(PathBuf, String)>,
}

/// A file as it was opened.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub place: PathBuf,
    pub print: Print,
    pub path: PathBuf,
    pub identity: Identity,
    pub taken_at: UnixMillis,
}

/// Takes in what stands still.
///
/// # Errors
/// `Storage`; or whatever keeps the destination from saying what it takes. What was not taken is seen again.
pub(super) async fn take_in(
    inner: &Arc<Inner>,
    row: &WatchRow,
    seen: Vec<Seen>,
    memory: &mut Memory,
) -> Result<TakenIn> {
    let mut came = TakenIn::default();
    let opened = open(row, seen, memory, &mut came).await?;
    let (mut to_take, mut moved) = (Vec::new(), Vec::new());
    for (file, verdict) in verdicts(inner, row, opened).await? {
        match verdict {
            Verdict::Take => to_take.push(file),
            Verdict::LeaveChanged => {
                memory.settle(&file.place, &file.print);
                came.left.push(file.place);
            }
            Verdict::Known { is_back: false, .. } => memory.settle(&file.place, &file.print),
            Verdict::Known { seq, .. } => moved.push((seq, file)),
            Verdict::Renamed { seq, upload } => {
                if let Some(upload) = upload {
                    care::follow(inner, upload, &file).await?;
                }
                moved.push((seq, file));
            }
            Verdict::Restart { seq, upload } => {
                if restart(inner, row, upload, &file, Some(seq)).await? {
                    memory.settle(&file.place, &file.print);
                }
            }
        }
    }
    move_rows(inner, row, moved, memory).await?;
    if !to_take.is_empty() {
        take(inner, row, to_take, memory, &mut came).await?;
    }
    Ok(came)
}

/// Opens each file once: what cannot be opened, or does not look any more as it did, is not taken yet.
async fn open(row: &WatchRow, seen: Vec<Seen>, memory: &mut Memory, came: &mut TakenIn) -> Result<Vec<Opened>> {
    let folder = row.path.clone();
    let tried = blocking(move || {
        Ok(seen.into_iter().map(|seen| (seen.place.clone(), open_one(&folder, seen))).collect::<Vec<_>>())
    });
    let mut opened = Vec::new();
    for (place, outcome) in tried.await? {
        match outcome {
            Ok(Some(file)) => opened.push(file),
            Ok(None) => {}
            Err(error) if error.kind() == ErrorKind::SourceMissing && !row.path.join(&place).exists() => {
                memory.still.forget(&place)
            }
            Err(error) => came.problems.push((place, error.message().to_owned())),
        }
    }
    Ok(opened)
}

fn open_one(folder: &Path, seen: Seen) -> Result<Option<Opened>> {
    let path = folder.join(&seen.place);
    if system::is_being_written(&path) {
        return Ok(None);
    }
    let source = SourceFile::open(&path)?;
    let (identity, taken_at) = (source.identity().clone(), source.taken_at());
    let is_as_seen = Print::of(&identity) == seen.print;
    Ok(is_as_seen.then_some(Opened { place: seen.place, print: seen.print, path, identity, taken_at }))
}

async fn verdicts(inner: &Inner, row: &WatchRow, opened: Vec<Opened>) -> Result<Vec<(Opened, Verdict)>> {
    let (id, rule, folder) = (row.id, row.rule.clone(), row.path.clone());
    let find = move |connection: &Connection| {
        let matches = opened.iter().map(|file| taken::find(connection, id, &file.place, &file.print));
        let matches = matches.collect::<Result<Vec<_>>>()?;
        Ok((opened, matches))
    };
    let (opened, matches) = inner.records.run(find).await?;
    blocking(move || {
        let judged = opened.into_iter().zip(&matches).map(|(file, known)| {
            let verdict = judge(&rule, &file.print, known, is_still_elsewhere(&folder, known));
            (file, verdict)
        });
        Ok(judged.collect())
    })
    .await
}

fn is_still_elsewhere(folder: &Path, known: &Matches) -> bool {
    let elsewhere = known.elsewhere.as_ref();
    elsewhere.is_some_and(|moved| print_of(&folder.join(&moved.place)).is_ok_and(|print| print == moved.print))
}

async fn move_rows(inner: &Inner, row: &WatchRow, moved: Vec<(i64, Opened)>, memory: &mut Memory) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    moved.iter().for_each(|(_, file)| memory.settle(&file.place, &file.print));
    let watch = row.id;
    let note = move |connection: &Connection| {
        moved.iter().try_for_each(|(seq, file)| taken::move_to(connection, watch, *seq, &file.place, &file.print))
    };
    inner.records.run(note).await
}

async fn take(
    inner: &Arc<Inner>,
    row: &WatchRow,
    files: Vec<Opened>,
    memory: &mut Memory,
    came: &mut TakenIn,
) -> Result<()> {
    let (driver, destination) = inner.driver(row.destination).await?;
    let settings = destination.settings()?;
    let mut door = Door {
        wish: settings.wish(&destination.memory),
        fixed: false,
        names: Names::ask(settings.name_conflicts, driver.as_ref()).await?,
        driver: driver.as_ref(),
        settings: &settings,
        taken: 0,
    };
    let scope = if row.scope.is_empty() { settings.scope.clone() } else { row.scope.clone() };
    let expires_at = inner.lifetime(&settings).map(|lifetime| now() + lifetime.as_millis() as i64);
    let batch = BatchId::random();
    let mut fresh = Vec::with_capacity(files.len());
    for file in files {
        let found = found_below(&row.path, file.path.clone());
        match door.accept(&found, file.identity.size) {
            Ok((name, plan)) => {
                let new = NewUpload {
                    id: UploadId::random(),
                    attempt: AttemptId::random(),
                    batch,
                    path: file.path.clone(),
                    identity: file.identity.clone(),
                    taken_at: file.taken_at,
                    destination: row.destination,
                    scope: scope.clone(),
                    name,
                    relative_path: found.relative_path,
                    plan,
                    // Whatever else the destination says: a file whose record went would be lost, or sent twice.
                    keep: true,
                    custom: serde_json::Value::Null,
                    expires_at,
                    priority: 0,
                    start_at: None,
                };
                fresh.push((file, new));
            }
            Err(text) => {
                memory.settle(&file.place, &file.print);
                came.problems.push((file.place, text));
            }
        }
    }
    record(inner, row, fresh, memory, came).await
}

/// What a commit made of a file.
enum Noted {
    /// A new upload, or one that the user had begun with this very file.
    UnderWay(UploadId),
    /// The user had begun an upload with an earlier state of it.
    InTheWay(UploadId),
}

async fn record(
    inner: &Arc<Inner>,
    row: &WatchRow,
    fresh: Vec<(Opened, NewUpload)>,
    memory: &mut Memory,
    came: &mut TakenIn,
) -> Result<()> {
    let mut in_the_way = Vec::new();
    {
        let _order = inner.order.lock().await;
        let watch = row.clone();
        let note = move |connection: &Connection| {
            let noted = fresh
                .into_iter()
                .map(|(file, new)| note_one(connection, &watch, &file, &new).map(|noted| (file, noted)));
            noted.collect::<Result<Vec<_>>>()
        };
        for (file, noted) in inner.records.run(note).await? {
            match noted {
                Noted::UnderWay(id) => {
                    memory.settle(&file.place, &file.print);
                    inner.queued(id);
                    came.taken.push((id, file.path));
                }
                Noted::InTheWay(id) => in_the_way.push((file, id)),
            }
        }
    }
    for (file, id) in in_the_way {
        if restart(inner, row, id, &file, None).await? {
            memory.settle(&file.place, &file.print);
            came.taken.push((id, file.path));
        }
    }
    Ok(())
}

/// The upload's record and the note that its file was taken: one commit holds both, so no crash comes between them.
fn note_one(connection: &Connection, watch: &WatchRow, file: &Opened, new: &NewUpload) -> Result<Noted> {
    let id = match uploads::find(connection, &new.path, new.destination, &new.scope)? {
        Some(begun) if !Print::of(&begun.identity).looks_like(&file.print) => return Ok(Noted::InTheWay(begun.id)),
        Some(begun) => {
            if matches!(begun.state, State::Interrupted { .. }) {
                uploads::step(connection, begun.id, Step::Requeue)?;
            }
            begun.id
        }
        None => {
            uploads::insert(connection, new)?;
            new.id
        }
    };
    taken::replaced(connection, watch.id, &file.place)?;
    taken::insert(connection, watch.id, (&file.place, &file.print), taken::State::UnderWay, Some(id))?;
    Ok(Noted::UnderWay(id))
}

/// Lets an upload begin anew with the file as it is now, and takes note of that, in one commit. Says whether it could: one that
/// ended meanwhile, or that the user paused, is left alone.
async fn restart(inner: &Arc<Inner>, row: &WatchRow, id: UploadId, file: &Opened, seq: Option<i64>) -> Result<bool> {
    let _hold = inner.halt(id).await;
    let (driver, destination) = inner.driver(row.destination).await?;
    let wish = destination.settings()?.wish(&destination.memory);
    let plan = driver.plan(file.identity.size, wish)?;
    let _order = inner.order.lock().await;
    let (watch, noted) = (row.id, file.clone());
    let begin = move |connection: &Connection| {
        let Some(upload) = uploads::get(connection, id)?.filter(may_begin_anew) else { return Ok(false) };
        begin_anew(connection, &upload, &noted, &plan)?;
        match seq {
            Some(seq) => taken::retake(connection, seq, &noted.print)?,
            None => {
                taken::replaced(connection, watch, &noted.place)?;
                taken::insert(connection, watch, (&noted.place, &noted.print), taken::State::UnderWay, Some(id))?;
            }
        }
        Ok(true)
    };
    let begun = inner.records.run(begin).await?;
    if begun {
        inner.errands.notify_one();
        inner.queued(id);
    }
    Ok(begun)
}

fn may_begin_anew(upload: &Upload) -> bool {
    !matches!(upload.state, State::Paused | State::OutcomeUnknown)
}

fn begin_anew(connection: &Connection, upload: &Upload, file: &Opened, plan: &Plan) -> Result<()> {
    uploads::start_over(connection, upload, &file.identity, file.taken_at, plan)
}
