//! Destinations on their way to another machine.

use std::{process::Stdio, time::Duration};

use serde_json::json;
use tests::programs::{ReceiverProcess, events, run, told, wait_until};

use super::Scene;

/// How long anything of these tests may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn destinations_go_to_another_machine_with_their_settings_and_one_bad_one_stops_none() {
    let (here, there) = (Scene::new(), Scene::new());
    let settings = here.written("set.json", r#"{"chunk_size": 1000000, "speed_limit": "2M,off@22:00-06:00"}"#);
    here.does(&["destinations", "add", "NAS", "fineuploader+https://nas.example/upload", "--settings", &settings]);
    here.does(&["destinations", "add", "Lab", "fineuploader+https://lab.example/upload"]);
    let document = here.does(&["destinations", "export"]).stdout;
    let document = String::from_utf8(document).expect("text").replace("lab.example", "nas.example");
    let file = there.written("destinations.json", &document);
    let output = run(there.call(&["destinations", "import", &file]));
    assert_eq!(output.status.code(), Some(1), "two names for one address: {}", told(&output));
    assert!(told(&output).contains("Left out") && there.names().len() == 1, "{}", told(&output));
    let one = here.does(&["destinations", "export", "NAS"]).stdout;
    let file = there.written("one.json", &String::from_utf8(one).expect("text"));
    let other = Scene::new();
    other.does(&["destinations", "import", &file]);
    other.does(&["destinations", "import", &file]);
    assert_eq!(other.names(), ["NAS"], "the same again changes nothing");
    let shown = events(&other.does(&["destinations", "show", "NAS", "--json"]));
    assert_eq!(shown[0]["speed_limit"], "2000000,off@22:00-06:00");
    let nonsense = other.written("nonsense.json", "[1, 2]");
    other.refuses(&["destinations", "import", &nonsense], "no file of Carryon's destinations");
}

/// A document of these destinations.
fn document(destinations: &serde_json::Value) -> String {
    json!({ "carryon_destinations": 1, "destinations": destinations }).to_string()
}

#[test]
fn what_is_here_already_stays_as_it_is_unless_it_is_to_be_replaced() {
    let scene = Scene::new();
    let set = scene.written("set.json", r#"{"chunk_size": 1000000}"#);
    scene.does(&["destinations", "add", "NAS", "tus+https://nas.example/files/", "--settings", &set]);
    let other = json!([
        {"name": "NAS", "address": "tus+https://nas.example/files/", "settings": {"chunk_size": 5_000_000}},
        {"name": "Lab", "address": "tus+https://lab.example/files/"},
    ]);
    let file = scene.written("other.json", &document(&other));
    let chunk_size = || events(&scene.does(&["destinations", "show", "NAS", "--json"]))[0]["chunk_size"].clone();
    let looked = events(&scene.does(&["destinations", "import", &file, "--dry-run", "--json"]));
    let plans: Vec<_> = looked.iter().map(|line| (&line["name"], &line["plan"])).collect();
    assert_eq!(json!(plans), json!([["NAS", "different"], ["Lab", "new"]]));
    assert_eq!((scene.names(), chunk_size()), (vec!["NAS".to_owned()], json!(1_000_000)), "looking changes nothing");
    let output = run(scene.call(&["destinations", "import", &file]));
    assert!(told(&output).contains("other settings") && told(&output).contains("Saved Lab"), "{}", told(&output));
    assert_eq!(chunk_size(), 1_000_000, "nothing is overwritten unasked");
    scene.does(&["destinations", "import", &file, "--replace"]);
    assert_eq!(chunk_size(), 5_000_000);
}

#[test]
fn what_somebody_else_wrote_is_bounded_and_refused_in_clear_words() {
    let scene = Scene::new();
    let many = json!(vec![json!({"name": "a", "address": "tus+https://h/"}); 1001]);
    for (text, words) in [
        ("[".repeat(100_000), "no file of Carryon's destinations"),
        (r#"{"carryon_destinations": 2, "destinations": []}"#.to_owned(), "a newer Carryon"),
        (document(&many), "more than 1000"),
        (format!("\"{}\"", "x".repeat(5 << 20)), "far longer"),
        (
            r#"{"carryon_destinations": 1, "destinations": [{"name": "a"}]}"#.to_owned(),
            "no file of Carryon's destinations",
        ),
    ] {
        let file = scene.written("hostile.json", &text);
        scene.refuses(&["destinations", "import", &file], words);
        scene.refuses(&["destinations", "import", &file, "--dry-run"], words);
    }
    let each = json!([
        {"name": "\u{1b}[31mred", "address": "tus+https://a/"},
        {"name": "A", "address": "file:///etc/passwd"},
        {"name": "B", "address": "tus+https://me:hunter2@h/"},
        {"name": "C", "address": "tus+http://nas.example/"},
        {"name": "D", "address": "tus+https://d/", "settings": {"tus": {"headers": {"Cookie": "hunter2"}}}},
        {"name": "E", "address": "tus+https://e/", "settings": {"surprise": true}},
        {"name": "F", "address": "this-computer"},
        {"name": "G", "address": "tus+http://g.example/", "settings": {"allow_http": true, "ca_file": "/etc/shadow"}},
    ]);
    let file = scene.written("each.json", &document(&each));
    let output = scene.does(&["destinations", "import", &file, "--dry-run", "--json"]);
    assert!(!told(&output).contains("hunter2"), "{}", told(&output));
    let planned = events(&output);
    let refused = planned.iter().filter(|line| line["plan"] == "refused").count();
    assert_eq!((planned.len(), refused), (8, 7), "{planned:?}");
    assert_eq!(planned[7]["cautions"], json!(["plain_http", "certificates"]), "whoever brings it in is told");
    let output = run(scene.call(&["destinations", "import", &file]));
    assert!(output.status.code() == Some(1) && scene.names().is_empty(), "{}", told(&output));
    assert!(!told(&output).contains(['\u{1b}']) && !told(&output).contains("hunter2"), "{}", told(&output));
}

#[test]
fn one_that_is_needed_is_hidden_and_goes_when_its_upload_is_gone() {
    let scene = Scene::new();
    let folder = scene.folder.path().join("there");
    std::fs::create_dir(&folder).expect("a folder");
    let receiver = ReceiverProcess::start(&folder);
    let slow = scene.written("slow.json", r#"{"speed_limit": "50k"}"#);
    scene.does(&["destinations", "add", "Attic", &receiver.destination(), "--settings", &slow]);
    let file = scene.random("take.mov", 3_000_000);
    let mut sending = scene.call(&["send", &file, "--to", "Attic", "--give-up-after", "30"]);
    let mut sending = sending.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    wait_until("an upload that began", PATIENCE, || !events(&run(scene.call(&["list", "--json"]))).is_empty());
    sending.kill().and_then(|()| sending.wait()).expect("ends");
    scene.refuses(&["destinations", "remove", "Attic"], "still needed");
    let output = scene.does(&["destinations", "remove", "Attic", "--later"]);
    assert!(told(&output).contains("hidden"), "{}", told(&output));
    assert!(scene.names().is_empty(), "it is listed no longer");
    scene.does(&["destinations", "add", "Attic", "tus+https://elsewhere.example/files/"]);
    assert_eq!(scene.names(), ["Attic"], "its name is free");
    let id = events(&scene.does(&["list", "--json"]))[0]["id"].as_str().expect("its upload is there").to_owned();
    scene.does(&["discard", &id]);
    wait_until("nothing but the new one", PATIENCE, || {
        events(&scene.does(&["destinations", "list", "--json"])).len() == 1
    });
}
