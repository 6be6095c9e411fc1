//! Receipts that anyone may have written: refused in words, or of one sense, and comparing them ends.

use super::{compare, read};
use crate::{
    error::ErrorKind,
    fuzz::{require_same_again, target},
};

const TOKENS: &[&str] = &[
    "{\"carryon_receipt\":1,",
    "\"size\":",
    "\"chunk_size\":",
    "\"chunks\":[",
    "{\"length\":",
    "\"blake3\":\"",
    "\"chunks_digest\":\"",
    "\"sha256\":\"",
    "\"proof\":{\"level\":",
    "\"server digest\"",
    "\"size only\"",
    "\"read back\"",
    "\"none\"",
    "\"chunks_proved\":",
    "\"whole\":",
    "\"outcome\":\"done\"",
    "\"outcome\":\"marked done\"",
    "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    "18446744073709551615",
    "1e400",
    "\\ud800",
    "null",
    "[",
    "]",
    "{",
    "}",
    ",",
];

fn law(input: &[u8]) {
    let receipt = match read(input) {
        Ok(receipt) => receipt,
        Err(error) => {
            let text = format!("{error}{}", error.advice());
            assert!(
                error.kind() == ErrorKind::Invalid && text.len() < 500 && !text.contains(char::is_control),
                "{text:?}"
            );
            return;
        }
    };
    require_same_again(&receipt);
    assert!(receipt.proof.level <= receipt.judge(), "no more is claimed than is named");
    let total: u64 = receipt.chunks.iter().map(|part| part.length).sum();
    assert!(receipt.chunks.is_empty() || total == receipt.size);
    // The file itself may end early, wherever the receipt says that it ends.
    for bytes in [&b""[..], input] {
        let found = compare(&receipt, receipt.size, &mut &*bytes, true).expect("memory can be read");
        let short = (bytes.len() as u64) < receipt.size;
        assert!(!short || !receipt.names_content() || !found.is_equal(), "what is missing is no part of it");
        assert!(found.differing.windows(2).all(|two| two[0].end < two[1].start), "neighbours are told as one");
        assert!(found.differing.iter().all(|range| range.start <= range.end && range.end <= receipt.size));
    }
}

#[test]
fn a_receipt_is_refused_in_words_or_claims_what_it_names() {
    target("receipts", TOKENS, 1).run(law);
}
