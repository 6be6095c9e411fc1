//! A destination as it was typed: tried without saving it, and saved. A refusal names the field that it is about.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use carryon_engine::{
    Change, Check, Credentials, DestinationId, DestinationRow, DestinationSettings, Engine, Error, ErrorKind,
    HttpOptions, Kept, drivers, socket::Secret,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::{
    commands::{Failed, Shared, of},
    core::Core,
    destinations,
    given::Given,
    words,
};

/// What a form holds.
#[derive(Debug, Deserialize)]
pub struct Draft {
    /// Which destination it changes; none for a new one.
    id: Option<DestinationId>,
    /// Which destination a new one begins as a copy of: its settings, never its token.
    #[serde(default)]
    like: Option<DestinationId>,
    name: String,
    address: String,
    /// What differs from what is set; null for the default (RFC 7396).
    settings: Value,
    token: Option<Secret>,
    /// The token that is kept is to be forgotten.
    forget_token: bool,
}

/// What became of it.
#[derive(Serialize)]
pub struct SavedNow {
    id: DestinationId,
    /// Where its new token is kept: “keychain”, or “session” and why; none where none was given.
    kept: Option<&'static str>,
    why: Option<String>,
}

/// A refusal, and the field of the form that it is about where that is known.
#[derive(Debug, Serialize)]
pub struct Refused {
    #[serde(flatten)]
    failed: Failed,
    field: Option<&'static str>,
}

impl Refused {
    /// What is said about it.
    pub(crate) fn message(&self) -> &str {
        self.failed.message()
    }
}

impl From<Failed> for Refused {
    fn from(failed: Failed) -> Self {
        Self { failed, field: None }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Failed::from(error).into()
    }
}

pub(crate) fn about(field: &'static str) -> impl Fn(Error) -> Refused {
    move |error| Refused { failed: error.into(), field: Some(field) }
}

/// Saves what was typed; where something makes no sense nothing is changed.
#[tauri::command]
pub async fn save_destination(shared: Shared<'_>, draft: Given<Draft>) -> Result<SavedNow, Refused> {
    let (core, draft) = (of(&shared)?, draft.0);
    let row = known(core, draft.id).await?;
    let settings = typed_settings(core, row.as_ref(), &draft).await?;
    if let Some(own) = row.as_ref().filter(|row| row.id == core.destination.id) {
        core.engine.set_destination_settings(own.id, settings).await?;
        return Ok(SavedNow { id: own.id, kept: None, why: None });
    }
    let address = checked_address(&draft.address, &settings)?;
    require_free(core, row.as_ref(), &address).await?;
    let name = draft.name.clone();
    let saved = match row {
        None => core.engine.add_destination(&name, &address, settings).await,
        Some(row) => {
            let address = Some(address).filter(|address| *address != row.address);
            let change = Change { name: Some(name), address, settings: Some(settings) };
            core.engine.change_destination(&row.name, change).await
        }
    };
    let id = saved.map_err(of_the_name)?.id;
    keep_token(&core.engine, id, draft).await
}

/// Everything but the name was looked at before.
fn of_the_name(error: Error) -> Refused {
    match error.kind() {
        ErrorKind::Invalid => about("name")(error.next_step("Choose another name.")),
        _ => error.into(),
    }
}

async fn keep_token(engine: &Engine, id: DestinationId, draft: Draft) -> Result<SavedNow, Refused> {
    if draft.forget_token {
        engine.forget_token(id).await?;
    }
    let Some(Secret(token)) = draft.token else { return Ok(SavedNow { id, kept: None, why: None }) };
    Ok(match engine.remember_token(id, token).await? {
        Kept::InKeychain => SavedNow { id, kept: Some("keychain"), why: None },
        Kept::ForThisRun(why) => SavedNow { id, kept: Some("session"), why: Some(why) },
    })
}

/// The test that is under way: a new one ends it, and so does whoever does not want to wait.
// Held for an exchange, never across an await.
#[derive(Default)]
pub struct Trial(Mutex<Option<oneshot::Sender<()>>>);

impl Trial {
    /// Ends what is under way; the receiver hears the end of what begins now.
    fn begin(&self) -> oneshot::Receiver<()> {
        let (running, stopped) = oneshot::channel();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        stopped
    }

