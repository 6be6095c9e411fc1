//! One contract, every driver: what the engine may rely on, whoever speaks. And over it the engine itself, at a
//! destination in memory that fails at each request in turn.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use carryon_engine::{
    AddRequest, AttemptId, BatchId, Credentials, ErrorKind, HttpOptions,
    chunk::{Chunk, Completes, Plan, Ranges},
    destination::{Confirmation, Destination, Finished, Intent, Outgoing, Stored, Survey, SurveyKind, Ticket, Verdict},
    drivers::{
        self,
        memory::{Fault, Memory},
    },
    source::{ChunkBody, Meter, SourceFile},
};
use carryon_receiver::{Config, Receiver};
use tests::{
    engine::Desk,
    files,
    npm_tus::NpmTusServer,
    set_up,
    tus::{TusServer, held_by_attempt},
};

const CHUNK: u64 = 1000;
/// Nothing, one byte, around a boundary, and many chunks with a short last one.
const SIZES: [u64; 7] = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 7 * CHUNK + 3];

/// What lies at the destination for an intent.
type Look = Box<dyn Fn(&Intent) -> Option<Vec<u8>>>;

/// A driver, and a look behind it.
struct Subject {
    name: &'static str,
    driver: Arc<dyn Destination>,
    look: Look,
    _keeps: Vec<Box<dyn std::any::Any>>,
}

fn memory(name: &'static str, survey: SurveyKind, completes: Completes) -> Subject {
    let memory = Memory::new(survey, completes);
    let objects = memory.clone();
    let look = move |intent: &Intent| objects.objects().get(&intent.attempt.to_string())?.whole.clone();
    Subject { name, driver: Arc::new(memory), look: Box::new(look), _keeps: Vec::new() }
}

/// Our receiver, in one of its protocols.
async fn receiver(name: &'static str, protocol: &str, path: &str) -> Subject {
    let dir = tempfile::tempdir().expect("temp folder");
    let token = "contract-token".to_owned();
    let config = Config { token: Some(token.clone()), ..Config::new(dir.path()) };
    let receiver = Receiver::start(config).await.expect("the receiver starts");
    let address = format!("{protocol}+{}{path}", receiver.url().trim_end_matches('/'));
    let credentials = Credentials { token: Some(token) };
    let driver = drivers::connect(&address, credentials, &HttpOptions::default()).expect("a driver");
    let folder = dir.path().to_owned();
    let look = move |intent: &Intent| std::fs::read(folder.join(&intent.relative_path).join(&intent.name)).ok();
    Subject { name, driver, look: Box::new(look), _keeps: vec![Box::new(receiver), Box::new(dir)] }
}

/// A tus server of others, in this process.
async fn tus_axum(name: &'static str, query: &str) -> Subject {
    let dir = tempfile::tempdir().expect("temp folder");
    let server = TusServer::start(dir.path()).await;
    let address = format!("{}{query}", server.destination());
    let driver = drivers::connect(&address, Credentials::default(), &HttpOptions::default()).expect("a driver");
    let folder = dir.path().to_owned();
    let look = move |intent: &Intent| held_by_attempt(&folder, &intent.attempt.to_string());
    Subject { name, driver, look: Box::new(look), _keeps: vec![Box::new(server), Box::new(dir)] }
}

/// A tus server from npm.
fn tus_npm(name: &'static str) -> Subject {
    let dir = tempfile::tempdir().expect("temp folder");
    let server = NpmTusServer::start(dir.path());
    let address = format!("tus+{}", server.address);
    let driver = drivers::connect(&address, Credentials::default(), &HttpOptions::default()).expect("a driver");
    let folder = dir.path().to_owned();
    let look = move |intent: &Intent| held_by_attempt(&folder, &intent.attempt.to_string());
    Subject { name, driver, look: Box::new(look), _keeps: vec![Box::new(server), Box::new(dir)] }
}

/// Chunks of a plan, in the least convenient order that is allowed.
fn chunks(plan: &Plan) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    for lane in (0..plan.lanes).rev() {
        let (start, end) = plan.lane(lane);
        let of_lane = (start..end).step_by(usize::try_from(plan.chunk_size).expect("small"));
        let cut = |offset| Chunk { index: 0, offset, length: plan.chunk_size.min(end - offset) };
        chunks.extend(of_lane.map(cut));
    }
    if plan.lanes == 0 || (plan.size == 0 && plan.sends_empty) {
        chunks = plan.missing(&Ranges::default()).collect();
    }
    chunks
}

