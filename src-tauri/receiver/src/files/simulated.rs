//! A disk in memory whose power can be cut, and which can fail once at any step.
//!
//! It promises no more than [`Files`](super::Files) says: without a sync, each write and each change of a
//! name may be there after a power cut, or not, or (a write) in part, independent of all others. A rename is whole or not at all.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Access, FileId, Files, Kind, LockGuard, OpenFile, Stat};

const POWER_IS_OFF: &str = "the power is off";

/// What happens at the step that was chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// Nothing works from here on.
    PowerCut,
    /// This one step fails.
    Fails(io::ErrorKind),
}

/// A handle on the disk; clones share it.
#[derive(Clone)]
pub(crate) struct SimulatedDisk(Arc<Mutex<World>>);

#[derive(Default)]
struct World {
    inodes: BTreeMap<u64, Inode>,
    names: BTreeMap<PathBuf, u64>,
    durable_names: BTreeMap<PathBuf, u64>,
    pending_names: Vec<NameChange>,
    last_inode: u64,
    clock: u64,
    /// Changes and syncs so far.
    steps: u64,
    trouble: Vec<(u64, Trouble)>,
    has_links: bool,
    /// Bytes that all files together may have; without a limit when `None`.
    capacity: Option<u64>,
}

#[derive(Clone, Default)]
struct Inode {
    is_dir: bool,
    bytes: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
    modified: u64,
}

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
}

/// Names to take away and to give, together; durable when `dir` is synced.
struct NameChange {
    dir: PathBuf,
    gone: Option<PathBuf>,
    new: Option<(PathBuf, u64)>,
}

impl SimulatedDisk {
    /// An empty disk with the folder `root` on it.
    pub fn new(root: &Path, has_links: bool) -> SimulatedDisk {
        let mut world = World { has_links, last_inode: 1, ..World::default() };
        world.inodes.insert(1, Inode { is_dir: true, ..Inode::default() });
        for dir in root.ancestors() {
            world.names.insert(dir.to_owned(), 1);
        }
        world.durable_names = world.names.clone();
        SimulatedDisk(Arc::new(Mutex::new(world)))
    }

    /// How many changes and syncs there were.
    pub fn steps(&self) -> u64 {
        self.world().steps
    }

    /// Chooses the step (counted from now) at which something happens.
    pub fn trouble_after(&self, steps: u64, trouble: Trouble) {
        let mut world = self.world();
        let at = world.steps + steps;
        world.trouble.push((at, trouble));
    }

    /// Says how many bytes all files together may have from now on.
    pub fn set_capacity(&self, capacity: Option<u64>) {
        self.world().capacity = capacity;
    }

    /// The disk as it may be found when the power is back; `seed` chooses among the ways.
    pub fn after_power_cut(&self, seed: u64) -> SimulatedDisk {
        let world = self.world();
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let inodes = world.inodes.iter().map(|(&number, inode)| (number, inode.after_cut(&mut dice))).collect();
        let mut names = world.durable_names.clone();
        for change in world.pending_names.iter().filter(|_| dice.roll(2) == 0) {
            change.apply(&mut names);
        }
        let found = names.clone();
        names.retain(|path, _| path.ancestors().skip(1).all(|dir| dir.parent().is_none() || found.contains_key(dir)));
        SimulatedDisk(Arc::new(Mutex::new(World {
            inodes,
            durable_names: names.clone(),
            names,
            last_inode: world.last_inode,
            clock: world.clock,
            has_links: world.has_links,
            capacity: world.capacity,
            ..World::default()
        })))
    }

    /// All files under `dir` with their content, by relative path.
    pub fn tree(&self, dir: &Path) -> HashMap<String, Vec<u8>> {
        let world = self.world();
        let files = world.names.iter().filter_map(|(path, number)| {
            let inode = world.inodes.get(number).filter(|inode| !inode.is_dir)?;
            Some((path.strip_prefix(dir).ok()?.to_str()?.to_owned(), inode.bytes.clone()))
        });
        files.collect()
    }

