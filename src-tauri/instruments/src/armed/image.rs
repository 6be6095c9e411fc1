//! A disk as it may be found when the power is back.
//!
//! Everything that was synced is there. Of the rest each change may be there or not, independent of all others: a write
//! also in part, by sectors of [`SECTOR`] bytes, or as a longer file without its bytes. A change of a name is whole or
//! not at all, and a name whose folder is lost is lost with it. A folder on a real disk loses less than this; nothing in
//! POSIX promises more.
//!
//! Two things differ from a real disk: files get new inode numbers and times when an image is written down.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use super::disk::Op;

/// A write is torn at multiples of so many bytes.
pub const SECTOR: u64 = 512;

/// Folders and files, by paths relative to the recorded folder. Files of one number are one file with several names.
#[derive(Debug, Default)]
pub struct Image {
    /// All folders.
    pub folders: BTreeSet<PathBuf>,
    /// All names of files.
    pub names: BTreeMap<PathBuf, u64>,
    /// What the files hold.
    pub contents: BTreeMap<u64, Vec<u8>>,
}

/// What is durable, and what happened since, each with its position in the log.
#[derive(Default)]
struct Disk<'a> {
    durable: Image,
    writes: BTreeMap<u64, Vec<(usize, &'a Op)>>,
    names: Vec<(usize, &'a Op)>,
}

impl Image {
    /// The disk after the power was cut behind the first operations of a log; `seed` chooses among the ways.
    pub fn after(ops: &[Op], seed: u64) -> Image {
        let mut disk = Disk::default();
        for (at, op) in ops.iter().enumerate() {
            disk.take(at, op);
        }
        disk.cut(&mut Dice::new(seed))
    }

    /// Builds it in an empty folder.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_to(&self, root: &Path) -> io::Result<()> {
        for folder in &self.folders {
            fs::create_dir_all(root.join(folder))?;
        }
        let mut first = HashMap::new();
        for (name, number) in &self.names {
            match first.get(number) {
                Some(before) => fs::hard_link(root.join(before), root.join(name))?,
                None => fs::write(root.join(name), &self.contents[number])?,
            }
            first.entry(number).or_insert(name);
        }
        Ok(())
    }

    /// Drops names below folders that are not there, and files without a name.
    fn tidied(mut self) -> Image {
        let known = self.folders.clone();
        let stands =
            |path: &PathBuf| path.ancestors().skip(1).all(|dir| dir.as_os_str().is_empty() || known.contains(dir));
        self.folders.retain(stands);
        self.names.retain(|path, _| stands(path));
        let named: BTreeSet<u64> = self.names.values().copied().collect();
        self.contents.retain(|number, _| named.contains(number));
        self
    }

    fn change_name(&mut self, op: &Op) {
        match op {
            Op::Create(path, file) | Op::Link(file, path) => drop(self.names.insert(path.clone(), *file)),
            Op::Rename(from, file, to) => {
                self.names.remove(from);
                self.names.insert(to.clone(), *file);
            }
            Op::Remove(path) => drop(self.names.remove(path)),
            Op::MakeDir(path) => drop(self.folders.insert(path.clone())),
            Op::Write(..) | Op::SetLen(..) | Op::Sync(..) | Op::SyncDir(..) => {}
        }
    }
}

impl<'a> Disk<'a> {
    fn take(&mut self, at: usize, op: &'a Op) {
        match op {
            Op::Write(file, ..) | Op::SetLen(file, _) => self.writes.entry(*file).or_default().push((at, op)),
            Op::Sync(file, before) => self.sync(*file, *before),
            Op::SyncDir(folder, before) => self.sync_dir(folder, *before),
            Op::Create(_, file) => {
                self.durable.contents.insert(*file, Vec::new());
                self.names.push((at, op));
            }
            Op::MakeDir(_) | Op::Link(..) | Op::Rename(..) | Op::Remove(_) => self.names.push((at, op)),
        }
    }

    fn sync(&mut self, file: u64, before: usize) {
        let Some(bytes) = self.durable.contents.get_mut(&file) else { return };
        let pending = self.writes.remove(&file).unwrap_or_default();
        let (synced, rest): (Vec<_>, Vec<_>) = pending.into_iter().partition(|(at, _)| *at < before);
        synced.into_iter().for_each(|(_, op)| apply(bytes, op));
        self.writes.insert(file, rest);
    }

    fn sync_dir(&mut self, folder: &Path, before: usize) {
        let covered = |(at, op): &(usize, &Op)| *at < before && folder_of(op) == Some(folder);
        let (synced, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.names).into_iter().partition(covered);
        synced.into_iter().for_each(|(_, op)| self.durable.change_name(op));
        self.names = rest;
    }

