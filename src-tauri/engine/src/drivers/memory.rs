//! A destination in memory: the simplest driver to read, and the first in tests. It can play either family of protocols.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use futures_util::StreamExt;
use serde_json::json;

use crate::{
    chunk::{Completes, Plan, choose_size},
    destination::{
        Capabilities, Confirmation, Destination, Finished, Held, Intent, Outgoing, Stored, Survey, SurveyKind, Ticket,
        Verdict,
    },
    error::{Error, ErrorKind, Result},
};

/// One upload as it lies in memory.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Chunks by offset.
    pub chunks: BTreeMap<u64, Vec<u8>>,
    /// The whole, once finished.
    pub whole: Option<Vec<u8>>,
}

/// A fault to be played on one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request is refused with this kind before anything is stored.
    Refuse(ErrorKind),
    /// The request is carried out, and its answer is lost.
    LoseAnswer,
}

/// A destination in memory; clones share what is stored.
#[derive(Clone, Debug)]
pub struct Memory {
    survey: SurveyKind,
    completes: Completes,
    objects: Arc<Mutex<HashMap<String, Object>>>,
    faults: Arc<Mutex<BTreeMap<u64, Fault>>>,
    requests: Arc<AtomicU64>,
}

impl Memory {
    /// A destination of the family that `survey` names, whose objects appear when `completes` says.
    pub fn new(survey: SurveyKind, completes: Completes) -> Self {
        Self { survey, completes, objects: Arc::default(), faults: Arc::default(), requests: Arc::default() }
    }

    /// The request of that number (from 0) that carries or completes something meets this fault.
    pub fn play(&self, at: u64, fault: Fault) {
        self.faults.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).insert(at, fault);
    }

    /// All that is stored, by attempt id.
    pub fn objects(&self) -> HashMap<String, Object> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Object>> {
        self.objects.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The fault of this request; a refusal is played at once, and a `reset` forgets what is held, as a server's would.
    fn meet_fault(&self, uuid: &str) -> Result<Option<Fault>> {
        match self.fault() {
            Some(Fault::Refuse(kind)) => {
                if kind == ErrorKind::Reset {
                    self.lock().insert(uuid.to_owned(), Object::default());
                }
                Err(Error::new(kind, "a fault was played"))
            }
            fault => Ok(fault),
        }
    }

    fn fault(&self) -> Option<Fault> {
        let at = self.requests.fetch_add(1, Ordering::Relaxed);
        self.faults.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(&at)
    }

    fn close(&self, uuid: &str, size: u64) -> Result<Finished> {
        let mut objects = self.lock();
        let object = objects.entry(uuid.to_owned()).or_default();
        let whole: Vec<u8> = object.chunks.values().flatten().copied().collect();
        if whole.len() as u64 != size {
            return Err(Error::new(ErrorKind::Rejected, format!("{} of {size} bytes are here", whole.len())));
        }
        object.whole = Some(whole);
        Ok(Finished { location: Some(format!("memory:{uuid}")), ..Finished::default() })
    }

    fn store(&self, uuid: &str, offset: u64, bytes: Vec<u8>) -> Result<u64> {
        let mut objects = self.lock();
        let object = objects.entry(uuid.to_owned()).or_default();
        let frontier: u64 = object.chunks.values().map(|chunk| chunk.len() as u64).sum();
        if self.survey == SurveyKind::Offset && offset != frontier {
            return Err(Error::new(ErrorKind::OffsetMismatch, format!("at {frontier}, not {offset}")));
        }
        let end = offset + bytes.len() as u64;
        object.chunks.insert(offset, bytes);
        Ok(end)
    }
}

fn uuid_of(ticket: &Ticket) -> &str {
    ticket.data["uuid"].as_str().unwrap_or_default()
}

