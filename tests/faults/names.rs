//! Names with anything in them, from the sender's disk to the receiver's: every byte arrives, nothing lies outside, none
//! takes another's place, and what is shown can be shown.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use carryon_engine::{Event, Options};
use carryon_receiver::{Config, Receiver};
use tests::{
    engine::{Desk, quick},
    files::{digest, files_below, random_file},
    programs::{ReceiverProcess, carryon_with, run, told},
};

use crate::stage::CHUNK;

/// Names that a file system here takes, and that others, a wire or a terminal stumble over.
fn hostile() -> Vec<Vec<u8>> {
    let multibyte = "文".repeat(85);
    let mut names: Vec<Vec<u8>> = [
        "..\\..\\up.txt",
        "...",
        ". .",
        "C:\\win\\x.txt",
        "C:",
        "a:b.txt",
        "a_b.txt",
        "nul.txt",
        "CON",
        "new\nline.txt",
        "new_line.txt",
        "return\rhere",
        "tab\tand\u{7f}delete",
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "right\u{202e}gpj.exe",
        "zero\u{200b}width",
        "-rf",
        "~",
        "%2e%2e%2f",
        "\"; filename=\"other.txt",
        "end. .",
        " ",
        "😀👩‍👩‍👧.mov",
        "ﷺ عربي.mov",
        "Ångström (Å).mov",
        "UPPER.txt",
        "upper.txt",
        ".carryon",
        &multibyte,
    ]
    .map(|name| name.as_bytes().to_vec())
    .to_vec();
    names.push(b"not \xff\xfe utf-8".to_vec());
    names.push(b"not \xfe\xff utf-8".to_vec());
    names.push(vec![0xff; 255]);
    names.push([vec![b'n'; 251], b".mov".to_vec()].concat());
    names.push([vec![b'n'; 254], b"x".to_vec()].concat());
    names
}

fn place(folder: &Path, name: &[u8]) -> PathBuf {
    folder.join(OsStr::from_bytes(name))
}

/// The digests of all files below a folder, sorted; links and the receiver's own folder are left out.
fn digests(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        match entry.file_type().expect("a kind") {
            kind if kind.is_file() => all.push(digest(&entry.path())),
            kind if kind.is_dir() && entry.path().join("journal").exists() => {}
            kind if kind.is_dir() => all.append(&mut digests(&entry.path())),
            _ => {}
        }
    }
    all.sort();
    all
}

async fn receiver(dir: &Path) -> (Receiver, String) {
    let receiver = Receiver::start(Config::new(dir)).await.expect("a receiver");
    let address = format!("fineuploader+http://{}/upload?done=/upload/done&chunk={CHUNK}", receiver.local_addr());
    (receiver, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_name_that_a_disk_takes_arrives_with_its_bytes_and_inside() {
    for size in [CHUNK / 2, 2 * CHUNK + 1] {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, outer) = (folder.path().join("source"), folder.path().join("outer"));
        let received = outer.join("received");
        std::fs::create_dir_all(&outer).expect("a folder");
        let mut wanted = Vec::new();
        for (seed, name) in (0..).zip(hostile()) {
            random_file(&place(&source, &name), size, seed);
            wanted.push(digest(&place(&source, &name)));
        }
        let (receiver, address) = receiver(&received).await;
        let mut desk = Desk::open(&folder.path().join("data"), &address).await;
        let ids = desk.add(hostile().iter().map(|name| place(&source, name))).await;
        assert_eq!(ids.len(), wanted.len());
        for (id, wanted) in ids.iter().zip(&wanted) {
            let Event::Finished { location: Some(location), .. } = desk.finished(*id).await else { panic!("nowhere") };
            assert_eq!(&digest(&received.join(&location)), wanted, "{location:?} holds another file's bytes");
        }
        wanted.sort();
        assert_eq!(digests(&received), wanted, "each file arrives, none takes another's place");
        for name in files_below(&received) {
            let reserved = |c: char| c.is_control() || "\\:*?\"<>|\u{202e}\u{200b}".contains(c);
            assert!(!name.contains(reserved) && name.len() <= 255, "{name:?} is harmless on every system");
        }
        let outside: Vec<_> = std::fs::read_dir(&outer).expect("a folder").map(|e| e.expect("entry").path()).collect();
        assert_eq!(outside, [received], "nothing lies outside");
        desk.close().await;
        receiver.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_of_every_name_keep_their_files_and_an_interrupted_one_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (source, received) = (folder.path().join("source"), folder.path().join("received"));
    for (seed, name) in (0..).zip(hostile()) {
        random_file(&place(&source, &name).join("take.mov"), CHUNK + seed, seed);
    }
    let (receiver, address) = receiver(&received).await;
    let data = folder.path().join("data");
    let slow = Options { speed_limit: "1k".parse().expect("a limit"), ..quick(&data) };
    let mut desk = Desk::open_with(slow, &address).await;
    assert_eq!(desk.add([source.clone()]).await.len(), hostile().len());
    desk.close().await;
    // What was recorded leads to the same files in another run, whatever bytes their names have.
    let mut desk = Desk::open(&data, &address).await;
    let left = desk.engine.resumable().await.expect("a list");
    assert!(left.len() > hostile().len() / 2, "only {} were interrupted", left.len());
    for listed in left {
        desk.resume(listed.upload.id).await;
        desk.finished(listed.upload.id).await;
    }
    assert_eq!(digests(&received), digests(&source));
    desk.close().await;
    receiver.shutdown().await;
}

/// Calls of the program that show names, and whether any of what they show is `bad`.
fn shown_to_a_terminal(bad: impl Fn(char) -> bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let receiver = ReceiverProcess::start(folder.path());
    let source = folder.path().join("source");
    for (seed, name) in (0..).zip(hostile()) {
        random_file(&place(&source, &name), 100, seed);
    }
    std::os::unix::fs::symlink(&source, place(&source, "loop\u{1b}[2J\u{202e}gpj".as_bytes())).expect("a link");
    let (data, source_text) = (folder.path().join("data"), source.to_str().expect("plain"));
    let (there, nowhere) = (receiver.destination(), "fineuploader+http://127.0.0.1:9/upload?done=/done");
    let calls = [
        (&["send", source_text, "--to", nowhere, "--give-up-after", "1"][..], 1),
        (&["list"][..], 0),
        (&["send", source_text, "--to", &there][..], 1),
        (&["history"][..], 0),
    ];
    for (arguments, code) in calls {
        let output = run(carryon_with(&data, arguments));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", told(&output));
        for text in [&output.stdout, &output.stderr] {
            let text = std::str::from_utf8(text).expect("what is shown is text");
            let line = text.lines().find(|line| line.contains(&bad));
            assert!(line.is_none(), "{arguments:?} shows {line:?}");
        }
    }
    assert_eq!(digests(&receiver.dir), digests(&source));
}

#[test]
fn a_hostile_name_moves_no_cursor() {
    shown_to_a_terminal(char::is_control);
}

#[test]
fn a_hostile_name_is_not_shown_backwards() {
    shown_to_a_terminal(|c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
}
