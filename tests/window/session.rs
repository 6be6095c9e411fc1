//! A working day in ten minutes, from a fresh profile: a destination, a folder of 5,000 files, pause, another order, a speed
//! limit, a kill, the notification's button, a moved file, a changed one, a discarded one, a receipt.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::PathBuf,
    time::Duration,
};

use serde_json::json;
use tests::{
    files::{digest, files_below},
    programs::wait_until,
};

use crate::{
    app::{App, Row},
    desktop::{Desktop, PATIENCE},
    lab::Lab,
    notifications::Notifications,
    picker,
    places::{leave, open_form, says},
    scene::{MB, make_file},
    webdriver::key,
};

/// Files in the folder.
const FILES: usize = 5_000;
/// How long all of it may take.
const DELIVERED: Duration = Duration::from_secs(300);
/// Sent one after the other while speed is limited, so that each is caught under way.
const LARGE: u64 = 200 * MB;

struct Day {
    desktop: Desktop,
    lab: Lab,
    notifications: Notifications,
}

#[test]
fn a_working_day_from_a_fresh_profile_loses_nothing_and_sends_nothing_wrong() {
    let Some(desktop) = Desktop::start() else { return };
    let (lab, notifications) = (Lab::start(&desktop), desktop.notifications());
    let mut day = Day { desktop, lab, notifications };
    day.make_files();
    let app = day.desktop.launch();
    day.adds_a_destination(&app);
    day.drops_the_folder(&app);
    day.puts_in_order(&app);
    day.limits_speed(&app, "20 MB/s");
    for name in ["moved.bin", "changed.bin", "unwanted.bin"] {
        app.page.run("document.activeElement.blur()", json!([]));
        app.wait_for(name, "is under way", DELIVERED, |row| row.kind == "uploading" && row.confirmed > 0);
    }
    app.kill();

    std::fs::rename(day.path("moved.bin"), day.path("archive of monday.bin")).expect("it is moved");
    change(&day.path("changed.bin"));
    let app = day.desktop.launch();
    day.resumes_from_the_notification();
    day.locates(&app);
    day.starts_over(&app);
    day.discards(&app);
    day.limits_speed(&app, "");
    day.everything_arrives(&app);
    day.verifies_a_receipt(&app);
    assert_eq!(app.problems(), [""; 0]);
}

/// The middle of a file is another one.
fn change(path: &PathBuf) {
    let mut file = File::options().write(true).open(path).expect("it opens");
    file.seek(SeekFrom::Start(LARGE / 2)).and_then(|_| file.write_all(b"another take")).expect("it changes");
}

impl Day {
    fn path(&self, relative: &str) -> PathBuf {
        self.desktop.path(relative)
    }

    fn make_files(&self) {
        for number in 0..FILES {
            let folder = self.path(&format!("card/clip {:02}", number % 50));
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(folder.join(format!("frame {number:04}.raw")), vec![number as u8; 700 + number % 900])
                .expect("a file");
        }
        for name in ["moved.bin", "changed.bin", "unwanted.bin"] {
            make_file(&self.path(name), LARGE);
        }
    }

    fn adds_a_destination(&self, app: &App) {
        open_form(app);
        app.page.fill("#place-address", &self.lab.endpoint());
        app.page.fill("#place-done", "/upload/done");
        app.page.fill("#place-name", "Studio");
        app.page.press(&[key::ENTER]);
        says(app, "#places .summary", "Studio was saved");
        app.page.press(&[key::ENTER]);
        says(app, "#places .summary", "New files go to Studio");
        leave(app);
    }

    /// Slowly at first, so that all of it stands in the queue; paused, resumed, and then as fast as it goes.
    fn drops_the_folder(&mut self, app: &App) {
        self.limits_speed(app, "100 kB/s");
        let card = self.path("card");
        self.desktop.drop_files(&[&card]);
        let drawn = "return document.querySelector('#queue folder-row .numbers')?.textContent ?? ''";
        let counts = || app.page.run(drawn, json!([])).as_str().unwrap_or_default().to_owned();
        let all_but_a_few = || {
            counts()
                .split(' ')
                .next()
                .and_then(|count| count.replace(',', "").parse().ok())
                .is_some_and(|count: usize| count > FILES / 2)
        };
        wait_until("the folder's line", DELIVERED, all_but_a_few);
        app.shot(&self.desktop, "70-five-thousand");
        app.page.click("#pause-all");
        wait_until("a queue at rest", DELIVERED, || {
            !counts().contains("running")
                && app.page.run("return document.querySelector('#pause-all').hidden", json!([])) == true
        });
        self.limits_speed(app, "");
        app.page.click("#queue-resume-all");
        wait_until("the whole folder delivered", DELIVERED, || files_below(&self.lab.dir.join("card")).len() == FILES);
        wait_until("and said to be", DELIVERED, || counts().is_empty());
    }

