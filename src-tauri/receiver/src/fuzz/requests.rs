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
    "PATCH ",
    "HEAD ",
    "/files/",
    "/resumable/",
    TUS,
    IETF,
    "Tus-Resumable: 1.0.0\r\n",
    "Upload-Length: 9\r\n",
    "Upload-Defer-Length: 1\r\n",
    "Upload-Offset: 0\r\n",
    "Upload-Metadata: filename Li4vLi4veA==,attempt NmYwMDdhMDEtNTJjNS00YjZiLTlkNGUtMGQ1YjlhM2YxYzc3\r\n",
    "Upload-Concat: partial\r\n",
    "Upload-Concat: final;",
    "Upload-Checksum: sha1 ",
    "X-HTTP-Method-Override: PATCH\r\n",
    "Content-Type: application/offset+octet-stream\r\n",
    "Content-Type: application/partial-upload\r\n",
    "Upload-Complete: ?0\r\n",
    "Upload-Complete: ?1\r\n",
    "Upload-Draft-Interop-Version: 8\r\n",
    "Upload-Attempt: 6f007a01-52c5-4b6b-9d4e-0d5b9a3f1c77\r\n",
    "Content-Digest: blake3=:",
    "Content-Disposition: inline; filename*=UTF-8''..%2f..%2fx\r\n",
];
/// Stand in an input for the addresses of uploads that were begun before.
const TUS: &str = "/files/@";
const IETF: &str = "/resumable/@";
const BEGIN: [(&str, &str); 2] = [
    (TUS, "POST /files/ HTTP/1.1\r\nHost: h\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 9\r\nContent-Length: 0\r\n\r\n"),
    (IETF, "POST /resumable/ HTTP/1.1\r\nHost: h\r\nUpload-Complete: ?0\r\nContent-Length: 0\r\n\r\n"),
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

/// The input, with uploads where it has their places.
async fn filled(receiver: &Receiver, input: &[u8]) -> Vec<u8> {
    let mut input = input.to_vec();
    for (place, begin) in BEGIN {
        let Some(at) = memchr::memmem::find(&input, place.as_bytes()) else { continue };
        let answered = throw(receiver, begin.as_bytes(), PATIENCE).await;
        let words = String::from_utf8_lossy(&answered).into_owned();
        let location = words.lines().find_map(|line| line.strip_prefix("location: ")).expect("it is begun");
        let rest = input.split_off(at);
        let rest = rest.strip_prefix(place.as_bytes()).expect("just found");
        input.extend_from_slice(&[location.as_bytes(), rest].concat());
    }
    input
}

async fn law(input: &[u8]) {
    let disk = SimulatedDisk::new(Path::new(ROOT), true);
    let receiver = start(&disk).await;
    let input = filled(&receiver, input).await;
    let answered = throw(&receiver, &input, QUIET).await;
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