    /// How much of what is not synced survives is chosen first: nothing, some, or all of it.
    fn cut(self, dice: &mut Dice) -> Image {
        let (of_names, of_writes) = (dice.roll(5), dice.roll(5));
        let mut image = self.durable;
        for (_, op) in self.names.iter().filter(|_| dice.roll(4) < of_names) {
            image.change_name(op);
        }
        for (file, pending) in &self.writes {
            let bytes = image.contents.entry(*file).or_default();
            for (_, op) in pending {
                match dice.roll(4) < of_writes {
                    true if dice.roll(3) == 0 && of_writes < 4 => apply_torn(bytes, op, dice),
                    true => apply(bytes, op),
                    false if of_writes > 0 && dice.roll(4) == 0 => extend(bytes, op),
                    false => {}
                }
            }
        }
        image.tidied()
    }
}

/// The folder whose sync makes a change of a name durable.
fn folder_of(op: &Op) -> Option<&Path> {
    match op {
        Op::Create(path, _) | Op::MakeDir(path) | Op::Link(_, path) | Op::Rename(_, _, path) | Op::Remove(path) => {
            path.parent()
        }
        Op::Write(..) | Op::SetLen(..) | Op::Sync(..) | Op::SyncDir(..) => None,
    }
}

fn apply(bytes: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write(_, at, written) => write(bytes, *at, written),
        Op::SetLen(_, length) => bytes.resize(*length as usize, 0),
        _ => {}
    }
}

/// Some sectors of a write, and not the others.
fn apply_torn(bytes: &mut Vec<u8>, op: &Op, dice: &mut Dice) {
    let Op::Write(_, at, written) = op else { return apply(bytes, op) };
    let end = at + written.len() as u64;
    let mut from = *at;
    while from < end {
        let to = end.min((from / SECTOR + 1) * SECTOR);
        if dice.roll(2) == 0 {
            write(bytes, from, &written[(from - at) as usize..(to - at) as usize]);
        }
        from = to;
    }
}

/// The file's new length reached the disk, its bytes did not.
fn extend(bytes: &mut Vec<u8>, op: &Op) {
    if let Op::Write(_, at, written) = op {
        let end = *at as usize + written.len();
        bytes.resize(bytes.len().max(end), 0);
    }
}

fn write(bytes: &mut Vec<u8>, at: u64, written: &[u8]) {
    let (at, end) = (at as usize, at as usize + written.len());
    bytes.resize(bytes.len().max(end), 0);
    bytes[at..end].copy_from_slice(written);
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> PathBuf {
        PathBuf::from(text)
    }

    #[test]
    fn what_is_synced_is_in_every_image_and_what_is_not_in_some() {
        let (block, next) = (vec![1; 2048], vec![2; 2048]);
        let ops = [
            Op::Create(path("a"), 1),
            Op::Write(1, 0, block.clone()),
            Op::Sync(1, 2),
            Op::SyncDir(path(""), 3),
            Op::Write(1, 0, next.clone()),
            Op::Create(path("b"), 2),
        ];
        let images: Vec<_> = (0..300).map(|seed| Image::after(&ops, seed)).collect();
        let held = |image: &Image| image.contents[&image.names[&path("a")]].clone();
        assert!(images.iter().all(|image| held(image).len() == 2048), "the name and its bytes are synced");
        let torn = |image: &&Image| ![&block, &next].contains(&&held(image));
        assert!(images.iter().any(|image| held(image) == block) && images.iter().any(|image| held(image) == next));
        let is_whole = |sector: &[u8]| sector.iter().all(|byte| *byte == sector[0]);
        for image in images.iter().filter(torn) {
            assert!(held(image).chunks(SECTOR as usize).all(is_whole), "a sector is whole");
        }
        assert!(images.iter().filter(torn).count() > 10);
        let with_b = images.iter().filter(|image| image.names.contains_key(&path("b"))).count();
        assert!((50..250).contains(&with_b), "an unsynced name may be there or not");
    }

    #[test]
    fn a_sync_covers_only_what_was_there_when_it_began() {
        let ops = [Op::Create(path("a"), 1), Op::SyncDir(path(""), 1), Op::Write(1, 0, vec![7]), Op::Sync(1, 2)];
        let lost = (0..100).filter(|seed| Image::after(&ops, *seed).contents[&1].is_empty()).count();
        assert!(lost > 10, "a write that came while the sync ran may be lost");
    }

    #[test]
    fn what_lies_in_a_folder_goes_with_its_name() {
        let ops = [Op::MakeDir(path("d")), Op::Create(path("d/a"), 1), Op::SyncDir(path("d"), 2), Op::Sync(1, 2)];
        let with = (0..100).filter(|seed| Image::after(&ops, *seed).names.contains_key(&path("d/a"))).count();
        assert!((10..90).contains(&with), "the folder's own name was never synced");
    }
}
