//! Another destination than *This computer*, and the records before the app opens them.

use std::path::PathBuf;

use carryon_engine::{
    AddRequest, DestinationRow, DestinationSettings, Engine, Options,
    drivers::{FineUploaderSettings, fine_uploader::SessionSettings},
};
use carryon_receiver::{Config, Receiver};
use tokio::runtime::Runtime;

use crate::{desktop::Desktop, scene::UPLOADED};

/// A receiver in the test's own process; it ends when it is forgotten.
pub struct Lab {
    runtime: Runtime,
    receiver: Receiver,
    /// Where finished files go.
    pub dir: PathBuf,
}

impl Lab {
    pub fn start(desktop: &Desktop) -> Self {
        Self::start_with(desktop, None)
    }

    /// Starts one that asks for this token.
    pub fn start_with(desktop: &Desktop, token: Option<&str>) -> Self {
        let dir = desktop.path("lab");
        let runtime = Runtime::new().expect("a runtime");
        let config = Config { token: token.map(str::to_owned), ..Config::new(&dir) };
        let receiver = runtime.block_on(Receiver::start(config)).expect("a receiver");
        Self { runtime, receiver, dir }
    }

    /// Its upload endpoint, as a person types it.
    pub fn endpoint(&self) -> String {
        format!("{}/upload", self.receiver.url())
    }

    /// Saves it as a destination that tells which files it holds.
    pub async fn save(&self, engine: &Engine, name: &str) -> DestinationRow {
        let session = Some(SessionSettings { endpoint: "/upload/session".into(), ..SessionSettings::default() });
        let fine_uploader = FineUploaderSettings { session, ..FineUploaderSettings::default() };
        let settings = DestinationSettings { fine_uploader, ..DestinationSettings::default() };
        let address = format!("fineuploader+{}?done=/upload/done", self.endpoint());
        engine.add_destination(name, &address, settings).await.expect("it can be saved")
    }

    /// Nothing answers there from now on.
    pub fn stop(&self) {
        self.runtime.block_on(self.receiver.shutdown());
    }
}

/// Opens the records as the app would, and lets go of them again.
pub fn with_records<T>(desktop: &Desktop, act: impl AsyncFnOnce(&Engine) -> T) -> T {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let engine = Engine::open(Options::new(desktop.data())).await.expect("the records open");
        let done = act(&engine).await;
        engine.shutdown().await.expect("the records close");
        done
    })
}

/// Sends a file, whole.
pub async fn deliver(engine: &Engine, path: PathBuf, to: &DestinationRow) {
    engine.add(AddRequest::new([path], to.id)).await.expect("it can be added");
    let deadline = std::time::Instant::now() + UPLOADED;
    while !engine.list().await.expect("a list").0.is_empty() {
        assert!(std::time::Instant::now() < deadline, "it is delivered");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
