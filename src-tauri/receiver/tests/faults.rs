//! Connections that cut, stall or talk at the wrong time; and what the access log says of them.

mod client;

use std::time::{Duration, Instant};

use carryon_receiver::{Config, Receiver};
use client::{FORM_TYPE, Job, form, head, log_lines, names_in, read_answer, send, start, start_with};
use serde_json::json;
use tempfile::tempdir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

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

/// Waits until the log has so many lines.
async fn lines(path: &std::path::Path, count: usize) -> Vec<serde_json::Value> {
    for _ in 0..500 {
        if path.exists() && log_lines(path).len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    log_lines(path)
}

#[tokio::test]
async fn a_cut_body_marks_nothing_and_is_logged_with_what_came() {
    let dir = tempdir().unwrap();
    let log = dir.path().join("log");
    let receiver = start_with(Config { access_log: Some(log.clone()), ..Config::new(dir.path().join("in")) }).await;
    let job = Job::new("cut", "c.bin", 3_000_000, 1_500_000);
    let whole = request(&receiver, &job, 0);
    let mut stream = connect(&receiver).await;
    stream.write_all(&whole[..1_000_000]).await.unwrap();
    drop(stream);
    let line = lines(&log, 1).await.remove(0);
    assert_eq!((&line["result"], &line["status"]), (&json!("broken"), &json!(null)));
    assert_eq!((&line["index"], &line["offset"], &line["length"]), (&json!(0), &json!(0), &json!(1_500_000)));
    let received = line["received"].as_u64().unwrap();
    assert!((900_000..1_000_000).contains(&received), "{received} bytes of the file came before the cut");
    assert_eq!(job.held(receiver.local_addr()).await, []);
    assert_eq!(job.chunk(receiver.local_addr(), 0).await.status, 200);
    assert_eq!(job.chunk(receiver.local_addr(), 1).await.status, 200);
    assert_eq!(job.done(receiver.local_addr()).await.status, 200);
    assert!(std::fs::read(dir.path().join("in/c.bin")).unwrap() == job.bytes);
}

#[tokio::test]
async fn a_cut_repeat_takes_away_nothing_that_was_acknowledged() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let job = Job::new("cut-repeat", "c.bin", 3_000_000, 1_500_000);
    job.chunk(receiver.local_addr(), 0).await;
    let mut stream = connect(&receiver).await;
    stream.write_all(&request(&receiver, &job, 0)[..1_000_000]).await.unwrap();
    drop(stream);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(job.held(receiver.local_addr()).await, [(0, 1_500_000)]);
}

async fn wait_until(holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("this does not come about");
}

#[tokio::test]
async fn a_cut_whole_file_leaves_nothing_behind() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let job = Job::new("cut-whole", "c.bin", 2_000_000, 1);
    let size = job.bytes.len().to_string();
    let body = form(&[("qquuid", "cut-whole"), ("qqfilename", "c.bin"), ("qqtotalfilesize", &size)], &job.bytes);
    let mut stream = connect(&receiver).await;
    let head = head(receiver.local_addr(), "POST", "/upload", &[("Content-Type", FORM_TYPE)], body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body[..1_900_000]).await.unwrap();
    let parts = dir.path().join(".carryon/parts");
    wait_until(|| !names_in(&parts).is_empty()).await;
    drop(stream);
    wait_until(|| names_in(&parts).is_empty()).await;
    assert_eq!(job.survey(receiver.local_addr()).await.status, 404);
    assert_eq!(job.whole(receiver.local_addr()).await.json["location"], "c.bin");
}

#[tokio::test]
async fn the_newer_of_two_requests_for_a_chunk_ends_the_older() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let job = Job::new("twice-at-once", "t.bin", 1_500_000, 1_500_000);
    let whole = request(&receiver, &job, 0);
    let mut older = connect(&receiver).await;
    older.write_all(&whole[..1_000_000]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(job.chunk(receiver.local_addr(), 0).await.status, 200, "a hung connection must not block its successor");
    let answer = read_answer(&mut older).await.expect("the older request is told");
    assert_eq!((answer.status, &answer.json["success"]), (409, &json!(false)));
    assert_eq!(answer.json["preventRetry"], json!(null));
    assert_eq!(job.held(receiver.local_addr()).await, [(0, 1_500_000)]);
}

