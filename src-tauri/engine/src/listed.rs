//! Uploads as a list shows them: what stands in the records, and for those that run what is known at this moment.

use std::collections::HashMap;

use crate::{
    engine::Engine,
    error::Result,
    event::Progress,
    inner::{Turn, lock},
    records::uploads,
    upload::{Upload, UploadId},
};

/// An upload as a list shows it: its record, and what is known while it runs.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The record, with the state and counters of the moment.
    pub upload: Upload,
    /// Payload bytes that left in this run.
    pub sent: u64,
    /// Bytes whose digests were compared with the destination's in this run.
    pub verified: u64,
    /// Confirmed bytes a second; none while it does not run.
    pub bytes_per_second: Option<f64>,
}

impl Engine {
    /// All uploads that are not delivered, oldest first, and the number of records that could not be read.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn list(&self) -> Result<(Vec<Listed>, u64)> {
        let (uploads, unreadable) = self.inner.records.run(uploads::list).await?;
        let running = lock(&self.inner.running).clone();
        let listed = uploads.into_iter().map(|upload| listed(upload, &running)).collect();
        Ok((listed, unreadable))
    }

    /// One upload; none where its record is gone.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn get(&self, id: UploadId) -> Result<Option<Listed>> {
        let upload = self.inner.records.run(move |connection| uploads::get(connection, id)).await?;
        let running = lock(&self.inner.running).clone();
        Ok(upload.map(|upload| listed(upload, &running)))
    }

    /// What can be resumed: everything unfinished that nothing moves by itself.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn resumable(&self) -> Result<Vec<Listed>> {
        let (listed, _) = self.list().await?;
        Ok(listed.into_iter().filter(|listed| listed.upload.state.is_resting()).collect())
    }

    /// Those of `ids` whose records can be read, in one look.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn get_all(&self, ids: Vec<UploadId>) -> Result<Vec<Listed>> {
        let look = move |connection: &_| {
            Ok(ids.iter().filter_map(|id| uploads::get(connection, *id).ok()?).collect::<Vec<_>>())
        };
        let uploads = self.inner.records.run(look).await?;
        let running = lock(&self.inner.running).clone();
        Ok(uploads.into_iter().map(|upload| listed(upload, &running)).collect())
    }

    /// Where every unfinished upload stands, in the order in which they are to run: its priority and its position.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn places(&self) -> Result<Vec<(UploadId, i32, f64)>> {
        self.inner.records.run(uploads::places).await
    }

    /// How far each upload is that runs at this moment.
    pub fn running(&self) -> Vec<Progress> {
        lock(&self.inner.running).values().map(|turn| turn.live.progress()).collect()
    }
}

fn listed(mut upload: Upload, running: &HashMap<UploadId, Turn>) -> Listed {
    let Some(turn) = running.get(&upload.id) else {
        return Listed { upload, sent: 0, verified: 0, bytes_per_second: None };
    };
    let progress = turn.live.progress();
    upload.state = turn.live.state();
    upload.confirmed = progress.confirmed;
    upload.chunks_left = progress.chunks_left;
    Listed {
        upload,
        sent: progress.sent,
        verified: progress.verified,
        bytes_per_second: Some(progress.bytes_per_second),
    }
}
