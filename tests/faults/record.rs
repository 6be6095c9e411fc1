//! The record against the wire: never behind the first byte (P1), never ahead of a confirmation (P2).

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use carryon_engine::RECORDS_FILE;
use rusqlite::{Connection, OpenFlags};
use tests::{
    engine::{Desk, quick},
    scripted::{Linger, On, Reply, Seen, Step, What},
};

use crate::stage::{CHUNK, PLAIN, Stage};

/// The committed records, read beside the engine.
struct Ledger(Connection);

impl Ledger {
    fn open(data: &Path) -> Self {
        let connection = Connection::open_with_flags(data.join(RECORDS_FILE), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = connection.expect("the records can be read beside the engine");
        connection.busy_timeout(Duration::from_secs(5)).expect("a timeout");
        Self(connection)
    }

    /// The file and the ticket of the attempt that goes out under `uuid`.
    fn attempt(&self, uuid: &str) -> Option<(Vec<u8>, String)> {
        let sql = "SELECT s.path, a.ticket FROM attempts a JOIN uploads u ON u.id = a.upload
                   JOIN sources s ON s.id = u.source WHERE a.id = ?1";
        self.0.query_row(sql, [uuid], |row| Ok((row.get(0)?, row.get(1)?))).ok()
    }

    /// Offsets that the record claims as confirmed, and the bytes it counts.
    fn claims(&mut self) -> (HashSet<u64>, u64) {
        let read = self.0.transaction().expect("one moment for both questions");
        let mut statement = read.prepare("SELECT offset FROM chunks WHERE confirmed = 1").expect("sql");
        let rows = statement.query_map([], |row| row.get::<_, i64>(0)).expect("rows");
        let offsets = rows.map(|offset| offset.expect("an offset") as u64).collect();
        let bytes =
            read.query_row("SELECT coalesce(sum(confirmed_bytes), 0) FROM uploads", [], |row| row.get::<_, i64>(0));
        (offsets, bytes.expect("a sum") as u64)
    }

    /// Whether the record says that a completing request may have left.
    fn finishing(&self, uuid: &str) -> bool {
        self.0.query_row("SELECT finishing FROM attempts WHERE id = ?1", [uuid], |row| row.get(0)).unwrap_or(false)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_record_that_could_resume_it_is_there_before_the_first_byte_comes_in() {
    let stage = Stage::new(PLAIN).await;
    let files: Vec<PathBuf> = vec![stage.file("plain.txt", 10), stage.file("chunked.mov", 3 * CHUNK)];
    let (data, looked, lacking) =
        (stage.data(), Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::<Seen>::new())));
    let (count, bad) = (Arc::clone(&looked), Arc::clone(&lacking));
    stage.server.inspect(move |seen| {
        let ledger = Ledger::open(&data);
        let known =
            ledger.attempt(&seen.uuid).is_some_and(|(path, ticket)| !path.is_empty() && ticket.contains(&seen.uuid));
        let announced = seen.what != What::Done || ledger.finishing(&seen.uuid);
        count.fetch_add(1, Relaxed);
        if !known || !announced {
            bad.lock().expect("bad").push(seen.clone());
        }
    });
    let held = stage.server.hold(On::Any);
    let mut desk = stage.desk().await;
    let ids = desk.add(files).await;
    stage.server.until("the first request", |log| !log.is_empty()).await;
    held.add_permits(1);
    for id in ids {
        desk.finished(id).await;
    }
    assert_eq!(looked.load(Relaxed), 5, "every request was looked at");
    let lacking = lacking.lock().expect("lacking").clone();
    assert!(lacking.is_empty(), "these came before their record: {lacking:#?}");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_never_claims_more_than_was_confirmed() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 80 * CHUNK);
    stage.server.pace(Duration::from_millis(8));
    for index in (0..80).step_by(7) {
        stage.server.on(On::Chunk(index), 1, Step::LoseAnswer);
        stage.server.on(On::Chunk(index + 1), 1, Step::CarryOutAnswer(Reply::text(500, "oops")));
        stage.server.on(On::Chunk(index + 2), 1, Step::Damage);
        stage.server.on(On::Chunk(index + 3), 1, Step::Early(Reply::text(500, "oops"), Linger::Yes));
        stage.server.on(On::Chunk(index + 4), 1, Step::Stall(Duration::from_millis(60)));
    }
    let mut desk = Desk::open(&stage.data(), &stage.server.destination(CHUNK)).await;
    let over = Arc::new(AtomicBool::new(false));
    let id = desk.send(&file).await;
    let stage = Arc::new(stage);
    let watcher = tokio::task::spawn_blocking({
        let (stage, over) = (Arc::clone(&stage), Arc::clone(&over));
        move || watch(&stage, &over)
    });
    desk.finished(id).await;
    over.store(true, Relaxed);
    let moments = watcher.await.expect("the record was never ahead");
    assert!(moments > 50, "only {moments} moments with something confirmed were looked at");
    stage.delivered(&file);
    desk.close().await;
}

/// Compares the record with what the server has confirmed, again and again; gives how often there was something to compare.
fn watch(stage: &Stage, over: &AtomicBool) -> usize {
    let mut ledger = Ledger::open(&stage.data());
    let mut moments = 0;
    while !over.load(Relaxed) {
        // First the record, then the server: what the server has confirmed only grows.
        let (claimed, bytes) = ledger.claims();
        let confirmed = confirmed_offsets(&stage.server.log());
        let ahead: Vec<_> = claimed.difference(&confirmed).collect();
        assert!(ahead.is_empty(), "the record claims {ahead:?}, which nobody confirmed");
        assert!(
            bytes <= confirmed.len() as u64 * CHUNK,
            "the record counts {bytes} bytes of {} chunks",
            confirmed.len()
        );
        moments += usize::from(!claimed.is_empty());
        std::thread::sleep(Duration::from_millis(1));
    }
    moments
}

/// Offsets of chunks whose answer said yes, and meant what was sent.
fn confirmed_offsets(log: &[Seen]) -> HashSet<u64> {
    let yes = log.iter().filter(|seen| seen.status == Some(200) && seen.said_yes);
    yes.filter_map(|seen| seen.fields.get("qqpartbyteoffset")?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_is_dropped_leaves_the_wire_and_the_records() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 100 * CHUNK);
    stage.server.pace(Duration::from_millis(5));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.confirmed(id, 5 * CHUNK).await;
    drop(desk);
    let mut desk = Desk::open_with(quick(&stage.data()), &stage.in_order()).await;
    let before = stage.server.asked().len();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(stage.server.asked().len(), before, "nothing goes on by itself");
    let resumable = desk.engine.resumable().await.expect("list");
    assert_eq!(resumable.len(), 1);
    assert_eq!(resumable[0].upload.state.name(), "interrupted");
    desk.resume(id).await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}