    /// Puts a synced file there, as somebody else would.
    pub fn put(&self, path: &Path, bytes: &[u8]) {
        let mut world = self.world();
        let number = world.make(Inode { bytes: bytes.into(), durable: bytes.into(), ..Inode::default() });
        world.names.insert(path.to_owned(), number);
        world.durable_names.insert(path.to_owned(), number);
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// One step; fails when trouble is due.
    fn step(&self) -> io::Result<MutexGuard<'_, World>> {
        let mut world = self.world();
        world.steps += 1;
        let due = world.trouble.iter().find_map(|&(at, trouble)| match trouble {
            Trouble::PowerCut if world.steps >= at => Some(io::Error::other(POWER_IS_OFF)),
            Trouble::Fails(kind) if world.steps == at => Some(kind.into()),
            _ => None,
        });
        due.map_or(Ok(world), Err)
    }
}

impl Inode {
    fn sync(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            change.apply(&mut self.durable);
        }
    }

    fn after_cut(&self, dice: &mut Dice) -> Inode {
        let mut bytes = self.durable.clone();
        for change in &self.pending {
            match (dice.roll(3), change) {
                (0, _) => {}
                (1, Change::Write(at, written)) => {
                    let torn = dice.roll(written.len() as u64 + 1) as usize;
                    write(&mut bytes, *at, &written[..torn]);
                }
                (_, change) => change.apply(&mut bytes),
            }
        }
        Inode { durable: bytes.clone(), bytes, pending: Vec::new(), ..self.clone() }
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Write(at, written) => write(bytes, *at, written),
            Change::Length(length) => bytes.resize(*length as usize, 0),
        }
    }
}

fn write(bytes: &mut Vec<u8>, at: u64, written: &[u8]) {
    let (at, end) = (at as usize, at as usize + written.len());
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[at..end].copy_from_slice(written);
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<PathBuf, u64>) {
        if let Some(gone) = &self.gone {
            names.remove(gone);
        }
        if let Some((path, number)) = &self.new {
            names.insert(path.clone(), *number);
        }
    }
}

impl World {
    fn make(&mut self, inode: Inode) -> u64 {
        self.last_inode += 1;
        self.clock += 1;
        self.inodes.insert(self.last_inode, Inode { modified: self.clock, ..inode });
        self.last_inode
    }

    fn change_names(&mut self, at: &Path, gone: Option<&Path>, new: Option<(&Path, u64)>) {
        let dir = at.parent().unwrap_or(at).to_owned();
        let new = new.map(|(path, number)| (path.to_owned(), number));
        let change = NameChange { dir, gone: gone.map(Path::to_owned), new };
        change.apply(&mut self.names);
        self.pending_names.push(change);
    }

    fn number(&self, path: &Path) -> io::Result<u64> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn must_be_free(&self, path: &Path) -> io::Result<()> {
        match self.names.contains_key(path) {
            true => Err(io::ErrorKind::AlreadyExists.into()),
            false => self.number(path.parent().unwrap_or(path)).map(drop),
        }
    }

    fn stat(&self, number: u64) -> Stat {
        let inode = &self.inodes[&number];
        let kind = if inode.is_dir { Kind::Dir } else { Kind::File };
        Stat { kind, length: inode.bytes.len() as u64, id: FileId { number, modified: inode.modified } }
    }

    fn free(&self) -> Option<u64> {
        let named: std::collections::HashSet<u64> = self.names.values().copied().collect();
        let used: u64 = named.iter().map(|number| self.inodes[number].bytes.len() as u64).sum();
        self.capacity.map(|capacity| capacity.saturating_sub(used))
    }

