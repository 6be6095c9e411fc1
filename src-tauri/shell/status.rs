//! How all uploads stand together, for the tray and the taskbar. Pure but for the language.

use carryon_engine::{Listed, State};

use crate::{
    amounts,
    words::{say, say_with},
};

/// What the desktop shows of all uploads at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Under way, or waiting for their turn.
    pub active: usize,
    /// Of these, how many do not wait for a better time.
    pub moving: usize,
    /// At rest, and only a word is missing for them to go on.
    pub resumable: usize,
    /// At rest until a person did something.
    pub attention: usize,
    /// Confirmed bytes of those that are under way, and of those that arrived since something last was not.
    confirmed: u64,
    /// Their size.
    size: u64,
    bytes_per_second: f64,
}

/// What the icon says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing is under way.
    Idle,
    /// Something is.
    Uploading,
    /// Something could go on.
    Paused,
    /// Something needs a person.
    Attention,
}

impl Status {
    /// How `listed` stand; `delivered` bytes arrived already in this go.
    pub fn of(listed: &[Listed], delivered: u64) -> Self {
        let mut status = Self { confirmed: delivered, size: delivered, ..Self::default() };
        for Listed { upload, bytes_per_second, .. } in listed {
            match upload.state {
                State::Done => {}
                State::Paused | State::Interrupted { .. } => status.resumable += 1,
                ref state if state.is_resting() => status.attention += 1,
                _ => {
                    status.active += 1;
                    status.moving += usize::from(!matches!(upload.state, State::Waiting { .. }));
                    status.confirmed = status.confirmed.saturating_add(upload.confirmed);
                    status.size = status.size.saturating_add(upload.size);
                    status.bytes_per_second += bytes_per_second.unwrap_or(0.0);
                }
            }
        }
        status
    }

    /// What the icon says of it.
    pub fn look(&self) -> Look {
        match self {
            Self { active: 1.., .. } => Look::Uploading,
            Self { attention: 1.., .. } => Look::Attention,
            Self { resumable: 1.., .. } => Look::Paused,
            _ => Look::Idle,
        }
    }

    /// Whole percents of what is under way, rounded down; none where nothing is.
    pub fn percent(&self) -> Option<u64> {
        let percent = u128::from(self.confirmed) * 100 / u128::from(self.size.max(1));
        (self.active > 0).then(|| u64::try_from(percent).map_or(100, |percent| percent.min(100)))
    }

    /// All of it in one line: "3 uploads, 42 %, 12 MB/s, 5 min left".
    pub fn line(&self) -> String {
        let count = |count: usize| [("count", count.into())];
        match self.look() {
            Look::Uploading => self.under_way(),
            Look::Attention => say_with("tray-attention", count(self.attention)),
            Look::Paused => say_with("tray-resumable", count(self.resumable)),
            Look::Idle => say("tray-idle"),
        }
    }

    fn under_way(&self) -> String {
        let percent = self.percent().unwrap_or(0);
        let mut parts = vec![
            say_with("tray-uploads", [("count", self.active.into())]),
            say_with("amount-percent", [("count", percent.into())]),
        ];
        if self.bytes_per_second >= 1.0 {
            let rate = amounts::bytes(self.bytes_per_second as u64);
            parts.push(say_with("amount-rate", [("bytes", rate.into())]));
            let left = self.size.saturating_sub(self.confirmed) as f64 / self.bytes_per_second;
            parts.push(say_with("amount-left", [("time", amounts::duration(left.ceil() as u64).into())]));
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn one_line_says_how_far_all_of_it_is_and_how_long_it_takes() {
        words::set_language(Some("en"));
        let status = Status { active: 3, confirmed: 42, size: 100, ..Status::default() };
        assert_eq!(status.line(), "3 uploads, 42 %", "a speed that nobody knows is not made up");
        let moving = Status { size: 6_206_896_551, confirmed: 2_606_900_000, bytes_per_second: 12e6, ..status };
        assert_eq!(moving.line(), "3 uploads, 42 %, 12 MB/s, 5 min left");
    }

    #[test]
    fn what_is_under_way_is_said_before_what_needs_a_person_before_what_could_go_on() {
        words::set_language(Some("en"));
        let all = Status { active: 1, resumable: 2, attention: 3, ..Status::default() };
        assert_eq!((all.look(), all.line().as_str()), (Look::Uploading, "1 upload, 0 %"));
        let resting = Status { active: 0, ..all };
        assert_eq!((resting.look(), resting.line().as_str()), (Look::Attention, "3 uploads need you"));
        let resumable = Status { attention: 0, ..resting };
        assert_eq!((resumable.look(), resumable.line().as_str()), (Look::Paused, "2 uploads can be resumed"));
        assert_eq!(Status::default().line(), "Nothing is under way");
        assert_eq!(Status::default().percent(), None);
    }

    #[test]
    fn the_percents_are_those_of_the_whole_go_and_never_pass_100() {
        let full = Status { active: 1, confirmed: u64::MAX, size: u64::MAX - 1, ..Status::default() };
        assert_eq!(full.percent(), Some(100));
        let empty = Status { active: 1, ..Status::default() };
        assert_eq!(empty.percent(), Some(0), "an empty file is on its way too");
        assert_eq!(Status::of(&[], 7).percent(), None, "what has arrived is not under way");
    }
}
