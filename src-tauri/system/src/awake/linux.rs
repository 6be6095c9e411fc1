//! Linux: logind is asked not to let idleness put the computer to sleep, and the desktop's own session, which may decide
//! about idleness by itself: GNOME's session manager, or the power management that other desktops have.

use zbus::{blocking::Connection, zvariant::OwnedFd};

use super::WHY;
use crate::bus;

const WHO: &str = "Carryon";
/// In GNOME's session manager: inhibit suspending.
const SUSPENDING: u32 = 4;

/// What ends with this: logind looks at the file, the desktop at the connection.
pub struct Held {
    _of_system: Option<OwnedFd>,
    _of_session: Option<Connection>,
}

pub fn hold() -> Option<Held> {
    let held = Held { _of_system: ask_logind(), _of_session: ask_session() };
    (held._of_system.is_some() || held._of_session.is_some()).then_some(held)
}

fn ask_logind() -> Option<OwnedFd> {
    let manager = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager");
    let answer = bus::call(&bus::system()?, manager, "Inhibit", &("idle", WHO, WHY, "block"))?;
    answer.body().deserialize().ok()
}

fn ask_session() -> Option<Connection> {
    let session = bus::session()?;
    let gnome = ("org.gnome.SessionManager", "/org/gnome/SessionManager", "org.gnome.SessionManager");
    let power = "org.freedesktop.PowerManagement.Inhibit";
    let others = ("org.freedesktop.PowerManagement", "/org/freedesktop/PowerManagement/Inhibit", power);
    let asked = bus::call(&session, gnome, "Inhibit", &(WHO, 0_u32, WHY, SUSPENDING))
        .or_else(|| bus::call(&session, others, "Inhibit", &(WHO, WHY)));
    asked.map(|_| session)
}
