//! Watched folders: what is new in them and finished is uploaded by rule, each file once.
//!
//! `scan` looks at a folder, `decide` says what is to become of a file (pure, the time is an argument), `take` makes its
//! upload's record and its own note in one commit, `care` follows what was taken. `ears` hears that something stirs and only
//! hastens the next look. `folder` goes from look to look; `keeper` keeps one of these for each folder, in the process that owns
//! the records and was asked to ([`crate::Engine::watch_folders`]).
//!
//! Always true: a file is new until the commit that also holds its upload's record. So a crash at any moment loses none and
//! takes none twice; what was under way goes on by itself.

mod care;
mod decide;
mod ears;
mod folder;
mod keeper;
mod manage;
mod news;
mod place;
mod rule;
mod scan;
mod system;
mod take;

use std::time::Duration;

pub(crate) use decide::Print;
pub(crate) use keeper::keep;
pub(crate) use manage::require_place;
pub use manage::{NewWatch, Watcher};
pub(crate) use news::Watching;
pub use news::{Watch, WatchNews, WatchState};
pub use rule::{Rule, SENT};

/// How often watched folders are looked at.
#[derive(Clone, Copy, Debug)]
pub struct WatchPace {
    /// At least so often, also where nothing is heard of them.
    pub scan_every: Duration,
    /// At most so often, however much stirs.
    pub least_pause: Duration,
}

impl Default for WatchPace {
    fn default() -> Self {
        Self { scan_every: Duration::from_secs(60), least_pause: Duration::from_secs(1) }
    }
}
