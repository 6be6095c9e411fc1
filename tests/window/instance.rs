//! Files as arguments, and one instance: a second start hands its files to the first.

use std::process::Stdio;

use tests::programs::Running;

use crate::{
    app::{PROGRAM, ended},
    desktop::Desktop,
    scene::{assert_received, assert_same, finished, make_file},
};

#[test]
fn a_second_start_hands_its_file_to_the_first_and_ends_well() {
    let Some(desktop) = Desktop::start() else { return };
    make_file(&desktop.path("elsewhere/report.pdf"), 70_000);
    let first = desktop.path("first.txt");
    make_file(&first, 10);
    let app = desktop.launch_with(&[&first]);
    finished(&app, "first.txt");
    let mut second = desktop.command(PROGRAM);
    // The path is seen from where the second start was made, and its other wishes are its own.
    second.current_dir(desktop.path("elsewhere")).arg("report.pdf").arg("--data-dir").arg(desktop.path("other"));
    let second = second.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    assert!(ended(&mut Running(second)).success(), "the second start ends well");
    finished(&app, "report.pdf");
    assert_same(&desktop, &desktop.path("elsewhere/report.pdf"), "report.pdf");
    assert_received(&desktop, &["first.txt", "report.pdf"]);
    assert!(!desktop.path("other").exists(), "the second start opened no records");
}
