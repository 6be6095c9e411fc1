//! Random faults between the engine and the real receiver: whatever happens, every upload ends delivered and whole.
//!
//! The seed is printed; `CARRYON_SEED` repeats a run, `CARRYON_ROUNDS` makes it longer.

use std::{path::Path, time::Duration};

use carryon_engine::{Event, HttpOptions, Limits, Options, RetryPolicy, State, UploadId};
use carryon_receiver::{Config, Receiver};
use futures_util::{StreamExt, stream};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tests::{
    engine::{Desk, quick},
    files::{digest, files_below, random_file, seed},
    proxy::{Fault, Place, Proxy},
    scripted::Scripted,
};

use crate::stage::PLAIN;

const ROUNDS: u64 = 1000;
const AT_ONCE: usize = 10;

fn patient(data: &Path, limits: Limits) -> Options {
    let (base, ms) = (quick(data), Duration::from_millis);
    Options {
        limits,
        retry: RetryPolicy { attempts: 60, gone: ms(50), ..base.retry },
        http: HttpOptions { connect: ms(1000), stall: ms(300), answer: ms(600), finish: ms(1000), ..base.http },
        ..base
    }
}

/// A receiver that knows itself by the proxy's address too.
async fn receiver(dir: &Path, place: &Place) -> Receiver {
    let config = Config { allow_hosts: vec![place.address.to_string()], ..Config::new(dir) };
    Receiver::start(config).await.expect("a receiver")
}

