//! What a user can set about a Fine Uploader server. The defaults are the original's, and send what was always sent.
//!
//! Names of fields follow the original's options (docs: *Options*, “request”, “chunking”, “deleteFile”, “session”).
//! Plain data: [`FineUploaderSettings::check`] says in a sentence what makes no sense, before anything is sent.

use std::collections::{BTreeMap, HashSet};

use reqwest::{
    Method,
    header::{HeaderName, HeaderValue},
};
use serde::{Deserialize, Serialize};

use super::{
    params::Params,
    template::{self, Place},
};
use crate::error::{Error, ErrorKind, Result};

/// Headers by name; values may hold placeholders.
pub type Headers = BTreeMap<String, String>;

/// How a Fine Uploader server is spoken to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FineUploaderSettings {
    /// The method of uploads and chunks.
    pub method: String,
    /// Bytes travel in a multipart form. With `params_in_body` they do in any case.
    pub force_multipart: bool,
    /// Parameters are fields of the form; false puts them into the query.
    pub params_in_body: bool,
    /// What the parameters are called.
    pub names: ParamNames,
    /// Leaves the protocol's own parameters out of uploads and chunks (not out of the done request).
    pub omit_default_params: bool,
    /// Further parameters, fixed or by template.
    pub params: Params,
    /// Further headers, fixed or by template. Never a secret: the token has its own place.
    pub headers: Headers,
    /// A yes needs a JSON body with `success`; false lets an empty answer pass.
    pub require_success_json: bool,
    /// The word in an answer that forbids another attempt.
    pub prevent_retry_property: String,
    /// `newUuid` counts in answers to chunks too; they go one by one then. On plain uploads it always counts.
    pub new_uuid_on_chunks: bool,
    /// Every file goes chunked, one of a single chunk too.
    pub mandatory: bool,
    /// Several chunks of one file at once; none does so where there is a done endpoint.
    pub concurrent: Option<bool>,
    /// The request that says that all chunks were sent.
    pub done: DoneSettings,
    /// The request to delete an upload.
    pub delete: DeleteSettings,
    /// Where finished files are listed, if anywhere.
    pub session: Option<SessionSettings>,
}

/// What the parameters are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParamNames {
    /// The upload's id (`request.uuidName`).
    pub uuid: String,
    /// The file's name (`request.filenameParam`).
    pub filename: String,
    /// Bytes in the file (`request.totalFileSizeName`).
    pub total_file_size: String,
    /// The chunk's number, from 0 (`chunking.paramNames.partIndex`).
    pub part_index: String,
    /// The chunk's first byte, zero-based (`chunking.paramNames.partByteOffset`).
    pub part_byte_offset: String,
    /// Bytes in this chunk (`chunking.paramNames.chunkSize`).
    pub chunk_size: String,
    /// How many chunks there are (`chunking.paramNames.totalParts`).
    pub total_parts: String,
    /// Says that an upload resumes (`resume.paramNames.resuming`).
    pub resume: String,
    /// The field with the bytes; with raw bodies, a parameter with the name (`request.inputName`).
    pub input: String,
}

/// The request that says that all chunks were sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DoneSettings {
    /// A path or URL on the same host; `done` in the address wins. None: there is no such request.
    pub endpoint: Option<String>,
    /// Its method; GET and DELETE put the parameters into the query.
    pub method: String,
    /// Replaces the whole set of parameters, the id too.
    pub params: Option<Params>,
    /// Replaces the further headers.
    pub headers: Option<Headers>,
    /// The parameters go as a JSON object.
    pub json_payload: bool,
    /// Statuses that mean: all chunks again.
    pub reset_on_status: Vec<u16>,
}

/// The request to delete an upload, finished or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeleteSettings {
    /// `DELETE <endpoint>/<uuid>`, or `POST <endpoint>` with `_method=DELETE`.
    pub method: DeleteMethod,
    /// A path or URL on the same host; none for the upload endpoint.
    pub endpoint: Option<String>,
    /// Its parameters; templates know `{uuid}`.
    pub params: Params,
    /// Its headers; templates know `{uuid}`.
    pub headers: Headers,
}

