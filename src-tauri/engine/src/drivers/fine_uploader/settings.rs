//! What a user can set about a Fine Uploader server. The defaults are the original's, and send what was always sent.
//!
//! Names of fields follow the original's options (docs: *Options*, “request”, “chunking”, “deleteFile”, “session”).
//! Plain data: [`FineUploaderSettings::check`] says in a sentence what makes no sense, before anything is sent.

use serde::{Deserialize, Serialize};

use super::{super::headers::Headers, params::Params};

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
}
