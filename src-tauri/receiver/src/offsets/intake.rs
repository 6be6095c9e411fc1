//! A body on its way to the disk: while one block is hashed and written, the next one comes in.

use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::digests::Digester;
use crate::body::{BLOCK, BodyError, Filled, Reader};
use crate::store::{Growth, StoreError};

/// However slowly it comes, what came is written after so long.
const FLUSH: Duration = Duration::from_secs(1);

/// Why a body was not taken to its end.
#[derive(Debug)]
pub(super) enum Stop {
    Body(BodyError),
    Store(StoreError),
}

/// What was taken of a body; all of it is written, nothing yet counts for good.
pub(super) struct Taken {
    pub growth: Growth,
    pub digesters: Vec<Digester>,
    /// Bytes that came.
    pub received: u64,
    /// Why it is not all.
    pub stop: Option<Stop>,
}

/// Takes in a body, until it ends or a newer request comes.
///
/// # Errors
/// Only where even what was taken is lost.
pub(super) async fn take_in(mut reader: Reader, growth: Growth, digesters: Vec<Digester>) -> Result<Taken, StoreError> {
    let ended = growth.ended();
    let mut taken = Taken { growth, digesters, received: 0, stop: None };
    let mut block = Bytes::new();
    loop {
        taken.received += block.len() as u64;
        let writing = taken.write(block);
        let filled = tokio::select! {
            biased;
            () = ended.cancelled() => Err(Stop::Store(StoreError::Superseded)),
            filled = reader.fill_for(BLOCK, FLUSH) => filled.map_err(Stop::Body),
        };
        taken = joined(writing).await?;
        block = reader.buffer.split().freeze();
        if taken.stop.is_some() {
            taken.received += block.len() as u64;
            return Ok(taken);
        }
        match filled {
            Ok(Filled::More) => {}
            Ok(Filled::End) => return taken.write_last(block, None).await,
            Err(stop) => return taken.write_last(block, Some(stop)).await,
        }
    }
}

impl Taken {
    fn write(mut self, block: Bytes) -> JoinHandle<Taken> {
        tokio::task::spawn_blocking(move || {
            self.digesters.iter_mut().for_each(|digester| digester.update(&block));
            let written = if block.is_empty() { self.growth.record_if_due() } else { self.growth.write(&block) };
            self.stop = written.err().map(Stop::Store);
            self
        })
    }

    async fn write_last(mut self, block: Bytes, stop: Option<Stop>) -> Result<Taken, StoreError> {
        self.received += block.len() as u64;
        if !block.is_empty() {
            self = joined(self.write(block)).await?;
        }
        self.stop = self.stop.or(stop);
        Ok(self)
    }
}

async fn joined(writing: JoinHandle<Taken>) -> Result<Taken, StoreError> {
    writing.await.map_err(|error| StoreError::Io(std::io::Error::other(error)))
}
