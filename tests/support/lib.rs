//! What the tests share: real programs to start and kill, files with known bytes, the receiver's own log.

#[cfg(target_os = "linux")]
pub mod disk;
pub mod engine;
pub mod files;
pub mod log;
pub mod npm_tus;
pub mod programs;
pub mod proxy;
pub mod script;
pub mod scripted;
pub mod scripted_tus;
pub mod set_up;
#[cfg(target_os = "linux")]
pub mod system_bus;
pub mod tus;
