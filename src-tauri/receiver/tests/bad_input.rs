//! Input that no honest client sends, over a raw socket. Each is answered or closed within bounds, takes no
//! memory to speak of, writes nothing outside, and leaves the store as it was.

mod client;

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use carryon_receiver::{Config, Limits, Receiver};
use client::{FORM_TYPE, Job, form, get, names_in, start_with};
use tempfile::{TempDir, tempdir};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Nothing here may take longer.
const PATIENCE: Duration = Duration::from_secs(30);
const FORM_URLENCODED: &str = "application/x-www-form-urlencoded";

async fn start() -> (TempDir, Receiver) {
    let dir = tempdir().unwrap();
    let (stall, idle) = (Duration::from_secs(2), Duration::from_secs(2));
    let limits = Limits { stall, idle, linger: stall, ..Limits::default() };
    let receiver = start_with(Config { limits, ..Config::new(dir.path().join("in")) }).await;
    (dir, receiver)
}

/// Sends `head`, then `filler` again and again, then `tail`, for as long as it is taken; gives all that was answered
/// until the connection was closed.
async fn throw(to: SocketAddr, head: &str, filler: &[u8], times: usize, tail: &[u8]) -> String {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let send = async {
        let mut went = writing.write_all(head.as_bytes()).await;
        for _ in 0..times {
            if went.is_err() {
                break;
            }
            went = writing.write_all(filler).await;
        }
        let _ = writing.write_all(tail).await;
    };
    let mut answered = Vec::new();
    let read = async { drop(reading.read_to_end(&mut answered).await) };
    let begun = Instant::now();
    let ended = tokio::time::timeout(PATIENCE, async { tokio::join!(send, read) }).await;
    assert!(ended.is_ok(), "not closed after {:?}: {}", begun.elapsed(), &head[..head.len().min(200)]);
    String::from_utf8_lossy(&answered).into_owned()
}

/// The status of the only answer; 0 when the connection was closed without one.
fn status(answered: &str) -> u16 {
    assert!(answered.matches("HTTP/1.1 ").count() <= 1, "one request has one answer: {answered}");
    answered.get(9..12).map_or(0, |status| status.parse().unwrap())
}

fn head(to: SocketAddr, path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: {to}\r\n{headers}\r\n")
}

fn form_head(to: SocketAddr, boundary: &str, length: usize) -> String {
    let headers = format!("Content-Type: multipart/form-data; boundary={boundary}\r\nContent-Length: {length}\r\n");
    head(to, "/upload", &headers)
}

/// What this process has of memory, and had at most; bytes.
#[cfg(target_os = "linux")]
fn memory() -> (u64, u64) {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// The store works, and nothing lies where it should not.
async fn all_is_well(dir: &Path, to: SocketAddr, files: &[&str]) {
    let job = Job::new("honest", "honest.bin", 3000, 1000);
    for index in 0..3 {
        assert_eq!(job.chunk(to, index).await.status, 200);
    }
    assert_eq!(job.done(to).await.status, 200);
    assert!(std::fs::read(dir.join("in/honest.bin")).unwrap() == job.bytes);
    assert_eq!(names_in(dir), ["in"], "nothing is written outside");
    let mut expected = [files, &["honest.bin"]].concat();
    expected.sort_unstable();
    assert_eq!(names_in(&dir.join("in")), expected);
    assert_eq!(names_in(&dir.join("in/.carryon/parts")), [""; 0], "nothing is left behind");
}

#[tokio::test]
async fn a_request_that_can_be_read_in_two_ways_is_refused_or_the_last_of_its_connection() {
    let (dir, receiver) = start().await;
    let to = receiver.local_addr();
    let hidden = format!("DELETE /upload/victim HTTP/1.1\r\nHost: {to}\r\nContent-Length: 0\r\n\r\n");
    let chunked = format!("0\r\n\r\n{hidden}");
    Job::new("victim", "v.bin", 100, 1).whole(to).await;
    for (headers, body) in [
        ("Content-Length: 5\r\nContent-Length: 6\r\n", format!("hello{hidden}")),
        ("Content-Length: 5, 6\r\n", format!("hello{hidden}")),
        ("Content-Length: +5\r\n", format!("hello{hidden}")),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunked.clone()),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunked.clone()),
        ("Transfer-Encoding: chunked\r\n", chunked.clone()),
        ("Transfer-Encoding: chunked, identity\r\n", chunked.clone()),
        ("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", chunked.clone()),
        ("Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", chunked),
    ] {
        let answered = throw(to, &head(to, "/upload/done", headers), &[], 0, body.as_bytes()).await;
        assert!([0, 400].contains(&status(&answered)), "{headers:?}: {answered}");
    }
    assert_eq!(get(to, "/upload/victim").await.json["state"], "done", "no hidden request was served");
    all_is_well(dir.path(), to, &["v.bin"]).await;
}

