//! The program `carryon-app`: the window. All it does is in the library, so that tests can use it too.

// On Windows a release build opens no console beside the window.
#![cfg_attr(all(not(debug_assertions), windows), windows_subsystem = "windows")]

fn main() {
    carryon_app::run();
}
