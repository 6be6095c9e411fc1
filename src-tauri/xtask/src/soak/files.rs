//! Files of random sizes and bytes, and whether two of them are the same.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

use super::chance::Chance;

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

/// Whether two files hold the same bytes.
pub fn same(one: &Path, other: &Path) -> std::io::Result<bool> {
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
