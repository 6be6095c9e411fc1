//! What goes out: parameters, headers and bodies of every request, in the order the original sends them.
//!
//! Custom parameters first, then the protocol's own, which replace custom ones of the same name where those stand.

use futures_util::{StreamExt, stream};
use reqwest::{
    Body,
    header::{HeaderMap, HeaderValue},
};
use uuid::Uuid;

use super::{
    super::{
        headers::{self, Headers},
        template::Facts,
    },
    params::{ParamValue, Params},
    settings::{DeleteMethod, DeleteSettings, DoneSettings, FineUploaderSettings},
};
use crate::{
    destination::{Intent, Outgoing},
    error::Error,
};

/// The type of a chunk, and of a file whose name tells nothing.
const BYTES: &str = "application/octet-stream";

/// A body of known length.
pub(super) struct Payload {
    pub content_type: String,
    pub length: u64,
    pub body: Body,
}

/// An upload not larger than one chunk that goes in one plain request: only such a one may be repeated blindly.
pub(super) fn is_plain(intent: &Intent) -> bool {
    intent.plan.repeatable
}

/// The parameters of a plain upload or of one chunk.
pub(super) fn upload_params(
    settings: &FineUploaderSettings,
    uuid: &str,
    intent: &Intent,
    outgoing: &Outgoing,
) -> Params {
    let mut params = custom_params(&settings.params, uuid, intent);
    if settings.omit_default_params {
        return params;
    }
    let (names, multipart) = (&settings.names, settings.is_multipart());
    let name = if settings.params_in_body { one_line(&intent.name) } else { intent.name.clone() };
    if !is_plain(intent) {
        set_chunk_params(&mut params, settings, intent, outgoing);
        if multipart {
            params.set(&names.filename, name.clone());
        }
        if outgoing.resuming {
            params.set(&names.resume, ParamValue::Bool(true));
        }
    }
    params.set(&names.uuid, uuid);
    params.set(&names.filename, name.clone());
    match multipart {
        true => params.set(&names.total_file_size, intent.plan.size),
        false => params.set(&names.input, name),
    }
    params
}

fn set_chunk_params(params: &mut Params, settings: &FineUploaderSettings, intent: &Intent, outgoing: &Outgoing) {
    let (names, chunk) = (&settings.names, outgoing.body.chunk());
    params.set(&names.part_index, chunk.index);
    params.set(&names.part_byte_offset, chunk.offset);
    params.set(&names.chunk_size, chunk.length);
    params.set(&names.total_parts, intent.plan.count());
    params.set(&names.total_file_size, intent.plan.size);
}

/// Custom parameters, and `qqpath`: the folders a file came with, with a slash at the end, as the original reports
/// dropped folders.
fn custom_params(set: &Params, uuid: &str, intent: &Intent) -> Params {
    let mut params = set.filled(Facts::Upload { intent, uuid });
    if !intent.relative_path.is_empty() {
        params.set("qqpath", one_line(&format!("{}/", intent.relative_path)));
    }
    params
}

/// The parameters of a done request: its own set where one is given, else custom ones and the protocol's four.
pub(super) fn done_params(settings: &FineUploaderSettings, uuid: &str, intent: &Intent) -> Params {
    if let Some(own) = &settings.done.params {
        return own.filled(Facts::Upload { intent, uuid });
    }
    let (mut params, names) = (custom_params(&settings.params, uuid, intent), &settings.names);
    params.set(&names.uuid, uuid);
    params.set(&names.filename, intent.name.as_str());
    params.set(&names.total_file_size, intent.plan.size);
    params.set(&names.total_parts, intent.plan.count());
    params
}

/// The parameters of a request to delete; `further` are those that the server itself named for the file.
pub(super) fn delete_params(settings: &FineUploaderSettings, uuid: &str, further: &Params) -> Params {
    let DeleteSettings { method, params, .. } = &settings.delete;
    let mut params = if further.is_empty() { params.filled(Facts::Uuid(uuid)) } else { further.clone() };
    if *method == DeleteMethod::Post {
        params.set(&settings.names.uuid, uuid);
        params.set("_method", "DELETE");
    }
    params
}

