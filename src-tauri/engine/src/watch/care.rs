//! What is done for files that were taken already: their uploads follow them, go on by themselves, and what arrived is moved
//! out of the way where the rule says so.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use carryon_instruments::step;
use rusqlite::Connection;

use super::{
    decide::Print,
    rule::SENT,
    scan::{Memory, print_of},
    system,
    take::Opened,
};
use crate::{
    conflicts::numbered,
    error::{Error, ErrorKind, Result},
    inner::Inner,
    records::{
        sources,
        taken::{self, Taken},
        uploads,
        watches::WatchRow,
    },
    upload::{Failure, State, Step, UnixMillis, Upload, UploadId, now},
    worker::blocking,
};

/// How long an upload rests that failed for a passing reason, before it is tried again.
const AGAIN_AFTER: UnixMillis = 60 * 60 * 1000;
/// Rows of one message.
const TOGETHER: u32 = 500;

/// The upload of a file that was renamed goes on with it. One that is over is left alone.
pub(super) async fn follow(inner: &Arc<Inner>, id: UploadId, file: &Opened) -> Result<()> {
    let _hold = inner.halt(id).await;
    let _order = inner.order.lock().await;
    let file = file.clone();
    let adopt = move |connection: &Connection| {
        let Some(upload) = uploads::get(connection, id)? else { return Ok(false) };
        if upload.path == file.path || !Print::of(&upload.identity).looks_like(&file.print) {
            return Ok(false);
        }
        sources::adopt(connection, id, &file.path, &file.identity)?;
        let goes_on = goes_on(&upload.state);
        if goes_on {
            uploads::step(connection, id, Step::Requeue)?;
        }
        Ok(goes_on)
    };
    if inner.records.run(adopt).await? {
        inner.queued(id);
    }
    Ok(())
}

/// It was under way, or only its file was not where it had been.
fn goes_on(state: &State) -> bool {
    let under_way = !state.is_resting() && !matches!(state, State::Queued | State::Done);
    under_way || matches!(state, State::SourceMissing | State::SourceChanged | State::Interrupted { .. })
}

/// What a folder's uploads were at when Carryon ended goes on: to watch a folder is a standing order.
pub(super) async fn resume_interrupted(inner: &Arc<Inner>, row: &WatchRow) -> Result<()> {
    for taken in resting(inner, row, &["interrupted"]).await? {
        if let Some(id) = taken.upload {
            resume(inner, id).await;
        }
    }
    Ok(())
}

/// Uploads that only waited for their file go on when it is there again; one that failed for a passing reason is tried again.
pub(super) async fn put_right(inner: &Arc<Inner>, row: &WatchRow) -> Result<()> {
    for taken in resting(inner, row, &["source_missing", "source_changed", "failed"]).await? {
        let Some(id) = taken.upload else { continue };
        let Some(upload) = inner.records.run(move |connection| uploads::get(connection, id)).await? else { continue };
        let path = row.path.join(&taken.place);
        let is_there = blocking(move || Ok(print_of(&path).is_ok_and(|print| print.looks_like(&taken.print)))).await?;
        match &upload.state {
            State::SourceMissing if is_there => resume(inner, id).await,
            // Its content is what it was taken as; something else about the file changed on the way.
            State::SourceChanged if is_there => {
                let _hold = inner.halt(id).await;
                inner
                    .start_over(id, None)
                    .await
                    .unwrap_or_else(|error| tracing::warn!(upload = %id, %error, "could not begin anew"));
            }
            State::Failed(failure) if is_due(&upload, failure, now()) => resume(inner, id).await,
            _ => {}
        }
    }
    Ok(())
}

fn is_due(upload: &Upload, failure: &Failure, now: UnixMillis) -> bool {
    let passing =
        [ErrorKind::Transient, ErrorKind::Busy(None), ErrorKind::Unknown, ErrorKind::Offline, ErrorKind::CaptivePortal];
    passing.iter().any(|kind| kind.code() == failure.code) && now.saturating_sub(upload.updated_at) >= AGAIN_AFTER
}

async fn resting(inner: &Inner, row: &WatchRow, states: &'static [&'static str]) -> Result<Vec<Taken>> {
    let id = row.id;
    inner.records.run(move |connection| taken::resting(connection, id, states)).await
}

