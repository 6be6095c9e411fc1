//! What is known of an upload while it runs: counters that a list may read at any time.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use crate::{
    chunk::Chunk,
    chunk_map::Moving,
    event::Progress,
    pace::Pacer,
    source::Meter,
    upload::{State, Upload, UploadId},
};

/// A running upload's counters and its state of the moment.
#[derive(Debug)]
pub(crate) struct Live {
    pub id: UploadId,
    pub size: u64,
    /// When its turn began.
    pub began: Instant,
    pub meter: Arc<Meter>,
    confirmed: AtomicU64,
    verified: AtomicU64,
    chunks_left: AtomicU64,
    // An f64 as bits.
    bytes_per_second: AtomicU64,
    waiting: AtomicBool,
    gives_way: AtomicBool,
    // Held for an assignment, never across an await.
    state: Mutex<State>,
    // Held for an insertion or a copy, never across an await.
    moving: Mutex<Moving>,
}

impl Live {
    pub fn new(upload: &Upload, pacers: Vec<Arc<Pacer>>) -> Self {
        Self {
            id: upload.id,
            size: upload.size,
            began: Instant::now(),
            meter: Arc::new(Meter::paced(pacers)),
            confirmed: AtomicU64::new(upload.confirmed),
            verified: AtomicU64::default(),
            chunks_left: AtomicU64::new(upload.chunks_left),
            bytes_per_second: AtomicU64::default(),
            waiting: AtomicBool::default(),
            gives_way: AtomicBool::default(),
            state: Mutex::new(upload.state.clone()),
            moving: Mutex::default(),
        }
    }

    pub fn state(&self) -> State {
        self.lock().clone()
    }

    pub fn set_state(&self, state: State) {
        self.waiting.store(matches!(state, State::Waiting { reason, .. } if !reason.is_a_hold()), Relaxed);
        *self.lock() = state;
    }

    /// It waits, and others may have its place meanwhile; where all have to wait nobody takes it.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Relaxed)
    }

    /// Others are to have its place: it comes to rest in the queue once what is in flight has come home.
    pub fn give_way(&self) {
        self.gives_way.store(true, Relaxed);
    }

    pub fn gives_way(&self) -> bool {
        self.gives_way.load(Relaxed)
    }

    pub fn confirmed(&self) -> u64 {
        self.confirmed.load(Relaxed)
    }

    pub fn set_confirmed(&self, bytes: u64, chunks_left: u64) {
        self.confirmed.store(bytes, Relaxed);
        self.chunks_left.store(chunks_left, Relaxed);
    }

    pub fn add_verified(&self, bytes: u64) {
        self.verified.fetch_add(bytes, Relaxed);
    }

    pub fn set_speed(&self, bytes_per_second: f64) {
        self.bytes_per_second.store(bytes_per_second.to_bits(), Relaxed);
    }

    pub fn progress(&self) -> Progress {
        Progress {
            id: self.id,
            confirmed: self.confirmed(),
            sent: self.meter.sent(),
            verified: self.verified.load(Relaxed),
            size: self.size,
            chunks_left: self.chunks_left.load(Relaxed),
            bytes_per_second: f64::from_bits(self.bytes_per_second.load(Relaxed)),
        }
    }

    /// A chunk leaves.
    pub fn leaves(&self, chunk: Chunk) {
        self.lock_moving().leaves(chunk);
    }

    /// A chunk came home.
    pub fn came_home(&self, chunk: Chunk, confirmed: bool) {
        self.lock_moving().came_home(chunk, confirmed);
    }

    /// Whatever was on its way was broken off.
    pub fn broken_off(&self) {
        self.lock_moving().broken_off();
    }

    /// What moves at this moment.
    pub fn moving(&self) -> Moving {
        self.lock_moving().clone()
    }

    fn lock_moving(&self) -> MutexGuard<'_, Moving> {
        self.moving.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
