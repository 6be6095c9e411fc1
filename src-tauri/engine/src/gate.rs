//! The gate before a resume: whoever embeds the engine hears what is about to go on, and answers (DESIGN 4, `on_resume`).

use async_trait::async_trait;

use crate::{chunk::Chunk, upload::UploadId};

/// What is about to be resumed.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Which upload.
    pub id: UploadId,
    /// The file's name.
    pub name: String,
    /// The first chunk to be sent; none where only the finish is left.
    pub first_chunk: Option<Chunk>,
    /// Chunks in all.
    pub total_chunks: u64,
    /// Custom data of whoever added it.
    pub custom: serde_json::Value,
}

/// What to do with an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateAnswer {
    /// Carry on.
    Resume,
    /// Begin anew, as the file is now.
    StartOver,
    /// Leave it in the list, paused.
    NotNow,
}

/// Decides about each resume, once a run.
#[async_trait]
pub trait ResumeGate: Send + Sync {
    /// The answer to `offer`. The upload waits for it without a time limit; nothing of it is sent meanwhile.
    async fn on_resume(&self, offer: &Offer) -> GateAnswer;
}

/// Resumes whatever is offered: for those who asked already.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlwaysResume;

#[async_trait]
impl ResumeGate for AlwaysResume {
    async fn on_resume(&self, _: &Offer) -> GateAnswer {
        GateAnswer::Resume
    }
}