/// How a request to delete is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeleteMethod {
    /// The method says it.
    #[default]
    Delete,
    /// A form says it.
    Post,
}

/// Where finished files are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionSettings {
    /// A path or URL on the same host.
    pub endpoint: String,
    /// Fixed parameters.
    pub params: Params,
    /// Fixed headers.
    pub headers: Headers,
}

impl Default for FineUploaderSettings {
    fn default() -> Self {
        Self {
            method: "POST".into(),
            force_multipart: true,
            params_in_body: true,
            names: ParamNames::default(),
            omit_default_params: false,
            params: Params::default(),
            headers: Headers::new(),
            require_success_json: true,
            prevent_retry_property: "preventRetry".into(),
            new_uuid_on_chunks: false,
            mandatory: false,
            concurrent: None,
            done: DoneSettings::default(),
            delete: DeleteSettings::default(),
            session: None,
        }
    }
}

impl Default for ParamNames {
    fn default() -> Self {
        Self {
            uuid: "qquuid".into(),
            filename: "qqfilename".into(),
            total_file_size: "qqtotalfilesize".into(),
            part_index: "qqpartindex".into(),
            part_byte_offset: "qqpartbyteoffset".into(),
            chunk_size: "qqchunksize".into(),
            total_parts: "qqtotalparts".into(),
            resume: "qqresume".into(),
            input: "qqfile".into(),
        }
    }
}

impl Default for DoneSettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            method: "POST".into(),
            params: None,
            headers: None,
            json_payload: false,
            reset_on_status: Vec::new(),
        }
    }
}

impl Default for DeleteSettings {
    fn default() -> Self {
        Self { method: DeleteMethod::Delete, endpoint: None, params: Params::default(), headers: Headers::new() }
    }
}

impl FineUploaderSettings {
    /// Bodies are forms; else they are the bytes and nothing else.
    pub(super) fn is_multipart(&self) -> bool {
        self.force_multipart || self.params_in_body
    }

    /// Checks everything that can be checked without an address.
    ///
    /// # Errors
    /// `Invalid`, with a sentence that names the setting.
    pub fn check(&self) -> Result<()> {
        const NO_BODY: [&str; 6] = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
        check_method("method", &self.method, &NO_BODY)?;
        check_method("done.method", &self.done.method, &["HEAD", "OPTIONS", "TRACE", "CONNECT"])?;
        self.names.check()?;
        self.params.check(Place::Upload, "params")?;
        check_headers(&self.headers, Place::Upload, "headers")?;
        if self.prevent_retry_property.is_empty() {
            return Err(invalid("prevent_retry_property: an empty word says nothing".into()));
        }
        self.done.check()?;
        self.delete.params.check(Place::Delete, "delete.params")?;
        check_headers(&self.delete.headers, Place::Delete, "delete.headers")?;
        if let Some(session) = &self.session {
            session.params.check(Place::Session, "session.params")?;
            check_headers(&session.headers, Place::Session, "session.headers")?;
        }
        Ok(())
    }
}

impl DoneSettings {
    fn check(&self) -> Result<()> {
        if let Some(params) = &self.params {
            params.check(Place::Upload, "done.params")?;
        }
        if let Some(headers) = &self.headers {
            check_headers(headers, Place::Upload, "done.headers")?;
        }
        match self.reset_on_status.iter().find(|status| !(205..600).contains(*status)) {
            Some(status) => Err(invalid(format!("done.reset_on_status: {status} is no status that a refusal has"))),
            None => Ok(()),
        }
    }
}

impl ParamNames {
    fn check(&self) -> Result<()> {
        let names = [
            &self.uuid,
            &self.filename,
            &self.total_file_size,
            &self.part_index,
            &self.part_byte_offset,
            &self.chunk_size,
            &self.total_parts,
            &self.resume,
            &self.input,
        ];
        let mut seen = HashSet::new();
        for name in names {
            if name.is_empty() || name.contains(char::is_control) {
                return Err(invalid(format!("names: “{}” is no name for a parameter", name.escape_debug())));
            }
            if !seen.insert(name) {
                return Err(invalid(format!("names: “{name}” would name two parameters at once")));
            }
        }
        Ok(())
    }
}

