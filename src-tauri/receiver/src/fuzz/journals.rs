//! Journals as they may be found: whatever stands in one, what can be read of it counts and nothing else does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{head_and_rest, target};
use crate::error::Error;
use crate::files::simulated::SimulatedDisk;
use crate::journal::frame::{self, Frame, MAGIC};
use crate::journal::{Entry, Item, JournalPaths, Replayed, Span, replay};
use crate::store::{Index, Rules, Store};

const ROOT: &str = "/r";
const FILE: &str = "/r/.carryon/journal";
const TOKENS: &[&str] = &[
    "\"uuid\":\"a-1\"",
    "\"is\":\"opened\"",
    "\"is\":\"begun\"",
    "\"is\":\"grown\"",
    "\"profile\":{\"name\":\"a\",\"folder\":\"\"}",
    "\"role\":\"part\"",
    "\"role\":{\"joined\":[\"a-1\"]}",
    "\"attempt\":\"t-1\"",
    "\"tree\":[]",
    "\"is\":\"chunk\"",
    "\"is\":\"reserved\"",
    "\"is\":\"done\"",
    "\"is\":\"settled\"",
    "\"is\":\"removed\"",
    "\"is\":\"unmarked\"",
    "\"held\":true",
    "\"placeholder\":true",
    "\"size\":null",
    "\"offset\":",
    "\"length\":",
    "\"at\":",
    "null",
    "true",
    "{",
    "}",
    "\n",
    "\t",
    "cut:",
    "flip:",
    "zero:",
    "..",
    "/",
    "\"location\":\"a.txt\"",
];

/// A line an entry; what follows a tab are its data. A line that is no entry stands there as a frame of a later version.
fn journal(lines: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let tab = line.iter().position(|&byte| byte == b'\t').unwrap_or(line.len());
        let (head, data) = (&line[..tab], &line[(tab + 1).min(line.len())..]);
        if let Ok(entry) = serde_json::from_slice::<Entry>(head) {
            let data = if entry.holds_data() { Bytes::copy_from_slice(data) } else { Bytes::new() };
            frame::encode(&Item { entry, data }, &mut bytes);
        }
    }
    bytes
}

/// What a power cut or a bad disk does: `cut:N`, `flip:N`, `zero:N`.
fn spoil(bytes: &mut Vec<u8>, how: &[u8]) {
    for word in String::from_utf8_lossy(how).split_whitespace() {
        let Some((what, at)) = word.split_once(':') else { continue };
        let at = at.parse().unwrap_or(0usize) % (bytes.len() + 1);
        match what {
            "cut" => bytes.truncate(at),
            "flip" if at < bytes.len() => bytes[at] ^= 1 << (at % 8),
            "zero" => bytes[at..].iter_mut().take(500).for_each(|byte| *byte = 0),
            _ => {}
        }
    }
}

/// The index that the whole frames at the beginning make, and their length; read as plainly as can be.
fn read_plainly(bytes: &[u8]) -> Option<(Index, u64)> {
    let (mut index, mut at) = (Index::default(), MAGIC.len());
    loop {
        match frame::decode(&bytes[at..]) {
            Frame::Whole { entry, length, data_at } => {
                let data = Span { at: (at + data_at) as u64, length: (length - data_at) as u64 };
                let data = entry.holds_data().then_some(data);
                index.apply(entry, data);
                at += length;
            }
            Frame::Foreign => return None,
            Frame::Short | Frame::Torn => return Some((index, at as u64)),
        }
    }
}

fn law(input: &[u8]) {
    let (how, lines) = head_and_rest(input);
    let whole = journal(lines);
    let mut bytes = whole.clone();
    spoil(&mut bytes, how);
    let disk = SimulatedDisk::new(Path::new(ROOT), true);
    disk.put(Path::new(FILE), &bytes);
    let paths = JournalPaths { dir: "/r/.carryon".into(), file: FILE.into(), next: "/r/.carryon/journal.new".into() };
    let replayed = replay(&disk, &paths);
    if bytes.len() >= MAGIC.len() && bytes.starts_with(MAGIC) {
        require_plain_reading(&replayed, &bytes);
    }
    if let Ok(replayed) = &replayed {
        assert!(bytes != whole || !replayed.damaged, "an unspoiled journal is not damaged");
        require_same_again(&replayed.index);
    }
    match (replayed, open(&disk)) {
        (Ok(replayed), Ok(_)) => require_kept_aside(&disk, &replayed, &bytes),
        (Err(Error::Newer(_)), Err(Error::Newer(_))) => {}
        (_, opened) => panic!("a store opens on whatever is left of its journal: {:?}", opened.err()),
    }
}

fn require_plain_reading(replayed: &Result<Replayed, Error>, bytes: &[u8]) {
    match (replayed, read_plainly(bytes)) {
        (Ok(replayed), Some((index, length))) => {
            assert_eq!(replayed.index, index, "what can be read counts, and nothing else");
            assert_eq!(replayed.length, length);
        }
        (Err(Error::Newer(_)), None) => {}
        (Ok(_), None) => panic!("what a later version wrote must not be passed over"),
        (Err(error), _) => panic!("{error}"),
    }
}

/// Written anew, a journal tells the same.
fn require_same_again(index: &Index) {
    let mut again = Index::default();
    index.snapshot().into_iter().for_each(|(entry, span)| again.apply(entry, span));
    assert_eq!(again, *index, "a snapshot makes the same index again");
}

fn require_kept_aside(disk: &SimulatedDisk, replayed: &Replayed, bytes: &[u8]) {
    let tree = disk.tree(Path::new(ROOT));
    let aside = tree.iter().find(|(name, _)| name.starts_with(".carryon/journal.damaged-"));
    assert_eq!(aside.is_some(), replayed.damaged, "a damaged journal is kept under a second name");
    assert!(aside.is_none_or(|(_, kept)| kept == bytes), "it is kept as it was found");
}

fn open(disk: &SimulatedDisk) -> Result<Store, Error> {
    let (keep, record_every) = (Duration::from_secs(60), 1 << 20);
    let rules = Rules { max_size: 1 << 20, max_open: 10, max_open_of_client: 10, min_free: 0, keep, record_every };
    Store::open(Arc::new(disk.clone()), Path::new(ROOT), rules)
}

#[test]
fn what_can_be_read_of_a_journal_counts_and_nothing_else() {
    super::Target { cost: 3, ..target("journals", TOKENS) }.run(law);
}
