//! Finished files at a Fine Uploader server: listed by its session endpoint, deleted one by one (docs: *Session*,
//! *Delete file*).
//!
//! As in the original, reading stops at the first entry without a name or an id; what follows is not taken.

use async_trait::async_trait;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{
    super::template::Facts,
    FineUploader,
    address::{same_host, with_query},
    answers::judge_session,
    params::Params,
    requests,
};
use crate::{
    destination::{Catalogue, FinishedFile, Listing},
    drivers::http::{self, quote},
    error::{Error, ErrorKind, Result},
    upload::now,
};

/// What the server said about deleting a file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Handle {
    endpoint: Option<String>,
    params: Params,
}

#[async_trait]
impl Catalogue for FineUploader {
    async fn finished_files(&self) -> Result<Listing> {
        let (Some(session), Some(url)) = (&self.settings.session, &self.address.session) else {
            return Err(Error::new(ErrorKind::Invalid, "This destination has no list of finished files"));
        };
        let mut params = session.params.filled(Facts::Nothing);
        params.set("qqtimestamp", now().unsigned_abs());
        let url = with_query(url.clone(), &params.query());
        let headers = requests::plain_headers(&session.headers, Facts::Nothing);
        let request = self.request(Method::GET, url).headers(headers);
        let answer = http::exchange(request, None, &self.options, self.options.answer).await?;
        Ok(listing(&judge_session(&answer)?))
    }

    async fn delete_finished(&self, file: &FinishedFile) -> Result<()> {
        let handle: Handle = serde_json::from_value(file.handle.clone()).unwrap_or_default();
        let endpoint = match &handle.endpoint {
            Some(own) => self.elsewhere(own)?,
            None => self.address.delete.clone(),
        };
        self.delete(endpoint, &file.id, &handle.params).await
    }
}

impl FineUploader {
    /// The endpoint that the server named for one file: on the same host, or not at all.
    fn elsewhere(&self, own: &str) -> Result<Url> {
        let url = self.address.endpoint.join(own).ok().filter(|url| same_host(&self.address.endpoint, url));
        url.ok_or_else(|| {
            Error::new(
                ErrorKind::Rejected,
                "The destination wants this file deleted at another address; it was left there",
            )
        })
    }
}

pub(super) fn listing(entries: &[Value]) -> Listing {
    let files: Vec<FinishedFile> = entries.iter().map_while(finished_file).collect();
    Listing { whole: files.len() == entries.len(), files }
}

fn finished_file(entry: &Value) -> Option<FinishedFile> {
    let text = |name: &str| entry[name].as_str().filter(|text| !text.is_empty());
    let handle = Handle {
        endpoint: text("deleteFileEndpoint").map(str::to_owned),
        params: serde_json::from_value(entry["deleteFileParams"].clone()).unwrap_or_default(),
    };
    Some(FinishedFile {
        name: quote(text("name")?),
        id: text("uuid")?.to_owned(),
        location: text("location").map(quote),
        size: entry["size"].as_u64(),
        thumbnail: text("thumbnailUrl").map(quote),
        handle: serde_json::to_value(handle).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reading_stops_at_the_first_entry_that_makes_no_sense() {
        let good = |name: &str| json!({"name": name, "uuid": format!("id of {name}"), "size": 3});
        let read = listing(&[good("a"), json!({"name": "b"}), good("c")]);
        let names: Vec<_> = read.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names, read.whole), (vec!["a"], false));
        assert!(listing(&[good("a"), good("c")]).whole);
    }
}
