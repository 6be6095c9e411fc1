//! Whether the connection costs by the byte, or is to be spared: a phone's, a train's.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

/// Whether the connection in use is metered; none where the system does not say.
pub fn metered() -> Option<bool> {
    #[cfg(target_os = "linux")]
    return linux::metered();
    #[cfg(windows)]
    return windows::metered();
    // macOS tells of it in a framework that no kept crate speaks to yet.
    #[cfg(not(any(target_os = "linux", windows)))]
    return None;
}
