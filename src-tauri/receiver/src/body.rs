//! Request bodies: read in blocks, ended when they stall, and drained after an early answer.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Files go to the disk in blocks of about this size, in bytes.
pub(crate) const BLOCK: usize = 512 * 1024;

/// Why a body was not read to its end.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// The connection ended.
    #[error("the connection ended before the body did")]
    Broken,
    /// Nothing came for too long.
    #[error("nothing came for too long")]
    Stalled,
    /// Too little came for too long.
    #[error("the bytes come too slowly")]
    TooSlow,
    /// The receiver is shutting down.
    #[error("the receiver is shutting down")]
    Stopping,
}

/// How slowly a body may come.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    /// It may be silent for so long.
    pub stall: Duration,
    /// It brings so many bytes a second on average over `window`; 0 asks for none.
    pub min_rate: u64,
    /// Only the time counts in which we wait for the client.
    pub window: Duration,
}

/// What reading brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// As much as was asked for, or what came in the time.
    More,
    /// The body has ended.
    End,
}

/// A body and the bytes read of it that are not used yet.
pub(crate) struct Reader {
    body: BodyDataStream,
    pace: Pace,
    /// How long was waited for the client in this window, and what came.
    waited: Duration,
    came: u64,
    /// How long nothing has come.
    silence: Duration,
    stop: CancellationToken,
    ended: bool,
    /// Bytes that came and were not taken yet.
    pub buffer: BytesMut,
}

impl Reader {
    /// Reads `body`; `stop` ends it from outside.
    pub fn new(body: Body, pace: Pace, stop: CancellationToken) -> Reader {
        let (body, buffer) = (body.into_data_stream(), BytesMut::new());
        let (waited, silence) = (Duration::ZERO, Duration::ZERO);
        Reader { body, pace, waited, came: 0, silence, stop, ended: false, buffer }
    }

    /// Reads until the buffer holds `length` bytes or the body has ended; true for the latter.
    pub async fn fill(&mut self, length: usize) -> Result<bool, BodyError> {
        while self.buffer.len() < length && !self.ended {
            self.more(length, self.pace.stall).await?;
        }
        Ok(self.ended)
    }

    /// The same, but no longer than `time`: then the buffer holds what came, which may be nothing.
    pub async fn fill_for(&mut self, length: usize, time: Duration) -> Result<Filled, BodyError> {
        let begun = Instant::now();
        while self.buffer.len() < length && !self.ended && begun.elapsed() < time {
            self.more(length, time.saturating_sub(begun.elapsed())).await?;
        }
        Ok(if self.ended { Filled::End } else { Filled::More })
    }

    /// Waits for more, and no longer than `time`.
    async fn more(&mut self, length: usize, time: Duration) -> Result<(), BodyError> {
        let begun = Instant::now();
        let patience = time.min(self.pace.stall.saturating_sub(self.silence));
        let next = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(BodyError::Stopping),
            next = tokio::time::timeout(patience, self.body.next()) => next,
        };
        match next {
            Err(_) => {
                self.silence += begun.elapsed();
                if self.silence >= self.pace.stall { Err(BodyError::Stalled) } else { Ok(()) }
            }
            Ok(None) => {
                self.ended = true;
                Ok(())
            }
            Ok(Some(Ok(bytes))) => self.take(length, begun, &bytes),
            Ok(Some(Err(_))) => Err(BodyError::Broken),
        }
    }

    fn take(&mut self, length: usize, begun: Instant, bytes: &Bytes) -> Result<(), BodyError> {
        let waited = self.silence + begun.elapsed();
        self.silence = Duration::ZERO;
        if self.buffer.capacity() - self.buffer.len() < bytes.len() {
            self.buffer.reserve(length.max(bytes.len()));
        }
        self.buffer.extend_from_slice(bytes);
        self.keeps_pace(waited, bytes.len())
    }

    /// Counts what came after a wait, and looks at the average when a window is full.
    fn keeps_pace(&mut self, waited: Duration, came: usize) -> Result<(), BodyError> {
        self.waited += waited;
        self.came += came as u64;
        if self.waited < self.pace.window {
            return Ok(());
        }
        let asked = self.pace.min_rate as f64 * self.waited.as_secs_f64();
        let is_enough = self.came as f64 >= asked;
        (self.waited, self.came) = (Duration::ZERO, 0);
        if is_enough { Ok(()) } else { Err(BodyError::TooSlow) }
    }
}

/// How far the rest of a body is read after it was answered.
#[derive(Clone, Copy)]
pub(crate) struct Linger {
    pub time: Duration,
    /// Bytes.
    pub length: u64,
}

/// A body that is read on when nobody wants it any more: a client that is still sending when the
/// connection is closed may never get to read its answer.
pub(crate) struct Lingering {
    body: Option<BodyDataStream>,
    linger: Linger,
    /// The client waits for `100 Continue`, so nothing is under way yet.
    awaits_go: bool,
}

impl Lingering {
    pub fn wrap(body: Body, linger: Linger, awaits_go: bool) -> Body {
        Body::from_stream(Lingering { body: Some(body.into_data_stream()), linger, awaits_go })
    }
}

impl Stream for Lingering {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.awaits_go = false;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let next = ready!(body.poll_next_unpin(cx));
        if !matches!(next, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(next)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let body = self.body.take().filter(|_| !self.awaits_go);
        if let (Some(body), Ok(runtime)) = (body, tokio::runtime::Handle::try_current()) {
            runtime.spawn(drain(body, self.linger));
        }
    }
}

async fn drain(mut body: BodyDataStream, linger: Linger) {
    let read = async {
        let mut left = linger.length;
        while let Some(Ok(bytes)) = body.next().await {
            left = left.saturating_sub(bytes.len() as u64);
            if left == 0 {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(linger.time, read).await;
}
