//! The reference vectors: what Fine Uploader 5.16.2 asks, request by request, when all goes well, when its page goes away
//! in the middle, and when it is told no. The recorder before the receiver tells what was asked.

use std::path::PathBuf;

use serde_json::{Value, json};
use tests::programs::wait_until;

use crate::{
    recorder::{Recorder, Request, Which},
    scene::Scene,
};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// A page, a recorder, a receiver, and one file.
struct Play {
    scene: Scene,
    recorder: Recorder,
    file: PathBuf,
    options: Value,
}

impl Play {
    /// A file of `size` bytes to be sent in parts of `part`; further options for chunking.
    fn set(size: u64, part: u64, chunking: Value) -> Option<Self> {
        let (scene, recorder) = Scene::set_behind_a_recorder()?;
        let file = scene.source("vector.bin", size);
        let mut options = scene.options(chunking);
        options["chunking"]["partSize"] = json!(part);
        Some(Self { scene, recorder, file, options })
    }

    /// The page tries again by itself, so often.
    fn retrying(mut self, times: u64) -> Self {
        self.options["retry"] = json!({ "enableAuto": true, "maxAutoAttempts": times, "autoAttemptDelay": 0.1 });
        self
    }

    /// Sends the file, to its good end.
    fn deliver(&mut self) {
        self.scene.deliver(&self.options, &[&self.file]);
    }

    /// Sends until the page knows of `known` parts and `asked` requests have come in, and leaves the page.
    fn leave_after(&mut self, known: usize, asked: usize) {
        self.scene.browser.upload(&self.options, &[&self.file]);
        self.scene.browser.wait_for_many("chunk", known);
        wait_until("the requests", PATIENCE, || self.posts().len() == asked);
        assert!(self.scene.browser.all("complete").is_empty(), "it is left in the middle");
        self.scene.browser.upload(&self.options, &[]);
        self.recorder.hold_nothing();
    }

    fn posts(&self) -> Vec<Request> {
        self.recorder.requests().into_iter().filter(|request| request.method == "POST").collect()
    }

    /// All that was asked, in short: `0`, `1?` for a part that says that it resumes, `plain`, `done`.
    fn asked(&self) -> Vec<String> {
        let short = |request: &Request| match request.index() {
            Some(index) => format!("{index}{}", if request.resumes() { "?" } else { "" }),
            None if request.is_done() => "done".to_owned(),
            None => "plain".to_owned(),
        };
        self.posts().iter().map(short).collect()
    }

    fn one_upload(&self) {
        let mut ids: Vec<_> = self.posts().iter().filter_map(|r| r.fields.get("qquuid").cloned()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "it is one upload: {ids:?}");
    }
}

fn numbers(request: &Request, names: [&str; 4]) -> [Option<u64>; 4] {
    names.map(|name| request.fields.get(name).and_then(|value| value.parse().ok()))
}

#[test]
fn a_thousand_bytes_by_four_hundred_are_three_parts_and_a_done_of_four_parameters() {
    let Some(mut play) = Play::set(1000, 400, json!({})) else { return };
    play.deliver();
    assert_eq!(play.asked(), ["0", "1", "2", "done"]);
    let names = ["qqpartindex", "qqpartbyteoffset", "qqchunksize", "qqtotalparts"];
    let parts: Vec<_> = play.posts()[..3].iter().map(|request| numbers(request, names)).collect();
    let wanted = [[0, 0, 400, 3], [1, 400, 400, 3], [2, 800, 200, 3]];
    assert_eq!(parts, wanted.map(|part| part.map(Some)));
    assert_eq!(play.posts()[3].order, ["qquuid", "qqfilename", "qqtotalfilesize", "qqtotalparts"]);
    play.one_upload();
}

#[test]
fn what_fits_goes_plain_and_where_chunking_is_mandatory_as_one_part_and_done() {
    let cases = [
        (1000, 1000, false, vec!["plain"]),
        (1000, 2000, false, vec!["plain"]),
        (1000, 2000, true, vec!["0", "done"]),
        (0, 2000, true, vec!["done"]),
        (0, 2000, false, vec!["plain"]),
    ];
    let Some(mut play) = Play::set(1000, 1000, json!({})) else { return };
    let mut sent = Vec::new();
    for (n, (size, part, mandatory, wanted)) in cases.into_iter().enumerate() {
        let before = play.asked().len();
        sent.push(play.scene.source(&format!("{n}.bin"), size));
        play.options["chunking"]["partSize"] = json!(part);
        play.options["chunking"]["mandatory"] = json!(mandatory);
        play.scene.browser.upload(&play.options, &[&sent[n]]);
        play.scene.browser.until_the_end(1);
        play.scene.must_hold_just(&sent.iter().collect::<Vec<_>>());
        assert_eq!(play.asked()[before..], wanted, "{size} bytes, parts of {part}, mandatory: {mandatory}");
        if let Some(done) = play.posts()[before..].iter().find(|request| request.is_done()) {
            assert_eq!(done.fields["qqtotalparts"], size.div_ceil(part).to_string());
        }
    }
}

