//! What every test here needs: a folder, a scripted server, files of known bytes, an engine at that server.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
pub use tests::scripted::Manners;
use tests::{
    engine::Desk,
    files::{digest, random_file},
    scripted::Scripted,
};

/// Bytes in a chunk, where a test does not say otherwise.
pub const CHUNK: u64 = 1000;

/// A server that knows nothing beyond Fine Uploader's own protocol, and suffers from a second done request.
pub const PLAIN: Manners = Manners { askable: false, digests: false, done_truncates: true, completes_alone: false };
/// A server that can be asked, and names digests.
pub const ASKABLE: Manners = Manners { askable: true, digests: true, done_truncates: true, completes_alone: false };
/// A server without a done request.
pub const ALONE: Manners = Manners { askable: false, digests: false, done_truncates: false, completes_alone: true };

pub struct Stage {
    folder: TempDir,
    pub server: Scripted,
}

impl Stage {
    pub async fn new(manners: Manners) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), server: Scripted::start(manners).await }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the records lie.
    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// A file of that many bytes, different for each name and size.
    pub fn file(&self, name: &str, size: u64) -> PathBuf {
        let path = self.folder().join("files").join(name);
        random_file(&path, size, size + name.len() as u64);
        path
    }

    /// An engine that sends chunk after chunk, and then done.
    pub async fn desk(&self) -> Desk {
        Desk::open(&self.data(), &self.in_order()).await
    }

    /// The destination with a done endpoint, one chunk at a time.
    pub fn in_order(&self) -> String {
        format!("{}&concurrent=false", self.server.destination(CHUNK))
    }

    /// Sees that the server holds exactly this file, put together once.
    pub fn delivered(&self, path: &Path) {
        assert_eq!(self.server.object().digest, digest(path), "what arrived is what was sent");
        assert_eq!(self.server.completions(), 1, "it is put together once");
        assert_eq!(self.server.early_dones(), 0, "done is never said before all chunks are there");
    }

    /// Sees that nothing was ever completed.
    pub fn nothing_completed(&self) {
        assert_eq!(self.server.completions(), 0, "no object may be completed: {:?}", self.server.asked());
    }
}
