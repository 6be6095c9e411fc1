//! One watched folder, from look to look, for as long as it is watched. What goes wrong in it is its own trouble.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    care,
    ears::Ears,
    news::{Live, WatchNews, WatchState},
    rule::Names,
    scan::{Looked, Memory, Scan, Seen},
    take,
};
use crate::{error::Result, inner::Inner, records::watches::WatchRow, worker::blocking};

/// The most files of one commit.
const TOGETHER: usize = 256;
/// How soon is looked again for a folder that is not there, or that gave trouble.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);
/// Looking takes at most this part of the time, however much stirs.
const PART: u32 = 10;

/// A folder that is being watched.
pub(super) struct Folder {
    inner: Arc<Inner>,
    row: WatchRow,
    names: Names,
    memory: Memory,
    ears: Option<Ears>,
    /// What told the folder from others at the last look.
    root: Option<(Option<String>, Option<String>)>,
    began: Instant,
    wake: Arc<Notify>,
    stop: CancellationToken,
    /// Files that changed after they were sent, and stay.
    left: HashSet<PathBuf>,
    problem: Option<String>,
    /// How long the last look took.
    took: Duration,
}

impl Folder {
    /// # Errors
    /// `Invalid` where its rule cannot be read.
    pub fn new(inner: Arc<Inner>, row: WatchRow, wake: Arc<Notify>, stop: CancellationToken) -> Result<Self> {
        let names = Names::of(&row.rule)?;
        Ok(Self {
            inner,
            row,
            names,
            memory: Memory::default(),
            ears: None,
            root: None,
            began: Instant::now(),
            wake,
            stop,
            left: HashSet::new(),
            problem: None,
            took: Duration::ZERO,
        })
    }

    /// Watches until it is stopped.
    pub async fn watch(mut self) {
        while let Err(error) = self.begin().await {
            self.note(WatchState::Trouble { message: error.to_string() });
            if self.rest(AFTER_TROUBLE).await.is_err() {
                return;
            }
        }
        loop {
            let pause = match self.round().await {
                Ok(pause) => pause,
                Err(error) => {
                    self.note(WatchState::Trouble { message: error.to_string() });
                    AFTER_TROUBLE
                }
            };
            if self.rest(pause).await.is_err() {
                return;
            }
        }
    }

    async fn begin(&mut self) -> Result<()> {
        super::require_place(&self.inner, &self.row).await?;
        care::recall(&self.inner, &self.row, &mut self.memory).await?;
        care::resume_interrupted(&self.inner, &self.row).await
    }

    /// One look, and what follows from it; gives how long to wait for the next one.
    async fn round(&mut self) -> Result<Duration> {
        let Some(looked) = self.look().await? else {
            if self.stop.is_cancelled() {
                return Ok(Duration::ZERO);
            }
            // What listened to it hears nothing of the one that comes back.
            self.ears = None;
            self.note(WatchState::Missing);
            return Ok(AFTER_TROUBLE.min(self.inner.options.watch.scan_every));
        };
        self.listen(&looked).await;
        if looked.something_went {
            care::note_gone(&self.inner, &self.row, &mut self.memory).await?;
        }
        for seen in looked.still.chunks(TOGETHER) {
            self.take_in(seen.to_vec()).await?;
        }
        care::put_right(&self.inner, &self.row).await?;
        let moved = match self.row.rule.move_sent {
            true => care::move_sent(&self.inner, &self.row).await?,
            false => None,
        };
        let trouble = moved.or_else(|| looked.problem.clone());
        self.note(trouble.map_or(WatchState::Watching, |message| WatchState::Trouble { message }));
        Ok(self.pause(&looked))
    }

    /// None where the folder is not there.
    async fn look(&mut self) -> Result<Option<Looked>> {
        let began = Instant::now();
        let mut memory = std::mem::take(&mut self.memory);
        let (row, names, stop) = (self.row.clone(), self.names.clone(), self.stop.clone());
        let own = std::path::absolute(&self.inner.options.data_dir).unwrap_or_default();
        let now = self.now();
        let (memory, looked) = blocking(move || {
            let scan = Scan {
                folder: &row.path,
                names: &names,
                subfolders: row.rule.subfolders,
                steady_millis: row.rule.steady_millis(),
                own: &own,
                now,
                stop: &stop,
            };
            let looked = scan.look(&mut memory);
            Ok((memory, looked))
        })
        .await?;
        (self.memory, self.took) = (memory, began.elapsed());
        looked
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Listens to the folder that is there now: another one may lie at its place.
    async fn listen(&mut self, looked: &Looked) {
        if self.ears.is_some() && self.root == looked.root {
            return;
        }
        let is_first_try = self.root != looked.root || looked.root.is_none();
        self.root.clone_from(&looked.root);
        if self.ears.is_none() && !is_first_try {
            return;
        }
        let (path, subfolders, wake) = (self.row.path.clone(), self.row.rule.subfolders, Arc::clone(&self.wake));
        let opened = blocking(move || Ok(Ears::open(&path, subfolders, wake))).await;
        self.ears = match opened {
            Ok(Ok(ears)) => Some(ears),
            Ok(Err(error)) => {
                tracing::warn!(path = %self.row.path.display(), %error, "nothing is heard of this folder; it is looked at from time to time");
                None
            }
            Err(_) => None,
        };
    }

    async fn take_in(&mut self, seen: Vec<Seen>) -> Result<()> {
        let came = take::take_in(&self.inner, &self.row, seen, &mut self.memory).await?;
        self.left.extend(came.left);
        for (upload, path) in came.taken {
            self.inner.watching.tell(WatchNews::Taken { watch: self.row.id, upload, path });
        }
        for (place, message) in came.problems {
            let path = self.row.path.join(place);
            let problem = format!("“{}”: {message}", path.display());
            if self.problem.as_ref() != Some(&problem) {
                self.problem = Some(problem);
                self.inner.watching.tell(WatchNews::Problem { watch: self.row.id, path, message });
            }
        }
        Ok(())
    }

    fn note(&self, state: WatchState) {
        let (waiting, changed) = (self.memory.still.len() as u64, self.left.len() as u64);
        self.inner.watching.note(self.row.id, Live { state, waiting, changed, problem: self.problem.clone() });
    }

    fn pause(&self, looked: &Looked) -> Duration {
        let every = self.inner.options.watch.scan_every;
        match looked.next {
            _ if looked.more => Duration::ZERO,
            Some(next) => Duration::from_millis(next.saturating_sub(self.now())).min(every),
            None => every,
        }
    }

    /// Waits until the next look is due or something stirs, and at least so long that looking is not all that is done.
    ///
    /// # Errors
    /// Where it is stopped.
    async fn rest(&self, pause: Duration) -> Result<(), ()> {
        let least = self.inner.options.watch.least_pause.max(self.took * PART);
        tokio::select! {
            () = self.stop.cancelled() => return Err(()),
            () = tokio::time::sleep(least) => {}
        }
        tokio::select! {
            () = self.stop.cancelled() => Err(()),
            () = self.wake.notified() => Ok(()),
            () = tokio::time::sleep(pause.saturating_sub(least)) => Ok(()),
        }
    }
}
