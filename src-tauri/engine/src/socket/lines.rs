//! The lines of JSON that scripts rely on: one object a line, from the engine's news, lists and errors.

use serde_json::{Value, json};

use super::carry_out::End;
use crate::{
    error::{Error, ErrorKind},
    event::Event,
    listed::Listed,
    records::SetAside,
    source::Problem,
    upload::UploadId,
};

/// An event's line; none where scripts have no use for it.
pub(super) fn of_event(event: &Event) -> Option<Value> {
    Some(match event {
        Event::Started { id, name, size, resumed, confirmed } => json!({
            "event": "started", "id": id, "name": name, "size": size, "resumed": resumed, "confirmed": confirmed,
        }),
        Event::Progress(progress) => json!({
            "event": "progress", "id": progress.id, "confirmed": progress.confirmed, "sent": progress.sent,
            "size": progress.size, "bytes_per_second": progress.bytes_per_second.round(),
        }),
        Event::Waiting { id, reason, until, message } => json!({
            "event": "waiting", "id": id, "reason": reason, "until": until, "message": message,
        }),
        Event::Finished { id, name, size, sent, location, .. } => json!({
            "event": "finished", "id": id, "name": name, "size": size, "sent": sent, "location": location,
        }),
        Event::Stopped { id, name, state, failure } => json!({
            "event": "failed", "id": id, "name": name, "kind": failure.code, "state": state.name(),
            "message": failure.message, "next_step": failure.next_step,
        }),
        Event::ExpiresSoon { id, name, expires_at } => json!({
            "event": "expires_soon", "id": id, "name": name, "expires_at": expires_at,
        }),
        Event::Queued { .. } | Event::StateChanged { .. } | Event::Moved { .. } | Event::Removed { .. } => return None,
    })
}

/// A path that could not be added.
pub(super) fn of_problem(problem: &Problem) -> Value {
    json!({
        "event": "failed", "id": null, "name": problem.path, "kind": "source_missing", "message": problem.message,
        "next_step": "Check the path and its permissions, then send it again.",
    })
}

/// An upload with which nothing could be done.
pub(super) fn of_refusal(id: UploadId, name: &str, error: &Error) -> Value {
    let next_step = match error.kind() {
        ErrorKind::SourceChanged => format!("carryon resume {id} --start-over"),
        _ => error.advice(),
    };
    json!({
        "event": "failed", "id": id, "name": name, "kind": error.kind().code(), "message": error.to_string(),
        "next_step": next_step,
    })
}

/// An unfinished upload, as `list` tells it.
pub(super) fn of_listed(listed: &Listed) -> Value {
    let upload = &listed.upload;
    json!({
        "id": upload.id, "name": upload.name, "path": upload.path.to_string_lossy(), "size": upload.size,
        "confirmed": upload.confirmed, "chunks_left": upload.chunks_left, "destination": upload.destination_name,
        "scope": upload.scope, "state": upload.state.name(), "reason": upload.state.reason(),
        "updated_at": upload.updated_at, "expires_at": upload.expires_at,
    })
}

/// What was interrupted, and how much of it is safe.
pub fn interrupted_line(ids: &[UploadId], listed: &[Listed]) -> Value {
    let theirs = listed.iter().map(|listed| &listed.upload).filter(|upload| ids.contains(&upload.id));
    let (confirmed, size) = theirs.fold((0, 0), |(confirmed, size), u| (confirmed + u.confirmed, size + u.size));
    json!({ "event": "interrupted", "ids": ids, "confirmed": confirmed, "size": size })
}

/// Damaged records that were set aside, and what was saved of them.
pub fn set_aside_line(aside: &SetAside) -> Value {
    let path = aside.path.as_ref().map(|path| path.to_string_lossy());
    json!({
        "event": "set_aside", "reason": aside.trouble, "path": path, "salvaged": aside.salvaged,
        "to_start_over": aside.to_start_over, "lost": aside.lost, "names": aside.names, "message": aside.sentence(),
    })
}

/// An error that ends a request.
pub fn error_line(error: &Error) -> Value {
    json!({
        "event": "error", "kind": error.kind().code(), "message": error.to_string(), "next_step": error.advice(),
        "code": End::code_of(error),
    })
}
