//! What Carryon says while its window may not be seen: what was interrupted (`offer`), what arrived and what needs a person
//! (`news`). A setting says how much of it is wanted; without a notification service the window says it alone.

pub mod news;
pub mod offer;

use carryon_engine::Listed;
use tauri::{AppHandle, Runtime};

use crate::{page, window};

const SHOW: &str = "show";
/// Tells the page that *Show* was pressed where something was interrupted.
const SHOW_RESUMABLE: &str = "show-resumable";
/// Tells the page that *Show* was pressed where something arrived or needs a person.
const SHOW_UPLOADS: &str = "show-uploads";

/// Brings the window to the front, at the list that `event` is about.
fn lead_to<R: Runtime>(app: &AppHandle<R>, event: &'static str) {
    window::show(app);
    page::tell(app, event, ());
}

fn name_of_first(listed: &[Listed]) -> &str {
    listed.first().map_or("", |listed| listed.upload.name.as_str())
}
