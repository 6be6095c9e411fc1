//! What a client said of an upload when it began it.

use serde::{Deserialize, Serialize};

use super::UploadId;

/// What was said of an upload whose bytes come in their order. It never changes, and is kept for as long as the
/// upload's id is, so that a repeated beginning is known again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Profile {
    /// A file name, from [`crate::names::file_name`].
    pub name: String,
    /// A relative folder, from [`crate::names::folder`].
    pub folder: String,
    /// Bytes; `None` where it was to be said later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Who sends it, as far as unfinished uploads are counted by client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The client's own id for this try. Who begins with the same one again means the same upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<UploadId>,
    #[serde(default, skip_serializing_if = "Role::is_file")]
    pub role: Role,
    /// What the protocol keeps here for itself; nobody else reads it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// What becomes of the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// A file.
    #[default]
    File,
    /// A part of a file; it gets no name of its own.
    Part,
    /// A file made of these parts, in this order.
    Joined(Vec<UploadId>),
}

impl Role {
    fn is_file(&self) -> bool {
        *self == Role::File
    }
}

impl Profile {
    /// Whether a client that begins `other` means this upload.
    pub fn is_same_beginning(&self, other: &Profile) -> bool {
        self.size == other.size && self.role == other.role
    }
}
