//! Adding, listing, changing and removing watched folders, and having them watched.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::Connection;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    news::{Watch, WatchNews, WatchState},
    place::{Place, real, refusal},
    rule::{Names, Rule},
    scan::{Scan, Seen},
};
use crate::{
    engine::Engine,
    error::{Error, ErrorKind, Result},
    inner::Inner,
    records::{
        destinations, settings, taken,
        watches::{self, WatchRow},
    },
    socket::{decode_paths, encode_paths},
    upload::{DestinationId, UploadId, WatchId, now},
    worker::blocking,
};

/// The setting that says where *This computer* puts files.
const RECEIVED: &str = "receives_into";
/// The longest scope, in characters.
const LONGEST_SCOPE: usize = 200;

/// A folder to be watched.
#[derive(Clone, Debug)]
pub struct NewWatch {
    /// The folder.
    pub path: PathBuf,
    /// Where its files go.
    pub destination: DestinationId,
    /// Who they belong to beside the destination; empty for what the destination says.
    pub scope: String,
    /// Which files, and when.
    pub rule: Rule,
}

/// While it lives, the folders are watched.
#[derive(Debug)]
#[must_use = "nothing is watched once this goes"]
pub struct Watcher {
    inner: Arc<Inner>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.inner.watching.count_runner(false);
    }
}

impl Engine {
    /// Has the folders watched, for as long as the answer lives: for whoever opens the engine to stay.
    pub fn watch_folders(&self) -> Watcher {
        self.inner.watching.count_runner(true);
        Watcher { inner: Arc::clone(&self.inner) }
    }

    /// All news about watched folders from here on.
    pub fn watch_news(&self) -> mpsc::UnboundedReceiver<WatchNews> {
        self.inner.watching.subscribe()
    }

    /// Says where *This computer* puts what it receives: that folder is never watched.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn receives_into(&self, folder: &Path) -> Result<()> {
        let text = encode_paths(&[folder.to_owned()])?.pop().unwrap_or_default();
        self.set_setting(RECEIVED, text.into()).await
    }

    /// All watched folders, oldest first.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn watches(&self) -> Result<Vec<Watch>> {
        let rows = self.inner.records.run(|connection| {
            let rows = watches::list(connection)?;
            let counted = rows.into_iter().map(|row| taken::counts(connection, row.id).map(|counts| (row, counts)));
            counted.collect::<Result<Vec<_>>>()
        });
        Ok(rows.await?.into_iter().map(|(row, counts)| self.shown(row, counts)).collect())
    }

    /// The uploads of files that were taken from watched folders and did not arrive yet; without folders that rest.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn watched_uploads(&self) -> Result<Vec<UploadId>> {
        self.inner.records.run(taken::under_way).await
    }

    fn shown(&self, row: WatchRow, (sent, under_way): (u64, u64)) -> Watch {
        let live = self.inner.watching.live(row.id).filter(|_| !row.paused);
        let state = match (&live, row.paused) {
            (_, true) => WatchState::Paused,
            (Some(live), _) => live.state.clone(),
            (None, _) if self.inner.watching.is_wanted() => WatchState::Watching,
            (None, _) => WatchState::Resting,
        };
        let waiting = under_way + live.as_ref().map_or(0, |live| live.waiting);
        let changed = live.as_ref().map_or(0, |live| live.changed);
        Watch { row, state, sent, waiting, changed, problem: live.and_then(|live| live.problem) }
    }

    /// Watches a folder from here on. What lies there already is left as it is, unless the rule says otherwise.
    ///
    /// # Errors
    /// `Invalid` where the folder is not there, cannot be watched, or its rule makes no sense; then nothing was changed.
    pub async fn add_watch(&self, new: NewWatch) -> Result<WatchRow> {
        let _changing = self.inner.watching.changing.lock().await;
        let path = std::path::absolute(&new.path)
            .map_err(|error| Error::new(ErrorKind::Invalid, "This path cannot be made absolute").because(error))?;
        let new = NewWatch { path, ..new };
        self.check(&new, None).await?;
        let stock = match new.rule.existing {
            true => Vec::new(),
            false => take_stock(new.path.clone(), new.rule.clone(), self.inner.options.data_dir.clone()).await?,
        };
        let id = WatchId::random();
        let insert = move |connection: &Connection| {
            watches::insert(connection, id, &new.path, (new.destination, &new.scope, &new.rule))?;
            for (seen, is_young) in stock {
                let state = if is_young { taken::State::Growing } else { taken::State::Before };
                taken::insert(connection, id, (&seen.place, &seen.print), state, None)?;
            }
            watches::get(connection, id)?.ok_or_else(|| watches::unknown(id))
        };
        let row = self.inner.records.run(insert).await?;
        self.inner.watching.changed.notify_one();
        Ok(row)
    }

    /// Sets where the files of a watched folder go and by which rule; what was taken is not taken again.
    ///
    /// # Errors
    /// As [`Engine::add_watch`].
    pub async fn change_watch(
        &self,
        id: WatchId,
        destination: DestinationId,
        scope: &str,
        rule: Rule,
    ) -> Result<WatchRow> {
        let _changing = self.inner.watching.changing.lock().await;
        let row = self.inner.records.run(move |connection| watches::get(connection, id)).await?;
        let row = row.ok_or_else(|| watches::unknown(id))?;
        let new = NewWatch { path: row.path, destination, scope: scope.to_owned(), rule };
        self.check(&new, Some(id)).await?;
        let change = move |connection: &Connection| {
            watches::change(connection, id, (new.destination, &new.scope, &new.rule))?;
            watches::get(connection, id)?.ok_or_else(|| watches::unknown(id))
        };
        let row = self.inner.records.run(change).await?;
        self.inner.watching.changed.notify_one();
        Ok(row)
    }

    /// Lets a watched folder rest, or go on. What was taken goes on either way; what comes meanwhile is taken later.
    ///
    /// # Errors
    /// `Invalid` where there is no such one.
    pub async fn pause_watch(&self, id: WatchId, paused: bool) -> Result<()> {
        self.inner.records.run(move |connection| watches::set_paused(connection, id, paused)).await?;
        self.inner.watching.changed.notify_one();
        Ok(())
    }

    /// Watches a folder no more. Its files and uploads stay.
    ///
    /// # Errors
    /// `Invalid` where there is no such one.
    pub async fn remove_watch(&self, id: WatchId) -> Result<()> {
        self.inner.records.run(move |connection| watches::remove(connection, id)).await?;
        self.inner.watching.changed.notify_one();
        Ok(())
    }

    async fn check(&self, new: &NewWatch, own: Option<WatchId>) -> Result<()> {
        new.rule.check()?;
        if new.scope.chars().any(char::is_control) || new.scope.chars().count() > LONGEST_SCOPE {
            return Err(Error::new(ErrorKind::Invalid, "The scope is a line of at most 200 characters"));
        }
        let destination = new.destination;
        let known = self.inner.records.run(move |connection| destinations::get(connection, destination)).await?;
        known.ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "There is no such destination any more").next_step("Choose another one.")
        })?;
        if own.is_none() {
            let path = new.path.clone();
            blocking(move || require_folder(&path)).await?;
        }
        let rows = self.inner.records.run(watches::list).await?;
        let others = rows.into_iter().filter(|row| Some(row.id) != own).collect();
        refuse(&self.inner, (new.path.clone(), new.rule.subfolders, new.destination), others).await
    }
}

