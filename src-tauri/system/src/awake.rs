//! Keeping the computer awake: it does not fall asleep by itself while a guard lives. The screen may go dark, and a person
//! who sends it to sleep is obeyed.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod others;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use others as system;

/// Why, as a system may show it.
const WHY: &str = "Files are being uploaded";

/// The computer stays awake while this lives, if the system lets it. To be held by one thread.
pub struct Awake {
    held: Option<system::Held>,
}

impl Awake {
    /// Asks the system to stay awake.
    pub fn hold() -> Self {
        Self { held: system::hold() }
    }

    /// Whether the system agreed.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

impl std::fmt::Debug for Awake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Awake").field("is_held", &self.is_held()).finish()
    }
}
