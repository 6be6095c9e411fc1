//! A receiver that ended, well or badly, and started anew on the same folder.

mod client;

use std::time::Duration;

use carryon_receiver::Config;
use client::{Job, names_in, send, start, start_with};
use serde_json::json;
use tempfile::tempdir;

#[tokio::test]
async fn chunks_outlive_a_kill_and_only_the_rest_is_sent() {
    let dir = tempdir().unwrap();
    let job = Job::new("killed", "k.bin", 2000, 400);
    let first = start(dir.path()).await;
    job.chunk(first.local_addr(), 0).await;
    job.chunk(first.local_addr(), 3).await;
    drop(first);
    let second = start(dir.path()).await;
    assert_eq!(job.held(second.local_addr()).await, [(0, 400), (1200, 400)]);
    let bytes = &job.bytes[job.range(1)];
    assert_eq!(job.chunk_with(second.local_addr(), 1, &[("qqresume", "true")], bytes).await.status, 200);
    drop(second);
    let third = start(dir.path()).await;
    job.chunk(third.local_addr(), 2).await;
    job.chunk(third.local_addr(), 4).await;
    assert_eq!(job.done(third.local_addr()).await.json["location"], "k.bin");
    assert_eq!(std::fs::read(dir.path().join("k.bin")).unwrap(), job.bytes);
}

#[tokio::test]
async fn finished_uploads_answer_the_same_after_every_kind_of_end() {
    let dir = tempdir().unwrap();
    let (small, large) = (Job::new("small", "s", 100, 1), Job::new("large", "l", 200_000, 1));
    let parts = Job::new("parts", "p", 1000, 400);
    let receiver = start(dir.path()).await;
    small.whole(receiver.local_addr()).await;
    large.whole(receiver.local_addr()).await;
    for index in 0..3 {
        parts.chunk(receiver.local_addr(), index).await;
    }
    parts.done(receiver.local_addr()).await;
    drop(receiver);
    for _ in 0..3 {
        let receiver = start(dir.path()).await;
        let to = receiver.local_addr();
        assert_eq!(small.whole(to).await.json["location"], "s");
        assert_eq!(large.whole(to).await.json["location"], "l");
        assert_eq!(parts.done(to).await.json["location"], "p");
        assert_eq!(parts.chunk(to, 0).await.status, 200);
        assert_eq!(names_in(dir.path()), ["l", "p", "s"]);
        receiver.shutdown().await;
    }
}

#[tokio::test]
async fn a_lost_small_file_comes_back_from_the_journal() {
    let dir = tempdir().unwrap();
    let job = Job::new("lost", "s.bin", 5000, 1);
    let receiver = start(dir.path()).await;
    job.whole(receiver.local_addr()).await;
    drop(receiver);
    // What a power cut does to a file that was never synced: gone, cut short, or zeros.
    let path = dir.path().join("s.bin");
    std::fs::remove_file(&path).unwrap();
    drop(start(dir.path()).await);
    assert_eq!(std::fs::read(&path).unwrap(), job.bytes);
}

#[tokio::test]
async fn a_torn_small_file_is_mended_but_an_edited_one_stays() {
    for (torn, expected) in [
        (vec![], None),
        (vec![0; 5000], None),
        (Job::new("mended", "s.bin", 5000, 1).bytes[..4096].to_vec(), None),
        (b"edited by its owner".to_vec(), Some(b"edited by its owner".to_vec())),
    ] {
        let dir = tempdir().unwrap();
        let job = Job::new("mended", "s.bin", 5000, 1);
        let receiver = start(dir.path()).await;
        job.whole(receiver.local_addr()).await;
        drop(receiver);
        std::fs::write(dir.path().join("s.bin"), torn).unwrap();
        drop(start(dir.path()).await);
        assert_eq!(std::fs::read(dir.path().join("s.bin")).unwrap(), expected.unwrap_or(job.bytes));
        assert_eq!(names_in(dir.path()), ["s.bin"]);
    }
}

