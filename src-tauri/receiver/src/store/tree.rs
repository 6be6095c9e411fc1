//! The digest of a file that comes in order, in pieces, with restarts between.
//!
//! BLAKE3 hashes a file as a tree. What it has to remember of the bytes before an offset are the values of a few whole
//! subtrees, one for each bit of the number of [`LEAF`]s; they go into the journal with the offset. So an upload that
//! is resumed after a restart reads back less than a leaf of what it holds, however long it is, and the digest of the
//! whole file is known the moment the last byte has come.

use blake3::Hasher;
use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};

use crate::journal::Digest;

/// Bytes of the subtrees that are remembered one by one. A power of two.
pub(crate) const LEAF: u64 = 256 * 1024;

/// The digest of the bytes so far.
#[derive(Clone)]
pub(crate) struct Tree {
    /// Whole subtrees from the left; each is larger than the next.
    stack: Vec<ChainingValue>,
    /// Leaves in the stack.
    leaves: u64,
    /// The last leaf, which may be full: it goes onto the stack when another byte comes.
    last: Hasher,
    /// Bytes in it.
    filled: u64,
}

impl Tree {
    /// Of no bytes.
    pub fn new() -> Tree {
        Tree { stack: Vec::new(), leaves: 0, last: Hasher::new(), filled: 0 }
    }

    /// Where the last leaf of `offset` bytes begins: from there they have to be read again.
    pub fn last_leaf(offset: u64) -> u64 {
        offset.saturating_sub(1) / LEAF * LEAF
    }

    /// The digest that [`Tree::stack`] was taken from, before its last leaf; `None` when it is of another length.
    pub fn before_last_leaf(offset: u64, stack: &[Digest]) -> Option<Tree> {
        let start = Tree::last_leaf(offset);
        let leaves = start / LEAF;
        let stack: Vec<_> = stack.iter().map(|digest| *digest.0.as_bytes()).collect();
        let tree = Tree { stack, leaves, last: leaf_at(start), filled: 0 };
        (tree.stack.len() == leaves.count_ones() as usize).then_some(tree)
    }

    /// What has to be remembered to go on from here.
    pub fn stack(&self) -> Vec<Digest> {
        self.stack.iter().map(|value| Digest((*value).into())).collect()
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.filled == LEAF {
                self.push_last();
            }
            let room = usize::try_from(LEAF - self.filled).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.last.update(now);
            self.filled += now.len() as u64;
            bytes = later;
        }
    }

    /// The full last leaf becomes a subtree, and is merged with those of its size.
    fn push_last(&mut self) {
        let mut value = self.last.finalize_non_root();
        self.leaves += 1;
        for _ in 0..self.leaves.trailing_zeros() {
            let left = self.stack.pop().expect("there is a subtree for each bit of the number of leaves");
            value = merge_subtrees_non_root(&left, &value, Mode::Hash);
        }
        self.stack.push(value);
        (self.last, self.filled) = (leaf_at(self.leaves * LEAF), 0);
    }

    /// Of all bytes that came.
    pub fn digest(&self) -> Digest {
        let Some((first, rest)) = self.stack.split_first() else { return Digest(self.last.finalize()) };
        let last = self.last.finalize_non_root();
        let right = rest.iter().rev().fold(last, |right, left| merge_subtrees_non_root(left, &right, Mode::Hash));
        Digest(merge_subtrees_root(first, &right, Mode::Hash))
    }
}

fn leaf_at(offset: u64) -> Hasher {
    let mut hasher = Hasher::new();
    hasher.set_input_offset(offset);
    hasher
}

#[cfg(test)]
mod tests {
    use super::*;

    const L: usize = LEAF as usize;

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|i| (i * 31 + i / 977) as u8).collect()
    }

    #[test]
    fn the_digest_is_that_of_the_whole_whatever_the_length() {
        for length in [0, 1, 1024, L - 1, L, L + 1, 2 * L, 2 * L + 1, 3 * L, 4 * L, 7 * L + 13, 8 * L, 9 * L] {
            let all = bytes(length);
            let mut tree = Tree::new();
            all.chunks(100_003).for_each(|piece| tree.update(piece));
            assert_eq!(tree.digest(), Digest::of(&all), "{length} bytes");
        }
    }

    #[test]
    fn a_digest_goes_on_from_any_offset_as_if_it_had_never_stopped() {
        let all = bytes(5 * L + 17);
        for offset in [0, 1, L - 1, L, L + 1, 2 * L, 3 * L, 4 * L, 4 * L + 1, 5 * L, 5 * L + 17] {
            let mut before = Tree::new();
            before.update(&all[..offset]);
            let start = Tree::last_leaf(offset as u64) as usize;
            let mut tree = Tree::before_last_leaf(offset as u64, &before.stack()).expect("it is of this length");
            tree.update(&all[start..offset]);
            assert_eq!(tree.stack(), before.stack());
            tree.update(&all[offset..]);
            assert_eq!(tree.digest(), Digest::of(&all), "from {offset}");
        }
    }

    #[test]
    fn what_was_remembered_of_another_length_is_not_gone_on_from() {
        let mut tree = Tree::new();
        tree.update(&bytes(3 * L + 1));
        assert_eq!(tree.stack().len(), 2);
        assert!(Tree::before_last_leaf(2 * LEAF + 1, &tree.stack()).is_none());
        assert!(Tree::before_last_leaf(3 * LEAF + 1, &[]).is_none());
    }
}
