//! The same for uploads whose bytes come in their order, alone and as parts of a file: what was said of an offset stays true.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;

use super::{ROOT, content, new_disk, open, runtime};
use crate::files::simulated::{SimulatedDisk, Trouble};
use crate::journal::{Digest, Profile, Role, UploadId};
use crate::store::index::Alias;
use crate::store::{Standing, Store, StoreError, blocking};

const STEP: usize = 1500;

/// What the client was told, by attempt.
#[derive(Default)]
struct Told {
    /// Bytes that were said to be held.
    offsets: HashMap<String, usize>,
    delivered: HashMap<String, String>,
    /// The parts may be in the file by now.
    joining: bool,
}

/// Attempt, folder, size; each file is called by its attempt.
/// The smaller ones lie in the journal first.
const ALONE: [(&str, &str, usize); 4] =
    [("long", "d/e", 5300), ("none", "", 0), ("short", "d", 900), ("tiny", "d", 600)];
const PARTS: [(&str, usize); 3] = [("one", 1700), ("two", 0), ("three", 2100)];

fn id(text: &str) -> UploadId {
    UploadId::parse(text).unwrap()
}

fn profile(attempt: &str, folder: &str, size: Option<usize>, role: Role) -> Profile {
    let (name, folder, size) = (attempt.to_owned(), folder.to_owned(), size.map(|size| size as u64));
    Profile { name, folder, size, client: None, attempt: Some(id(attempt)), role, note: "x".into() }
}

/// Sends what is not held yet, as a client does that is told so; ends with all bytes held, or with the file.
async fn send(store: &Store, told: &mut Told, profile: Profile, cut: bool) -> Result<Standing, StoreError> {
    let attempt = profile.name.clone();
    let bytes = content(&attempt, profile.size.unwrap_or_default() as usize);
    let (mut standing, _) = store.begin_growing(profile).await?;
    told.offsets.entry(attempt.clone()).or_default();
    while standing.delivered.is_none() {
        let at = standing.offset as usize;
        let next = bytes[at..(at + STEP).min(bytes.len())].to_vec();
        let is_all = at + next.len() == bytes.len();
        if next.is_empty() && standing.profile.role == Role::Part {
            return Ok(standing);
        }
        let mut growth = store.grow(&standing.uuid, at as u64, None).await?;
        let is_file = standing.profile.role == Role::File;
        let (kept, written) = blocking(move || {
            let written = next.chunks(400).try_for_each(|block| growth.write(block));
            // What came before an error counts, as what came before a cut does.
            let finishes = written.is_ok() && is_all && is_file && !cut;
            Ok((if finishes { growth.finish() } else { growth.keep() }, written))
        })
        .await?;
        if let Ok(kept) = &kept {
            told.offsets.insert(attempt.clone(), kept.offset as usize);
        }
        written?;
        standing = kept?;
        if cut {
            return Ok(standing);
        }
    }
    told.delivered.insert(attempt, standing.delivered.clone().unwrap().location);
    Ok(standing)
}

async fn life(store: &Store, told: &mut Told) -> Result<(), StoreError> {
    send(store, told, profile("long", "d/e", Some(5300), Role::File), true).await?;
    for (attempt, folder, size) in ALONE {
        send(store, told, profile(attempt, folder, Some(size), Role::File), false).await?;
    }
    store.settle(u64::MAX).await?;
    let parts = Role::Joined(places(store, told).await?);
    let (joined, _) = store.join(profile("joined", "", None, parts)).await?;
    told.delivered.insert("joined".into(), joined.delivered.expect("it has its name").location);
    blocking({
        let store = store.clone();
        move || Ok(store.0.journal.compact()?)
    })
    .await
}

/// The parts, as long as the client has not been told that they are put together.
async fn places(store: &Store, told: &mut Told) -> Result<Vec<UploadId>, StoreError> {
    let found = store.0.index.read().find(&Alias::Attempt(id("joined"))).cloned();
    if let Some(joined) = found.and_then(|uuid| store.0.index.read().profile(&uuid).cloned())
        && let Role::Joined(parts) = &joined.role
    {
        return Ok(parts.clone());
    }
    let mut places = Vec::new();
    told.joining = false;
    for (attempt, size) in PARTS {
        places.push(send(store, told, profile(attempt, "", Some(size), Role::Part), false).await?.uuid);
    }
    told.joining = true;
    Ok(places)
}

fn bytes_of(attempt: &str) -> Vec<u8> {
    match ALONE.iter().find(|(name, ..)| *name == attempt) {
        Some((_, _, size)) => content(attempt, *size),
        None => PARTS.iter().flat_map(|(part, size)| content(part, *size)).collect(),
    }
}

