//! Preferences in the records, one row for each that was set; and what a change of them does at once.

use std::sync::Mutex;

use serde_json::{Map, Value};
use tokio::sync::watch;

use super::{KEYS, Preferences, Refusal};
use crate::{
    engine::{Engine, Options},
    error::Result,
    inner::{Inner, lock},
    records::{Records, settings},
};

/// What their keys begin with in the table of settings.
const PREFIX: &str = "preference:";

/// What holds now, and what could not be read when the records were opened.
#[derive(Debug)]
pub(crate) struct Preferred {
    now: watch::Sender<Preferences>,
    /// What holds where nobody set anything.
    base: Preferences,
    // Held for a copy or a removal, never across an await.
    unreadable: Mutex<Vec<Refusal>>,
    /// Held over reading, storing and applying: no change is lost between two who change.
    changing: tokio::sync::Mutex<()>,
}

impl Preferred {
    /// What stands in the records, over the engine's own defaults.
    pub async fn read(records: &Records, options: &Options) -> Result<Self> {
        let base = Preferences {
            files_at_once: options.limits.files,
            speed_limit: options.speed_limit.clone(),
            ..Preferences::default()
        };
        let rows = records.run(|connection| settings::beginning_with(connection, PREFIX)).await?;
        let (preferences, unreadable) = base.clone().with_stored(&rows);
        for refusal in &unreadable {
            tracing::warn!(key = refusal.key, "a setting cannot be read; its default holds");
        }
        let (now, unreadable) = (watch::Sender::new(preferences), Mutex::new(unreadable));
        Ok(Self { now, base, unreadable, changing: tokio::sync::Mutex::default() })
    }

    /// What holds now.
    pub fn now(&self) -> Preferences {
        self.now.borrow().clone()
    }
}

impl Engine {
    /// What is set for everything, now.
    pub fn preferences(&self) -> Preferences {
        self.inner.preferred.now()
    }

    /// What holds where nobody set anything.
    pub fn default_preferences(&self) -> Preferences {
        self.inner.preferred.base.clone()
    }

    /// The preferences, and each change of them from here on.
    pub fn watch_preferences(&self) -> watch::Receiver<Preferences> {
        self.inner.preferred.now.subscribe()
    }

    /// Which preferences cannot be read in the records: their defaults hold until they are set anew.
    pub fn unreadable_preferences(&self) -> Vec<Refusal> {
        lock(&self.inner.preferred.unreadable).clone()
    }

    /// Sets all preferences. They hold at once, for what is under way too, and after a restart.
    ///
    /// # Errors
    /// `Invalid` where one makes no sense, `Storage` where they could not be kept; then nothing was changed.
    pub async fn set_preferences(&self, preferences: Preferences) -> Result<()> {
        let all = KEYS.iter().map(|key| ((*key).to_owned(), preferences.value(key).unwrap_or_default()));
        match self.change_preferences(&all.collect()).await? {
            Err(refusals) => refusals.into_iter().next().map_or(Ok(()), |refusal| Err(refusal.into())),
            Ok(_) => Ok(()),
        }
    }

    /// Sets the preferences that `patch` names, all of them or none; else says which of them make no sense.
    ///
    /// # Errors
    /// `Storage` where they could not be kept; then nothing was changed.
    pub async fn change_preferences(&self, patch: &Map<String, Value>) -> Result<Result<Preferences, Vec<Refusal>>> {
        let _changing = self.inner.preferred.changing.lock().await;
        let mut wanted = self.preferences();
        let refused: Vec<_> = patch.iter().filter_map(|(key, value)| wanted.set(key, value).err()).collect();
        if !refused.is_empty() {
            return Ok(Err(refused));
        }
        let keys: Vec<&'static str> = KEYS.into_iter().filter(|key| patch.contains_key(*key)).collect();
        self.keep_and_apply(keys, wanted).await.map(Ok)
    }

    /// Lets the preferences of these names be as if nobody had ever set them; all, where none is named.
    ///
    /// # Errors
    /// `Invalid` where there is no such preference, `Storage`; then nothing was changed.
    pub async fn reset_preferences(&self, keys: &[String]) -> Result<Preferences> {
        let _changing = self.inner.preferred.changing.lock().await;
        let (mut wanted, base) = (self.preferences(), &self.inner.preferred.base);
        let meant: Vec<String> = if keys.is_empty() { KEYS.map(str::to_owned).to_vec() } else { keys.to_vec() };
        for key in &meant {
            wanted.set(key, &base.value(key).unwrap_or_default())?;
        }
        let keys = KEYS.into_iter().filter(|key| meant.iter().any(|meant| meant == key)).collect();
        self.keep_and_apply(keys, wanted).await
    }

    async fn keep_and_apply(&self, keys: Vec<&'static str>, wanted: Preferences) -> Result<Preferences> {
        let (kept, base, written) = (wanted.clone(), self.inner.preferred.base.clone(), keys.clone());
        let keep = move |connection: &rusqlite::Connection| {
            written.into_iter().try_for_each(|key| {
                let row = format!("{PREFIX}{key}");
                match kept.value(key) {
                    Some(value) if base.value(key).as_ref() != Some(&value) => settings::set(connection, &row, &value),
                    _ => settings::remove(connection, &row),
                }
            })
        };
        self.inner.records.run(keep).await?;
        lock(&self.inner.preferred.unreadable).retain(|refusal| !keys.contains(&refusal.key.as_str()));
        self.inner.apply(wanted.clone());
        Ok(wanted)
    }
}

impl Inner {
    fn apply(&self, preferences: Preferences) {
        let before = self.preferred.now.send_replace(preferences.clone());
        if before.speed_limit != preferences.speed_limit {
            self.pacer.set(preferences.speed_limit.clone());
        }
        if preferences.files_at_once < before.files_at_once {
            self.make_way();
        }
        self.surroundings.look_again();
        self.wake.notify_one();
    }
}
