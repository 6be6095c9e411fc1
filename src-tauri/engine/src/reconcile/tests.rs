//! Nothing is ever built on what neither the file nor both sides prove.

use proptest::prelude::*;

use super::*;
use crate::chunk::Completes;

const PLAN: Plan = Plan {
    size: 1000,
    chunk_size: 400,
    completes: Completes::FinishRequest,
    repeatable: false,
    sends_empty: true,
    lanes: 0,
    adapts: false,
};

/// The same in one lane.
const LANE: Plan = Plan { lanes: 1, ..PLAN };

fn row(offset: u64, length: u64, digest: u8, confirmed: bool) -> ChunkRow {
    ChunkRow { offset, length, digest: Some([digest; 32]), confirmed, tag: None, proved: false }
}

fn held(offset: u64, length: u64, digest: u8) -> Held {
    Held { offset, length, digest: Some([digest; 32]) }
}

#[test]
fn what_both_hold_with_one_digest_stays() {
    let stock = by_set(&PLAN, &[row(0, 400, 1, true)], &[held(0, 400, 1)]);
    assert!(stock.held.contains(0, 400) && stock.proofs.is_empty() && stock.forget.is_empty());
}

#[test]
fn what_only_the_record_claims_is_sent_again() {
    let stock = by_set(&PLAN, &[row(0, 400, 1, true), row(400, 400, 2, true)], &[held(0, 400, 1)]);
    assert_eq!(stock.forget, [400], "the destination is right");
}

#[test]
fn another_digest_means_other_bytes_and_is_sent_again() {
    let stock = by_set(&PLAN, &[row(0, 400, 1, true)], &[held(0, 400, 9)]);
    assert_eq!((stock.held.total(), stock.forget), (0, vec![0]));
}

#[test]
fn what_only_the_destination_holds_must_be_proved_by_the_file() {
    let stock = by_set(&PLAN, &[], &[held(800, 200, 3), held(1, 2, 3), held(5000, 400, 3)]);
    let chunk = PLAN.chunk(2);
    assert_eq!(
        stock.proofs,
        [Proof { whole: chunk, digest: [3; 32], keep: chunk, named: true }],
        "foreign cuts are not taken over"
    );
}

#[test]
fn an_offset_inside_an_intended_chunk_is_proved_by_the_whole_of_it() {
    let stock = by_lanes(&LANE, &[row(0, 400, 1, true), row(400, 400, 2, false)], &[500]).expect("covered");
    assert_eq!(stock.held.frontier(), 400);
    let whole = Chunk { index: 1, offset: 400, length: 400 };
    assert_eq!(stock.proofs, [Proof { whole, digest: [2; 32], keep: Chunk { length: 100, ..whole }, named: false }]);
}

#[test]
fn an_offset_below_the_record_takes_the_record_back() {
    let stock = by_lanes(&LANE, &[row(0, 400, 1, true), row(400, 400, 2, true)], &[400]).expect("covered");
    assert_eq!((stock.held.frontier(), stock.forget), (400, vec![400]));
}

#[test]
fn bytes_nobody_can_vouch_for_are_not_built_upon() {
    assert!(by_lanes(&LANE, &[row(0, 400, 1, true)], &[700]).is_err());
}

#[test]
fn a_hole_in_the_record_below_the_offset_is_not_built_upon() {
    let rows = [row(0, 400, 1, true), row(800, 200, 2, true)];
    assert!(by_lanes(&LANE, &rows, &[1000]).is_err(), "nobody knows what the 400 bytes between were");
    let silent = ChunkRow { digest: None, ..row(400, 400, 2, false) };
    assert!(by_lanes(&LANE, &[row(0, 400, 1, true), silent], &[500]).is_err(), "a row without a digest proves nothing");
}

#[test]
fn chunks_that_overlap_are_not_taken_over() {
    let stock = by_set(&PLAN, &[], &[held(0, 400, 1), held(200, 200, 1), held(1000, 0, 1)]);
    assert_eq!(stock.proofs.len(), 1, "bytes would count twice");
}

fn mostly_none() -> impl Strategy<Value = u64> {
    prop_oneof![4 => Just(0), 1 => 0u64..3]
}

