//! The finished files that a destination tells of, and names that are taken there.

use tests::{
    files,
    programs::{ReceiverProcess, events, run, told},
};

use super::Scene;

const TELLS: &str = r#""fine_uploader": {"session": {"endpoint": "/upload/session"}}"#;

fn scene(more: &str) -> (Scene, ReceiverProcess) {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    let settings = scene.written("set.json", &format!("{{{TELLS}{more}}}"));
    scene.does(&["destinations", "add", "NAS", &receiver.destination(), "--settings", &settings]);
    (scene, receiver)
}

#[test]
fn finished_files_are_listed_and_deleted_by_their_id() {
    let (scene, receiver) = scene("");
    let file = scene.random("take.mov", 1000);
    scene.does(&["send", &file, "--to", "NAS", "--json"]);
    let listed = events(&scene.does(&["destinations", "files", "NAS", "--json"]));
    assert_eq!((&listed[0]["name"], &listed[0]["size"]), (&"take.mov".into(), &1000.into()));
    let id = listed[0]["id"].as_str().expect("an id");
    scene.refuses(&["destinations", "files", "NAS", "--delete", "nothing"], "no finished file");
    scene.does(&["destinations", "files", "NAS", "--delete", id]);
    assert!(!receiver.dir.join("take.mov").exists());
    assert!(events(&scene.does(&["destinations", "files", "NAS", "--json"])).is_empty());
}

#[test]
fn a_destination_that_tells_nothing_says_so() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    scene.does(&["destinations", "add", "NAS", &receiver.destination()]);
    scene.refuses(&["destinations", "files", "NAS"], "does not tell which files");
    let settings = scene.written("set.json", r#"{"name_conflicts": "skip"}"#);
    scene.does(&["destinations", "set", "NAS", "--settings", &settings]);
    scene.refuses(&["send", &scene.random("a.bin", 10), "--to", "NAS"], "does not tell which files");
}

#[test]
fn a_file_whose_name_is_taken_is_left_out_where_the_user_wants_that() {
    let (scene, receiver) = scene(r#", "name_conflicts": "skip""#);
    let (first, second) = (scene.random("take.mov", 1000), scene.random("other.mov", 2000));
    scene.does(&["send", &first, "--to", "NAS", "--json"]);
    let output = run(scene.call(&["send", &first, &second, "--to", "NAS", "--json"]));
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("has a file of this name"), "{}", told(&output));
    assert_eq!(files::files_below(&receiver.dir), ["other.mov", "take.mov"]);
}

#[test]
fn a_file_whose_name_is_taken_goes_under_another_where_the_user_wants_that() {
    let (scene, receiver) = scene(r#", "name_conflicts": "rename""#);
    let file = scene.random("take.mov", 1000);
    (0..3).for_each(|_| drop(scene.does(&["send", &file, "--to", "NAS", "--json"])));
    assert_eq!(files::files_below(&receiver.dir), ["take (2).mov", "take (3).mov", "take.mov"]);
}
