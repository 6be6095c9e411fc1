//! The tray under Linux: a library that may be missing, and a host that may not be there.

use libloading::Library;
use zbus::blocking::{Connection, Proxy, fdo::DBusProxy};

/// Either of them makes the icon; they are opened at run time.
const LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Whether one of the libraries is there: asked for without one, the tray would take the program down.
pub fn can_be_made() -> bool {
    LIBRARIES.iter().any(|name| {
        // SAFETY: opening runs the library's own initialisers, as it does when the tray is made right afterwards.
        let opened = unsafe { Library::new(*name) };
        // It stays open: what it registers with GTK could not be taken back.
        opened.map(std::mem::forget).is_ok()
    })
}

/// Whether a desktop shows an icon of this process. Blocks while the session bus is asked.
pub fn is_visible() -> bool {
    shown_here().unwrap_or_else(|error| {
        tracing::debug!(%error, "nobody shows a tray");
        false
    })
}

fn shown_here() -> zbus::Result<bool> {
    let bus = Connection::session()?;
    let watcher = Proxy::new(&bus, WATCHER, "/StatusNotifierWatcher", WATCHER)?;
    if !watcher.get_property::<bool>("IsStatusNotifierHostRegistered")? {
        return Ok(false);
    }
    let items: Vec<String> = watcher.get_property("RegisteredStatusNotifierItems")?;
    let names = DBusProxy::new(&bus)?;
    let is_ours = |item: &String| {
        // A connection's name, and a path after it.
        let owner = item.split('/').next().unwrap_or_default();
        let process = owner.try_into().ok().and_then(|name| names.get_connection_unix_process_id(name).ok());
        process == Some(std::process::id())
    };
    Ok(items.iter().any(is_ours))
}
