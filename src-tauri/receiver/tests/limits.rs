//! What clients may not take: too many places, too much of the disk, all the time in the world.

mod client;

use std::path::Path;
use std::time::{Duration, Instant};

use carryon_receiver::{Config, Limits, Receiver};
use client::{FORM_TYPE, Job, form, get, head, names_in, read_answer, start_with};
use serde_json::json;
use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn limited(dir: &Path, limits: Limits) -> Receiver {
    start_with(Config { limits, ..Config::new(dir) }).await
}

fn job(uuid: &str) -> Job {
    Job::new(uuid, uuid, 1000, 400)
}

/// The whole request that sends chunk `index`.
fn request(receiver: &Receiver, job: &Job, index: usize) -> Vec<u8> {
    let params = job.params(index);
    let params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let body = form(&params, &job.bytes[job.range(index)]);
    let request = head(receiver.local_addr(), "POST", "/upload", &[("Content-Type", FORM_TYPE)], body.len());
    [request.into_bytes(), body].concat()
}

async fn connect(receiver: &Receiver) -> TcpStream {
    TcpStream::connect(receiver.local_addr()).await.unwrap()
}

/// Waits until the other end closes, within `most`; gives how long that took.
async fn closes(stream: &mut TcpStream, most: Duration) -> Duration {
    let begun = Instant::now();
    let mut came = Vec::new();
    let closed = tokio::time::timeout(most, stream.read_to_end(&mut came)).await;
    assert!(closed.is_ok(), "the connection must be closed within {most:?}");
    begun.elapsed()
}

#[tokio::test]
async fn one_client_has_so_many_unfinished_uploads_also_after_a_restart() {
    let dir = tempdir().unwrap();
    let limits = Limits { unfinished_per_client: 2, ..Limits::default() };
    let receiver = limited(dir.path(), limits.clone()).await;
    let to = receiver.local_addr();
    assert_eq!(job("one").chunk(to, 0).await.status, 200);
    assert_eq!(job("two").chunk(to, 0).await.status, 200);
    let third = job("three").chunk(to, 0).await;
    assert_eq!((third.status, &third.json["success"], &third.json["preventRetry"]), (429, &json!(false), &json!(null)));
    assert_eq!(job("one").chunk(to, 1).await.status, 200, "what was begun goes on");
    drop(receiver);
    let receiver = limited(dir.path(), limits).await;
    let to = receiver.local_addr();
    assert_eq!(job("three").chunk(to, 0).await.status, 429);
    job("one").chunk(to, 2).await;
    assert_eq!(job("one").done(to).await.status, 200);
    assert_eq!(job("three").chunk(to, 0).await.status, 200, "a finished upload gives its place back");
}