fn lose<T>(fault: Option<Fault>, answer: T) -> Result<T> {
    match fault {
        Some(Fault::LoseAnswer) => Err(Error::new(ErrorKind::Unknown, "the answer was lost")),
        _ => Ok(answer),
    }
}

#[async_trait]
impl Destination for Memory {
    fn capabilities(&self) -> Capabilities {
        let parallel = if self.survey == SurveyKind::Offset { 1 } else { usize::MAX };
        Capabilities {
            parallel,
            min_chunk: 1,
            max_chunk: u64::MAX,
            multiple: 1,
            max_chunks: 10_000,
            survey: self.survey,
            lifetime: None,
        }
    }

    fn plan(&self, size: u64, wish: u64) -> Result<Plan> {
        let chunk_size = choose_size(size, wish, 1, u64::MAX, 10_000)?;
        let repeatable = self.survey != SurveyKind::Cannot;
        let lanes = u32::from(self.survey == SurveyKind::Offset);
        let (completes, adapts) = (self.completes, false);
        Ok(Plan { size, chunk_size, completes, repeatable, sends_empty: true, lanes, adapts })
    }

    async fn begin(&self, intent: &Intent) -> Result<Ticket> {
        self.lock().entry(intent.attempt.to_string()).or_default();
        Ok(Ticket { version: 1, data: json!({ "uuid": intent.attempt.to_string() }) })
    }

    async fn survey(&self, ticket: &Ticket, _: &Intent) -> Result<Survey> {
        let objects = self.lock();
        let Some(object) = objects.get(uuid_of(ticket)) else { return Ok(Survey::Gone) };
        if object.whole.is_some() && self.survey != SurveyKind::Cannot {
            return Ok(Survey::Done(Finished::default()));
        }
        let held = object.chunks.iter().map(|(&offset, bytes)| Held {
            offset,
            length: bytes.len() as u64,
            digest: Some(*blake3::hash(bytes).as_bytes()),
        });
        Ok(match self.survey {
            SurveyKind::Set => Survey::Set(held.collect()),
            SurveyKind::Offset => Survey::Lanes(vec![held.map(|held| held.length).sum()]),
            SurveyKind::Cannot => Survey::CannotTell,
        })
    }

    async fn send(&self, ticket: &Ticket, intent: &Intent, outgoing: Outgoing) -> Result<Confirmation> {
        let fault = self.meet_fault(uuid_of(ticket))?;
        let mut bytes = Vec::new();
        let mut body = std::pin::pin!(outgoing.body.open());
        while let Some(frame) = body.next().await {
            bytes.extend_from_slice(&frame?);
        }
        let digest = Some(*blake3::hash(&bytes).as_bytes());
        let offset = self.store(uuid_of(ticket), outgoing.body.chunk().offset, bytes)?;
        let whole = self.completes == Completes::LastChunk;
        let finished = if whole { self.close(uuid_of(ticket), intent.plan.size).ok() } else { None };
        let offset = (self.survey == SurveyKind::Offset).then_some(offset);
        lose(fault, Confirmation { digest, offset, finished, ..Confirmation::default() })
    }

    async fn finish(&self, ticket: &Ticket, intent: &Intent, _: &[Stored]) -> Result<Finished> {
        let fault = self.meet_fault(uuid_of(ticket))?;
        let finished = self.close(uuid_of(ticket), intent.plan.size)?;
        lose(fault, finished)
    }

    async fn confirm(&self, ticket: &Ticket, _: &Intent) -> Result<Verdict> {
        if self.survey == SurveyKind::Cannot {
            return Ok(Verdict::Unknowable);
        }
        let objects = self.lock();
        let done = objects.get(uuid_of(ticket)).is_some_and(|object| object.whole.is_some());
        Ok(if done { Verdict::Finished(Finished::default()) } else { Verdict::NotFinished })
    }

    async fn abort(&self, ticket: &Ticket) -> Result<()> {
        self.lock().remove(uuid_of(ticket));
        Ok(())
    }
}
