//! Taking stock: what both sides hold, after every doubt was settled against the file. What follows from it is decided in
//! `reconcile`.

use std::sync::Arc;

use super::{Worker, blocking, doubt::changed_under_way};
use crate::{
    chunk::{Ranges, course::Course},
    destination::{Finished, Survey},
    error::{Error, ErrorKind, Result},
    reconcile::{self, Proof, Stock},
    records::chunks::{self, Known},
    source::SourceFile,
};

impl Worker {
    /// What both sides hold, after every doubt was settled against the file; or the object, where it exists already.
    pub(super) async fn take_stock(&mut self, source: &Arc<SourceFile>) -> Result<Result<Ranges, Finished>> {
        let attempt = self.upload.attempt.seq;
        let rows = self.inner.records.run(move |connection| chunks::of_attempt(connection, attempt)).await?;
        let plan = self.upload.attempt.plan;
        let stock = match self.driver.survey(&self.ticket()?, &self.intent()).await? {
            Survey::Done(finished) => return Ok(Err(finished)),
            Survey::CannotTell => reconcile::by_record(&rows),
            Survey::Set(held) => reconcile::by_set(&plan, &rows, &held),
            Survey::Lanes(offsets) => {
                let stock = reconcile::by_lanes(&plan, &rows, &offsets);
                // What nobody can vouch for stays in the way of what is to come.
                self.lies_damaged |= stock.as_ref().is_err_and(|error| error.kind() == ErrorKind::Integrity);
                stock?
            }
            Survey::Gone => {
                let text = "The destination no longer knows this upload";
                return Err(Error::new(ErrorKind::Gone, text));
            }
        };
        self.gone_since = None;
        Ok(Ok(self.settle(source, stock).await?))
    }

    /// Carries a stock-taking into the record.
    async fn settle(&mut self, source: &Arc<SourceFile>, stock: Stock) -> Result<Ranges> {
        let Stock { mut held, proofs, forget } = stock;
        let (id, attempt, touch) = (self.upload.id, self.upload.attempt.seq, self.touch(None));
        if !forget.is_empty() {
            let forgotten =
                move |connection: &rusqlite::Connection| chunks::forget(connection, id, attempt, &forget, touch);
            self.inner.records.run(forgotten).await?;
        }
        for proof in proofs {
            if self.prove(source, proof).await? {
                held.insert(proof.keep.offset, proof.keep.end());
                self.live.add_verified(proof.keep.length);
            } else if self.upload.attempt.plan.lanes > 0 {
                // The destination holds it in the middle of a lane, where nothing can be sent again.
                return Err(changed_under_way(&self.upload.path));
            }
        }
        let left = Course::new(self.upload.attempt.plan, held.clone()).left();
        self.live.set_confirmed(held.total(), left);
        if !self.began {
            self.says_resume = self.resumed && held.total() > 0;
        }
        Ok(held)
    }

    /// Compares what the destination holds with the file's own bytes; equal bytes are confirmed.
    async fn prove(&self, source: &Arc<SourceFile>, proof: Proof) -> Result<bool> {
        let reader = Arc::clone(source);
        let (whole, keep) = blocking(move || Ok((reader.digest(proof.whole)?, reader.digest(proof.keep)?))).await?;
        let (id, attempt, touch) = (self.upload.id, self.upload.attempt.seq, self.touch(None));
        if whole != proof.digest {
            let forget = move |connection: &rusqlite::Connection| {
                chunks::forget(connection, id, attempt, &[proof.whole.offset], touch)
            };
            self.inner.records.run(forget).await?;
            return Ok(false);
        }
        let known = if proof.named { Known::Proved(keep) } else { Known::Ours(keep) };
        let proved = self.inner.records.run_later(move |connection| {
            chunks::confirm(connection, id, attempt, proof.keep, Some(&known), None, touch)
        });
        proved.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Storage, "The record store has stopped")))?;
        Ok(true)
    }
}
