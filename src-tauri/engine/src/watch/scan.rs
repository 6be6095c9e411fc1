//! A look at a watched folder: what stands still and is not known yet, what has to wait, whether anything went. Blocks on the
//! disk; remembers some 40 bytes for each file that is known, and a bounded number of those that are not.

use std::{
    collections::HashSet,
    io,
    path::{Component, Path, PathBuf},
};

use tokio_util::sync::CancellationToken;
use walkdir::{DirEntry, WalkDir};

use super::{
    decide::{Look, Moment, Print, Stillness},
    rule::Names,
    system,
};
use crate::{
    error::{Error, ErrorKind, Result},
    records::taken::Taken,
    source::{Identity, mtime_ns, unreadable},
};

/// The most files that wait to stand still at once.
const MOST_WAITING: usize = 10_000;
/// The most files that one look hands out.
const AT_ONCE: usize = 1024;

/// What is remembered of a folder from look to look.
#[derive(Debug)]
pub(crate) struct Memory {
    /// Files about which nothing is to be done while they look so.
    settled: HashSet<[u8; 16]>,
    /// The places of all files that lay there at the last whole look.
    present: Option<HashSet<u64>>,
    pub still: Stillness,
}

/// A file below the folder, and how it looks.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub place: PathBuf,
    pub print: Print,
}

/// What a look came to.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// Files that stand still and are not known.
    pub still: Vec<Seen>,
    /// There are more of them.
    pub more: bool,
    /// When the next one may stand still.
    pub next: Option<Moment>,
    /// Something that lay there may be there no more.
    pub something_went: bool,
    /// What could not be looked at, the first one in words.
    pub problem: Option<String>,
    /// What tells whether it is still the same folder.
    pub root: Option<(Option<String>, Option<String>)>,
}

/// How and where to look.
pub(crate) struct Scan<'s> {
    pub folder: &'s Path,
    pub names: &'s Names,
    pub subfolders: bool,
    pub steady_millis: u64,
    /// A folder that is never looked into.
    pub own: &'s Path,
    pub now: Moment,
    pub stop: &'s CancellationToken,
}

impl Default for Memory {
    fn default() -> Self {
        Self { settled: HashSet::new(), present: None, still: Stillness::of(MOST_WAITING) }
    }
}

impl Memory {
    /// Nothing is to be done about a file while it looks so.
    pub fn settle(&mut self, place: &Path, print: &Print) {
        self.settled.insert(key(place, print.size, print.mtime_ns));
        self.still.forget(place);
    }

    /// A file that was there is there no more.
    pub fn unsettle(&mut self, taken: &Taken) {
        self.settled.remove(&key(&taken.place, taken.print.size, taken.print.mtime_ns));
    }

    /// Whether a file lay there at the last whole look.
    pub fn saw(&self, place: &Path) -> bool {
        self.present.as_ref().is_none_or(|present| present.contains(&short(place)))
    }
}

