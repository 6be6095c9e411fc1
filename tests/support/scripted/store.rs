//! A correct Fine Uploader server in memory, and the manners in which real ones differ.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::wire::{Asked, Reply};

/// How the server behaves where servers differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manners {
    /// It knows the question `GET <endpoint>/<uuid>`.
    pub askable: bool,
    /// Its answers to chunks name the BLAKE3 of what arrived.
    pub digests: bool,
    /// A second done request truncates the finished file, as some real servers do.
    pub done_truncates: bool,
    /// There is no done request: the last chunk completes the object.
    pub completes_alone: bool,
}

/// A finished object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The upload it came from.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// Its folders, as the client gave them (`qqpath`).
    pub path: String,
    /// Its bytes.
    pub length: u64,
    /// The BLAKE3 digest of its bytes, in hex.
    pub digest: String,
}

#[derive(Debug, Default)]
struct Held {
    name: String,
    path: String,
    size: u64,
    parts: BTreeMap<u64, Vec<u8>>,
    object: Option<Vec<u8>>,
}

impl Held {
    fn is_whole(&self) -> bool {
        let mut at = 0;
        for (&offset, bytes) in &self.parts {
            if offset != at {
                return false;
            }
            at += bytes.len() as u64;
        }
        at == self.size
    }
}

/// What the server holds, and how often it put something together.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub manners: Manners,
    held: HashMap<String, Held>,
    /// Completions in order, a repeated one too.
    pub completions: Vec<String>,
    /// Done requests that came before all chunks had.
    pub early_dones: usize,
    pub deleted: Vec<String>,
}

fn number(asked: &Asked, field: &str) -> Option<u64> {
    asked.fields.get(field)?.parse().ok()
}

pub(super) fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

impl Store {
    /// Carries out a chunk or a plain upload.
    pub fn chunk(&mut self, asked: &Asked, payload: &[u8]) -> Reply {
        let uuid = asked.fields.get("qquuid").cloned().unwrap_or_default();
        let text = |field: &str| asked.fields.get(field).cloned().unwrap_or_default();
        if asked.fields.contains_key("qqresume") && !self.held.contains_key(&uuid) {
            return Reply::json(200, json!({"success": false, "reset": true}));
        }
        let plain = !asked.fields.contains_key("qqpartindex");
        let said = if plain { number(asked, "qqtotalfilesize") } else { number(asked, "qqchunksize") };
        if said != Some(payload.len() as u64) {
            return Reply::json(400, json!({"success": false, "error": "the length is not what was said"}));
        }
        let held = self.held.entry(uuid.clone()).or_default();
        (held.name, held.path) = (text("qqfilename"), text("qqpath"));
        held.size = number(asked, "qqtotalfilesize").unwrap_or(0);
        held.parts.insert(number(asked, "qqpartbyteoffset").unwrap_or(0), payload.to_vec());
        if plain || (self.manners.completes_alone && held.is_whole()) {
            self.complete(&uuid);
        }
        let mut answer = json!({"success": true});
        if self.manners.digests {
            answer["blake3"] = Value::String(digest(payload));
        }
        Reply::json(200, answer)
    }

    /// Carries out a done request.
    pub fn done(&mut self, asked: &Asked) -> Reply {
        let uuid = asked.fields.get("qquuid").cloned().unwrap_or_default();
        let truncates = self.manners.done_truncates;
        let Some(held) = self.held.get_mut(&uuid) else {
            return Reply::json(500, json!({"success": false, "reset": true}));
        };
        if held.object.is_some() && truncates {
            held.object = Some(Vec::new());
            return Reply::json(200, json!({"success": true}));
        }
        if held.object.is_none() && !held.is_whole() {
            self.early_dones += 1;
            return Reply::json(500, json!({"success": false, "error": "chunks are missing"}));
        }
        self.complete(&uuid);
        Reply::json(200, json!({"success": true, "location": format!("/files/{uuid}")}))
    }

    fn complete(&mut self, uuid: &str) {
        self.completions.push(uuid.to_owned());
        if let Some(held) = self.held.get_mut(uuid) {
            held.object = Some(held.parts.values().map(Vec::as_slice).collect::<Vec<_>>().concat());
        }
    }

    /// Answers the status question, or as a server does that does not know it.
    pub fn status(&self, uuid: &str) -> Reply {
        if !self.manners.askable {
            return Reply::text(405, "method not allowed");
        }
        let part = |(&offset, bytes): (&u64, &Vec<u8>)| json!({"offset": offset, "length": bytes.len(), "blake3": digest(bytes)});
        match self.held.get(uuid) {
            None => Reply::json(404, json!({"carryon": 1, "uuid": uuid, "state": "unknown"})),
            Some(held) if held.object.is_some() => {
                let location = format!("/files/{uuid}");
                Reply::json(
                    200,
                    json!({"carryon": 1, "uuid": uuid, "state": "done", "size": held.size, "location": location}),
                )
            }
            Some(held) => {
                let chunks: Vec<Value> = held.parts.iter().map(part).collect();
                Reply::json(
                    200,
                    json!({"carryon": 1, "uuid": uuid, "state": "open", "size": held.size, "chunks": chunks}),
                )
            }
        }
    }

    /// Forgets an upload.
    pub fn delete(&mut self, uuid: &str) -> Reply {
        self.deleted.push(uuid.to_owned());
        self.held.remove(uuid);
        Reply::json(200, json!({"success": true}))
    }

    /// Offsets of the chunks it holds of an upload.
    pub fn offsets(&self, uuid: &str) -> Vec<u64> {
        self.held.get(uuid).map(|held| held.parts.keys().copied().collect()).unwrap_or_default()
    }

    /// Damages a chunk that it holds.
    pub fn damage(&mut self, uuid: &str, offset: u64) {
        let part = self.held.get_mut(uuid).and_then(|held| held.parts.get_mut(&offset));
        part.expect("it holds that chunk")[0] ^= 1;
    }

    /// Forgets everything that is not finished, as a server does whose clean-up came too early.
    pub fn lose_unfinished(&mut self) {
        self.held.retain(|_, held| held.object.is_some());
    }

    /// All finished objects, by name.
    pub fn objects(&self) -> Vec<Object> {
        let object = |(uuid, held): (&String, &Held)| {
            let bytes = held.object.as_ref()?;
            let (name, path) = (held.name.clone(), held.path.clone());
            Some(Object { uuid: uuid.clone(), name, path, length: bytes.len() as u64, digest: digest(bytes) })
        };
        let mut objects: Vec<Object> = self.held.iter().filter_map(object).collect();
        objects.sort_by(|a, b| (&a.path, &a.name).cmp(&(&b.path, &b.name)));
        objects
    }
}
