//! What goes wrong between an upload and its destination, and what must be true all the same.
//!
//! The engine runs in process against the scripted server, or through the fault proxy against the real receiver. Every
//! test follows its uploads to their last event; what arrived is compared by digest, what was asked by the server's log.

#[cfg(target_os = "linux")]
#[path = "faults/bounds.rs"]
mod bounds;
#[cfg(target_os = "linux")]
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/finish.rs"]
mod finish;
#[cfg(unix)]
#[path = "faults/folders.rs"]
mod folders;
#[cfg(target_os = "linux")]
#[path = "faults/names.rs"]
mod names;
#[path = "faults/offline.rs"]
mod offline;
#[path = "faults/order.rs"]
mod order;
#[path = "faults/outbox.rs"]
mod outbox;
#[path = "faults/random.rs"]
mod random;
#[path = "faults/record.rs"]
mod record;
#[path = "faults/resuming.rs"]
mod resuming;
#[path = "faults/secrets.rs"]
mod secrets;
#[cfg(unix)]
#[path = "faults/source.rs"]
mod source;
#[path = "faults/stage.rs"]
mod stage;
#[path = "faults/statuses.rs"]
mod statuses;
#[path = "faults/survey.rs"]
mod survey;
#[path = "faults/trouble.rs"]
mod trouble;
#[path = "faults/wire.rs"]
mod wire;