#[tokio::test]
async fn parameters_out_of_all_bounds_are_refused() {
    let (dir, receiver) = start().await;
    let to = receiver.local_addr();
    let good = [
        ("qquuid", "bad-params"),
        ("qqfilename", "b"),
        ("qqtotalfilesize", "1000"),
        ("qqpartindex", "0"),
        ("qqpartbyteoffset", "0"),
        ("qqchunksize", "4"),
    ];
    let long = "9".repeat(10_000);
    for (name, value) in [
        ("qqpartindex", "-1"),
        ("qqpartindex", "1e30"),
        ("qqpartindex", "one"),
        ("qqpartindex", "0x1"),
        ("qqpartindex", &long),
        ("qqpartbyteoffset", "-4"),
        ("qqpartbyteoffset", "18446744073709551615"),
        ("qqchunksize", "18446744073709551615"),
        ("qqchunksize", "0"),
        ("qqtotalfilesize", "18446744073709551615"),
        ("qqtotalfilesize", "18446744073709551616"),
        ("qqtotalfilesize", &long),
        ("qquuid", "../../etc/cron.d/x"),
        ("qquuid", "..%2f..%2fx"),
        ("qquuid", "a/b"),
        ("qquuid", "a\0b"),
        ("qquuid", &long),
    ] {
        let params: Vec<_> = good.iter().map(|&(n, v)| if n == name { (n, value) } else { (n, v) }).collect();
        let answer = client::upload(to, &params, b"1234").await;
        assert!([400, 413].contains(&answer.status), "{name}={value}: {answer:?}");
        assert!(answer.json["error"].is_string(), "{answer:?}");
    }
    for path in ["/upload/..%2f..%2fx", "/upload/%00", "/upload/%ff", "/upload/../../x"] {
        assert!([400, 404].contains(&get(to, path).await.status), "{path}");
    }
    all_is_well(dir.path(), to, &[]).await;
}

#[tokio::test]
async fn forms_that_break_off_and_odd_boundaries_do_no_harm() {
    let (dir, receiver) = start().await;
    let to = receiver.local_addr();
    let params = [("qquuid", "boundary"), ("qqfilename", "b.bin")];
    let whole = form(&params, &[7; 70_000]);
    let cut = &whole[..whole.len() - "\r\n--AaB03x--\r\n".len()];
    let answered = throw(to, &form_head(to, "AaB03x", cut.len()), &[], 0, cut).await;
    assert_eq!(status(&answered), 400, "{answered}");
    for (length, expected) in [(1, 200), (70, 200), (200, 200), (257, 400), (500_000, 400)] {
        let boundary = "b".repeat(length);
        let params = [("qquuid", &*format!("b-{length}")), ("qqfilename", &*format!("{length}.bin"))];
        let text = String::from_utf8(form(&params, &[b'7'; 70_000])).unwrap().replace("AaB03x", &boundary);
        let answered = throw(to, &form_head(to, &boundary, text.len()), &[], 0, text.as_bytes()).await;
        assert_eq!(status(&answered), expected, "{length}: {answered}");
    }
    for headers in ["Content-Type: multipart/form-data\r\n", "Content-Type: multipart/form-data; boundary=\"\"\r\n"] {
        let open = head(to, "/upload", &format!("{headers}Content-Length: 4\r\n"));
        assert_eq!(status(&throw(to, &open, &[], 0, b"1234").await), 400);
    }
    let longer = throw(to, &form_head(to, "AaB03x", whole.len() + 1000), &[], 0, &whole).await;
    assert!([0, 200, 408].contains(&status(&longer)), "a body shorter than announced: {longer}");
    let files: &[&str] = if status(&longer) == 200 { &["b.bin"] } else { &[] };
    let boundaries = ["1.bin", "70.bin", "200.bin"];
    all_is_well(dir.path(), to, &[&boundaries, files].concat()).await;
}

