//! Holding a file against a receipt, in one ordered pass and in flat memory.

use std::{
    io::{self, Read},
    ops::Range,
};

use sha2::Digest as _;

use super::Receipt;
use crate::{chunk::Digest, source::BLOCK};

/// What came of holding a file against a receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Bytes in the file.
    pub size: u64,
    /// Whether that is the receipt's size.
    pub same_size: bool,
    /// The chunks whose bytes differ, neighbours joined; only looked for where the size is the same.
    pub differing: Vec<Range<u64>>,
    /// A digest of the whole differs: the file's, or the one over its chunks' digests.
    pub whole_differs: bool,
    /// The file's own BLAKE3; none where it was not read.
    pub blake3: Option<Digest>,
    /// The file's own SHA-256, where it was asked for or the receipt names one.
    pub sha256: Option<Digest>,
}

impl Comparison {
    /// Whether nothing differs.
    pub fn is_equal(&self) -> bool {
        self.same_size && self.differing.is_empty() && !self.whole_differs
    }
}

/// Compares `size` bytes of `file` with `receipt`. A file of another size is not read, unless its SHA-256 is wanted.
///
/// # Errors
/// Where the file cannot be read; one that ends early differs from there on.
pub fn compare(receipt: &Receipt, size: u64, file: &mut impl Read, sha256: bool) -> io::Result<Comparison> {
    let same_size = size == receipt.size;
    let mut comparison = Comparison { size, same_size, ..Comparison::default() };
    if !same_size && !sha256 {
        return Ok(comparison);
    }
    let mut pass = Pass::new(file, sha256 || receipt.sha256.is_some());
    match same_size {
        true => compare_parts(receipt, &mut pass, &mut comparison)?,
        false => drop(pass.part(size)?),
    }
    let (blake3, sha256) = pass.end();
    let differs = |theirs: Option<super::Hex>, own: Option<Digest>| theirs.is_some_and(|theirs| Some(theirs.0) != own);
    comparison.whole_differs |= differs(receipt.blake3, Some(blake3)) || differs(receipt.sha256, sha256);
    (comparison.blake3, comparison.sha256) = (Some(blake3), sha256);
    Ok(comparison)
}

fn compare_parts(receipt: &Receipt, pass: &mut Pass<'_, impl Read>, comparison: &mut Comparison) -> io::Result<()> {
    let mut at = 0;
    for part in &receipt.chunks {
        if pass.part(part.length)? != Some(part.blake3.0) {
            note(&mut comparison.differing, at..at + part.length);
        }
        at += part.length;
    }
    let mut over = blake3::Hasher::new();
    while at < receipt.size {
        let length = receipt.chunk_size.clamp(1, receipt.size - at);
        let Some(digest) = pass.part(length)? else {
            note(&mut comparison.differing, at..receipt.size);
            return Ok(());
        };
        over.update(&digest);
        at += length;
    }
    let over = over.finalize();
    comparison.whole_differs = receipt.chunks_digest.is_some_and(|theirs| theirs.0 != *over.as_bytes());
    Ok(())
}

fn note(differing: &mut Vec<Range<u64>>, range: Range<u64>) {
    match differing.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => differing.push(range),
    }
}

/// One pass over the file, which hashes the whole beside its parts.
struct Pass<'f, R> {
    file: &'f mut R,
    buffer: Vec<u8>,
    whole: blake3::Hasher,
    sha256: Option<sha2::Sha256>,
}

impl<'f, R: Read> Pass<'f, R> {
    fn new(file: &'f mut R, sha256: bool) -> Self {
        Self { file, buffer: vec![0; BLOCK], whole: blake3::Hasher::new(), sha256: sha256.then(sha2::Sha256::new) }
    }

    /// The digest of the next `length` bytes; none where the file ends before.
    fn part(&mut self, length: u64) -> io::Result<Option<Digest>> {
        let mut hasher = blake3::Hasher::new();
        let mut left = length;
        while left > 0 {
            let take = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
            let block = match self.file.read(&mut self.buffer[..take]) {
                Ok(0) => return Ok(None),
                Ok(read) => &self.buffer[..read],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hasher.update(block);
            self.whole.update(block);
            self.sha256.iter_mut().for_each(|sha256| sha256.update(block));
            left -= block.len() as u64;
        }
        Ok(Some(*hasher.finalize().as_bytes()))
    }

    fn end(self) -> (Digest, Option<Digest>) {
        (*self.whole.finalize().as_bytes(), self.sha256.map(|sha256| sha256.finalize().into()))
    }
}
