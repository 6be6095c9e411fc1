//! What is set for everything: it holds at once, for what is under way too, outlives a restart, and makes uploads wait.

#[path = "preferences/faces.rs"]
mod faces;
#[path = "preferences/holds.rs"]
mod holds;
#[path = "preferences/kept.rs"]
mod kept;
#[path = "preferences/running.rs"]
mod running;
#[path = "preferences/stage.rs"]
mod stage;
#[cfg(target_os = "linux")]
#[path = "preferences/system.rs"]
mod system;
