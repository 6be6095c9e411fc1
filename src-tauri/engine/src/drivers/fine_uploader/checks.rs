//! Says in a sentence what makes no sense in the settings, before anything is sent by them.

use std::collections::HashSet;

use reqwest::Method;

use super::{
    super::{headers, template::Place},
    settings::{DoneSettings, FineUploaderSettings, ParamNames},
};
use crate::error::{Error, ErrorKind, Result};

impl FineUploaderSettings {
    /// Checks everything that can be checked without an address.
    ///
    /// # Errors
    /// `Invalid`, with a sentence that names the setting.
    pub fn check(&self) -> Result<()> {
        const NO_BODY: [&str; 6] = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
        check_method("method", &self.method, &NO_BODY)?;
        check_method("done.method", &self.done.method, &["HEAD", "OPTIONS", "TRACE", "CONNECT"])?;
        self.names.check()?;
        self.params.check(Place::Upload, "params")?;
        headers::check(&self.headers, Place::Upload, "headers")?;
        if self.prevent_retry_property.is_empty() {
            return Err(invalid("prevent_retry_property: an empty word says nothing".into()));
        }
        self.done.check()?;
        self.delete.params.check(Place::Delete, "delete.params")?;
        headers::check(&self.delete.headers, Place::Delete, "delete.headers")?;
        if let Some(session) = &self.session {
            session.params.check(Place::Session, "session.params")?;
            headers::check(&session.headers, Place::Session, "session.headers")?;
        }
        Ok(())
    }
}

impl DoneSettings {
    fn check(&self) -> Result<()> {
        if let Some(params) = &self.params {
            params.check(Place::Upload, "done.params")?;
        }
        if let Some(headers) = &self.headers {
            headers::check(headers, Place::Upload, "done.headers")?;
        }
        match self.reset_on_status.iter().find(|status| !(205..600).contains(*status)) {
            Some(status) => Err(invalid(format!("done.reset_on_status: {status} is no status that a refusal has"))),
            None => Ok(()),
        }
    }
}

impl ParamNames {
    fn check(&self) -> Result<()> {
        let names = [
            &self.uuid,
            &self.filename,
            &self.total_file_size,
            &self.part_index,
            &self.part_byte_offset,
            &self.chunk_size,
            &self.total_parts,
            &self.resume,
            &self.input,
        ];
        let mut seen = HashSet::new();
        for name in names {
            if name.is_empty() || name.contains(char::is_control) {
                return Err(invalid(format!("names: “{}” is no name for a parameter", name.escape_debug())));
            }
            if !seen.insert(name) {
                return Err(invalid(format!("names: “{name}” would name two parameters at once")));
            }
        }
        Ok(())
    }
}

fn check_method(setting: &str, method: &str, refused: &[&str]) -> Result<()> {
    if Method::from_bytes(method.as_bytes()).is_err() || method != method.to_ascii_uppercase() {
        return Err(invalid(format!("{setting}: “{}” is no HTTP method; write it as POST", method.escape_debug())));
    }
    match refused.contains(&method) {
        true => Err(invalid(format!("{setting}: {method} cannot carry this request"))),
        false => Ok(()),
    }
}

fn invalid(text: String) -> Error {
    Error::new(ErrorKind::Invalid, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> FineUploaderSettings {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn nothing_set_is_the_default_and_survives_its_record() {
        let default = FineUploaderSettings::default();
        assert_eq!(settings("{}"), default);
        default.check().expect("the defaults make sense");
        let text = serde_json::to_string(&default).expect("JSON");
        assert_eq!(settings(&text), default);
    }

    #[test]
    fn a_header_that_keeps_a_secret_is_refused_wherever_it_stands_and_never_repeated() {
        for name in ["Authorization", "cookie", "COOKIE", "aUTHORIZATION", "Proxy-Authorization"] {
            for json in [
                format!(r#"{{"headers": {{"{name}": "hunter2"}}}}"#),
                format!(r#"{{"done": {{"headers": {{"{name}": "hunter2"}}}}}}"#),
                format!(r#"{{"delete": {{"headers": {{"{name}": "hunter2"}}}}}}"#),
                format!(r#"{{"session": {{"headers": {{"{name}": "hunter2"}}}}}}"#),
            ] {
                let error = settings(&json).check().expect_err(&json);
                assert!(error.advice().contains("token"), "{error}");
                assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_said_in_a_sentence_that_names_it() {
        for (json, words) in [
            (r#"{"method": "GET"}"#, "method"),
            (r#"{"method": "po st"}"#, "no HTTP method"),
            (r#"{"names": {"uuid": ""}}"#, "names"),
            (r#"{"names": {"uuid": "id", "filename": "id"}}"#, "two parameters"),
            (r#"{"params": {"a": "{nope}"}}"#, "params.a"),
            (r#"{"headers": {"X Y": "z"}}"#, "headers"),
            (r#"{"headers": {"X-A": "a\nb"}}"#, "X-A"),
            (r#"{"headers": {"content-length": "3"}}"#, "content-length"),
            (r#"{"done": {"reset_on_status": [200]}}"#, "reset_on_status"),
            (r#"{"delete": {"params": {"a": "{name}"}}}"#, "delete.params.a"),
        ] {
            let error = settings(json).check().expect_err(json);
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert!(error.message().contains(words), "{json}: {error}");
        }
        let unknown = serde_json::from_str::<FineUploaderSettings>(r#"{"metod": "PUT"}"#).expect_err("misspelt");
        assert!(unknown.to_string().contains("metod"), "{unknown}");
    }
}
