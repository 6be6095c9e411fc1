//! What only one system's notifications have.

use notify_rust::{Notification, NotificationHandle};

/// Says whose notification it is, as the system wants to hear it.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn adorn(notification: &mut Notification) {
    notification.icon("carryon-app").hint(notify_rust::Hint::DesktopEntry("Carryon".into()));
}

/// The installer registers the name that a toast is shown under; a program that was only built would show none at all.
#[cfg(windows)]
pub fn adorn(notification: &mut Notification) {
    let here = std::env::current_exe().unwrap_or_default();
    if here.parent().is_some_and(|folder| folder.join("uninstall.exe").is_file()) {
        notification.app_id("app.carryon.desktop");
    }
}

/// The bundle says it.
#[cfg(target_os = "macos")]
pub fn adorn(_notification: &mut Notification) {}

/// The id by which another one can take its place.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn id(handle: &NotificationHandle) -> u32 {
    handle.id()
}

/// There is none.
#[cfg(any(windows, target_os = "macos"))]
pub fn id(_handle: &NotificationHandle) -> u32 {
    0
}

/// The service that shows them: its connection's name is never given twice on one bus.
#[cfg(target_os = "linux")]
pub fn service() -> Option<String> {
    let bus = zbus::blocking::Connection::session().ok()?;
    let names = zbus::blocking::fdo::DBusProxy::new(&bus).ok()?;
    let owner = names.get_name_owner("org.freedesktop.Notifications".try_into().ok()?).ok()?;
    Some(format!("{} {owner}", names.get_id().ok()?))
}

/// The system does not tell.
#[cfg(not(target_os = "linux"))]
pub fn service() -> Option<String> {
    None
}
