//! The rule of a watched folder: which of its files are taken, and when. Pure.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Endings of names under which other programs write what they rename when it is whole.
const UNFINISHED: [&str; 10] =
    [".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".tmp", ".temp", ".swp", "~"];
/// Beginnings of names that are nobody's files: locks and drafts of office programs.
const BESIDE: [&str; 3] = [".", "~$", "~wrl"];
/// Where files go that were sent, if the rule says so.
pub const SENT: &str = "Sent";
/// The most patterns of one kind, and the longest one in characters.
const MOST: (usize, usize) = (100, 500);

/// Which files of a watched folder are taken, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// The folders in it are watched too.
    pub subfolders: bool,
    /// Only files whose name, or path below the folder, fits one of these patterns; none for all files.
    pub include: Vec<String>,
    /// No file or folder whose name, or path below the folder, fits one of these patterns.
    pub exclude: Vec<String>,
    /// Hidden files, and names that other programs use for what is not finished, are taken too.
    pub all_names: bool,
    /// How many seconds size and time of a file must have stood still.
    pub steady_seconds: u32,
    /// What lies there when the folder is added is sent too.
    pub existing: bool,
    /// A file that changes after it was sent is sent again.
    pub again_when_changed: bool,
    /// A file that arrived is moved into the folder *Sent*.
    pub move_sent: bool,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            subfolders: true,
            include: Vec::new(),
            exclude: Vec::new(),
            all_names: false,
            steady_seconds: 10,
            existing: false,
            again_when_changed: false,
            move_sent: false,
        }
    }
}

impl Rule {
    /// Sees whether it makes sense.
    ///
    /// # Errors
    /// `Invalid`, with a sentence about what does not.
    pub fn check(&self) -> Result<()> {
        if !(1..=86_400).contains(&self.steady_seconds) {
            let text = "A file must have stood still for at least a second and at most a day";
            return Err(Error::new(ErrorKind::Invalid, text));
        }
        Names::of(self).map(drop)
    }

    /// How long size and time of a file must have stood still, in milliseconds.
    pub(crate) fn steady_millis(&self) -> u64 {
        u64::from(self.steady_seconds) * 1000
    }
}

/// The names that a rule lets through, ready to be compared. Letter case does not count.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    include: Option<GlobSet>,
    exclude: GlobSet,
    all_names: bool,
    leaves_out_sent: bool,
}

impl Names {
    /// Reads a rule's patterns.
    ///
    /// # Errors
    /// `Invalid`, naming the pattern that makes no sense.
    pub fn of(rule: &Rule) -> Result<Self> {
        let include = if rule.include.is_empty() { None } else { Some(set(&rule.include)?) };
        let (all_names, leaves_out_sent) = (rule.all_names, rule.move_sent);
        Ok(Self { include, exclude: set(&rule.exclude)?, all_names, leaves_out_sent })
    }

    /// Whether hidden files are taken too.
    pub fn takes_hidden(&self) -> bool {
        self.all_names
    }

    /// Whether a folder is to be looked into; `place` is its path below the watched one, with `/` between names.
    pub fn take_folder(&self, place: &str) -> bool {
        let is_sent = self.leaves_out_sent && place == SENT;
        !is_sent && !self.is_left_out(place)
    }

    /// Whether a file is taken, in a folder that is; `place` as above.
    pub fn take_file(&self, place: &str) -> bool {
        let name = name_of(place);
        let is_wanted = self.include.as_ref().is_none_or(|wanted| wanted.is_match(place) || wanted.is_match(name));
        is_wanted && !self.is_left_out(place) && (self.all_names || !is_unfinished(name))
    }

    fn is_left_out(&self, place: &str) -> bool {
        let name = name_of(place);
        let is_beside = !self.all_names && is_beside(name);
        is_beside || self.exclude.is_match(place) || self.exclude.is_match(name)
    }
}

fn name_of(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or(place)
}

