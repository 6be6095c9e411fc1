//! What the desktop says beside the window, in the user's language: one catalogue with the page's (`ui/locales`).
//!
//! The language is the system's unless one is set. English is the original: what another language lacks is said in it.

use std::sync::{LazyLock, PoisonError, RwLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// A language that Carryon speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, the original.
    English,
    /// German.
    German,
}

impl Language {
    /// The one meant by a tag such as `de-AT` or `de_DE.UTF-8`; none where Carryon does not speak it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_', '.', '@']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Language::English),
            "de" => Some(Language::German),
            _ => None,
        }
    }

    fn of_system() -> Self {
        sys_locale::get_locales().find_map(|tag| Self::of_tag(&tag)).unwrap_or(Language::English)
    }

    fn bundle(self) -> &'static Bundle {
        static ENGLISH: LazyLock<Bundle> =
            LazyLock::new(|| read("en", include_str!("../../ui/locales/en/desktop.ftl")));
        static GERMAN: LazyLock<Bundle> = LazyLock::new(|| read("de", include_str!("../../ui/locales/de/desktop.ftl")));
        match self {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }
}

fn read(tag: &str, text: &str) -> Bundle {
    // What cannot be read of it is left out; a test sees to it that there is nothing of the kind.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Isolating marks would show as boxes in some notification services.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The language that was set, else the system's at the first word.
// Held for a copy, never across an await.
static SPOKEN: RwLock<Option<Language>> = RwLock::new(None);

/// Speaks the language of that tag from now on; the system's where none is given, or one that Carryon does not speak.
pub fn set_language(tag: Option<&str>) {
    let language = tag.and_then(Language::of_tag).unwrap_or_else(Language::of_system);
    *SPOKEN.write().unwrap_or_else(PoisonError::into_inner) = Some(language);
}

/// The language that is spoken now.
pub fn language() -> Language {
    let set = *SPOKEN.read().unwrap_or_else(PoisonError::into_inner);
    set.unwrap_or_else(|| {
        set_language(None);
        SPOKEN.read().unwrap_or_else(PoisonError::into_inner).unwrap_or(Language::English)
    })
}

/// What is said under `id`.
pub fn say(id: &str) -> String {
    say_with(id, [])
}

/// What is said under `id` about these things.
pub fn say_with<'a, const N: usize>(id: &str, about: [(&'static str, FluentValue<'a>); N]) -> String {
    say_in(language(), id, FluentArgs::from_iter(about))
}

fn say_in(language: Language, id: &str, about: FluentArgs) -> String {
    let said = [language, Language::English].into_iter().find_map(|language| format(language.bundle(), id, &about));
    said.unwrap_or_else(|| id.to_owned())
}

fn format(bundle: &Bundle, id: &str, about: &FluentArgs) -> Option<String> {
    let pattern = bundle.get_message(id)?.value()?;
    Some(bundle.format_pattern(pattern, Some(about), &mut Vec::new()).into_owned())
}

#[cfg(test)]
mod tests;
