//! What the user sets for everything, as the page sees and changes it: the engine's preferences, and beside them those that
//! only this program needs. All of them hold at once; a senseless value is refused by its name, and nothing is changed.

mod own;

use carryon_engine::{Engine, Error, ErrorKind, preferences::KEYS};
use carryon_system::Log;
use serde::Serialize;
use serde_json::{Map, Value};
use tauri::{AppHandle, Emitter, Manager, Runtime, State};

pub use own::{Notifications, Own};

use crate::{
    commands::{Answer, Failed, Shared, of},
    core::{self, Core},
    given::Given,
};

/// The event that says what is set now.
const PREFERENCES: &str = "preferences";

/// A refusal, and the preference that it is about.
#[derive(Debug, Serialize)]
pub struct Refused {
    #[serde(flatten)]
    failed: Failed,
    field: Option<String>,
}

impl From<Failed> for Refused {
    fn from(failed: Failed) -> Self {
        Self { failed, field: None }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Failed::from(error).into()
    }
}

fn about(key: &str, message: String) -> Refused {
    let error = Error::new(ErrorKind::Invalid, message).next_step("Nothing was changed.");
    Refused { failed: error.into(), field: Some(key.to_owned()) }
}

/// All that is set, with the defaults beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Preferred {
    values: Value,
    defaults: Value,
    /// Which could not be read; their defaults hold.
    unreadable: Vec<String>,
}

impl Preferred {
    fn now<R: Runtime>(app: &AppHandle<R>, engine: &Engine) -> Self {
        let own = app.state::<Own>();
        let with_own = |preferences, own: Map<String, Value>| {
            let mut all = serde_json::to_value(preferences).expect("preferences are plain data");
            all.as_object_mut().expect("an object").extend(own);
            all
        };
        let refused = engine.unreadable_preferences().into_iter().map(|refusal| refusal.key);
        Self {
            values: with_own(engine.preferences(), own.values()),
            defaults: with_own(engine.default_preferences(), Own::defaults()),
            unreadable: refused.chain(own.unreadable()).collect(),
        }
    }
}

/// Reads this program's own preferences and lets them hold; tells the page of every change from here on.
pub async fn start<R: Runtime>(app: AppHandle<R>, engine: &Engine) {
    let own = app.state::<Own>();
    own.read(engine).await;
    own.apply(&app);
    let mut changes = engine.watch_preferences();
    tauri::async_runtime::spawn(async move {
        while changes.changed().await.is_ok() {
            tell(&app);
        }
    });
}

fn tell<R: Runtime>(app: &AppHandle<R>) {
    if let Ok(core) = &*core::opened(app) {
        let _ = app.emit(PREFERENCES, Preferred::now(app, &core.engine));
    }
}

/// What is set.
#[tauri::command]
pub fn preferences<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>) -> Answer<Preferred> {
    Ok(Preferred::now(&app, &of(&shared)?.engine))
}

/// Changes what the patch names, all of it or nothing.
#[tauri::command]
pub async fn set_preferences<R: Runtime>(
    app: AppHandle<R>,
    shared: Shared<'_>,
    patch: Given<Map<String, Value>>,
) -> Result<Preferred, Refused> {
    let core = of(&shared)?;
    let (own, engines): (Map<_, _>, Map<_, _>) = patch.0.into_iter().partition(|(key, _)| Own::knows(key));
    let own_state = app.state::<Own>();
    own_state.check(&own).map_err(|(key, message)| about(&key, message))?;
    if let Err(refusals) = core.engine.change_preferences(&engines).await? {
        let first = refusals.into_iter().next();
        return Err(first.map_or_else(|| about("", String::new()), |first| about(&first.key, first.message)));
    }
    own_state.set(&core.engine, own).await?;
    own_state.apply(&app);
    tell(&app);
    Ok(Preferred::now(&app, &core.engine))
}

/// Lets preferences be as if nobody had ever set them; all, where none is named.
#[tauri::command]
pub async fn reset_preferences<R: Runtime>(
    app: AppHandle<R>,
    shared: Shared<'_>,
    keys: Given<Vec<String>>,
) -> Result<Preferred, Refused> {
    let (core, keys) = (of(&shared)?, keys.0);
    let is_known = |key: &String| KEYS.contains(&key.as_str()) || Own::knows(key);
    if let Some(key) = keys.iter().find(|key| !is_known(key)) {
        return Err(about(key, format!("There is no setting “{key}”")));
    }
    let (own, engines): (Vec<String>, Vec<String>) = keys.iter().cloned().partition(|key| Own::knows(key));
    let own_state = app.state::<Own>();
    let defaults = Own::defaults().into_iter().filter(|(key, _)| keys.is_empty() || own.contains(key));
    own_state.set(&core.engine, defaults.collect()).await?;
    if keys.is_empty() || !engines.is_empty() {
        core.engine.reset_preferences(&engines).await?;
    }
    own_state.apply(&app);
    tell(&app);
    Ok(Preferred::now(&app, &core.engine))
}

/// A report for whoever is to find a fault; names of files and places only where they are wanted.
#[tauri::command]
pub async fn report<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>, names: Given<bool>) -> Answer<String> {
    let core: &Core = of(&shared)?;
    let log = app.state::<Log>().inner().clone();
    let own = app.state::<Own>().values();
    let own: Vec<(&str, String)> =
        own.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default().to_owned())).collect();
    Ok(carryon_system::report(&core.engine, &log, env!("CARGO_PKG_VERSION"), &own, names.0).await?)
}

/// Where everything of this program lies.
#[derive(Serialize)]
pub struct Folders {
    data: String,
    logs: Option<String>,
}

/// Where everything of this program lies.
#[tauri::command]
pub fn data_folder(shared: Shared<'_>, log: State<'_, Log>) -> Answer<Folders> {
    let core: &Core = of(&shared)?;
    let logs = log.folder().map(|folder| folder.to_string_lossy().into_owned());
    Ok(Folders { data: core.data_dir.to_string_lossy().into_owned(), logs })
}

/// Opens the folder of the records, or that of the log, in the file manager.
#[tauri::command]
pub fn open_data_folder<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>, logs: Given<bool>) -> Answer<()> {
    let data = &of(&shared)?.data_dir;
    let folder = app.state::<Log>().folder().filter(|folder| logs.0 && folder.is_dir()).unwrap_or_else(|| data.clone());
    Ok(crate::commands::open_folder(&app, &folder)?)
}

/// Whether something may be said beside the window.
pub fn notifications<R: Runtime>(app: &AppHandle<R>) -> Notifications {
    app.state::<Own>().notifications()
}

/// The state that Tauri keeps for these commands.
pub fn manage<R: Runtime>(app: &AppHandle<R>, log: Log) {
    app.manage(log);
    app.manage(Own::default());
}
