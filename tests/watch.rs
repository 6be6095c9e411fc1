//! Watched folders, from the command line to the receiver's disk: what is new and finished arrives, whole and once.

#[path = "watch/crashes.rs"]
mod crashes;
#[path = "watch/files.rs"]
mod files;
#[path = "watch/folders.rs"]
mod folders;
#[path = "watch/rules.rs"]
mod rules;
#[path = "watch/stage.rs"]
mod stage;
