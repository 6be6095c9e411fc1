//! The preferences that only this program needs: each is one of a few words, kept in the records beside the engine's.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use carryon_engine::{Engine, Result};
use carryon_system::Log;
use serde_json::{Map, Value};
use tauri::{AppHandle, Manager, Runtime, Theme};

use crate::words;

/// A preference: its name, the key of its row, and the words it takes; the first is its default.
struct Choice {
    key: &'static str,
    row: &'static str,
    words: &'static [&'static str],
}

const CHOICES: [Choice; 5] = [
    Choice { key: "theme", row: "window:theme", words: &["system", "light", "dark"] },
    Choice { key: "language", row: "window:language", words: &["system", "en", "de"] },
    Choice { key: "motion", row: "window:motion", words: &["system", "reduced"] },
    Choice { key: "notifications", row: "window:notifications", words: &["all", "problems", "none"] },
    Choice { key: "log_level", row: "window:log_level", words: &["info", "debug", "warn", "error", "off"] },
];

/// What may be said beside the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notifications {
    /// Nothing.
    None,
    /// What needs an answer or a deed.
    Problems,
    /// That, and what arrived.
    All,
}

/// What is set. What is not in it has its default.
#[derive(Debug, Default)]
pub struct Own {
    // Held for a look or a change, never across an await.
    set: Mutex<BTreeMap<&'static str, &'static str>>,
    unreadable: Mutex<Vec<String>>,
}

impl Own {
    /// Whether there is such a preference here.
    pub fn knows(key: &str) -> bool {
        CHOICES.iter().any(|choice| choice.key == key)
    }

    /// What holds where nobody set anything.
    pub fn defaults() -> Map<String, Value> {
        CHOICES.iter().map(|choice| (choice.key.to_owned(), choice.words[0].into())).collect()
    }

    /// What holds now.
    pub fn values(&self) -> Map<String, Value> {
        CHOICES.iter().map(|choice| (choice.key.to_owned(), self.value(choice.key).into())).collect()
    }

    /// Which could not be read; their defaults hold.
    pub fn unreadable(&self) -> Vec<String> {
        lock(&self.unreadable).clone()
    }

    /// What may be said beside the window.
    pub fn notifications(&self) -> Notifications {
        match self.value("notifications") {
            "none" => Notifications::None,
            "problems" => Notifications::Problems,
            _ => Notifications::All,
        }
    }

    fn value(&self, key: &str) -> &'static str {
        let default = || CHOICES.iter().find(|choice| choice.key == key).map_or("", |choice| choice.words[0]);
        lock(&self.set).get(key).copied().unwrap_or_else(default)
    }

    /// Takes over what stands in the records.
    pub async fn read(&self, engine: &Engine) {
        for choice in &CHOICES {
            match engine.setting(choice.row).await {
                Ok(None) => {}
                Ok(Some(value)) if word(choice, &value).is_some() => self.put(choice, &value),
                Ok(Some(_)) | Err(_) => {
                    tracing::warn!(key = choice.key, "a setting cannot be read; its default holds");
                    lock(&self.unreadable).push(choice.key.to_owned());
                }
            }
        }
    }

    /// Whether each of these makes sense; else which does not, and what would.
    pub fn check(&self, patch: &Map<String, Value>) -> std::result::Result<(), (String, String)> {
        for (key, value) in patch {
            let choice = CHOICES.iter().find(|choice| choice.key == key);
            let refused = choice.filter(|choice| word(choice, value).is_none());
            if let Some(choice) = refused {
                return Err((key.clone(), format!("It is one of {}", choice.words.join(", "))));
            }
        }
        Ok(())
    }

    /// Keeps what was checked; it holds once it is applied.
    pub async fn set(&self, engine: &Engine, patch: Map<String, Value>) -> Result<()> {
        for (key, value) in patch {
            if let Some(choice) = CHOICES.iter().find(|choice| choice.key == key) {
                engine.set_setting(choice.row, value.clone()).await?;
                self.put(choice, &value);
                lock(&self.unreadable).retain(|unreadable| *unreadable != key);
            }
        }
        Ok(())
    }

    fn put(&self, choice: &Choice, value: &Value) {
        if let Some(word) = word(choice, value) {
            lock(&self.set).insert(choice.key, word);
        }
    }

    /// Lets what is set hold, as far as it is not the page's: window, words, log.
    pub fn apply<R: Runtime>(&self, app: &AppHandle<R>) {
        app.set_theme(match self.value("theme") {
            "light" => Some(Theme::Light),
            "dark" => Some(Theme::Dark),
            _ => None,
        });
        words::set_language(Some(self.value("language")).filter(|code| *code != "system"));
        app.state::<Log>().set_level(self.value("log_level"));
    }
}

fn word(choice: &Choice, value: &Value) -> Option<&'static str> {
    let said = value.as_str()?;
    choice.words.iter().find(|word| **word == said).copied()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_words_that_are_known_are_taken_and_the_first_is_the_default() {
        let own = Own::default();
        let patch = |key: &str, value: Value| Map::from_iter([(key.to_owned(), value)]);
        assert_eq!(own.check(&patch("theme", json!("dark"))), Ok(()));
        for (key, value) in [("theme", json!("blue")), ("language", json!(5)), ("notifications", Value::Null)] {
            assert_eq!(own.check(&patch(key, value)).map_err(|(key, _)| key), Err(key.to_owned()));
        }
        assert_eq!(own.values(), Own::defaults());
        assert_eq!(own.notifications(), Notifications::All);
    }
}
