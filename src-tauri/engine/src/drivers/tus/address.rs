//! A tus destination's address and its settings, resolved once into what the driver speaks to.
//!
//! What the address' query sets (`preset`, `lanes`, `chunk`) wins over the settings; everything else in it stays on the
//! endpoint.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::value};
use url::Url;

use super::super::{
    headers::{self, Headers},
    template::{self, Place},
};
use crate::error::{Error, ErrorKind, Result};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
/// The most lanes that are of use.
const MOST_LANES: u32 = 16;

/// How a tus server is spoken to. The defaults suit any server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TusSettings {
    /// The rules of a known service.
    pub preset: Option<Preset>,
    /// Parts of one file at once, where the server joins them (extension *concatenation*).
    pub lanes: Option<u32>,
    /// Further headers, fixed or by template. Never a secret: the token has its own place.
    pub headers: Headers,
    /// Further metadata of an upload, fixed or by template; replaces what is sent under the same name.
    pub metadata: BTreeMap<String, String>,
    /// Each request bears a checksum, where the server was seen to enforce one.
    pub checksum: bool,
}

impl Default for TusSettings {
    fn default() -> Self {
        Self { preset: None, lanes: None, headers: Headers::new(), metadata: BTreeMap::new(), checksum: true }
    }
}

/// A service with rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Cloudflare Stream: chunks of 5 to 200 MiB, multiples of 256 KiB.
    Cloudflare,
    /// Supabase Storage: chunks of exactly 6 MiB.
    Supabase,
    /// Vimeo: the address is the upload link of one video.
    Vimeo,
}

/// What the driver speaks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub endpoint: Url,
    pub preset: Option<Preset>,
    pub lanes: u32,
    pub chunk: Option<u64>,
}

/// What a server takes in one request: least, most, and of what it is a multiple.
pub(super) struct Rules {
    pub least: u64,
    pub most: u64,
    pub multiple: u64,
}

impl TusSettings {
    /// Checks everything that can be checked without an address.
    ///
    /// # Errors
    /// `Invalid`, with a sentence that names the setting.
    pub fn check(&self) -> Result<()> {
        headers::check(&self.headers, Place::Upload, "tus.headers")?;
        self.lanes.map_or(Ok(1), check_lanes)?;
        for (name, value) in &self.metadata {
            if name.is_empty() || name.contains([' ', ',']) || !name.is_ascii() || name.contains(char::is_control) {
                let text = format!("tus.metadata: “{}” is no name for metadata", name.escape_debug());
                return Err(Error::new(ErrorKind::Invalid, text));
            }
            template::check(value, Place::Upload, &format!("tus.metadata.{name}"))?;
        }
        Ok(())
    }
}

impl Address {
    /// `preset` (cloudflare, supabase, vimeo), `lanes` (1 to 16), `chunk` (bytes).
    ///
    /// # Errors
    /// `Invalid` where a value makes no sense.
    pub fn resolve(url: &Url, settings: &TusSettings, connections: Option<usize>) -> Result<Self> {
        let mut endpoint = url.clone();
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        let connections = connections.map(|most| u32::try_from(most).unwrap_or(MOST_LANES).min(MOST_LANES));
        let (mut preset, mut chunk) = (settings.preset, None);
        let mut lanes = settings.lanes.or(connections).unwrap_or(1);
        let mut kept = Vec::new();
        for (key, value) in url.query_pairs() {
            let number = || value.parse::<u64>().ok().filter(|&number| number > 0);
            match key.as_ref() {
                "preset" => preset = Some(parse_preset(&value)?),
                "lanes" => lanes = check_lanes(u32::try_from(number().unwrap_or(0)).unwrap_or(0))?,
                "chunk" => chunk = Some(number().ok_or_else(|| senseless("chunk", &value))?),
                _ => kept.push((key.into_owned(), value.into_owned())),
            }
        }
        if !kept.is_empty() {
            endpoint.query_pairs_mut().extend_pairs(kept);
        }
        // These services take one request of an upload after another.
        let lanes = if preset.is_some() { 1 } else { lanes };
        Ok(Self { endpoint, preset, lanes, chunk })
    }

    /// The address is that of one upload, opened elsewhere.
    pub fn is_given(&self) -> bool {
        self.preset == Some(Preset::Vimeo)
    }

    /// What the service asks of a request.
    pub fn rules(&self) -> Rules {
        match self.preset {
            None => Rules { least: 1, most: u64::MAX, multiple: 1 },
            Some(Preset::Cloudflare) => Rules { least: 5 * MIB, most: 200 * MIB, multiple: 256 * KIB },
            Some(Preset::Supabase) => Rules { least: 6 * MIB, most: 6 * MIB, multiple: 6 * MIB },
            Some(Preset::Vimeo) => Rules { least: 128 * MIB, most: 512 * MIB, multiple: MIB },
        }
    }
}

fn parse_preset(text: &str) -> Result<Preset> {
    let known = Preset::deserialize(value::StrDeserializer::<value::Error>::new(text));
    known.map_err(|_| senseless("preset", text).next_step("Carryon knows cloudflare, supabase and vimeo."))
}

fn check_lanes(lanes: u32) -> Result<u32> {
    match (1..=MOST_LANES).contains(&lanes) {
        true => Ok(lanes),
        false => Err(Error::new(ErrorKind::Invalid, format!("lanes: give a number from 1 to {MOST_LANES}"))),
    }
}

fn senseless(key: &str, value: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("“{key}={value}” in the destination URL makes no sense"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(url: &str) -> Result<Address> {
        Address::resolve(&Url::parse(url).expect("a URL"), &TusSettings::default(), None)
    }

    #[test]
    fn what_the_query_sets_leaves_it_and_the_rest_stays() {
        let address = resolve("https://host.example/files/?project=7&lanes=4&chunk=1000").expect("makes sense");
        assert_eq!(address.endpoint.as_str(), "https://host.example/files/?project=7");
        assert_eq!((address.lanes, address.chunk, address.preset), (4, Some(1000), None));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for query in ["preset=nowhere", "lanes=0", "lanes=99", "chunk=0", "chunk=many"] {
            let refused = resolve(&format!("https://host.example/files/?{query}")).map_err(|error| error.kind());
            assert_eq!(refused, Err(ErrorKind::Invalid), "{query}");
        }
    }

    #[test]
    fn metadata_and_headers_are_checked_before_anything_is_sent() {
        for json in [
            r#"{"metadata": {"a b": "1"}}"#,
            r#"{"metadata": {"a": "{nope}"}}"#,
            r#"{"headers": {"Authorization": "Bearer hunter2"}}"#,
            r#"{"lanes": 0}"#,
        ] {
            let settings: TusSettings = serde_json::from_str(json).expect("settings");
            let error = settings.check().expect_err(json);
            assert!(error.kind() == ErrorKind::Invalid && !error.to_string().contains("hunter2"), "{error}");
        }
    }
}
