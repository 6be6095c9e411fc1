//! Files with known bytes.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

use rand::{Rng, SeedableRng, rngs::SmallRng};

/// Writes `size` bytes that follow from `seed`.
pub fn random_file(path: &Path, size: u64, seed: u64) {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).expect("the folder can be made");
    }
    let mut random = SmallRng::seed_from_u64(seed);
    let mut file = File::create(path).expect("the file can be made");
    let mut block = vec![0; 1 << 20];
    let mut left = size;
    while left > 0 {
        let take = left.min(block.len() as u64) as usize;
        random.fill_bytes(&mut block[..take]);
        file.write_all(&block[..take]).expect("the file can be written");
        left -= take as u64;
    }
}

/// The BLAKE3 digest of a file, in hex.
pub fn digest(path: &Path) -> String {
    let mut file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block).expect("the file can be read") {
            0 => return hasher.finalize().to_hex().to_string(),
            n => drop(hasher.update(&block[..n])),
        }
    }
}

/// All files below `folder` (without what lies under `.carryon`), relative, sorted.
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            let relative = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
            match path.is_dir() {
                true if relative != ".carryon" => folders.push(path),
                true => {}
                false => found.push(relative),
            }
        }
    }
    found.sort();
    found
}

/// A seed for this run, printed so that a failure can be repeated: `CARRYON_SEED` sets it.
pub fn seed(test: &str) -> u64 {
    let set = std::env::var("CARRYON_SEED").ok().and_then(|text| text.parse().ok());
    let seed = set.unwrap_or_else(rand::random);
    println!("{test}: CARRYON_SEED={seed}");
    seed
}
