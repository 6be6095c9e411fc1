//! Linux: NetworkManager's own judgement, guesses included.

use crate::bus;

const NETWORK_MANAGER: bus::Place<'_> =
    ("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager");

pub fn metered() -> Option<bool> {
    let value = bus::property(&bus::system()?, NETWORK_MANAGER, "Metered")?;
    judge(u32::try_from(value).ok()?)
}

/// `NMMetered`: 0 unknown, 1 yes, 2 no, 3 probably, 4 probably not.
fn judge(metered: u32) -> Option<bool> {
    match metered {
        1 | 3 => Some(true),
        2 | 4 => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn guesses_count_and_what_is_unknown_stays_so() {
        assert_eq!([0, 1, 2, 3, 4, 9].map(judge), [None, Some(true), Some(false), Some(true), Some(false), None]);
    }
}
