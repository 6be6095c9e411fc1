//! What leaves in which order, under which name, and who waits for whom.

use std::{path::PathBuf, sync::Arc, time::Duration};

use carryon_engine::{Limits, Options};
use tests::{
    engine::{Desk, quick},
    files::{digest, random_file},
    scripted::{On, Step, What},
};
use tokio::sync::Semaphore;

use crate::stage::{ALONE, CHUNK, PLAIN, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_at_a_time_chunks_leave_in_order_and_done_comes_last() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 5 * CHUNK + 1);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    use What::{Chunk, Done};
    assert_eq!(stage.server.asked(), [Chunk(0), Chunk(1), Chunk(2), Chunk(3), Chunk(4), Chunk(5), Done]);
    for seen in stage.server.log().iter().filter(|seen| seen.what != Done) {
        let number = |field: &str| seen.fields[field].parse::<u64>().expect("a number");
        let index = number("qqpartindex");
        assert_eq!(number("qqpartbyteoffset"), index * CHUNK);
        assert_eq!(number("qqchunksize"), seen.payload);
        assert_eq!((number("qqtotalparts"), number("qqtotalfilesize")), (6, 5 * CHUNK + 1));
    }
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_at_a_time_stay_within_the_limit_and_each_leaves_once() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 30 * CHUNK);
    stage.server.pace(Duration::from_millis(10));
    let limits = Limits { chunks: 3, ..Limits::default() };
    let options = Options { limits, ..quick(&stage.data()) };
    let mut desk = Desk::open_with(options, &stage.server.destination(CHUNK)).await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.busiest(), 3, "the limit is used, and kept");
    for index in 0..30 {
        assert_eq!(stage.server.count(What::Chunk(index)), 1);
    }
    assert_eq!(stage.server.asked().last(), Some(&What::Done));
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_that_would_complete_the_object_waits_until_all_others_are_confirmed() {
    let stage = Stage::new(ALONE).await;
    let file = stage.file("take.mov", 6 * CHUNK);
    let held = stage.server.hold(On::Chunk(1));
    let address = format!("{}?chunk={CHUNK}&concurrent=true", stage.server.endpoint());
    let mut desk = Desk::open(&stage.data(), &address).await;
    let id = desk.send(&file).await;
    stage.server.until("five chunks", |log| log.len() == 5).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    let asked = stage.server.asked();
    assert_eq!(asked.len(), 5, "the last one waits, whichever it is: {asked:?}");
    stage.nothing_completed();
    held.add_permits(1);
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sizes_around_a_chunk_arrive_as_they_are() {
    let stage = Stage::new(PLAIN).await;
    let mut desk = stage.desk().await;
    for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 7 * CHUNK + 3] {
        let file = stage.file(&format!("{size:05}.bin"), size);
        let id = desk.send(&file).await;
        desk.finished(id).await;
        let objects = stage.server.objects();
        let object = objects.iter().find(|object| file.ends_with(&object.name)).expect("it arrived");
        assert_eq!((object.length, &object.digest), (size, &digest(&file)));
    }
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_keep_their_relative_paths() {
    let stage = Stage::new(PLAIN).await;
    for (name, size) in
        [("shoot/a.mov", 10), ("shoot/day 1/b.mov", 1500), ("shoot/day 1/ü/b.mov", 20), ("shoot/day 2/b.mov", 0)]
    {
        stage.file(name, size);
    }
    let mut desk = stage.desk().await;
    let ids = desk.add([stage.folder().join("files/shoot")]).await;
    for id in ids {
        desk.finished(id).await;
    }
    let objects = stage.server.objects();
    let places: Vec<_> = objects.iter().map(|object| format!("{}{}", object.path, object.name)).collect();
    assert_eq!(places, ["shoot/a.mov", "shoot/day 1/b.mov", "shoot/day 1/ü/b.mov", "shoot/day 2/b.mov"]);
    for (object, place) in objects.iter().zip(places) {
        assert_eq!(object.digest, digest(&stage.folder().join("files").join(place)));
    }
    desk.close().await;
}

#[cfg(unix)]
fn strange_names() -> Vec<PathBuf> {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let names: [&[u8]; 10] = [
        b"quote\".bin",
        b"line\nbreak.bin",
        b"return\rhere.bin",
        b"a&b=c%20d+e?f#g.bin",
        "gr\u{fc}\u{df}e \u{65e5}\u{672c} \u{1f4be}.bin".as_bytes(),
        b"not \xff\xfe utf-8.bin",
        b"-- --boundary--.bin",
        b"..hidden; filename=x.bin",
        b"back\\slash.bin",
        b"  spaces  .bin  ",
    ];
    names.into_iter().map(|name| PathBuf::from(OsStr::from_bytes(name))).collect()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_with_anything_in_them_arrive_with_their_bytes() {
    for size in [100, CHUNK + 100] {
        let stage = Stage::new(PLAIN).await;
        let mut desk = stage.desk().await;
        for (seed, name) in (0..).zip(strange_names()) {
            let path = stage.folder().join("files").join(&name);
            random_file(&path, size, seed);
            let id = desk.send(&path).await;
            desk.finished(id).await;
            let wanted = digest(&path);
            let objects = stage.server.objects();
            let object = objects.iter().find(|object| object.digest == wanted);
            let object = object.unwrap_or_else(|| panic!("{name:?} did not arrive: {objects:?}"));
            let plain = name.to_string_lossy().replace(['\r', '\n'], "_");
            assert_eq!(object.name, plain, "the name arrives, its line ends made harmless");
        }
        assert_eq!(stage.server.objects().len(), strange_names().len(), "none took another's place");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_file_is_not_starved_by_large_ones() {
    let stage = Stage::new(PLAIN).await;
    let large: Vec<_> = (0..4).map(|n| stage.file(&format!("large-{n}.mov"), (9 << 20) + n)).collect();
    let small = stage.file("small.txt", 10);
    let held = Arc::new(Semaphore::new(0));
    stage.server.on(On::Chunk(8), 4, Step::Hold(Arc::clone(&held)));
    let mut desk = Desk::open(&stage.data(), &stage.server.destination(1 << 20)).await;
    let ids = desk.add(large.clone().into_iter().chain([small.clone()])).await;
    desk.finished(ids[4]).await;
    assert_eq!(stage.server.objects().len(), 1, "it is there while none of the large ones that came first can end");
    held.add_permits(4);
    for id in ids {
        desk.finished(id).await;
    }
    let digests: Vec<_> = large.iter().chain([&small]).map(|path| digest(path)).collect();
    let arrived: Vec<_> = stage.server.objects().into_iter().map(|object| object.digest).collect();
    assert_eq!(arrived, digests, "five files, none mixed");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_files_at_once_share_the_server_and_mix_nothing() {
    let stage = Stage::new(PLAIN).await;
    let files = [stage.file("a.mov", 20 * CHUNK), stage.file("b.mov", 20 * CHUNK + 7)];
    stage.server.pace(Duration::from_millis(5));
    let mut desk = stage.desk().await;
    let ids = desk.add(files.clone()).await;
    for id in ids {
        desk.finished(id).await;
    }
    let arrived: Vec<_> = stage.server.objects().into_iter().map(|object| object.digest).collect();
    assert_eq!(arrived, files.each_ref().map(|path| digest(path)));
    let order: Vec<_> = stage.server.log().into_iter().map(|seen| seen.uuid).collect();
    let turns = order.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(turns > 5, "they go side by side, not one after the other: {turns} turns");
    desk.close().await;
}
