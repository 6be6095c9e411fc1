//! Files of random sizes and bytes, and whether two of them are the same.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

use super::chance::Chance;
use crate::steps::Outcome;

/// The largest file of a soak; small ones are as frequent.
const LARGEST: u64 = 48 << 20;

/// A size: empty, small, or anything up to the largest.
pub fn size(chance: &mut Chance) -> u64 {
    match chance.below(6) {
        0 => chance.below(2),
        1 => chance.below(70_000),
        _ => chance.below(LARGEST),
    }
}

/// Writes `size` random bytes.
pub fn write(path: &Path, size: u64, chance: &mut Chance) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    let mut block = vec![0u8; 1 << 20];
    let mut left = size;
    while left > 0 {
        block.chunks_exact_mut(8).for_each(|word| word.copy_from_slice(&chance.next().to_le_bytes()));
        let take = left.min(block.len() as u64) as usize;
        file.write_all(&block[..take])?;
        left -= take as u64;
    }
    Ok(())
}

/// Compares all that arrived with what was sent, copies (`name (2).bin`) too. How many files lie there.
///
/// # Errors
/// Where one is missing, or holds other bytes.
pub fn arrived(sent: &Path, received: &Path) -> Outcome<usize> {
    let (sent_names, names) = (names_in(sent)?, names_in(received)?);
    if let Some(missing) = sent_names.iter().find(|name| !names.contains(name)) {
        return Err(format!("“{missing}” did not arrive; see {}", received.display()));
    }
    for name in &names {
        let original = sent.join(original_name(name));
        if !same(&original, &received.join(name)).map_err(|error| format!("{name}: {error}"))? {
            return Err(format!("“{name}” arrived with other bytes; see {}", received.display()));
        }
    }
    Ok(names.len())
}

fn names_in(folder: &Path) -> Outcome<Vec<String>> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

/// `file 1.bin` for its copy `file 1 (2).bin`.
fn original_name(name: &str) -> String {
    match name.split_once(" (") {
        Some((stem, _)) => format!("{stem}.bin"),
        None => name.to_owned(),
    }
}

/// Whether two files hold the same bytes.
fn same(one: &Path, other: &Path) -> std::io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut a, mut b) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    loop {
        let n = one.read(&mut a)?;
        other.read_exact(&mut b[..n])?;
        if n == 0 || a[..n] != b[..n] {
            return Ok(n == 0);
        }
    }
}
