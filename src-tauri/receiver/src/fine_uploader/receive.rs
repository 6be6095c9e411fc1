//! Taking in the bytes of a request: a chunk, or a file sent whole.

use bytes::Bytes;
use serde_json::json;
use tokio::task::JoinHandle;

use super::answer::{Answer, Failure};
use super::params::{ChunkRange, UploadRequest};
use crate::access_log::Outcome;
use crate::payload::Payload;
use crate::store::{BlockWriter, Delivered, MAX_SMALL, Store, StoreError};

/// Takes in what the request carries and says what was acknowledged.
pub(super) async fn receive(store: &Store, request: UploadRequest, payload: &mut Payload) -> Result<Answer, Failure> {
    if request.resume && !store.knows(&request.uuid) {
        return Err(Failure::Reset);
    }
    match request.chunk {
        Some(range) => chunk(store, request, range, payload).await,
        None => whole(store, request, payload).await,
    }
}

async fn chunk(
    store: &Store,
    request: UploadRequest,
    range: ChunkRange,
    payload: &mut Payload,
) -> Result<Answer, Failure> {
    let writer = store.begin_chunk(&request.uuid, request.meta, range.offset, range.length).await?;
    let writer = pump(payload, None, writer).await?;
    let receipt = on_disk(move || writer.commit_chunk(request.digest)).await?;
    let outcome = if receipt.repeat { Outcome::Repeat } else { Outcome::Stored };
    Ok(Answer::ok(outcome, json!({ "success": true, "blake3": receipt.digest.to_hex() })))
}

async fn whole(store: &Store, request: UploadRequest, payload: &mut Payload) -> Result<Answer, Failure> {
    let first = payload.next_block().await?.unwrap_or_default();
    let UploadRequest { uuid, meta, digest, .. } = request;
    let delivered = if payload.has_ended() && first.len() <= MAX_SMALL {
        store.put_small(&uuid, meta, first, digest).await?
    } else {
        let writer = store.begin_whole(&uuid, meta).await?;
        let writer = pump(payload, Some(first), writer).await?;
        on_disk(move || writer.commit_whole(digest)).await?
    };
    Ok(delivered_answer(&delivered))
}

fn delivered_answer(delivered: &Delivered) -> Answer {
    let outcome = if delivered.repeat { Outcome::Repeat } else { Outcome::Stored };
    let digest = delivered.digest.map(|digest| digest.to_hex());
    Answer::ok(outcome, json!({ "success": true, "blake3": digest, "location": delivered.location }))
}

/// Hands the bytes to the writer. While one block is hashed and written, the next one comes in.
///
/// # Errors
/// [`StoreError::Superseded`] when a newer request sends the same bytes. Nothing counts after an error.
async fn pump(payload: &mut Payload, first: Option<Bytes>, writer: BlockWriter) -> Result<BlockWriter, Failure> {
    let ended = writer.ended();
    let mut writing = start(writer, first.unwrap_or_default());
    loop {
        let next = tokio::select! {
            biased;
            () = ended.cancelled() => Err(StoreError::Superseded.into()),
            next = payload.next_block() => next.map_err(Failure::from),
        };
        let writer = joined(writing).await?;
        match next? {
            Some(block) => writing = start(writer, block),
            None => return Ok(writer),
        }
    }
}

type Writing = JoinHandle<Result<BlockWriter, StoreError>>;

fn start(mut writer: BlockWriter, block: Bytes) -> Writing {
    tokio::task::spawn_blocking(move || writer.write(&block).map(|()| writer))
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    joined(tokio::task::spawn_blocking(work)).await
}

async fn joined<T>(task: JoinHandle<Result<T, StoreError>>) -> Result<T, StoreError> {
    task.await.unwrap_or_else(|error| Err(StoreError::Io(std::io::Error::other(error))))
}
