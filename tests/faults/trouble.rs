//! Answers that lie about themselves or never end, half-closed connections, storms over many files, a server that comes
//! back empty: nothing is lost, nothing is believed that was not said.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use carryon_engine::{Event, HttpOptions, Options, State, WaitReason};
use carryon_receiver::{Config, Receiver};
use serde_json::json;
use tests::{
    engine::{Desk, quick},
    files::{digest, files_below},
    scripted::{On, Reply, Step, Then, What},
};

use crate::stage::{ASKABLE, CHUNK, PLAIN, Stage};

const YES: &str = r#"{"success":true}"#;
const PATIENT: Duration = Duration::from_secs(30);

/// Gives up a silent connection, and an answer that is not complete, after 400 ms.
fn impatient(stage: &Stage) -> Options {
    let (base, soon) = (quick(&stage.data()), Duration::from_millis(400));
    Options { http: HttpOptions { stall: soon, answer: soon, finish: soon, ..base.http }, ..base }
}

fn raw(headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n{body}").into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_lies_about_its_length_confirms_nothing_and_costs_one_attempt() {
    let lies = [
        Step::Raw(raw("Content-Length: 500\r\n", YES), Then::Close),
        Step::Raw(raw("Content-Length: 500\r\n", YES), Then::Silence(PATIENT)),
        Step::Raw(raw("Content-Length: 5\r\n", YES), Then::Close),
        Step::Raw(raw("Content-Length: 5\r\n", YES), Then::Silence(PATIENT)),
        Step::Raw(raw("Content-Length: 0\r\n", YES), Then::Close),
        Step::Raw(raw("Content-Length: 16\r\nContent-Length: 17\r\n", YES), Then::Close),
        Step::Raw(raw("Content-Length: -16\r\n", YES), Then::Close),
        Step::Raw(raw("Content-Length: 99999999999999999999999\r\n", YES), Then::Close),
        Step::Raw(raw("Transfer-Encoding: chunked\r\n", "10\r\n{\"success\":true}\r\n"), Then::Close),
        Step::Raw(raw("Transfer-Encoding: chunked\r\n", "zz\r\n{\"success\":true}\r\n0\r\n\r\n"), Then::Close),
        Step::Raw(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(), Then::Close),
        Step::Raw(b"\x16\x03\x01 this is no HTTP".to_vec(), Then::Close),
    ];
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", lies.len() as u64 * CHUNK + 1);
    for (index, lie) in (0..).zip(lies.clone()) {
        stage.server.on(On::Chunk(index), 1, lie);
    }
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    for (index, lie) in (0..).zip(&lies) {
        assert_eq!(stage.server.count(What::Chunk(index)), 2, "sent again after {lie:?}");
    }
    assert_eq!(stage.server.count(What::Chunk(lies.len() as u64)), 1, "who answers truly gets it once");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_an_answer_is_not_the_answer_to_the_next_request() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 4 * CHUNK);
    let yes = String::from_utf8(raw("Content-Length: 16\r\n", YES)).expect("text");
    // Three answers to one request; the connection stays open, as if it were good for more.
    stage.server.on(On::Chunk(0), 1, Step::Raw(yes.repeat(3).into_bytes(), Then::Silence(PATIENT)));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Chunk(0)), 1, "the first answer was a good one");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_trickles_is_not_waited_for_byte_by_byte() {
    for on in [On::Chunk(1), On::Status, On::Done] {
        let stage = Stage::new(ASKABLE).await;
        let file = stage.file("take.mov", 3 * CHUNK);
        let long = Reply::text(200, &" ".repeat(2000));
        stage.server.on(on, 1, Step::Trickle(long, Duration::from_millis(50)));
        if on == On::Status {
            stage.server.on(On::Chunk(1), 1, Step::LoseAnswer);
        }
        let mut desk = Desk::open_with(impatient(&stage), &stage.in_order()).await;
        let began = Instant::now();
        let id = desk.send(&file).await;
        desk.finished(id).await;
        assert!(began.elapsed() < Duration::from_secs(40), "{on:?} took {:?}, its answer 100 s", began.elapsed());
        assert_eq!(stage.server.count(What::Chunk(1)), 1, "{on:?}: the server said that it has it");
        assert_eq!(stage.server.count(What::Done), 1, "{on:?}: the server said that it was done");
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_its_half_of_a_connection_without_a_word_confirms_nothing() {
    for (on, size) in [(On::Chunk(1), 3 * CHUNK), (On::Chunk(0), 24 << 20)] {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", size);
        stage.server.on(on, 1, Step::HalfClose);
        let chunk = if size > 4 * CHUNK { 64 << 20 } else { CHUNK };
        let address = format!("{}&concurrent=false", stage.server.destination(chunk));
        let mut desk = Desk::open(&stage.data(), &address).await;
        let began = Instant::now();
        let id = desk.send(&file).await;
        desk.finished(id).await;
        assert!(began.elapsed() < Duration::from_secs(10), "{size}: a half-closed connection is not waited for");
        let wanted = if on == On::Chunk(1) { What::Chunk(1) } else { What::Chunk(0) };
        assert_eq!(stage.server.count(wanted), 2, "{size}: sent again");
        assert_eq!(stage.server.object().digest, digest(&file));
        desk.close().await;
    }
}

/// Fills a port's queue, so that who knocks there from now on is never answered.
#[cfg(target_os = "linux")]
fn deaf(address: SocketAddr) -> (TcpListener, Vec<TcpStream>) {
    use std::os::fd::AsRawFd;
    let listener = TcpListener::bind(address).expect("the port is free");
    // SAFETY: a listening socket that lives on; only the length of its queue changes.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
    let knock = || TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok();
    (listener, std::iter::from_fn(knock).take(100).collect())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_never_answers_the_knock_is_waited_for_and_gets_everything_when_it_does() {
    let mut stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.stop();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let address = stage.server.address;
    let half_dead = tokio::task::spawn_blocking(move || deaf(address)).await.expect("deaf");
    assert!(half_dead.1.len() < 100, "the queue has an end");
    let base = quick(&stage.data());
    let options = Options { http: HttpOptions { connect: Duration::from_millis(500), ..base.http }, ..base };
    let mut desk = Desk::open_with(options, &stage.in_order()).await;
    let id = desk.send(&file).await;
    let offline = |event: &Event| matches!(event, Event::Waiting { reason: WaitReason::Offline, .. });
    desk.until("waiting for the host", offline).await;
    drop(half_dead);
    stage.server.start_again().await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_over_many_files_passes_and_every_one_of_them_arrives_whole() {
    const STORM: usize = 60;
    let stage = Stage::new(PLAIN).await;
    let files: Vec<_> = (0..6).map(|n| stage.file(&format!("take {n}.mov"), n * CHUNK + n)).collect();
    for status in [500, 502, 503, 500, 504, 500] {
        stage.server.on(On::Chunks, STORM / 6, Step::Answer(Reply::text(status, "down")));
    }
    let mut desk = Desk::open(&stage.data(), &stage.server.destination(CHUNK)).await;
    let ids = desk.add(files.clone()).await;
    for id in ids {
        match desk.last(id).await {
            Event::Finished { .. } => {}
            Event::Stopped { state, failure, .. } => {
                tests::engine::clear(&failure);
                assert_eq!(state.name(), "failed");
                assert_eq!(desk.listed(id).await.expect("kept").upload.state, state, "the record is kept");
                desk.resume(id).await;
                desk.finished(id).await;
            }
            other => panic!("{other:?}"),
        }
    }
    let objects = stage.server.objects();
    let arrived: Vec<_> = objects.iter().map(|object| object.digest.clone()).collect();
    assert_eq!(arrived, files.iter().map(|file| digest(file)).collect::<Vec<_>>());
    let chunks = stage.server.asked().iter().filter(|what| matches!(what, What::Chunk(_))).count();
    assert_eq!(chunks, STORM + (1 + 2 + 3 + 4 + 5 + 6), "each chunk once beyond the storm");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_names_a_moment_is_left_alone_until_then() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 2 * CHUNK);
    let past = Reply::json(429, json!({"error": "slow down"})).with("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT");
    let soon = Reply::text(429, "slow down").with("Retry-After", "1");
    stage.server.on(On::Chunk(0), 1, Step::Answer(past));
    stage.server.on(On::Done, 1, Step::Answer(soon));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    let busy = |event: &&Event| matches!(event, Event::Waiting { reason: WaitReason::Busy, .. });
    assert_eq!(desk.told.iter().filter(busy).count(), 2, "{:#?}", desk.told);
    let dones: Vec<_> = stage.server.log().into_iter().filter(|seen| seen.what == What::Done).collect();
    assert_eq!(dones.len(), 2);
    assert!(dones[1].when - dones[0].when >= Duration::from_millis(980), "a finish is patient too");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_that_answers_with_a_page_or_a_no_never_counts_as_delivered() {
    let lies = [
        (Reply::page(200), "outcome_unknown"),
        (Reply::json(200, json!({"success": false})), "failed"),
        (Reply::json(200, json!({"success": false, "error": "no room to merge", "preventRetry": true})), "failed"),
        (Reply::json(206, json!({"success": true})), "outcome_unknown"),
        (Reply::text(401, ""), "needs_sign_in"),
        (Reply::text(413, ""), "failed"),
    ];
    for (lie, state) in lies {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 3 * CHUNK);
        stage.server.on(On::Done, 1, Step::Answer(lie.clone()));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        let (stopped, _) = desk.stopped(id).await;
        assert_eq!(stopped.name(), state, "{lie:?}");
        assert_eq!(desk.listed(id).await.expect("kept").upload.confirmed, 3 * CHUNK, "nothing is lost");
        stage.nothing_completed();
        match stopped {
            State::OutcomeUnknown => {
                desk.expect_more(id);
                assert_eq!(desk.engine.finish_again(&[id]).await.done, [id]);
            }
            _ => desk.resume(id).await,
        }
        desk.finished(id).await;
        for index in 0..3 {
            assert_eq!(stage.server.count(What::Chunk(index)), 1, "{lie:?}: no chunk goes again");
        }
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_refuses_a_done_with_its_own_page_leaves_no_doubt_about_the_outcome() {
    for (status, state) in [(401, "needs_sign_in"), (403, "needs_sign_in"), (413, "failed"), (429, "delivered")] {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 3 * CHUNK);
        stage.server.on(On::Done, 1, Step::Answer(Reply::page(status)));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        if state != "delivered" {
            assert_eq!(desk.stopped(id).await.0.name(), state, "{status}");
            desk.resume(id).await;
        }
        desk.finished(id).await;
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_comes_back_empty_gets_everything_again_and_makes_one_file() {
    let stage = Stage::new(PLAIN).await;
    let received = stage.folder().join("received");
    let receiver = Receiver::start(Config::new(&received)).await.expect("a receiver");
    let listen = receiver.local_addr();
    let file = stage.file("take.mov", 40 * CHUNK + 7);
    let address = format!("fineuploader+http://{listen}/upload?done=/upload/done&chunk={CHUNK}");
    let options = quick(&stage.data());
    let slow = Options { speed_limit: "20k".parse().expect("a limit"), ..options.clone() };
    let mut desk = Desk::open_with(slow, &address).await;
    let id = desk.send(&file).await;
    desk.confirmed(id, 10 * CHUNK).await;
    desk.close().await;
    receiver.shutdown().await;
    std::fs::remove_dir_all(&received).expect("the store can be lost");
    let receiver = Receiver::start(Config { listen, ..Config::new(&received) }).await.expect("a receiver");
    let mut desk = Desk::open_with(options, &address).await;
    desk.resume(id).await;
    desk.finished(id).await;
    assert_eq!(files_below(&received), ["take.mov"]);
    assert_eq!(digest(&received.join("take.mov")), digest(&file));
    desk.close().await;
    receiver.shutdown().await;
}
