//! The tray under Windows and macOS: part of the system, and always shown.

/// It can be made.
pub fn can_be_made() -> bool {
    true
}

/// It is there; under Windows perhaps among the hidden icons, one click away.
pub fn is_visible() -> bool {
    true
}