    /// Fails when a write to `end` would take more than there is.
    fn must_fit(&self, number: u64, end: u64) -> io::Result<()> {
        let more = end.saturating_sub(self.inodes[&number].bytes.len() as u64);
        match self.free().is_some_and(|free| more > free) {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }

    fn change(&mut self, number: u64, change: Change) {
        self.clock += 1;
        let inode = self.inodes.get_mut(&number).expect("open files stay");
        change.apply(&mut inode.bytes);
        inode.modified = self.clock;
        inode.pending.push(change);
    }
}

impl Files for SimulatedDisk {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn OpenFile>> {
        let known = self.world().names.get(path).copied();
        let number = match (known, access) {
            (Some(_), Access::New) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Some(number), Access::Empty) => {
                self.step()?.change(number, Change::Length(0));
                number
            }
            (Some(number), _) => number,
            (None, Access::Read | Access::Change) => return Err(io::ErrorKind::NotFound.into()),
            (None, _) => {
                let mut world = self.step()?;
                world.must_be_free(path)?;
                let number = world.make(Inode::default());
                world.change_names(path, None, Some((path, number)));
                number
            }
        };
        Ok(Box::new(SimulatedFile { disk: self.clone(), number }))
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        let world = self.world();
        Ok(world.names.get(path).map(|&number| world.stat(number)))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.step()?;
        if !world.has_links {
            return Err(io::ErrorKind::Unsupported.into());
        }
        world.must_be_free(to)?;
        let number = world.number(from)?;
        world.change_names(to, None, Some((to, number)));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.step()?;
        let number = world.number(from)?;
        world.change_names(to, Some(from), Some((to, number)));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.step()?;
        world.number(path)?;
        world.change_names(path, Some(path), None);
        Ok(())
    }

    fn create_dir(&self, path: &Path, _private: bool) -> io::Result<()> {
        let mut world = self.step()?;
        world.must_be_free(path)?;
        let number = world.make(Inode { is_dir: true, ..Inode::default() });
        world.change_names(path, None, Some((path, number)));
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let world = self.world();
        let inside = world.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut world = self.step()?;
        let pending = std::mem::take(&mut world.pending_names);
        let (synced, rest): (Vec<_>, Vec<_>) = pending.into_iter().partition(|change| change.dir == dir);
        for change in synced {
            change.apply(&mut world.durable_names);
        }
        world.pending_names = rest;
        Ok(())
    }

    fn free_space(&self, _dir: &Path) -> io::Result<Option<u64>> {
        Ok(self.world().free())
    }

    fn lock(&self, _path: &Path) -> io::Result<LockGuard> {
        Ok(Box::new(()))
    }
}

struct SimulatedFile {
    disk: SimulatedDisk,
    number: u64,
}

impl OpenFile for SimulatedFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let world = self.disk.world();
        let bytes = &world.inodes[&self.number].bytes;
        let from = (offset as usize).min(bytes.len());
        let length = buffer.len().min(bytes.len() - from);
        buffer[..length].copy_from_slice(&bytes[from..from + length]);
        Ok(length)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut world = self.disk.step()?;
        world.must_fit(self.number, offset + bytes.len() as u64)?;
        world.change(self.number, Change::Write(offset, bytes.to_vec()));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let stepped = self.disk.step().map(drop);
        let mut world = self.disk.world();
        let inode = world.inodes.get_mut(&self.number).expect("open files stay");
        match &stepped {
            Ok(()) => inode.sync(),
            // As on Linux: what could not be written is forgotten, and the next sync will not try it again.
            Err(error) if error.to_string() != POWER_IS_OFF => inode.pending.clear(),
            Err(_) => {}
        }
        stepped
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.disk.step()?.change(self.number, Change::Length(length));
        Ok(())
    }
}

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_synced_is_sure_to_survive() {
        let root = Path::new("/r");
        let (mut kept, mut lost) = (0, 0);
        for seed in 1..200 {
            let disk = SimulatedDisk::new(root, true);
            let file = disk.open(&root.join("synced"), Access::New).unwrap();
            file.write_at(b"abc", 0).unwrap();
            file.sync_data().unwrap();
            disk.sync_dir(root).unwrap();
            file.write_at(b"XYZ", 0).unwrap();
            disk.open(&root.join("unsynced"), Access::New).unwrap();
            let found = disk.after_power_cut(seed).tree(root);
            match found["synced"].as_slice() {
                b"XYZ" => kept += 1,
                b"abc" => lost += 1,
                torn => assert!(torn == b"Xbc" || torn == b"XYc", "{torn:?}"),
            }
        }
        assert!(kept > 20 && lost > 20, "both ways must be tried");
    }
}