impl Scan<'_> {
    /// Looks at the whole folder; none where it is not there.
    ///
    /// # Errors
    /// `SourceMissing` where the folder is there and cannot be read.
    pub fn look(&self, memory: &mut Memory) -> Result<Option<Looked>> {
        let Some(root) = self.root()? else { return Ok(None) };
        let mut looked = Looked { root: Some(root), ..Looked::default() };
        let mut present = HashSet::with_capacity(memory.present.as_ref().map_or(0, HashSet::len));
        memory.still.begin();
        self.walk(&mut looked, &mut |entry, looked| {
            present.insert(short(self.place(entry.path())));
            self.look_at(&entry, memory, looked)
        });
        if self.stop.is_cancelled() || self.root()?.is_none() {
            return Ok(None);
        }
        memory.still.end();
        if looked.problem.is_none() {
            let known = memory.present.as_ref();
            looked.something_went = known.is_none_or(|known| known.iter().any(|place| !present.contains(place)));
            memory.present = Some(present);
        }
        Ok(Some(looked))
    }

    /// What lies there now, and whether it was written to within the last `steady_millis` of the wall clock `now_ms`: for the
    /// moment in which a folder is added.
    ///
    /// # Errors
    /// As [`Scan::look`]; also where anything in it cannot be read.
    pub fn take_stock(&self, now_ms: i64) -> Result<Vec<(Seen, bool)>> {
        let (mut looked, mut stock) = (Looked::default(), Vec::new());
        self.walk(&mut looked, &mut |entry, _| {
            let print = print_of(entry.path())?;
            let age = now_ms.saturating_sub(print.mtime_ns.div_euclid(1_000_000));
            let is_young = age < i64::try_from(self.steady_millis).unwrap_or(i64::MAX);
            stock.push((Seen { place: self.place(entry.path()).to_owned(), print }, is_young));
            Ok(())
        });
        match looked.problem {
            None => Ok(stock),
            Some(problem) => {
                Err(Error::new(ErrorKind::SourceMissing, problem)
                    .next_step("Make it readable, then add the folder again."))
            }
        }
    }

    /// What tells this folder from another one at its place; none where there is no folder.
    fn root(&self) -> Result<Option<(Option<String>, Option<String>)>> {
        match std::fs::metadata(self.folder) {
            Ok(meta) if meta.is_dir() => {
                let identity = Identity::of(self.folder, &meta).ok();
                Ok(Some(identity.map(|identity| (identity.volume, identity.file_id)).unwrap_or_default()))
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(unreadable(self.folder, error)),
            Err(_) => Ok(None),
        }
    }

    /// Every file that the rule takes. Links are left alone, wherever they lead.
    fn walk(&self, looked: &mut Looked, visit: &mut dyn FnMut(DirEntry, &mut Looked) -> io::Result<()>) {
        let depth = if self.subfolders { usize::MAX } else { 1 };
        let mut entries = WalkDir::new(self.folder).min_depth(1).max_depth(depth).into_iter();
        while let Some(entry) = entries.next() {
            if self.stop.is_cancelled() {
                return;
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(self.folder).to_owned();
                    note(looked, &path, error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into()));
                    continue;
                }
            };
            if entry.file_type().is_dir() {
                if entry.path() == self.own || !self.names.take_folder(&self.text(entry.path())) {
                    entries.skip_current_dir();
                }
            } else if entry.file_type().is_file() && self.names.take_file(&self.text(entry.path())) {
                let path = entry.path().to_owned();
                visit(entry, looked).unwrap_or_else(|error| note(looked, &path, error));
            }
        }
    }

    fn look_at(&self, entry: &DirEntry, memory: &mut Memory, looked: &mut Looked) -> io::Result<()> {
        let place = self.place(entry.path());
        let meta = entry.metadata()?;
        let is_settled = memory.settled.contains(&key(place, meta.len(), mtime_ns(&meta)?));
        if is_settled || (!self.names.takes_hidden() && system::is_hidden(&meta)) {
            memory.still.forget(place);
            return Ok(());
        }
        let print = print_of(entry.path())?;
        match memory.still.look(place, &print, self.now, self.steady_millis) {
            Look::Still if looked.still.len() < AT_ONCE => looked.still.push(Seen { place: place.to_owned(), print }),
            Look::Still | Look::Full => looked.more = true,
            Look::Until(until) => looked.next = Some(looked.next.map_or(until, |next| next.min(until))),
        }
        Ok(())
    }

    fn place<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(self.folder).unwrap_or(path)
    }

    fn text(&self, path: &Path) -> String {
        let names = self.place(path).components().filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        });
        names.collect::<Vec<_>>().join("/")
    }
}

/// How the file at `path` looks now. What a folder's own list says may be old while somebody writes.
///
/// # Errors
/// Where it cannot be looked at.
pub(crate) fn print_of(path: &Path) -> io::Result<Print> {
    let meta = std::fs::symlink_metadata(path)?;
    Ok(Print::of(&Identity::of(path, &meta)?))
}

/// What went while the look was under way is no problem.
fn note(looked: &mut Looked, path: &Path, error: io::Error) {
    if error.kind() != io::ErrorKind::NotFound {
        looked.problem.get_or_insert_with(|| unreadable(path, error).message().to_owned());
    }
}

fn key(place: &Path, size: u64, mtime_ns: i64) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&size.to_le_bytes()).update(&mtime_ns.to_le_bytes());
    hasher.update(place.as_os_str().as_encoded_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    key
}

fn short(place: &Path) -> u64 {
    let digest = blake3::hash(place.as_os_str().as_encoded_bytes());
    u64::from_le_bytes(digest.as_bytes()[..8].try_into().expect("eight bytes"))
}
