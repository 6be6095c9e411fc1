//! What holds for the catalogue: both languages say the same things about the same things, and whatever is asked for is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::*;

const ENGLISH: &str = include_str!("../../../ui/locales/en/desktop.ftl");
const GERMAN: &str = include_str!("../../../ui/locales/de/desktop.ftl");

/// The messages of a catalogue, each with the names of what it is told about.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut id = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| line.starts_with(|first: char| first.is_alphabetic()))
        {
            id = name.to_owned();
            assert!(!messages.contains_key(&id), "“{id}” stands in the catalogue once");
            messages.insert(id.clone(), BTreeSet::new());
        }
        let names = line.split('$').skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or(""));
        if let Some(about) = messages.get_mut(&id) {
            about.extend(names.map(str::to_owned));
        }
    }
    messages
}

#[test]
fn both_languages_say_the_same_things_about_the_same_things() {
    for text in [ENGLISH, GERMAN] {
        assert!(FluentResource::try_new(text.to_owned()).is_ok(), "the catalogue can be read whole");
    }
    assert_eq!(messages(ENGLISH), messages(GERMAN));
    assert!(messages(ENGLISH).len() > 20, "and there is something in it");
}

#[test]
fn every_message_is_said_without_an_error_in_both_languages() {
    for (id, about) in messages(ENGLISH) {
        for (language, count) in [Language::English, Language::German].into_iter().flat_map(|one| [(one, 1), (one, 7)])
        {
            let mut arguments = FluentArgs::new();
            for name in &about {
                let value = if name == "count" { FluentValue::from(count) } else { FluentValue::from("it") };
                arguments.set(name.clone(), value);
            }
            let bundle = language.bundle();
            let pattern = bundle.get_message(&id).and_then(|message| message.value()).expect("a message with words");
            let mut errors = Vec::new();
            let said = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
            assert!(errors.is_empty(), "{id} in {language:?}: {errors:?}");
            assert!(!said.trim().is_empty() && !said.contains(['{', '}']), "{id} in {language:?}: {said}");
        }
    }
}

#[test]
fn whatever_the_shell_asks_for_is_in_the_catalogue() {
    let known = messages(ENGLISH);
    let mut asked = 0;
    for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/shell")) {
        let code = std::fs::read_to_string(&file).expect("code can be read");
        for call in ["say(\"", "say_with(\""] {
            for id in code.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(known.contains_key(id), "“{id}” of {} is not in the catalogue", file.display());
                asked += 1;
            }
        }
    }
    assert!(asked > 0, "something is asked for");
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    // This file's own examples are not asked for.
    let code = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs") && !path.ends_with("words/tests.rs"));
    code.chain(folders.iter().flat_map(|folder| rust_files(folder))).collect()
}

#[test]
fn numbers_follow_the_language_s_own_plural() {
    let said = |language, count: i64| {
        let about = FluentArgs::from_iter([("count", FluentValue::from(count)), ("name", "a.mov".into())]);
        say_in(language, "interrupted-title", about)
    };
    assert_eq!(said(Language::English, 1), "The upload of “a.mov” was interrupted");
    assert_eq!(said(Language::English, 3), "3 uploads were interrupted");
    assert_eq!(said(Language::German, 1), "Der Upload von „a.mov“ wurde unterbrochen");
    assert_eq!(said(Language::German, 0), "0 Uploads wurden unterbrochen");
}

#[test]
fn a_language_is_known_by_any_tag_of_it_and_only_by_one() {
    for tag in ["de", "de-AT", "de_DE.UTF-8", "DE"] {
        assert_eq!(Language::of_tag(tag), Some(Language::German), "{tag}");
    }
    assert_eq!(Language::of_tag("en_GB"), Some(Language::English));
    for tag in ["C.UTF-8", "", "deutsch", "fr", "zh-Hant"] {
        assert_eq!(Language::of_tag(tag), None, "{tag:?}");
    }
}

#[test]
fn what_is_in_no_catalogue_is_said_by_its_name() {
    assert_eq!(say_in(Language::German, "no-such-thing", FluentArgs::new()), "no-such-thing");
}
