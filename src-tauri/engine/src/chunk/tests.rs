//! Plans and sets of ranges, against what they are to be byte by byte.

use proptest::prelude::*;

use super::*;

fn plan(size: u64, chunk_size: u64) -> Plan {
    Plan {
        size,
        chunk_size,
        completes: Completes::FinishRequest,
        repeatable: true,
        sends_empty: true,
        lanes: 0,
        adapts: false,
    }
}

#[test]
fn chunks_cover_every_byte_once_for_sizes_around_the_boundaries() {
    for size in [0, 1, 399, 400, 401, 800, 1000, 3600] {
        let plan = plan(size, 400);
        let mut at = 0;
        for index in 0..plan.count() {
            let chunk = plan.chunk(index);
            assert_eq!(chunk.offset, at, "chunk {index} of {size} bytes must begin where the last one ended");
            assert!(chunk.length > 0 || size == 0, "only an empty source has an empty chunk");
            at = chunk.end();
        }
        assert_eq!(at, size, "all of {size} bytes must be covered");
    }
}

#[test]
fn an_empty_source_is_one_empty_chunk_until_it_is_confirmed() {
    let plan = plan(0, 400);
    let mut held = Ranges::default();
    assert_eq!(plan.missing(&held).count(), 1);
    held.insert(0, 0);
    assert_eq!(plan.missing(&held).count(), 0, "an empty chunk can be confirmed");
}

#[test]
fn the_wish_follows_the_link_and_stays_below_what_was_refused() {
    assert_eq!(wish(0, false, None), UNKNOWN_LINK);
    assert_eq!(wish(5 << 20, false, None), 20 << 20, "four seconds of a steady link");
    assert_eq!(wish(5 << 20, true, None), 5 << 20, "one second of a link that was cut");
    assert_eq!((wish(1, false, None), wish(u64::MAX, false, None)), (SMALLEST, LARGEST));
    assert_eq!(wish(0, false, Some(1 << 20)), 512 << 10, "half of what was too large");
}

#[test]
fn a_count_limit_forces_larger_chunks_and_an_impossible_size_is_refused() {
    let gib = 1 << 30;
    assert_eq!(choose_size(gib, UNKNOWN_LINK, SMALLEST, u64::MAX, 10_000).expect("fits"), UNKNOWN_LINK);
    let tib = choose_size(1 << 40, UNKNOWN_LINK, SMALLEST, u64::MAX, 10_000).expect("fits");
    assert!(tib.is_multiple_of(1 << 20) && (1u64 << 40).div_ceil(tib) <= 10_000, "{tib}");
    assert!(choose_size(1 << 40, UNKNOWN_LINK, SMALLEST, 1 << 20, 10).is_err(), "must not be cut silently");
}

proptest! {
    #[test]
    fn a_set_of_ranges_holds_exactly_what_was_put_in(ranges in prop::collection::vec((0u64..200, 0u64..40), 0..30)) {
        let set: Ranges = ranges.iter().map(|&(start, length)| (start, start + length)).collect();
        let held = |byte| ranges.iter().any(|&(start, length)| (start..start + length).contains(&byte));
        for byte in 0..240u64 {
            prop_assert_eq!(set.contains(byte, byte + 1), held(byte), "byte {}", byte);
        }
        prop_assert_eq!(set.total(), (0..240).filter(|&byte| held(byte)).count() as u64);
        prop_assert_eq!(set.frontier(), (0..240).take_while(|&byte| held(byte)).count() as u64);
    }

    #[test]
    fn a_chosen_size_is_allowed_and_only_what_no_size_can_carry_is_refused(
        size in any_size(), wish in any_size(), min in 0u64..1 << 30, more in 0u64..1 << 40, count in 0u64..20_000
    ) {
        let max = min + more;
        match choose_size(size, wish, min, max, count) {
            Ok(chosen) => {
                prop_assert!((min.max(1)..=max.max(1)).contains(&chosen), "{} lies outside", chosen);
                prop_assert!(size.div_ceil(chosen) <= count, "{} chunks are too many", size.div_ceil(chosen));
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::TooLarge);
                prop_assert!(size.div_ceil(max.max(1)) > count, "the largest chunks would have fitted");
            }
        }
    }

    #[test]
    fn chunks_of_any_plan_lie_end_to_end(size in any_size(), chunk_size in 1u64..1 << 43, at in any::<u64>()) {
        let plan = plan(size, chunk_size);
        let last = plan.count() - 1;
        let index = at % plan.count();
        let chunk = plan.chunk(index);
        prop_assert_eq!((plan.chunk(0).offset, plan.chunk(last).end()), (0, size));
        prop_assert!(index == last || chunk.end() == plan.chunk(index + 1).offset);
        prop_assert!(chunk.length <= chunk_size && (chunk.length > 0 || size == 0));
        prop_assert!(index == last || chunk.length == chunk_size, "only the last one is shorter");
    }

    #[test]
    fn what_is_held_and_what_is_missing_are_all_and_nothing_held_is_sent_again_from_its_beginning(
        size in 0u64..300, chunk_size in 1u64..60, ranges in prop::collection::vec((0u64..300, 0u64..80), 0..6)
    ) {
        let plan = plan(size, chunk_size);
        let held: Ranges = ranges.iter().map(|&(start, length)| (start, (start + length).min(size.max(start)))).collect();
        let mut all = held.clone();
        for chunk in plan.missing(&held) {
            let whole = plan.chunk(chunk.index);
            prop_assert!(chunk.offset >= whole.offset && chunk.end() == whole.end(), "{:?} is not of its chunk", chunk);
            prop_assert!(size == 0 || !held.contains(chunk.offset, chunk.offset + 1), "its first byte is held");
            prop_assert!(chunk.offset == whole.offset || held.contains(whole.offset, chunk.offset));
            all.insert(chunk.offset, chunk.end());
        }
        prop_assert!(all.contains(0, size), "{:?} and what is missing are not all of {}", held, size);
        prop_assert!(plan.missing(&all).next().is_none());
    }
}

/// Up to 5 TiB, often at a boundary.
fn any_size() -> impl Strategy<Value = u64> {
    let near = (0u32..42, -1i64..=1).prop_map(|(bits, beside)| (1u64 << bits).saturating_add_signed(beside));
    prop_oneof![0u64..5000, near, 0..=5u64 << 40]
}
