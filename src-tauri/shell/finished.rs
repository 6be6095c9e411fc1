//! The finished files of destinations: which destinations tell of theirs, what they tell, and deleting one.

use carryon_engine::{
    DestinationId, DestinationRow, Error, ErrorKind,
    destination::{FinishedFile, Listing},
};
use serde::Serialize;

use crate::{
    commands::{Answer, Failed, Shared, of},
    core::Core,
    given::Given,
};

/// A destination that tells which files it holds.
#[derive(Serialize)]
pub struct CatalogueView {
    id: DestinationId,
    name: String,
    /// It is *This computer*.
    own: bool,
}

/// The destinations that tell which files they hold, *This computer* first.
#[tauri::command]
pub async fn catalogues(shared: Shared<'_>) -> Answer<Vec<CatalogueView>> {
    let core = of(&shared)?;
    let rows = core.engine.destinations().await?;
    let mut views: Vec<_> = rows.into_iter().filter(|row| tells(core, row)).map(|row| view(core, row)).collect();
    views.sort_by_key(|view| !view.own);
    Ok(views)
}

/// The finished files that a destination tells of.
#[tauri::command]
pub async fn finished_files(shared: Shared<'_>, destination: Given<DestinationId>) -> Answer<Listing> {
    of(&shared)?.engine.finished_files(destination.0).await.map_err(refused)
}

/// Deletes one of them, for good.
#[tauri::command]
pub async fn delete_finished(
    shared: Shared<'_>,
    destination: Given<DestinationId>,
    file: Given<FinishedFile>,
) -> Answer<()> {
    of(&shared)?.engine.delete_finished(destination.0, &file.0).await.map_err(refused)
}

/// The error with advice for a list: what is general speaks of uploads.
fn refused(error: Error) -> Failed {
    let advice = match error.kind() {
        ErrorKind::Invalid | ErrorKind::Storage => return error.into(),
        ErrorKind::Unauthorized => "Check the token or password of this destination, then refresh.",
        ErrorKind::Rejected | ErrorKind::Gone => "Refresh to see what is there now.",
        _ => "Refresh when the destination can be reached again.",
    };
    error.next_step(advice).into()
}

/// Whether a destination tells which files it holds.
pub(crate) fn tells(core: &Core, row: &DestinationRow) -> bool {
    match row.id == core.destination.id {
        true => core.station.is_on(),
        false => row.settings().is_ok_and(|settings| settings.fine_uploader.session.is_some()),
    }
}

fn view(core: &Core, row: DestinationRow) -> CatalogueView {
    CatalogueView { own: row.id == core.destination.id, id: row.id, name: row.shown_name().to_owned() }
}
