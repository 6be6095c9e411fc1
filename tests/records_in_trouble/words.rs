//! What the user is told, by the program itself: once, in plain words and for scripts.

use carryon_engine::RECORDS_FILE;
use tests::programs::{carryon_with, events, run, told};

use crate::stage::{PAGE, kept, laid, with_database};

#[test]
fn list_says_what_was_set_aside_and_where_and_lists_the_rest() {
    let mut damaged = kept().closed[RECORDS_FILE].clone();
    damaged[..PAGE].fill(0xa5);
    let data = with_database(damaged);
    let output = run(carryon_with(data.path(), &["list"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("were damaged") && said.contains(".damaged-"), "what and where: {said}");
    assert!(said.contains("40 uploads could be read"), "how many: {said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches("take ").count(), 40, "{}", told(&output));
    let again = run(carryon_with(data.path(), &["list"]));
    assert!(again.stderr.is_empty(), "it is said once: {}", told(&again));
}

#[test]
fn scripts_get_a_line_of_json() {
    let data = with_database(b"this is not a database".repeat(1000));
    let output = run(carryon_with(data.path(), &["list", "--json"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let events = events(&output);
    let mut keys: Vec<&str> = events[0].as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    let promised = ["event", "lost", "message", "names", "path", "reason", "salvaged", "to_start_over"];
    assert_eq!((events.len(), keys.as_slice()), (1, promised.as_slice()), "{}", told(&output));
    assert_eq!((&events[0]["event"], &events[0]["salvaged"]), (&"set_aside".into(), &0.into()));
}

#[test]
fn an_empty_list_after_damage_says_why_it_is_empty() {
    let data = with_database(Vec::new());
    let output = run(carryon_with(data.path(), &["list"]));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("missing or empty") && said.contains("begins anew"), "{said}");
}

#[test]
fn every_command_starts_on_damaged_records() {
    let mut damaged = kept().closed[RECORDS_FILE].clone();
    damaged[5 * PAGE..9 * PAGE].fill(0x5a);
    for command in [&["list"][..], &["history"], &["destinations", "list"], &["list", "--json"]] {
        let data = with_database(damaged.clone());
        let output = run(carryon_with(data.path(), command));
        assert_eq!(output.status.code(), Some(0), "{command:?}: {}", told(&output));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.matches("nothing was deleted").count(), 1, "{command:?} says it once: {said}");
    }
}

#[test]
fn damaged_records_of_a_newer_carryon_are_left_alone() {
    let mut files = kept().closed.clone();
    let database = files.get_mut(RECORDS_FILE).expect("the database");
    database[60..64].copy_from_slice(&99_u32.to_be_bytes());
    database[6 * PAGE..7 * PAGE].fill(0);
    let before = database.clone();
    let data = laid(&files);
    let output = run(carryon_with(data.path(), &["list"]));
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("newer Carryon"), "{}", told(&output));
    assert_eq!(std::fs::read(data.path().join(RECORDS_FILE)).ok(), Some(before), "nothing was changed");
}