#[test]
fn a_page_that_went_away_sends_the_part_in_flight_again_and_then_the_rest() {
    let Some(mut play) = Play::set(2000, 400, json!({})) else { return };
    play.recorder.hold_answers_from(2);
    play.leave_after(2, 3);
    play.deliver();
    assert_eq!(play.asked(), ["0", "1", "2", "2?", "3", "4", "done"]);
    play.one_upload();
}

#[test]
fn a_page_that_sent_side_by_side_and_went_away_says_so_on_its_whole_first_wave() {
    let Some(mut play) = Play::set(3600, 400, json!({ "concurrent": { "enabled": true } })) else { return };
    play.recorder.hold_answers_from(3);
    play.leave_after(3, 6);
    play.deliver();
    let asked = play.asked();
    let sorted = |range: std::ops::Range<usize>| {
        let mut wave = asked[range].to_vec();
        wave.sort();
        wave
    };
    assert_eq!(sorted(0..6), ["0", "1", "2", "3", "4", "5"], "{asked:?}");
    assert_eq!(sorted(6..12), ["3?", "4?", "5?", "6", "7", "8"], "{asked:?}");
    assert_eq!(asked[12..], ["done"]);
    play.one_upload();
}

#[test]
fn a_page_that_went_away_before_done_was_answered_asks_only_for_that_and_one_file_is_made() {
    let Some(mut play) = Play::set(1000, 400, json!({})) else { return };
    play.recorder.hold_done();
    play.leave_after(3, 4);
    play.scene.must_hold_just(&[&play.file]);
    play.deliver();
    assert_eq!(play.asked(), ["0", "1", "2", "done", "done"], "the receiver says it twice and does it once");
    play.one_upload();
}

#[test]
fn a_reset_under_way_fails_the_file_and_the_next_try_sends_all_again_under_the_same_id() {
    let Some(play) = Play::set(2000, 400, json!({})) else { return };
    let mut play = play.retrying(3);
    play.recorder.answer(Which::Chunk(1), 1, 200, json!({ "success": false, "reset": true }));
    play.deliver();
    assert_eq!(play.asked(), ["0", "1", "0", "1", "2", "3", "4", "done"]);
    play.one_upload();
}

#[test]
fn a_reset_in_answer_to_a_resume_begins_anew_without_resuming() {
    let Some(play) = Play::set(2000, 400, json!({})) else { return };
    let mut play = play.retrying(3);
    play.recorder.hold_answers_from(2);
    play.leave_after(2, 3);
    play.recorder.answer(Which::Chunk(2), 1, 410, json!({ "success": false, "reset": true }));
    play.deliver();
    assert_eq!(play.asked()[3..], ["2?", "0", "1", "2", "3", "4", "done"]);
    play.one_upload();
}

#[test]
fn a_done_that_fails_is_the_only_thing_repeated() {
    let Some(play) = Play::set(1000, 400, json!({})) else { return };
    let mut play = play.retrying(3);
    play.recorder.answer(Which::Done, 1, 500, json!({ "error": "not now" }));
    play.deliver();
    assert_eq!(play.asked(), ["0", "1", "2", "done", "done"]);
}

#[test]
fn a_done_that_fails_with_a_reset_status_sends_all_parts_again() {
    let Some(play) = Play::set(1000, 400, json!({})) else { return };
    let mut play = play.retrying(3);
    play.options["chunking"]["success"]["resetOnStatus"] = json!([409]);
    play.recorder.answer(Which::Done, 1, 409, json!({}));
    play.deliver();
    assert_eq!(play.asked(), ["0", "1", "2", "done", "0", "1", "2", "done"]);
    play.one_upload();
}

#[test]
fn a_part_that_fails_four_times_ends_three_retries_and_the_record_is_kept() {
    let Some(play) = Play::set(2000, 400, json!({})) else { return };
    let mut play = play.retrying(3);
    play.recorder.answer(Which::Chunk(2), 4, 500, json!({ "error": "no" }));
    play.scene.browser.upload(&play.options, &[&play.file]);
    let end = play.scene.browser.wait_for("complete");
    assert_ne!(end["response"]["success"], true, "{end}");
    assert_eq!(play.asked(), ["0", "1", "2", "2", "2", "2"]);
    play.scene.must_hold_just(&[]);
    play.deliver();
    assert_eq!(play.asked()[6..], ["2?", "3", "4", "done"], "what was acknowledged is known to the next page");
    play.one_upload();
}
