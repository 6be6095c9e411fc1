//! The whole job without a window: sources, records, queue, drivers, events.
//!
//! # The data's way, for one upload
//!
//! [`Engine::add`] takes paths; `source` finds the files in them and what they are; `records` makes each a record, and
//! from there a crash loses nothing. `queue` gives it a turn, `worker` owns it until it rests: the driver begins, or
//! surveys with the recorded ticket; `reconcile` says what follows; `sending` lets chunks leave, `source` streams and
//! hashes them, the driver carries them over the wire. A confirmation becomes a row; when all are committed and the file
//! is proved unchanged, the driver finishes, the record moves into the history, and an [`Event`] goes out.
//!
//! What lies in watched folders comes in by `watch`, by the same records.
//!
//! Deciding is apart from doing: `upload` (states), `chunk` (arithmetic), `reconcile`, `retry`, `queue` and `rate` are pure.

#![deny(missing_docs)]

mod add;
mod chosen;
pub mod chunk;
mod chunk_map;
mod conflicts;
mod data_dir;
pub mod destination;
mod destinations;
pub mod drivers;
mod engine;
mod errands;
pub mod error;
mod event;
mod exchange;
mod expiry;
#[cfg(test)]
mod fuzz;
mod gate;
mod history;
mod inner;
mod listed;
mod live;
mod matching;
mod network;
mod pace;
mod portable;
pub mod preferences;
mod queue;
mod rate;
pub mod receipt;
mod receipts;
mod reconcile;
mod records;
mod retiring;
mod retry;
mod secrets;
mod sending;
pub mod settings;
pub mod socket;
pub mod source;
mod surroundings;
mod this_run;
mod turns;
pub mod upload;
pub mod watch;
mod worker;

pub use add::{AddRequest, Added};
pub use chunk_map::{ChunkMap, MOST_CELLS};
pub use data_dir::data_dir;
pub use destinations::Change;
pub use drivers::{Check, Credentials, HttpOptions};
pub use engine::{Engine, Options, Outcomes};
pub use error::{Error, ErrorKind, Result};
pub use event::{Event, Progress};
pub use exchange::{Caution, Imported, LONGEST_LIST, Plan, Planned};
pub use gate::{AlwaysResume, GateAnswer, Offer, ResumeGate};
pub use history::Watch;
pub use listed::Listed;
pub use pace::{SpeedLimit, Stretch};
pub use portable::{Exported, LONGEST_DOCUMENT};
pub use preferences::{Preferences, Refusal};
pub use queue::Limits;
pub use records::{
    FILE_NAME as RECORDS_FILE, Opened, Records, SetAside, Trouble,
    destinations::{DestinationRow, Memory, THIS_COMPUTER},
    found::{Ending, Page, Place, Search},
    history::Past,
    uploads::Order,
    watches::WatchRow,
};
pub use retiring::Removal;
pub use retry::RetryPolicy;
pub use secrets::Kept;
pub use settings::{DestinationSettings, NameConflicts, ResumePolicy};
pub use source::Problem;
pub use surroundings::Surroundings;
pub use this_run::RunWishes;
pub use upload::{
    AttemptId, BatchId, DestinationId, Failure, Interruption, SourceId, State, UploadId, WaitReason, WatchId,
};