    fn stop(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Tries what was typed, without saving it; none where that was stopped.
#[tauri::command]
pub async fn test_destination(shared: Shared<'_>, draft: Given<Draft>) -> Result<Option<Vec<Check>>, Refused> {
    let (core, draft) = (of(&shared)?, draft.0);
    let stopped = core.trial.begin();
    let row = known(core, draft.id).await?;
    let settings = typed_settings(core, row.as_ref(), &draft).await?;
    let address = checked_address(&draft.address, &settings)?;
    let token = draft.token.map(|Secret(token)| token);
    // A token that is to be forgotten is not tried either.
    let saved = draft.id.filter(|_| !draft.forget_token);
    tokio::select! {
        checks = core.engine.try_destination(saved, &address, &settings, Credentials { token }) => {
            checks.map(Some).map_err(of_the_token)
        }
        _ = stopped => Ok(None),
    }
}

fn of_the_token(error: Error) -> Refused {
    match error.kind() {
        ErrorKind::Unauthorized => about("token")(error.next_step("Unlock the keychain, or type the token again.")),
        _ => error.into(),
    }
}

/// Ends the test that is under way.
#[tauri::command]
pub fn stop_test(shared: Shared<'_>) -> Result<(), Failed> {
    of(&shared)?.trial.stop();
    Ok(())
}

/// Asks for a file of certificates; none where nothing was chosen.
#[tauri::command]
pub async fn pick_certificates<R: Runtime>(app: AppHandle<R>) -> Option<PathBuf> {
    let (sender, picked) = oneshot::channel();
    let picker = app.dialog().file().set_title(words::say("pick-certificates"));
    picker.pick_file(move |path| drop(sender.send(path)));
    picked.await.ok().flatten()?.into_path().ok()
}

async fn known(core: &Core, id: Option<DestinationId>) -> Result<Option<DestinationRow>, Failed> {
    match id {
        Some(id) => destinations::row(core, id).await.map(Some),
        None => Ok(None),
    }
}

/// What was typed, over what is set about the row; about the one it is a copy of where it is new.
async fn typed_settings(
    core: &Core,
    row: Option<&DestinationRow>,
    draft: &Draft,
) -> Result<DestinationSettings, Refused> {
    let like = known(core, draft.like).await?;
    settings(row.or(like.as_ref()), &draft.settings)
}

/// What is set about the row, with what was typed over it. What cannot be read is set anew.
fn settings(row: Option<&DestinationRow>, typed: &Value) -> Result<DestinationSettings, Refused> {
    let before = row.and_then(|row| row.settings().ok()).unwrap_or_default();
    let mut all = serde_json::to_value(before).unwrap_or_default();
    merge(&mut all, typed);
    DestinationSettings::from_json(&all.to_string()).map_err(of_the_settings)
}

/// RFC 7396: what is null goes, objects are gone into, the rest takes its place.
fn merge(into: &mut Value, typed: &Value) {
    let Value::Object(typed) = typed else { return into.clone_from(typed) };
    if !into.is_object() {
        *into = Value::Object(serde_json::Map::new());
    }
    let Value::Object(into) = into else { return };
    for (key, value) in typed {
        match value {
            Value::Null => drop(into.remove(key)),
            value => merge(into.entry(key).or_insert(Value::Null), value),
        }
    }
}

/// The address as it is stored. What is wrong is found by leaving out one thing after the other.
fn checked_address(address: &str, settings: &DestinationSettings) -> Result<String, Refused> {
    let agreed = HttpOptions { allow_http: true, ..HttpOptions::default() };
    let asked = HttpOptions { allow_http: settings.allow_http, ..HttpOptions::default() };
    let trusting = HttpOptions { ca_file: settings.ca_file.clone(), ..asked.clone() };
    if let Err(error) = drivers::normalise(address, &agreed) {
        let field = if is_spoken(address) { "address" } else { "kind" };
        return Err(about(field)(error.next_step(match field {
            "kind" => "Choose another kind of server.",
            _ => "Check the address.",
        })));
    }
    let plain = "Use https, or agree below to send without encryption.";
    let stored = drivers::normalise(address, &asked).map_err(|error| about("allow_http")(error.next_step(plain)))?;
    let file = "Choose a file of certificates in PEM form.";
    drivers::normalise(address, &trusting).map_err(|error| about("ca_file")(error.next_step(file)))?;
    drivers::validate(address, &trusting, settings).map_err(of_the_settings)?;
    Ok(stored)
}

/// The fields of the form, as the engine's sentences name the settings, and what they are called there.
const FIELDS: [(&str, &str); 34] = [
    ("chunk_size", "chunk_size"),
    ("connections", "connections"),
    ("scope", "scope"),
    ("min_size", "min_size"),
    ("allowed_extensions", "allowed_extensions"),
    ("method", "method"),
    ("names", "names"),
    ("params", "params"),
    ("headers", "headers"),
    ("prevent_retry_property", "prevent_retry_property"),
    ("done.method", "done.method"),
    ("done.params", "done.params"),
    ("done.headers", "done.headers"),
    ("done.reset_on_status", "done.reset_on_status"),
    ("done.endpoint", "done"),
    ("The done endpoint", "done"),
    ("“done=", "done"),
    ("delete.params", "delete.params"),
    ("delete.headers", "delete.headers"),
    ("delete.endpoint", "delete.endpoint"),
    ("The delete endpoint", "delete.endpoint"),
    ("session.params", "session.params"),
    ("session.headers", "session.headers"),
    ("session.endpoint", "session"),
    ("The session endpoint", "session"),
    ("tus.headers", "tus.headers"),
    ("tus.metadata", "tus.metadata"),
    ("lanes", "tus.lanes"),
    ("“lanes=", "address"),
    ("“chunk=", "address"),
    ("“concurrent=", "address"),
    ("“repeat_finish=", "address"),
    ("“preset=", "address"),
    ("“interop=", "address"),
];

/// A refusal of settings names its field where the sentence begins with it.
fn of_the_settings(error: Error) -> Refused {
    let begins = |name: &str| {
        let rest = error.message().strip_prefix(name)?;
        (name.starts_with(['“', 'T']) || rest.starts_with([':', '.'])).then_some(())
    };
    match FIELDS.iter().find(|(name, _)| begins(name).is_some()) {
        Some((_, field)) => about(field)(error),
        None => error.into(),
    }
}

/// Whether the address begins with a protocol that the engine speaks.
fn is_spoken(address: &str) -> bool {
    let protocol = address.split('+').next().unwrap_or_default();
    drivers::normalise(&format!("{protocol}+https://host.invalid/"), &HttpOptions::default()).is_ok()
}

/// Two destinations of one address would be one.
async fn require_free(core: &Core, row: Option<&DestinationRow>, address: &str) -> Result<(), Refused> {
    let rows = core.engine.destinations().await?;
    let other = rows.iter().find(|other| other.address == address && row.is_none_or(|row| row.id != other.id));
    match other {
        // One that is only known by its address gets its name now.
        None => Ok(()),
        Some(other) if row.is_none() && other.name == other.address => Ok(()),
        Some(other) => {
            let text = format!("This address is saved already, as “{}”", other.shown_name());
            Err(about("address")(Error::new(ErrorKind::Invalid, text).next_step("Edit that one, or remove it first.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_typed_goes_over_what_is_set_and_the_rest_stays() {
        let mut all = json!({"chunk_size": 5, "scope": "a", "fine_uploader": {"method": "PUT", "session": null}});
        let typed = json!({"chunk_size": null, "lifetime_days": 3, "fine_uploader": {"session": {"endpoint": "/s"}}});
        merge(&mut all, &typed);
        let session = json!({"method": "PUT", "session": {"endpoint": "/s"}});
        assert_eq!(all, json!({"scope": "a", "lifetime_days": 3, "fine_uploader": session}));
    }

    #[test]
    fn a_refusal_names_the_field_it_is_about() {
        let set = |json: &str| DestinationSettings::from_json(json).expect("settings");
        let refused = |address: &str, json: &str| checked_address(address, &set(json)).expect_err(address).field;
        assert_eq!(refused("gopher+https://h/files/", "{}"), Some("kind"));
        assert_eq!(refused("fineuploader+https://", "{}"), Some("address"));
        assert_eq!(refused("fineuploader+http://h/up", "{}"), Some("allow_http"));
        assert_eq!(refused("fineuploader+https://h/up", r#"{"ca_file": "/no/such/file"}"#), Some("ca_file"));
        let elsewhere = r#"{"fine_uploader": {"session": {"endpoint": "https://elsewhere/list"}}}"#;
        assert_eq!(refused("fineuploader+https://h/up", elsewhere), Some("session"));
        let agreed = checked_address("fineuploader+http://h/up", &set(r#"{"allow_http": true}"#)).expect("agreed");
        assert_eq!(agreed, "fineuploader+http://h/up");
        for (typed, field) in [
            (json!({"chunk_size": 0}), "chunk_size"),
            (json!({"min_size": 2, "max_size": 1}), "min_size"),
            (json!({"scope": "two\nlines"}), "scope"),
            (json!({"allowed_extensions": ["."]}), "allowed_extensions"),
            (json!({"fine_uploader": {"method": "GET"}}), "method"),
            (json!({"fine_uploader": {"names": {"uuid": ""}}}), "names"),
            (json!({"fine_uploader": {"params": {"a": "{nope}"}}}), "params"),
            (json!({"fine_uploader": {"headers": {"Cookie": "a"}}}), "headers"),
            (json!({"fine_uploader": {"done": {"headers": {"X-A": "a\nb"}}}}), "done.headers"),
            (json!({"fine_uploader": {"done": {"reset_on_status": [200]}}}), "done.reset_on_status"),
            (json!({"fine_uploader": {"delete": {"params": {"a": "{name}"}}}}), "delete.params"),
            (json!({"tus": {"lanes": 99}}), "tus.lanes"),
            (json!({"tus": {"metadata": {"a b": "1"}}}), "tus.metadata"),
        ] {
            assert_eq!(settings(None, &typed).expect_err("refused").field, Some(field), "{typed}");
        }
        assert_eq!(settings(None, &json!({"fine_uploader": 7})).expect_err("no group").field, None);
        assert_eq!(refused("tus+https://h/?lanes=99", "{}"), Some("address"));
        assert_eq!(refused("ietf+https://h/?interop=7", "{}"), Some("address"));
    }

    #[test]
    fn a_token_does_not_show_itself() {
        let typed =
            json!({"id": null, "name": "a", "address": "b", "settings": {}, "token": "hunter2", "forget_token": false});
        let draft: Draft = serde_json::from_value(typed).expect("a draft");
        assert!(!format!("{draft:?}").contains("hunter2"));
    }
}