/// Rows of chunks of the plan, and of parts of them.
fn any_rows() -> impl Strategy<Value = Vec<ChunkRow>> {
    let row = (mostly_none(), mostly_none(), prop::option::of(0u8..3), any::<bool>());
    prop::collection::btree_map(0u64..3, row, 0..4).prop_map(|rows| {
        let of = |(index, (from, shorter, digest, confirmed)): (u64, (u64, u64, Option<u8>, bool))| {
            let chunk = PLAN.chunk(index);
            let offset = chunk.offset + from * 50;
            let length = chunk.end() - offset - (shorter * 50).min(chunk.end() - offset);
            ChunkRow { offset, length, digest: digest.map(|byte| [byte; 32]), confirmed, tag: None, proved: false }
        };
        rows.into_iter().map(of).collect()
    })
}

/// Chunks of the plan, and ranges that are none.
fn any_held() -> impl Strategy<Value = Vec<Held>> {
    let whole = (0u64..3).prop_map(|index| (PLAN.chunk(index).offset, PLAN.chunk(index).length));
    let edge = prop::sample::select(vec![0u64, 50, 200, 400, 800, 1000, u64::MAX]);
    let range = prop_oneof![3 => whole, 1 => (edge.clone(), edge)];
    let of =
        |((offset, length), digest): ((u64, u64), Option<u8>)| Held { offset, length, digest: digest.map(|b| [b; 32]) };
    prop::collection::vec((range, prop::option::of(0u8..3)).prop_map(of), 0..6)
}

/// Whether the byte is vouched for: both hold it, or the file is asked for it.
fn vouched(stock: &Stock, byte: u64) -> bool {
    let by_proof = stock.proofs.iter().any(|proof| (proof.keep.offset..proof.keep.end()).contains(&byte));
    by_proof || stock.held.contains(byte, byte + 1)
}

proptest! {
    #[test]
    fn what_is_taken_over_from_a_set_is_on_both_sides_or_proved(rows in any_rows(), held in any_held()) {
        let stock = by_set(&PLAN, &rows, &held);
        for row in rows.iter().filter(|row| row.confirmed) {
            let last = held.iter().rev().find(|held| held.offset == row.offset);
            let same = last.is_some_and(|held| held.length == row.length && agree(row.digest, held.digest));
            prop_assert_eq!(!same, stock.forget.contains(&row.offset), "what the record alone claims is forgotten");
        }
        let confirmed = rows.iter().filter(|row| row.confirmed && !stock.forget.contains(&row.offset));
        let both: Ranges = confirmed.map(|row| (row.offset, row.offset + row.length)).collect();
        prop_assert_eq!(&stock.held, &both, "nothing else is held");
        for proof in &stock.proofs {
            prop_assert!(proof.whole == proof.keep && proof.whole == PLAN.chunk(proof.whole.index), "{:?}", proof);
            let told = |held: &Held| held.offset == proof.whole.offset && held.digest == Some(proof.digest);
            prop_assert!(held.iter().any(told), "the digest is the destination's");
        }
    }

    #[test]
    fn every_byte_below_an_offset_is_vouched_for_or_nothing_is_built_on_it(rows in any_rows(), offset in 0u64..=1000) {
        let knows = |byte: u64| {
            let covers = |row: &&ChunkRow| (row.offset..row.offset + row.length).contains(&byte);
            rows.iter().filter(covers).any(|row| row.digest.is_some() || (row.confirmed && row.offset + row.length <= offset))
        };
        match by_lanes(&LANE, &rows, &[offset]) {
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Integrity);
                prop_assert!(!(0..offset).all(knows), "all of it was known");
            }
            Ok(stock) => {
                prop_assert!((0..offset).all(|byte| vouched(&stock, byte)), "{:?}", stock);
                prop_assert!((offset..1000).all(|byte| !vouched(&stock, byte)), "nothing beyond is held: {:?}", stock);
                let beyond = |at: &u64| *at >= offset;
                prop_assert!(stock.forget.iter().all(beyond));
            }
        }
    }

    #[test]
    fn where_nobody_can_be_asked_the_record_speaks(rows in any_rows()) {
        let confirmed = rows.iter().filter(|row| row.confirmed).map(|row| (row.offset, row.offset + row.length));
        prop_assert_eq!(by_record(&rows), Stock { held: confirmed.collect(), ..Stock::default() });
    }
}