/// Nothing the client was told is untrue.
async fn check(disk: &SimulatedDisk, store: &Store, told: &Told, context: &str) {
    let tree = disk.tree(Path::new(ROOT));
    for (attempt, location) in &told.delivered {
        let uuid = store.0.index.read().find(&Alias::Attempt(id(attempt))).cloned().expect("it is remembered");
        let delivered = store.standing(&uuid).await.unwrap().delivered.expect("it is finished");
        assert_eq!(delivered.digest, Some(Digest::of(&bytes_of(attempt))), "{context}: {attempt}");
        assert_eq!(&delivered.location, location, "{context}");
        assert!(tree.get(location) == Some(&bytes_of(attempt)), "{context}: {location} must hold its bytes");
    }
    for (attempt, told_offset) in &told.offsets {
        let is_part = PARTS.iter().any(|(part, _)| part == attempt);
        let uuid = store.0.index.read().find(&Alias::Attempt(id(attempt))).cloned();
        let Some(uuid) = uuid else {
            assert!(is_part && told.joining, "{context}: {attempt} must be known");
            continue;
        };
        let standing = store.standing(&uuid).await.unwrap_or_else(|error| panic!("{context}: {attempt}: {error}"));
        let held = standing.offset as usize;
        assert!(held >= *told_offset, "{context}: {attempt} was said to hold {told_offset} and holds {held}");
        if standing.delivered.is_none() && held > 0 {
            let part = tree.get(&format!(".carryon/parts/{}", uuid.as_str())).expect("its bytes lie there");
            let whole = content(attempt, standing.size.unwrap() as usize);
            assert!(part[..held] == whole[..held], "{context}: {attempt} must hold the bytes that were sent");
        }
    }
}

/// The life is lived again to its end, and nothing is there twice.
async fn live_on(disk: &SimulatedDisk, store: &Store, told: &mut Told, context: &str) {
    life(store, told).await.unwrap_or_else(|error| panic!("{context}: must come to its end: {error}"));
    check(disk, store, told, context).await;
    let tree = disk.tree(Path::new(ROOT));
    let mut names: Vec<&str> = tree.keys().map(String::as_str).filter(|name| !name.starts_with(".carryon")).collect();
    names.sort_unstable();
    assert_eq!(names, ["d/e/long", "d/short", "d/tiny", "joined", "none", "taken"], "{context}: each file once");
}

fn steps_of_a_clean_run(has_links: bool) -> u64 {
    let disk = new_disk(has_links);
    runtime().block_on(async {
        let store = open(&disk).await.unwrap();
        live_on(&disk, &store, &mut Told::default(), "clean run").await;
    });
    disk.steps()
}

#[test]
fn an_offset_that_was_told_is_never_less_after_a_power_cut_at_any_step() {
    for has_links in [true, false] {
        for step in 1..=steps_of_a_clean_run(has_links) {
            for seed in 1..=4 {
                cut_once(has_links, step, seed);
            }
        }
    }
}

fn cut_once(has_links: bool, step: u64, seed: u64) {
    let context = format!("power cut at step {step}, seed {seed}, links: {has_links}");
    let disk = new_disk(has_links);
    disk.trouble_after(step, Trouble::PowerCut);
    let mut told = Told::default();
    runtime().block_on(async {
        if let Ok(store) = open(&disk).await {
            let _ = life(&store, &mut told).await;
        }
    });
    let mut disk = disk.after_power_cut(seed);
    runtime().block_on(async {
        // And once more while it starts.
        if seed.is_multiple_of(2) {
            disk.trouble_after(1 + step * seed % 23, Trouble::PowerCut);
            drop(open(&disk).await);
            disk = disk.after_power_cut(seed + 1);
        }
        let store = open(&disk).await.unwrap_or_else(|error| panic!("{context}: {error}"));
        check(&disk, &store, &told, &context).await;
        live_on(&disk, &store, &mut told, &context).await;
    });
}

#[test]
fn an_error_at_any_step_costs_no_byte_that_was_told_to_be_held() {
    for has_links in [true, false] {
        for step in 1..=steps_of_a_clean_run(has_links) {
            for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
                let context = format!("{kind:?} at step {step}, links: {has_links}");
                let disk = new_disk(has_links);
                disk.trouble_after(step, Trouble::Fails(kind));
                runtime().block_on(fail_once(&disk, &context));
            }
        }
    }
}

#[test]
fn an_error_and_then_a_power_cut_cost_no_byte_that_was_told_to_be_held() {
    for step in 1..=steps_of_a_clean_run(true) {
        for later in [1, 2, 3, 5, 8, 13] {
            let context = format!("error at step {step}, power cut {later} steps later");
            let disk = new_disk(true);
            disk.trouble_after(step, Trouble::Fails(ErrorKind::Other));
            disk.trouble_after(step + later, Trouble::PowerCut);
            let mut told = Told::default();
            runtime().block_on(async {
                if let Ok(store) = open(&disk).await {
                    let _ = life(&store, &mut told).await;
                    let _ = life(&store, &mut told).await;
                }
            });
            let disk = disk.after_power_cut(later);
            runtime().block_on(async {
                let store = open(&disk).await.unwrap_or_else(|error| panic!("{context}: {error}"));
                check(&disk, &store, &told, &context).await;
                live_on(&disk, &store, &mut told, &context).await;
            });
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
