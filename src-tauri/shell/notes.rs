//! Notifications: one small interface over what the systems have. Waiting for an answer is on a thread of its own: some
//! services close a notification when the connection that sent it goes away, and some answer only who waits.

mod system;

use notify_rust::{Notification, NotificationResponse, Timeout};
use tokio::sync::oneshot;

/// What is shown.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// One line.
    pub title: String,
    /// What follows it.
    pub body: String,
    /// Its buttons: a key each, and what stands on it. A click beside them is the key `default`.
    pub buttons: Vec<(&'static str, String)>,
    /// It takes the place of the one with this id, where that is still there.
    pub replaces: Option<u32>,
    /// It stays until it is answered.
    pub stays: bool,
}

/// What the user did with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Pressed the button of that key; `default` is a click beside the buttons.
    Pressed(String),
    /// Put it away, or it went by itself.
    Closed,
}

/// Shows `note`; false where no service takes it. `answered` is called once it was answered or is gone, and never where it
/// was not shown.
pub async fn show(note: Note, answered: impl FnOnce(Answered) + Send + 'static) -> bool {
    show_as(note, answered).await.is_some()
}

/// As [`show`]; the id by which another one can take its place, 0 where the system has none.
pub async fn show_as(note: Note, answered: impl FnOnce(Answered) + Send + 'static) -> Option<u32> {
    let (sender, shown) = oneshot::channel();
    let waits = std::thread::Builder::new().name("carryon-notification".into());
    let started = waits.spawn(move || show_and_wait(&note, sender, answered));
    if let Err(error) = started {
        tracing::warn!(%error, "no thread for the notification");
    }
    shown.await.ok()
}

/// The service that shows them, by a name that no other bears; none where the system does not tell it.
pub async fn service() -> Option<String> {
    tokio::task::spawn_blocking(system::service).await.ok().flatten()
}

fn show_and_wait(note: &Note, shown: oneshot::Sender<u32>, answered: impl FnOnce(Answered)) {
    let handle = match notification(note).show() {
        Ok(handle) => handle,
        // Without a service there is the window, and not a word more.
        Err(error) => return tracing::info!(%error, "no notification service"),
    };
    let _ = shown.send(system::id(&handle));
    let mut answer = Answered::Closed;
    let waited = handle.wait_for_response(|response: &NotificationResponse| match response {
        NotificationResponse::Action(said) => answer = Answered::Pressed(key(note, said)),
        NotificationResponse::Default => answer = Answered::Pressed("default".into()),
        _ => {}
    });
    match waited {
        Ok(()) => answered(answer),
        Err(error) => tracing::info!(%error, "the notification's answer was lost"),
    }
}

/// The button's key, also where the system says what stands on it.
fn key(note: &Note, said: &str) -> String {
    let labelled = note.buttons.iter().find(|(key, label)| *key == said || label == said);
    labelled.map_or(said, |(key, _)| key).to_owned()
}

fn notification(note: &Note) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Carryon").summary(&note.title).body(&note.body);
    system::adorn(&mut notification);
    for (key, label) in &note.buttons {
        notification.action(key, label);
    }
    if note.stays {
        notification.timeout(Timeout::Never);
    }
    if let Some(id) = note.replaces {
        notification.id(id);
    }
    notification
}
