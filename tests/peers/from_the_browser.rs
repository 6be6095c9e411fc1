//! Fine Uploader 5.16.2, as npm has it, in Chromium, from a page of another origin, against `carryon receive`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::scene::{PART, Scene, begun, indexes, parts, stored};

const MANY: u64 = 24 * PART - 1000;

#[test]
fn a_small_file_goes_in_one_plain_request_whatever_its_name() {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("Größe & \"Maß\" 日本 +%41.bin", 100_000);
    let options = scene.options(json!({}));
    scene.deliver(&options, &[&source]);
    assert_eq!(scene.requests(), ["plain"], "what fits in one part goes without parts and without a done request");
}

#[test]
fn a_file_of_exactly_one_part_goes_plain_and_one_byte_more_goes_in_two_parts() {
    let Some(mut scene) = Scene::set() else { return };
    let (fits, exceeds) = (scene.source("fits.bin", PART), scene.source("exceeds.bin", PART + 1));
    let options = scene.options(json!({}));
    scene.deliver(&options, &[&fits, &exceeds]);
    let mut requests = scene.requests();
    requests.sort_unstable();
    assert_eq!(requests, ["chunk", "chunk", "done", "plain"]);
    assert_eq!(stored(&scene.log()), [(0, 0, PART), (1, PART, 1)]);
}

#[test]
fn an_empty_file_arrives_plain_and_where_chunking_is_mandatory_by_its_done_request_alone() {
    let Some(mut scene) = Scene::set() else { return };
    let (plain, mandatory) = (scene.source("plain.txt", 0), scene.source("mandatory.txt", 0));
    let options = scene.options(json!({}));
    scene.deliver(&options, &[&plain]);
    assert_eq!(scene.requests(), ["plain"]);
    scene.browser.upload(&scene.options(json!({ "mandatory": true })), &[&mandatory]);
    scene.browser.until_the_end(1);
    scene.must_hold_just(&[&plain, &mandatory]);
    assert_eq!(scene.requests(), ["plain", "done"], "there are no parts, so the done request is all there is");
}

#[test]
fn a_mandatory_single_part_is_a_part_and_is_finished_by_done() {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("single.bin", 1000);
    let options = scene.options(json!({ "mandatory": true }));
    scene.deliver(&options, &[&source]);
    assert_eq!((scene.requests(), stored(&scene.log())), (vec!["chunk", "done"], vec![(0, 0, 1000)]));
}

#[test]
fn parts_arrive_one_after_another() {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("sequential.bin", MANY);
    let options = scene.options(json!({}));
    scene.deliver(&options, &[&source]);
    let order: Vec<_> = scene.log().iter().filter_map(|line| line["index"].as_u64()).collect();
    assert_eq!(order, (0..24).collect::<Vec<_>>(), "one after another, each once");
    assert_eq!(stored(&scene.log()), parts(MANY, PART));
    assert_eq!(scene.requests().iter().filter(|&&request| request == "done").count(), 1);
}

#[test]
fn parts_arrive_side_by_side_in_any_order() {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("concurrent.bin", MANY);
    let mut options = scene.options(json!({ "concurrent": { "enabled": true } }));
    options["maxConnections"] = json!(5);
    options["cors"]["sendCredentials"] = json!(true);
    scene.deliver(&options, &[&source]);
    let order: Vec<_> = scene.log().iter().filter_map(|line| line["index"].as_u64()).collect();
    assert!(!order.is_sorted(), "the original sends its first wave backwards, else this shows nothing: {order:?}");
    assert_eq!(stored(&scene.log()), parts(MANY, PART), "each part just once");
}

#[test]
fn raw_bodies_with_their_parameters_in_the_query_arrive_plain_and_in_parts() {
    let Some(mut scene) = Scene::set() else { return };
    let (small, large) = (scene.source("small & raw.bin", 70_000), scene.source("large & raw.bin", 5 * PART + 7));
    let mut options = scene.options(json!({ "concurrent": { "enabled": true } }));
    options["request"]["forceMultipart"] = json!(false);
    options["request"]["paramsInBody"] = json!(false);
    options["request"]["customHeaders"] = json!({ "X-Project": "7" });
    scene.deliver(&options, &[&small, &large]);
    assert_eq!(stored(&scene.log()), parts(5 * PART + 7, PART));
}

