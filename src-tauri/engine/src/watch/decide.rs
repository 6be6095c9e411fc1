//! What is to become of a file in a watched folder, from how it looks and what is known. Pure: no clock, no disk.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use super::Rule;
use crate::{
    records::taken::{Matches, State},
    source::Identity,
    upload::UploadId,
};

/// Milliseconds on a clock that never goes back.
pub(crate) type Moment = u64;

/// How a file looks from outside: what tells a new one from one that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Print {
    pub size: u64,
    pub mtime_ns: i64,
    /// The file's id on its volume, where the system has one. The volume's own id may change when it is mounted again.
    pub file_id: Option<String>,
}

impl Print {
    /// Of what a file was when it was looked at.
    pub fn of(identity: &Identity) -> Self {
        Self { size: identity.size, mtime_ns: identity.mtime_ns, file_id: identity.file_id.clone() }
    }

    /// The same content, as far as size and time tell.
    pub fn looks_like(&self, other: &Self) -> bool {
        (self.size, self.mtime_ns) == (other.size, other.mtime_ns)
    }
}

/// Files that are not taken yet, and since when each looks as it does. At most so many are remembered; the others have their
/// turn when these were taken.
#[derive(Debug)]
pub(crate) struct Stillness {
    files: HashMap<PathBuf, Watched>,
    most: usize,
    look: u64,
}

#[derive(Debug)]
struct Watched {
    print: Print,
    since: Moment,
    look: u64,
}

/// What a look at one file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// It has stood still for long enough.
    Still,
    /// It may have stood still for long enough at this moment.
    Until(Moment),
    /// It has to wait for others.
    Full,
}

impl Stillness {
    /// Remembers at most so many files.
    pub fn of(most: usize) -> Self {
        Self { files: HashMap::new(), most, look: 0 }
    }

    /// A new look at the folder begins.
    pub fn begin(&mut self) {
        self.look += 1;
    }

    /// A file looks so now; it must do so for `steady` milliseconds.
    pub fn look(&mut self, place: &Path, print: &Print, now: Moment, steady: u64) -> Look {
        let look = self.look;
        if let Some(known) = self.files.get_mut(place) {
            known.look = look;
            if known.print != *print {
                (known.print, known.since) = (print.clone(), now);
            }
            let until = known.since.saturating_add(steady);
            return if now >= until { Look::Still } else { Look::Until(until) };
        }
        if self.files.len() >= self.most {
            return Look::Full;
        }
        self.files.insert(place.to_owned(), Watched { print: print.clone(), since: now, look });
        Look::Until(now.saturating_add(steady))
    }

    /// Nothing has to be known of it any more.
    pub fn forget(&mut self, place: &Path) {
        self.files.remove(place);
    }

    /// The look at the whole folder is over: what was not seen is not there.
    pub fn end(&mut self) {
        self.files.retain(|_, watched| watched.look == self.look);
    }

    /// How many files wait.
    pub fn len(&self) -> usize {
        self.files.len()
    }
}

/// What is to become of a file that stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is new: it is sent.
    Take,
    /// It was taken already; whether it had been away meanwhile, or is another file of the same look.
    Known {
        /// Which row.
        seq: i64,
        /// What is known of it has to be set right.
        is_back: bool,
    },
    /// It was taken under another name, or in another folder below.
    Renamed {
        /// Which row.
        seq: i64,
        /// Its upload, where that is not over.
        upload: Option<UploadId>,
    },
    /// It changed before it was whole at the destination: it is sent as it is now.
    Restart {
        /// Which row.
        seq: i64,
        /// Its upload.
        upload: UploadId,
    },
    /// It changed after it was sent, and stays.
    LeaveChanged,
}

