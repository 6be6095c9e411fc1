//! A folder, a listening server, and an engine at it whose destination has settings.

use std::path::{Path, PathBuf};

use carryon_engine::DestinationSettings;
use serde_json::Value;
use tempfile::TempDir;
use tests::{engine::Desk, files::random_file};

use crate::listener::{Listener, Pairs, Request};

/// Chunks of 400 bytes, one after the other, and done.
pub const DONE: &str = "?done=/upload/done&chunk=400&concurrent=false";

pub struct Stage {
    folder: TempDir,
    pub server: Listener,
}

pub fn settings(json: Value) -> DestinationSettings {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

impl Stage {
    pub async fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), server: Listener::start().await }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    pub fn file(&self, name: &str, size: u64) -> PathBuf {
        let path = self.folder().join("files").join(name);
        random_file(&path, size, size + 1);
        path
    }

    /// An engine whose destination has that query and these settings.
    pub async fn desk(&self, query: &str, json: Value) -> Desk {
        let desk = Desk::open(&self.data(), &self.server.destination(query)).await;
        let set = desk.engine.set_destination_settings(desk.to, settings(json)).await;
        set.unwrap_or_else(|error| panic!("{error}"));
        desk
    }

    /// What the server heard while a file of that size was sent.
    pub async fn send(&self, query: &str, json: Value, size: u64) -> Vec<Request> {
        let path = self.file("a take.mov", size);
        let mut desk = self.desk(query, json).await;
        let id = desk.send(&path).await;
        desk.finished(id).await;
        desk.close().await;
        let heard = self.server.heard();
        let bytes: Vec<u8> =
            heard.iter().filter(|one| one.path == "/upload").flat_map(|one| one.bytes.clone()).collect();
        assert_eq!(bytes, std::fs::read(&path).expect("reads"), "all bytes go, once, in order");
        heard
    }
}

/// Pairs as the server noted them, `UUID` standing for the upload's own id.
pub fn named(pairs: &[(&str, &str)], uuid: &str) -> Pairs {
    let filled = |(name, value): &(&str, &str)| ((*name).to_owned(), value.replace("UUID", uuid));
    pairs.iter().map(filled).collect()
}