#[test]
fn several_files_at_once_arrive_each_whole() {
    let Some(mut scene) = Scene::set() else { return };
    let sizes = [0, 1, PART - 1, PART + 1, 9 * PART, 3 * PART + 5, 500];
    let sources: Vec<_> =
        sizes.iter().enumerate().map(|(i, &size)| scene.source(&format!("take {i}.bin"), size)).collect();
    let options = scene.options(json!({ "concurrent": { "enabled": true } }));
    scene.deliver(&options, &sources.iter().collect::<Vec<_>>());
    let count = |kind| scene.requests().iter().filter(|&&request| request == kind).count();
    assert_eq!((count("plain"), count("chunk"), count("done")), (4, 2 + 9 + 4, 3));
}

#[test]
fn a_finished_upload_can_be_deleted() {
    let Some(mut scene) = Scene::set() else { return };
    let (kept, dropped) = (scene.source("kept.bin", 2 * PART), scene.source("dropped.bin", 2 * PART + 1));
    let options = scene.options(json!({}));
    let ends = scene.deliver(&options, &[&kept, &dropped]);
    let end = ends.iter().find(|end| end["name"] == "dropped.bin").expect("it was sent");
    scene.browser.delete(end["id"].as_u64().expect("an id"));
    let deleted = scene.browser.wait_for("deleted");
    assert_eq!((&deleted["failed"], &deleted["id"]), (&json!(false), &end["id"]), "{deleted}");
    scene.must_hold_just(&[&kept]);
    assert_eq!(scene.requests().last(), Some(&"delete"));
}

#[test]
fn what_a_killed_browser_had_sent_is_not_sent_again() {
    resumes_after_a_crash(json!({}), 1);
}

#[test]
fn what_a_killed_browser_had_sent_side_by_side_is_not_sent_again() {
    resumes_after_a_crash(json!({ "concurrent": { "enabled": true } }), 3);
}

fn resumes_after_a_crash(chunking: Value, connections: usize) {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("footage.bin", MANY);
    let options = scene.options(chunking);
    // First fast enough to get on, then so slow that the parts in flight are still in flight when the crash comes.
    scene.browser.throttle(2_000_000);
    scene.browser.upload(&options, &[&source]);
    scene.browser.wait_for_many("chunk", 7);
    scene.browser.throttle(4_000);
    let acknowledged = scene.browser.crash();
    let before = scene.log();
    assert!((7..24).contains(&acknowledged.len()), "it was cut in the middle, with {acknowledged:?}");

    scene.deliver(&options, &[&source]);
    let resumed = scene.log().split_off(before.len());
    assert!(before.iter().any(|line| line["result"] == "broken"), "the crash came while a part was on its way");
    nothing_twice_and_nothing_left_out(&acknowledged, &resumed);
    let hinted = resumed.iter().filter(|line| line["resume"] == true).count();
    assert!((1..=connections).contains(&hinted), "the first wave says that it resumes: {hinted} did");
    assert_eq!(scene.browser.all("resume").len(), hinted);
    let uuids: BTreeSet<_> = scene.log().iter().filter_map(|line| line["uuid"].as_str().map(str::to_owned)).collect();
    assert_eq!(uuids.len(), 1, "it is the same upload");
}

fn nothing_twice_and_nothing_left_out(acknowledged: &BTreeSet<u64>, later: &[Value]) {
    let again: Vec<_> = begun(later).intersection(acknowledged).copied().collect();
    assert!(again.is_empty(), "acknowledged parts must not come again, but {again:?} did");
    let all: BTreeSet<_> = acknowledged.union(&indexes(&stored(later))).copied().collect();
    assert_eq!(all, (0..24).collect(), "all other parts have to come");
}

#[test]
fn a_receiver_that_lost_an_unfinished_upload_gets_all_of_it_again() {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("forgotten.bin", MANY);
    let mut options = scene.options(json!({}));
    scene.browser.throttle(1_000_000);
    scene.browser.upload(&options, &[&source]);
    scene.browser.wait_for_many("chunk", 5);
    scene.receiver.kill();
    let end = scene.browser.wait_for("complete");
    assert_ne!(end["response"]["success"], true, "it was cut in the middle");
    std::fs::remove_dir_all(scene.receiver.dir.join(".carryon")).expect("the store can be lost");
    scene.receiver.restart();
    scene.browser.throttle(0);
    let before = scene.log();
    // The page is opened anew: it finds its own record and asks to resume what the receiver does not know any more.
    // The original begins anew only when it tries again.
    options["retry"] = json!({ "enableAuto": true, "maxAutoAttempts": 3, "autoAttemptDelay": 0.2 });
    scene.deliver(&options, &[&source]);
    let resumed = scene.log().split_off(before.len());
    let asked: Vec<_> = resumed.iter().filter(|line| line["resume"] == true).map(|line| &line["result"]).collect();
    assert_eq!(asked, ["reset"], "asked to resume, the receiver says that it has to begin anew");
    assert_eq!(stored(&resumed), parts(MANY, PART), "and all parts came again, each once");
}

