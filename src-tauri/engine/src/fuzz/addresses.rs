//! Destination URLs: what is taken is taken again in the form in which it is stored, and no password is repeated.

use super::target;
use crate::{
    Credentials, HttpOptions,
    drivers::{connect, normalise},
};

const TOKENS: &[&str] = &[
    "fineuploader+",
    "https://",
    "http://",
    "127.0.0.1",
    "[::1]",
    "localhost",
    "?done=",
    "&chunk=",
    "&concurrent=",
    "true",
    "false",
    "&repeat_finish=safe",
    "me:hunter2@",
    "hunter2",
    "@",
    ":",
    "/",
    "//",
    "\\",
    "#",
    "?",
    "&",
    "=",
    "%2f",
    "%00",
    "..",
    "xn--",
    "文",
    "+",
    "//other/",
    "\t",
    " ",
    ":80",
    ":99999",
];

/// What stands between the slashes and an `@` is nobody's business, however wrong the address is.
fn holds_password(address: &str) -> bool {
    let behind = address.split_once("//").and_then(|(_, behind)| behind.rsplit_once('@'));
    let times = |text: &str| text.matches("hunter2").count();
    behind.is_some_and(|(before, _)| before.contains(":hunter2") && !before.contains('/') && times(address) == 1)
}

fn law(input: &[u8]) {
    let address = String::from_utf8_lossy(input);
    let options = HttpOptions::default();
    match normalise(&address, &options) {
        Ok(stored) => {
            assert_eq!(
                normalise(&stored, &options).ok().as_deref(),
                Some(&*stored),
                "the stored form of {address:?} stays"
            );
            assert!(!stored.contains(char::is_control), "{stored:?}");
            let driver = connect(&stored, Credentials::default(), &options).expect("what is stored can be reached");
            assert!(driver.plan(1 << 30, 1 << 20).is_ok_and(|plan| plan.chunk_size >= 1));
        }
        Err(error) => {
            let told = format!("{error} {error:?} {}", error.advice());
            assert!(!holds_password(&address) || !told.contains("hunter2"), "{told} repeats a password");
        }
    }
}

#[test]
fn an_address_that_is_taken_is_taken_again_and_no_password_is_repeated() {
    target("addresses", TOKENS, 20).run(law);
}
