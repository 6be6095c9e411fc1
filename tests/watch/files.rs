//! Single files: growing, changing, renamed, moved away.

use std::{fs::OpenOptions, io::Write, path::Path, time::Duration};

use tests::files::digest;

use crate::stage::Stage;

fn append(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("opens");
    file.write_all(bytes).expect("writes");
}

#[test]
fn a_file_that_grows_slowly_is_sent_once_and_whole() {
    let stage = Stage::new();
    stage.watch(&["--steady", "3"]);
    let _run = stage.start();
    for part in 0..20_u8 {
        append(&stage.watched.join("recording.mov"), &vec![part; 50_000]);
        std::thread::sleep(Duration::from_millis(300));
    }
    assert!(stage.arrived().is_empty(), "it was not finished");
    stage.require_exactly(&["recording.mov"]);
}

#[test]
fn a_file_that_goes_on_growing_after_it_was_taken_arrives_whole_and_once() {
    let mut stage = Stage::new();
    stage.watch(&[]);
    stage.receiver.kill();
    let _run = stage.start();
    let path = stage.put("recording.mov", 300_000);
    stage.until_listed("the taking", |line| {
        line["waiting"] == 1 && stage.said().iter().any(|said| said["event"] == "taken")
    });
    append(&path, &[7; 100_000]);
    std::thread::sleep(Duration::from_secs(4));
    stage.receiver.restart();
    stage.require_exactly(&["recording.mov"]);
}

#[test]
fn a_file_that_was_renamed_or_moved_inside_is_not_sent_again() {
    let stage = Stage::new();
    stage.watch(&[]);
    let run = stage.start();
    stage.put("a.mov", 100_000);
    stage.put("day 1/b.mov", 200_000);
    stage.until_arrived(2);
    let before = stage.arrived();
    std::fs::rename(stage.watched.join("a.mov"), stage.watched.join("final.mov")).expect("renames");
    stage.let_some_time_pass();
    drop(run); // A crash, and what is renamed while nobody looks.
    std::fs::rename(stage.watched.join("day 1"), stage.watched.join("day one")).expect("renames");
    let _run = stage.start();
    stage.put("c.mov", 10);
    stage.until_arrived(3);
    stage.let_some_time_pass();
    let mut expected = before;
    expected.insert("c.mov".to_owned(), digest(&stage.watched.join("c.mov")));
    assert_eq!(stage.arrived(), expected, "what was renamed is known");
}

#[test]
fn the_upload_of_a_renamed_file_follows_it() {
    let mut stage = Stage::new();
    stage.watch(&[]);
    stage.receiver.kill();
    let _run = stage.start();
    let path = stage.put("a.mov", 300_000);
    stage.until_listed("the taking", |line| {
        line["waiting"] == 1 && stage.said().iter().any(|said| said["event"] == "taken")
    });
    let renamed = stage.watched.join("b.mov");
    std::fs::rename(&path, &renamed).expect("renames");
    std::thread::sleep(Duration::from_secs(4));
    stage.receiver.restart();
    stage.until_arrived(1);
    stage.let_some_time_pass();
    let arrived: Vec<String> = stage.arrived().into_values().collect();
    assert_eq!(arrived, [digest(&renamed)], "it arrives once, under the name that it was taken with");
}

#[test]
fn what_changes_after_it_was_sent_stays_unless_the_rule_says_otherwise() {
    for again in [false, true] {
        let stage = Stage::new();
        stage.watch(if again { &["--again-when-changed"] } else { &[] });
        let _run = stage.start();
        let path = stage.put("notes.txt", 1000);
        stage.until_arrived(1);
        append(&path, b"more");
        if again {
            stage.until_arrived(2);
            assert_eq!(stage.arrived()["notes (2).txt"], digest(&path), "as it is now, beside what was sent");
        } else {
            stage.until_listed("that it changed", |line| line["changed"] == 1);
        }
        stage.let_some_time_pass();
        assert_eq!(stage.arrived().len(), 1 + usize::from(again));
    }
}

#[test]
fn what_arrived_is_moved_out_of_the_way_and_its_name_is_free_again() {
    let stage = Stage::new();
    stage.watch(&["--move-sent"]);
    let _run = stage.start();
    let first = stage.put("scan.pdf", 70_000);
    let digests = [digest(&first), digest(&stage.put("day 1/scan.pdf", 80_000))];
    stage.until_arrived(2);
    let sent = stage.watched.join("Sent");
    tests::programs::wait_until("the moving", crate::stage::PATIENCE, || {
        sent.join("scan.pdf").exists() && sent.join("day 1/scan.pdf").exists()
    });
    assert!(
        !first.exists()
            && digest(&sent.join("scan.pdf")) == digests[0]
            && digest(&sent.join("day 1/scan.pdf")) == digests[1]
    );
    let second = digest(&stage.put("scan.pdf", 60_000));
    stage.until_arrived(3);
    tests::programs::wait_until("the moving", crate::stage::PATIENCE, || sent.join("scan (2).pdf").exists());
    stage.let_some_time_pass();
    assert_eq!(digest(&sent.join("scan (2).pdf")), second, "nothing is moved over another file");
    assert_eq!(digest(&sent.join("scan.pdf")), digests[0]);
    assert_eq!(stage.arrived().len(), 3, "what was moved is not sent again");
}