async fn subjects() -> Vec<Subject> {
    let mut subjects = vec![
        memory("memory, a set, finish request", SurveyKind::Set, Completes::FinishRequest),
        memory("memory, a set, last chunk", SurveyKind::Set, Completes::LastChunk),
        memory("memory, an offset, finish request", SurveyKind::Offset, Completes::FinishRequest),
        memory("memory, an offset, last chunk", SurveyKind::Offset, Completes::LastChunk),
        memory("memory, cannot be asked", SurveyKind::Cannot, Completes::FinishRequest),
        receiver("Fine Uploader, concurrent, done", "fineuploader", "/upload?done=/upload/done").await,
        receiver("Fine Uploader, sequential, done", "fineuploader", "/upload?done=/upload/done&concurrent=false").await,
        receiver("tus at our receiver, one lane", "tus", "/files/").await,
        receiver("tus at our receiver, three lanes", "tus", "/files/?lanes=3").await,
        receiver("IETF draft, newest version", "ietf", "/resumable/").await,
        receiver("IETF draft, interop 8", "ietf", "/resumable/?interop=8").await,
        receiver("IETF draft, interop 6", "ietf", "/resumable/?interop=6").await,
        receiver("IETF draft, without a version", "ietf", "/resumable/?interop=none").await,
        tus_axum("tus-axum, one lane", "").await,
        tus_axum("tus-axum, three lanes", "?lanes=3").await,
    ];
    if set_up::wanted() {
        subjects.push(tus_npm("@tus/server, one lane"));
    }
    subjects
}

/// One upload of `size` bytes through a driver, by hand.
struct Hand<'s> {
    subject: &'s Subject,
    source: Arc<SourceFile>,
    bytes: Vec<u8>,
    intent: Intent,
    ticket: Ticket,
}

impl<'s> Hand<'s> {
    async fn begin(subject: &'s Subject, folder: &Path, size: u64) -> Self {
        let path = folder.join(format!("{size}.bin"));
        files::random_file(&path, size, size);
        let plan = subject.driver.plan(size, CHUNK).unwrap_or_else(|error| panic!("{}: {error}", subject.name));
        let plan = subject.driver.settle(plan).await.unwrap_or_else(|error| panic!("{}: {error}", subject.name));
        let name = format!("{}.bin", AttemptId::random());
        let intent = Intent {
            attempt: AttemptId::random(),
            name,
            relative_path: "a folder/below".into(),
            plan,
            path: path.clone(),
            modified_at: 0,
            batch: BatchId::random(),
        };
        let ticket = subject.driver.begin(&intent).await.expect("it begins");
        let bytes = std::fs::read(&path).expect("reads");
        Self { subject, source: Arc::new(SourceFile::open(&path).expect("opens")), bytes, intent, ticket }
    }

    fn plan(&self) -> Plan {
        self.intent.plan
    }

    async fn send(&self, chunk: Chunk) -> Confirmation {
        let body = ChunkBody::new(Arc::clone(&self.source), chunk, None, Arc::new(Meter::default()));
        let outgoing = Outgoing { body: body.clone(), digest: self.source.digest(chunk).ok(), resuming: false };
        let sent = self.subject.driver.send(&self.ticket, &self.intent, outgoing).await;
        let confirmation = sent.unwrap_or_else(|error| panic!("{}, {chunk:?}: {error}", self.subject.name));
        let local = self.source.digest(chunk).expect("reads");
        assert_eq!(body.digest(), Some(local), "the body knows the digest of what left");
        assert!(confirmation.digest.is_none_or(|theirs| theirs == local), "what arrived is what was sent");
        confirmation
    }

    /// All chunks, in the least convenient order that is allowed; gives what the last one brought.
    async fn send_all(&self) -> Option<Finished> {
        let mut chunks = chunks(&self.plan());
        if self.subject.driver.capabilities().parallel > 1 && self.plan().lanes == 0 {
            chunks.reverse();
        }
        let mut finished = None;
        for chunk in chunks {
            finished = self.send(chunk).await.finished;
        }
        finished
    }

    fn must_lie_there(&self) {
        let there = (self.subject.look)(&self.intent);
        let (size, length) = (self.bytes.len(), there.as_ref().map(Vec::len));
        assert!(there.as_ref() == Some(&self.bytes), "{}: of {size} bytes {length:?} lie there", self.subject.name);
    }

    async fn finish(&self) -> Finished {
        let rows = self.plan().missing(&Ranges::default()).map(|chunk| Stored { chunk, tag: None }).collect::<Vec<_>>();
        let finished = self.subject.driver.finish(&self.ticket, &self.intent, &rows).await;
        finished.unwrap_or_else(|error| panic!("{}: {error}", self.subject.name))
    }