#[tokio::test]
async fn uploads_whose_first_bytes_are_under_way_count_too() {
    let dir = tempdir().unwrap();
    let receiver = limited(dir.path(), Limits { unfinished: 1, ..Limits::default() }).await;
    let whole = request(&receiver, &job("first"), 0);
    let mut first = connect(&receiver).await;
    first.write_all(&whole[..whole.len() - 100]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(job("second").chunk(receiver.local_addr(), 0).await.status, 503);
    assert_eq!(job("first").chunk(receiver.local_addr(), 1).await.status, 200, "another chunk of the same");
    drop(first);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(job("first").done(receiver.local_addr()).await.status, 409);
    assert_eq!(job("second").chunk(receiver.local_addr(), 0).await.status, 503, "the first still has a chunk here");
}

#[tokio::test]
async fn what_would_leave_too_little_space_is_refused_and_what_is_held_stays() {
    let dir = tempdir().unwrap();
    let held = Job::new("held", "h.bin", 400_000, 200_000);
    let receiver = limited(dir.path(), Limits::default()).await;
    let huge =
        "/upload?qquuid=huge&qqfilename=x&qqtotalfilesize=9000000000000&qqpartindex=0&qqpartbyteoffset=0&qqchunksize=4";
    let refused = client::send(receiver.local_addr(), "POST", huge, &[], b"1234").await;
    assert_eq!(refused.status, 507, "no disk has room for it: {refused:?}");
    held.chunk(receiver.local_addr(), 0).await;
    drop(receiver);
    let receiver = limited(dir.path(), Limits { min_free_space: 1 << 60, ..Limits::default() }).await;
    let to = receiver.local_addr();
    let answers = [
        held.chunk(to, 1).await,
        job("new").chunk(to, 0).await,
        Job::new("small", "s", 10, 1).whole(to).await,
        Job::new("large", "l", 200_000, 1).whole(to).await,
        client::send(to, "POST", "/upload?qquuid=silent&qqfilename=s", &[], &[7; 100_000]).await,
    ];
    for answer in answers {
        assert_eq!((answer.status, &answer.json["preventRetry"]), (507, &json!(null)), "{answer:?}");
        assert!(answer.json["error"].as_str().unwrap().contains("free space"), "{answer:?}");
    }
    assert_eq!(held.held(to).await, [(0, 200_000)]);
    assert_eq!(held.chunk(to, 0).await.status, 200, "a repeat needs no room");
    assert_eq!(names_in(dir.path()), [""; 0]);
    drop(receiver);
    let receiver = limited(dir.path(), Limits::default()).await;
    held.chunk(receiver.local_addr(), 1).await;
    assert_eq!(held.done(receiver.local_addr()).await.status, 200);
}

#[tokio::test]
async fn a_trickle_is_cut_off_and_a_slow_but_steady_body_is_not() {
    let dir = tempdir().unwrap();
    let (min_rate, rate_window) = (1000, Duration::from_millis(400));
    let receiver = limited(dir.path(), Limits { min_rate, rate_window, ..Limits::default() }).await;
    let slow = Job::new("slow", "s", 40_000, 20_000);
    let whole = request(&receiver, &slow, 0);
    let mut trickle = connect(&receiver).await;
    let (mut reading, mut writing) = trickle.split();
    writing.write_all(&whole[..whole.len() - 1000]).await.unwrap();
    let begun = Instant::now();
    let drip = async {
        loop {
            let _ = writing.write_all(b"x").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let mut answer = vec![0; 1000];
    let came = tokio::select! {
        came = reading.read(&mut answer) => came.unwrap(),
        () = drip => unreachable!(),
    };
    let answer = String::from_utf8_lossy(&answer[..came]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too slowly"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let mut steady = connect(&receiver).await;
    for piece in request(&receiver, &slow, 1).chunks(1000) {
        steady.write_all(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(read_answer(&mut steady).await.unwrap().status, 200);
}

#[tokio::test]
async fn heads_that_never_end_and_clients_that_never_speak_are_closed() {
    let dir = tempdir().unwrap();
    let second = Duration::from_secs(1);
    let receiver = limited(dir.path(), Limits { idle: second, stall: second, ..Limits::default() }).await;
    let (mut silent, mut endless) = (connect(&receiver).await, connect(&receiver).await);
    assert!(closes(&mut silent, 5 * second).await < 4 * second);
    let (mut reading, mut writing) = endless.split();
    let drip = async {
        let _ = writing.write_all(b"GET / HTTP/1.1\r\nX: ").await;
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let mut came = Vec::new();
    let read = async { drop(reading.read_to_end(&mut came).await) };
    let ended = tokio::time::timeout(5 * second, async { tokio::join!(drip, read) }).await;
    assert!(ended.is_ok(), "a head that trickles is ended");
    assert_eq!(get(receiver.local_addr(), "/").await.status, 200);
}

#[tokio::test]
async fn a_client_that_reads_no_answers_is_closed() {
    let dir = tempdir().unwrap();
    let receiver = limited(dir.path(), Limits { stall: Duration::from_secs(1), ..Limits::default() }).await;
    let mut deaf = connect(&receiver).await;
    let ask = format!("GET /upload/x HTTP/1.1\r\nHost: {}\r\n\r\n", receiver.local_addr()).repeat(1000);
    let shout = async { while deaf.write_all(ask.as_bytes()).await.is_ok() {} };
    assert!(tokio::time::timeout(Duration::from_secs(40), shout).await.is_ok(), "it asks and asks and reads nothing");
    assert_eq!(get(receiver.local_addr(), "/").await.status, 200);
}

#[tokio::test]
async fn a_full_house_serves_again_when_the_half_dead_have_gone() {
    let dir = tempdir().unwrap();
    let half = Duration::from_millis(500);
    let limits = Limits { connections: 4, idle: half, stall: half, linger: half, ..Limits::default() };
    let receiver = limited(dir.path(), limits).await;
    let mut held = Vec::new();
    for index in 0..4 {
        let whole = request(&receiver, &job(&format!("dead-{index}")), 0);
        let mut stream = connect(&receiver).await;
        stream.write_all(&whole[..whole.len() - 1 - index * 50]).await.unwrap();
        held.push(stream);
    }
    let begun = Instant::now();
    assert_eq!(job("alive").chunk(receiver.local_addr(), 0).await.status, 200);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
