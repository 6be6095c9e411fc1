//! A tus server of others in the test's own process: the crate `tus-axum`, every extension, checksums enforced. It drops a
//! body that was cut.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::{net::TcpListener, task::JoinHandle};
use tus_axum::{RouterOptions, TusState, create_router};
use tus_protocol::{
    Config, NoopHookExecutor, ProtocolHandle, locking::memory::MemoryLocker, state::file::FileStateStore,
    storage::file::FileStorage,
};

/// A running server. Dropped, it ends as a crash would have it; what it holds stays.
pub struct TusServer {
    /// Where it listens.
    pub address: SocketAddr,
    folder: PathBuf,
    task: JoinHandle<()>,
}

impl TusServer {
    /// Starts one that keeps its uploads in `folder`.
    pub async fn start(folder: &Path) -> Self {
        Self::start_with(folder, Config::all_extensions()).await
    }

    /// Starts one with another configuration.
    pub async fn start_with(folder: &Path, config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let config = config.with_base_path("/files").with_lock_timeout(Duration::from_secs(2));
        let protocol = ProtocolHandle::new(
            config,
            FileStorage::new(folder).await.expect("a folder"),
            FileStateStore::new(folder).await.expect("a folder"),
            MemoryLocker::new(),
            NoopHookExecutor::new(),
        );
        let router = create_router(TusState::new(protocol), RouterOptions::default()).expect("a router");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, folder: folder.to_owned(), task }
    }

    /// Its destination URL.
    pub fn destination(&self) -> String {
        format!("tus+http://{}/files", self.address)
    }

    /// All that it holds, complete or not, by name in its folder.
    pub fn uploads(&self) -> Vec<PathBuf> {
        data_files(&self.folder)
    }
}

impl Drop for TusServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a server holds for an attempt that keeps bytes in one file and what it knows of them in another, as JSON.
pub fn held_by_attempt(folder: &Path, attempt: &str) -> Option<Vec<u8>> {
    let marks = [attempt.to_owned(), BASE64_STANDARD.encode(attempt)];
    let texts = files(folder).into_iter().filter(|path| is_json(path));
    let about =
        texts.filter_map(|path| std::fs::read_to_string(path).ok()).find(|text| marks.iter().any(|m| text.contains(m)));
    let about = about?;
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| about.contains(&*name.to_string_lossy()));
    std::fs::read(data_files(folder).into_iter().find(named)?).ok()
}

/// The files of bytes in such a folder.
pub fn data_files(folder: &Path) -> Vec<PathBuf> {
    files(folder).into_iter().filter(|path| !is_json(path)).collect()
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "json")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    crate::files::files_below(folder).iter().map(|name| folder.join(name)).collect()
}
