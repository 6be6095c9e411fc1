//! Whole requests, through a real socket: each is answered or closed, and nothing is written outside.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{names::require_harmless, target};
use crate::config::{Config, Limits};
use crate::files::simulated::SimulatedDisk;
use crate::server::Receiver;

const ROOT: &str = "/r";
/// Ends a connection on which whole requests came.
const LAST: &[u8] = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
/// When nothing came for so long, the receiver waits for more of a request; or is slow, which does no harm.
const QUIET: Duration = Duration::from_millis(40);
/// No connection may last longer.
const PATIENCE: Duration = Duration::from_secs(10);
const TOKENS: &[&str] = &[
    "POST ",
    "PUT ",
    "GET ",
    "DELETE ",
    "OPTIONS ",
    "/upload",
    "/upload/done",
    "/upload/session",
    "/upload/a-1",
    " HTTP/1.1\r\n",
    "Host: h\r\n",
    "Content-Length: ",
    "Transfer-Encoding: chunked\r\n",
    "Expect: 100-continue\r\n",
    "Connection: close\r\n",
    "\r\n\r\n",
    "Content-Type: multipart/form-data; boundary=XX\r\n",
    "Content-Type: application/json\r\n",
    "--XX\r\n",
    "\r\n--XX--\r\n",
    "Content-Type: application/x-www-form-urlencoded\r\n",
    "Content-Disposition: form-data; name=\"qqfile\"; filename=\"f\"\r\n\r\n",
    "qquuid=a-1",
    "&qqfilename=",
    "&qqpath=..%2f..%2f",
    "&qqtotalfilesize=",
    "&qqpartindex=",
    "&qqpartbyteoffset=",
    "&qqchunksize=",
    "&qqresume=true",
    "&_method=DELETE",
    "%00",
    "..%2f",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
    "&qqblake3=",
];

async fn start(disk: &SimulatedDisk) -> Receiver {
    let second = Duration::from_secs(1);
    let limits = Limits {
        file_size: 1 << 20,
        min_free_space: 0,
        idle: second,
        stall: second,
        linger: second,
        ..Limits::default()
    };
    let config = Config { limits, allow_hosts: vec!["h".into()], ..Config::new(ROOT) };
    Receiver::start_on(Arc::new(disk.clone()), config).await.expect("it starts")
}

/// All that is answered to `input` and to [`LAST`] after it. When nothing more came for as long as
/// `quiet`, the client goes.
async fn throw(receiver: &Receiver, input: &[u8], quiet: Duration) -> Vec<u8> {
    let mut stream = TcpStream::connect(receiver.local_addr()).await.expect("it takes connections");
    let (mut reading, mut writing) = stream.split();
    let (sent, mut answered) = ([input, LAST].concat(), Vec::new());
    let ended = async {
        let (went, _) = tokio::join!(writing.write_all(&sent), async {
            while let Ok(Ok(more)) = tokio::time::timeout(quiet, reading.read_buf(&mut answered)).await {
                if more == 0 {
                    return;
                }
            }
        });
        if went.is_ok() && writing.shutdown().await.is_ok() {
            let _ = reading.read_to_end(&mut answered).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, ended).await.is_ok(), "neither answered nor closed");
    answered
}

async fn law(input: &[u8]) {
    let disk = SimulatedDisk::new(Path::new(ROOT), true);
    let receiver = start(&disk).await;
    let answered = throw(&receiver, input, QUIET).await;
    let words = String::from_utf8_lossy(&answered);
    assert!(!words.contains("went wrong here") && !words.contains("HTTP/1.1 500"), "{words}");
    let honest = throw(&receiver, b"", PATIENCE).await;
    assert!(honest.starts_with(b"HTTP/1.1 200"), "it goes on: {}", String::from_utf8_lossy(&honest));
    receiver.shutdown().await;
    for name in disk.tree(Path::new("/")).keys() {
        let inside = name.strip_prefix("r/").unwrap_or_else(|| panic!("{name} lies outside"));
        if !inside.starts_with(".carryon/") {
            inside.split('/').for_each(require_harmless);
        }
    }
}

/// Panics in tasks of the receiver's own, which nobody else would hear of.
static PANICS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_request_is_answered_or_closed_and_writes_nothing_outside() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        usual(info);
    }));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    super::Target { cost: 10, ..target("requests", TOKENS) }.run(|input| {
        let before = PANICS.load(Ordering::Relaxed);
        runtime.block_on(law(input));
        assert_eq!(PANICS.load(Ordering::Relaxed), before, "nothing in the receiver panics");
    });
}
