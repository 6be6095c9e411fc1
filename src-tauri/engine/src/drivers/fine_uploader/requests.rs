//! What goes out: the fields of a chunk, a plain upload and a done request, in the order the original sends them.

use futures_util::{StreamExt, stream};
use reqwest::Body;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::{
    chunk::Plan,
    destination::{Intent, Outgoing},
    error::Error,
};

/// A multipart body of known length.
pub(super) struct Form {
    pub content_type: String,
    pub length: u64,
    pub body: Body,
}

type Fields = Vec<(&'static str, String)>;

/// The form of one chunk, or of a plain upload where the plan has one chunk: all fields first, then the bytes.
pub(super) fn chunk_form(uuid: &str, intent: &Intent, outgoing: &Outgoing) -> Form {
    let boundary = format!("carryon-{}", Uuid::new_v4().simple());
    let plain = intent.plan.count() == 1;
    let fields = if plain { plain_fields(uuid, intent) } else { chunk_fields(uuid, intent, outgoing) };
    let (filename, kind) = if plain {
        (escape(&intent.name), "application/octet-stream")
    } else {
        ("blob".into(), "application/octet-stream")
    };
    let mut head = String::new();
    for (name, value) in &fields {
        head += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    head += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"qqfile\"; filename=\"{filename}\"\r\n");
    head += &format!("Content-Type: {kind}\r\n\r\n");
    let tail = format!("\r\n--{boundary}--\r\n");
    let length = head.len() as u64 + outgoing.body.chunk().length + tail.len() as u64;
    let once = |text: String| stream::once(async move { Ok::<_, Error>(text.into()) });
    let body = Body::wrap_stream(once(head).chain(outgoing.body.open()).chain(once(tail)));
    Form { content_type: format!("multipart/form-data; boundary={boundary}"), length, body }
}

/// The form of a done request.
pub(super) fn done_form(uuid: &str, intent: &Intent) -> String {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(path_field(intent));
    form.append_pair("qquuid", uuid);
    form.append_pair("qqfilename", &intent.name);
    form.append_pair("qqtotalfilesize", &intent.plan.size.to_string());
    form.append_pair("qqtotalparts", &intent.plan.count().to_string());
    form.finish()
}

fn plain_fields(uuid: &str, intent: &Intent) -> Fields {
    let mut fields = path_field(intent);
    fields.push(("qquuid", uuid.to_owned()));
    fields.push(("qqfilename", one_line(&intent.name)));
    fields.push(("qqtotalfilesize", intent.plan.size.to_string()));
    fields
}

fn chunk_fields(uuid: &str, intent: &Intent, outgoing: &Outgoing) -> Fields {
    let (chunk, plan): (_, Plan) = (outgoing.body.chunk(), intent.plan);
    let mut fields = path_field(intent);
    fields.push(("qqpartindex", chunk.index.to_string()));
    fields.push(("qqpartbyteoffset", chunk.offset.to_string()));
    fields.push(("qqchunksize", chunk.length.to_string()));
    fields.push(("qqtotalparts", plan.count().to_string()));
    fields.push(("qqtotalfilesize", plan.size.to_string()));
    fields.push(("qqfilename", one_line(&intent.name)));
    if outgoing.resuming {
        fields.push(("qqresume", "true".to_owned()));
    }
    fields.push(("qquuid", uuid.to_owned()));
    fields
}

/// `qqpath`: the folders a file came with, with a slash at the end, as the original reports dropped folders.
fn path_field(intent: &Intent) -> Fields {
    match intent.relative_path.as_str() {
        "" => Vec::new(),
        path => vec![("qqpath", one_line(&format!("{path}/")))],
    }
}

/// Quotes and line ends in a file name, as browsers write them in `filename="…"`.
fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A field's value must not forge a boundary line; the multipart grammar ends it at the first one.
fn one_line(value: &str) -> String {
    value.replace(['\r', '\n'], "_")
}
