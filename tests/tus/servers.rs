//! Servers of others: `tus-axum` (drops what was cut, enforces checksums, joins lanes) and npm's `@tus/server` (keeps what
//! was cut). Whatever happens on the way, what lies there in the end is the file, once.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use carryon_engine::{Limits, Options, RetryPolicy};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tests::{
    engine::Desk,
    files::{digest, random_file, seed},
    npm_tus::NpmTusServer,
    proxy::{Fault, Place, Proxy},
    set_up,
    tus::{TusServer, data_files},
};

use crate::stage::patient;

fn rounds() -> u64 {
    std::env::var("CARRYON_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(40)
}

/// How many of the files there are this one.
fn copies(held: &[PathBuf], file: &Path) -> usize {
    let (size, wanted) = (file.metadata().expect("is there").len(), digest(file));
    let same = |path: &&PathBuf| path.metadata().is_ok_and(|found| found.len() == size) && digest(path) == wanted;
    held.iter().filter(same).count()
}

fn enduring(data: &Path) -> Options {
    let base = patient(data);
    let ms = Duration::from_millis;
    let http = carryon_engine::HttpOptions { connect: ms(1000), stall: ms(400), answer: ms(700), ..base.http };
    let retry = RetryPolicy { attempts: 60, gone: ms(150), ..base.retry };
    Options { retry, http, limits: Limits { files: 2, chunks: 4 }, ..base }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_size_arrives_in_one_lane_and_in_several() {
    let folder = tempfile::tempdir().expect("a folder");
    for query in ["?chunk=1000", "?chunk=1000&lanes=4", "?lanes=2&chunk=300000"] {
        let held = folder.path().join(format!("held-{}", query.len()));
        let server = TusServer::start(&held).await;
        let data = folder.path().join(format!("data-{}", query.len()));
        let mut desk = Desk::open_with(patient(&data), &format!("{}{query}", server.destination())).await;
        for size in [0, 1, 999, 1000, 1001, 4000, 7003, 1_000_000] {
            let file = folder.path().join(format!("{size}.bin"));
            random_file(&file, size, size);
            let id = desk.send(&file).await;
            desk.finished(id).await;
            assert_eq!(copies(&server.uploads(), &file), 1, "{size} bytes to {query}");
        }
        desk.close().await;
    }
}

/// A link whose first connections suffer at random. What was stalled is let go after a while, or a server that locks an
/// upload would hold it for longer than anybody here waits; bytes are changed only where the server can tell.
fn bad_link(place: Place, server: SocketAddr, random: &mut SmallRng, size: u64) -> Proxy {
    let (mut dice, faulty) = (SmallRng::seed_from_u64(random.random()), random.random_range(2..12));
    place.before(server, move |number| match number < faulty {
        true => match Fault::random(&mut dice, size) {
            Fault::Stall(bytes, _) => Fault::Stall(bytes, Duration::from_secs(1)),
            fault => fault,
        },
        false => Fault::Pass,
    })
}

/// A file over a bad link.
async fn over_a_bad_link(seed: u64, server: SocketAddr, query: &str, held: &Path, size_of_faults: u64) {
    let mut random = SmallRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let chunk = random.random_range(20_000..200_000);
    let place = Place::take().await;
    let proxy = bad_link(place, server, &mut random, size_of_faults.min(chunk));
    let address = format!("tus+http://{}/files?chunk={chunk}{query}", proxy.address);
    let mut desk = Desk::open_with(enduring(&folder.path().join("data")), &address).await;
    let file = folder.path().join("take.bin");
    let size = random.random_range(0..7) * chunk + random.random_range(0..chunk);
    random_file(&file, size, seed);
    let id = desk.send(&file).await;
    let mut last = desk.last(id).await;
    for _ in 0..12 {
        let carryon_engine::Event::Stopped { state, .. } = &last else { break };
        desk.expect_more(id);
        // What is refused on the way, or cannot be asked any more, is said honestly and goes on when its user wants it to.
        let outcomes = match state {
            carryon_engine::State::OutcomeUnknown => desk.engine.finish_again(&[id]).await,
            _ => desk.engine.start_over(&[id]).await,
        };
        assert_eq!(outcomes.done, [id], "CARRYON_SEED={seed}: {last:?}");
        last = desk.last(id).await;
    }
    let delivered = matches!(last, carryon_engine::Event::Finished { .. });
    assert!(delivered, "CARRYON_SEED={seed}: {last:?}");
    assert!(
        copies(&data_files(held), &file) >= 1,
        "CARRYON_SEED={seed} CARRYON_ROUNDS=1: what is called delivered lies there whole"
    );
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_on_the_way_to_a_server_that_drops_what_was_cut_the_file_arrives_whole() {
    let seed = seed("tus-axum over bad links");
    let held = tempfile::tempdir().expect("a folder");
    let server = TusServer::start(held.path()).await;
    for round in 0..rounds() {
        let query = if seed.wrapping_add(round) % 2 == 0 { "" } else { "&lanes=3" };
        over_a_bad_link(seed.wrapping_add(round), server.address, query, held.path(), u64::MAX).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_on_the_way_to_a_server_that_keeps_what_was_cut_the_file_arrives_whole() {
    if !set_up::wanted() {
        return;
    }
    let seed = seed("@tus/server over bad links");
    let held = tempfile::tempdir().expect("a folder");
    let server = NpmTusServer::start(held.path());
    let address = server.address.trim_start_matches("http://").trim_end_matches("/files").parse().expect("an address");
    for round in 0..rounds() {
        over_a_bad_link(seed.wrapping_add(round), address, "", held.path(), 20_000).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_cut_a_server_that_keeps_what_came_gets_only_the_rest() {
    if !set_up::wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let held = folder.path().join("held");
    let server = NpmTusServer::start(&held);
    let address = server.address.trim_start_matches("http://").trim_end_matches("/files").parse().expect("an address");
    // The question, the opening, then the bytes, cut in the middle.
    let cut = |number| if number < 4 { Fault::CutRequest(700_000) } else { Fault::Pass };
    let proxy = Place::take().await.before(address, cut);
    let to = format!("tus+http://{}/files?chunk=4000000", proxy.address);
    let mut desk = Desk::open_with(enduring(&folder.path().join("data")), &to).await;
    let file = folder.path().join("take.bin");
    random_file(&file, 4_000_000, 5);
    let id = desk.send(&file).await;
    let carryon_engine::Event::Finished { sent, .. } = desk.finished(id).await else { unreachable!() };
    assert!(proxy.faults() >= 1, "it was cut");
    assert_eq!(copies(&data_files(&held), &file), 1);
    println!("{sent} bytes left for a file of 4000000, cut {} times", proxy.faults());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_is_dropped_in_mid_upload_goes_on_at_the_byte() {
    let seed = seed("tus drops");
    let mut random = SmallRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    for query in ["?chunk=100000", "?chunk=100000&lanes=3"] {
        let held = folder.path().join(format!("held-{}", query.len()));
        let server = TusServer::start(&held).await;
        let proxy = Place::take().await.before(server.address, |_| Fault::Throttle(3_000_000));
        let to = format!("tus+http://{}/files{query}", proxy.address);
        let options = enduring(&folder.path().join(format!("data-{}", query.len())));
        let file = folder.path().join(format!("take-{}.bin", query.len()));
        random_file(&file, 2_345_678, seed);
        let mut desk = Desk::open_with(options.clone(), &to).await;
        let id = desk.send(&file).await;
        for _ in 0..8 {
            tokio::time::sleep(Duration::from_millis(random.random_range(5..150))).await;
            drop(desk);
            desk = Desk::open_with(options.clone(), &to).await;
            if desk.listed(id).await.is_some() {
                desk.engine.resume(&[id]).await;
            }
        }
        if desk.listed(id).await.is_some() {
            desk.finished(id).await;
        }
        assert_eq!(copies(&server.uploads(), &file), 1, "CARRYON_SEED={seed}, {query}");
        desk.close().await;
    }
}
