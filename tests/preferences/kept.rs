//! What is set is kept, each preference for itself.

use carryon_engine::{DestinationSettings, Preferences, ResumePolicy, State};
use serde_json::json;

use crate::stage::{CHUNK, Stage, set, setting_rows};

const DAY: i64 = 24 * 60 * 60 * 1000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn preferences_outlive_the_engine_and_reset_ones_leave_nothing_behind() {
    let stage = Stage::new().await;
    let desk = stage.desk().await;
    let wanted = Preferences {
        resume: ResumePolicy::Always,
        files_at_once: 5,
        connections: Some(2),
        speed_limit: "3M,off@22:00-06:00".parse().expect("a limit"),
        keep_days: 0,
        pause_on_metered: true,
        pause_on_battery: Some(40),
        keep_awake: false,
    };
    let mut heard = desk.engine.watch_preferences();
    desk.engine.set_preferences(wanted.clone()).await.expect("they make sense");
    assert!(heard.has_changed().expect("the engine lives"), "whoever watches hears of it");
    assert_eq!(*heard.borrow_and_update(), wanted);
    desk.close().await;

    let desk = stage.desk().await;
    assert_eq!(desk.engine.preferences(), wanted);
    let left = desk.engine.reset_preferences(&["speed_limit".to_owned(), "resume".to_owned()]).await.expect("known");
    assert_eq!(
        left,
        Preferences { speed_limit: Preferences::default().speed_limit, resume: ResumePolicy::Ask, ..wanted }
    );
    assert!(desk.engine.reset_preferences(&["colour".to_owned()]).await.is_err());
    desk.engine.reset_preferences(&[]).await.expect("all of them");
    assert_eq!(desk.engine.preferences(), desk.engine.default_preferences());
    desk.close().await;
    assert!(setting_rows(&stage.data()).is_empty(), "a default is not written down");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patch_with_one_senseless_value_changes_nothing_and_names_it() {
    let stage = Stage::new().await;
    let desk = stage.desk().await;
    let patch = json!({ "files_at_once": 9, "keep_days": "soon", "colour": 1 });
    let refused = desk.engine.change_preferences(patch.as_object().expect("an object")).await.expect("no trouble");
    let refused: Vec<String> = refused.expect_err("senseless").into_iter().map(|refusal| refusal.key).collect();
    assert_eq!(refused, ["colour", "keep_days"]);
    assert_eq!(desk.engine.preferences(), Preferences::default());
    let senseless = Preferences { files_at_once: 0, ..Preferences::default() };
    let error = desk.engine.set_preferences(senseless).await.expect_err("senseless");
    assert!(error.message().starts_with("files_at_once: "), "{error}");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_falls_back_alone_is_told_and_mended_by_setting_it() {
    let stage = Stage::new().await;
    stage.desk().await.close().await;
    stage.row("preference:files_at_once", "{torn");
    stage.row("preference:keep_days", "30");
    stage.row("preference:from_the_future", "[1, 2]");
    let desk = stage.desk().await;
    assert_eq!(desk.engine.preferences(), Preferences { keep_days: 30, ..Preferences::default() });
    let keys = |unreadable: Vec<carryon_engine::Refusal>| {
        unreadable.into_iter().map(|refusal| refusal.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(desk.engine.unreadable_preferences()), ["files_at_once"]);
    set(&desk.engine, "files_at_once", json!(4)).await;
    assert!(desk.engine.unreadable_preferences().is_empty());
    desk.engine.reset_preferences(&[]).await.expect("all of them");
    desk.close().await;
    let kept = [("preference:from_the_future".to_owned(), "[1, 2]".to_owned())];
    assert_eq!(setting_rows(&stage.data()), kept, "what a newer Carryon set is left alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_to_keep_hold_for_new_uploads_and_from_the_next_confirmation_on() {
    let stage = Stage::new().await;
    let mut desk = stage.desk().await;
    set(&desk.engine, "keep_days", json!(2)).await;
    set(&desk.engine, "speed_limit", json!("4k")).await;
    let id = desk.send(&stage.file("take.mov", 100)).await;
    let expires = |listed: Option<carryon_engine::Listed>| listed.expect("it is listed").upload.expires_at;
    let days = expires(desk.listed(id).await).expect("it expires") - carryon_engine::upload::now();
    assert!((2 * DAY - 60_000..=2 * DAY).contains(&days), "{days}");
    set(&desk.engine, "keep_days", json!("never")).await;
    let so_far = desk.listed(id).await.expect("it is listed").upload.confirmed;
    desk.confirmed(id, so_far + 5 * CHUNK).await;
    assert_eq!(expires(desk.listed(id).await), None);
    desk.engine.discard(&[id]).await;
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destinations_own_word_on_resuming_goes_before_what_is_set_for_everything() {
    let stage = Stage::new().await;
    let mut desk = stage.desk().await;
    set(&desk.engine, "resume", json!("always")).await;
    set(&desk.engine, "speed_limit", json!("3k")).await;
    let ids = desk.add([stage.file("take.mov", 30)]).await;
    desk.confirmed(ids[0], 2 * CHUNK).await;
    desk.close().await;

    let desk = stage.desk().await;
    let own = |resume| DestinationSettings { resume, ..DestinationSettings::default() };
    desk.engine.set_destination_settings(desk.to, own(Some(ResumePolicy::Ask))).await.expect("set");
    assert!(desk.engine.resume_what_always_does().await.expect("looks").done.is_empty(), "it said: ask");
    let state = desk.listed(ids[0]).await.expect("kept").upload.state;
    assert!(matches!(state, State::Interrupted { .. }), "{state:?}");
    desk.engine.set_destination_settings(desk.to, own(None)).await.expect("set");
    assert_eq!(desk.engine.resume_what_always_does().await.expect("looks").done, ids);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_resume_switched_off_nothing_is_kept() {
    let stage = Stage::new().await;
    let mut desk = stage.desk().await;
    set(&desk.engine, "resume", json!("off")).await;
    let id = desk.send(&stage.file("take.mov", 50)).await;
    desk.confirmed(id, CHUNK).await;
    desk.engine.interrupt(&[id]).await;
    assert!(desk.listed(id).await.is_none());
    desk.close().await;
}
