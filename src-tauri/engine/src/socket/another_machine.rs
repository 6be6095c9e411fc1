//! Uploads on their way to and from another machine.

use serde_json::json;

use super::{
    carry_out::{End, Task, one},
    lines,
    request::{Secret, decode_paths},
};
use crate::{
    error::{Error, ErrorKind, Result},
    upload::Upload,
};

impl Task<'_> {
    /// Writes an upload down; the line holds the document.
    pub async fn export(&self, name: &str) -> Result<End> {
        let (listed, _) = self.engine.list().await?;
        let id = one(&listed, name)?;
        let exported = self.engine.export_upload(id).await?;
        self.tell(json!({
            "event": "exported", "id": id, "name": exported.name, "as_of": exported.as_of, "whole": exported.whole,
            "document": exported.document,
        }));
        Ok(End::Done)
    }

    /// The document is safe: the record goes.
    pub async fn let_go(&self, name: &str, as_of: i64) -> Result<End> {
        let (listed, _) = self.engine.list().await?;
        let id = one(&listed, name)?;
        self.engine.let_go(id, as_of).await?;
        self.tell(json!({ "event": "let_go", "id": id }));
        Ok(End::Done)
    }

    /// Takes an upload over.
    pub async fn import(&self, document: &str, path: &str, to: Option<&str>, start: bool) -> Result<Upload> {
        let paths = decode_paths(&[path.to_owned()])?;
        let path = paths.first().ok_or_else(|| Error::new(ErrorKind::Invalid, "It is not said where the file lies"))?;
        let upload = self.engine.import_upload(document, path, to).await?;
        self.tell(json!({
            "event": "imported", "id": upload.id, "name": upload.name, "size": upload.size,
            "confirmed": upload.confirmed, "state": upload.state.name(), "starts": start,
        }));
        Ok(upload)
    }

    /// Carries on with what was taken over, and follows it.
    pub async fn carry_on_here(&self, upload: Upload, start: bool, token: Option<Secret>) -> Result<End> {
        self.introduce([upload.destination], token)?;
        if !start {
            return Ok(End::Done);
        }
        let events = self.engine.subscribe();
        let outcomes = self.engine.resume(&[upload.id]).await;
        for (id, error) in &outcomes.problems {
            self.tell(lines::of_refusal(*id, &upload.name, error));
        }
        self.follow(events, outcomes.done, !outcomes.problems.is_empty()).await
    }
}
