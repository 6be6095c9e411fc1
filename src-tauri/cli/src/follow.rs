//! Follows uploads to their last event, or until the user or the clock says that it is enough.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use carryon_engine::{Engine, Error, Event, UploadId};
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{exit::End, report::Report, words};

/// What is being followed.
pub struct Follow<'a> {
    /// The engine; it is shut down at the end.
    pub engine: Engine,
    /// Its news, from before anything was added.
    pub events: UnboundedReceiver<Event>,
    /// Where they are told.
    pub report: &'a mut Report,
    /// How long to go on without progress.
    pub patience: Option<Duration>,
    /// How to carry on later, in words; none where resume is switched off.
    pub advice: Option<String>,
}

impl Follow<'_> {
    /// Follows `ids`; something `failed` before already. Ctrl-C and SIGTERM stop cleanly.
    pub async fn until_the_end(mut self, ids: Vec<UploadId>, failed: bool) -> Result<End, Error> {
        let mut left: BTreeSet<UploadId> = ids.into_iter().collect();
        let mut failed = failed;
        let mut moved = Progressed::default();
        let stop = stop_signal();
        tokio::pin!(stop);
        let mut stopped = false;
        while !left.is_empty() && !stopped {
            tokio::select! {
                event = self.events.recv() => {
                    let Some(event) = event else { break };
                    if left.contains(&event.id()) {
                        moved.hear(&event);
                        self.report.tell(&event);
                        failed |= matches!(event, Event::Stopped { .. });
                        if matches!(event, Event::Finished { .. } | Event::Stopped { .. } | Event::Removed { .. }) {
                            left.remove(&event.id());
                        }
                    }
                }
                () = &mut stop => stopped = true,
                () = moved.too_long(self.patience) => stopped = true,
            }
        }
        if stopped {
            self.say_interrupted(&left).await;
        }
        self.engine.shutdown().await?;
        Ok(match (failed, stopped) {
            (true, _) => End::SomeFailed,
            (false, true) => End::Interrupted,
            (false, false) => End::Done,
        })
    }

    async fn say_interrupted(&mut self, left: &BTreeSet<UploadId>) {
        let (listed, _) = self.engine.list().await.unwrap_or_default();
        let uploads: Vec<_> = listed.into_iter().map(|l| l.upload).filter(|u| left.contains(&u.id)).collect();
        let (confirmed, size) = uploads.iter().fold((0, 0), |(c, s), u| (c + u.confirmed, s + u.size));
        let count = words::uploads(left.len());
        let held = format!("{} of {} are safe at the destination", words::bytes(confirmed), words::bytes(size));
        let text = match &self.advice {
            Some(advice) => format!("Stopped: {count} unfinished; {held}.\nCarry on with: {advice}"),
            None => format!("Stopped: {count} unfinished; resume is switched off, so nothing is kept."),
        };
        let ids: Vec<_> = left.iter().collect();
        self.report.say(&text, &json!({ "event": "interrupted", "ids": ids, "confirmed": confirmed, "size": size }));
    }
}

/// When anything was confirmed last.
struct Progressed {
    at: Instant,
    confirmed: std::collections::HashMap<UploadId, u64>,
}

impl Default for Progressed {
    fn default() -> Self {
        Self { at: Instant::now(), confirmed: Default::default() }
    }
}

impl Progressed {
    fn hear(&mut self, event: &Event) {
        let moved = match event {
            Event::Progress(progress) => {
                self.confirmed.insert(progress.id, progress.confirmed) != Some(progress.confirmed)
            }
            Event::Finished { .. } | Event::Started { .. } => true,
            _ => false,
        };
        if moved {
            self.at = Instant::now();
        }
    }

    async fn too_long(&self, patience: Option<Duration>) {
        match patience {
            Some(patience) => tokio::time::sleep_until((self.at + patience).into()).await,
            None => std::future::pending().await,
        }
    }
}

/// Ends when the user or the system asks the program to stop.
pub async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        let Ok(mut terminate) = terminate else { return drop(interrupt.await) };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