/// Sees that a folder may still be watched: where *This computer* receives into may be another one now.
///
/// # Errors
/// `Invalid`, with a sentence about what is wrong.
pub(crate) async fn require_place(inner: &Inner, row: &WatchRow) -> Result<()> {
    refuse(inner, (row.path.clone(), row.rule.subfolders, row.destination), Vec::new()).await
}

async fn refuse(inner: &Inner, new: (PathBuf, bool, DestinationId), others: Vec<WatchRow>) -> Result<()> {
    let received = inner.records.run(|connection| settings::get(connection, RECEIVED)).await?;
    let received = received.and_then(|text| decode_paths(&[text.as_str()?.to_owned()]).ok()?.pop());
    let own = inner.options.data_dir.clone();
    blocking(move || {
        let place = |path: &Path, subfolders, destination| Place { path: real(path), subfolders, destination };
        let others: Vec<Place> =
            others.iter().map(|row| place(&row.path, row.rule.subfolders, row.destination)).collect();
        let received = received.as_deref().map(real);
        let refused = refusal(&place(&new.0, new.1, new.2), &others, received.as_deref(), &real(&own));
        refused.map_or(Ok(()), Err)
    })
    .await
}

fn require_folder(path: &Path) -> Result<()> {
    let shown = path.display();
    let text = match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => match std::fs::read_dir(path) {
            Ok(_) => return Ok(()),
            Err(error) => format!("The folder “{shown}” cannot be read: {error}"),
        },
        Ok(_) => format!("“{shown}” is a file, not a folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => format!("The folder “{shown}” is not there"),
        Err(error) => format!("The folder “{shown}” cannot be read: {error}"),
    };
    Err(Error::new(ErrorKind::Invalid, text).next_step("Choose a folder that is there and can be read."))
}

async fn take_stock(folder: PathBuf, rule: Rule, own: PathBuf) -> Result<Vec<(Seen, bool)>> {
    let names = Names::of(&rule)?;
    blocking(move || {
        let scan = Scan {
            folder: &folder,
            names: &names,
            subfolders: rule.subfolders,
            steady_millis: rule.steady_millis(),
            own: &own,
            now: 0,
            stop: &CancellationToken::new(),
        };
        scan.take_stock(now())
    })
    .await
}
