//! A file that stays small: when it is full it becomes `….1`, the former `….1` becomes `….2`, and the oldest goes.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Bytes in a file, at most; a single longer line has one to itself.
const FULL: u64 = 1024 * 1024;
/// Files in all.
const FILES: usize = 5;
const NAME: &str = "carryon.log";

/// Files in a folder, made when the first line comes.
#[derive(Debug)]
pub struct Rotating {
    folder: PathBuf,
    full: u64,
    open: Option<(File, u64)>,
}

impl Rotating {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, full: FULL, open: None }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends whole lines.
    pub fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let (mut file, mut length) = match self.open.take() {
            Some(open) => open,
            None => self.open_newest()?,
        };
        if length > 0 && length + lines.len() as u64 > self.full {
            drop(file);
            self.rotate();
            (file, length) = self.open_newest()?;
        }
        file.write_all(lines)?;
        self.open = Some((file, length + lines.len() as u64));
        Ok(())
    }

    /// What stands in the two newest files.
    pub fn last(&self) -> String {
        let read = |age| fs::read(self.path(age)).unwrap_or_default();
        String::from_utf8_lossy(&[read(1), read(0)].concat()).into_owned()
    }

    fn open_newest(&self) -> io::Result<(File, u64)> {
        fs::create_dir_all(&self.folder)?;
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.path(0))?;
        let length = file.metadata()?.len();
        Ok((file, length))
    }

    fn rotate(&self) {
        for age in (0..FILES - 1).rev() {
            // One that is not there yet has nothing to hand on.
            let _ = fs::rename(self.path(age), self.path(age + 1));
        }
    }

    fn path(&self, age: usize) -> PathBuf {
        match age {
            0 => self.folder.join(NAME),
            age => self.folder.join(format!("{NAME}.{age}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lines_are_kept_in_few_small_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut log = Rotating { full: 1000, ..Rotating::new(folder.path().join("logs")) };
        for number in 0..1000 {
            log.write(format!("line {number:04}\n").as_bytes()).expect("writes");
        }
        let files: Vec<_> = fs::read_dir(log.folder()).expect("a folder").flatten().collect();
        assert_eq!(files.len(), FILES);
        assert!(files.iter().all(|file| file.metadata().is_ok_and(|meta| meta.len() <= 1000)));
        let last = log.last();
        assert!(last.ends_with("line 0998\nline 0999\n") && !last.contains("line 0500"));
        let mut again = Rotating { full: 1000, ..Rotating::new(folder.path().join("logs")) };
        again.write(b"after a restart\n").expect("writes");
        assert!(again.last().contains("line 0999\nafter a restart\n"), "a restart goes on in the same file");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_and_no_more() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("taken"), "").expect("a file");
        assert!(Rotating::new(folder.path().join("taken")).write(b"line\n").is_err());
    }
}
