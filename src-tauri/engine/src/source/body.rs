//! A chunk's bytes on their way out: streamed in blocks, hashed as they leave, counted as they are taken.
//!
//! A body can be opened again for a retry. Where its request could complete the object, the last block is held back
//! until the file is proved unchanged (DESIGN P4); a failed proof breaks the body, and with it the request.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::{sync::mpsc, time::Instant};

use super::{BLOCK, Identity, SourceFile};
use crate::{
    chunk::{Chunk, Digest},
    error::{Error, Result},
    pace::Pacer,
};

/// The most that is handed to the network at once; progress and stalls are seen in steps of this size.
const FRAME: usize = 64 * 1024;

/// Counts payload bytes as the network takes them.
#[derive(Debug, Default)]
pub struct Meter {
    sent: AtomicU64,
    pacers: Vec<Arc<Pacer>>,
}

impl Meter {
    /// A meter whose bytes keep to the limits of `pacers`.
    pub(crate) fn paced(pacers: Vec<Arc<Pacer>>) -> Self {
        Self { sent: AtomicU64::new(0), pacers }
    }

    /// Payload bytes taken by the network so far.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

/// What became of the body since it was last opened.
#[derive(Debug)]
struct Passage {
    digest: Option<Digest>,
    fault: Option<Error>,
    taken: u64,
    moved_at: Instant,
}

impl Default for Passage {
    fn default() -> Self {
        Self { digest: None, fault: None, taken: 0, moved_at: Instant::now() }
    }
}

/// One chunk of a source as a request body.
#[derive(Clone, Debug)]
pub struct ChunkBody {
    source: Arc<SourceFile>,
    chunk: Chunk,
    proof: Option<Identity>,
    meter: Arc<Meter>,
    passage: Arc<Mutex<Passage>>,
}

impl ChunkBody {
    /// The body of `chunk`, counted on the upload's `meter`. With `proof`, the last block leaves only after the
    /// file was found to be that identity still.
    pub fn new(source: Arc<SourceFile>, chunk: Chunk, proof: Option<Identity>, meter: Arc<Meter>) -> Self {
        Self { source, chunk, proof, meter, passage: Arc::default() }
    }

    /// The byte range.
    pub fn chunk(&self) -> Chunk {
        self.chunk
    }

    /// The bytes, from the first one; may be opened again after a failure.
    pub fn open(&self) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        let nothing = (self.chunk.length == 0).then(|| *blake3::hash(b"").as_bytes());
        *self.lock() = Passage { digest: nothing, ..Passage::default() };
        let (sender, receiver) = mpsc::channel(2);
        let reader = self.clone();
        tokio::task::spawn_blocking(move || reader.read_into(&sender));
        let (paced, counted) = (self.clone(), self.clone());
        stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|item| (item, receiver)) })
            .flat_map(|block| stream::iter(frames(block)))
            .then(move |frame| paced.clone().pace(frame))
            .inspect(move |frame| counted.count(frame))
    }

    /// Reads the bytes without sending them. Blocks on the disk.
    ///
    /// # Errors
    /// As [`SourceFile::read_exact_at`].
    pub(crate) fn look_through(&self, look: impl FnMut(&[u8])) -> Result<()> {
        self.source.read_through(self.chunk, look)
    }

    /// The digest of what was sent; none until the last byte was taken from the disk.
    pub fn digest(&self) -> Option<Digest> {
        self.lock().digest
    }

    /// Why the body broke, if it did: the file, not the network, is the cause.
    pub fn fault(&self) -> Option<Error> {
        self.lock().fault.clone()
    }

    /// Whether the network took every byte: before that, a lost answer cannot have completed anything.
    pub fn all_taken(&self) -> bool {
        self.lock().taken == self.chunk.length
    }

    /// How long no byte of this body has moved.
    pub fn idle(&self) -> Duration {
        self.lock().moved_at.elapsed()
    }

    fn read_into(&self, sender: &mpsc::Sender<Result<Bytes>>) {
        let mut hasher = blake3::Hasher::new();
        let mut at = self.chunk.offset;
        while at < self.chunk.end() {
            let take = usize::try_from(self.chunk.end() - at).unwrap_or(BLOCK).min(BLOCK);
            at += take as u64;
            let block = self.read_block(at - take as u64, take, at == self.chunk.end());
            if let Ok(block) = &block {
                hasher.update(block);
            }
            if at == self.chunk.end() && block.is_ok() {
                self.lock().digest = Some(*hasher.finalize().as_bytes());
            }
            let broken = block.is_err();
            if sender.blocking_send(block).is_err() || broken {
                return;
            }
        }
    }

    fn read_block(&self, at: u64, take: usize, last: bool) -> Result<Bytes> {
        let mut block = vec![0; take];
        let mut read = self.source.read_exact_at(&mut block, at);
        if let (Ok(()), true, Some(identity)) = (&read, last, &self.proof) {
            read = self.source.check(identity);
        }
        if let Err(error) = read {
            self.lock().fault = Some(error.clone());
            return Err(error);
        }
        Ok(block.into())
    }

    /// Holds a frame back until every limit lets it pass. Waiting for one's own limit is no stall.
    async fn pace(self, frame: Result<Bytes>) -> Result<Bytes> {
        let length = frame.as_ref().map_or(0, Bytes::len) as u64;
        for pacer in &self.meter.pacers {
            pacer.pass(length, || self.lock().moved_at = Instant::now()).await;
        }
        frame
    }

    fn count(&self, frame: &Result<Bytes>) {
        let Ok(frame) = frame else { return };
        self.meter.sent.fetch_add(frame.len() as u64, Ordering::Relaxed);
        let mut passage = self.lock();
        passage.taken += frame.len() as u64;
        passage.moved_at = Instant::now();
    }

    /// Held for a few assignments, never across an await.
    fn lock(&self) -> std::sync::MutexGuard<'_, Passage> {
        self.passage.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn frames(block: Result<Bytes>) -> Vec<Result<Bytes>> {
    match block {
        Ok(mut block) => {
            let mut frames = Vec::with_capacity(block.len().div_ceil(FRAME));
            while !block.is_empty() {
                frames.push(Ok(block.split_to(FRAME.min(block.len()))));
            }
            frames
        }
        Err(error) => vec![Err(error)],
    }
}
