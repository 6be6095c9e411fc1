//! Keeps a task for each folder that is to be watched, and for no other.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{
    folder::Folder,
    news::{Live, WatchState},
};
use crate::{
    event::Event,
    inner::Inner,
    records::watches::{self, WatchRow},
    upload::WatchId,
};

/// How long a folder whose disk does not answer may take to stop.
const PATIENCE: Duration = Duration::from_secs(2);

struct Kept {
    row: WatchRow,
    stop: CancellationToken,
    wake: Arc<Notify>,
    task: JoinHandle<()>,
}

/// Watches what is to be watched until the engine stops.
pub(crate) async fn keep(inner: Arc<Inner>) {
    let mut kept: HashMap<WatchId, Kept> = HashMap::new();
    let mut events = inner.listeners.subscribe();
    loop {
        tokio::select! {
            () = inner.stop.cancelled() => break,
            () = inner.watching.changed.notified() => put_right(&inner, &mut kept).await,
            // What arrived may have to be moved.
            Some(event) = events.recv() => if let Event::Finished { .. } = event {
                kept.values().filter(|kept| kept.row.rule.move_sent).for_each(|kept| kept.wake.notify_one());
            },
        }
    }
    for (_, kept) in kept {
        kept.stop.cancel();
        let _ = tokio::time::timeout(PATIENCE, kept.task).await;
    }
}

async fn put_right(inner: &Arc<Inner>, kept: &mut HashMap<WatchId, Kept>) {
    let wanted = match inner.watching.is_wanted() {
        true => inner.records.run(watches::list).await,
        false => Ok(Vec::new()),
    };
    let wanted = match wanted {
        Ok(rows) => rows.into_iter().filter(|row| !row.paused),
        Err(error) => return tracing::warn!(%error, "the watched folders cannot be read"),
    };
    let wanted: HashMap<WatchId, WatchRow> = wanted.map(|row| (row.id, row)).collect();
    let mut ending = HashMap::new();
    kept.retain(|id, now| {
        let stays = wanted.get(id) == Some(&now.row);
        if !stays {
            now.stop.cancel();
            ending.insert(*id, std::mem::replace(&mut now.task, tokio::spawn(async {})));
        }
        stays
    });
    for (id, row) in wanted.into_iter().filter(|(id, _)| !kept.contains_key(id)).collect::<Vec<_>>() {
        kept.insert(id, start(inner, row, ending.remove(&id)));
    }
    inner.watching.tell(super::WatchNews::Changed);
}

/// Watches a folder once whoever watched it before, by another rule, is done.
fn start(inner: &Arc<Inner>, row: WatchRow, before: Option<JoinHandle<()>>) -> Kept {
    let (stop, wake) = (inner.stop.child_token(), Arc::new(Notify::new()));
    let (engine, watched, ears, token) = (Arc::clone(inner), row.clone(), Arc::clone(&wake), stop.clone());
    let task = tokio::spawn(async move {
        if let Some(before) = before {
            let _ = before.await;
        }
        let id = watched.id;
        match Folder::new(Arc::clone(&engine), watched, ears, token.clone()) {
            Ok(folder) => folder.watch().await,
            Err(error) => {
                let state = WatchState::Trouble { message: error.to_string() };
                engine.watching.note(id, Live { state, waiting: 0, changed: 0, problem: None });
                token.cancelled().await;
            }
        }
        engine.watching.forget(id);
    });
    Kept { row, stop, wake, task }
}
