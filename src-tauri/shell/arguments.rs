//! What the program is started with: files to send, where the records live, and whether it stays out of sight.

use std::path::{Path, PathBuf};

use clap::Parser;
use url::Url;

use crate::deep_link;

/// Uploads large files and never makes anyone start over.
#[derive(Debug, Default, Parser)]
#[command(name = "carryon-app", version)]
pub(crate) struct Arguments {
    /// Files and folders to send, or links (carryon://send?path=…) that ask to.
    pub paths: Vec<PathBuf>,
    /// Ask before anything is sent, and where to.
    #[arg(long)]
    pub ask: bool,
    /// The folder of the records [default: the user's own; CARRYON_DATA_DIR sets another].
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where “This computer” keeps what it receives.
    #[arg(long, value_name = "DIR")]
    pub receive_dir: Option<PathBuf>,
    /// Start into the tray, without a window.
    #[arg(long)]
    pub hidden: bool,
}

/// What a start asks for, of this process or of one that runs already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Handed {
    /// Files and folders to send.
    pub paths: Vec<PathBuf>,
    /// Links that ask to send some.
    pub links: Vec<String>,
    /// The user is asked before files are sent.
    pub ask: bool,
    /// The window is not wanted.
    pub hidden: bool,
}

impl Arguments {
    /// What this process was started for.
    pub fn own(&self) -> Handed {
        self.seen_from(&std::env::current_dir().unwrap_or_default())
    }

    /// What another process was started for, seen from where that was. Nothing else of it is obeyed.
    pub fn handed(argv: Vec<String>, cwd: &Path) -> Handed {
        Self::try_parse_from(argv).unwrap_or_default().seen_from(cwd)
    }

    fn seen_from(&self, cwd: &Path) -> Handed {
        let link = |given: &PathBuf| given.to_str().filter(|text| deep_link::is_link(text)).map(str::to_owned);
        let files = self.paths.iter().filter(|given| link(given).is_none());
        Handed {
            paths: files.map(|given| path(given, cwd)).collect(),
            links: self.paths.iter().filter_map(link).collect(),
            ask: self.ask,
            hidden: self.hidden,
        }
    }

    /// The folder of the records, where it is not the user's own.
    pub fn moved_data_dir(&self) -> Option<PathBuf> {
        let set = std::env::var_os("CARRYON_DATA_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
        self.data_dir.clone().or(set).map(absolute)
    }

    /// Where what is received goes, where that was said.
    pub fn moved_receive_dir(&self) -> Option<PathBuf> {
        self.receive_dir.clone().map(absolute)
    }
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// A path as it was given, or as a file manager gives it: as a `file:` address.
fn path(given: &Path, cwd: &Path) -> PathBuf {
    let address = given.to_str().filter(|text| text.starts_with("file:")).and_then(|text| Url::parse(text).ok());
    match address.and_then(|address| address.to_file_path().ok()) {
        Some(path) => path,
        None => cwd.join(given),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed(argv: &[&str]) -> Handed {
        let argv = std::iter::once("carryon-app").chain(argv.iter().copied()).map(str::to_owned);
        Arguments::handed(argv.collect(), Path::new("/home/u"))
    }

    #[test]
    fn a_second_starts_files_are_seen_from_its_own_folder_and_nothing_else_is_obeyed() {
        let paths = handed(&["--data-dir", "/elsewhere", "take.mov", "/abs/b.mov"]).paths;
        assert_eq!(paths, [PathBuf::from("/home/u/take.mov"), PathBuf::from("/abs/b.mov")]);
        assert_eq!(handed(&["--nonsense"]), Handed::default());
        assert!(handed(&["--hidden"]).hidden);
    }

    #[test]
    fn a_link_is_no_file() {
        let both = handed(&["--ask", "carryon://send?path=/a", "b.mov"]);
        assert_eq!(both.links, ["carryon://send?path=/a"]);
        assert_eq!((both.paths, both.ask), (vec![PathBuf::from("/home/u/b.mov")], true));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_manager_may_name_a_file_by_its_address() {
        let paths = handed(&["file:///m/caf%C3%A9%20%231.mov", "file://elsewhere/a.mov", "file:b.mov"]).paths;
        assert_eq!(paths[0], PathBuf::from("/m/café #1.mov"));
        assert_eq!(
            paths[1],
            PathBuf::from("/home/u/file://elsewhere/a.mov"),
            "another computer's file is none of ours"
        );
    }
}
