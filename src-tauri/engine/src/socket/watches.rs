//! What is asked of the watched folders, and its carrying out.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    carry_out::{End, Task},
    lines,
    request::{Secret, decode_paths},
};
use crate::{
    error::{Error, ErrorKind, Result},
    upload::{UploadId, WatchId},
    watch::{NewWatch, Rule, Watch, WatchNews, WatchState},
};

/// What is asked of the watched folders. An id may be the beginning of one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Watches {
    /// Watch one from now on.
    Add {
        /// The folder, as [`super::encode_paths`] writes it.
        path: String,
        /// A destination URL, or a saved name.
        to: String,
        /// Who its files belong to beside the destination; empty for nobody.
        scope: String,
        /// Which files, and when.
        rule: Rule,
        /// The user agrees to plain http beyond this machine.
        allow_http: bool,
    },
    /// List them.
    List,
    /// Watch one no more.
    Remove {
        /// Its id.
        id: String,
    },
    /// Let one rest.
    Pause {
        /// Its id.
        id: String,
    },
    /// Let one go on.
    Resume {
        /// Its id.
        id: String,
    },
    /// Watch them all until the asker goes, and tell what happens.
    Run {
        /// A bearer token for their destination.
        token: Option<Secret>,
    },
}

impl Task<'_> {
    /// Carries out `ask`.
    pub(super) async fn watches(&self, ask: Watches) -> Result<End> {
        match ask {
            Watches::Add { path, to, scope, rule, allow_http } => {
                let path = decode_paths(&[path])?.pop();
                let path = path.ok_or_else(|| Error::new(ErrorKind::Invalid, "It is not said which folder"))?;
                let destination = self.destination(&to, allow_http).await?.id;
                let row = self.engine.add_watch(NewWatch { path, destination, scope, rule }).await?;
                let all = self.engine.watches().await?;
                all.iter().filter(|watch| watch.row.id == row.id).for_each(|watch| self.tell(of_watch(watch)));
            }
            Watches::List => self.engine.watches().await?.iter().for_each(|watch| self.tell(of_watch(watch))),
            Watches::Remove { id } => {
                let watch = self.meant(&id).await?;
                self.engine.remove_watch(watch.row.id).await?;
                self.tell(json!({ "event": "removed", "id": watch.row.id, "path": watch.row.path.to_string_lossy() }));
            }
            Watches::Pause { id } => return self.pause_watch(&id, true).await,
            Watches::Resume { id } => return self.pause_watch(&id, false).await,
            Watches::Run { token } => return self.run_watches(token).await,
        }
        Ok(End::Done)
    }

    async fn pause_watch(&self, id: &str, paused: bool) -> Result<End> {
        let id = self.meant(id).await?.row.id;
        self.engine.pause_watch(id, paused).await?;
        let all = self.engine.watches().await?;
        all.iter().filter(|watch| watch.row.id == id).for_each(|watch| self.tell(of_watch(watch)));
        Ok(End::Done)
    }

    /// The one that an id means, or the beginning of one that no other has.
    async fn meant(&self, named: &str) -> Result<Watch> {
        let all = self.engine.watches().await?;
        let is_meant = |watch: &Watch| !named.is_empty() && watch.row.id.to_string().starts_with(&named.to_lowercase());
        let mut meant: Vec<Watch> = all.into_iter().filter(is_meant).collect();
        let wrong = |text: String| Error::new(ErrorKind::Invalid, text).next_step("“carryon watch list” shows them.");
        match (meant.len(), meant.pop()) {
            (1, Some(watch)) => Ok(watch),
            (0, _) => Err(wrong(format!("There is no watched folder “{named}”"))),
            (count, _) => Err(wrong(format!("“{named}” means {count} watched folders; write more of the id"))),
        }
    }

    /// Watches until whoever asked goes away.
    async fn run_watches(&self, token: Option<Secret>) -> Result<End> {
        let (mut news, mut events) = (self.engine.watch_news(), self.engine.subscribe());
        let mut followed: BTreeSet<UploadId> = self.engine.watched_uploads().await?.into_iter().collect();
        let mut told = HashMap::new();
        self.introduce(
            self.engine.watches().await?.iter().map(|watch| watch.row.destination).collect::<BTreeSet<_>>(),
            token,
        )?;
        let _watcher = self.engine.watch_folders();
        self.tell_states(&mut told).await?;
        loop {
            tokio::select! {
                heard = news.recv() => match heard {
                    None => return Ok(End::Interrupted),
                    Some(WatchNews::Changed) => self.tell_states(&mut told).await?,
                    Some(WatchNews::Taken { watch, upload, path }) => {
                        followed.insert(upload);
                        self.tell(json!({ "event": "taken", "watch": watch, "id": upload, "path": path.to_string_lossy() }));
                    }
                    Some(WatchNews::Problem { watch, path, message }) => self.tell(json!({
                        "event": "left_out", "watch": watch, "path": path.to_string_lossy(), "message": message,
                    })),
                },
                event = events.recv() => {
                    let Some(event) = event else { return Ok(End::Interrupted) };
                    if followed.contains(&event.id()) {
                        lines::of_event(&event).into_iter().for_each(|line| self.tell(line));
                    }
                }
            }
        }
    }

    /// Tells of each folder whose state is another one than was told.
    async fn tell_states(&self, told: &mut HashMap<WatchId, WatchState>) -> Result<()> {
        for watch in self.engine.watches().await? {
            if told.insert(watch.row.id, watch.state.clone()).as_ref() != Some(&watch.state) {
                let mut line = of_watch(&watch);
                line["event"] = "watch".into();
                self.tell(line);
            }
        }
        Ok(())
    }
}

/// A watched folder's line.
fn of_watch(watch: &Watch) -> Value {
    let row = &watch.row;
    let (state, message) = words_of(&watch.state);
    json!({
        "id": row.id, "path": row.path.to_string_lossy(), "destination": row.destination_name, "scope": row.scope,
        "state": state, "message": message, "sent": watch.sent, "waiting": watch.waiting, "changed": watch.changed,
        "problem": watch.problem, "rule": row.rule,
    })
}

fn words_of(state: &WatchState) -> (&'static str, Option<&str>) {
    match state {
        WatchState::Watching => ("watching", None),
        WatchState::Missing => ("missing", Some("The folder is not there; it goes on when it is back")),
        WatchState::Paused => ("paused", None),
        WatchState::Trouble { message } => ("trouble", Some(message)),
        WatchState::Resting => ("resting", Some("Nothing is watched now: open the window, or run “carryon watch run”")),
    }
}
