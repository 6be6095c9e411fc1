//! What becomes of a file whose name the destination has already: known before anything is sent, as far as the destination
//! tells which files it holds. Two senders at one moment may still choose one name; then the destination decides.

use std::collections::HashSet;

use crate::{
    destination::{Destination, FinishedFile, Listing},
    error::{Error, ErrorKind, Result},
    settings::NameConflicts,
    source::Found,
};

/// The names that are taken at a destination, folders and all.
#[derive(Debug, Default)]
pub(crate) struct Names {
    policy: NameConflicts,
    taken: HashSet<String>,
}

impl Names {
    /// Asks the destination, where the policy needs to know.
    ///
    /// # Errors
    /// `Invalid` where the destination does not tell, or does not tell all.
    pub async fn ask(policy: NameConflicts, driver: &dyn Destination) -> Result<Self> {
        if policy == NameConflicts::Leave {
            return Ok(Self::default());
        }
        let untold = |text: &str| {
            let step = "Set its session endpoint, or name_conflicts to “leave”.";
            Err(Error::new(ErrorKind::Invalid, text).next_step(step))
        };
        let Some(catalogue) = driver.catalogue() else {
            return untold("Names cannot be compared: this destination does not tell which files it holds");
        };
        let Listing { files, whole } = catalogue.finished_files().await?;
        match whole {
            true => Ok(Self { policy, taken: files.iter().map(place).collect() }),
            false => untold("Names cannot be compared: the destination's list of files cannot be read to its end"),
        }
    }

    /// The name that `file` goes under; none where it is to be left out.
    pub fn choose(&mut self, file: &Found) -> Option<String> {
        let place = |name: &str| match file.relative_path.as_str() {
            "" => name.to_owned(),
            folders => format!("{folders}/{name}"),
        };
        let is_free = |name: &String| !self.taken.contains(&place(name));
        let name = match self.policy {
            NameConflicts::Leave => return Some(file.name.clone()),
            NameConflicts::Skip => Some(file.name.clone()).filter(is_free)?,
            NameConflicts::Rename => {
                let others = (2..).map(|n| numbered(&file.name, n));
                std::iter::once(file.name.clone()).chain(others).find(is_free)?
            }
        };
        self.taken.insert(place(&name));
        Some(name)
    }
}

fn place(file: &FinishedFile) -> String {
    file.location.clone().unwrap_or_else(|| file.name.clone())
}

/// `take (2).mov` for `take.mov`.
pub(crate) fn numbered(name: &str, n: u32) -> String {
    match name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, end)) => format!("{stem} ({n}).{end}"),
        None => format!("{name} ({n})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(policy: NameConflicts, taken: &[&str]) -> Names {
        Names { policy, taken: taken.iter().map(|&name| name.to_owned()).collect() }
    }

    fn file(relative_path: &str, name: &str) -> Found {
        Found { path: name.into(), name: name.into(), relative_path: relative_path.into() }
    }

    #[test]
    fn a_taken_name_is_left_out_or_changed_as_the_user_wants() {
        let taken = ["take.mov", "take (2).mov", "notes"];
        let mut skip = names(NameConflicts::Skip, &taken);
        assert_eq!(skip.choose(&file("", "take.mov")), None);
        assert_eq!(
            skip.choose(&file("day 1", "take.mov")).as_deref(),
            Some("take.mov"),
            "another folder, another file"
        );
        assert_eq!(skip.choose(&file("day 1", "take.mov")), None, "two of one drop cannot both have it");
        let mut rename = names(NameConflicts::Rename, &taken);
        let chosen = ["take.mov", "take.mov", "notes", ".env"].map(|name| rename.choose(&file("", name)));
        let wanted = ["take (3).mov", "take (4).mov", "notes (2)", ".env"].map(|name| Some(name.to_owned()));
        assert_eq!(chosen, wanted);
        assert_eq!(names(NameConflicts::Leave, &taken).choose(&file("", "notes")).as_deref(), Some("notes"));
    }
}