#[tokio::test]
async fn a_silent_body_is_ended_and_answered() {
    let dir = tempdir().unwrap();
    let mut config = Config::new(dir.path());
    config.limits.stall = Duration::from_millis(200);
    let receiver = start_with(config).await;
    let job = Job::new("silent", "s.bin", 1000, 400);
    let mut stream = connect(&receiver).await;
    let whole = request(&receiver, &job, 0);
    stream.write_all(&whole[..whole.len() - 100]).await.unwrap();
    let answer = read_answer(&mut stream).await.expect("an answer comes");
    assert_eq!((answer.status, &answer.json["success"]), (408, &json!(false)));
    assert_eq!(job.held(receiver.local_addr()).await, []);
}

#[tokio::test]
async fn an_early_refusal_can_be_read_by_a_client_that_sends_to_the_end() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    for round in 0..5 {
        let body = vec![7; 20_000_000];
        let headers = [("Content-Type", "application/octet-stream"), ("Origin", "http://evil.example")];
        let mut stream = connect(&receiver).await;
        let head = head(receiver.local_addr(), "POST", "/upload?qquuid=x", &headers, body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body).await.expect("the rest of the body is read and dropped");
        assert_eq!(read_answer(&mut stream).await.map(|a| a.status), Some(403), "in round {round}");
    }
}

#[tokio::test]
async fn a_connection_is_good_for_more_requests_after_a_refusal() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let job = Job::new("goes-on", "g.bin", 3_000_000, 1_500_000);
    let mut stream = connect(&receiver).await;
    let mut wrong = request(&receiver, &job, 1);
    let at = wrong.windows(7).position(|w| w == b"goes-on").unwrap();
    wrong[at] = b'/';
    stream.write_all(&wrong).await.unwrap();
    assert_eq!(read_answer(&mut stream).await.unwrap().status, 400);
    stream.write_all(&request(&receiver, &job, 0)).await.unwrap();
    assert_eq!(read_answer(&mut stream).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_client_that_waits_for_the_go_ahead_is_refused_without_it() {
    let dir = tempdir().unwrap();
    let receiver = start_with(Config { token: Some("t".into()), ..Config::new(dir.path()) }).await;
    let mut stream = connect(&receiver).await;
    let headers = [("Expect", "100-continue")];
    let head = head(receiver.local_addr(), "POST", "/upload", &headers, 10_000_000);
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut stream).await.unwrap().status, 401);
}

