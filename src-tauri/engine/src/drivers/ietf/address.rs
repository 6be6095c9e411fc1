//! The address of a target that speaks the draft, and what the target allows.

use url::Url;

use super::NONE;
use crate::{
    drivers::{http::Answer, resource::text},
    error::{Error, ErrorKind, Result},
};

/// What the driver speaks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub endpoint: Url,
    pub chunk: Option<u64>,
    interop: Option<u8>,
}

impl Address {
    /// `interop` (9, 8, 6 or none; by default the newest that the server speaks), `chunk` (bytes). The rest of the query stays on
    /// the target.
    ///
    /// # Errors
    /// `Invalid` where a value makes no sense.
    pub fn resolve(url: &Url) -> Result<Self> {
        let mut endpoint = url.clone();
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        let (mut chunk, mut interop, mut kept) = (None, None, Vec::new());
        for (key, value) in url.query_pairs() {
            let senseless = || {
                let text = format!("“{key}={value}” in the destination URL makes no sense");
                Error::new(ErrorKind::Invalid, text)
            };
            match (key.as_ref(), value.as_ref()) {
                ("interop", "none") => interop = Some(NONE),
                ("interop", "6" | "8" | "9") => interop = value.parse().ok(),
                ("interop", _) => return Err(senseless().next_step("Give interop as 9, 8, 6 or none.")),
                ("chunk", _) => chunk = Some(value.parse().ok().filter(|&size: &u64| size > 0).ok_or_else(senseless)?),
                _ => kept.push((key.into_owned(), value.into_owned())),
            }
        }
        if !kept.is_empty() {
            endpoint.query_pairs_mut().extend_pairs(kept);
        }
        Ok(Self { endpoint, chunk, interop })
    }

    /// The versions to try, newest first.
    pub fn versions(&self) -> &[u8] {
        match &self.interop {
            Some(version) => std::slice::from_ref(version),
            None => &[9, 8, 6],
        }
    }
}

/// What a target allows (`Upload-Limit`, a structured dictionary of integers).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Limits {
    pub max_size: Option<u64>,
    pub min_size: Option<u64>,
    pub max_append: Option<u64>,
    pub min_append: Option<u64>,
    /// Seconds.
    pub max_age: Option<u64>,
}

impl Limits {
    pub fn of(answer: &Answer) -> Self {
        let mut limits = Self::default();
        for entry in text(answer, "upload-limit").unwrap_or_default().split(',') {
            let (key, value) = entry.split_once('=').unwrap_or((entry, ""));
            let value = value.split(';').next().unwrap_or_default().trim().parse().ok();
            match key.trim() {
                "max-size" => limits.max_size = value,
                "min-size" => limits.min_size = value,
                "max-append-size" => limits.max_append = value.filter(|&size| size > 0),
                "min-append-size" => limits.min_append = value,
                "max-age" => limits.max_age = value,
                _ => {}
            }
        }
        limits
    }
}

#[cfg(test)]
mod tests {
    use reqwest::{StatusCode, header::HeaderMap};

    use super::*;

    #[test]
    fn limits_are_read_and_what_is_unknown_or_senseless_is_passed_over() {
        let mut headers = HeaderMap::new();
        let said = "max-size=1000, min-append-size=5;q=1,max-age=60, max-append-size=0, new=?1, min-size=x";
        headers.insert("upload-limit", said.parse().expect("a header"));
        let limits = Limits::of(&Answer::of(StatusCode::OK, headers, b""));
        let expected = Limits { max_size: Some(1000), min_append: Some(5), max_age: Some(60), ..Limits::default() };
        assert_eq!(limits, expected);
    }

    #[test]
    fn the_version_can_be_set() {
        let resolve =
            |query: &str| Address::resolve(&Url::parse(&format!("https://h.example/r/?{query}")).expect("URL"));
        assert_eq!(resolve("interop=8").expect("known").versions(), [8]);
        assert_eq!(resolve("").expect("known").versions(), [9, 8, 6]);
        assert!(resolve("interop=7").is_err() && resolve("chunk=0").is_err());
        assert_eq!(resolve("a=b&chunk=5").expect("known").endpoint.as_str(), "https://h.example/r/?a=b");
    }
}
