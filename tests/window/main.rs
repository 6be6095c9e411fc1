//! The real window: the built app under a virtual display, with real drops, a real notification service, a real kill.
//!
//! Each test has a desktop of its own and sees the app as a user does: by what is drawn, with the mouse and the keyboard.
//! Pictures of the display are left in `target/window-shots`. `CARRYON_WITHOUT_WINDOW=1` skips all of it, visibly.

mod app;
mod desktop;
mod keychain;
mod lab;
mod notifications;
mod picker;
mod places;
mod scene;
mod tray_host;
mod webdriver;

mod always;
mod closing;
mod destination_form;
mod destinations;
mod exchanging;
mod expiring;
mod finished_files;
mod history;
mod instance;
mod links;
mod moved;
mod naming;
mod packaged;
mod problems;
mod queue;
mod receiving;
mod resuming;
mod settings;
mod story;
mod telling;
mod tray;
mod watched;
