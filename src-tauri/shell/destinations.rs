//! The saved destinations: which there are, where new files go, and removing one. An address goes to the page whole only
//! where it is to be edited: its query, and the path of an upload link, let in whoever knows them.

use std::{collections::HashMap, path::Path};

use carryon_engine::{DestinationId, DestinationRow, Error, ErrorKind, Removal, UploadId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    commands::{Answer, Shared, of},
    core::Core,
    finished,
    given::Given,
};

/// A destination as a list shows it.
#[derive(Serialize)]
pub struct Saved {
    id: DestinationId,
    /// Its name; empty where it is only known by its address.
    name: String,
    /// It is *This computer*.
    own: bool,
    /// New files go there.
    chosen: bool,
    /// Its address, without what may be secret; with *This computer* the folder.
    address: String,
    token: Token,
    /// How many unfinished uploads need it.
    uploads: usize,
    /// It tells which finished files it holds.
    tells_files: bool,
}

/// Where its token is kept.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Token {
    None,
    Keychain,
    Session,
}

/// A destination as it is edited.
#[derive(Serialize)]
pub struct Whole {
    #[serde(flatten)]
    saved: Saved,
    /// All of its address; empty where that was lost, and with *This computer*.
    whole_address: String,
    /// What is set about it; none where that cannot be read.
    settings: Option<Value>,
}

/// Where new files go: what the page shows, and gives back with the files.
#[derive(Debug, Serialize, Deserialize)]
pub struct Target {
    id: DestinationId,
    name: String,
    #[serde(default)]
    own: bool,
    #[serde(default)]
    address: String,
    /// There are other destinations to choose from.
    #[serde(default)]
    others: bool,
}

impl Target {
    /// Where they go now.
    pub async fn now(core: &Core) -> Answer<Self> {
        Self::of(core, &core.engine.chosen_destination().await?).await
    }

    async fn of(core: &Core, row: &DestinationRow) -> Answer<Self> {
        let others = core.engine.destinations().await?.len() > 1;
        let (name, address) = (row.shown_name().to_owned(), shown_address(core, row));
        Ok(Self { id: row.id, name, own: row.id == core.destination.id, address, others })
    }
}

/// All destinations, *This computer* first.
#[tauri::command]
pub async fn destinations(shared: Shared<'_>) -> Answer<Vec<Saved>> {
    let core = of(&shared)?;
    let (rows, uploads) = (core.engine.destinations().await?, uploads_of_each(core).await?);
    let chosen = core.engine.chosen_destination().await?.id;
    let view = |row| saved(core, row, chosen, uploads.get(&row.id).copied().unwrap_or(0));
    let mut views: Vec<_> = rows.iter().map(view).collect();
    views.sort_by_key(|view| !view.own);
    Ok(views)
}

/// One of them, to be edited.
#[tauri::command]
pub async fn destination(shared: Shared<'_>, id: Given<DestinationId>) -> Answer<Whole> {
    let core = of(&shared)?;
    let (row, uploads) = (row(core, id.0).await?, uploads_of_each(core).await?);
    let chosen = core.engine.chosen_destination().await?.id;
    let saved = saved(core, &row, chosen, uploads.get(&row.id).copied().unwrap_or(0));
    let settings = row.settings().ok().and_then(|set| serde_json::to_value(set).ok());
    let whole_address = if row.address.contains("://") { row.address } else { String::new() };
    Ok(Whole { saved, whole_address, settings })
}

/// Where new files go.
#[tauri::command]
pub async fn target(shared: Shared<'_>) -> Answer<Target> {
    Target::now(of(&shared)?).await
}

/// Lets new files go there from now on.
#[tauri::command]
pub async fn use_destination(shared: Shared<'_>, id: Given<DestinationId>) -> Answer<Target> {
    let core = of(&shared)?;
    Target::of(core, &core.engine.choose_destination(id.0).await?).await
}

/// What becomes of the unfinished uploads of a destination that is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfinished {
    /// They go on; the destination is hidden, and goes when they are through.
    Finish,
    /// They are discarded, here and there.
    Discard,
}

/// What became of a destination that was to be removed.
#[derive(Serialize)]
pub struct Removed {
    /// Where new files go now.
    target: Target,
    /// It is hidden, and goes once nothing needs it any more.
    waits: bool,
}

/// Removes one. What its unfinished uploads come to has to be said where it has some: nobody asked for more than that else.
#[tauri::command]
pub async fn remove_destination(
    shared: Shared<'_>,
    id: Given<DestinationId>,
    uploads: Given<Option<Unfinished>>,
) -> Answer<Removed> {
    let core = of(&shared)?;
    let row = row(core, id.0).await?;
    if let Some(watch) = core.engine.watches().await?.iter().find(|watch| watch.row.destination == row.id) {
        return Err(watched(&row, &watch.row.path).into());
    }
    let needed_by = uploads_of(core, row.id).await?;
    if uploads.0.is_none() && !needed_by.is_empty() {
        return Err(still_needed(&row, needed_by.len()).into());
    }
    if uploads.0 == Some(Unfinished::Discard) {
        let outcomes = core.engine.discard(&needed_by).await;
        if let Some((_, error)) = outcomes.problems.into_iter().next() {
            return Err(error.into());
        }
    }
    let removal = core.engine.retire_destination(&row.name).await?;
    Ok(Removed { target: Target::now(core).await?, waits: removal != Removal::Gone })
}