    async fn survey(&self) -> Survey {
        self.subject.driver.survey(&self.ticket, &self.intent).await.expect("it answers")
    }

    async fn confirm(&self) -> Verdict {
        self.subject.driver.confirm(&self.ticket, &self.intent).await.expect("it answers")
    }
}

#[tokio::test]
async fn what_was_sent_is_what_lies_there_at_every_size() {
    let folder = tempfile::tempdir().expect("temp folder");
    for subject in &subjects().await {
        for size in SIZES {
            let hand = Hand::begin(subject, folder.path(), size).await;
            let by_chunk = hand.send_all().await;
            match hand.plan().completes {
                Completes::FinishRequest => drop(hand.finish().await),
                Completes::LastChunk => assert!(by_chunk.is_some(), "{}: the last chunk completes", subject.name),
            }
            hand.must_lie_there();
        }
    }
}

#[tokio::test]
async fn a_survey_tells_exactly_what_was_confirmed() {
    let folder = tempfile::tempdir().expect("temp folder");
    for subject in &subjects().await {
        let hand = Hand::begin(subject, folder.path(), 4 * CHUNK).await;
        let confirmed: [Chunk; 2] = chunks(&hand.plan())[..2].try_into().expect("four chunks");
        for chunk in confirmed {
            hand.send(chunk).await;
        }
        match hand.survey().await {
            Survey::Set(held) => {
                let told: Vec<_> = held.iter().map(|held| (held.offset, held.length, held.digest)).collect();
                let sent = confirmed.map(|chunk| (chunk.offset, chunk.length, hand.source.digest(chunk).ok()));
                assert_eq!(told, sent, "{}", subject.name);
            }
            Survey::Lanes(offsets) => {
                let reached = |lane: u32| {
                    let (start, end) = hand.plan().lane(lane);
                    let sent = confirmed.iter().filter(|chunk| (start..end).contains(&chunk.offset));
                    start + sent.map(|chunk| chunk.length).sum::<u64>()
                };
                let expected: Vec<u64> = (0..hand.plan().lanes).map(reached).collect();
                assert_eq!(offsets, expected, "{}", subject.name);
            }
            Survey::CannotTell => assert_eq!(subject.driver.capabilities().survey, SurveyKind::Cannot),
            other => panic!("{}: {other:?}", subject.name),
        }
    }
}

#[tokio::test]
async fn a_chunk_sent_twice_changes_nothing() {
    let folder = tempfile::tempdir().expect("temp folder");
    for subject in subjects().await.iter().filter(|s| s.driver.capabilities().survey != SurveyKind::Offset) {
        let hand = Hand::begin(subject, folder.path(), 3 * CHUNK).await;
        hand.send(hand.plan().chunk(1)).await;
        hand.send_all().await;
        if hand.plan().completes == Completes::FinishRequest {
            hand.finish().await;
        }
        hand.must_lie_there();
    }
}

#[tokio::test]
async fn who_can_be_asked_says_truly_whether_it_was_finished() {
    let folder = tempfile::tempdir().expect("temp folder");
    for subject in subjects().await.iter().filter(|s| s.driver.capabilities().survey != SurveyKind::Cannot) {
        let hand = Hand::begin(subject, folder.path(), 3 * CHUNK).await;
        if hand.plan().lanes > 1 && !subject.name.contains("our receiver") {
            // Where lanes were joined to is named in one answer alone: nobody can be asked without it.
            assert_eq!(hand.confirm().await, Verdict::Unknowable, "{}", subject.name);
            continue;
        }
        hand.send(hand.plan().chunk(0)).await;
        assert_eq!(hand.confirm().await, Verdict::NotFinished, "{}: two chunks are missing", subject.name);
        for index in 1..3 {
            hand.send(hand.plan().chunk(index)).await;
        }
        if hand.plan().completes == Completes::FinishRequest {
            assert_eq!(hand.confirm().await, Verdict::NotFinished, "{}: nobody asked to finish", subject.name);
            let first = hand.finish().await;
            assert_eq!(hand.finish().await, first, "{}: a second finish gets the first answer", subject.name);
        }
        assert!(matches!(hand.confirm().await, Verdict::Finished(_)), "{}", subject.name);
        assert!(matches!(hand.survey().await, Survey::Done(_)), "{}", subject.name);
        hand.must_lie_there();
    }
}

