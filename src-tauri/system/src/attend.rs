//! Attends an engine: tells it what surrounds it, where its user wants to know, and keeps the computer awake for it.
//!
//! All of it happens on one thread of its own: some systems take a wish to stay awake as that of the thread that made it,
//! and none of the questions may keep an upload waiting.

use std::{
    sync::{
        Arc, Weak,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    time::Duration,
};

use carryon_engine::{Engine, Surroundings};
use tokio::sync::oneshot;

use crate::{Awake, metered, power};

/// How often is looked.
const LOOK: Duration = Duration::from_secs(2);
/// How long the first look is waited for: nothing is to leave over a metered connection only because the system is slow.
const FIRST_LOOK: Duration = Duration::from_secs(2);

/// Looks until it is dropped.
#[derive(Debug)]
pub struct Attendant {
    /// Its end ends the thread.
    _stop: Sender<()>,
}

/// Attends `engine` from here on; where its preferences ask for it, the first look is over when this returns.
pub async fn attend(engine: &Arc<Engine>) -> Attendant {
    let (stop, stopped) = mpsc::channel();
    let (looked, first_look) = oneshot::channel();
    let attended = Arc::downgrade(engine);
    let started = std::thread::Builder::new().name("carryon-system".into()).spawn(move || {
        let mut watch = Watch { engine: attended, awake: None };
        let mut looked = Some(looked);
        while watch.look() {
            if let Some(looked) = looked.take() {
                let _ = looked.send(());
            }
            if !matches!(stopped.recv_timeout(LOOK), Err(RecvTimeoutError::Timeout)) {
                return;
            }
        }
    });
    match started {
        Ok(_) => drop(tokio::time::timeout(FIRST_LOOK, first_look).await),
        Err(error) => tracing::warn!(%error, "nobody looks at connection and battery"),
    }
    Attendant { _stop: stop }
}

struct Watch {
    // Weak: who looks must not keep the records from being let go of.
    engine: Weak<Engine>,
    awake: Option<Awake>,
}

impl Watch {
    /// One look; false once the engine is gone. No question is asked that the user's preferences do not need.
    fn look(&mut self) -> bool {
        let Some((preferences, moves)) = self.engine.upgrade().map(|e| (e.preferences(), e.is_moving())) else {
            return false;
        };
        self.keep_awake(preferences.keep_awake && moves);
        let power = preferences.pause_on_battery.map(|_| power()).unwrap_or_default();
        let around = Surroundings {
            metered: if preferences.pause_on_metered { metered() } else { None },
            on_battery: power.on_battery,
            battery_percent: power.percent,
        };
        self.engine.upgrade().inspect(|engine| engine.set_surroundings(around)).is_some()
    }

    fn keep_awake(&mut self, wanted: bool) {
        match (wanted, &self.awake) {
            (true, None) => self.awake = Some(Awake::hold()),
            (false, Some(_)) => self.awake = None,
            _ => {}
        }
    }
}