#[tokio::test]
async fn after_a_good_end_a_small_file_that_its_owner_took_away_stays_away() {
    let dir = tempdir().unwrap();
    let job = Job::new("taken", "s.bin", 5000, 1);
    let receiver = start(dir.path()).await;
    job.whole(receiver.local_addr()).await;
    receiver.shutdown().await;
    std::fs::remove_file(dir.path().join("s.bin")).unwrap();
    let receiver = start(dir.path()).await;
    assert_eq!(names_in(dir.path()), [""; 0]);
    assert_eq!(job.whole(receiver.local_addr()).await.status, 200, "it was delivered, and is not again");
}

#[tokio::test]
async fn removed_uploads_stay_removed() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let (open, done) = (Job::new("open", "o", 1000, 400), Job::new("done", "d", 1000, 400));
    open.chunk(receiver.local_addr(), 0).await;
    done.whole(receiver.local_addr()).await;
    for path in ["/upload/open", "/upload/done"] {
        assert_eq!(send(receiver.local_addr(), "DELETE", path, &[], b"").await.status, 200);
    }
    drop(receiver);
    let receiver = start(dir.path()).await;
    assert_eq!(open.survey(receiver.local_addr()).await.status, 404);
    assert_eq!(done.survey(receiver.local_addr()).await.status, 404);
    assert_eq!(names_in(dir.path()), [""; 0]);
}

#[tokio::test]
async fn a_torn_end_of_the_journal_costs_only_what_stood_there() {
    let dir = tempdir().unwrap();
    let job = Job::new("torn", "t.bin", 2000, 400);
    let receiver = start(dir.path()).await;
    job.chunk(receiver.local_addr(), 0).await;
    job.chunk(receiver.local_addr(), 1).await;
    receiver.shutdown().await;
    let journal = dir.path().join(".carryon/journal");
    let bytes = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &bytes[..bytes.len() - 3]).unwrap();
    let receiver = start(dir.path()).await;
    assert_eq!(job.held(receiver.local_addr()).await, [(0, 400)]);
    assert_eq!(job.chunk(receiver.local_addr(), 1).await.status, 200);
    assert_eq!(job.held(receiver.local_addr()).await, [(0, 400), (400, 400)]);
}

#[tokio::test]
async fn a_damaged_journal_is_kept_and_the_rest_of_the_store_works() {
    let dir = tempdir().unwrap();
    let (early, late) = (Job::new("early", "e", 2000, 400), Job::new("late", "l", 2000, 400));
    let receiver = start(dir.path()).await;
    early.chunk(receiver.local_addr(), 0).await;
    late.chunk(receiver.local_addr(), 0).await;
    drop(receiver);
    let journal = dir.path().join(".carryon/journal");
    let mut bytes = std::fs::read(&journal).unwrap();
    let at = bytes.windows(6).position(|w| w == b"\"late\"").unwrap();
    bytes[at + 1] ^= 1;
    std::fs::write(&journal, &bytes).unwrap();
    let receiver = start(dir.path()).await;
    assert_eq!(early.held(receiver.local_addr()).await, [(0, 400)]);
    assert_eq!(late.survey(receiver.local_addr()).await.status, 404);
    let names = names_in(&dir.path().join(".carryon"));
    assert!(names.iter().any(|name| name.starts_with("journal.damaged-")), "{names:?}");
    assert!(dir.path().join(".carryon/parts/_late").exists(), "bytes that may still count are not thrown away");
}

#[tokio::test]
async fn a_part_file_that_lost_its_end_counts_only_for_what_it_has() {
    let dir = tempdir().unwrap();
    let job = Job::new("short-part", "p", 1200, 400);
    let receiver = start(dir.path()).await;
    for index in 0..3 {
        job.chunk(receiver.local_addr(), index).await;
    }
    receiver.shutdown().await;
    let part = dir.path().join(".carryon/parts/short-part");
    std::fs::OpenOptions::new().write(true).open(&part).unwrap().set_len(700).unwrap();
    let receiver = start(dir.path()).await;
    assert_eq!(job.held(receiver.local_addr()).await, [(0, 400)]);
}

