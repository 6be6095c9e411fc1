//! Who may work on which bytes of an upload at the same time.
//!
//! A [`Lease`] is held while bytes are written, and given back when it is dropped. Two leases on
//! one upload never overlap. A newer request for the same bytes ends the older one and waits until it has stopped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::StoreError;
use crate::journal::UploadId;

/// What a request wants to work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The bytes of one chunk.
    Chunk { offset: u64, length: u64 },
    /// All bytes at once.
    Whole,
    /// The bytes from an upload's end on, where they come in their order.
    Tail,
    /// The upload itself: to finish or to remove it. Runs to its end.
    Exclusive,
}

/// What a new claim means for one that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Both may work.
    Free,
    /// The older one is to stop.
    End,
    /// The older one will end by itself.
    Wait,
    /// The newer one may not start.
    Refuse,
}

fn verdict(new: Claim, held: Claim) -> Verdict {
    match (new, held) {
        (_, Claim::Exclusive) => Verdict::Wait,
        (Claim::Exclusive, _) => Verdict::End,
        (new, held) if new == held => Verdict::End,
        (Claim::Chunk { offset, length }, Claim::Chunk { offset: at, length: long })
            if offset.saturating_add(length) <= at || at.saturating_add(long) <= offset =>
        {
            Verdict::Free
        }
        _ => Verdict::Refuse,
    }
}

struct Held {
    number: u64,
    claim: Claim,
    ended: CancellationToken,
}

#[derive(Default)]
struct Table {
    held: HashMap<UploadId, Vec<Held>>,
    last_number: u64,
}

/// All leases.
#[derive(Default)]
pub(crate) struct Claims {
    table: Mutex<Table>,
    given_back: Notify,
}

impl Claims {
    /// Waits until the claim is free; ends whatever works on the same bytes.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when a request with other boundaries is at work.
    ///
    /// # Cancellation
    /// A dropped future holds nothing; it may have ended an older request.
    pub async fn lease(self: &Arc<Self>, uuid: &UploadId, claim: Claim) -> Result<Lease, StoreError> {
        loop {
            let given_back = self.given_back.notified();
            tokio::pin!(given_back);
            given_back.as_mut().enable();
            if let Some(lease) = self.try_lease(uuid, claim)? {
                return Ok(lease);
            }
            given_back.await;
        }
    }

    fn try_lease(self: &Arc<Self>, uuid: &UploadId, claim: Claim) -> Result<Option<Lease>, StoreError> {
        let mut table = self.table();
        let held = table.held.get(uuid).map(Vec::as_slice).unwrap_or_default();
        let verdicts: Vec<Verdict> = held.iter().map(|h| verdict(claim, h.claim)).collect();
        if verdicts.contains(&Verdict::Refuse) {
            return Err(StoreError::Busy("another request is sending these bytes in another way"));
        }
        for (held, _) in held.iter().zip(&verdicts).filter(|(_, v)| **v == Verdict::End) {
            held.ended.cancel();
        }
        if verdicts.iter().any(|v| *v != Verdict::Free) {
            return Ok(None);
        }
        Ok(Some(self.enter(&mut table, uuid, claim)))
    }

    /// The upload itself, if nobody works on it; nobody is disturbed.
    pub fn lease_if_idle(self: &Arc<Self>, uuid: &UploadId) -> Option<Lease> {
        let mut table = self.table();
        let idle = !table.held.contains_key(uuid);
        idle.then(|| self.enter(&mut table, uuid, Claim::Exclusive))
    }

    fn enter(self: &Arc<Self>, table: &mut Table, uuid: &UploadId, claim: Claim) -> Lease {
        table.last_number += 1;
        let (number, ended) = (table.last_number, CancellationToken::new());
        let entry = Held { number, claim, ended: ended.clone() };
        table.held.entry(uuid.clone()).or_default().push(entry);
        Lease { uuid: uuid.clone(), number, claim, ended, claims: self.clone() }
    }

    /// Whether anybody works on the upload.
    pub fn is_busy(&self, uuid: &UploadId) -> bool {
        self.table().held.contains_key(uuid)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to work on some bytes of an upload.
pub(crate) struct Lease {
    uuid: UploadId,
    number: u64,
    claim: Claim,
    ended: CancellationToken,
    claims: Arc<Claims>,
}

impl Lease {
    pub fn uuid(&self) -> &UploadId {
        &self.uuid
    }

    pub fn claim(&self) -> Claim {
        self.claim
    }

    /// Cancelled when a newer request wants the same bytes.
    pub fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut table = self.claims.table();
        if let Some(held) = table.held.get_mut(&self.uuid) {
            held.retain(|h| h.number != self.number);
            if held.is_empty() {
                table.held.remove(&self.uuid);
            }
        }
        drop(table);
        self.claims.given_back.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Claim = Claim::Chunk { offset: 0, length: 4 };
    const B: Claim = Claim::Chunk { offset: 4, length: 4 };
    const ACROSS: Claim = Claim::Chunk { offset: 2, length: 4 };

    #[test]
    fn claims_meet_as_the_table_says() {
        assert_eq!(verdict(A, B), Verdict::Free);
        assert_eq!(verdict(A, A), Verdict::End);
        assert_eq!(verdict(ACROSS, A), Verdict::Refuse);
        assert_eq!(verdict(Claim::Whole, Claim::Whole), Verdict::End);
        assert_eq!(verdict(Claim::Tail, Claim::Tail), Verdict::End);
        assert_eq!(verdict(Claim::Exclusive, Claim::Tail), Verdict::End, "who asks ends who sends");
        assert_eq!(verdict(Claim::Tail, Claim::Exclusive), Verdict::Wait);
        assert_eq!(verdict(A, Claim::Tail), Verdict::Refuse);
        assert_eq!(verdict(Claim::Whole, A), Verdict::Refuse);
        assert_eq!(verdict(A, Claim::Whole), Verdict::Refuse);
        assert_eq!(verdict(Claim::Exclusive, A), Verdict::End);
        assert_eq!(verdict(Claim::Exclusive, Claim::Exclusive), Verdict::Wait);
        assert_eq!(verdict(A, Claim::Exclusive), Verdict::Wait);
    }

    #[tokio::test]
    async fn the_newer_request_waits_until_the_older_has_stopped() {
        let claims = Arc::new(Claims::default());
        let uuid = UploadId::parse("a").unwrap();
        let older = claims.lease(&uuid, A).await.unwrap();
        let newer = tokio::spawn({
            let (claims, uuid) = (claims.clone(), uuid.clone());
            async move { claims.lease(&uuid, A).await.map(drop) }
        });
        older.ended().cancelled().await;
        assert!(!newer.is_finished(), "nothing may start while the older still holds its lease");
        drop(older);
        newer.await.unwrap().unwrap();
        assert!(!claims.is_busy(&uuid));
    }
}
