//! What the engine tells the world. News comes back on one stream; nothing is lost on it, progress is thinned at its source.

use std::sync::Mutex;

use tokio::sync::mpsc;

use crate::upload::{Failure, State, UnixMillis, UploadId, WaitReason};

/// One piece of news about one upload.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A record was made, or brought back from an earlier run into the queue.
    Queued {
        /// Which upload.
        id: UploadId,
    },
    /// Chunks begin to leave.
    Started {
        /// Which upload.
        id: UploadId,
        /// The file's name.
        name: String,
        /// Bytes in the whole source.
        size: u64,
        /// It goes on from an earlier run.
        resumed: bool,
        /// Bytes the destination holds already.
        confirmed: u64,
    },
    /// How far it is, at most a few times a second.
    Progress(Progress),
    /// It has to wait.
    Waiting {
        /// Which upload.
        id: UploadId,
        /// Why.
        reason: WaitReason,
        /// Until when, where that is known.
        until: Option<UnixMillis>,
        /// What happened.
        message: String,
    },
    /// It is somewhere else in the table of states now.
    StateChanged {
        /// Which upload.
        id: UploadId,
        /// Where.
        state: State,
    },
    /// Delivered; the last word about it.
    Finished {
        /// Which upload.
        id: UploadId,
        /// The file's name.
        name: String,
        /// Its folders, as they were sent.
        relative_path: String,
        /// The destination's name, as people see it.
        destination: String,
        /// Bytes in the whole source.
        size: u64,
        /// Payload bytes that left in this run.
        sent: u64,
        /// Where the destination put it.
        location: Option<String>,
    },
    /// It came to rest unfinished; the record is kept.
    Stopped {
        /// Which upload.
        id: UploadId,
        /// The file's name.
        name: String,
        /// Where it rests.
        state: State,
        /// Why, in words.
        failure: Failure,
    },
    /// Its last day has begun; told once a run.
    ExpiresSoon {
        /// Which upload.
        id: UploadId,
        /// The file's name.
        name: String,
        /// When it expires.
        expires_at: UnixMillis,
    },
    /// It stands elsewhere in the queue; others may have given way.
    Moved {
        /// Which upload.
        id: UploadId,
    },
    /// Its record is gone: discarded, or expired long ago.
    Removed {
        /// Which upload.
        id: UploadId,
    },
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Which upload.
    pub id: UploadId,
    /// Bytes the destination confirmed.
    pub confirmed: u64,
    /// Payload bytes that left in this run.
    pub sent: u64,
    /// Bytes whose digests were compared with the destination's in this run.
    pub verified: u64,
    /// Bytes in the whole source.
    pub size: u64,
    /// Chunks not yet confirmed.
    pub chunks_left: u64,
    /// Confirmed bytes a second, over the last seconds of this session.
    pub bytes_per_second: f64,
}

impl Event {
    /// The upload it is about.
    pub fn id(&self) -> UploadId {
        match self {
            Event::Queued { id }
            | Event::Started { id, .. }
            | Event::Waiting { id, .. }
            | Event::StateChanged { id, .. }
            | Event::Finished { id, .. }
            | Event::Stopped { id, .. }
            | Event::ExpiresSoon { id, .. }
            | Event::Moved { id }
            | Event::Removed { id } => *id,
            Event::Progress(progress) => progress.id,
        }
    }
}

/// Everybody who listens.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    // Held for a push or a walk, never across an await.
    senders: Mutex<Vec<mpsc::UnboundedSender<Event>>>,
}

impl Listeners {
    pub(crate) fn subscribe(&self) -> mpsc::UnboundedReceiver<Event> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.lock().push(sender);
        receiver
    }

    pub(crate) fn tell(&self, event: Event) {
        self.lock().retain(|listener| listener.send(event.clone()).is_ok());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<mpsc::UnboundedSender<Event>>> {
        self.senders.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