#[tokio::test]
async fn what_is_too_old_is_gone_at_the_next_start() {
    let dir = tempdir().unwrap();
    let (open, done) = (Job::new("old-open", "o", 1000, 400), Job::new("old-done", "d", 1000, 400));
    let receiver = start(dir.path()).await;
    open.chunk(receiver.local_addr(), 0).await;
    done.whole(receiver.local_addr()).await;
    receiver.shutdown().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let receiver = start_with(Config { keep: Duration::from_millis(10), ..Config::new(dir.path()) }).await;
    let mut states = json!(null);
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let to = receiver.local_addr();
        states = json!([open.survey(to).await.json["state"], done.survey(to).await.json["state"]]);
        if states == json!(["unknown", "unknown"]) {
            break;
        }
    }
    assert_eq!(states, json!(["unknown", "unknown"]));
    assert_eq!(names_in(&dir.path().join(".carryon/parts")), [""; 0]);
    assert_eq!(names_in(dir.path()), ["d"], "the file itself is its owner's");
}

#[tokio::test]
async fn what_somebody_took_away_while_it_runs_is_asked_for_again() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let (gone, cut) = (Job::new("gone-part", "g", 1200, 400), Job::new("shortened-part", "c", 1200, 400));
    for index in 0..2 {
        gone.chunk(to, index).await;
        cut.chunk(to, index).await;
    }
    cut.chunk(to, 2).await;
    let parts = dir.path().join(".carryon/parts");
    std::fs::remove_file(parts.join("gone-part")).unwrap();
    std::fs::OpenOptions::new().write(true).open(parts.join("shortened-part")).unwrap().set_len(700).unwrap();
    let bytes = &gone.bytes[gone.range(2)];
    let reset = gone.chunk_with(to, 2, &[("qqresume", "true")], bytes).await;
    assert_eq!((reset.status, &reset.json["reset"]), (404, &json!(true)), "{reset:?}");
    let reset = cut.done(to).await;
    assert_eq!((reset.status, &reset.json["reset"]), (409, &json!(true)), "{reset:?}");
    assert_eq!(reset.json["missing"], json!([[400, 800]]));
    for job in [gone, cut] {
        for index in 0..3 {
            assert_eq!(job.chunk(to, index).await.status, 200);
        }
        assert_eq!(job.done(to).await.status, 200);
        assert_eq!(std::fs::read(dir.path().join(&job.name)).unwrap(), job.bytes);
    }
}

#[tokio::test]
async fn a_part_file_that_is_gone_before_done_means_reset() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("gone-before-done", "g", 800, 400);
    for index in 0..2 {
        job.chunk(to, index).await;
    }
    std::fs::remove_file(dir.path().join(".carryon/parts/gone-before-done")).unwrap();
    let reset = job.done(to).await;
    assert_eq!((reset.status, &reset.json["reset"]), (404, &json!(true)), "{reset:?}");
    for index in 0..2 {
        assert_eq!(job.chunk(to, index).await.status, 200);
    }
    assert_eq!(job.done(to).await.json["location"], "g");
}

#[tokio::test]
async fn what_expired_in_the_middle_is_reset_and_goes_up_anew() {
    let dir = tempdir().unwrap();
    let job = Job::new("expired", "e", 1200, 400);
    let receiver = start(dir.path()).await;
    job.chunk(receiver.local_addr(), 0).await;
    receiver.shutdown().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let receiver = start_with(Config { keep: Duration::from_millis(10), ..Config::new(dir.path()) }).await;
    for _ in 0..200 {
        if job.survey(receiver.local_addr()).await.status == 404 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(receiver);
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let resumed = job.chunk_with(to, 1, &[("qqresume", "true")], &job.bytes[job.range(1)]).await;
    assert_eq!((resumed.status, &resumed.json["reset"]), (410, &json!(true)));
    for index in 0..3 {
        assert_eq!(job.chunk(to, index).await.status, 200);
    }
    assert_eq!(job.done(to).await.status, 200);
}