fn check_method(setting: &str, method: &str, refused: &[&str]) -> Result<()> {
    if Method::from_bytes(method.as_bytes()).is_err() || method != method.to_ascii_uppercase() {
        return Err(invalid(format!("{setting}: “{}” is no HTTP method; write it as POST", method.escape_debug())));
    }
    match refused.contains(&method) {
        true => Err(invalid(format!("{setting}: {method} cannot carry this request"))),
        false => Ok(()),
    }
}

/// What may be a secret never stands in the message.
fn check_headers(headers: &Headers, place: Place, within: &str) -> Result<()> {
    const SECRET: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];
    const FRAME: [&str; 5] = ["host", "connection", "content-length", "content-type", "transfer-encoding"];
    for (name, value) in headers {
        let lower = name.to_ascii_lowercase();
        if SECRET.contains(&lower.as_str()) {
            let text = format!("{within}: “{name}” would keep a secret among the settings");
            let step = "Give it as this destination's token: that is kept apart from the records.";
            return Err(invalid(text).next_step(step));
        }
        if HeaderName::from_bytes(name.as_bytes()).is_err() || FRAME.contains(&lower.as_str()) {
            return Err(invalid(format!("{within}: “{}” is no header that can be set here", name.escape_debug())));
        }
        if HeaderValue::from_str(value).is_err() {
            return Err(invalid(format!("{within}.{name}: the value holds what no header can")));
        }
        template::check(value, place, &format!("{within}.{name}"))?;
    }
    Ok(())
}

fn invalid(text: String) -> Error {
    Error::new(ErrorKind::Invalid, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> FineUploaderSettings {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn nothing_set_is_the_default_and_survives_its_record() {
        let default = FineUploaderSettings::default();
        assert_eq!(settings("{}"), default);
        default.check().expect("the defaults make sense");
        let text = serde_json::to_string(&default).expect("JSON");
        assert_eq!(settings(&text), default);
    }

    #[test]
    fn a_header_that_keeps_a_secret_is_refused_wherever_it_stands_and_never_repeated() {
        for name in ["Authorization", "cookie", "COOKIE", "aUTHORIZATION", "Proxy-Authorization"] {
            for json in [
                format!(r#"{{"headers": {{"{name}": "hunter2"}}}}"#),
                format!(r#"{{"done": {{"headers": {{"{name}": "hunter2"}}}}}}"#),
                format!(r#"{{"delete": {{"headers": {{"{name}": "hunter2"}}}}}}"#),
                format!(r#"{{"session": {{"headers": {{"{name}": "hunter2"}}}}}}"#),
            ] {
                let error = settings(&json).check().expect_err(&json);
                assert!(error.advice().contains("token"), "{error}");
                assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_said_in_a_sentence_that_names_it() {
        for (json, words) in [
            (r#"{"method": "GET"}"#, "method"),
            (r#"{"method": "po st"}"#, "no HTTP method"),
            (r#"{"names": {"uuid": ""}}"#, "names"),
            (r#"{"names": {"uuid": "id", "filename": "id"}}"#, "two parameters"),
            (r#"{"params": {"a": "{nope}"}}"#, "params.a"),
            (r#"{"headers": {"X Y": "z"}}"#, "headers"),
            (r#"{"headers": {"X-A": "a\nb"}}"#, "X-A"),
            (r#"{"headers": {"content-length": "3"}}"#, "content-length"),
            (r#"{"done": {"reset_on_status": [200]}}"#, "reset_on_status"),
            (r#"{"delete": {"params": {"a": "{name}"}}}"#, "delete.params.a"),
        ] {
            let error = settings(json).check().expect_err(json);
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert!(error.message().contains(words), "{json}: {error}");
        }
        let unknown = serde_json::from_str::<FineUploaderSettings>(r#"{"metod": "PUT"}"#).expect_err("misspelt");
        assert!(unknown.to_string().contains("metod"), "{unknown}");
    }
}
