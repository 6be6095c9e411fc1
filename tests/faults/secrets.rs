//! A token goes to its destination and nowhere else: not into records, events, errors, debug output or logs.

use std::{
    io::{self, Write},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use carryon_engine::{Credentials, ErrorKind};
use serde_json::json;
use tests::{
    engine::Desk,
    scripted::{Linger, On, Reply, Step},
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::stage::{ASKABLE, CHUNK, Stage};

const TOKEN: &str = "TOKEN-hunter2-9d1f";
static LINES: AtomicUsize = AtomicUsize::new(0);
static LEAKS: AtomicUsize = AtomicUsize::new(0);

/// Reads every log line of this process and keeps none.
#[derive(Clone, Copy)]
struct Censor;

impl Write for Censor {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.fetch_add(1, Relaxed);
        LEAKS.fetch_add(usize::from(holds_token(line)), Relaxed);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Censor {
    type Writer = Censor;
    fn make_writer(&self) -> Censor {
        Censor
    }
}

fn holds_token(bytes: &[u8]) -> bool {
    bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes())
}

fn files_with_token(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the data folder").map(|entry| entry.expect("an entry").path());
    let leaking = entries.filter(|path| std::fs::read(path).is_ok_and(|bytes| holds_token(&bytes)));
    leaking.map(|path| path.display().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_sent_and_never_written_or_said() {
    let filter = EnvFilter::new("info,carryon_engine=trace,reqwest=trace,hyper_util=debug");
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Censor).with_ansi(false).finish();
    tracing::subscriber::set_global_default(log).expect("nobody else logs here");
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 8 * CHUNK);
    stage
        .server
        .on(On::Chunk(1), 1, Step::Answer(Reply::text(500, "no")))
        .on(On::Chunk(2), 1, Step::Reset)
        .on(On::Chunk(3), 1, Step::LoseAnswer)
        .on(On::Chunk(4), 1, Step::Early(Reply::page(200), Linger::No))
        .on(On::Chunk(5), 1, Step::Answer(Reply::json(403, json!({"error": "token not accepted"}))));
    let mut desk = Desk::open(&stage.data(), &stage.in_order()).await;
    desk.engine.set_credentials(desk.to, Credentials { token: Some(TOKEN.into()) });
    let id = desk.send(&file).await;
    let (state, failure) = desk.stopped(id).await;
    let listed = desk.listed(id).await.expect("kept");
    let said = format!("{state:?} {failure:?} {listed:?} {:?} {:?}", desk.engine, desk.told);
    assert!(!holds_token(said.as_bytes()), "{said}");
    assert_eq!(files_with_token(&stage.data()), [] as [&str; 0]);
    desk.resume(id).await;
    desk.finished(id).await;
    let log = stage.server.log();
    let bearer = format!("Bearer {TOKEN}");
    assert!(log.iter().all(|seen| seen.headers.get("authorization") == Some(&bearer)), "every request says who asks");
    stage.delivered(&file);
    let data = stage.data();
    let told = format!("{:?}", desk.close().await);
    assert!(!holds_token(told.as_bytes()));
    assert_eq!(files_with_token(&data), [] as [&str; 0]);
    assert!(LINES.load(Relaxed) > 20, "the log was read: {} lines", LINES.load(Relaxed));
    assert_eq!(LEAKS.load(Relaxed), 0, "log lines with the token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_does_not_carry_the_token_elsewhere() {
    let (stage, elsewhere) = (Stage::new(ASKABLE).await, Stage::new(ASKABLE).await);
    let file = stage.file("take.mov", CHUNK);
    let location = format!("http://{}/upload?secret=1", elsewhere.server.address);
    stage.server.on(On::Chunks, 1, Step::Answer(Reply::text(308, "moved").with("Location", &location)));
    let mut desk = stage.desk().await;
    desk.engine.set_credentials(desk.to, Credentials { token: Some(TOKEN.into()) });
    let id = desk.send(&file).await;
    let (_, failure) = desk.stopped(id).await;
    assert!(failure.message.contains("moved") && !failure.message.contains("secret"), "{failure:?}");
    assert!(elsewhere.server.asked().is_empty(), "nothing follows a redirect by itself");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_in_an_address_is_refused_and_not_repeated() {
    let stage = Stage::new(ASKABLE).await;
    let desk = stage.desk().await;
    let address = format!("fineuploader+http://me:{TOKEN}@{}/upload", stage.server.address);
    let error = desk.engine.destination(&address).await.expect_err("no secrets in addresses");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(!holds_token(format!("{error} {error:?} {}", error.advice()).as_bytes()));
    assert_eq!(files_with_token(&stage.data()), [] as [&str; 0]);
    desk.close().await;
}