#[tokio::test]
async fn floods_are_answered_or_closed_and_take_no_memory() {
    let (dir, receiver) = start().await;
    let to = receiver.local_addr();
    let megabyte = vec![b'x'; 1 << 20];
    #[cfg(target_os = "linux")]
    let before = memory().0;
    let gigabyte = 1024;
    let open = format!("GET / HTTP/1.1\r\nHost: {to}\r\nX-Flood: ");
    assert!([0, 400, 431].contains(&status(&throw(to, &open, &megabyte, gigabyte, b"\r\n\r\n").await)));
    let open = format!("GET / HTTP/1.1\r\nHost: {to}\r\n");
    let lines = "X-Flood: many short lines\r\n".repeat(40_000);
    assert!([0, 400, 431].contains(&status(&throw(to, &open, lines.as_bytes(), gigabyte, b"\r\n").await)));
    let line = throw(to, "GET /", &megabyte, gigabyte, b" HTTP/1.1\r\n\r\n").await;
    assert!([0, 400, 414, 431].contains(&status(&line)));
    let field = "--AaB03x\r\nContent-Disposition: form-data; name=\"qqfilename\"\r\n\r\n";
    let open = form_head(to, "AaB03x", 1 << 30) + field;
    assert!([0, 400].contains(&status(&throw(to, &open, &megabyte, 100, b"\r\n--AaB03x--\r\n").await)));
    let fields = "--AaB03x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nv\r\n".repeat(1000);
    let open = form_head(to, "AaB03x", fields.len() * 100 + 100_000);
    let file = form(&[("qquuid", "fields"), ("qqfilename", "f")], &[7; 99_000]);
    assert!([0, 400].contains(&status(&throw(to, &open, fields.as_bytes(), 100, &file).await)));
    let preamble = throw(to, &form_head(to, "AaB03x", 1 << 30), &megabyte, 200, b"").await;
    assert!([0, 400].contains(&status(&preamble)));
    let length = "Content-Length: 1073741824\r\n";
    for (path, kind) in [
        ("/upload/done", FORM_URLENCODED),
        ("/upload/done", "application/json"),
        ("/upload", FORM_URLENCODED),
        ("/upload/x", FORM_TYPE),
    ] {
        let open = head(to, path, &format!("Content-Type: {kind}\r\n{length}"));
        let answered = throw(to, &open, &megabyte, gigabyte, b"").await;
        assert!([0, 400].contains(&status(&answered)), "{path} {kind}: {answered}");
    }
    let open = head(to, "/upload/done", &format!("Content-Type: {FORM_URLENCODED}\r\nTransfer-Encoding: chunked\r\n"));
    let piece = [b"100000\r\n", &megabyte[..], b"\r\n"].concat();
    assert!([0, 400].contains(&status(&throw(to, &open, &piece, gigabyte, b"0\r\n\r\n").await)));
    #[cfg(target_os = "linux")]
    {
        let (now, most) = memory();
        let grown = most.saturating_sub(before) >> 20;
        eprintln!("memory: {} MiB before, {} MiB now, {grown} MiB more at most", before >> 20, now >> 20);
        assert!(grown < 64, "{grown} MiB more than before");
    }
    all_is_well(dir.path(), to, &[]).await;
}
