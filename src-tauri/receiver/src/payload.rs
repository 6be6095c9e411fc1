//! The file in a request: a raw body, or the last part of a multipart form. Both are read alike.
//!
//! The form is read by hand, since it has one shape only: short fields, then the file to the end. So the
//! file's bytes go on as they are found, in large blocks, with one fast search for the boundary.

use bytes::Bytes;
use memchr::memmem;

use crate::body::{BLOCK, BodyError, Reader};

/// Fields before the file, all together: bytes.
const MAX_FIELDS: usize = 256 * 1024;
/// The headers of one part, and the value of one field: bytes.
const MAX_FIELD: usize = 64 * 1024;
/// A boundary; the standard (RFC 2046, 5.1.1) allows 70 bytes.
const MAX_BOUNDARY: usize = 256;
/// What may follow the file: bytes.
const MAX_EPILOGUE: usize = 64 * 1024;

/// Why the file could not be read to its end.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PayloadError {
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The form breaks its own rules.
    #[error("the form cannot be read: {0}")]
    Malformed(&'static str),
}

/// The file in a request.
pub(crate) struct Payload {
    reader: Reader,
    /// CRLF, two hyphens and the boundary; `None` for a raw body.
    delimiter: Option<Vec<u8>>,
    ended: bool,
    received: u64,
}

/// What a form holds before its file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    pub values: Vec<(String, String)>,
    /// The file's name, where its part gives one.
    pub file_name: Option<String>,
    /// Whether there is a file at all.
    pub has_file: bool,
}

impl Payload {
    /// A body that is the file and nothing else.
    pub fn raw(reader: Reader) -> Payload {
        Payload { reader, delimiter: None, ended: false, received: 0 }
    }

    /// A multipart form; its fields are read up to the file.
    pub async fn multipart(reader: Reader, boundary: &str) -> Result<(Fields, Payload), PayloadError> {
        if boundary.len() > MAX_BOUNDARY {
            return Err(PayloadError::Malformed("its boundary is too long"));
        }
        let delimiter = Some(format!("\r\n--{boundary}").into_bytes());
        let mut payload = Payload { reader, delimiter, ended: false, received: 0 };
        let fields = payload.fields(boundary).await?;
        payload.ended = !fields.has_file;
        Ok((fields, payload))
    }

    /// Bytes of the file that came in so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next bytes of the file; `None` at its end.
    pub async fn next_block(&mut self) -> Result<Option<Bytes>, PayloadError> {
        if self.ended {
            return Ok(None);
        }
        let filled = self.reader.fill(BLOCK).await;
        if filled.is_err() {
            // What came before the connection broke is counted, though it is of no use.
            self.received += self.reader.buffer.len() as u64;
        }
        let length = match (filled?, &self.delimiter) {
            (last, None) => {
                self.ended = last;
                self.reader.buffer.len()
            }
            (last, Some(delimiter)) => match memmem::find(&self.reader.buffer, delimiter) {
                Some(end) => {
                    self.ended = true;
                    end
                }
                None if last => return Err(PayloadError::Malformed("it ends inside the file")),
                None => self.reader.buffer.len().saturating_sub(delimiter.len() - 1),
            },
        };
        let block = self.reader.buffer.split_to(length).freeze();
        self.received += length as u64;
        if self.ended {
            self.skip_epilogue().await;
        }
        Ok((length > 0).then_some(block))
    }

    /// Whether [`Payload::next_block`] has given the last byte.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Reads what follows the file, so that the connection can be used again. It holds nothing we need.
    async fn skip_epilogue(&mut self) {
        let _ = self.reader.fill(MAX_EPILOGUE).await;
    }

