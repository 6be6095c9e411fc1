//! Files that did not come through the page: what is sent at once, and what the user is asked about first.

use serde::Serialize;
use tauri::{AppHandle, Runtime};

use crate::{
    arguments::Handed,
    commands,
    deep_link::{self, SendRequest},
    page,
    sending::{self, Picked},
    window,
};

/// The event that has the page ask whether files are to be sent, and where.
const ASKED: &str = "send-asked";
/// The event that carries problems.
const PROBLEMS: &str = "problems";

/// What the page is to ask about.
#[derive(Serialize)]
struct Asked {
    paths: Vec<Picked>,
    /// The name of a saved destination.
    to: Option<String>,
    /// A link asks; anybody may have written it.
    link: bool,
}

/// Why a link is not followed, as the page lists it.
#[derive(Serialize)]
struct Refused {
    message: String,
}

/// Does what the program was started with.
pub async fn act_on<R: Runtime>(app: &AppHandle<R>, handed: Handed) {
    for link in &handed.links {
        match deep_link::parse(link) {
            Ok(request) => ask(app, request, true),
            Err(message) => {
                page::tell(app, PROBLEMS, [Refused { message }]);
                window::show(app);
            }
        }
    }
    match handed.ask && !handed.paths.is_empty() {
        true => ask(app, SendRequest { paths: handed.paths, to: None }, false),
        false => commands::add_and_tell(app, handed.paths).await,
    }
}

/// Has the page ask; nothing is sent, or even looked at, before the user agreed.
fn ask<R: Runtime>(app: &AppHandle<R>, request: SendRequest, link: bool) {
    let SendRequest { paths, to } = request;
    match sending::shown(paths) {
        Ok(paths) => page::tell(app, ASKED, Asked { paths, to, link }),
        Err(failed) => page::tell(app, PROBLEMS, [failed]),
    }
    window::show(app);
}
