//! What the page may ask for. Each command is one call into the engine; nothing is decided here.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use carryon_engine::{AddRequest, Added, DestinationId, Engine, Error, ErrorKind, Outcomes, Problem, UploadId};
use serde::Serialize;
use tauri::{AppHandle, Emitter, Runtime, State, ipc::Invoke};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

use crate::{
    asking, autostart, clipboard, closing,
    core::{self, Core, Opened},
    destinations::{self, Target},
    events::{self, Change},
    exchanging, finished,
    given::Given,
    history, locating, looking, page, preferences, receiving, saving, sending,
    view::View,
    watches, window,
};

/// The event that carries problems of files which did not come through the page.
const PROBLEMS: &str = "problems";

/// An error as the page gets it: it matches the code and shows the message.
#[derive(Clone, Debug, Serialize)]
pub struct Failed {
    code: &'static str,
    message: String,
}

impl Failed {
    /// What is said.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

#[cfg(test)]
impl Failed {
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }
}

impl From<&Error> for Failed {
    fn from(error: &Error) -> Self {
        Self { code: error.kind().code(), message: format!("{error}. {}", error.advice()) }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

/// What a command answers.
pub(crate) type Answer<T> = Result<T, Failed>;
/// All that runs behind the window, as a command gets it.
pub(crate) type Shared<'a> = State<'a, Arc<Opened>>;

/// The handler of all commands.
pub fn all<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        snapshot,
        page_ready,
        add_paths,
        pick_files,
        pick_folder,
        pause,
        resume,
        start_over,
        discard,
        mark_done,
        finish_again,
        clear_done,
        open_received,
        autostart::start_at_login,
        autostart::set_start_at_login,
        clipboard::copied_files,
        closing::quit_app,
        preferences::preferences,
        preferences::set_preferences,
        preferences::reset_preferences,
        preferences::report,
        preferences::data_folder,
        preferences::open_data_folder,
        locating::locate,
        history::history,
        history::about_history,
        history::past,
        history::reveal_past,
        history::open_past,
        history::verify_past,
        history::stop_verifying,
        history::forget_past,
        history::forget_found,
        history::keep_history,
        history::keep_files::save_history_table,
        history::keep_files::save_receipts,
        receiving::receiving,
        receiving::set_receiving,
        receiving::renew_receiving_token,
        receiving::pick_receive_folder,
        receiving::pick_pem,
        looking::chunk_map,
        looking::speeds,
        looking::set_order,
        looking::send_anyway,
        finished::catalogues,
        finished::finished_files,
        finished::delete_finished,
        destinations::destinations,
        destinations::destination,
        destinations::target,
        destinations::use_destination,
        destinations::remove_destination,
        saving::save_destination,
        saving::test_destination,
        saving::stop_test,
        saving::pick_certificates,
        sending::send_paths,
        sending::pick_paths,
        exchanging::export_destinations,
        exchanging::look_at_destinations,
        exchanging::import_destinations,
        watches::watches,
        watches::save_watch,
        watches::remove_watch,
        watches::pause_watch,
        watches::resume_watch,
        watches::pick_watch_folder
    ]
}

/// What runs behind the window, or why it could not be opened.
pub(crate) fn of<'a>(shared: &'a Shared<'_>) -> Answer<&'a Core> {
    shared.inner().as_ref().as_ref().map_err(Failed::from)
}

/// All that the page shows at its start.
#[derive(Serialize)]
struct Snapshot {
    uploads: Vec<View>,
    receiver: ReceiverView,
    destination: Target,
    notice: Option<String>,
    version: &'static str,
}

#[derive(Serialize)]
struct ReceiverView {
    folder: String,
    address: Option<String>,
}

