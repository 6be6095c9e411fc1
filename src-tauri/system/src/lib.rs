//! What Carryon asks of the system it runs on: not to fall asleep while bytes move, whether the connection costs by the
//! byte, whether the computer runs on its battery.
//!
//! It keeps the program's log too, and writes reports of faults.
//!
//! Each question is one small function with a file for each system. A system that does not answer (no bus, no service, no
//! battery) is no error: nothing is known then, and nothing is held back for it. [`attend`] asks for an engine.

#![deny(missing_docs)]

mod attend;
mod awake;
#[cfg(target_os = "linux")]
mod bus;
pub mod log;
mod metered;
mod power;
mod report;

pub use attend::{Attendant, attend};
pub use awake::Awake;
pub use log::Log;
pub use metered::metered;
pub use power::{Power, power};
pub use report::report;