fn rounds() -> u64 {
    std::env::var("CARRYON_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_on_the_way_every_upload_ends_delivered_and_whole() {
    let seed = seed("random faults");
    let faults: usize = stream::iter(0..rounds())
        .map(|n| round(seed.wrapping_add(n)))
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>()
        .await
        .iter()
        .sum();
    println!("{} rounds, {faults} connections suffered", rounds());
    assert!(faults as u64 > rounds(), "the proxy did harm");
}

/// One engine, one receiver, a few files, and a proxy between them that is harmless after a while. Gives its faults.
async fn round(seed: u64) -> usize {
    let mut random = SmallRng::seed_from_u64(seed);
    let folder = memory_folder();
    let received = folder.path().join("received");
    let chunk = random.random_range(20_000..200_000);
    let faulty = random.random_range(2..12);
    let place = Place::take().await;
    let receiver = receiver(&received, &place).await;
    let proxy = place.seeded(receiver.local_addr(), random.random(), faulty, chunk);
    let limits = Limits { files: random.random_range(1..4), chunks: random.random_range(1..5) };
    let address = address(&mut random, &proxy, chunk);
    println!("CARRYON_SEED={seed}: {address}");
    let mut desk = Desk::open_with(patient(&folder.path().join("data"), limits), &address).await;
    let files: Vec<_> = (0..random.random_range(1..4)).map(|n| format!("file-{n}.bin")).collect();
    for name in &files {
        random_file(&folder.path().join(name), size(&mut random, chunk), random.random());
    }
    let ids = desk.add(files.iter().map(|name| folder.path().join(name))).await;
    let mut begun_anew = false;
    for id in ids {
        begun_anew |= delivered(&mut desk, id, faulty, seed).await;
    }
    arrived(begun_anew, seed, folder.path(), &received, &files).await;
    desk.close().await;
    let faults = proxy.faults();
    // Its stalled connections would keep the receiver waiting.
    drop(proxy);
    receiver.shutdown().await;
    faults
}

/// One of the receiver's protocols.
fn address(random: &mut SmallRng, proxy: &Proxy, chunk: u64) -> String {
    let place = proxy.address;
    match random.random_range(0..6) {
        0 => format!("tus+http://{place}/files/?chunk={chunk}"),
        1 => format!("tus+http://{place}/files/?chunk={chunk}&lanes=3"),
        2 => format!("ietf+http://{place}/resumable/?chunk={chunk}"),
        _ => format!("fineuploader+http://{place}/upload?done=/upload/done&chunk={chunk}"),
    }
}

/// Follows an upload until it is delivered. Gives whether it was begun anew on the way: what is refused by one of these
/// many faults is said honestly, and goes on when its user wants it to.
async fn delivered(desk: &mut Desk, id: UploadId, faulty: usize, seed: u64) -> bool {
    let mut begun_anew = false;
    let mut last = desk.last(id).await;
    for _ in 0..faulty {
        let Event::Stopped { state: State::Failed(_), .. } = last else { break };
        desk.expect_more(id);
        let outcomes = desk.engine.start_over(&[id]).await;
        assert_eq!(outcomes.done, [id], "CARRYON_SEED={seed}");
        begun_anew = true;
        last = desk.last(id).await;
    }
    let delivered = matches!(last, Event::Finished { .. });
    assert!(delivered, "CARRYON_SEED={seed} CARRYON_ROUNDS=1: {last:#?} after {:#?}", desk.told);
    begun_anew
}

/// On a memory disk where there is one: a sync costs nothing there.
fn memory_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

/// A size of interest around chunk boundaries.
fn size(random: &mut SmallRng, chunk: u64) -> u64 {
    let chunks = random.random_range(0..7) * chunk;
    match random.random_range(0..6) {
        0 => chunks,
        1 => chunks + 1,
        2 => chunks.saturating_sub(1),
        3 => random.random_range(0..10),
        _ => chunks + random.random_range(0..chunk),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_bear_a_second_done_never_gets_one_by_itself() {
    let seed = seed("random dones");
    let rounds = stream::iter(0..60).map(|n| fragile_round(seed.wrapping_add(n))).buffer_unordered(AT_ONCE);
    let delivered: Vec<bool> = rounds.collect().await;
    let known = delivered.iter().filter(|&&delivered| delivered).count();
    println!("{} rounds, {known} known to be delivered, the others of unknown outcome", delivered.len());
    assert!(known > 0 && known < delivered.len(), "faults met done as well as chunks");
}

/// Gives whether the engine knows that it was delivered.
async fn fragile_round(seed: u64) -> bool {
    let mut random = SmallRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let server = Scripted::start(PLAIN).await;
    let file = folder.path().join("take.bin");
    let size = random.random_range(2001..8_000);
    random_file(&file, size, seed);
    // Anywhere in the few requests of an upload, or in their answers: often around done.
    let (requests, answers) = (size.div_ceil(2000) * 3_100 + 600, size.div_ceil(2000) * 100 + 150);
    let mut dice = SmallRng::seed_from_u64(seed);
    let plan = move |number| match (number, dice.random_bool(0.5)) {
        (0..3, true) => Fault::CutRequest(dice.random_range(0..requests)),
        (0..3, false) => Fault::CutAnswer(dice.random_range(0..answers)),
        _ => Fault::Pass,
    };
    let proxy = Place::take().await.before(server.address, plan);
    let to = format!("fineuploader+http://{}/upload?done=/upload/done", proxy.address);
    let address = format!("{to}&chunk=2000&concurrent=false");
    let mut desk = Desk::open_with(patient(&folder.path().join("data"), Limits::default()), &address).await;
    let id = desk.send(&file).await;
    let delivered = match desk.last(id).await {
        Event::Finished { .. } => true,
        Event::Stopped { state: State::OutcomeUnknown, .. } => false,
        other => panic!("CARRYON_SEED={seed}: {other:?}"),
    };
    let objects = server.objects();
    assert!(!delivered || objects.len() == 1, "CARRYON_SEED={seed}: what is called delivered is there");
    for object in objects {
        assert_eq!(object.digest, digest(&file), "CARRYON_SEED={seed}: a second done truncates it");
    }
    desk.close().await;
    delivered
}

/// Sees that these files arrived, and no other.
async fn arrived(begun_anew: bool, seed: u64, folder: &Path, received: &Path, files: &[String]) {
    match begun_anew {
        // The successor may come before the one that it replaces is gone, and bears a number then.
        true => each_once(seed, folder, received, files).await,
        false => whole(seed, folder, received, files),
    }
}

/// Sees that these files arrived, each once, whatever number its name bears; what was replaced goes by and by.
async fn each_once(seed: u64, folder: &Path, received: &Path, files: &[String]) {
    let mut wanted: Vec<String> = files.iter().map(|name| digest(&folder.join(name))).collect();
    wanted.sort();
    for _ in 0..200 {
        let mut found: Vec<String> = files_below(received).iter().map(|name| digest(&received.join(name))).collect();
        found.sort();
        if found == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("CARRYON_SEED={seed}: {:?} for {files:?}", files_below(received));
}

/// Sees that exactly these files arrived, and their bytes.
fn whole(seed: u64, folder: &Path, received: &Path, files: &[String]) {
    assert_eq!(files_below(received), files, "CARRYON_SEED={seed}: one file for each, and no other");
    for name in files {
        assert_eq!(digest(&received.join(name)), digest(&folder.join(name)), "CARRYON_SEED={seed}: {name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_and_pauses_on_a_bad_link_lose_nothing() {
    let seed = seed("random kills");
    let mut random = SmallRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let received = folder.path().join("received");
    let place = Place::take().await;
    let receiver = receiver(&received, &place).await;
    let faulty = 30;
    let proxy = place.seeded(receiver.local_addr(), seed, faulty, 50_000);
    let address = format!("fineuploader+http://{}/upload?done=/upload/done&chunk=50000", proxy.address);
    let options = patient(&folder.path().join("data"), Limits::default());
    let file = folder.path().join("take.bin");
    random_file(&file, 1_234_567, seed);
    let mut desk = Desk::open_with(options.clone(), &address).await;
    let id = desk.send(&file).await;
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(random.random_range(5..120))).await;
        match random.random_range(0..2) {
            0 => drop(desk.engine.pause(&[id]).await),
            _ => {
                drop(desk);
                desk = Desk::open_with(options.clone(), &address).await;
            }
        }
        if let Some(listed) = desk.listed(id).await {
            assert_ne!(listed.upload.state, State::OutcomeUnknown, "CARRYON_SEED={seed}: this server can be asked");
            desk.engine.resume(&[id]).await;
        }
    }
    let begun_anew = desk.listed(id).await.is_some() && delivered(&mut desk, id, faulty, seed).await;
    arrived(begun_anew, seed, folder.path(), &received, &["take.bin".to_owned()]).await;
    desk.close().await;
    drop(proxy);
    receiver.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_alone_costs_time_and_nothing_else() {
    let long = Duration::from_secs(20);
    let faults = [
        Fault::CutRequest(0),
        Fault::CutRequest(30_000),
        Fault::CutAnswer(0),
        Fault::CutAnswer(100),
        Fault::Swallow,
        Fault::Delay(Duration::from_millis(20)),
        Fault::Stall(30_000, long),
        Fault::Reset(30_000),
        Fault::Throttle(1_000_000),
        Fault::Refuse,
        Fault::Flip(20_000),
        Fault::Answer(429),
        Fault::Answer(502),
        Fault::Answer(503),
        Fault::Answer(200),
        Fault::Twice,
    ];
    stream::iter(faults).for_each_concurrent(4, one_fault).await;
}

/// The first three connections suffer alike.
async fn one_fault(fault: Fault) {
    let folder = tempfile::tempdir().expect("a folder");
    let received = folder.path().join("received");
    let place = Place::take().await;
    let receiver = receiver(&received, &place).await;
    let plan = move |number| if number < 3 { fault } else { Fault::Pass };
    let proxy = place.before(receiver.local_addr(), plan);
    let address = format!("fineuploader+http://{}/upload?done=/upload/done&chunk=50000", proxy.address);
    let mut desk = Desk::open_with(patient(&folder.path().join("data"), Limits::default()), &address).await;
    let file = folder.path().join("take.bin");
    random_file(&file, 200_001, 7);
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert!(proxy.faults() > 0, "{fault:?} was met");
    whole(7, folder.path(), &received, &["take.bin".to_owned()]);
    desk.close().await;
    drop(proxy);
    receiver.shutdown().await;
}
