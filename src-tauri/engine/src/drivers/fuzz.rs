//! What servers answer whose uploads have URLs of their own, and tickets of them. What all drivers read answers with stands
//! here too.

use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use url::Url;

use super::{
    Credentials, HttpOptions,
    headers::Headers,
    http::Answer,
    resource::{self, Resources, Server},
};
use crate::{
    destination::Ticket,
    error::{Error, ErrorKind},
    fuzz::{head_and_rest, require_same_again, target},
};

/// A status; a header a line; an empty line; the body.
pub(super) fn read(input: &[u8]) -> Option<Answer> {
    let (status, mut rest) = head_and_rest(input);
    let status = std::str::from_utf8(status).ok()?.trim().parse().ok()?;
    let mut headers = HeaderMap::new();
    loop {
        let (line, after) = head_and_rest(rest);
        rest = after;
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { break };
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        headers.append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    Some(Answer::of(StatusCode::from_u16(status).ok()?, headers, rest))
}

/// What an error tells is bounded, and nothing in it moves a cursor.
pub(super) fn told<T>(judged: Result<T, Error>) -> Result<T, ErrorKind> {
    judged.map_err(|error| {
        let text = format!("{error}{}", error.advice());
        assert!(text.chars().count() < 1000 && !text.contains(char::is_control), "{text:?}");
        error.kind()
    })
}

fn server() -> Server {
    let endpoint = Url::parse("https://h.example/files/").expect("a URL");
    let options = HttpOptions::default();
    Server::new(endpoint, Credentials::default(), &options, &[], &Headers::new()).expect("a client")
}

/// Whatever a server answers: only its own word makes an upload unknown, no place is taken that is weaker than the address,
/// and no error is longer than a person reads.
fn answers(server: &Server, input: &[u8]) {
    let Some(answer) = read(input) else { return };
    let status = answer.status.as_u16();
    assert_eq!(resource::is_unknown(&answer), matches!(status, 404 | 410) && !answer.is_html());
    for error in [resource::by_status(&answer), resource::not_opened(&answer)] {
        assert!(told::<()>(Err(error)) != Err(ErrorKind::Gone), "one answer never drops an upload");
    }
    let removed = told(resource::judge_removal(&answer)).is_ok();
    assert!(!removed || (!answer.is_html() && matches!(status, 200..=299 | 404 | 410)));
    let _ = (resource::number(&answer, "upload-offset"), resource::moment(&answer, "upload-expires"));
    let _ = (resource::digest(&answer, "repr-digest"), resource::place(&answer));
    if let Ok(url) = told(server.location(&answer, &server.endpoint)) {
        assert!(url.scheme() == "https" && url.username().is_empty() && url.password().is_none(), "{url}");
        let again = server.url(&server.kept(&url)).expect("what is kept can be used");
        assert_eq!(again, url);
    }
}

/// Whatever stands in a record for a ticket, it names an upload or is refused, and shows nothing of itself.
fn tickets(input: &[u8]) {
    let Ok(ticket) = serde_json::from_slice::<Ticket>(input) else { return };
    assert!(!format!("{ticket:?}").contains("hunter2"), "a ticket may hold a secret URL");
    if let Ok(of) = told(Resources::of(&ticket)) {
        assert!(!of.urls.is_empty() || !of.attempt.is_empty());
        let again = require_same_again(&of.ticket());
        assert_eq!(Resources::of(&again).ok(), Some(of));
    }
}

#[test]
fn whatever_a_server_answers_it_is_judged_in_bounds_and_no_weaker_place_is_taken() {
    let tokens = [
        "200",
        "201",
        "204",
        "301",
        "302",
        "308",
        "404",
        "409",
        "410",
        "412",
        "413",
        "423",
        "460",
        "500",
        "502",
        "503",
        "\n",
        "\n\n",
        "\ncontent-type: text/html",
        "\nlocation: ",
        "\nupload-offset: ",
        "\nupload-length: ",
        "\nupload-expires: ",
        "\nrepr-digest: blake3=:",
        "\ncontent-location: ",
        "\nretry-after: ",
        "http://",
        "https://",
        "//",
        "h.example",
        "user:pass@",
        "/files/",
        "..",
        "%2f",
        "%ff",
        "?",
        "#",
        "AAAA",
        "=:",
        "18446744073709551615",
        "-1",
        "<html>",
    ];
    let server = server();
    target("resources", &tokens, 4).run(|input| answers(&server, input));
}

#[test]
fn a_ticket_of_an_upload_with_a_url_names_it_or_is_refused() {
    let tokens = [
        "\"version\":1",
        "\"data\":",
        "\"urls\":[\"",
        "\"attempt\":\"",
        "\"size\":",
        "\"interop\":",
        "hunter2",
        "{",
        "}",
        "]",
        "\"",
        ",",
        "9",
        "null",
    ];
    target("resource-tickets", &tokens, 1).run(tickets);
}
