//! Destinations on their way to another machine.

use tests::programs::{events, run, told};

use super::Scene;

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