#[tokio::test]
async fn an_aborted_upload_is_forgotten_and_aborting_again_is_no_harm() {
    let folder = tempfile::tempdir().expect("temp folder");
    for subject in &subjects().await {
        let hand = Hand::begin(subject, folder.path(), 3 * CHUNK).await;
        hand.send(hand.plan().chunk(0)).await;
        subject.driver.abort(&hand.ticket).await.unwrap_or_else(|error| panic!("{}: {error}", subject.name));
        let holds = match hand.survey().await {
            Survey::Set(held) => !held.is_empty(),
            Survey::Lanes(offsets) => (0..).zip(offsets).any(|(lane, offset)| offset > hand.plan().lane(lane).0),
            Survey::Done(_) => true,
            Survey::Gone | Survey::CannotTell => false,
        };
        assert!(!holds, "{}: it must hold nothing any more", subject.name);
        let again = subject.driver.abort(&hand.ticket).await;
        let harmless = again.as_ref().err().is_none_or(|error| error.kind() == ErrorKind::Rejected);
        assert!(harmless, "{}: {again:?}", subject.name);
    }
}

#[tokio::test]
async fn a_ticket_survives_its_record_and_never_shows_itself() {
    let folder = tempfile::tempdir().expect("temp folder");
    for subject in &subjects().await {
        let mut hand = Hand::begin(subject, folder.path(), 2 * CHUNK).await;
        let text = serde_json::to_string(&hand.ticket).expect("plain data");
        hand.ticket = serde_json::from_str(&text).expect("reads back");
        hand.send_all().await;
        assert!(!format!("{:?}", hand.ticket).contains(&hand.intent.attempt.to_string()), "{}", subject.name);
    }
}

#[tokio::test]
async fn a_ticket_that_makes_no_sense_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().expect("temp folder");
    for subject in subjects().await.iter().filter(|subject| !subject.name.starts_with("memory")) {
        let mut hand = Hand::begin(subject, folder.path(), 2 * CHUNK).await;
        for data in [serde_json::Value::Null, serde_json::json!({ "uuid": 7, "urls": 7 }), serde_json::json!([])] {
            hand.ticket = Ticket { version: 1, data };
            assert!(subject.driver.survey(&hand.ticket, &hand.intent).await.is_err(), "{}", subject.name);
            assert!(subject.driver.abort(&hand.ticket).await.is_err(), "{}", subject.name);
        }
    }
}

const FAULTS: [Fault; 6] = [
    Fault::LoseAnswer,
    Fault::Refuse(ErrorKind::Transient),
    Fault::Refuse(ErrorKind::Unknown),
    Fault::Refuse(ErrorKind::Offline),
    Fault::Refuse(ErrorKind::Integrity),
    Fault::Refuse(ErrorKind::Reset),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_delivers_whichever_request_fails_in_whichever_way() {
    let families = [
        (SurveyKind::Set, Completes::FinishRequest),
        (SurveyKind::Set, Completes::LastChunk),
        (SurveyKind::Offset, Completes::FinishRequest),
        (SurveyKind::Offset, Completes::LastChunk),
    ];
    let folder = tempfile::tempdir().expect("temp folder");
    let path = folder.path().join("source.bin");
    files::random_file(&path, 4 * CHUNK + 1, 4);
    let mut cases = tokio::task::JoinSet::new();
    for (survey, completes) in families {
        for fault in FAULTS {
            (0..6).for_each(|at| drop(cases.spawn(delivers_with(path.clone(), survey, completes, fault, at))));
        }
    }
    while let Some(case) = cases.join_next().await {
        case.expect("it delivers");
    }
}

/// Five chunks, maybe a finish, and a fault at one of those requests.
async fn delivers_with(path: PathBuf, survey: SurveyKind, completes: Completes, fault: Fault, at: u64) {
    let memory = Memory::new(survey, completes);
    memory.play(at, fault);
    let data = tempfile::tempdir().expect("temp folder");
    let mut desk = Desk::open(data.path(), "fineuploader+http://127.0.0.1:9/memory").await;
    desk.engine.bind(desk.to, Arc::new(memory.clone()));
    let request = AddRequest { chunk_size: Some(CHUNK), ..AddRequest::new([path.clone()], desk.to) };
    let id = desk.add_as(request).await[0];
    desk.finished(id).await;
    desk.close().await;
    let objects = memory.objects();
    let whole: Vec<_> = objects.values().filter_map(|object| object.whole.clone()).collect();
    let source = std::fs::read(&path).expect("reads");
    assert_eq!(whole, [source], "{survey:?} {completes:?}, {fault:?} at request {at}");
}