    /// Three large ones, paused; the last comes first.
    fn puts_in_order(&self, app: &App) {
        for name in ["moved.bin", "changed.bin", "unwanted.bin"] {
            app.add(&[&self.path(name)]);
            app.wait_for(name, "is listed", PATIENCE, |_| true);
        }
        app.page.click("#pause-all");
        let resting = |row: Option<Row>| row.is_some_and(|row| row.kind == "paused");
        wait_until("three at rest", PATIENCE, || {
            ["moved.bin", "changed.bin", "unwanted.bin"].iter().all(|name| resting(app.row(name)))
        });
        let names = || -> Vec<String> {
            app.rows().into_iter().filter(|row| row.list == "queue").map(|row| row.name).collect()
        };
        app.page.run("[...document.querySelectorAll('#queue upload-row')].at(-1).focus()", json!([]));
        app.page.press_with(key::ALT, key::UP);
        wait_until("another order", PATIENCE, || names() == ["moved.bin", "unwanted.bin", "changed.bin"]);
        app.page.click("#queue-resume-all");
    }

    fn limits_speed(&self, app: &App, limit: &str) {
        app.page.click("#nav a[href='#settings']");
        app.wait_shown("#set-speed", true);
        wait_until("the settings", PATIENCE, || !app.text("settings-page .data").is_empty());
        let typed = "const field = document.getElementById('set-speed'); field.value = arguments[0];
            field.dispatchEvent(new Event('change', { bubbles: true }))";
        app.page.run(typed, json!([limit]));
        let is_off = || app.page.call("preferences", json!({}))["values"]["speed_limit"] == "off";
        wait_until("the limit is set", PATIENCE, || is_off() == limit.is_empty());
        app.page.click("#nav a[href='#uploads']");
        app.page.painted();
    }

    fn resumes_from_the_notification(&mut self) {
        let offers =
            |each: &serde_json::Value| each["summary"].as_str().is_some_and(|words| words.contains("interrupted"));
        wait_until("the offer", PATIENCE, || self.notifications.shown().iter().any(offers));
        let offer = self.notifications.shown().into_iter().rfind(offers).expect("just seen");
        self.notifications.press(&offer, "resume");
    }

    fn locates(&self, app: &App) {
        app.wait_for("moved.bin", "misses its file", DELIVERED, |row| row.kind == "source_missing");
        app.click("moved.bin", "locate");
        picker::choose(&self.desktop, "Where is “moved.bin” now", &self.path("archive of monday.bin"));
        app.wait_for("moved.bin", "goes on", DELIVERED, |row| row.list != "resumable");
    }

    fn starts_over(&self, app: &App) {
        app.wait_for("changed.bin", "is another file", DELIVERED, |row| row.kind == "source_changed");
        app.shot(&self.desktop, "71-changed");
        app.click("changed.bin", "start_over");
        app.wait_for("changed.bin", "is sent as it is now", DELIVERED, |row| row.list != "resumable");
    }

    fn discards(&self, app: &App) {
        app.wait_for("unwanted.bin", "is under way", DELIVERED, |row| row.kind == "uploading");
        app.click("unwanted.bin", "discard");
        app.wait_shown("#ask dialog", true);
        app.page.click("#ask-do");
        wait_until("it is gone", PATIENCE, || app.row("unwanted.bin").is_none());
    }

    fn everything_arrives(&self, app: &App) {
        for (name, file) in [("moved.bin", "archive of monday.bin"), ("changed.bin", "changed.bin")] {
            app.wait_for(name, "is delivered", DELIVERED, |row| row.kind == "done");
            assert_eq!(digest(&self.lab.dir.join(name)), digest(&self.path(file)), "{name} is what lies here now");
        }
        assert!(!self.lab.dir.join("unwanted.bin").exists(), "what was discarded never comes");
        for number in (0..FILES).step_by(97) {
            let name = format!("card/clip {:02}/frame {number:04}.raw", number % 50);
            assert_eq!(digest(&self.lab.dir.join(&name)), digest(&self.path(&name)), "{name}");
        }
        let all = files_below(&self.lab.dir).into_iter().filter(|name| !name.starts_with(".carryon")).count();
        assert_eq!(all, FILES + 2, "every file once");
    }

    fn verifies_a_receipt(&self, app: &App) {
        app.page.click("#nav a[href='#history']");
        app.wait_shown("#history", true);
        let search = "const field = document.getElementById('history-search'); field.value = arguments[0];
            field.dispatchEvent(new Event('input', { bubbles: true }))";
        app.page.run(search, json!(["changed.bin"]));
        let listed =
            "return [...document.querySelectorAll('#history li .name')].map((name) => name.textContent).join()";
        wait_until("the history of it", PATIENCE, || {
            app.page.run(listed, json!([])).as_str().is_some_and(|names| names.starts_with("changed.bin"))
        });
        app.page.run("document.querySelector('#history li button').click()", json!([]));
        app.wait_shown("#past dialog", true);
        app.page.run("document.querySelector('#past [data-action=verify_source]').click()", json!([]));
        wait_until("the verdict", PATIENCE, || app.text("#past .verdict").contains("Equal"));
        app.shot(&self.desktop, "72-receipt");
    }
}
