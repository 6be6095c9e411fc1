//! A browser, a receiver on another origin, files to send, and what must be true at the end.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    files::{digest, files_below, random_file},
    log,
    programs::ReceiverProcess,
};

use crate::{browser::Browser, recorder::Recorder, set_up};

/// Bytes in a part, unless a test says otherwise.
pub const PART: u64 = 256 * 1024;

/// All that a test with a browser needs. The browser ends first.
pub struct Scene {
    pub browser: Browser,
    pub receiver: ReceiverProcess,
    /// Where the page sends to.
    pub address: String,
    folder: TempDir,
}

/// A part as it came in: index, offset, length.
pub type Part = (u64, u64, u64);

impl Scene {
    /// Sets one; none where the peers are left out on purpose.
    pub fn set() -> Option<Self> {
        set_up::wanted().then(|| Self::new(|origin| vec!["--allow-origin".to_owned(), origin.to_owned()]))
    }

    /// Sets one whose receiver knows nothing of the page.
    pub fn set_among_strangers() -> Option<Self> {
        set_up::wanted().then(|| Self::new(|_| Vec::new()))
    }

    /// Sets one in which all that the page sends goes through a recorder.
    pub fn set_behind_a_recorder() -> Option<(Self, Recorder)> {
        let recorder = set_up::wanted().then(|| Recorder::before("nobody yet"))?;
        let host = recorder.address.trim_start_matches("http://").to_owned();
        let mut scene =
            Self::new(|origin| vec!["--allow-origin".to_owned(), origin.to_owned(), "--allow-host".to_owned(), host]);
        recorder.lead_to(&scene.receiver.address);
        scene.address.clone_from(&recorder.address);
        Some((scene, recorder))
    }

    fn new(flags: impl FnOnce(&str) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().expect("temp folder");
        let browser = Browser::start(folder.path());
        let flags = flags(&browser.origin);
        let receiver =
            ReceiverProcess::start_with(folder.path(), &flags.iter().map(String::as_str).collect::<Vec<_>>());
        let address = receiver.address.clone();
        Self { browser, receiver, address, folder }
    }

    /// Makes a file to send.
    pub fn source(&self, name: &str, size: u64) -> PathBuf {
        let path = self.folder.path().join("sources").join(name);
        random_file(&path, size, tests::files::seed(name));
        path
    }

    /// The uploader's options, with these for chunking; parts are [`PART`] long unless they say otherwise.
    pub fn options(&self, chunking: Value) -> Value {
        let address = &self.address;
        let mut options = json!({
            "request": { "endpoint": format!("{address}/upload") },
            "deleteFile": { "enabled": true, "endpoint": format!("{address}/upload") },
            "cors": { "expected": true },
            "validation": { "allowEmpty": true },
            "resume": { "enabled": true },
            "chunking": { "enabled": true, "partSize": PART, "success": { "endpoint": format!("{address}/upload/done") } },
        });
        for (key, value) in chunking.as_object().into_iter().flatten() {
            options["chunking"][key] = value.clone();
        }
        options
    }

    /// Picks files and follows them to their ends: each must have arrived, and the page must have been told the truth.
    pub fn deliver(&mut self, options: &Value, sources: &[&PathBuf]) -> Vec<Value> {
        self.browser.upload(options, sources);
        self.arrived(sources)
    }

    /// Follows what was picked to its end.
    pub fn arrived(&mut self, sources: &[&PathBuf]) -> Vec<Value> {
        let ends = self.browser.until_the_end(sources.len());
        self.must_hold_just(sources);
        for (answer, source) in ends.iter().map(|end| (&end["response"], find(sources, end))) {
            assert_eq!(answer["location"], stored_name(source), "the answer says where the file is");
            let named = answer["blake3"].as_str().is_none_or(|named| named == digest(source));
            assert!(named, "a digest in the answer must be the file's own: {answer}");
        }
        ends
    }

    /// Sees that the receiver holds these files and no others, byte for byte.
    pub fn must_hold_just(&self, sources: &[&PathBuf]) {
        let mut names: Vec<_> = sources.iter().map(|source| stored_name(source)).collect();
        names.sort();
        assert_eq!(files_below(&self.receiver.dir), names, "the receiver must hold just what was sent");
        for source in sources {
            let stored = self.receiver.dir.join(stored_name(source));
            assert_eq!(digest(&stored), digest(source), "{} must equal its source", stored.display());
        }
    }

    /// The access log's lines.
    pub fn log(&self) -> Vec<Value> {
        log::lines(&self.receiver.log)
    }

    /// Every request that counts, in short: `chunk`, `plain`, `done`, `delete`.
    pub fn requests(&self) -> Vec<&'static str> {
        self.log().iter().filter_map(kind).collect()
    }
}

/// The parts that came in whole, sorted.
pub fn stored(lines: &[Value]) -> Vec<Part> {
    let whole = |line: &&Value| line["result"] == "stored" || line["result"] == "repeat";
    let part = |line: &Value| Some((line["index"].as_u64()?, line["offset"].as_u64()?, line["length"].as_u64()?));
    let mut parts: Vec<_> = lines.iter().filter(whole).filter_map(part).collect();
    parts.sort_unstable();
    parts
}

/// The indexes of parts.
pub fn indexes(parts: &[Part]) -> BTreeSet<u64> {
    parts.iter().map(|&(index, ..)| index).collect()
}

/// Indexes of all parts that were begun, also of those whose request broke.
pub fn begun(lines: &[Value]) -> BTreeSet<u64> {
    lines.iter().filter_map(|line| line["index"].as_u64()).collect()
}

/// What a file of `size` is cut into.
pub fn parts(size: u64, part: u64) -> Vec<Part> {
    (0..size.div_ceil(part)).map(|index| (index, index * part, part.min(size - index * part))).collect()
}

fn kind(line: &Value) -> Option<&'static str> {
    match (line["method"].as_str()?, line["path"].as_str()?) {
        ("POST", "/upload") if line["index"].is_u64() => Some("chunk"),
        ("POST", "/upload") => Some("plain"),
        ("POST", "/upload/done") => Some("done"),
        ("DELETE", _) => Some("delete"),
        _ => None,
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("a file").to_string_lossy().into_owned()
}

/// The receiver gives files only names that every system can hold.
fn stored_name(path: &Path) -> String {
    name_of(path).replace('"', "_")
}

fn find<'a>(sources: &[&'a PathBuf], end: &Value) -> &'a PathBuf {
    let is_it = |source: &&&PathBuf| end["name"] == name_of(source);
    sources.iter().find(is_it).unwrap_or_else(|| panic!("nobody sent {end}"))
}
