//! Changes inputs: a few small changes each, all from one seed.

use std::time::{SystemTime, UNIX_EPOCH};

/// No input grows beyond this, in bytes.
const LONGEST: usize = 64 * 1024;
/// Bytes that often stand where something begins or ends.
const MARKS: &[u8] = b"\0\xff\x7f\x80\n\r\t \"'{}[]:;,=&?%+-./\\0129aZ";
/// Numbers at which something often ends.
const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "-1",
    "255",
    "256",
    "65535",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e999",
    "99999999999999999999999999",
];

/// A seed that nobody chose.
pub(super) fn any_seed() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_nanos() as u64)
}

/// Makes inputs out of others.
pub(super) struct Mutator<'i> {
    inputs: &'i [Vec<u8>],
    tokens: &'i [&'i str],
    dice: Dice,
}

impl<'i> Mutator<'i> {
    pub fn new(inputs: &'i [Vec<u8>], tokens: &'i [&'i str], seed: u64) -> Self {
        Self { inputs, tokens, dice: Dice(seed) }
    }

    /// The next input.
    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.any_input().to_vec();
        for _ in 0..=self.dice.below(5) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn any_input(&mut self) -> &'i [u8] {
        &self.inputs[self.dice.below(self.inputs.len())]
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.dice.below(input.len() + 1);
        match self.dice.below(10) {
            0 => input.truncate(at),
            1 => drop(input.drain(self.range(input.len()))),
            2 => self.splice(input, at),
            3 => self.repeat(input, at),
            4 => self.replace_number(input),
            5 | 6 => self.insert_token(input, at),
            7 => input.insert(at, MARKS[self.dice.below(MARKS.len())]),
            _ if at == input.len() => input.push(self.dice.below(256) as u8),
            8 => input[at] = MARKS[self.dice.below(MARKS.len())],
            _ => input[at] ^= 1 << self.dice.below(8),
        }
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.dice.below(length + 1);
        start..start + self.dice.below((length - start).min(64) + 1)
    }

    /// Goes on as another input does.
    fn splice(&mut self, input: &mut Vec<u8>, at: usize) {
        let other = self.any_input();
        input.truncate(at);
        input.extend_from_slice(&other[self.dice.below(other.len() + 1)..]);
    }

    fn repeat(&mut self, input: &mut Vec<u8>, at: usize) {
        let piece = input[self.range(input.len())].to_vec();
        let most = if self.dice.below(20) == 0 { 300 } else { 3 };
        let times = 1 + self.dice.below(most);
        let room = LONGEST.saturating_sub(input.len());
        let pieces: Vec<u8> = piece.repeat(times).into_iter().take(room).collect();
        input.splice(at..at, pieces);
    }

    fn replace_number(&mut self, input: &mut Vec<u8>) {
        let from = self.dice.below(input.len() + 1);
        let Some(start) = input[from..].iter().position(u8::is_ascii_digit).map(|at| from + at) else { return };
        let length = input[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = NUMBERS[self.dice.below(NUMBERS.len())];
        input.splice(start..start + length, number.bytes());
    }

    fn insert_token(&mut self, input: &mut Vec<u8>, at: usize) {
        let Some(known) = self.tokens.len().checked_sub(1) else { return };
        let token = self.tokens[self.dice.below(known + 1)];
        let end = if self.dice.below(2) == 0 { at } else { (at + token.len()).min(input.len()) };
        input.splice(at..end, token.bytes());
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014): small, and good enough to roll.
struct Dice(u64);

impl Dice {
    /// A number below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_makes_the_same_inputs_again_and_another_makes_others() {
        let inputs = [b"{\"a\": 12}".to_vec(), Vec::new()];
        let made = |seed| {
            let mut mutator = Mutator::new(&inputs, &["\"b\""], seed);
            (0..1000).map(|_| mutator.next()).collect::<Vec<_>>()
        };
        assert_eq!(made(7), made(7));
        assert_ne!(made(7), made(8));
        assert!(made(7).iter().all(|input| input.len() <= LONGEST));
    }
}
