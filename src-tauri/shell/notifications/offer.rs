//! The notification that resumes: one for all that was interrupted, with buttons that work while the window is hidden and
//! before it was ever shown.
//!
//! Nobody is asked twice: what was answered with *Later* is not offered again until something new happened to it, and one that
//! nobody answered is replaced by the next launch's for an hour.

use std::collections::HashMap;

use carryon_engine::{
    Engine, Error, Listed, State, UploadId,
    upload::{UnixMillis, now},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tauri::{AppHandle, Runtime};

use super::{SHOW, SHOW_RESUMABLE, lead_to, name_of_first};
use crate::{
    core,
    notes::{self, Answered, Note},
    preferences::{self, Notifications},
    words::{say, say_with},
};

const RESUME: &str = "resume";
const LATER: &str = "later";
/// The setting that holds the notification that nobody answered yet.
const OPEN: &str = "window:offer_open";
/// The setting that holds what was put off, and when each last changed then.
const PUT_OFF: &str = "window:offer_put_off";
/// For so long an unanswered notification is taken to be there still.
const STANDS_FOR: UnixMillis = 60 * 60 * 1000;

/// A notification that nobody answered yet.
#[derive(Debug, Serialize, Deserialize)]
struct Open {
    id: u32,
    /// The service that showed it: another one knows nothing of the id, or knows something else by it.
    service: String,
    at: UnixMillis,
}

/// What was put off, and when each last changed then.
type PutOff = HashMap<UploadId, UnixMillis>;

/// Offers to resume what was interrupted, if anything was that is not put off.
pub fn offer_resume<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let opened = core::opened(&app);
        let Ok(core) = &*opened else { return };
        if let Err(error) = offer(&app, &core.engine).await {
            tracing::warn!(%error, "what was interrupted cannot be offered by notification");
        }
    });
}

async fn offer<R: Runtime>(app: &AppHandle<R>, engine: &Engine) -> Result<(), Error> {
    let mut interrupted = engine.resumable().await?;
    interrupted.retain(|listed| matches!(listed.upload.state, State::Interrupted { .. }));
    let put_off: PutOff = read(engine, PUT_OFF).await.unwrap_or_default();
    interrupted.retain(|Listed { upload, .. }| put_off.get(&upload.id) != Some(&upload.updated_at));
    if interrupted.is_empty() || preferences::notifications(app) == Notifications::None {
        return Ok(());
    }
    let service = notes::service().await;
    let replaces = still_open(read(engine, OPEN).await, service.as_deref(), now());
    let offered: PutOff = interrupted.iter().map(|listed| (listed.upload.id, listed.upload.updated_at)).collect();
    let app = app.clone();
    let note = Note { replaces, ..note(&interrupted) };
    let shown = notes::show_as(note, move |answered| answer(&app, offered, answered)).await;
    let open = shown.zip(service).map(|(id, service)| Open { id, service, at: now() });
    engine.set_setting(OPEN, json!(open)).await
}

async fn read<T: DeserializeOwned>(engine: &Engine, key: &'static str) -> Option<T> {
    serde_json::from_value(engine.setting(key).await.ok()??).ok()
}

/// The notification that the new one takes the place of, if it is still there.
fn still_open(open: Option<Open>, service: Option<&str>, now: UnixMillis) -> Option<u32> {
    let stands = |open: &Open| Some(open.service.as_str()) == service && (0..STANDS_FOR).contains(&(now - open.at));
    open.filter(stands).map(|open| open.id)
}

fn note(interrupted: &[Listed]) -> Note {
    let count = interrupted.len();
    Note {
        title: say_with("interrupted-title", [("count", count.into()), ("name", name_of_first(interrupted).into())]),
        body: say("interrupted-body"),
        buttons: vec![
            ("default", say("button-show")),
            (RESUME, say_with("button-resume", [("count", count.into())])),
            (SHOW, say("button-show")),
            (LATER, say("button-later")),
        ],
        stays: true,
        ..Note::default()
    }
}

fn answer<R: Runtime>(app: &AppHandle<R>, offered: PutOff, answered: Answered) {
    let Answered::Pressed(key) = answered else { return };
    if key != RESUME && key != LATER {
        lead_to(app, SHOW_RESUMABLE);
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let opened = core::opened(&app);
        let Ok(core) = &*opened else { return };
        if let Err(error) = follow(&core.engine, offered, &key).await {
            tracing::warn!(%error, "the answer is not remembered");
        }
    });
}

/// Does what was answered, and remembers it.
async fn follow(engine: &Engine, offered: PutOff, key: &str) -> Result<(), Error> {
    engine.set_setting(OPEN, Value::Null).await?;
    match key {
        RESUME => {
            let ids: Vec<UploadId> = offered.into_keys().collect();
            for (id, error) in engine.resume(&ids).await.problems {
                tracing::warn!(upload = %id, %error, "could not be resumed from the notification");
            }
            Ok(())
        }
        LATER => {
            let mut put_off: PutOff = read(engine, PUT_OFF).await.unwrap_or_default();
            let (listed, _) = engine.list().await?;
            put_off.retain(|id, _| listed.iter().any(|listed| listed.upload.id == *id));
            put_off.extend(offered);
            engine.set_setting(PUT_OFF, json!(put_off)).await
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unanswered_notification_is_replaced_within_an_hour_and_by_the_same_service_only() {
        let open = || Some(Open { id: 7, service: "bus :1.4".into(), at: 1_000 });
        assert_eq!(still_open(open(), Some("bus :1.4"), 2_000), Some(7));
        assert_eq!(still_open(open(), Some("bus :1.9"), 2_000), None, "another service's 7 is another notification");
        assert_eq!(still_open(open(), None, 2_000), None);
        assert_eq!(still_open(open(), Some("bus :1.4"), 1_000 + STANDS_FOR), None);
        assert_eq!(still_open(open(), Some("bus :1.4"), 0), None, "a clock that went back proves nothing");
        assert_eq!(still_open(None, Some("bus :1.4"), 2_000), None);
    }
}
