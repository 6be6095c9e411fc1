//! Parameters as they are set and as they go out: in the order given, each name once.
//!
//! Setting a name again replaces the value where it stands, as in the original, whose own parameters overwrite custom
//! ones of the same name. Nested groups become `a[b]`; a list is comma-joined in a form and indexed in a query.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Number;

use super::super::template::{self, Facts, Place};
use crate::error::{Error, ErrorKind, Result};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamValue {
    /// A text; may hold placeholders.
    Text(String),
    /// A number.
    Number(Number),
    /// True or false.
    Bool(bool),
    /// Texts, numbers, true and false.
    List(Vec<ParamValue>),
    /// Further parameters: `name[inner]`.
    Group(Params),
}

/// Parameters in the order they go out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, ParamValue)>);

impl From<&str> for ParamValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ParamValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for ParamValue {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl Params {
    /// Sets `name`: in its place where it stands already, else at the end.
    pub fn set(&mut self, name: &str, value: impl Into<ParamValue>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks names and templates.
    pub(super) fn check(&self, place: Place, within: &str) -> Result<()> {
        for (name, value) in &self.0 {
            let here = format!("{within}.{name}");
            if name.is_empty() || name.contains(char::is_control) {
                return Err(Error::new(ErrorKind::Invalid, format!("{here}: this is no name for a parameter")));
            }
            match value {
                ParamValue::Text(text) => template::check(text, place, &here)?,
                ParamValue::Number(_) | ParamValue::Bool(_) => {}
                ParamValue::Group(inner) => inner.check(place, &here)?,
                ParamValue::List(items) => check_list(items, place, &here)?,
            }
        }
        Ok(())
    }

    /// The same with every placeholder replaced.
    pub(super) fn filled(&self, facts: Facts<'_>) -> Params {
        Params(self.0.iter().map(|(name, value)| (name.clone(), value.filled(facts))).collect())
    }

    /// As the fields of a multipart form.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        self.flatten("", false, &mut fields);
        fields
    }

    /// As a query, or a url-encoded form: spaces as `+`.
    pub(super) fn query(&self) -> String {
        let mut pairs = Vec::new();
        self.flatten("", true, &mut pairs);
        let pairs = pairs.iter().map(|(name, value)| format!("{}={}", component(name), component(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    fn flatten(&self, outer: &str, lists_indexed: bool, into: &mut Vec<(String, String)>) {
        for (name, value) in &self.0 {
            let name = if outer.is_empty() { name.clone() } else { format!("{outer}[{name}]") };
            match value {
                ParamValue::Group(inner) => inner.flatten(&name, lists_indexed, into),
                ParamValue::List(items) if lists_indexed => {
                    into.extend(items.iter().enumerate().map(|(i, item)| (format!("{name}[{i}]"), item.text())));
                }
                value => into.push((name, value.text())),
            }
        }
    }
}

fn check_list(items: &[ParamValue], place: Place, here: &str) -> Result<()> {
    for item in items {
        match item {
            ParamValue::Text(text) => template::check(text, place, here)?,
            ParamValue::Number(_) | ParamValue::Bool(_) => {}
            ParamValue::List(_) | ParamValue::Group(_) => {
                let text = format!("{here}: a list may hold texts, numbers, true and false, nothing nested");
                return Err(Error::new(ErrorKind::Invalid, text));
            }
        }
    }
    Ok(())
}

/// As `encodeURIComponent`, and spaces as `+`.
fn component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string().replace("%20", "+")
}

impl ParamValue {
    fn filled(&self, facts: Facts<'_>) -> Self {
        match self {
            Self::Text(text) => Self::Text(template::fill(text, facts)),
            Self::List(items) => Self::List(items.iter().map(|item| item.filled(facts)).collect()),
            Self::Group(inner) => Self::Group(inner.filled(facts)),
            other => other.clone(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Bool(yes) => yes.to_string(),
            Self::List(items) => items.iter().map(Self::text).collect::<Vec<_>>().join(","),
            Self::Group(inner) => inner.query(),
        }
    }
}

impl Serialize for Params {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

impl Serialize for ParamValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Number(number) => number.serialize(serializer),
            Self::Bool(yes) => yes.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Group(inner) => inner.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ParamsVisitor)
    }
}

struct ParamsVisitor;

impl<'de> Visitor<'de> for ParamsVisitor {
    type Value = Params;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parameters by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Params, A::Error> {
        let mut params = Params::default();
        while let Some((name, value)) = map.next_entry::<String, ParamValue>()? {
            params.set(&name, value);
        }
        Ok(params)
    }
}

impl<'de> Deserialize<'de> for ParamValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = ParamValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false, a list or a group of these")
    }

    fn visit_str<E>(self, text: &str) -> Result<ParamValue, E> {
        Ok(text.into())
    }

    fn visit_bool<E>(self, yes: bool) -> Result<ParamValue, E> {
        Ok(ParamValue::Bool(yes))
    }

    fn visit_u64<E>(self, number: u64) -> Result<ParamValue, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<ParamValue, E> {
        Ok(ParamValue::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<ParamValue, E> {
        Number::from_f64(number).map(ParamValue::Number).ok_or_else(|| E::custom("this number has no end"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ParamValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(ParamValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ParamValue, A::Error> {
        ParamsVisitor.visit_map(map).map(ParamValue::Group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(json: &str) -> Params {
        serde_json::from_str(json).expect("parameters")
    }

    #[test]
    fn groups_and_lists_go_out_as_the_original_sends_them() {
        let params = params(r#"{"z": "a b", "meta": {"by": {"id": 7}, "ok": true}, "tags": ["x", "y z", 3]}"#);
        let fields = [("z", "a b"), ("meta[by][id]", "7"), ("meta[ok]", "true"), ("tags", "x,y z,3")];
        assert_eq!(params.fields(), fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let query = "z=a+b&meta%5Bby%5D%5Bid%5D=7&meta%5Bok%5D=true&tags%5B0%5D=x&tags%5B1%5D=y+z&tags%5B2%5D=3";
        assert_eq!(params.query(), query);
    }

    #[test]
    fn setting_a_name_again_keeps_its_place() {
        let mut params = params(r#"{"a": 1, "b": 2}"#);
        params.set("a", "new");
        params.set("c", 3);
        assert_eq!(serde_json::to_string(&params).expect("JSON"), r#"{"a":"new","b":2,"c":3}"#);
    }

    #[test]
    fn a_query_is_encoded_as_a_browser_does_it() {
        let params = params(r#"{"q": "Ünï&=+ (a)~!*'.\"%"}"#);
        assert_eq!(params.query(), "q=%C3%9Cn%C3%AF%26%3D%2B+(a)~!*'.%22%25");
    }

    #[test]
    fn what_is_no_value_is_refused_in_words() {
        let error = serde_json::from_str::<Params>(r#"{"a": null}"#).expect_err("null");
        assert!(error.to_string().contains("a text, a number"), "{error}");
        assert!(params(r#"{"a": [{"b": 1}]}"#).check(Place::Upload, "params").is_err());
    }
}
