//! Answers without end: read as far as an answer can go, and no further. Measured on the program itself.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tests::{
    programs::{Running, carryon_with},
    scripted::{Linger, Manners, On, Reply, Step, Then, What},
};

use crate::stage::{ASKABLE, CHUNK, PLAIN, Stage};

const GIGABYTE: u64 = 1_000_000_000;
/// The most memory that the program may ever have had: its own, the engine's budget, and the longest list of chunks.
const MOST_MIB: u64 = 160;

/// Runs a call to its end within a minute; gives its exit code and the most memory it had (MiB).
fn measured(mut command: Command) -> (Option<i32>, u64) {
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("carryon starts");
    let (mut child, mut most) = (Running(child), 0);
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        most = most.max(peak_mib(child.0.id()));
        if let Some(status) = child.0.try_wait().expect("a child") {
            return (status.code(), most);
        }
        assert!(Instant::now() < deadline, "{command:?} did not end");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn peak_mib(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Sends a file of four chunks to a server in which `on` meets `step` once; it must be delivered, in bounded memory.
async fn delivered_in_bounds(manners: Manners, on: On, step: Step) -> Stage {
    let stage = Stage::new(manners).await;
    let file = stage.file("take.mov", 4 * CHUNK);
    if on == On::Status {
        stage.server.on(On::Chunk(1), 1, Step::LoseAnswer);
    }
    let text = format!("{on:?}: {}", format!("{step:?}").chars().take(60).collect::<String>());
    stage.server.on(on, 1, step);
    let to = stage.in_order();
    let call = carryon_with(&stage.data(), &["send", file.to_str().expect("plain"), "--to", &to]);
    let (code, most) = tokio::task::spawn_blocking(move || measured(call)).await.expect("measured");
    assert_eq!(code, Some(0), "{text}");
    assert!((1..MOST_MIB).contains(&most), "{text}: {most} MiB");
    stage.delivered(&file);
    stage
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_a_gigabyte_to_a_chunk_is_not_read_and_confirms_nothing() {
    let stage = delivered_in_bounds(PLAIN, On::Chunk(1), Step::Endless(GIGABYTE)).await;
    assert_eq!(stage.server.count(What::Chunk(1)), 2);
    assert_eq!(stage.server.count(What::Chunk(0)), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_a_gigabyte_to_a_question_or_a_finish_is_read_no_further_than_a_list_can_go() {
    let stage = delivered_in_bounds(ASKABLE, On::Status, Step::Endless(GIGABYTE)).await;
    assert!(stage.server.count(What::Chunk(1)) <= 2, "{:?}", stage.server.asked());
    // The status of a done request is its answer, whatever follows.
    delivered_in_bounds(ASKABLE, On::Done, Step::Endless(GIGABYTE)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_without_end_is_not_read_to_its_end() {
    let endless = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 64 << 20]].concat();
    let many = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: y\r\n".repeat(4 << 20)].concat();
    for head in [endless, many] {
        delivered_in_bounds(PLAIN, On::Chunk(1), Step::Raw(head, Then::Close)).await;
    }
    let hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(1 << 20);
    delivered_in_bounds(PLAIN, On::Chunk(2), Step::Raw(hints, Then::Close)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_answer_that_comes_before_the_chunk_has_left_is_not_read_either() {
    let stage = Stage::new(PLAIN).await;
    let early = Reply::text(500, &" ".repeat(64 << 20));
    stage.server.on(On::Chunks, 1, Step::Early(early, Linger::Yes));
    let file = stage.file("large.mov", 24 << 20);
    let to = stage.server.destination(64 << 20);
    let call = carryon_with(&stage.data(), &["send", file.to_str().expect("plain"), "--to", &to]);
    let (code, most) = tokio::task::spawn_blocking(move || measured(call)).await.expect("measured");
    assert_eq!(code, Some(0));
    assert!((1..MOST_MIB).contains(&most), "{most} MiB");
    stage.delivered(&file);
}