    async fn fields(&mut self, boundary: &str) -> Result<Fields, PayloadError> {
        let mut fields = Fields::default();
        let mut length = 0;
        self.skip_first_boundary(boundary).await?;
        while !self.is_at_end().await? {
            let head = self.take_until(b"\r\n\r\n", "a part's headers do not end").await?;
            let part = part_head(&head).ok_or(PayloadError::Malformed("a part has no name"))?;
            if part.is_file {
                return Ok(Fields { file_name: part.file_name, has_file: true, ..fields });
            }
            let delimiter = self.delimiter.clone().unwrap_or_default();
            let value = self.take_until(&delimiter, "a field does not end").await?;
            length += head.len() + value.len();
            if length > MAX_FIELDS {
                return Err(PayloadError::Malformed("its fields are too long"));
            }
            fields.values.push((part.name, String::from_utf8_lossy(&value).into_owned()));
        }
        Ok(fields)
    }

    async fn skip_first_boundary(&mut self, boundary: &str) -> Result<(), PayloadError> {
        let opening = format!("--{boundary}");
        let before = self.take_until(opening.as_bytes(), "its boundary is missing").await?;
        match before.is_empty() || before.ends_with(b"\r\n") {
            true => Ok(()),
            false => Err(PayloadError::Malformed("its boundary is missing")),
        }
    }

    /// Behind a boundary: `--` ends the form, a line end begins the next part.
    async fn is_at_end(&mut self) -> Result<bool, PayloadError> {
        self.reader.fill(2).await?;
        if self.reader.buffer.starts_with(b"--") {
            return Ok(true);
        }
        // Left in place: a part without headers would begin with an empty line.
        Ok(false)
    }

    /// Takes the bytes before `end`, and `end` too.
    async fn take_until(&mut self, end: &[u8], missing: &'static str) -> Result<Bytes, PayloadError> {
        loop {
            if let Some(at) = memmem::find(&self.reader.buffer, end) {
                let before = self.reader.buffer.split_to(at).freeze();
                let _ = self.reader.buffer.split_to(end.len());
                return Ok(before);
            }
            let held = self.reader.buffer.len();
            if held > MAX_FIELD || self.reader.fill(held + 1).await? {
                return Err(PayloadError::Malformed(missing));
            }
        }
    }
}

/// The head of one part.
#[derive(Debug, PartialEq, Eq)]
struct PartHead {
    name: String,
    file_name: Option<String>,
    is_file: bool,
}

fn part_head(head: &[u8]) -> Option<PartHead> {
    let text = String::from_utf8_lossy(head);
    let (mut disposition, mut has_type) = (None, false);
    for line in text.split("\r\n") {
        let Some((name, value)) = line.split_once(':') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => disposition = Some(value.trim().to_owned()),
            "content-type" => has_type = !value.trim().to_ascii_lowercase().starts_with("text/plain"),
            _ => {}
        }
    }
    let disposition = disposition?;
    let name = parameter(&disposition, "name")?;
    let file_name = parameter(&disposition, "filename");
    Some(PartHead { is_file: file_name.is_some() || has_type || name == "qqfile", name, file_name })
}

/// A parameter of a header such as `form-data; name="a"; filename="b"`. Browsers write a quote as `%22`, others as `\"`.
pub(crate) fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => after.split_once(';').map_or((after.trim().to_owned(), ""), |(v, r)| (v.trim().to_owned(), r)),
        };
        if name.trim().trim_start_matches(';').trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

