//! What Carryon says while its window may not be seen: what was interrupted (`offer`), what arrived and what needs a person
//! (`news`). A setting says how much of it is wanted; without a notification service the window says it alone.

pub mod news;
pub mod offer;

use carryon_engine::{Engine, Listed};
use serde_json::Value;
use tauri::{AppHandle, Runtime};

use crate::{page, window};

/// The setting, beside the window's others: `all`, `problems` or `none`; all where nothing is set.
pub const SETTING: &str = "window:notifications";

const SHOW: &str = "show";
/// Tells the page that *Show* was pressed where something was interrupted.
const SHOW_RESUMABLE: &str = "show-resumable";
/// Tells the page that *Show* was pressed where something arrived or needs a person.
const SHOW_UPLOADS: &str = "show-uploads";

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// Nothing.
    None,
    /// What needs an answer or a deed.
    Problems,
    /// That, and what arrived.
    All,
}

impl Wanted {
    /// As it is set.
    pub async fn of(engine: &Engine) -> Self {
        match engine.setting(SETTING).await.ok().flatten().as_ref().and_then(Value::as_str) {
            Some("none") => Wanted::None,
            Some("problems") => Wanted::Problems,
            _ => Wanted::All,
        }
    }
}

/// Brings the window to the front, at the list that `event` is about.
fn lead_to<R: Runtime>(app: &AppHandle<R>, event: &'static str) {
    window::show(app);
    page::tell(app, event, ());
}

fn name_of_first(listed: &[Listed]) -> &str {
    listed.first().map_or("", |listed| listed.upload.name.as_str())
}