/// The body of one chunk or plain upload: a form with the bytes last, or the bytes alone.
pub(super) fn payload(
    settings: &FineUploaderSettings,
    params: &Params,
    intent: &Intent,
    outgoing: &Outgoing,
) -> Payload {
    let length = outgoing.body.chunk().length;
    if !settings.is_multipart() {
        let body = Body::wrap_stream(outgoing.body.open());
        return Payload { content_type: BYTES.to_owned(), length, body };
    }
    let boundary = format!("carryon-{}", Uuid::new_v4().simple());
    let fields = if settings.params_in_body { params.fields() } else { Vec::new() };
    let head = form_head(&boundary, &fields, &settings.names.input, intent);
    let tail = format!("\r\n--{boundary}--\r\n");
    let length = head.len() as u64 + length + tail.len() as u64;
    let once = |text: String| stream::once(async move { Ok::<_, Error>(text.into()) });
    let body = Body::wrap_stream(once(head).chain(outgoing.body.open()).chain(once(tail)));
    Payload { content_type: format!("multipart/form-data; boundary={boundary}"), length, body }
}

/// A form up to the first byte of the file. The boundary is random: no value can hold it.
fn form_head(boundary: &str, fields: &[(String, String)], input: &str, intent: &Intent) -> String {
    let mut head = String::new();
    for (name, value) in fields {
        let (name, value) = (escape(name), line_ends(value));
        head += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let filename = if is_plain(intent) { escape(&intent.name) } else { "blob".into() };
    let input = escape(input);
    head += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{input}\"; filename=\"{filename}\"\r\n");
    // As a browser does: a whole file bears its type, a slice of one none.
    let of = if is_plain(intent) { type_of(&intent.name) } else { BYTES };
    head + &format!("Content-Type: {of}\r\n\r\n")
}

/// The type that a name stands for.
fn type_of(name: &str) -> &'static str {
    mime_guess::from_path(name).first_raw().unwrap_or(BYTES)
}

/// The headers of an upload or a chunk; custom ones replace those of the same name.
pub(super) fn upload_headers(settings: &FineUploaderSettings, facts: Facts<'_>) -> HeaderMap {
    let mut headers = asking_headers();
    if !settings.is_multipart() {
        let name = match facts {
            Facts::Upload { intent, .. } => intent.name.as_str(),
            _ => "",
        };
        headers.insert("X-Mime-Type", HeaderValue::from_static(type_of(name)));
    }
    headers::add(&mut headers, &settings.headers, facts);
    headers
}

/// The headers of a question about an upload: custom ones alone.
pub(super) fn question_headers(settings: &FineUploaderSettings, facts: Facts<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers::add(&mut headers, &settings.headers, facts);
    headers.remove("accept");
    headers
}

/// The headers of a done request.
pub(super) fn done_headers(settings: &FineUploaderSettings, facts: Facts<'_>) -> HeaderMap {
    let DoneSettings { headers: own, .. } = &settings.done;
    let mut headers = HeaderMap::new();
    headers::add(&mut headers, own.as_ref().unwrap_or(&settings.headers), facts);
    headers
}

/// The headers of a request without bytes: to delete, or to list.
pub(super) fn plain_headers(own: &Headers, facts: Facts<'_>) -> HeaderMap {
    let mut headers = asking_headers();
    headers::add(&mut headers, own, facts);
    headers
}

fn asking_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("X-Requested-With", HeaderValue::from_static("XMLHttpRequest"));
    headers.insert("Cache-Control", HeaderValue::from_static("no-cache"));
    headers
}

/// Quotes and line ends in a name, as browsers write them in `filename="…"`.
fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Every line end as browsers send it.
fn line_ends(value: &str) -> String {
    value.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// A name of a file or folder in one line: many servers end it there in any case.
fn one_line(value: &str) -> String {
    value.replace(['\r', '\n'], "_")
}
