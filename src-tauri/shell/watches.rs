//! The watched folders: which there are and what each is at, adding and changing one by a form, and news of them for the page.

use std::{path::PathBuf, time::Duration};

use carryon_engine::{
    DestinationId, Error, ErrorKind, Event, UploadId, WatchId,
    socket::{decode_paths, encode_paths},
    watch::{NewWatch, Rule, Watch, WatchNews, WatchState},
};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Emitter, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::{
    commands::{Answer, Shared, of},
    core,
    given::Given,
    words,
};

/// The event that says that the list is to be read anew.
const WATCHES: &str = "watches";
/// How often that is said at most.
const PAUSE: Duration = Duration::from_millis(500);

/// A watched folder as the page shows it.
#[derive(Serialize)]
pub struct WatchView {
    id: WatchId,
    path: String,
    destination: DestinationId,
    destination_name: String,
    scope: String,
    rule: Rule,
    state: WatchState,
    sent: u64,
    waiting: u64,
    changed: u64,
    problem: Option<String>,
}

impl From<Watch> for WatchView {
    fn from(watch: Watch) -> Self {
        let Watch { row, state, sent, waiting, changed, problem } = watch;
        Self {
            id: row.id,
            path: row.path.to_string_lossy().into_owned(),
            destination: row.destination,
            destination_name: row.destination_name,
            scope: row.scope,
            rule: row.rule,
            state,
            sent,
            waiting,
            changed,
            problem,
        }
    }
}

/// What the form holds.
#[derive(Deserialize)]
pub struct WatchDraft {
    /// Which one it changes; none for a new one.
    id: Option<WatchId>,
    /// The folder as it was typed, or shown after it was picked.
    path: String,
    /// The folder that was picked, as [`Picked`] has it: a name may hold more than text can.
    picked: Option<String>,
    destination: DestinationId,
    #[serde(default)]
    scope: String,
    rule: Rule,
}

/// A folder that was picked.
#[derive(Serialize)]
pub struct Picked {
    /// As people read it.
    path: String,
    /// Without any loss.
    picked: String,
}

/// All watched folders, oldest first.
#[tauri::command]
pub async fn watches(shared: Shared<'_>) -> Answer<Vec<WatchView>> {
    Ok(of(&shared)?.engine.watches().await?.into_iter().map(WatchView::from).collect())
}

/// Watches a folder, or changes how one is watched.
#[tauri::command]
pub async fn save_watch(shared: Shared<'_>, draft: Given<WatchDraft>) -> Answer<WatchId> {
    let engine = &of(&shared)?.engine;
    let WatchDraft { id, path, picked, destination, scope, rule } = draft.0;
    let row = match id {
        Some(id) => engine.change_watch(id, destination, &scope, rule).await?,
        None => {
            let path = meant(&path, picked)?;
            engine.add_watch(NewWatch { path, destination, scope, rule }).await?
        }
    };
    Ok(row.id)
}

/// The folder that was picked, as long as nobody typed another one.
fn meant(path: &str, picked: Option<String>) -> Answer<PathBuf> {
    let picked = picked.and_then(|picked| decode_paths(&[picked]).ok()?.pop());
    let typed = path.trim();
    if let Some(picked) = picked.filter(|picked| picked.to_string_lossy() == path) {
        return Ok(picked);
    }
    let path = PathBuf::from(typed);
    if path.is_absolute() {
        return Ok(path);
    }
    let text = match typed {
        "" => "Choose the folder that is to be watched".to_owned(),
        _ => format!("“{typed}” does not say where the folder lies"),
    };
    Err(Error::new(ErrorKind::Invalid, text).next_step("Press Choose…, or write its whole path.").into())
}

/// Watches a folder no more.
#[tauri::command]
pub async fn remove_watch(shared: Shared<'_>, id: Given<WatchId>) -> Answer<()> {
    Ok(of(&shared)?.engine.remove_watch(id.0).await?)
}

/// Lets one rest.
#[tauri::command]
pub async fn pause_watch(shared: Shared<'_>, id: Given<WatchId>) -> Answer<()> {
    Ok(of(&shared)?.engine.pause_watch(id.0, true).await?)
}

/// Lets one go on.
#[tauri::command]
pub async fn resume_watch(shared: Shared<'_>, id: Given<WatchId>) -> Answer<()> {
    Ok(of(&shared)?.engine.pause_watch(id.0, false).await?)
}

/// Asks which folder; none where none was chosen.
#[tauri::command]
pub async fn pick_watch_folder<R: Runtime>(app: AppHandle<R>) -> Answer<Option<Picked>> {
    let (sender, picked) = oneshot::channel();
    let picker = app.dialog().file().set_title(words::say("pick-watched"));
    picker.pick_folder(move |path| drop(sender.send(path)));
    let Some(path) = picked.await.ok().flatten().and_then(|path| path.into_path().ok()) else { return Ok(None) };
    let picked = encode_paths(std::slice::from_ref(&path))?.pop().unwrap_or_default();
    Ok(Some(Picked { path: path.to_string_lossy().into_owned(), picked }))
}

/// Tells the page whenever something about the watched folders may be another thing now, until the engine is gone.
pub(crate) async fn forward<R: Runtime>(app: AppHandle<R>) {
    let opened = core::opened(&app);
    let Ok(core) = &*opened else { return };
    let (mut news, mut events) = (core.engine.watch_news(), core.engine.subscribe());
    loop {
        let is_news = tokio::select! {
            heard = news.recv() => match heard {
                Some(heard) => !matches!(heard, WatchNews::Problem { .. }),
                None => return,
            },
            event = events.recv() => match event {
                Some(event) => ends(&event).is_some(),
                None => return,
            },
        };
        if is_news {
            tokio::time::sleep(PAUSE).await;
            while news.try_recv().is_ok() || events.try_recv().is_ok() {}
            let _ = app.emit(WATCHES, ());
        }
    }
}

/// The upload that an event ends: the counts are others then.
fn ends(event: &Event) -> Option<UploadId> {
    matches!(event, Event::Finished { .. } | Event::Removed { .. }).then(|| event.id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_picked_counts_until_somebody_types_another_folder() {
        let picked = PathBuf::from(if cfg!(windows) { "C:\\card" } else { "/media/card" });
        let code = encode_paths(std::slice::from_ref(&picked)).expect("encodes").pop();
        let shown = picked.to_string_lossy().into_owned();
        assert_eq!(meant(&shown, code.clone()).ok(), Some(picked.clone()));
        let other = picked.join("other");
        assert_eq!(meant(&other.to_string_lossy(), code).ok(), Some(other));
        assert!(meant("card", None).is_err() && meant("  ", None).is_err());
    }
}