fn is_beside(name: &str) -> bool {
    let name = name.to_lowercase();
    BESIDE.iter().any(|beginning| name.starts_with(beginning))
}

fn is_unfinished(name: &str) -> bool {
    let name = name.to_lowercase();
    UNFINISHED.iter().any(|end| name.ends_with(end))
}

fn set(patterns: &[String]) -> Result<GlobSet> {
    let wrong = |pattern: &str, why: String| {
        let text = format!("The pattern “{pattern}” makes no sense: {why}");
        Error::new(ErrorKind::Invalid, text).next_step("Write it as *.mov, or as raw/*.dng.")
    };
    if let Some(extra) = patterns.get(MOST.0) {
        return Err(wrong(extra, format!("there are more than {} of them", MOST.0)));
    }
    let mut all = GlobSetBuilder::new();
    for pattern in patterns {
        let trimmed = pattern.trim();
        if trimmed.is_empty() || trimmed.chars().count() > MOST.1 {
            return Err(wrong(pattern, "it is empty, or too long".to_owned()));
        }
        let mut glob = GlobBuilder::new(trimmed);
        let glob = glob.case_insensitive(true).literal_separator(true).build();
        all.add(glob.map_err(|error| wrong(pattern, error.kind().to_string()))?);
    }
    all.build().map_err(|error| wrong(&patterns.join(", "), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(rule: Rule) -> Names {
        Names::of(&rule).expect("a rule that makes sense")
    }

    fn patterns(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn what_is_hidden_or_unfinished_is_left_out_unless_it_is_asked_for() {
        let usual = names(Rule::default());
        let left = [".a.mov", "a.mov.part", "A.CRDOWNLOAD", "~$report.docx", "b.tmp", "x/.hidden", "x/c.swp", "d~"];
        for place in left {
            assert!(!usual.take_file(place), "{place}");
            assert!(names(Rule { all_names: true, ..Rule::default() }).take_file(place), "{place}");
        }
        assert!(!usual.take_folder(".git") && usual.take_folder("day 1.tmp"));
        for place in ["a.mov", "part", "tmp", "x/y/template.mov", "a.part.mov", "naïve.MOV"] {
            assert!(usual.take_file(place), "{place}");
        }
    }

    #[test]
    fn patterns_fit_names_anywhere_and_paths_from_the_folder_on_in_any_letter_case() {
        let some = names(Rule {
            include: patterns(&["*.mov", "stills/*.{jpg,dng}"]),
            exclude: patterns(&["proxies", "*_low.mov", "raw/**"]),
            ..Rule::default()
        });
        for place in ["a.MOV", "x/b.mov", "Stills/c.JPG"] {
            assert!(some.take_file(place), "{place}");
        }
        for place in ["a.wav", "x/stills/c.jpg", "stills/x/c.jpg", "x/a_low.mov", "raw/a.mov", "c.jpg"] {
            assert!(!some.take_file(place), "{place}");
        }
        assert!(!some.take_folder("x/Proxies") && some.take_folder("x"));
    }

    #[test]
    fn the_folder_sent_is_left_out_only_where_files_are_moved_there() {
        let moving = names(Rule { move_sent: true, ..Rule::default() });
        assert!(!moving.take_folder("Sent") && moving.take_folder("x/Sent") && moving.take_folder("sent too"));
        assert!(names(Rule::default()).take_folder("Sent"));
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_refused_by_name() {
        for pattern in ["[", "", "  ", "a{b", "[z-a]"] {
            let refused = Rule { include: patterns(&[pattern]), ..Rule::default() }.check().expect_err("nonsense");
            assert!(refused.message().contains(pattern), "{refused}");
        }
        for seconds in [0, 86_401] {
            assert!(Rule { steady_seconds: seconds, ..Rule::default() }.check().is_err(), "{seconds}");
        }
        Rule::default().check().expect("the default makes sense");
    }
}
