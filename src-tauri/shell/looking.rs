//! One upload beside its row: where its bytes are, how fast they moved, where it stands in the queue, and what lets it go.

use carryon_engine::{ChunkMap, Order, UploadId};

use crate::{
    commands::{Answer, DoneView, Shared, of},
    given::Given,
    speeds::Series,
};

/// Which parts of the file the destination holds, in at most `cells` cells; nothing where the upload is gone.
#[tauri::command]
pub async fn chunk_map(shared: Shared<'_>, id: Given<UploadId>, cells: Given<u32>) -> Answer<Option<ChunkMap>> {
    Ok(of(&shared)?.engine.chunk_map(id.0, cells.0).await?)
}

/// How fast one upload was lately, or all together.
#[tauri::command]
pub fn speeds(shared: Shared<'_>, id: Given<Option<UploadId>>) -> Answer<Series> {
    Ok(of(&shared)?.speeds.of(id.0))
}

/// Moves uploads within the queue, in the order in which they are given.
#[tauri::command]
pub async fn set_order(shared: Shared<'_>, ids: Given<Vec<UploadId>>, order: Given<Order>) -> Answer<DoneView> {
    let core = of(&shared)?;
    let outcomes = core.engine.set_order(&ids.0, order.0).await;
    Ok(outcomes.into())
}

/// Lets uploads go on, in this run, that wait for another connection or for power.
#[tauri::command]
pub fn send_anyway(shared: Shared<'_>, ids: Given<Vec<UploadId>>) -> Answer<()> {
    of(&shared)?.engine.send_anyway(&ids.0);
    Ok(())
}
