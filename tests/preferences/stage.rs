//! What every test here needs: a folder, a scripted server that takes its time, files of known bytes, an engine.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    time::Duration,
};

use carryon_engine::{Engine, Options, UploadId};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    engine::{Desk, quick},
    files::{digest, random_file},
    scripted::{Manners, Scripted},
};

pub const CHUNK: u64 = 1000;

pub struct Stage {
    folder: TempDir,
    pub server: Scripted,
}

impl Stage {
    /// A server that takes 20 ms for a chunk, and would suffer from being told anything twice.
    pub async fn new() -> Self {
        let manners = Manners { askable: false, digests: false, done_truncates: true, completes_alone: false };
        let stage = Self { folder: tempfile::tempdir().expect("a folder"), server: Scripted::start(manners).await };
        stage.server.pace(Duration::from_millis(20));
        stage
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn file(&self, name: &str, chunks: u64) -> PathBuf {
        let path = self.folder.path().join("files").join(name);
        random_file(&path, chunks * CHUNK, chunks + name.len() as u64);
        path
    }

    pub async fn desk(&self) -> Desk {
        self.desk_with(quick(&self.data())).await
    }

    pub async fn desk_with(&self, options: Options) -> Desk {
        Desk::open_with(options, &self.server.destination(CHUNK)).await
    }

    /// Sees that these files arrived, each once, and no chunk of them twice.
    pub fn delivered(&self, files: &[PathBuf]) {
        let arrived: HashSet<String> = self.server.objects().into_iter().map(|object| object.digest).collect();
        assert_eq!(arrived, files.iter().map(|file| digest(file)).collect(), "what arrived is what was sent");
        assert_eq!((self.server.completions(), self.server.early_dones()), (files.len(), 0));
        let bytes: u64 = files.iter().map(|file| file.metadata().expect("it is there").len()).sum();
        assert_eq!(self.chunks(), bytes / CHUNK, "no chunk is sent twice");
    }

    /// Chunks that were asked for so far.
    pub fn chunks(&self) -> u64 {
        self.server.log().iter().filter(|seen| matches!(seen.what, tests::scripted::What::Chunk(_))).count() as u64
    }

    /// Writes a row of settings as somebody else would.
    pub fn row(&self, key: &str, value: &str) {
        let records = rusqlite::Connection::open(self.data().join("carryon.db")).expect("opens");
        let sql = "INSERT OR REPLACE INTO settings (key, value) VALUES (?1, ?2)";
        records.execute(sql, [key, value]).expect("it is set");
    }
}

/// Sets one preference, which must be taken.
pub async fn set(engine: &Engine, key: &str, value: Value) {
    let patch = json!({ key: value });
    let changed = engine.change_preferences(patch.as_object().expect("an object")).await.expect("it is stored");
    changed.unwrap_or_else(|refused| panic!("{refused:?}"));
}

/// Waits until an upload is in that state.
pub async fn state(desk: &Desk, id: UploadId, wanted: &str) {
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        let now = desk.listed(id).await.map(|listed| listed.upload.state.name());
        if now == Some(wanted) {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{now:?} instead of {wanted}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The records' file of a data folder.
pub fn setting_rows(data: &Path) -> Vec<(String, String)> {
    let records = rusqlite::Connection::open(data.join("carryon.db")).expect("opens");
    let mut statement = records.prepare("SELECT key, value FROM settings ORDER BY key").expect("a query");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("runs");
    rows.collect::<Result<_, _>>().expect("reads")
}
