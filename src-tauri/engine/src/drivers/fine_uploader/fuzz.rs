//! What servers answer, and tickets: an answer that is not a clear yes is never a confirmation.

use serde_json::Value;

use super::{
    super::fuzz::{read, told},
    address::below,
    answers::{digest_of, finished_of, held_of, judge_chunk, judge_delete, judge_finish, judge_session, new_uuid},
    session::listing,
    settings::{DeleteMethod, FineUploaderSettings},
    ticket, uuid_of,
};
use crate::{
    chunk::{Completes, Plan},
    destination::Ticket,
    drivers::http::Answer,
    error::ErrorKind,
    fuzz::{require_same_again, target},
    reconcile,
};

const TOKENS: &[&str] = &[
    "200",
    "201",
    "204",
    "206",
    "302",
    "404",
    "409",
    "413",
    "429",
    "500",
    "502",
    "503",
    "507",
    "\n",
    "\n\n",
    "\ncontent-type: text/html",
    "\nretry-after: ",
    "\nlocation: http://h/?a",
    "{\"success\":true}",
    "\"success\":",
    "\"reset\":",
    "\"preventRetry\":",
    "\"error\":\"",
    "\"newUuid\":\"",
    "\"blake3\":\"",
    "\"carryon\":1",
    "\"uuid\":\"u\"",
    "\"state\":\"open\"",
    "\"chunks\":[{",
    "\"offset\":",
    "\"length\":",
    "\"location\":\"",
    "true",
    "false",
    "null",
    "\"false\"",
    "[]",
    "{}",
    "<html>",
    "<!DOCTYPE html>",
    "\u{feff}",
    "\\u0000",
    "\"name\":\"",
    "\"deleteFileParams\":{",
    "..",
];

/// As JavaScript has it.
fn is_truthy(value: Option<&Value>) -> bool {
    value.is_some_and(|value| {
        !matches!(value, Value::Null | Value::Bool(false)) && *value != "" && value.as_f64() != Some(0.0)
    })
}

fn says_no(json: &Value) -> bool {
    is_truthy(json.get("reset")) || (json.get("success").is_some() && !is_truthy(json.get("success")))
}

fn judgements(input: &[u8]) {
    let Some(answer) = read(input) else { return };
    let (strict, json) = (FineUploaderSettings::default(), answer.json());
    let lenient = FineUploaderSettings { require_success_json: false, ..strict.clone() };
    let good = (200..=204).contains(&answer.status.as_u16());
    let no = json.as_ref().is_some_and(says_no);
    if let Ok(said) = told(judge_chunk(&answer, &strict)) {
        assert!(good && !no && is_truthy(said.get("success")), "{said} is no clear yes");
        let (_, _, _) = (digest_of(&said), finished_of(&said), require_one_step(&said));
    }
    if told(judge_chunk(&answer, &lenient)).is_ok() {
        assert!(good && !no && (json.is_some() || !answer.is_html()), "this is no yes");
    }
    match told(judge_finish(&answer, &strict)) {
        Ok(_) => assert!(good && !no && (json.is_some() || !answer.is_html()), "this is no yes"),
        Err(kind) => {
            let silent = json.is_none() && matches!(answer.status.as_u16(), 200..=299 | 500..=502 | 504..=506);
            assert!(!silent || kind == ErrorKind::Unknown, "{kind:?}: it may have been carried out");
        }
    }
    for method in [DeleteMethod::Delete, DeleteMethod::Post] {
        assert!(told(judge_delete(&answer, method)).is_err() || (good && !answer.is_html()));
    }
    assert!(answer.retry_after().is_none_or(|patience| patience.as_secs() <= 24 * 60 * 60));
    listings(&answer);
}

fn require_one_step(json: &Value) {
    let Ok(Some(uuid)) = new_uuid(json) else { return };
    let endpoint = url::Url::parse("http://h/up").expect("a URL");
    let url = below(endpoint, &uuid).expect("an id that is taken can be asked about");
    assert!(url.host_str() == Some("h") && url.path().starts_with("/up/") && url.query().is_none(), "{url}");
    assert_eq!(url.path_segments().map(Iterator::count), Some(2), "{url}");
    assert_eq!(uuid_of(&require_same_again(&ticket(uuid.clone()))).ok(), Some(uuid));
}

fn listings(answer: &Answer) {
    if let Ok(entries) = told(judge_session(answer)) {
        assert_eq!(answer.status, 200);
        let listing = listing(&entries);
        assert!(listing.files.len() <= entries.len() && listing.whole == (listing.files.len() == entries.len()));
        for file in &listing.files {
            assert!(!file.id.is_empty() && file.name.chars().count() <= 300 && !file.name.contains(char::is_control));
        }
        require_same_again(&listing);
    }
    let Some(status) = answer.json() else { return };
    let plan = Plan {
        size: 1000,
        chunk_size: 400,
        completes: Completes::LastChunk,
        repeatable: false,
        sends_empty: true,
        lanes: 0,
        adapts: false,
    };
    let stock = reconcile::by_set(&plan, &[], &held_of(&status));
    assert_eq!(stock.held.total(), 0, "what only the server claims is proved first");
    assert!(stock.proofs.iter().all(|proof| proof.whole == plan.chunk(proof.whole.index) && proof.keep == proof.whole));
}

/// Whatever stands in a record for a ticket, it names an upload or is refused, and shows nothing of itself.
fn tickets(input: &[u8]) {
    let Ok(ticket) = serde_json::from_slice::<Ticket>(input) else { return };
    assert!(require_same_again(&ticket) == ticket);
    assert!(!format!("{ticket:?}").contains("hunter2"), "a ticket may hold a secret URL");
    match uuid_of(&ticket) {
        Ok(uuid) => assert!(ticket.version == super::TICKET_VERSION && ticket.data["uuid"] == *uuid),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Storage),
    }
}

#[test]
fn an_answer_that_is_not_a_clear_yes_is_never_a_confirmation() {
    target("answers", TOKENS, 1).run(judgements);
}

#[test]
fn a_ticket_names_an_upload_or_is_refused() {
    let tokens = [
        "\"version\":1",
        "\"data\":",
        "\"uuid\":\"",
        "hunter2",
        "null",
        "{",
        "}",
        "[",
        "1e400",
        "\\ud800",
        "4294967296",
    ];
    target("tickets", &tokens, 1).run(tickets);
}
