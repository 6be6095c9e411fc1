//! The store on a disk that fails: power cuts and errors at every step of a whole life.
//!
//! A clean run is counted first. Then the power is cut at each of its steps in turn, and what is left of
//! the disk (several ways for each cut) is opened again, a second time cut during that, and the client does
//! what a client does: it asks what is held and sends the rest.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Held, Meta, Rules, Store, StoreError};
use crate::files::simulated::{SimulatedDisk, Trouble};
use crate::journal::{Digest, UploadId};

mod growing;

const ROOT: &str = "/r";
const PART: usize = 1000;

/// What the client was told: this must be true ever after.
#[derive(Default, Clone)]
struct Told {
    /// Chunks acknowledged, with their bytes; one that is being changed is not in here.
    chunks: HashMap<(String, u64), Vec<u8>>,
    /// Where files were said to be.
    delivered: HashMap<String, String>,
}

fn id(uuid: &str) -> UploadId {
    UploadId::parse(uuid).unwrap()
}

fn meta(name: &str, folder: &str, size: usize) -> Meta {
    Meta { name: Some(name.into()), folder: Some(folder.into()), size: Some(size as u64), client: None }
}

fn content(uuid: &str, length: usize) -> Vec<u8> {
    uuid.bytes().cycle().zip(1..).map(|(byte, i)| byte ^ (i % 97) as u8 | 1).take(length).collect()
}

async fn open(disk: &SimulatedDisk) -> Result<Store, crate::Error> {
    let keep = Duration::from_secs(3600);
    let (max_open, max_open_of_client) = (1000, 1000);
    let rules = Rules { max_size: 1 << 40, max_open, max_open_of_client, min_free: 0, keep, record_every: 700 };
    let files = Arc::new(disk.clone());
    tokio::task::spawn_blocking(move || Store::open(files, Path::new(ROOT), rules)).await.unwrap()
}

async fn send_chunk(
    store: &Store,
    told: &mut Told,
    uuid: &str,
    meta: Meta,
    at: u64,
    bytes: &[u8],
) -> Result<(), StoreError> {
    if told.chunks.get(&(uuid.into(), at)).is_some_and(|before| before != bytes) {
        told.chunks.remove(&(uuid.into(), at));
    }
    let mut writer = store.begin_chunk(&id(uuid), meta, at, bytes.len() as u64).await?;
    let sent = bytes.to_vec();
    tokio::task::spawn_blocking(move || {
        for block in sent.chunks(300) {
            writer.write(block)?;
        }
        writer.commit_chunk(None)
    })
    .await
    .unwrap()?;
    told.chunks.insert((uuid.into(), at), bytes.to_vec());
    Ok(())
}

/// Sends what is not held yet, as a client does that asks first; then finishes.
async fn send_in_chunks(
    store: &Store,
    told: &mut Told,
    uuid: &str,
    folder: &str,
    size: usize,
) -> Result<(), StoreError> {
    let bytes = content(uuid, size);
    let held = match store.survey(&id(uuid)).await? {
        Held::Open { chunks, .. } => chunks,
        Held::Unknown => Vec::new(),
        Held::Done { .. } => Vec::new(),
    };
    for (index, chunk) in bytes.chunks(PART).enumerate().rev() {
        let at = (index * PART) as u64;
        if !held.iter().any(|h| h.offset == at && h.digest == Digest::of(chunk)) {
            send_chunk(store, told, uuid, meta(uuid, folder, size), at, chunk).await?;
        }
    }
    let delivered = store.finish(&id(uuid), meta(uuid, folder, size)).await?;
    told.delivered.insert(uuid.into(), delivered.location);
    Ok(())
}

async fn send_whole(store: &Store, told: &mut Told, uuid: &str, folder: &str, size: usize) -> Result<(), StoreError> {
    let bytes = content(uuid, size);
    let delivered = if size < 5000 {
        store.put_small(&id(uuid), meta(uuid, folder, size), Bytes::from(bytes), None).await?
    } else {
        let mut writer = store.begin_whole(&id(uuid), meta(uuid, folder, size)).await?;
        tokio::task::spawn_blocking(move || writer.write(&bytes).and_then(|()| writer.commit_whole(None)))
            .await
            .unwrap()?
    };
    told.delivered.insert(uuid.into(), delivered.location);
    Ok(())
}

