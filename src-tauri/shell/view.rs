//! What the page sees: plain data, made from the engine's.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
};

use carryon_engine::{Listed, Progress, State, UploadId, WaitReason};
use serde::Serialize;

use crate::events::Finish;

/// An upload, as the page sees it.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    id: UploadId,
    name: String,
    path: String,
    relative_path: String,
    size: u64,
    confirmed: u64,
    sent: u64,
    verified: u64,
    chunks_left: u64,
    chunk_count: u64,
    bytes_per_second: Option<f64>,
    eta_seconds: Option<u64>,
    destination: String,
    scope: String,
    batch: String,
    resumed: bool,
    location: Option<String>,
    created_at: i64,
    updated_at: i64,
    expires_at: Option<i64>,
    start_at: Option<i64>,
    priority: i32,
    position: f64,
    state: StateView,
}

/// A state, as the page sees it.
#[derive(Clone, Debug, Default, Serialize)]
struct StateView {
    kind: &'static str,
    reason: Option<String>,
    until: Option<i64>,
    message: Option<String>,
    next_step: Option<String>,
}

impl View {
    /// The view of a listed upload; `message` is what the last wait was about.
    pub fn new(listed: Listed, message: Option<String>) -> Self {
        let upload = listed.upload;
        let mut view = Self {
            id: upload.id,
            name: upload.name,
            path: upload.path.to_string_lossy().into_owned(),
            relative_path: upload.relative_path,
            size: upload.size,
            confirmed: upload.confirmed,
            sent: listed.sent,
            verified: listed.verified,
            chunks_left: upload.chunks_left,
            chunk_count: upload.attempt.plan.count(),
            bytes_per_second: listed.bytes_per_second,
            eta_seconds: None,
            destination: upload.destination_name,
            scope: upload.scope,
            batch: upload.batch.to_string(),
            resumed: upload.resumes > 0,
            location: None,
            created_at: upload.created_at,
            updated_at: upload.updated_at,
            expires_at: upload.expires_at,
            start_at: upload.start_at,
            priority: upload.priority,
            position: upload.position,
            state: StateView::new(&upload.state, message),
        };
        view.eta_seconds = view.eta();
        view
    }

    /// The view of an upload that is known by its last word only; where its file lies is not in it.
    pub(crate) fn unseen(id: UploadId, finish: &Finish) -> Self {
        let now = carryon_engine::upload::now();
        Self {
            id,
            name: finish.name.clone(),
            path: String::new(),
            relative_path: finish.relative_path.clone(),
            size: finish.size,
            confirmed: 0,
            sent: 0,
            verified: 0,
            chunks_left: 0,
            chunk_count: 0,
            bytes_per_second: None,
            eta_seconds: None,
            destination: finish.destination.clone(),
            scope: String::new(),
            batch: String::new(),
            resumed: false,
            location: None,
            created_at: now,
            updated_at: now,
            expires_at: None,
            start_at: None,
            priority: 0,
            position: 0.0,
            state: StateView::default(),
        }
    }

    /// The same upload, further on.
    pub fn advance(&mut self, progress: &Progress) {
        self.confirmed = progress.confirmed;
        self.sent = progress.sent;
        self.verified = progress.verified;
        self.chunks_left = progress.chunks_left;
        self.bytes_per_second = Some(progress.bytes_per_second);
        self.eta_seconds = self.eta();
    }

    /// The same upload, delivered.
    pub fn deliver(&mut self, sent: u64, location: Option<String>) {
        (self.confirmed, self.sent, self.chunks_left) = (self.size, sent, 0);
        (self.bytes_per_second, self.eta_seconds) = (None, None);
        self.location = location;
        self.state = StateView::new(&State::Done, None);
    }

    fn eta(&self) -> Option<u64> {
        let speed = self.bytes_per_second.filter(|speed| *speed >= 1.0)?;
        Some((self.size.saturating_sub(self.confirmed) as f64 / speed).ceil() as u64)
    }
}

impl StateView {
    fn new(state: &State, message: Option<String>) -> Self {
        let plain = Self { kind: state.name(), message: state.reason(), ..Self::default() };
        match state {
            State::Waiting { reason, until } => {
                let reason = Some(waiting_for(*reason).to_owned());
                Self { reason, until: *until, message: message.or(plain.message.clone()), ..plain }
            }
            State::Interrupted { reason } => {
                let word = serde_json::to_value(reason).ok().and_then(|word| word.as_str().map(str::to_owned));
                Self { reason: word, message: None, ..plain }
            }
            State::Failed(failure) => {
                let next_step = Some(failure.next_step.clone());
                Self { reason: Some(failure.code.clone()), next_step, ..plain }
            }
            _ => plain,
        }
    }
}

fn waiting_for(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::Backoff => "backoff",
        WaitReason::Offline => "offline",
        WaitReason::Busy => "busy",
        WaitReason::CaptivePortal => "captive_portal",
        WaitReason::Metered => "metered",
        WaitReason::Power => "power",
    }
}

/// What was delivered since the launch, newest last; the records no longer know it. Bounded.
#[derive(Default)]
pub struct Done {
    // Held for a push or a copy, never across an await.
    views: Mutex<VecDeque<View>>,
}

impl Done {
    const KEPT: usize = 10_000;

    /// Remembers a delivered upload.
    pub fn add(&self, view: View) {
        let mut views = self.lock();
        if views.len() >= Self::KEPT {
            views.pop_front();
        }
        views.push_back(view);
    }

    /// All of them.
    pub fn all(&self) -> Vec<View> {
        self.lock().iter().cloned().collect()
    }

    /// Forgets all; says which they were.
    pub fn clear(&self) -> Vec<UploadId> {
        self.lock().drain(..).map(|view| view.id).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<View>> {
        self.views.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// What the last wait of each upload was about.
pub type Messages = HashMap<UploadId, String>;
