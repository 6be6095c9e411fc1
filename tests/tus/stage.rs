//! A scripted tus server, files, and an engine that loses no time.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use carryon_engine::{Options, RetryPolicy};
use tempfile::TempDir;
use tests::{
    engine::{Desk, quick},
    files,
    scripted_tus::{Asked, TusScript},
};

pub const CHUNK: u64 = 1000;
pub const PLAIN: &str = "creation,expiration,termination";

pub struct Stage {
    pub server: TusScript,
    pub folder: TempDir,
}

impl Stage {
    pub async fn new(extensions: &'static str) -> Self {
        Self { server: TusScript::start(extensions).await, folder: tempfile::tempdir().expect("a folder") }
    }

    pub fn file(&self, name: &str, size: u64) -> PathBuf {
        let path = self.folder.path().join(name);
        files::random_file(&path, size, size);
        path
    }

    pub fn options(&self) -> Options {
        patient(&self.folder.path().join("data"))
    }

    pub async fn desk(&self) -> Desk {
        self.desk_at(&self.server.destination(&format!("?chunk={CHUNK}"))).await
    }

    pub async fn desk_at(&self, address: &str) -> Desk {
        Desk::open_with(self.options(), address).await
    }

    /// Sees that one upload lies there, whole.
    pub fn delivered(&self, file: &Path) {
        let uploads = self.server.uploads();
        assert_eq!(uploads.len(), 1, "one upload, and no other");
        assert!(uploads[0].bytes == std::fs::read(file).expect("reads"), "it equals the file");
    }
}

/// Asks again after a moment where an upload is said to be gone, and gives up silence within one.
pub fn patient(data: &Path) -> Options {
    let base = quick(data);
    let http = carryon_engine::HttpOptions { answer: Duration::from_millis(700), ..base.http };
    Options { retry: RetryPolicy { gone: Duration::from_millis(150), ..base.retry }, http, ..base }
}

pub fn is_patch_at(offset: u64) -> impl Fn(&Asked) -> bool {
    move |asked| asked.method == "PATCH" && asked.offset == Some(offset)
}

pub fn is(method: &'static str) -> impl Fn(&Asked) -> bool {
    move |asked| asked.method == method
}
