//! After a round that broke: what makes the next one possible, and when it is enough. Nothing here guesses what the destination
//! holds; the next round asks.

use std::time::{Duration, Instant};

use super::{Halt, Worker};
use crate::{
    chunk::{Chunk, Completes, SMALLEST},
    error::{Error, ErrorKind, Result},
    inner::lock,
    records::chunks,
    retry::Next,
    upload::{WaitReason, now},
};

impl Worker {
    /// Makes the next round possible, or gives up.
    pub(super) async fn recover(&mut self, error: Error, failures: u32) -> Result<(), Halt> {
        tracing::debug!(upload = %self.upload.id, failures, %error, "a round ended");
        match error.kind() {
            ErrorKind::Reset => return self.reset(error).await,
            ErrorKind::TooLarge => return self.cut_smaller(error).await,
            // A file that goes in one request lies there damaged now: only another attempt, and the end of this one, mends it.
            ErrorKind::Integrity if self.lies_damaged || self.goes_in_one_request() => {
                return self.replace_damaged(error).await;
            }
            ErrorKind::Gone => return self.look_again(error).await,
            _ => {}
        }
        match self.decide(&error, failures) {
            Next::Stop => Err(error.into()),
            Next::Wait { reason, pause } => {
                self.last_trouble = Some(error);
                // What changed until now has had its effect; what changes from here on ends the wait.
                self.network.mark_unchanged();
                self.enter_waiting(reason, Some(now() + pause.as_millis() as i64));
                self.wait(reason, pause).await;
                Ok(())
            }
        }
    }

    /// Waits so long, or until the network changes; a server's own word on how long is kept to.
    async fn wait(&mut self, reason: WaitReason, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = self.network.changed(), if reason != WaitReason::Busy => {}
        }
    }

    /// The destination asked for everything again, under the same id.
    async fn reset(&mut self, error: Error) -> Result<(), Halt> {
        let allowed = self.inner.options.retry.resets;
        if self.upload.attempt.resets >= allowed {
            let text = format!("The destination asked {allowed} times for all chunks again and is asking once more");
            let error = Error::new(ErrorKind::Rejected, text).because(error);
            return Err(error.next_step("Something is wrong at the destination; start over when it is mended.").into());
        }
        let (id, attempt, touch) = (self.upload.id, self.upload.attempt.seq, self.touch(None));
        self.inner.records.run(move |connection| chunks::forget_all(connection, id, attempt, touch)).await?;
        self.upload.attempt.resets += 1;
        self.upload.attempt.finishing = false;
        self.says_resume = false;
        self.live.set_confirmed(0, self.upload.attempt.plan.count());
        Ok(())
    }

    /// A chunk was too large: that is remembered, and where nothing is confirmed smaller ones are tried.
    async fn cut_smaller(&mut self, error: Error) -> Result<(), Halt> {
        let plan = self.upload.attempt.plan;
        self.memory.too_large = Some(plan.chunk_size.min(plan.size));
        self.remember().await;
        if plan.lanes > 0 {
            return if self.recut() { Ok(()) } else { Err(error.into()) };
        }
        let smaller = self.driver.plan(plan.size, self.settings.wish(&self.memory))?;
        if self.live.confirmed() > 0 || smaller.chunk_size >= plan.chunk_size {
            return Err(error.into());
        }
        Err(Halt::StartOver)
    }

    /// In lanes requests follow the link, and become smaller with each that failed since anything was confirmed: an early
    /// refusal of a large one may never be heard. Gives whether they changed.
    pub fn recut(&mut self) -> bool {
        let plan = self.upload.attempt.plan;
        if plan.lanes == 0 {
            return false;
        }
        let smaller = self.memory.too_large.map_or(u64::MAX, |refused| (refused / 2).max(1));
        let wish = if plan.adapts { self.settings.wish(&self.memory) } else { self.planned_size };
        let failures = self.failures.values().max().copied().unwrap_or(0).min(16);
        let least = wish.min(SMALLEST);
        let fitting = self.driver.capabilities().fit((wish.min(smaller) >> failures).max(least.min(smaller)));
        std::mem::replace(&mut self.upload.attempt.plan.chunk_size, fitting) != fitting
    }

    /// The destination does not know the upload. Told so twice, a while apart, that is believed, and the file is sent again,
    /// once by itself (DESIGN P6).
    async fn look_again(&mut self, error: Error) -> Result<(), Halt> {
        let patience = self.inner.options.retry.gone;
        match self.gone_since {
            Some(since) if since.elapsed() >= patience && self.may_begin_anew(1) => Err(Halt::Gone),
            Some(since) if since.elapsed() >= patience => Err(error.into()),
            _ => {
                self.gone_since.get_or_insert_with(Instant::now);
                self.last_trouble = Some(error);
                self.enter_waiting(WaitReason::Backoff, Some(now() + patience.as_millis() as i64));
                tokio::time::sleep(patience).await;
                Ok(())
            }
        }
    }

    /// One request makes the object, whole or damaged.
    pub fn goes_in_one_request(&self) -> bool {
        let plan = self.upload.attempt.plan;
        plan.completes == Completes::LastChunk && plan.lanes == 0 && plan.count() <= 1
    }

    async fn replace_damaged(&mut self, error: Error) -> Result<(), Halt> {
        if !self.may_begin_anew(self.inner.options.retry.resets) {
            return Err(error.into());
        }
        self.take_back().await?;
        Err(Halt::StartOver)
    }

    /// Gone before its successor comes, what arrived damaged does not keep the name. Where the destination does not take it back
    /// in the end, the outbox tells of it later.
    async fn take_back(&mut self) -> Result<()> {
        let ticket = self.ticket()?;
        for failures in 1.. {
            let Err(error) = self.driver.abort(&ticket).await else { return Ok(()) };
            tracing::info!(upload = %self.upload.id, %error, "what arrived damaged is still there");
            let Next::Wait { reason, pause } = self.decide(&error, failures) else { return Ok(()) };
            self.last_trouble = Some(error);
            self.enter_waiting(reason, Some(now() + pause.as_millis() as i64));
            self.wait(reason, pause).await;
        }
        Ok(())
    }

    /// Counts that the upload begins anew by itself; false where it did so `most` times.
    fn may_begin_anew(&self, most: u32) -> bool {
        let mut begun_anew = lock(&self.inner.begun_anew);
        let times = begun_anew.entry(self.upload.id).or_default();
        *times += 1;
        *times <= most
    }

    /// Counts a chunk's failure, those apart that only ask for patience.
    pub fn count_failure(&mut self, chunk: Chunk, error: &Error) -> u32 {
        let count = match error.kind().waits_as_long_as_it_takes() {
            true => &mut self.waits,
            false => self.failures.entry(chunk.offset).or_default(),
        };
        *count += 1;
        *count
    }

    pub fn decide(&self, error: &Error, failures: u32) -> Next {
        self.inner.options.retry.decide(error, failures, rand::random())
    }
}
