//! A large file on a thin link, and a browser that is killed in the middle of it.

use serde_json::json;
use tests::log;

use crate::scene::{Scene, begun, indexes, parts, stored};

const SIZE: u64 = 200_000_000;
/// The original's own default.
const PART: u64 = 2_000_000;
/// Bytes a second that the link takes.
const LINK: u64 = 25_000_000;

#[test]
fn two_hundred_megabytes_on_a_thin_link_outlive_a_killed_browser_and_little_goes_twice() {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("footage.mov", SIZE);
    let mut options = scene.options(json!({ "partSize": PART, "concurrent": { "enabled": true } }));
    options["maxConnections"] = json!(3);
    scene.browser.throttle(LINK);
    scene.browser.upload(&options, &[&source]);
    scene.browser.wait_for_many("chunk", 40);
    // Almost still, so that what is in flight stays in flight until the crash.
    scene.browser.throttle(20_000);
    let acknowledged = scene.browser.crash();
    let before = scene.log();
    assert!((40..100).contains(&acknowledged.len()), "it was killed in the middle: {}", acknowledged.len());

    scene.browser.throttle(LINK);
    scene.deliver(&options, &[&source]);
    let after = scene.log().split_off(before.len());
    let again: Vec<_> = begun(&after).intersection(&acknowledged).copied().collect();
    assert!(again.is_empty(), "{again:?} had been acknowledged and came again");
    let mut whole = indexes(&stored(&before));
    whole.extend(indexes(&stored(&after)));
    assert_eq!(whole, indexes(&parts(SIZE, PART)), "all parts came");
    let twice = log::received(&scene.log()) - SIZE;
    assert!(twice <= 3 * PART, "{twice} bytes went twice; no more than three parts were in flight");
    println!("{} parts were acknowledged before the kill; {twice} of {SIZE} bytes went twice", acknowledged.len());
}