/// The text up to the closing quote, and what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value.replace("%22", "\""), &text[at + 1..])),
            // A backslash is only an escape before a quote: some browsers send whole Windows paths.
            '\\' if text[at + 1..].starts_with('"') => value.extend(characters.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use futures_util::stream;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::body::Pace;

    /// A body that arrives in pieces of `step` bytes.
    fn reader(body: &[u8], step: usize) -> Reader {
        let pieces: Vec<Result<Bytes, std::io::Error>> =
            body.chunks(step).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let pace = Pace { stall: Duration::from_secs(5), min_rate: 0, window: Duration::from_secs(60) };
        Reader::new(Body::from_stream(stream::iter(pieces)), pace, CancellationToken::new())
    }

    async fn read_all(mut payload: Payload) -> Result<Vec<u8>, PayloadError> {
        let mut all = Vec::new();
        while let Some(block) = payload.next_block().await? {
            all.extend_from_slice(&block);
        }
        assert_eq!(payload.received(), all.len() as u64);
        Ok(all)
    }

    fn form(file: &[u8]) -> Vec<u8> {
        let mut form = b"--XX\r\nContent-Disposition: form-data; name=\"qquuid\"\r\n\r\na-b\r\n".to_vec();
        form.extend_from_slice(b"--XX\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n");
        form.extend_from_slice(b"--XX\r\ncontent-disposition: form-data; name=\"qqfile\"; filename=\"q%22.bin\"\r\n");
        form.extend_from_slice(b"Content-Type: application/octet-stream\r\n\r\n");
        form.extend_from_slice(file);
        form.extend_from_slice(b"\r\n--XX--\r\n");
        form
    }

    #[tokio::test]
    async fn a_form_reads_the_same_however_it_is_cut() {
        for file in [&b""[..], b"x", b"\r\n--X", b"\r\n--XY\r\n--X", b"\r\n\r\n--", &[13; 700]] {
            for step in [1, 2, 3, 7, 1000] {
                let (fields, payload) = Payload::multipart(reader(&form(file), step), "XX").await.unwrap();
                let values = [("qquuid", "a-b"), ("empty", "")].map(|(k, v)| (k.to_owned(), v.to_owned()));
                assert_eq!(fields.values, values);
                assert_eq!(fields.file_name.as_deref(), Some("q\".bin"));
                assert_eq!(read_all(payload).await.unwrap(), file, "in steps of {step}");
            }
        }
    }

    #[tokio::test]
    async fn a_file_of_many_blocks_comes_out_whole() {
        let file: Vec<u8> = (0..3 * BLOCK + 17).map(|i| (i % 251) as u8).collect();
        let (_, payload) = Payload::multipart(reader(&form(&file), 70_001), "XX").await.unwrap();
        assert!(read_all(payload).await.unwrap() == file);
        assert!(read_all(Payload::raw(reader(&file, 70_001))).await.unwrap() == file);
    }

    #[tokio::test]
    async fn a_form_that_breaks_its_rules_is_refused_at_every_cut() {
        let whole = form(b"data");
        for cut in 0..whole.len() - 8 {
            let read = match Payload::multipart(reader(&whole[..cut], 9), "XX").await {
                Ok((fields, payload)) if fields.has_file => read_all(payload).await.map(drop),
                Ok(_) => panic!("a form cut at {cut} must not look whole"),
                Err(error) => Err(error),
            };
            assert!(matches!(read, Err(PayloadError::Malformed(_))), "cut at {cut}");
        }
    }

    #[tokio::test]
    async fn a_form_without_a_file_has_only_fields() {
        let body = b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--\r\n";
        let (fields, mut payload) = Payload::multipart(reader(body, 5), "XX").await.unwrap();
        assert!(!fields.has_file);
        assert_eq!(payload.next_block().await.unwrap(), None);
    }

    #[test]
    fn parameters_are_read_with_their_quotes() {
        let header = r#"form-data; name="a;b=c"; FileName="d\"e.txt"; x=y"#;
        assert_eq!(parameter(header, "name").as_deref(), Some("a;b=c"));
        assert_eq!(parameter(header, "filename").as_deref(), Some("d\"e.txt"));
        assert_eq!(parameter(header, "x").as_deref(), Some("y"));
        assert_eq!(parameter(header, "z"), None);
        assert_eq!(parameter("multipart/form-data; boundary=--ab", "boundary").as_deref(), Some("--ab"));
        assert_eq!(parameter("form-data; name=\"never ends", "name"), None);
    }
}
