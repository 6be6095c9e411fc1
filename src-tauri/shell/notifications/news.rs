//! What is told while nobody looks at the window: what arrived, once all that moves has come to rest, and what needs a person.
//! Each is one notification, for one file or for thousands.

use std::collections::HashSet;

use carryon_engine::{Engine, Event, State, UploadId};
use tauri::{AppHandle, Runtime};

use super::{SHOW, SHOW_UPLOADS, lead_to};
use crate::{
    amounts,
    core::{self, Core},
    notes::{self, Note},
    preferences::{self, Notifications},
    status::Status,
    window,
    words::{say, say_with},
};

/// What happened since something was last told.
#[derive(Default)]
pub struct News {
    arrived: Vec<Arrived>,
    troubled: Vec<Troubled>,
    /// The last notification about what needs a person, where another may take its place.
    told_of_trouble: Option<u32>,
}

struct Arrived {
    id: UploadId,
    name: String,
    size: u64,
}

struct Troubled {
    id: UploadId,
    name: String,
    what: &'static str,
}

impl News {
    /// Hears what may be worth telling.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Finished { id, name, size, .. } => {
                self.arrived.push(Arrived { id: *id, name: name.clone(), size: *size });
            }
            Event::Stopped { id, name, state, .. } => {
                let Some(what) = trouble(state) else { return };
                self.troubled.retain(|one| one.id != *id);
                self.troubled.push(Troubled { id: *id, name: name.clone(), what });
            }
            _ => {}
        }
    }

    /// Tells what is worth it by now. Whoever looks at the window sees it there.
    pub async fn tell<R: Runtime>(&mut self, app: &AppHandle<R>, status: &Status) {
        let opened = core::opened(app);
        let Ok(core) = &*opened else { return };
        let arrived = if status.moving == 0 { std::mem::take(&mut self.arrived) } else { Vec::new() };
        let troubled = std::mem::take(&mut self.troubled);
        if arrived.is_empty() && troubled.is_empty() || window::has_focus(app) {
            return;
        }
        let wanted = preferences::notifications(app);
        if !troubled.is_empty() && wanted >= Notifications::Problems {
            let note = Note { replaces: self.told_of_trouble, ..about_trouble(&troubled) };
            self.told_of_trouble = show(app, note).await;
        }
        if !arrived.is_empty() && wanted == Notifications::All {
            show(app, about_arrivals(core, &arrived).await).await;
        }
    }
}

async fn show<R: Runtime>(app: &AppHandle<R>, note: Note) -> Option<u32> {
    let app = app.clone();
    let answer = move |answered| {
        if matches!(answered, notes::Answered::Pressed(_)) {
            lead_to(&app, SHOW_UPLOADS);
        }
    };
    notes::show_as(note, answer).await.filter(|id| *id != 0)
}

/// The words for what a person has to do something about; none where nobody has to.
fn trouble(state: &State) -> Option<&'static str> {
    match state {
        State::Failed(_) => Some("problem-failed"),
        State::NeedsSignIn => Some("problem-unauthorized"),
        State::SourceChanged => Some("problem-source-changed"),
        State::SourceMissing => Some("problem-source-missing"),
        State::OutcomeUnknown => Some("problem-outcome-unknown"),
        State::Expired => Some("problem-expired"),
        _ => None,
    }
}

fn about_trouble(troubled: &[Troubled]) -> Note {
    let name = troubled.first().map_or("", |one| one.name.as_str());
    let body = match troubled {
        [one] => say(one.what),
        _ => say("problem-many"),
    };
    let title = say_with("problem-title", [("count", troubled.len().into()), ("name", name.into())]);
    Note { title, body, buttons: show_buttons(), stays: true, ..Note::default() }
}

async fn about_arrivals(core: &Core, arrived: &[Arrived]) -> Note {
    let count = arrived.len();
    let name = arrived.first().map_or("", |one| one.name.as_str());
    let title = match destination(&core.engine, arrived).await {
        Some(to) => {
            let about = [("count", count.into()), ("name", name.into()), ("destination", to.into())];
            say_with("delivered-title", about)
        }
        None => say_with("delivered-title-mixed", [("count", count.into())]),
    };
    let size = amounts::bytes(arrived.iter().map(|one| one.size).fold(0, u64::saturating_add));
    let body = say_with("delivered-body", [("size", size.into())]);
    Note { title, body, buttons: show_buttons(), ..Note::default() }
}

fn show_buttons() -> Vec<(&'static str, String)> {
    vec![("default", say("button-show")), (SHOW, say("button-show"))]
}

/// The name of the destination that all of them went to; none where there are several, or none that has a name.
async fn destination(engine: &Engine, arrived: &[Arrived]) -> Option<String> {
    let ids: HashSet<String> = arrived.iter().map(|one| one.id.to_string()).collect();
    // Others may have ended in between.
    let lately = u32::try_from(arrived.len().saturating_mul(2)).unwrap_or(u32::MAX);
    let past = engine.history(lately).await.ok()?;
    let names: HashSet<&str> =
        past.iter().filter(|past| ids.contains(&past.upload)).map(|past| past.destination.as_str()).collect();
    let mut names = names.into_iter();
    let (Some(name), None) = (names.next(), names.next()) else { return None };
    let rows = engine.destinations().await.ok()?;
    rows.iter().find(|row| row.name == name).map(|row| row.shown_name().to_owned())
}

#[cfg(test)]
mod tests {
    use carryon_engine::upload::Failure;

    use super::*;

    fn stopped(id: UploadId, state: State) -> Event {
        let failure = Failure { code: "x".into(), message: "x".into(), next_step: "x".into() };
        Event::Stopped { id, name: "a.mov".into(), state, failure }
    }

    #[test]
    fn what_needs_a_person_is_told_once_an_upload_and_what_was_paused_not_at_all() {
        let (mut news, id) = (News::default(), UploadId::random());
        news.hear(&stopped(id, State::Paused));
        assert!(news.troubled.is_empty());
        news.hear(&stopped(id, State::NeedsSignIn));
        news.hear(&stopped(id, State::SourceChanged));
        assert_eq!(news.troubled.len(), 1, "the last word counts");
        crate::words::set_language(Some("en"));
        let note = about_trouble(&news.troubled);
        assert_eq!(
            (note.title.as_str(), note.body.as_str()),
            ("“a.mov” needs you", "The file changed since its upload began.")
        );
        news.hear(&stopped(UploadId::random(), State::NeedsSignIn));
        assert_eq!(about_trouble(&news.troubled).title, "2 uploads need you");
    }
}
