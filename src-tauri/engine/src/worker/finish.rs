//! Closing an upload, once. That a completing request may leave is durable before it leaves; whether one that went
//! unanswered was carried out is asked, not guessed.

use std::sync::Arc;

use carryon_instruments::{Fault, planted};

use super::{Halt, Worker, blocking};
use crate::{
    chunk::{Chunk, Ranges},
    destination::{Finished, Stored, Survey, Verdict},
    error::{Error, ErrorKind, Result},
    records::{
        chunks::{self, Known},
        uploads,
    },
    source::SourceFile,
    upload::Step,
};

impl Worker {
    /// A completing request may have left earlier: was it carried out?
    pub(super) async fn ask_outcome(&mut self) -> Result<Option<Finished>, Halt> {
        self.enter(Step::Finish);
        match self.driver.confirm(&self.ticket()?, &self.intent()).await? {
            Verdict::Finished(finished) => Ok(Some(finished)),
            Verdict::NotFinished => {
                self.set_finishing(false).await?;
                Ok(None)
            }
            Verdict::Unknowable if planted(Fault::SecondFinish) => Ok(None),
            Verdict::Unknowable => {
                let error = self.last_trouble.take();
                let error = error
                    .unwrap_or_else(|| Error::new(ErrorKind::Unknown, "Carryon ended while it waited for the answer"));
                Err(Halt::OutcomeUnknown(error))
            }
        }
    }

    /// All chunks are confirmed, and the last one was to complete the object: whoever can be asked must say that it did.
    pub(super) async fn require_completed(&mut self, finished: Finished) -> Result<Finished, Halt> {
        if self.upload.attempt.plan.count() <= 1 {
            return Ok(finished);
        }
        let verdict = self.driver.confirm(&self.ticket()?, &self.intent()).await;
        if verdict.is_err() {
            // The last chunk was answered: only the question was not, and what became of the chunk is in no doubt.
            self.set_finishing(false).await?;
        }
        match verdict? {
            Verdict::Finished(asked) => Ok(Finished {
                location: asked.location.or(finished.location),
                digest: asked.digest.or(finished.digest),
                handle: asked.handle.or(finished.handle),
            }),
            Verdict::Unknowable => Ok(finished),
            Verdict::NotFinished => {
                let text = "The destination holds every chunk and did not put the file together";
                let error = Error::new(ErrorKind::Rejected, text);
                Err(error.next_step("Set its done endpoint (done=/…), then resume; nothing is sent again.").into())
            }
        }
    }

    /// Asks the destination to close the upload. Everything is confirmed and committed by now.
    pub(super) async fn finish(&mut self, source: &Arc<SourceFile>) -> Result<Finished> {
        let (reader, expected) = (Arc::clone(source), self.upload.identity.clone());
        blocking(move || reader.check(&expected)).await?;
        self.settle_doubt(source).await?;
        self.enter(Step::Finish);
        self.set_finishing(true).await?;
        let stored = self.stored().await?;
        let outcome = self.driver.finish(&self.ticket()?, &self.intent(), &stored).await;
        match &outcome {
            // A yes that does not say where the object lies is not taken for one where the destination can be asked.
            Ok(finished) if finished.location.is_none() => return self.believe_or_ask(finished.clone()).await,
            Err(error) if error.kind() != ErrorKind::Unknown => self.set_finishing(false).await?,
            Err(error) => self.last_trouble = Some(error.clone()),
            Ok(_) => {}
        }
        outcome
    }

    /// Where the destination says what the object's bytes are, they are the file's. Chunks whose digests it named as they came
    /// need no second look; those of which the answer was lost, or only a part came, are proved by the whole.
    ///
    /// # Errors
    /// `Integrity`: the object is there, damaged.
    pub(super) async fn require_undamaged(
        &mut self,
        source: &Arc<SourceFile>,
        finished: Finished,
    ) -> Result<Finished, Halt> {
        let Some(theirs) = finished.digest else { return Ok(finished) };
        let rows = self.confirmed_rows().await?;
        let proved: Ranges =
            rows.iter().filter(|row| row.proved).map(|row| (row.offset, row.offset + row.length)).collect();
        let plan = self.upload.attempt.plan;
        if proved.contains(0, plan.size) {
            return Ok(finished);
        }
        let (reader, whole) = (Arc::clone(source), Chunk { index: 0, offset: 0, length: plan.size });
        if blocking(move || reader.digest(whole)).await? != theirs {
            self.lies_damaged = true;
            if let Some(handle) = finished.handle {
                // From here on it is what is to be taken back, in whichever run.
                let (attempt, stored) = (self.upload.attempt.seq, handle.clone());
                self.inner.records.run(move |connection| uploads::set_ticket(connection, attempt, &stored)).await?;
                self.upload.attempt.ticket = Some(handle);
            }
            return Err(Error::new(ErrorKind::Integrity, "The file arrived damaged").into());
        }
        if plan.lanes == 0 && plan.count() <= 1 {
            let (id, attempt, touch) = (self.upload.id, self.upload.attempt.seq, self.touch(None));
            let known = Known::Proved(theirs);
            let confirm = move |connection: &rusqlite::Connection| {
                chunks::confirm(connection, id, attempt, whole, Some(&known), None, touch)
            };
            self.inner.records.run(confirm).await?;
        }
        Ok(finished)
    }

    /// A destination that still tells of single chunks has not put them together, whatever it said.
    async fn believe_or_ask(&mut self, finished: Finished) -> Result<Finished> {
        match self.driver.survey(&self.ticket()?, &self.intent()).await {
            Ok(Survey::Done(asked)) => Ok(asked),
            Ok(Survey::Set(_)) => {
                self.set_finishing(false).await?;
                let text = "The destination said that it is done, and that it has not put the file together";
                let error = Error::new(ErrorKind::Rejected, text);
                Err(error.next_step("Something is wrong at the destination; resume when it is mended."))
            }
            // A question that goes unanswered takes nothing back of the yes.
            Ok(Survey::Lanes(_) | Survey::Gone | Survey::CannotTell) | Err(_) => Ok(finished),
        }
    }

    async fn stored(&self) -> Result<Vec<Stored>> {
        let (attempt, plan) = (self.upload.attempt.seq, self.upload.attempt.plan);
        let rows = self.inner.records.run(move |connection| chunks::of_attempt(connection, attempt)).await?;
        let stored = rows.into_iter().filter(|row| row.confirmed).map(|row| Stored {
            chunk: Chunk { index: row.offset / plan.chunk_size.max(1), offset: row.offset, length: row.length },
            tag: row.tag,
        });
        Ok(stored.collect())
    }

    /// A chunk that completes the object is about to leave. Where such a request must not be repeated, the record says first.
    pub async fn announce_completing(&mut self, source: &Arc<SourceFile>) -> Result<()> {
        self.settle_doubt(source).await?;
        if self.upload.attempt.plan.repeatable || self.upload.attempt.finishing {
            return Ok(());
        }
        self.set_finishing(true).await
    }

    /// The completing chunk is known not to have been carried out.
    pub fn retract_completing(&mut self) {
        if std::mem::take(&mut self.upload.attempt.finishing) {
            let attempt = self.upload.attempt.seq;
            // Lost, this costs a question to the destination, nothing else.
            drop(self.inner.records.run_later(move |connection| uploads::set_finishing(connection, attempt, false)));
        }
    }

    async fn set_finishing(&mut self, finishing: bool) -> Result<()> {
        self.upload.attempt.finishing = finishing;
        let attempt = self.upload.attempt.seq;
        self.inner.records.run(move |connection| uploads::set_finishing(connection, attempt, finishing)).await
    }
}