#[tauri::command]
async fn snapshot(shared: Shared<'_>) -> Answer<Snapshot> {
    let core = of(&shared)?;
    let (listed, unreadable) = core.engine.list().await?;
    let mut uploads: Vec<View> = listed.into_iter().map(|listed| View::new(listed, None)).collect();
    uploads.extend(core.done.all());
    let unread = format!("{unreadable} records cannot be read. They are kept as they are.");
    let notice = core.notice.clone().or((unreadable > 0).then_some(unread));
    Ok(Snapshot {
        uploads,
        receiver: ReceiverView {
            folder: core.station.folder().to_string_lossy().into_owned(),
            address: core.station.url(),
        },
        destination: Target::now(core).await?,
        notice,
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// The page has drawn its first state and hears events: the window is shown, and files that the program was started
/// with are added now, so that their problems are heard.
#[tauri::command]
async fn page_ready<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>) -> Answer<()> {
    window::page_is_ready(&app);
    page::hears(&app);
    let given = shared.inner().as_ref().as_ref().map(Core::take_given).unwrap_or_default();
    asking::act_on(&app, given).await;
    Ok(())
}

/// What came of an add.
#[derive(Default, Serialize)]
pub(crate) struct AddedView {
    added: usize,
    resumed: usize,
    problems: Vec<Problem>,
}

impl From<Added> for AddedView {
    fn from(added: Added) -> Self {
        Self { added: added.added.len(), resumed: added.resumed.len(), problems: added.problems }
    }
}

async fn add(core: &Core, paths: Vec<PathBuf>, to: DestinationId) -> Answer<AddedView> {
    Ok(core.engine.add(AddRequest::new(paths, to)).await?.into())
}

/// Adds files for the destination that the page shows; where it shows none, for the one that was chosen.
#[tauri::command]
async fn add_paths(shared: Shared<'_>, paths: Given<Vec<PathBuf>>, to: Given<Option<Target>>) -> Answer<AddedView> {
    let core = of(&shared)?;
    add(core, paths.0, destinations::meant(core, to.0).await?).await
}

#[tauri::command]
async fn pick_files<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>, to: Given<Option<Target>>) -> Answer<AddedView> {
    let (sender, picked) = oneshot::channel();
    app.dialog().file().pick_files(move |paths| drop(sender.send(paths)));
    add_picked(of(&shared)?, picked.await.ok().flatten(), to.0).await
}

#[tauri::command]
async fn pick_folder<R: Runtime>(
    app: AppHandle<R>,
    shared: Shared<'_>,
    to: Given<Option<Target>>,
) -> Answer<AddedView> {
    let (sender, picked) = oneshot::channel();
    app.dialog().file().pick_folders(move |paths| drop(sender.send(paths)));
    add_picked(of(&shared)?, picked.await.ok().flatten(), to.0).await
}

async fn add_picked(core: &Core, picked: Option<Vec<FilePath>>, to: Option<Target>) -> Answer<AddedView> {
    let paths: Vec<PathBuf> = picked.into_iter().flatten().filter_map(|path| path.into_path().ok()).collect();
    match paths.is_empty() {
        true => Ok(AddedView::default()),
        false => add(core, paths, destinations::meant(core, to).await?).await,
    }
}

/// Adds files that the program was started with; problems are told to the page.
pub(crate) async fn add_and_tell<R: Runtime>(app: &AppHandle<R>, paths: Vec<PathBuf>) {
    let opened = core::opened(app);
    let Ok(core) = &*opened else { return };
    if paths.is_empty() {
        return;
    }
    let added = match destinations::meant(core, None).await {
        Ok(to) => add(core, paths, to).await,
        Err(failed) => Err(failed),
    };
    let problems = match added {
        Ok(added) => added.problems,
        Err(failed) => vec![Problem { path: String::new(), message: failed.message }],
    };
    if !problems.is_empty() {
        page::tell(app, PROBLEMS, problems);
        window::show(app);
    }
}

/// What could be done, and to whom it could not.
#[derive(Serialize)]
pub(crate) struct DoneView {
    done: usize,
    problems: Vec<ProblemView>,
}

#[derive(Serialize)]
struct ProblemView {
    id: UploadId,
    message: String,
}

impl From<Outcomes> for DoneView {
    fn from(outcomes: Outcomes) -> Self {
        let problem = |(id, error): (UploadId, Error)| ProblemView { id, message: Failed::from(&error).message };
        Self { done: outcomes.done.len(), problems: outcomes.problems.into_iter().map(problem).collect() }
    }
}

macro_rules! on_uploads {
    ($($name:ident),*) => {$(
        #[tauri::command]
        async fn $name(shared: Shared<'_>, ids: Given<Vec<UploadId>>) -> Answer<DoneView> {
            Ok(Engine::$name(&of(&shared)?.engine, &ids.0).await.into())
        }
    )*};
}

on_uploads!(pause, resume, start_over, discard, mark_done, finish_again);

#[tauri::command]
fn clear_done<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>) -> Answer<()> {
    let gone: Vec<Change> = of(&shared)?.done.clear().into_iter().map(|id| Change::Removed { id }).collect();
    let _ = app.emit(events::UPLOADS, gone);
    Ok(())
}

#[tauri::command]
fn open_received<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>) -> Answer<()> {
    Ok(open_folder(&app, &of(&shared)?.station.folder())?)
}

/// Opens a folder in the file manager.
pub(crate) fn open_folder<R: Runtime>(app: &AppHandle<R>, folder: &Path) -> Result<(), Error> {
    let folder = folder.to_string_lossy().into_owned();
    let failed = |error: tauri_plugin_opener::Error| {
        Error::new(ErrorKind::Invalid, format!("The folder “{folder}” could not be opened: {error}"))
            .next_step("Open it with the file manager.")
    };
    app.opener().open_path(&folder, None::<&str>).map_err(failed)
}