/// A whole life: everything a store does. Done again from the start it ends the same.
async fn life(store: &Store, told: &mut Told) -> Result<(), StoreError> {
    send_whole(store, told, "small", "", 700).await?;
    if store.survey(&id("chunked")).await? == Held::Unknown {
        send_chunk(store, told, "chunked", meta("chunked", "d/e", 3500), 0, &[b'?'; PART]).await?;
    }
    send_in_chunks(store, told, "chunked", "d/e", 3500).await?;
    send_whole(store, told, "tiny", "d", 0).await?;
    send_whole(store, told, "whole", "d", 6000).await?;
    store.settle(u64::MAX).await?;
    send_whole(store, told, "late", "f", 900).await?;
    tokio::task::spawn_blocking({
        let store = store.clone();
        move || store.0.journal.compact()
    })
    .await
    .unwrap()?;
    send_in_chunks(store, told, "taken", "", 1500).await?;
    Ok(())
}

const FILES: [(&str, &str, usize); 6] = [
    ("small", "small", 700),
    ("chunked", "d/e/chunked", 3500),
    ("tiny", "d/tiny", 0),
    ("whole", "d/whole", 6000),
    ("late", "f/late", 900),
    ("taken", "taken (2)", 1500),
];

fn new_disk(has_links: bool) -> SimulatedDisk {
    let disk = SimulatedDisk::new(Path::new(ROOT), has_links);
    disk.put(&Path::new(ROOT).join("taken"), b"was here first");
    disk
}

/// Nothing the client was told is untrue.
async fn check(disk: &SimulatedDisk, store: &Store, told: &Told, context: &str) {
    let tree = disk.tree(Path::new(ROOT));
    assert_eq!(tree["taken"], b"was here first", "{context}: a file of others must stay");
    for (uuid, location) in &told.delivered {
        let size = FILES.iter().find(|(name, ..)| name == uuid).unwrap().2;
        let held = store.survey(&id(uuid)).await.unwrap();
        assert!(
            matches!(&held, Held::Done { size: held, location: at, .. } if *held == size as u64 && at == location),
            "{context}"
        );
        assert!(tree.get(location) == Some(&content(uuid, size)), "{context}: {location} must hold its bytes");
    }
    for uuid in ["chunked", "taken"] {
        let Held::Open { chunks, .. } = store.survey(&id(uuid)).await.unwrap() else { continue };
        let part = tree.get(&format!(".carryon/parts/{}", super::part_name(&id(uuid)))).cloned().unwrap_or_default();
        for chunk in &chunks {
            let bytes = part.get(chunk.offset as usize..(chunk.offset + chunk.length) as usize);
            assert_eq!(bytes.map(Digest::of), Some(chunk.digest), "{context}: a held chunk must be what it says");
        }
        for ((_, at), bytes) in told.chunks.iter().filter(|((name, _), _)| name == uuid) {
            let held = chunks.iter().any(|c| c.offset == *at && c.digest == Digest::of(bytes));
            assert!(held, "{context}: the acknowledged chunk of {uuid} at {at} must be held");
        }
    }
    for ((uuid, _), _) in told.chunks.iter().filter(|((uuid, _), _)| !told.delivered.contains_key(uuid)) {
        assert_ne!(store.survey(&id(uuid)).await.unwrap(), Held::Unknown, "{context}: {uuid} must be known");
    }
}

/// The life is lived again to its end, and nothing is there twice.
async fn live_on(disk: &SimulatedDisk, store: &Store, told: &mut Told, context: &str) {
    life(store, told).await.unwrap_or_else(|error| panic!("{context}: must come to its end: {error}"));
    check(disk, store, told, context).await;
    let mut names: Vec<String> =
        disk.tree(Path::new(ROOT)).into_keys().filter(|n| !n.starts_with(".carryon")).collect();
    let mut expected: Vec<String> = FILES.iter().map(|(_, location, _)| location.to_string()).collect();
    expected.push("taken".into());
    names.sort();
    expected.sort();
    assert_eq!(names, expected, "{context}: each file once");
}

