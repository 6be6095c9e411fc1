//! The file itself changes, shrinks, vanishes or is replaced: no object may ever be completed from two revisions (P4).

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::Path,
};

use carryon_engine::{Limits, Options, State};
use tests::{
    engine::{Desk, quick},
    files::{digest, random_file},
    scripted::{On, What},
};

use crate::stage::{ALONE, CHUNK, PLAIN, Stage};

/// What may happen to a file.
#[derive(Clone, Copy, Debug)]
enum Harm {
    /// Other bytes, the same size, written in place.
    Edit,
    /// Other bytes, the same size; the time of the last write is put back.
    EditAndHide,
    Shrink,
    Grow,
    Vanish,
    /// Another file of the same size under the same name.
    Replace,
}

const HARMS: [Harm; 6] = [Harm::Edit, Harm::EditAndHide, Harm::Shrink, Harm::Grow, Harm::Vanish, Harm::Replace];

fn harm(path: &Path, harm: Harm) {
    let size = fs::metadata(path).expect("there").len();
    let open = || OpenOptions::new().write(true).open(path).expect("writable");
    match harm {
        Harm::Edit => open().write_all_at(b"another take", size / 2).expect("written"),
        Harm::EditAndHide => {
            let modified = fs::metadata(path).and_then(|meta| meta.modified()).expect("a time");
            let file = open();
            file.write_all_at(b"another take", size / 2).expect("written");
            file.set_modified(modified).expect("put back");
        }
        Harm::Shrink => open().set_len(size / 2).expect("shorter"),
        Harm::Grow => open().set_len(size + 1).expect("longer"),
        Harm::Vanish => fs::remove_file(path).expect("gone"),
        Harm::Replace => {
            let other = path.with_extension("other");
            random_file(&other, size, 99);
            fs::rename(&other, path).expect("replaced");
        }
    }
}

