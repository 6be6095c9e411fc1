//! Windows and macOS, by their own means.

use super::WHY;

pub type Held = keepawake::KeepAwake;

pub fn hold() -> Option<Held> {
    let mut wish = keepawake::Builder::default();
    let held = wish.idle(true).reason(WHY).app_name("Carryon").app_reverse_domain("app.carryon").create();
    held.inspect_err(|error| tracing::info!(%error, "the computer may fall asleep")).ok()
}
