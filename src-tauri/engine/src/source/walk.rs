//! From what was dropped to the files in it: folders are walked, relative paths kept, trouble reported by name.
//!
//! Links are followed, loops are not; special files are refused by name; one unreadable entry never stops the rest.

use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::{special_kind, unreadable};

const LOOP: &str = "This link leads back into a folder around it; it was left out";

/// A file to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it lies, absolute.
    pub path: PathBuf,
    /// Its name, for the wire (bytes that are no UTF-8 are replaced).
    pub name: String,
    /// The dropped folder and those below it, `/` between them; empty for a file dropped by itself.
    pub relative_path: String,
}

/// Something that could not be added, and why.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// What it is about.
    pub path: String,
    /// What happened.
    pub message: String,
}

impl Problem {
    fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.display().to_string(), message: message.into() }
    }
}

/// The files in `dropped`, in an order that people expect: as given, folders by name. Lazy, so that a million files
/// need no list. Blocks on the disk.
pub fn expand(dropped: &Path) -> Box<dyn Iterator<Item = Result<Found, Problem>> + Send> {
    let path = match std::path::absolute(dropped) {
        Ok(path) => path,
        Err(error) => return only(Err(Problem::new(dropped, error.to_string()))),
    };
    match std::fs::metadata(&path) {
        Err(error) => only(Err(Problem::new(&path, lost_in_transit(&path, error)))),
        Ok(meta) if meta.is_dir() => Box::new(walk(path)),
        Ok(meta) if meta.is_file() => only(Ok(found(path, String::new()))),
        Ok(meta) => only(Err(refused(&path, &meta))),
    }
}

fn only(item: Result<Found, Problem>) -> Box<dyn Iterator<Item = Result<Found, Problem>> + Send> {
    Box::new(std::iter::once(item))
}

fn walk(root: PathBuf) -> impl Iterator<Item = Result<Found, Problem>> + Send {
    let mut entries = WalkDir::new(&root).follow_links(true).sort_by_file_name().into_iter();
    let whole = std::fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
    std::iter::from_fn(move || {
        loop {
            match entries.next()? {
                Err(error) => return Some(Err(broken_entry(&root, &error))),
                Ok(entry) if entry.file_type().is_dir() => {
                    if entry.depth() > 0 && entry.path_is_symlink() && leads_around(entry.path(), &whole) {
                        entries.skip_current_dir();
                        return Some(Err(Problem::new(entry.path(), LOOP)));
                    }
                }
                Ok(entry) => return Some(taken(&root, entry)),
            }
        }
    })
}

/// Whether a link leads to a folder that `whole` lies in.
fn leads_around(link: &Path, whole: &Path) -> bool {
    std::fs::canonicalize(link).is_ok_and(|target| whole.starts_with(target))
}

fn taken(root: &Path, entry: walkdir::DirEntry) -> Result<Found, Problem> {
    if entry.file_type().is_file() {
        let relative = relative_path(root, entry.path());
        return Ok(found(entry.into_path(), relative));
    }
    Err(match entry.metadata() {
        Ok(meta) => refused(entry.path(), &meta),
        Err(error) => broken_entry(root, &error),
    })
}

/// A file in a folder, as though that had been dropped.
pub(crate) fn found_below(folder: &Path, path: PathBuf) -> Found {
    let relative = relative_path(folder, &path);
    found(path, relative)
}

fn found(path: PathBuf, relative_path: String) -> Found {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Found { path, name, relative_path }
}

/// `tree/sub` for `/home/a/tree/sub/x.bin` below `/home/a/tree`.
fn relative_path(root: &Path, file: &Path) -> String {
    let base = root.parent().unwrap_or(root);
    let folder = file.parent().and_then(|parent| parent.strip_prefix(base).ok()).unwrap_or(Path::new(""));
    let names = folder.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    names.collect::<Vec<_>>().join("/")
}

fn refused(path: &Path, meta: &std::fs::Metadata) -> Problem {
    Problem::new(path, format!("This is {}, not a file; it was left out", special_kind(meta)))
}

fn broken_entry(root: &Path, error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(root);
    if error.loop_ancestor().is_some() {
        return Problem::new(path, LOOP);
    }
    let text = match error.io_error() {
        Some(io) => unreadable(path, std::io::Error::from(io.kind())).message().to_owned(),
        None => error.to_string(),
    };
    Problem::new(path, text)
}

fn lost_in_transit(path: &Path, error: std::io::Error) -> String {
    if path.to_string_lossy().contains('\u{fffd}') {
        return "The name holds bytes that were lost on the way here; choose the file with the picker instead".into();
    }
    unreadable(path, error).message().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("temp folder");
        std::fs::create_dir_all(dir.path().join("shoot/day 1/raw")).expect("folders");
        std::fs::write(dir.path().join("shoot/day 1/raw/b.mov"), b"b").expect("file");
        std::fs::write(dir.path().join("shoot/a.mov"), b"a").expect("file");
        dir
    }

    #[test]
    fn a_folder_keeps_its_own_name_and_those_below() {
        let dir = tree();
        let found: Vec<_> = expand(&dir.path().join("shoot")).filter_map(Result::ok).collect();
        let told: Vec<_> = found.iter().map(|f| (f.relative_path.as_str(), f.name.as_str())).collect();
        assert_eq!(told, [("shoot", "a.mov"), ("shoot/day 1/raw", "b.mov")]);
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_and_a_pipe_are_told_by_name_and_the_rest_goes_on() {
        let dir = tree();
        std::os::unix::fs::symlink(dir.path().join("shoot"), dir.path().join("shoot/day 1/loop")).expect("link");
        let socket = std::os::unix::net::UnixListener::bind(dir.path().join("shoot/socket")).expect("socket");
        let (found, problems): (Vec<_>, Vec<_>) = expand(&dir.path().join("shoot")).partition(Result::is_ok);
        drop(socket);
        assert_eq!(found.len(), 2, "the files are found all the same");
        let told = format!("{problems:?}");
        assert!(told.contains("leads back") && told.contains("a socket"), "{told}");
    }

    #[test]
    fn a_path_that_leads_nowhere_is_one_problem_that_names_it() {
        let problems: Vec<_> = expand(Path::new("/nowhere/at all.bin")).collect();
        assert!(matches!(&problems[..], [Err(p)] if p.path.ends_with("at all.bin")), "{problems:?}");
    }
}