fn steps_of_a_clean_run(runtime: &tokio::runtime::Runtime, has_links: bool) -> u64 {
    let disk = new_disk(has_links);
    runtime.block_on(async {
        let store = open(&disk).await.unwrap();
        live_on(&disk, &store, &mut Told::default(), "clean run").await;
    });
    disk.steps()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Runs a life until the power goes; gives what the client was told before.
async fn live_until_the_cut(disk: &SimulatedDisk) -> Told {
    let mut told = Told::default();
    if let Ok(store) = open(disk).await {
        let _ = life(&store, &mut told).await;
    }
    told
}

fn cut_at_every_step(has_links: bool) {
    let runtime = runtime();
    for step in 1..=steps_of_a_clean_run(&runtime, has_links) {
        for seed in 1..=4 {
            let context = format!("power cut at step {step}, seed {seed}");
            let disk = new_disk(has_links);
            disk.trouble_after(step, Trouble::PowerCut);
            runtime.block_on(async {
                let mut told = live_until_the_cut(&disk).await;
                let mut disk = disk.after_power_cut(seed);
                // And once more while it starts.
                if seed % 2 == 0 {
                    disk.trouble_after(1 + step * seed % 23, Trouble::PowerCut);
                    drop(open(&disk).await);
                    disk = disk.after_power_cut(seed + 1);
                }
                let store = open(&disk).await.unwrap_or_else(|error| panic!("{context}: {error}"));
                check(&disk, &store, &told, &context).await;
                live_on(&disk, &store, &mut told, &context).await;
            });
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_every_step() {
    cut_at_every_step(true);
}

#[test]
fn the_same_holds_without_hard_links() {
    cut_at_every_step(false);
}

#[test]
fn an_error_at_any_step_is_answered_and_gone_around() {
    let runtime = runtime();
    for has_links in [true, false] {
        for step in 1..=steps_of_a_clean_run(&runtime, has_links) {
            for kind in [std::io::ErrorKind::StorageFull, std::io::ErrorKind::Other] {
                let context = format!("{kind:?} at step {step}, links: {has_links}");
                let disk = new_disk(has_links);
                disk.trouble_after(step, Trouble::Fails(kind));
                runtime.block_on(fail_once(&disk, &context));
            }
        }
    }
}

async fn fail_once(disk: &SimulatedDisk, context: &str) {
    let mut told = Told::default();
    let store = match open(disk).await {
        Ok(store) => store,
        Err(_) => open(disk).await.unwrap_or_else(|error| panic!("{context}: {error}")),
    };
    // The step may lie a little beyond the first life: it varies with what is done in the background.
    for _ in 0..2 {
        let _ = life(&store, &mut told).await;
        check(disk, &store, &told, context).await;
    }
    live_on(disk, &store, &mut told, context).await;
    drop(store);
    for seed in 1..=4 {
        let disk = disk.after_power_cut(seed);
        let store = open(&disk).await.unwrap_or_else(|error| panic!("{context}: {error}"));
        check(&disk, &store, &told, context).await;
    }
}

#[test]
fn an_error_and_then_a_power_cut_lose_nothing_together() {
    let runtime = runtime();
    for step in 1..=steps_of_a_clean_run(&runtime, true) {
        for later in [2, 7, 15, 30] {
            let context = format!("error at step {step}, power cut {later} steps later");
            let disk = new_disk(true);
            disk.trouble_after(step, Trouble::Fails(std::io::ErrorKind::Other));
            disk.trouble_after(step + later, Trouble::PowerCut);
            runtime.block_on(async {
                let mut told = Told::default();
                if let Ok(store) = open(&disk).await {
                    let _ = life(&store, &mut told).await;
                    let _ = life(&store, &mut told).await;
                }
                let disk = disk.after_power_cut(later);
                let store = open(&disk).await.unwrap_or_else(|error| panic!("{context}: {error}"));
                check(&disk, &store, &told, &context).await;
                live_on(&disk, &store, &mut told, &context).await;
            });
        }
    }
}
