//! After a kill, a pause, a restart: what goes again, and what is said with it.

use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use carryon_engine::{Event, GateAnswer, Limits, Offer, Options, ResumeGate, State};
use tests::{
    engine::{Desk, Doomed, quick},
    scripted::{Manners, On, Reply, Seen, Step, What},
};

use crate::stage::{ASKABLE, CHUNK, PLAIN, Stage};

const CHUNKS: u64 = 20;

/// Kills an engine after the server confirmed at least `chunks`; gives the log's length.
async fn killed_after(
    stage: &mut Stage,
    options: Options,
    address: &str,
    chunks: usize,
) -> (std::path::PathBuf, usize) {
    let file = stage.file("take.mov", CHUNKS * CHUNK);
    stage.server.pace(Duration::from_millis(20));
    let doomed = Doomed::start(options, address, vec![file.clone()]);
    let confirmed = move |log: &[Seen]| log.iter().filter(|seen| seen.status == Some(200)).count() >= chunks;
    stage.server.until("some chunks", confirmed).await;
    doomed.kill().await;
    stage.server.start_again().await;
    (file, stage.server.log().len())
}

async fn resumed_after_a_kill(manners: Manners, connections: usize) {
    let mut stage = Stage::new(manners).await;
    let limits = Limits { chunks: connections, ..Limits::default() };
    let options = Options { limits, ..quick(&stage.data()) };
    let address = stage.server.destination(CHUNK);
    let (file, before) = killed_after(&mut stage, options.clone(), &address, 6).await;
    let mut desk = Desk::open_with(options, &address).await;
    let resumable = desk.engine.resumable().await.expect("list");
    assert!(matches!(resumable[0].upload.state, State::Interrupted { .. }), "{:?}", resumable[0].upload.state);
    let id = resumable[0].upload.id;
    desk.resume(id).await;
    desk.finished(id).await;
    let log = stage.server.log();
    let chunks: Vec<_> = log[before..].iter().filter(|seen| matches!(seen.what, What::Chunk(_))).collect();
    let resumes: Vec<_> = chunks.iter().map(|seen| seen.resumes).collect();
    let wave = connections.min(chunks.len());
    assert!(resumes[..wave].iter().all(|&says| says), "all of the first wave says qqresume: {resumes:?}");
    assert!(resumes[wave..].iter().all(|&says| !says), "and nothing after it: {resumes:?}");
    assert!(log[..before].iter().all(|seen| !seen.resumes), "what is new does not resume");
    assert!(log.iter().all(|seen| seen.uuid == log[0].uuid), "under the same id");
    // The kill may come between the last answers and their way into the record: that much was in flight.
    let again = CHUNKS as usize - 6 + connections;
    assert!(chunks.len() <= again, "what was confirmed is not sent again: {} chunks", chunks.len());
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_upload_resumes_and_says_so_on_the_first_request_only() {
    for manners in [PLAIN, ASKABLE] {
        resumed_after_a_kill(manners, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_concurrent_upload_says_so_on_the_whole_first_wave_only() {
    for manners in [PLAIN, ASKABLE] {
        resumed_after_a_kill(manners, 3).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_within_one_run_is_no_resume() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 6 * CHUNK);
    stage.server.on(On::Chunk(2), 1, Step::LoseAnswer);
    stage.server.on(On::Chunk(3), 1, Step::Answer(Reply::text(502, "no")));
    stage.server.on(On::Chunk(4), 1, Step::Answer(Reply::text(500, "no")));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    let resumes: Vec<_> = stage.server.log().into_iter().filter(|seen| seen.resumes).map(|seen| seen.what).collect();
    assert_eq!(resumes, [], "qqresume belongs to an earlier run");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resume_whose_first_request_fails_says_so_again() {
    let mut stage = Stage::new(PLAIN).await;
    let address = stage.in_order();
    let options = quick(&stage.data());
    let (file, before) = killed_after(&mut stage, options, &address, 4).await;
    stage.server.on(On::Chunks, 1, Step::CloseAfter(CHUNK as usize));
    stage.server.on(On::Chunks, 1, Step::Answer(Reply::text(500, "no")));
    let mut desk = stage.desk().await;
    let id = desk.engine.resumable().await.expect("list")[0].upload.id;
    desk.resume(id).await;
    desk.finished(id).await;
    let log = stage.server.log();
    let says: Vec<_> = log[before..].iter().filter(|seen| seen.what != What::Status).map(|seen| seen.resumes).collect();
    assert_eq!(says[..4], [true, true, true, false], "until the first answer");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_lost_everything_gets_everything_again_under_the_same_id() {
    for manners in [PLAIN, ASKABLE] {
        let mut stage = Stage::new(manners).await;
        let address = stage.in_order();
        let options = quick(&stage.data());
        let (file, before) = killed_after(&mut stage, options, &address, 5).await;
        stage.server.lose_unfinished();
        let mut desk = stage.desk().await;
        let id = desk.engine.resumable().await.expect("list")[0].upload.id;
        desk.resume(id).await;
        desk.finished(id).await;
        let log = stage.server.log();
        assert!(log.iter().all(|seen| seen.uuid == log[0].uuid));
        let resent = log[before..].iter().filter(|seen| seen.what == What::Chunk(0)).count();
        assert_eq!(resent, 1, "from the first chunk on");
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_in_the_middle_of_a_chunk_is_silent_and_a_resume_goes_on() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 6 * CHUNK);
    let _held = stage.server.hold(On::Chunk(3));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    stage.server.until("chunk 3", |log| log.iter().any(|seen| seen.what == What::Chunk(3))).await;
    desk.confirmed(id, 3 * CHUNK).await;
    assert!(desk.engine.pause(&[id]).await.problems.is_empty());
    let is_paused = |event: &Event| matches!(event, Event::StateChanged { state: State::Paused, .. });
    desk.until("the pause", is_paused).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(stage.server.asked().len(), 4, "nothing leaves while it is paused");
    let paused = desk.listed(id).await.expect("kept").upload;
    assert_eq!((paused.state, paused.confirmed), (State::Paused, 3 * CHUNK));
    desk.resume(id).await;
    desk.finished(id).await;
    for index in [0, 1, 2, 4, 5] {
        assert_eq!(stage.server.count(What::Chunk(index)), 1);
    }
    assert_eq!(stage.server.count(What::Chunk(3)), 2, "only what was in flight goes again");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pausing_and_resuming_many_times_loses_and_mixes_nothing() {
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 60 * CHUNK + 1);
    stage.server.pace(Duration::from_millis(4));
    let mut desk = Desk::open(&stage.data(), &stage.server.destination(CHUNK)).await;
    let id = desk.send(&file).await;
    for pause in 0..12u64 {
        tokio::time::sleep(Duration::from_millis(5 + pause * 3 % 17)).await;
        desk.engine.pause(&[id]).await;
        if desk.listed(id).await.is_none() {
            break;
        }
        desk.engine.resume(&[id]).await;
    }
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

/// Answers each offer with the next of its answers, and remembers the offers.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<GateAnswer>>,
    offers: Mutex<Vec<Offer>>,
}

#[async_trait]
impl ResumeGate for Script {
    async fn on_resume(&self, offer: &Offer) -> GateAnswer {
        self.offers.lock().expect("offers").push(offer.clone());
        self.answers.lock().expect("answers").pop().expect("one more answer")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_hears_what_goes_on_and_is_obeyed() {
    let mut stage = Stage::new(PLAIN).await;
    let address = stage.in_order();
    let options = quick(&stage.data());
    let (file, before) = killed_after(&mut stage, options, &address, 4).await;
    let mut desk = stage.desk().await;
    let script = std::sync::Arc::new(Script::default());
    *script.answers.lock().expect("answers") = vec![GateAnswer::StartOver, GateAnswer::NotNow];
    desk.engine.set_gate(script.clone());
    let id = desk.engine.resumable().await.expect("list")[0].upload.id;
    desk.resume(id).await;
    assert_eq!(desk.stopped(id).await.0, State::Paused, "not now");
    assert_eq!(
        stage.server.log()[before..].iter().filter(|seen| seen.what != What::Status).count(),
        0,
        "nothing was sent"
    );
    desk.resume(id).await;
    desk.finished(id).await;
    let offers = script.offers.lock().expect("offers").clone();
    let first = offers[0].first_chunk.expect("a first chunk");
    assert!(first.index >= 3 && first.offset == first.index * CHUNK && first.length == CHUNK, "{first:?}");
    assert_eq!((offers[0].total_chunks, offers[0].name.as_str()), (CHUNKS, "take.mov"));
    let log = stage.server.log();
    let anew = log[before..].iter().find(|seen| seen.what == What::Chunk(0)).expect("it starts over");
    assert_ne!(anew.uuid, log[0].uuid, "as another attempt");
    assert_eq!(stage.server.object().digest, tests::files::digest(&file));
    desk.close().await;
}