async fn uploads_of(core: &Core, id: DestinationId) -> Answer<Vec<UploadId>> {
    let (listed, _) = core.engine.list().await?;
    Ok(listed.iter().filter(|listed| listed.upload.destination == id).map(|listed| listed.upload.id).collect())
}

fn watched(row: &DestinationRow, folder: &Path) -> Error {
    let text = format!("“{}” stays: the watched folder “{}” sends there", row.shown_name(), folder.display());
    Error::new(ErrorKind::Invalid, text)
        .next_step("Let that folder send elsewhere, or remove it, then remove the destination.")
}

/// Why it stays, in words of the window.
fn still_needed(row: &DestinationRow, uploads: usize) -> Error {
    let name = row.shown_name();
    let (text, step) = match uploads {
        1 => (
            format!("“{name}” stays: one unfinished upload needs it"),
            "Let it finish, or discard it, then remove the destination.",
        ),
        _ => (
            format!("“{name}” stays: {uploads} unfinished uploads need it"),
            "Let them finish, or discard them, then remove the destination.",
        ),
    };
    Error::new(ErrorKind::Invalid, text).next_step(step)
}

/// The destination that files are meant for: the one the page showed, as long as that is still what it was.
pub(crate) async fn meant(core: &Core, to: Option<Target>) -> Answer<DestinationId> {
    let Some(to) = to else { return able(core, core.engine.chosen_destination().await?.id) };
    let rows = core.engine.destinations().await?;
    let is_meant = |row: &DestinationRow| match to.name.is_empty() {
        // One without a name is told from others by its id alone.
        true => row.name == row.address,
        false => row.shown_name() == to.name,
    };
    if rows.iter().any(|row| row.id == to.id && is_meant(row)) {
        return able(core, to.id);
    }
    let text = format!("The destination “{}” was removed or renamed meanwhile; nothing was added", to.name);
    Err(Error::new(ErrorKind::Invalid, text).next_step("See where files go now, then drop them again.").into())
}

/// *This computer* is no destination while its receiving is switched off.
fn able(core: &Core, id: DestinationId) -> Answer<DestinationId> {
    if id != core.destination.id || core.station.is_on() {
        return Ok(id);
    }
    let text = "“This computer” does not receive now; nothing was added";
    let step = "Switch it on on the page Receiving, or send new files elsewhere.";
    Err(Error::new(ErrorKind::Offline, text).next_step(step).into())
}

/// The row of that id.
pub(crate) async fn row(core: &Core, id: DestinationId) -> Answer<DestinationRow> {
    let rows = core.engine.destinations().await?;
    let gone = || Error::new(ErrorKind::Invalid, "This destination was removed meanwhile").next_step("Close the form.");
    Ok(rows.into_iter().find(|row| row.id == id).ok_or_else(gone)?)
}

async fn uploads_of_each(core: &Core) -> Answer<HashMap<DestinationId, usize>> {
    let mut counts = HashMap::new();
    for listed in core.engine.list().await?.0 {
        *counts.entry(listed.upload.destination).or_default() += 1;
    }
    Ok(counts)
}

fn saved(core: &Core, row: &DestinationRow, chosen: DestinationId, uploads: usize) -> Saved {
    let token = match row.secret.is_some() {
        true => Token::Keychain,
        false if core.engine.holds_token(row.id) => Token::Session,
        false => Token::None,
    };
    Saved {
        id: row.id,
        name: if row.name == row.address { String::new() } else { row.name.clone() },
        own: row.id == core.destination.id,
        chosen: row.id == chosen,
        address: shown_address(core, row),
        token,
        uploads,
        tells_files: finished::tells(core, row),
    }
}

fn shown_address(core: &Core, row: &DestinationRow) -> String {
    match row.id == core.destination.id {
        true if core.station.is_on() => core.station.folder().to_string_lossy().into_owned(),
        true => String::new(),
        false => without_secrets(&row.address),
    }
}

/// Of the query only the preset, which names a service; of an upload link only the host. Empty for a lost address.
fn without_secrets(address: &str) -> String {
    let (place, query) = address.split_once('?').unwrap_or((address, ""));
    let preset = query.split('&').find(|part| part.starts_with("preset="));
    let Some(host) = place.find("://").map(|at| at + 3) else { return String::new() };
    let place = match (preset, place[host..].find('/')) {
        (Some("preset=vimeo"), Some(path)) => &place[..host + path + 1],
        _ => place,
    };
    preset.map_or(place.to_owned(), |preset| format!("{place}?{preset}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_no_query_and_no_upload_link() {
        for (address, shown) in [
            ("fineuploader+https://h/up?done=/d&key=hunter2", "fineuploader+https://h/up"),
            ("tus+https://h/files/?preset=cloudflare&direct=1", "tus+https://h/files/?preset=cloudflare"),
            ("tus+https://t.vimeo.example/files/hunter2?preset=vimeo", "tus+https://t.vimeo.example/?preset=vimeo"),
            ("ietf+http://127.0.0.1:9/resumable/", "ietf+http://127.0.0.1:9/resumable/"),
            ("lost-address+7", ""),
            (carryon_engine::THIS_COMPUTER, ""),
        ] {
            assert_eq!(without_secrets(address), shown, "{address}");
        }
    }
}
