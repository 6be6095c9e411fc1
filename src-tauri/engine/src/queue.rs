//! Which upload runs next, and how many at once. Pure.
//!
//! Order is the user's; but where small files wait behind large ones, the last free place is kept for a small one, so
//! that they are not starved. An upload that waits (offline, backoff) gives its place to another, within bounds.

use crate::upload::UploadId;

/// Up to this size a file counts as small.
pub(crate) const SMALL: u64 = 8 * 1024 * 1024;
/// Waiting uploads may stand beside this many times the allowed ones.
const PATIENCE: usize = 4;

/// How much runs at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Files at once.
    pub files: usize,
    /// Chunks of one file at once.
    pub chunks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 3, chunks: 4 }
    }
}

/// An upload that has its turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    pub size: u64,
    pub waiting: bool,
}

/// The next of `queued` (in the user's order) to start beside `running`, if there is room.
pub(crate) fn next(limits: &Limits, running: &[Running], queued: &[(UploadId, u64)]) -> Option<UploadId> {
    let files = limits.files.max(1);
    let busy: Vec<_> = running.iter().filter(|upload| !upload.waiting).collect();
    let large = busy.iter().filter(|upload| upload.size > SMALL).count();
    if busy.len() >= files || running.len() >= files * PATIENCE {
        return None;
    }
    let keep_for_small = files > 1 && large + 1 >= files;
    let first_small = queued.iter().find(|(_, size)| *size <= SMALL);
    match (keep_for_small, first_small) {
        (true, Some((id, _))) => Some(*id),
        _ => queued.first().map(|(id, _)| *id),
    }
}

/// Those of `busy`, in the order in which they began, that are too many for a limit that was lowered: the last.
pub(crate) fn too_many<T>(files: usize, busy: &[T]) -> &[T] {
    busy.get(files.max(1)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LARGE: u64 = SMALL + 1;
    const LIMITS: Limits = Limits { files: 3, chunks: 4 };

    fn running(size: u64) -> Running {
        Running { size, waiting: false }
    }

    #[test]
    fn the_first_in_line_runs_while_there_is_room() {
        let queued = [(UploadId::random(), LARGE), (UploadId::random(), 1)];
        assert_eq!(next(&LIMITS, &[], &queued), Some(queued[0].0));
        assert_eq!(next(&LIMITS, &[running(1), running(1), running(1)], &queued), None);
    }

    #[test]
    fn the_last_place_beside_large_files_goes_to_a_small_one() {
        let queued = [(UploadId::random(), LARGE), (UploadId::random(), 1)];
        let large = [running(LARGE), running(LARGE)];
        assert_eq!(next(&LIMITS, &large, &queued), Some(queued[1].0), "small files must not starve");
        assert_eq!(next(&LIMITS, &large, &queued[..1]), Some(queued[0].0), "a place is not left empty for nobody");
    }

    #[test]
    fn one_place_is_given_in_order() {
        let queued = [(UploadId::random(), LARGE), (UploadId::random(), 1)];
        assert_eq!(next(&Limits { files: 1, chunks: 1 }, &[], &queued), Some(queued[0].0));
    }

    #[test]
    fn who_waits_gives_way_but_not_without_end() {
        let queued = [(UploadId::random(), 1)];
        let waiting = |n| vec![Running { size: 1, waiting: true }; n];
        assert_eq!(next(&LIMITS, &waiting(3), &queued), Some(queued[0].0));
        assert_eq!(next(&LIMITS, &waiting(12), &queued), None);
    }

    #[test]
    fn under_a_lower_limit_the_last_give_way_and_one_always_runs() {
        assert_eq!(too_many(1, &["a", "b", "c"]), ["b", "c"]);
        assert_eq!(too_many(0, &["a", "b"]), ["b"]);
        assert!(too_many(3, &["a", "b", "c"]).is_empty() && too_many(9, &["a"]).is_empty());
    }

    fn any_files() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(prop::sample::select(vec![0, 1, SMALL, LARGE, u64::MAX]), 0..20)
    }

    proptest! {
        #[test]
        fn while_there_is_room_somebody_runs_and_nobody_out_of_turn(
            files in 0usize..6, busy in any_files(), waiting in any_files(), sizes in any_files()
        ) {
            let limits = Limits { files, chunks: 1 };
            let queued: Vec<_> = sizes.iter().map(|&size| (UploadId::random(), size)).collect();
            let of = |waiting| move |&size: &u64| Running { size, waiting };
            let running: Vec<_> = busy.iter().map(of(false)).chain(waiting.iter().map(of(true))).collect();
            let chosen = next(&limits, &running, &queued);
            let room = busy.len() < files.max(1) && running.len() < files.max(1) * PATIENCE;
            prop_assert_eq!(chosen.is_some(), room && !queued.is_empty());
            if let Some(at) = chosen.and_then(|id| queued.iter().position(|(queued, _)| *queued == id)) {
                let passed_over = queued[..at].iter().all(|(_, size)| *size > SMALL);
                prop_assert!(at == 0 || (queued[at].1 <= SMALL && passed_over), "only the first small one may go before");
            }
        }
    }
}