fn rests_for_its_file(state: &State) {
    assert!(matches!(state, State::SourceChanged | State::SourceMissing), "{state:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changed_before_its_turn_is_not_sent() {
    for what in HARMS {
        let stage = Stage::new(PLAIN).await;
        let (first, second) = (stage.file("first.mov", 2 * CHUNK), stage.file("second.mov", 2 * CHUNK));
        let held = stage.server.hold(On::Chunk(0));
        let options = Options { limits: Limits { files: 1, chunks: 1 }, ..quick(&stage.data()) };
        let mut desk = Desk::open_with(options, &stage.in_order()).await;
        let ids = desk.add([first.clone(), second.clone()]).await;
        stage.server.until("the first file", |log| log.len() == 1).await;
        harm(&second, what);
        held.add_permits(1);
        desk.finished(ids[0]).await;
        rests_for_its_file(&desk.stopped(ids[1]).await.0);
        stage.delivered(&first);
        assert_eq!(stage.server.count(What::Chunk(0)), 1, "{what:?}: not a byte of the second leaves");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changes_between_its_chunks_is_never_completed() {
    for what in HARMS {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 6 * CHUNK);
        let held = stage.server.hold(On::Chunk(1));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        stage.server.until("chunk 1", |log| log.len() == 2).await;
        harm(&file, what);
        held.add_permits(1);
        rests_for_its_file(&desk.stopped(id).await.0);
        assert_eq!(stage.server.count(What::Done), 0, "{what:?}: done is never said");
        stage.nothing_completed();
        assert!(stage.server.deleted().is_empty(), "{what:?}: and nothing is thrown away by itself");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changes_after_its_last_byte_was_read_is_never_completed() {
    for what in HARMS {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 3 * CHUNK);
        let held = stage.server.hold(On::Chunk(2));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        stage
            .server
            .until("the last chunk", |log| log.iter().any(|seen| seen.payload > 0 && seen.what == What::Chunk(2)))
            .await;
        harm(&file, what);
        held.add_permits(1);
        rests_for_its_file(&desk.stopped(id).await.0);
        assert_eq!(stage.server.count(What::Done), 0, "{what:?}: done is never said");
        stage.nothing_completed();
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changes_before_the_completing_chunk_is_never_completed() {
    for what in HARMS {
        let stage = Stage::new(ALONE).await;
        let file = stage.file("take.mov", 3 * CHUNK);
        let held = stage.server.hold(On::Chunk(1));
        let mut desk = Desk::open(&stage.data(), &format!("{}?chunk={CHUNK}", stage.server.endpoint())).await;
        let id = desk.send(&file).await;
        stage.server.until("chunk 1", |log| log.len() == 2).await;
        harm(&file, what);
        held.add_permits(1);
        rests_for_its_file(&desk.stopped(id).await.0);
        stage.nothing_completed();
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_upload_whose_file_changes_under_way_is_broken_off_before_its_last_block() {
    for what in HARMS {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("large.mov", 24 << 20);
        let harmed = file.clone();
        // The fields came in; the payload is far larger than what the sockets between take.
        stage.server.inspect(move |seen| {
            if seen.at == 0 {
                harm(&harmed, what);
            }
        });
        let mut desk = Desk::open(&stage.data(), &stage.server.destination(64 << 20)).await;
        let id = desk.send(&file).await;
        rests_for_its_file(&desk.stopped(id).await.0);
        stage.nothing_completed();
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changed_while_it_was_paused_is_not_gone_on_with_until_it_starts_over() {
    for what in [Harm::Edit, Harm::EditAndHide, Harm::Replace, Harm::Grow] {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 4 * CHUNK);
        let _held = stage.server.hold(On::Chunk(2));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        desk.confirmed(id, 2 * CHUNK).await;
        stage.server.until("chunk 2", |log| log.len() == 3).await;
        desk.engine.pause(&[id]).await;
        harm(&file, what);
        desk.resume(id).await;
        assert_eq!(desk.stopped(id).await.0, State::SourceChanged, "{what:?}");
        assert_eq!(desk.engine.resume(&[id]).await.problems.len(), 1, "a resume is refused");
        assert_eq!(stage.server.asked().len(), 3, "{what:?}: not a byte more leaves");
        desk.expect_more(id);
        assert_eq!(desk.engine.start_over(&[id]).await.done, [id]);
        desk.finished(id).await;
        let object = stage.server.object();
        assert_eq!(object.digest, digest(&file), "{what:?}: the file as it is now, whole");
        assert_ne!(object.uuid, stage.server.log()[0].uuid, "under another id: nothing is mixed");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_file_that_comes_back_unchanged_is_gone_on_with() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 4 * CHUNK);
    let _held = stage.server.hold(On::Chunk(2));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    stage.server.until("chunk 2", |log| log.len() == 3).await;
    desk.confirmed(id, 2 * CHUNK).await;
    desk.engine.pause(&[id]).await;
    let folder = file.parent().expect("a folder");
    fs::rename(folder, stage.folder().join("unplugged")).expect("moved");
    desk.resume(id).await;
    assert_eq!(desk.stopped(id).await.0, State::SourceMissing);
    fs::rename(stage.folder().join("unplugged"), folder).expect("back");
    desk.resume(id).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Chunk(0)), 1, "it goes on from where it was");
    stage.delivered(&file);
    desk.close().await;
}

/// A mapping that was written to before, so that a further write leaves all of the file's times as they are.
#[cfg(target_os = "linux")]
struct Mapped(*mut u8, usize);

#[cfg(target_os = "linux")]
impl Mapped {
    fn new(path: &Path) -> Self {
        use std::os::fd::AsRawFd;
        let file = OpenOptions::new().read(true).write(true).open(path).expect("writable");
        let size = file.metadata().expect("a size").len() as usize;
        // SAFETY: a fresh shared mapping of a whole, open file; the kernel chooses the place.
        let at = unsafe {
            let (how, shared) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
            libc::mmap(std::ptr::null_mut(), size, how, shared, file.as_raw_fd(), 0)
        };
        assert_ne!(at, libc::MAP_FAILED, "mapped");
        let mut mapped = Self(at.cast(), size);
        (0..size).step_by(1000).for_each(|at| mapped.flip(at));
        mapped
    }

    fn flip(&mut self, at: usize) {
        assert!(at < self.1);
        // SAFETY: within the mapping, which lives as long as the process.
        unsafe { *self.0.add(at) ^= 0xff }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_young_file_that_changes_without_a_trace_is_compared_by_its_digests() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 6 * CHUNK);
    let mut mapped = Mapped::new(&file);
    let _held = stage.server.hold(On::Chunk(2));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    stage.server.until("chunk 2", |log| log.len() == 3).await;
    desk.confirmed(id, 2 * CHUNK).await;
    desk.engine.pause(&[id]).await;
    let identity = || fs::metadata(&file).and_then(|meta| meta.modified()).expect("a time");
    let before = identity();
    mapped.flip(10);
    mapped.flip(5 * CHUNK as usize + 10);
    assert_eq!(identity(), before, "the edit left no trace");
    desk.resume(id).await;
    desk.last(id).await;
    for object in stage.server.objects() {
        assert_eq!(object.digest, digest(&file), "completed from two revisions");
    }
    desk.close().await;
}
