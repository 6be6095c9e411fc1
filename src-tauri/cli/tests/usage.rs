//! What the program says and how it ends when it is used wrongly. Nothing here needs a network.

use std::process::{Command, Output};

fn carryon(arguments: &[&str]) -> Output {
    let data = tempfile::tempdir().expect("temp folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_carryon"));
    command.args(arguments).env("CARRYON_DATA_DIR", data.path()).output().expect("carryon runs")
}

fn ends_with(arguments: &[&str], code: i32, words: &str) {
    let output = carryon(arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    assert!(told.contains(words), "{arguments:?} must say “{words}”, but says: {told}");
}

#[test]
fn wrong_use_ends_with_2_and_says_why() {
    ends_with(&["send"], 2, "PATH");
    ends_with(&["send", "x", "--to", "nonsense"], 2, "There is no destination “nonsense”");
    ends_with(&["send", "x", "--to", "http://host/upload"], 2, "is not a destination");
    ends_with(&["destinations", "add", "", "fineuploader+https://host/u"], 2, "must not be empty");
    ends_with(&["destinations", "add", "NAS", "ftp://host/u"], 2, "is not a destination");
    ends_with(&["destinations", "remove", "NAS"], 2, "There is no destination");
    ends_with(&["send", "x", "--to", "fineuploader+http://files.example.com/u"], 2, "--allow-http");
    ends_with(&["resume"], 2, "--all");
    ends_with(&["resume", "12345678"], 2, "There is no upload");
    ends_with(&["discard", "12345678"], 2, "There is no upload");
    ends_with(&["send", "x", "--to", "fineuploader+http://127.0.0.1:1/u", "--connections", "0"], 2, "connections");
    ends_with(&["send", "x", "--to", "fineuploader+http://127.0.0.1:1/u", "--chunk-size", "0"], 2, "chunk-size");
}

#[test]
fn a_path_that_is_not_there_ends_with_1_and_is_named() {
    ends_with(&["send", "/nowhere/take 1.mov", "--to", "fineuploader+http://127.0.0.1:1/u"], 1, "take 1.mov");
}

#[test]
fn an_empty_list_is_no_error() {
    let output = carryon(&["list"]);
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("Nothing is unfinished"));
    let output = carryon(&["list", "--json"]);
    assert!(output.status.success() && output.stdout.is_empty(), "no upload, no line");
}
