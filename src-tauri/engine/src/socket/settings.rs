//! Carrying out what is asked of the settings for everything.

use serde_json::{Value, json};

use super::{
    carry_out::{End, Lines},
    request::Settings,
};
use crate::{
    engine::Engine,
    error::Result,
    preferences::{KEYS, Preferences, Refusal},
};

/// Carries out `ask`; what was set or reset is told as it is now.
pub(super) async fn carry_out(engine: &Engine, ask: Settings, lines: &Lines) -> Result<End> {
    let tell = |line: Value| drop(lines.send(line));
    let defaults = engine.default_preferences();
    match ask {
        Settings::List => {
            let now = engine.preferences();
            KEYS.iter().for_each(|key| tell(of_setting(key, &now, &defaults)));
            let unreadable = engine.unreadable_preferences();
            unreadable.iter().for_each(|refusal| tell(of_unreadable(refusal)));
            return Ok(if unreadable.is_empty() { End::Done } else { End::SomeFailed });
        }
        Settings::Set { key, value } => {
            let patch = [(key.clone(), Value::String(value))].into_iter().collect();
            let changed = engine.change_preferences(&patch).await?;
            let now = changed.map_err(|refusals| refusals.into_iter().next().unwrap_or_else(|| nothing(&key)))?;
            tell(of_setting(&key, &now, &defaults));
        }
        Settings::Reset { keys } => {
            let now = engine.reset_preferences(&keys).await?;
            let is_meant = |key: &&&str| keys.is_empty() || keys.iter().any(|named| named == *key);
            KEYS.iter().filter(is_meant).for_each(|key| tell(of_setting(key, &now, &defaults)));
        }
    }
    Ok(End::Done)
}

fn of_setting(key: &str, now: &Preferences, defaults: &Preferences) -> Value {
    json!({
        "key": key, "value": now.value(key), "text": now.text(key), "default": defaults.value(key),
        "is_default": now.value(key) == defaults.value(key),
    })
}

fn of_unreadable(refusal: &Refusal) -> Value {
    json!({
        "event": "unreadable_setting", "key": refusal.key,
        "message": format!("What was set as “{}” cannot be read; its default holds", refusal.key),
        "next_step": format!("Set it anew: carryon settings set {} VALUE.", refusal.key),
    })
}

fn nothing(key: &str) -> Refusal {
    Refusal { key: key.to_owned(), message: "nothing was changed".to_owned() }
}