async fn resume(inner: &Inner, id: UploadId) {
    if let Err(error) = inner.resume(id).await {
        tracing::warn!(upload = %id, %error, "could not go on by itself");
    }
}

/// Takes note of what lies there no more. What is only hidden from the rule is still there.
pub(super) async fn note_gone(inner: &Inner, row: &WatchRow, memory: &mut Memory) -> Result<()> {
    let (mut after, id) = (0, row.id);
    loop {
        let rows = inner.records.run(move |connection| taken::present(connection, id, after, TOGETHER)).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.seq;
        let unseen: Vec<Taken> = rows.into_iter().filter(|taken| !memory.saw(&taken.place)).collect();
        let folder = row.path.clone();
        let gone = blocking(move || {
            let is_gone = |taken: &Taken| matches!(folder.join(&taken.place).symlink_metadata(), Err(error) if error.kind() == io::ErrorKind::NotFound);
            Ok(unseen.into_iter().filter(is_gone).collect::<Vec<_>>())
        });
        let gone = gone.await?;
        gone.iter().for_each(|taken| memory.unsettle(taken));
        let seqs: Vec<i64> = gone.iter().map(|taken| taken.seq).collect();
        if !seqs.is_empty() {
            inner.records.run(move |connection| taken::mark_gone(connection, &seqs)).await?;
        }
    }
}

/// What was taken already needs no second look.
pub(super) async fn recall(inner: &Inner, row: &WatchRow, memory: &mut Memory) -> Result<()> {
    let (mut after, id) = (0, row.id);
    loop {
        let rows = inner.records.run(move |connection| taken::present(connection, id, after, TOGETHER)).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.seq;
        rows.iter().for_each(|taken| memory.settle(&taken.place, &taken.print));
    }
}

/// Moves what arrived into the folder *Sent*; gives the first trouble in words. A crash in between leaves the file in one of
/// the two places, and nothing is moved over another file.
pub(super) async fn move_sent(inner: &Inner, row: &WatchRow) -> Result<Option<String>> {
    let (mut after, mut trouble, id) = (0, None, row.id);
    loop {
        let rows = inner.records.run(move |connection| taken::delivered(connection, id, after, TOGETHER)).await?;
        let Some(last) = rows.last() else { return Ok(trouble) };
        after = last.seq;
        let folder = row.path.clone();
        let moved = blocking(move || {
            let outcomes = rows.iter().map(|taken| (taken.seq, move_one(&folder, taken)));
            Ok(outcomes.collect::<Vec<_>>())
        });
        let mut gone = Vec::new();
        for (seq, outcome) in moved.await? {
            match outcome {
                Ok(true) => gone.push(seq),
                Ok(false) => {}
                Err(error) => drop(trouble.get_or_insert(error.to_string())),
            }
        }
        if !gone.is_empty() {
            inner.records.run(move |connection| taken::mark_gone(connection, &gone)).await?;
        }
    }
}

/// Whether it lies there no more. What changed since it was sent stays.
fn move_one(folder: &Path, taken: &Taken) -> Result<bool> {
    let from = folder.join(&taken.place);
    match print_of(&from) {
        Ok(print) if print.looks_like(&taken.print) => {}
        Ok(_) => return Ok(false),
        Err(error) => return Ok(error.kind() == io::ErrorKind::NotFound),
    }
    let _step = step("move sent");
    let to = folder.join(SENT).join(&taken.place);
    let in_words = |error: io::Error| {
        let text = format!("“{}” arrived, but could not be moved to “{SENT}”", from.display());
        Error::new(ErrorKind::Storage, text).because(error)
    };
    std::fs::create_dir_all(to.parent().unwrap_or(folder)).map_err(in_words)?;
    for place in places(&to) {
        match system::move_without_replacing(&from, &place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|()| true).map_err(in_words),
        }
    }
    Ok(false)
}

/// `take.mov`, then `take (2).mov`, and so on.
fn places(to: &Path) -> impl Iterator<Item = PathBuf> + '_ {
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    std::iter::once(to.to_owned()).chain((2..10_000).map(move |n| to.with_file_name(numbered(&name, n))))
}