#[test]
fn a_receiver_killed_and_started_again_in_mid_upload_loses_no_acknowledged_part() {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("patience.bin", MANY);
    let mut options = scene.options(json!({ "concurrent": { "enabled": true } }));
    options["retry"] = json!({ "enableAuto": true, "maxAutoAttempts": 30, "autoAttemptDelay": 1 });
    scene.browser.throttle(1_500_000);
    scene.browser.upload(&options, &[&source]);
    scene.browser.wait_for_many("chunk", 7);
    scene.receiver.kill();
    scene.browser.wait_for("retry");
    let acknowledged = scene.browser.acknowledged();
    let before = scene.log();
    assert!(acknowledged.len() < 24, "it was cut in the middle");
    scene.browser.throttle(0);
    scene.receiver.restart();
    scene.arrived(&[&source]);
    let after = scene.log().split_off(before.len());
    nothing_twice_and_nothing_left_out(&acknowledged, &after);
}

#[test]
fn a_page_of_another_site_sends_nothing_and_learns_nothing() {
    let Some(mut scene) = Scene::set_among_strangers() else { return };
    let (small, large) = (scene.source("small.bin", 1000), scene.source("large.bin", 3 * PART));
    let mut options = scene.options(json!({}));
    options["session"] = json!({ "endpoint": format!("{}/upload/session", scene.address) });
    scene.browser.upload(&options, &[&small, &large]);
    assert_eq!(scene.browser.wait_for("session")["success"], false, "the list is not theirs");
    for end in scene.browser.wait_for_many("complete", 2) {
        assert_eq!(end["response"], json!({ "success": false }), "not even an answer is theirs");
    }
    scene.must_hold_just(&[]);
    assert!(stored(&scene.log()).is_empty());
}

#[test]
fn finished_files_are_listed_to_a_new_page_which_can_delete_them() {
    let Some(mut scene) = Scene::set() else { return };
    let (kept, dropped) = (scene.source("kept.bin", 3 * PART), scene.source("Größe & 日本.bin", 1000));
    let mut options = scene.options(json!({}));
    let ends = scene.deliver(&options, &[&kept, &dropped]);
    options["session"] = json!({ "endpoint": format!("{}/upload/session", scene.address) });
    scene.browser.upload(&options, &[]);
    let session = scene.browser.wait_for("session");
    let listed = session["uploads"].as_array().expect("a list");
    assert_eq!((listed.len(), &session["success"]), (2, &json!(true)), "{session}");
    for end in &ends {
        let of_it = |one: &&Value| one["uuid"] == end["uuid"] && one["name"] == end["name"];
        let one = listed.iter().find(of_it).unwrap_or_else(|| panic!("{end} is not in {session}"));
        assert_eq!(one["status"], "upload successful");
        if end["name"] == "Größe & 日本.bin" {
            assert_eq!(one["size"], 1000);
            scene.browser.delete(one["id"].as_u64().expect("an id"));
        }
    }
    assert_eq!(scene.browser.wait_for("deleted")["failed"], false);
    scene.must_hold_just(&[&kept]);
}

#[test]
fn three_files_at_once_share_the_connections_and_arrive_each_whole() {
    let Some(mut scene) = Scene::set() else { return };
    let sources: Vec<_> = (0..3).map(|n| scene.source(&format!("camera {n}.mov"), 6 * PART + n)).collect();
    let options = scene.options(json!({}));
    scene.deliver(&options, &sources.iter().collect::<Vec<_>>());
    let first: BTreeSet<_> =
        scene.log().iter().filter(|line| line["index"].is_u64()).take(9).map(|line| line["uuid"].to_string()).collect();
    assert_eq!(first.len(), 3, "none waits for another's end");
    assert_eq!(scene.requests().iter().filter(|&&request| request == "done").count(), 3);
}
