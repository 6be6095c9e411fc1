//! Folders with trouble in them: links that lead in circles, out or nowhere, and what happens while they are walked.

use std::{fs, os::unix::fs::symlink, path::Path};

use tests::{
    files::{digest, files_below, random_file},
    programs::{ReceiverProcess, carryon_with, events, run, told},
};

/// Two files, one of them in a folder below.
fn tree(at: &Path) {
    random_file(&at.join("a.mov"), 200_000, 1);
    random_file(&at.join("deep/er/b.mov"), 300_000, 2);
}

#[test]
fn links_that_lead_in_circles_end_nothing_and_are_told_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shoot, outside) = (folder.path().join("shoot"), folder.path().join("outside"));
    tree(&shoot);
    random_file(&outside.join("c.mov"), 100_000, 3);
    let bad = [("to itself", "to itself"), ("here", "."), ("deep/around", "../../shoot"), ("nowhere", "not/there")];
    for (name, target) in bad {
        symlink(target, shoot.join(name)).expect("a link");
    }
    symlink("second", shoot.join("first")).expect("a link");
    symlink("first", shoot.join("second")).expect("a link");
    symlink("../outside", shoot.join("elsewhere")).expect("a link");
    symlink("../outside/c.mov", shoot.join("one file")).expect("a link");
    let receiver = ReceiverProcess::start(folder.path());
    let shown = shoot.to_str().expect("plain");
    let data = folder.path().join("data");
    let output = run(carryon_with(&data, &["send", shown, "--to", &receiver.destination(), "--json"]));
    assert_eq!(output.status.code(), Some(1), "some could not be sent: {}", told(&output));
    let received = receiver.dir.join("shoot");
    assert_eq!(files_below(&received), ["a.mov", "deep/er/b.mov", "elsewhere/c.mov", "one file"]);
    for name in ["a.mov", "deep/er/b.mov", "elsewhere/c.mov", "one file"] {
        assert_eq!(digest(&received.join(name)), digest(&shoot.join(name)), "{name}");
    }
    let failed: Vec<String> =
        events(&output).iter().filter(|e| e["event"] == "failed").map(ToString::to_string).collect();
    for name in ["to itself", "here", "deep/around", "nowhere", "first", "second"] {
        let path = shoot.join(name).display().to_string();
        assert!(failed.iter().any(|text| text.contains(&path)), "“{name}” is told: {failed:#?}");
    }
    assert_eq!(failed.len(), 6, "{failed:#?}");
}

#[test]
fn a_link_to_a_folder_around_the_dropped_one_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let shoot = folder.path().join("project/shoot");
    tree(&shoot);
    random_file(&folder.path().join("project/private.txt"), 100, 3);
    symlink("../..", shoot.join("deep/up")).expect("a link");
    symlink("..", shoot.join("out")).expect("a link");
    let receiver = ReceiverProcess::start(folder.path());
    let shown = shoot.to_str().expect("plain");
    let output = run(carryon_with(&folder.path().join("data"), &["send", shown, "--to", &receiver.destination()]));
    assert_eq!(files_below(&receiver.dir), ["shoot/a.mov", "shoot/deep/er/b.mov"]);
    assert!(told(&output).contains("leads back"), "{}", told(&output));
}

#[test]
fn a_link_that_is_dropped_itself_is_followed_once_or_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let shoot = folder.path().join("shoot");
    tree(&shoot);
    let receiver = ReceiverProcess::start(folder.path());
    let data = folder.path().join("data");
    symlink("shoot", folder.path().join("link")).expect("a link");
    symlink("circle", folder.path().join("circle")).expect("a link");
    for (name, code) in [("link", 0), ("circle", 1)] {
        let path = folder.path().join(name);
        let output =
            run(carryon_with(&data, &["send", path.to_str().expect("plain"), "--to", &receiver.destination()]));
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
        assert_eq!(code == 1, told(&output).contains("circle"), "{}", told(&output));
    }
    assert_eq!(files_below(&receiver.dir), ["link/a.mov", "link/deep/er/b.mov"]);
    assert_eq!(digest(&receiver.dir.join("link/deep/er/b.mov")), digest(&shoot.join("deep/er/b.mov")));
}

#[test]
fn a_file_that_shrinks_or_goes_while_the_program_reads_it_stops_alone_and_the_rest_arrives() {
    let folder = tempfile::tempdir().expect("a folder");
    let shoot = folder.path().join("shoot");
    tree(&shoot);
    random_file(&shoot.join("log.txt"), 3_000_000, 4);
    let receiver = ReceiverProcess::start(folder.path());
    let data = folder.path().join("data");
    let (shown, to) = (shoot.to_str().expect("plain"), receiver.destination());
    let slow = ["send", shown, "--to", &to, "--json", "--chunk-size", "100000", "--limit-rate", "2M"];
    let call = carryon_with(&data, &slow);
    let sending = std::thread::spawn(move || run(call));
    tests::programs::wait_until("the first chunks", std::time::Duration::from_secs(20), || {
        let came = tests::log::lines(&receiver.log);
        came.iter().filter(|line| line["index"].as_u64() > Some(4) && line["result"] == "stored").count() >= 2
    });
    fs::OpenOptions::new()
        .write(true)
        .open(shoot.join("log.txt"))
        .and_then(|file| file.set_len(150_000))
        .expect("shorter");
    let output = sending.join().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let failed: Vec<_> = events(&output).into_iter().filter(|event| event["event"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!(failed[0]["state"], "source_changed", "{failed:#?}");
    let said = failed[0]["message"].as_str().expect("words");
    assert!(said.contains("log.txt") && said.contains("changed"), "{said}");
    assert_eq!(files_below(&receiver.dir.join("shoot")), ["a.mov", "deep/er/b.mov"], "no mixture is put together");
    let list = run(carryon_with(&data, &["list", "--json"]));
    assert_eq!(events(&list).len(), 1, "its record is kept: {}", told(&list));
    let again = run(carryon_with(&data, &["send", shown, "--to", &to, "--start-over"]));
    assert_eq!(again.status.code(), Some(0), "{}", told(&again));
    assert_eq!(digest(&receiver.dir.join("shoot/log.txt")), digest(&shoot.join("log.txt")));
}