#[tokio::test]
async fn the_log_has_a_line_for_every_request_and_no_token() {
    let dir = tempdir().unwrap();
    let log = dir.path().join("log");
    let config =
        Config { token: Some("s3cr3t".into()), access_log: Some(log.clone()), ..Config::new(dir.path().join("in")) };
    let receiver = start_with(config).await;
    let to = receiver.local_addr();
    let auth = [("Authorization", "Bearer s3cr3t"), ("Content-Type", FORM_TYPE)];
    let job = Job::new("logged", "l.bin", 500, 400);
    for index in [0, 0, 1] {
        let params = job.params(index);
        let params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        send(to, "POST", "/upload", &auth, &form(&params, &job.bytes[job.range(index)])).await;
    }
    send(to, "GET", "/upload/logged?token=s3cr3t", &auth[..1], b"").await;
    send(to, "POST", "/upload/done", &auth[..1], b"qquuid=logged&qqfilename=l.bin").await;
    send(to, "DELETE", "/upload/logged", &auth[..1], b"").await;
    send(to, "DELETE", "/upload/logged", &auth[..1], b"").await;
    let lines = lines(&log, 7).await;
    let results: Vec<_> = lines.iter().map(|line| line["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["stored", "repeat", "stored", "survey", "finished", "removed", "refused"]);
    assert_eq!(lines[3]["held"], json!([[0, 400], [400, 100]]));
    assert_eq!((&lines[2]["received"], &lines[2]["index"]), (&json!(100), &json!(1)));
    assert!(lines[..6].iter().all(|line| line["uuid"] == "logged"));
    assert!(!std::fs::read_to_string(&log).unwrap().contains("s3cr3t"));
}

#[tokio::test]
async fn shutdown_lets_a_running_request_end_and_waits_no_longer_than_told() {
    let dir = tempdir().unwrap();
    let mut config = Config::new(dir.path());
    config.limits.shutdown = Duration::from_millis(600);
    let receiver = std::sync::Arc::new(start_with(config).await);
    let job = Job::new("at-shutdown", "s.bin", 1000, 400);
    let (mut ends, mut hangs) = (connect(&receiver).await, connect(&receiver).await);
    let (first, second) = (request(&receiver, &job, 0), request(&receiver, &job, 1));
    ends.write_all(&first[..first.len() - 50]).await.unwrap();
    hangs.write_all(&second[..second.len() - 50]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    let shutdown = tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.shutdown().await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    ends.write_all(&first[first.len() - 50..]).await.unwrap();
    assert_eq!(read_answer(&mut ends).await.unwrap().status, 200);
    shutdown.await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "a hung client must not hold the end up");
    let again = start(dir.path()).await;
    assert_eq!(job.held(again.local_addr()).await, [(0, 400)]);
}

#[tokio::test]
async fn a_client_that_ends_its_half_after_its_request_is_answered() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    for size in [10, 60_000, 200_000, 3_000_000] {
        let job = Job::new(&format!("half-{size}"), "h.bin", 2 * size, size);
        for index in 0..2 {
            let mut stream = connect(&receiver).await;
            stream.write_all(&request(&receiver, &job, index)).await.unwrap();
            stream.shutdown().await.unwrap();
            let answer = read_answer(&mut stream).await.unwrap_or_else(|| panic!("{size}: nothing was answered"));
            assert_eq!((answer.status, &answer.json["success"]), (200, &json!(true)), "{size}");
        }
        assert_eq!(job.done(receiver.local_addr()).await.status, 200);
    }
}

#[tokio::test]
async fn a_client_that_ends_its_half_within_its_body_is_not_waited_for() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    for (size, missing) in [(1000, 1), (400_000, 100_000), (3_000_000, 2_999_000)] {
        let job = Job::new(&format!("short-{size}"), "s.bin", 2 * size, size);
        let whole = request(&receiver, &job, 0);
        let mut stream = connect(&receiver).await;
        stream.write_all(&whole[..whole.len() - missing]).await.unwrap();
        stream.shutdown().await.unwrap();
        let begun = Instant::now();
        let answer = tokio::time::timeout(Duration::from_secs(20), read_answer(&mut stream)).await;
        assert!(answer.is_ok() && begun.elapsed() < Duration::from_secs(5), "{size}: more was waited for");
        assert!(answer.unwrap().is_none_or(|answer| answer.status >= 400), "{size}: half a chunk is no chunk");
        assert_eq!(job.held(receiver.local_addr()).await, [], "{size}");
        assert_eq!(job.chunk(receiver.local_addr(), 0).await.status, 200, "{size}: and it can be sent again");
    }
}

#[tokio::test]
async fn a_body_that_is_not_as_long_as_its_head_says_marks_nothing_and_hides_no_request() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let victim = Job::new("victim", "v.bin", 100, 100);
    victim.whole(to).await;
    let hidden = head(to, "DELETE", "/upload/victim", &[], 0);
    let job = Job::new("liar", "l.bin", 1000, 400);
    let pairs = job.params(0);
    let params: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let chunk = &job.bytes[job.range(0)];
    let form = form(&params, chunk);
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let raw = format!("/upload?{}", query.join("&"));
    let shorter = [0, 1, form.len() - 300, form.len() - 7].map(|said| ("/upload", &form[..], said));
    let other = [0, 399, 401, 400 + hidden.len()].map(|said| (raw.as_str(), chunk, said));
    for (path, body, said) in shorter.into_iter().chain(other) {
        let kind = if path == "/upload" { FORM_TYPE } else { "application/octet-stream" };
        let mut stream = connect(&receiver).await;
        stream.write_all(head(to, "POST", path, &[("Content-Type", kind)], said).as_bytes()).await.unwrap();
        let _ = stream.write_all(&[body, hidden.as_bytes()].concat()).await;
        let _ = stream.shutdown().await;
        let answer = tokio::time::timeout(Duration::from_secs(20), read_answer(&mut stream)).await.unwrap();
        assert!(answer.is_none_or(|answer| answer.status >= 400), "{said} of {} bytes", body.len());
        assert_eq!(job.held(to).await, [], "{said} of {} bytes", body.len());
        assert_eq!(victim.survey(to).await.json["state"], "done", "{said}: what follows a body is not obeyed");
    }
    assert_eq!(job.chunk(to, 0).await.status, 200);
}
