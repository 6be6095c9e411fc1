//! The history as the page sees it: searched page by page, one entry in all its detail, held against its file, forgotten.

pub mod keep_files;
mod view;

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use carryon_engine::{Error, ErrorKind, Place, Search, Watch};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Emitter, Runtime};
use tauri_plugin_opener::OpenerExt;

use self::view::{Detail, EntryView};
use crate::{
    commands::{Answer, Shared, of},
    core::Core,
    given::Given,
};

/// How many entries are shown at once, and for each *Show more*.
const PAGE: u32 = 100;
/// The event that says how far a comparison is.
const COMPARING: &str = "history-comparing";
/// How often it does.
const PAUSE: Duration = Duration::from_millis(200);
/// The most ranges that are told.
const MOST_TOLD: usize = 20;

/// Some of what was found.
#[derive(Serialize)]
pub struct PageView {
    entries: Vec<EntryView>,
    next: Option<Place>,
    found: u64,
    bytes: u64,
}

/// What is found, the newest first, behind `after`.
#[tauri::command]
pub async fn history(shared: Shared<'_>, search: Given<Search>, after: Given<Option<Place>>) -> Answer<PageView> {
    let page = of(&shared)?.engine.search_history(search.0, after.0, PAGE).await?;
    let entries = page.entries.into_iter().map(EntryView::new).collect();
    Ok(PageView { entries, next: page.next, found: page.found, bytes: page.bytes })
}

/// What the page offers to choose from, and for how long the history is kept.
#[derive(Serialize)]
pub struct About {
    destinations: Vec<String>,
    total: u64,
    keep_days: Option<u32>,
}

/// What there is to choose from.
#[tauri::command]
pub async fn about_history(shared: Shared<'_>) -> Answer<About> {
    let engine = &of(&shared)?.engine;
    let all = engine.search_history(Search::default(), None, 1).await?;
    let (destinations, keep_days) = (engine.history_destinations().await?, engine.history_days().await?);
    Ok(About { destinations, total: all.found, keep_days })
}

/// One entry in all its detail.
#[tauri::command]
pub async fn past(shared: Shared<'_>, seq: Given<i64>) -> Answer<Detail> {
    let core = of(&shared)?;
    let (past, receipt) = core.engine.past(seq.0).await?;
    Ok(Detail::new(core, past, receipt))
}

/// Which file of an entry is meant.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The one that was sent.
    Source,
    /// What arrived at *This computer*.
    Arrived,
}

async fn file_of(core: &Core, seq: i64, which: Which) -> Answer<PathBuf> {
    let (past, _) = core.engine.past(seq).await?;
    let path = match which {
        Which::Source => Some(past.path.clone()).filter(|path| path.exists()),
        Which::Arrived => view::arrived(core, &past),
    };
    let text = format!("“{}” does not lie there any more", past.name);
    Ok(path.ok_or_else(|| Error::new(ErrorKind::SourceMissing, text).next_step("It was moved, renamed or deleted."))?)
}

fn refused(path: &std::path::Path) -> impl Fn(tauri_plugin_opener::Error) -> Error {
    let text = format!("“{}” could not be opened", path.display());
    move |error| Error::new(ErrorKind::Invalid, text.clone()).because(error).next_step("Open it with the file manager.")
}

/// Shows the file in its folder.
#[tauri::command]
pub async fn reveal_past<R: Runtime>(
    app: AppHandle<R>,
    shared: Shared<'_>,
    seq: Given<i64>,
    which: Given<Which>,
) -> Answer<()> {
    let path = file_of(of(&shared)?, seq.0, which.0).await?;
    Ok(app.opener().reveal_item_in_dir(&path).map_err(refused(&path))?)
}

/// Opens what arrived at *This computer* with the program for it.
#[tauri::command]
pub async fn open_past<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>, seq: Given<i64>) -> Answer<()> {
    let path = file_of(of(&shared)?, seq.0, Which::Arrived).await?;
    Ok(app.opener().open_path(path.to_string_lossy(), None::<&str>).map_err(refused(&path))?)
}

/// The comparison that is under way: a new one ends it, and so does whoever does not want to wait.
// Held for an exchange, never across an await.
#[derive(Default)]
pub struct Comparing(Mutex<Option<Watch>>);

impl Comparing {
    fn begin(&self) -> Watch {
        let watch = Watch::default();
        if let Some(earlier) = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(watch.clone()) {
            earlier.stop();
        }
        watch
    }

    fn stop(&self) {
        if let Some(watch) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            watch.stop();
        }
    }
}

/// What came of holding a file against its receipt.
#[derive(Serialize)]
pub struct Compared {
    equal: bool,
    same_size: bool,
    size: u64,
    /// First and last byte of what differs, at most 20 ranges.
    differing: Vec<(u64, u64)>,
    ranges: usize,
}

/// Holds the file that was sent, or what arrived, against the receipt; none where it was stopped.
#[tauri::command]
pub async fn verify_past<R: Runtime>(
    app: AppHandle<R>,
    shared: Shared<'_>,
    seq: Given<i64>,
    which: Given<Which>,
) -> Answer<Option<Compared>> {
    let core = of(&shared)?;
    let (seq, path) = (seq.0, file_of(core, seq.0, which.0).await?);
    let watch = core.comparing.begin();
    let found = tokio::select! {
        found = core.engine.verify_past(seq, Some(path), watch.clone()) => found,
        never = tell(&app, seq, &watch) => match never {},
    };
    match found {
        Err(_) if watch.is_stopped() => Ok(None),
        found => {
            let found = found?;
            let told = found.differing.iter().take(MOST_TOLD);
            Ok(Some(Compared {
                equal: found.is_equal(),
                same_size: found.same_size,
                size: found.size,
                differing: told.map(|range| (range.start, range.end.saturating_sub(1))).collect(),
                ranges: found.differing.len(),
            }))
        }
    }
}

async fn tell<R: Runtime>(app: &AppHandle<R>, seq: i64, watch: &Watch) -> std::convert::Infallible {
    loop {
        let _ = app.emit(COMPARING, serde_json::json!({ "seq": seq, "read": watch.read() }));
        tokio::time::sleep(PAUSE).await;
    }
}

/// Ends the comparison that is under way.
#[tauri::command]
pub fn stop_verifying(shared: Shared<'_>) -> Answer<()> {
    of(&shared)?.comparing.stop();
    Ok(())
}

/// Forgets these entries; says how many there were.
#[tauri::command]
pub async fn forget_past(shared: Shared<'_>, seqs: Given<Vec<i64>>) -> Answer<u64> {
    Ok(of(&shared)?.engine.forget_past(seqs.0).await?)
}

/// Forgets all that is found; says how many there were.
#[tauri::command]
pub async fn forget_found(shared: Shared<'_>, search: Given<Search>) -> Answer<u64> {
    Ok(of(&shared)?.engine.forget_found(search.0).await?)
}

/// Keeps the history for so many days from now on, or for ever.
#[tauri::command]
pub async fn keep_history(shared: Shared<'_>, days: Given<Option<u32>>) -> Answer<()> {
    Ok(of(&shared)?.engine.keep_history(days.0).await?)
}
