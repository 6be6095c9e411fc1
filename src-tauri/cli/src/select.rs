//! Naming uploads on the command line: whole ids, or beginnings that only one of them has.

use carryon_engine::{Error, ErrorKind, Listed, UploadId};

/// The uploads that `names` mean.
///
/// # Errors
/// `Invalid` where a name means none or several.
pub fn uploads(listed: &[Listed], names: &[String]) -> Result<Vec<UploadId>, Error> {
    names.iter().map(|name| one(listed, name)).collect()
}

fn one(listed: &[Listed], name: &str) -> Result<UploadId, Error> {
    let ids = listed.iter().map(|listed| listed.upload.id);
    let meant: Vec<UploadId> =
        ids.filter(|id| !name.is_empty() && id.to_string().starts_with(&name.to_lowercase())).collect();
    match meant[..] {
        [id] => Ok(id),
        [] => Err(wrong(format!("There is no upload “{name}”"))),
        _ => Err(wrong(format!("“{name}” means {} uploads; write more of the id", meant.len()))),
    }
}

fn wrong(text: String) -> Error {
    Error::new(ErrorKind::Invalid, text).next_step("“carryon list” shows the uploads that are not finished.")
}
