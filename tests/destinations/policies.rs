//! What a destination's settings say about scope, resume and speed.

use std::time::Instant;

use tests::{
    files,
    programs::{ReceiverProcess, events, run, told},
};

use super::Scene;

const NOWHERE: &str = "fineuploader+http://127.0.0.1:9/upload?done=/upload/done";

impl Scene {
    fn saved(&self, address: &str, settings: &str) {
        let file = self.written("set.json", settings);
        self.does(&["destinations", "add", "NAS", address, "--settings", &file]);
    }

    fn left_waiting(&self, file: &str, more: &[&str]) -> Vec<serde_json::Value> {
        let send = [&["send", file, "--to", "NAS", "--json", "--give-up-after", "1"], more].concat();
        let output = run(self.call(&send));
        assert_eq!(output.status.code(), Some(3), "{}", told(&output));
        events(&self.does(&["list", "--json"]))
    }
}

#[test]
fn a_destinations_scope_is_that_of_its_uploads_unless_another_is_named() {
    let scene = Scene::new();
    scene.saved(NOWHERE, r#"{"scope": "project A"}"#);
    let file = scene.random("take.mov", 1000);
    assert_eq!(scene.left_waiting(&file, &[])[0]["scope"], "project A");
    let listed = scene.left_waiting(&file, &["--scope", "project B"]);
    assert_eq!((listed.len(), &listed[1]["scope"]), (2, &"project B".into()), "another scope is another upload");
}

#[test]
fn where_resume_is_off_nothing_is_kept() {
    let scene = Scene::new();
    scene.saved(NOWHERE, r#"{"resume": "off"}"#);
    assert!(scene.left_waiting(&scene.random("take.mov", 1000), &[]).is_empty());
}

#[test]
fn where_nothing_is_ever_resumed_a_second_send_begins_anew() {
    let scene = Scene::new();
    scene.saved(NOWHERE, r#"{"resume": "never"}"#);
    let file = scene.random("take.mov", 3_000_000);
    scene.left_waiting(&file, &[]);
    let receiver = ReceiverProcess::start(scene.folder.path());
    scene.does(&["destinations", "set", "NAS", "--url", &format!("{}&chunk=300000", receiver.destination())]);
    let output = run(scene.call(&["send", &file, "--to", "NAS", "--json"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(events(&output).iter().all(|event| event["resumed"] != true), "{}", told(&output));
    assert_eq!(files::digest(&receiver.dir.join("take.mov")), files::digest(file.as_ref()));
}

#[test]
fn a_destinations_own_speed_limit_holds_for_all_its_uploads_together() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    scene.saved(&receiver.destination(), r#"{"speed_limit": "1M"}"#);
    let all = ["a.bin", "b.bin", "c.bin"].map(|name| scene.random(name, 1_000_000));
    let began = Instant::now();
    scene.does(&["send", &all[0], &all[1], &all[2], "--to", "NAS", "--json"]);
    let took = began.elapsed().as_secs_f64();
    assert!(took > 2.5, "3 MB at 1 MB a second took {took} s");
    all.iter().for_each(|file| {
        let name = file.rsplit('/').next().expect("a name");
        assert_eq!(files::digest(&receiver.dir.join(name)), files::digest(file.as_ref()));
    });
}
