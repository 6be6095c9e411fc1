//! The ways in which a file changes.

use std::{
    fs::{self, File, FileTimes, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use rand::{RngExt, rngs::SmallRng};

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Nothing: it must be delivered as it is.
    Nothing,
    /// Bytes are added at its end.
    Grow,
    /// Bytes are taken from its end.
    Shrink,
    /// Some bytes become others; its size stays.
    SameSize,
    /// The same, and its last write is put back to what it was.
    TimePutBack,
    /// Another file takes its name.
    Replace,
    /// It changes places with another file that is uploaded beside it.
    Swap,
}

impl Edit {
    pub fn any(random: &mut SmallRng) -> Self {
        use Edit::{Grow, Nothing, Replace, SameSize, Shrink, Swap, TimePutBack};
        [Nothing, Grow, Shrink, SameSize, SameSize, TimePutBack, TimePutBack, Replace, Swap][random.random_range(0..9)]
    }

    /// Does it to `file`; `other` lies beside it.
    pub fn make(self, file: &Path, other: &Path, random: &mut SmallRng) {
        let size = fs::metadata(file).expect("it is there").len();
        match self {
            Edit::Nothing => {}
            Edit::Grow => write_at(file, size, random),
            Edit::Shrink => {
                let opened = OpenOptions::new().write(true).open(file).expect("writable");
                opened.set_len(random.random_range(0..size)).expect("it shrinks");
            }
            Edit::SameSize => write_at(file, random.random_range(0..size - 8), random),
            Edit::TimePutBack => {
                let before = fs::metadata(file).and_then(|meta| meta.modified()).expect("a time");
                write_at(file, random.random_range(0..size - 8), random);
                let times = FileTimes::new().set_modified(before);
                File::options().write(true).open(file).and_then(|file| file.set_times(times)).expect("put back");
            }
            Edit::Replace => {
                let new = file.with_extension("new");
                let bytes: Vec<u8> = (0..size).map(|_| random.random()).collect();
                fs::write(&new, bytes).and_then(|()| fs::rename(&new, file)).expect("replaced");
            }
            Edit::Swap => {
                let aside = file.with_extension("aside");
                fs::rename(file, &aside).and_then(|()| fs::rename(other, file)).expect("swapped");
                fs::rename(&aside, other).expect("swapped");
            }
        }
    }
}

/// Eight bytes that were not there before.
fn write_at(file: &Path, at: u64, random: &mut SmallRng) {
    let mut file = OpenOptions::new().write(true).open(file).expect("writable");
    file.seek(SeekFrom::Start(at)).expect("within the file");
    file.write_all(&random.random::<u64>().to_le_bytes()).expect("written");
}
