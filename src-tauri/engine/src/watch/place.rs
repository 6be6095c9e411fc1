//! Where a folder may be watched: nowhere that would send anything round in circles, or twice. Pure but for [`real`].

use std::path::{Path, PathBuf};

use crate::{
    error::{Error, ErrorKind},
    upload::DestinationId,
};

/// A watched folder, as far as its place matters. Paths are real ones.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub path: PathBuf,
    pub subfolders: bool,
    pub destination: DestinationId,
}

impl Place {
    /// Whether a file directly in `folder` would be found.
    fn covers(&self, folder: &Path) -> bool {
        folder == self.path || (self.subfolders && folder.starts_with(&self.path))
    }
}

/// The path that a folder has without links, as far as it is there.
pub(crate) fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Why a folder cannot be watched, if it cannot; `received` is where *This computer* puts files, `own` the data folder.
pub(crate) fn refusal(new: &Place, others: &[Place], received: Option<&Path>, own: &Path) -> Option<Error> {
    let shown = new.path.display();
    let refused = |text: String, step: &str| Some(Error::new(ErrorKind::Invalid, text).next_step(step));
    if new.path.starts_with(own) {
        let text = format!("“{shown}” holds Carryon's own records, which cannot be watched");
        return refused(text, "Choose another folder.");
    }
    if received.is_some_and(|received| new.path.starts_with(received) || new.covers(received)) {
        let text = format!(
            "“{shown}” is, or holds, or lies in the folder that Carryon receives into, so files would go in circles"
        );
        return refused(text, "Choose another folder.");
    }
    let overlaps =
        |other: &&Place| new.destination == other.destination && (new.covers(&other.path) || other.covers(&new.path));
    let other = others.iter().find(overlaps)?;
    let text = match other.path == new.path {
        true => format!("“{shown}” is watched for this destination already"),
        false => format!(
            "“{shown}” and the watched folder “{}” share files, which would be sent twice",
            other.path.display()
        ),
    };
    refused(text, "Change or remove that one, choose another folder, or leave the folders below out.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str, subfolders: bool, destination: i64) -> Place {
        Place { path: path.into(), subfolders, destination: DestinationId(destination) }
    }

    fn is_refused(new: &Place, others: &[Place]) -> bool {
        refusal(new, others, Some(Path::new("/home/u/Downloads/Carryon")), Path::new("/home/u/.data")).is_some()
    }

    #[test]
    fn folders_that_share_files_on_their_way_to_one_destination_are_refused() {
        let card = place("/media/card", true, 1);
        for (path, subfolders, refused) in [
            ("/media/card", true, true),
            ("/media/card", false, true),
            ("/media/card/day 1", true, true),
            ("/media/card/day 1", false, true),
            ("/media", true, true),
            ("/media", false, false),
            ("/media/card 2", true, false),
        ] {
            assert_eq!(
                is_refused(&place(path, subfolders, 1), std::slice::from_ref(&card)),
                refused,
                "{path} {subfolders}"
            );
            assert!(
                !is_refused(&place(path, subfolders, 2), std::slice::from_ref(&card)),
                "{path}: another destination"
            );
        }
        let flat = place("/media/card", false, 1);
        assert!(!is_refused(&place("/media/card/day 1", true, 1), &[flat]), "it does not look there");
    }

    #[test]
    fn what_carryon_receives_into_and_its_records_are_refused_whatever_the_destination() {
        for (path, subfolders, refused) in [
            ("/home/u/Downloads/Carryon", false, true),
            ("/home/u/Downloads/Carryon/in", true, true),
            ("/home/u/Downloads", true, true),
            ("/home/u/Downloads", false, false),
            ("/home/u/.data", false, true),
            ("/home/u/footage", true, false),
        ] {
            assert_eq!(is_refused(&place(path, subfolders, 9), &[]), refused, "{path} {subfolders}");
        }
        let text = refusal(&place("/a", true, 1), &[place("/a", true, 1)], None, Path::new("/d")).expect("refused");
        assert!(text.message().contains("watched for this destination already"), "{text}");
    }
}