/// Judges a file that looks so; `is_still_elsewhere` says whether what is known at another place lies there still, so that
/// this one is a second name of it, or a copy.
pub(crate) fn judge(rule: &Rule, print: &Print, known: &Matches, is_still_elsewhere: bool) -> Verdict {
    if let Some(same) = &known.same {
        let is_back = same.gone || same.print.file_id != print.file_id;
        return Verdict::Known { seq: same.seq, is_back };
    }
    if let (Some(moved), false) = (&known.elsewhere, is_still_elsewhere) {
        let upload = moved.upload.filter(|_| moved.state == State::UnderWay);
        return Verdict::Renamed { seq: moved.seq, upload };
    }
    // What was seen to be away was no earlier state of this file.
    let Some(here) = known.here.as_ref().filter(|here| !here.gone) else { return Verdict::Take };
    match (here.state, here.upload) {
        (State::UnderWay, Some(upload)) => Verdict::Restart { seq: here.seq, upload },
        (State::Growing, _) => Verdict::Take,
        _ if rule.again_when_changed => Verdict::Take,
        _ => Verdict::LeaveChanged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::taken::Taken;

    fn print(size: u64, mtime_ns: i64, id: &str) -> Print {
        Print { size, mtime_ns, file_id: (!id.is_empty()).then(|| id.to_owned()) }
    }

    fn row(seq: i64, print: &Print, state: State) -> Taken {
        let upload = (state == State::UnderWay).then(UploadId::random);
        Taken { seq, place: "a.mov".into(), print: print.clone(), state, upload, gone: false }
    }

    fn here(row: &Taken) -> Matches {
        Matches { here: Some(row.clone()), ..Matches::default() }
    }

    #[test]
    fn a_file_is_still_only_after_it_looked_the_same_for_long_enough() {
        let (mut files, a) = (Stillness::of(10), Path::new("a"));
        let mut look = |size, now| {
            files.begin();
            files.look(a, &print(size, 1, "7"), now, 1000)
        };
        assert_eq!(look(1, 0), Look::Until(1000), "nobody knows how long it has looked so");
        assert_eq!(look(1, 999), Look::Until(1000));
        assert_eq!(look(2, 1000), Look::Until(2000), "it grew: the clock begins anew");
        assert_eq!(look(2, 2000), Look::Still);
        assert_eq!(look(1, 2001), Look::Until(3001), "smaller is a change too");
    }

    #[test]
    fn another_file_of_the_same_name_size_and_time_begins_anew() {
        let (mut files, a) = (Stillness::of(10), Path::new("a"));
        files.look(a, &print(1, 1, "7"), 0, 1000);
        assert_eq!(files.look(a, &print(1, 1, "8"), 1000, 1000), Look::Until(2000));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_what_went_makes_room() {
        let mut files = Stillness::of(2);
        let mut look = |names: &[&str], now| {
            files.begin();
            let looks: Vec<Look> =
                names.iter().map(|name| files.look(Path::new(name), &print(1, 1, ""), now, 10)).collect();
            files.end();
            (looks, files.len())
        };
        assert_eq!(look(&["a", "b", "c"], 0), (vec![Look::Until(10), Look::Until(10), Look::Full], 2));
        assert_eq!(look(&["b", "c"], 5), (vec![Look::Until(10), Look::Full], 1), "what was not seen is forgotten");
        assert_eq!(look(&["b", "c"], 10), (vec![Look::Still, Look::Until(20)], 2), "the next one has its turn");
    }

    #[test]
    fn what_was_taken_is_not_taken_again_also_when_it_was_away_or_its_id_is_another() {
        let seen = print(10, 5, "7");
        for state in [State::Before, State::Growing, State::UnderWay, State::Delivered, State::Dropped] {
            let known = Matches { same: Some(row(1, &seen, state)), here: Some(row(1, &seen, state)), elsewhere: None };
            assert_eq!(judge(&Rule::default(), &seen, &known, false), Verdict::Known { seq: 1, is_back: false });
            let again = judge(&Rule::default(), &print(10, 5, "99"), &known, false);
            assert_eq!(again, Verdict::Known { seq: 1, is_back: true }, "a disk that is mounted again has other ids");
        }
        let away = Taken { gone: true, ..row(1, &seen, State::Delivered) };
        let known = Matches { same: Some(away), ..Matches::default() };
        assert_eq!(judge(&Rule::default(), &seen, &known, false), Verdict::Known { seq: 1, is_back: true });
    }

    #[test]
    fn a_renamed_file_is_the_same_one_and_a_second_name_is_a_second_file() {
        let seen = print(10, 5, "7");
        let taken = row(3, &seen, State::Delivered);
        let known = Matches { elsewhere: Some(taken), ..Matches::default() };
        assert_eq!(judge(&Rule::default(), &seen, &known, false), Verdict::Renamed { seq: 3, upload: None });
        assert_eq!(judge(&Rule::default(), &seen, &known, true), Verdict::Take);
        let under_way = row(4, &seen, State::UnderWay);
        let known = Matches { elsewhere: Some(under_way.clone()), ..Matches::default() };
        let renamed = Verdict::Renamed { seq: 4, upload: under_way.upload };
        assert_eq!(judge(&Rule::default(), &seen, &known, false), renamed, "its upload follows it");
    }

    #[test]
    fn a_change_is_sent_again_only_if_the_rule_says_so_or_it_was_never_whole_there() {
        let (old, new) = (print(10, 5, "7"), print(12, 9, "7"));
        let again = Rule { again_when_changed: true, ..Rule::default() };
        for state in [State::Before, State::Delivered, State::Dropped] {
            let known = here(&row(1, &old, state));
            assert_eq!(judge(&Rule::default(), &new, &known, false), Verdict::LeaveChanged, "{state:?}");
            assert_eq!(judge(&again, &new, &known, false), Verdict::Take, "{state:?}");
        }
        let under_way = row(1, &old, State::UnderWay);
        let restart = Verdict::Restart { seq: 1, upload: under_way.upload.expect("under way") };
        for rule in [Rule::default(), again] {
            assert_eq!(judge(&rule, &new, &here(&under_way), false), restart);
            assert_eq!(judge(&rule, &new, &here(&row(1, &old, State::Growing)), false), Verdict::Take);
        }
    }

    #[test]
    fn a_new_file_under_the_name_of_one_that_went_is_new() {
        let (old, new) = (print(10, 5, "7"), print(12, 9, "8"));
        let went = Taken { gone: true, ..row(1, &old, State::Delivered) };
        assert_eq!(judge(&Rule::default(), &new, &here(&went), false), Verdict::Take);
        assert_eq!(judge(&Rule::default(), &new, &Matches::default(), false), Verdict::Take);
    }
}
