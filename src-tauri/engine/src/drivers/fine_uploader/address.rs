//! A destination's address and its settings, resolved once into what the driver speaks to.
//!
//! What the address' query sets (`done`, `chunk`, `concurrent`, `repeat_finish`) wins over the settings; everything
//! else in it stays on the endpoint. All endpoints lie on one host, so that credentials go nowhere else.

use url::Url;

use super::settings::FineUploaderSettings;
use crate::error::{Error, ErrorKind, Result};

/// What the driver speaks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub endpoint: Url,
    pub done: Option<Url>,
    pub delete: Url,
    pub session: Option<Url>,
    pub chunk_size: Option<u64>,
    pub concurrent: bool,
    pub repeat_finish: bool,
}

impl Address {
    /// `done` (a path or URL), `chunk` (bytes), `concurrent` (true, or false for one chunk at a time; by default true where a
    /// done endpoint is set, as the original asks for), `repeat_finish=safe`.
    ///
    /// # Errors
    /// `Invalid` where a value makes no sense, or an endpoint lies on another host.
    pub fn resolve(url: &Url, settings: &FineUploaderSettings, repeat_finish: bool) -> Result<Self> {
        let mut endpoint = url.clone();
        endpoint.set_query(None);
        let (mut done, mut chunk_size, mut concurrent) = (None, None, settings.concurrent);
        let mut repeat_finish = repeat_finish;
        let mut kept = Vec::new();
        for (key, value) in url.query_pairs() {
            match key.as_ref() {
                "done" => done = Some(url.join(&value).map_err(|_| senseless("done", &value))?),
                "chunk" => chunk_size = Some(parse_size(&value)?),
                "concurrent" => concurrent = Some(value.parse().map_err(|_| senseless("concurrent", &value))?),
                "repeat_finish" if value == "safe" => repeat_finish = true,
                "repeat_finish" => return Err(senseless("repeat_finish", &value)),
                _ => kept.push((key.into_owned(), value.into_owned())),
            }
        }
        if !kept.is_empty() {
            endpoint.query_pairs_mut().extend_pairs(kept);
        }
        if let (None, Some(set)) = (&done, &settings.done.endpoint) {
            done = Some(join(url, "done.endpoint", set)?);
        }
        let delete = settings.delete.endpoint.as_deref().map(|set| join(url, "delete.endpoint", set)).transpose()?;
        let session = settings.session.as_ref().map(|set| join(url, "session.endpoint", &set.endpoint)).transpose()?;
        let concurrent = concurrent.unwrap_or(done.is_some()) && !settings.new_uuid_on_chunks;
        let delete = delete.unwrap_or_else(|| endpoint.clone());
        let address = Self { endpoint, done, delete, session, chunk_size, concurrent, repeat_finish };
        address.require_one_host()?;
        Ok(address)
    }

    fn require_one_host(&self) -> Result<()> {
        let others = [("done", self.done.as_ref()), ("delete", Some(&self.delete)), ("session", self.session.as_ref())];
        for (what, other) in others {
            if other.is_some_and(|other| !same_host(&self.endpoint, other)) {
                let text = format!("The {what} endpoint lies at another address than the upload endpoint");
                let step = format!("Give “{what}” as a path on the same host.");
                return Err(Error::new(ErrorKind::Invalid, text).next_step(step));
            }
        }
        Ok(())
    }
}

/// One origin, and no user name or password in it.
pub(super) fn same_host(one: &Url, other: &Url) -> bool {
    other.origin() == one.origin() && other.username().is_empty() && other.password().is_none()
}

fn join(url: &Url, setting: &str, value: &str) -> Result<Url> {
    let wrong = || Error::new(ErrorKind::Invalid, format!("{setting}: this is neither a path nor a URL"));
    if value.is_empty() {
        return Err(wrong());
    }
    url.join(value).map_err(|_| wrong())
}

fn parse_size(value: &str) -> Result<u64> {
    value.parse().ok().filter(|&size| size > 0).ok_or_else(|| senseless("chunk", value))
}

fn senseless(key: &str, value: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("“{key}={value}” in the destination URL makes no sense"))
}

/// `url` with further parameters; what its query holds already stays in front of them.
pub(super) fn with_query(mut url: Url, query: &str) -> Url {
    let whole = match url.query().unwrap_or_default() {
        "" => query.to_owned(),
        kept if query.is_empty() => kept.to_owned(),
        kept => format!("{kept}&{query}"),
    };
    url.set_query(Some(whole.as_str()).filter(|whole| !whole.is_empty()));
    url
}

/// `url` with an upload's id as one further step of its path, whatever the id holds.
///
/// # Errors
/// `Rejected` for an id that leads elsewhere.
pub(super) fn below(mut url: Url, uuid: &str) -> Result<Url> {
    if matches!(uuid, "" | "." | "..") {
        return Err(Error::new(ErrorKind::Rejected, "The upload's id cannot stand in an address"));
    }
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(uuid);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("url")
    }

    #[test]
    fn the_address_wins_over_the_settings() {
        let json = r#"{"done": {"endpoint": "/a"}, "concurrent": true, "delete": {"endpoint": "/gone"}}"#;
        let settings: FineUploaderSettings = serde_json::from_str(json).expect("settings");
        let plain = Address::resolve(&url("http://h/up"), &settings, true).expect("resolves");
        assert_eq!(plain.done.as_ref().map(Url::as_str), Some("http://h/a"));
        assert!(plain.concurrent && plain.repeat_finish && plain.delete.path() == "/gone");
        let own = Address::resolve(&url("http://h/up?done=b&concurrent=false"), &settings, false).expect("resolves");
        assert_eq!((own.done.as_ref().map(Url::as_str), own.concurrent), (Some("http://h/b"), false));
    }

    #[test]
    fn every_endpoint_lies_on_the_one_host() {
        for json in [
            r#"{"done": {"endpoint": "https://other/done"}}"#,
            r#"{"delete": {"endpoint": "//other/delete"}}"#,
            r#"{"session": {"endpoint": "http://h:81/list"}}"#,
            r#"{"done": {"endpoint": "http://me:secret@h/done"}}"#,
        ] {
            let settings: FineUploaderSettings = serde_json::from_str(json).expect("settings");
            assert!(Address::resolve(&url("http://h/up"), &settings, false).is_err(), "{json}");
        }
    }

    #[test]
    fn an_id_is_one_step_of_the_path_and_never_leads_away() {
        assert_eq!(
            below(url("http://h/up/?p=7"), "a/../b?c").expect("one step").as_str(),
            "http://h/up/a%2F..%2Fb%3Fc?p=7"
        );
        assert!(below(url("http://h/up"), "..").is_err());
        assert_eq!(with_query(url("http://h/up?p=7"), "a=b").as_str(), "http://h/up?p=7&a=b");
        assert_eq!(with_query(url("http://h/up"), "").as_str(), "http://h/up");
    }
}
