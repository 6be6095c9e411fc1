//! What the program is started with: files to send, and where the records live.

use std::path::{Path, PathBuf};

use clap::Parser;

/// Uploads large files and never makes anyone start over.
#[derive(Debug, Default, Parser)]
#[command(name = "carryon-app", version)]
pub(crate) struct Arguments {
    /// Files and folders to send.
    pub paths: Vec<PathBuf>,
    /// The folder of the records [default: the user's own; CARRYON_DATA_DIR sets another].
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where “This computer” keeps what it receives.
    #[arg(long, value_name = "DIR")]
    pub receive_dir: Option<PathBuf>,
}

impl Arguments {
    /// The paths, seen from where this process was started.
    pub fn absolute_paths(&self) -> Vec<PathBuf> {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        self.paths.iter().map(absolute).collect()
    }

    /// The paths among another process's arguments, seen from where that one was started. Nothing else of it is obeyed.
    pub fn paths_of(argv: Vec<String>, cwd: &Path) -> Vec<PathBuf> {
        let given = Self::try_parse_from(argv).unwrap_or_default();
        given.paths.into_iter().map(|path| cwd.join(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_starts_files_are_seen_from_its_own_folder_and_nothing_else_is_obeyed() {
        let argv = ["carryon-app", "--data-dir", "/elsewhere", "take.mov", "/abs/b.mov"].map(str::to_owned);
        let paths = Arguments::paths_of(argv.to_vec(), Path::new("/home/u"));
        assert_eq!(paths, [PathBuf::from("/home/u/take.mov"), PathBuf::from("/abs/b.mov")]);
        assert!(Arguments::paths_of(vec!["carryon-app".into(), "--nonsense".into()], Path::new("/")).is_empty());
    }
}
