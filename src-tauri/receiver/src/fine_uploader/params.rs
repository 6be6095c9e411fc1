//! Fine Uploader's parameters, checked and made into what the store understands. Pure.
//!
//! Source: Fine Uploader 5.16, traditional endpoint: `qquuid`, `qqfilename`, `qqtotalfilesize`, and for a chunk
//! `qqpartindex`, `qqpartbyteoffset`, `qqchunksize`, `qqtotalparts`. Ours: `qqblake3`, the digest of the bytes sent.

use std::collections::HashMap;

use crate::journal::{Digest, UploadId};
use crate::names;
use crate::store::Meta;

/// The parameters of a request as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(HashMap<String, String>);

/// What a client did wrong, in plain words.
pub(crate) type Fault = String;

/// A request that carries bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UploadRequest {
    pub uuid: UploadId,
    pub meta: Meta,
    /// `None` for a file sent whole.
    pub chunk: Option<ChunkRange>,
    /// This is (one of) the first requests of a resumed upload.
    pub resume: bool,
    pub digest: Option<Digest>,
}

/// The bytes of one chunk; they lie inside the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChunkRange {
    /// From 0.
    pub index: u64,
    /// Of the first byte, from the start of the file.
    pub offset: u64,
    /// Bytes; at least 1.
    pub length: u64,
}

impl Params {
    /// From a query string or a form; later values win.
    pub fn from_query(query: &str) -> Params {
        Params(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// From a JSON object of texts and numbers.
    pub fn from_json(bytes: &[u8]) -> Result<Params, Fault> {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(bytes).map_err(|_| "the body is no JSON object")?;
        let values = object.into_iter().filter_map(|(name, value)| match value {
            serde_json::Value::String(text) => Some((name, text)),
            serde_json::Value::Number(number) => Some((name, number.to_string())),
            serde_json::Value::Bool(is) => Some((name, is.to_string())),
            _ => None,
        });
        Ok(Params(values.collect()))
    }

    /// Adds values; they win over those of the same name.
    pub fn extend(&mut self, values: impl IntoIterator<Item = (String, String)>) {
        self.0.extend(values);
    }

    pub fn merge(&mut self, other: Params) {
        self.0.extend(other.0);
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Result<Option<u64>, Fault> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.bytes().all(|b| b.is_ascii_digit()) {
            true => text.parse().map(Some).map_err(|_| format!("{name} is no whole number")),
            false => Err(format!("{name} is no whole number")),
        }
    }

    fn needed(&self, name: &str) -> Result<u64, Fault> {
        self.number(name)?.ok_or_else(|| format!("{name} is missing"))
    }

    /// `qquuid`.
    pub fn uuid(&self) -> Result<UploadId, Fault> {
        let text = self.get("qquuid").ok_or("qquuid is missing")?;
        UploadId::parse(text).ok_or_else(|| "qquuid must be 1 to 64 letters, digits and hyphens".into())
    }

    /// `qqfilename`, `qqpath`, `qqtotalfilesize`; `file_name` is what the file's part of a form says.
    pub fn meta(&self, file_name: Option<&str>) -> Result<Meta, Fault> {
        // A chunk's part is always called "blob".
        let file_name = file_name.filter(|name| *name != "blob");
        let name = self.get("qqfilename").or(file_name).or(self.get("qqfile")).map(names::file_name);
        let folder = self.get("qqpath").map(|path| names::folder(path).ok_or("qqpath has too many folders"));
        Ok(Meta { name, folder: folder.transpose()?, size: self.number("qqtotalfilesize")?, client: None })
    }

    fn chunk(&self, size: Option<u64>) -> Result<Option<ChunkRange>, Fault> {
        let Some(index) = self.number("qqpartindex")? else { return Ok(None) };
        let (offset, length) = (self.needed("qqpartbyteoffset")?, self.needed("qqchunksize")?);
        let size = size.ok_or("qqtotalfilesize is missing")?;
        if offset.checked_add(length).is_none_or(|end| end > size) {
            return Err("the chunk reaches beyond the end of the file".into());
        }
        if length == 0 {
            return Err("a chunk has at least one byte".into());
        }
        if self.number("qqtotalparts")?.is_some_and(|parts| index >= parts) {
            return Err("qqpartindex must be below qqtotalparts".into());
        }
        Ok(Some(ChunkRange { index, offset, length }))
    }

    fn digest(&self) -> Result<Option<Digest>, Fault> {
        let digest = self.get("qqblake3").map(|hex| Digest::parse(hex).ok_or("qqblake3 is no BLAKE3 digest in hex"));
        Ok(digest.transpose()?)
    }

    /// Reads the parameters of a request that carries bytes.
    pub fn upload_request(&self, file_name: Option<&str>) -> Result<UploadRequest, Fault> {
        let uuid = self.uuid()?;
        let meta = self.meta(file_name)?;
        let chunk = self.chunk(meta.size)?;
        Ok(UploadRequest { uuid, chunk, resume: self.get("qqresume") == Some("true"), digest: self.digest()?, meta })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNK: &str = "qquuid=a&qqfilename=f&qqtotalfilesize=1000&qqpartindex=2&qqpartbyteoffset=800&qqchunksize=200";

    fn request(query: &str) -> Result<UploadRequest, Fault> {
        Params::from_query(query).upload_request(None)
    }

    #[test]
    fn a_chunk_is_read_as_the_client_meant_it() {
        let request = request(&format!("{CHUNK}&qqtotalparts=3&qqresume=true&qqpath=x%2Fy%2F")).unwrap();
        assert_eq!(request.chunk, Some(ChunkRange { index: 2, offset: 800, length: 200 }));
        assert_eq!((request.resume, request.meta.size), (true, Some(1000)));
        assert_eq!(request.meta.folder.as_deref(), Some("x/y"));
    }

    #[test]
    fn a_file_sent_whole_may_keep_its_size_to_itself() {
        let plain = request("qquuid=a&qqfile=raw+name.txt").unwrap();
        assert_eq!((plain.chunk, plain.meta.size, plain.meta.name.as_deref()), (None, None, Some("raw name.txt")));
        assert_eq!(request("qquuid=a").unwrap().meta.name, None);
    }

    #[test]
    fn numbers_that_do_not_fit_together_are_refused() {
        for (change, to) in [
            ("qqchunksize=200", "qqchunksize=201"),
            ("qqchunksize=200", "qqchunksize=0"),
            ("qqchunksize=200", "qqchunksize=-1"),
            ("qqchunksize=200", "qqchunksize=2e2"),
            ("qqchunksize=200", "qqchunksize=18446744073709551615"),
            ("qqchunksize=200", "x=1"),
            ("qqpartbyteoffset=800", "x=1"),
            ("qqtotalfilesize=1000", "x=1"),
            ("qqpartindex=2", "qqpartindex=2&qqtotalparts=2"),
            ("qqpartindex=2", "qqpartindex="),
            ("qquuid=a", "qquuid=..%2Fa"),
            ("qquuid=a", "qquuid="),
            ("qquuid=a", "x=1"),
            ("qquuid=a", "qquuid=a&qqblake3=12"),
        ] {
            let query = CHUNK.replacen(change, to, 1);
            assert!(request(&query).is_err(), "{query}");
        }
        assert!(request(CHUNK).is_ok());
    }

    #[test]
    fn json_numbers_and_texts_mean_the_same() {
        let a = Params::from_json(br#"{"qquuid":"a","qqtotalfilesize":10,"x":null}"#).unwrap();
        assert_eq!(a, Params::from_query("qquuid=a&qqtotalfilesize=10"));
        assert!(Params::from_json(b"[1]").is_err());
    }
}
