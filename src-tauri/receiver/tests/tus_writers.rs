//! Many that send to one upload at once, and go away in the middle: bytes are never mixed, never lost, never counted twice.

mod client;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use client::tus::{answer_of, begin_patch, create, held, patch, tus};
use client::{names_in, noise, start};
use tempfile::tempdir;

const SIZE: usize = 6_000_011;
const WRITERS: u64 = 6;

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Asks and sends until all is there: whole requests, requests that stop in the middle, and some that hang for a while.
async fn writer(to: SocketAddr, at: String, bytes: Arc<Vec<u8>>, seed: u64) -> usize {
    let (mut dice, mut seen) = (Dice(seed), 0);
    loop {
        let offset = held(to, &at).await.expect("the upload stays") as usize;
        assert!(offset >= seen, "an offset that was told must not fall: {seen}, then {offset}");
        seen = offset;
        if offset == bytes.len() {
            return seen;
        }
        let length = 1 + dice.roll((bytes.len() - offset).min(700_000));
        let part = &bytes[offset..offset + length];
        match dice.roll(4) {
            0 => drop(begin_patch(to, &at, offset, length, &part[..dice.roll(length)]).await),
            1 => {
                let hanging = begin_patch(to, &at, offset, length, &part[..dice.roll(length)]).await;
                let _ = tokio::time::timeout(Duration::from_millis(30), answer_of(hanging)).await;
            }
            _ => {
                let answer = patch(to, &at, offset, part).await;
                assert!(matches!(answer.status, 204 | 409), "taken, or told that another came first: {answer:?}");
                if answer.status == 204 {
                    seen = offset + length;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_many_send_and_go_away_the_file_is_what_each_of_them_meant() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    for round in 0..3 {
        let bytes = Arc::new(noise(SIZE, round + 1));
        let at = create(to, &format!("{round}.bin"), SIZE).await;
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| tokio::spawn(writer(to, at.clone(), bytes.clone(), round * 100 + number + 1)))
            .collect();
        for writer in writers {
            assert_eq!(writer.await.expect("no law was broken"), SIZE);
        }
        let asked = tus(to, "HEAD", &at, &[], b"").await;
        assert_eq!(asked.headers["repr-digest"], client::tus::proof(&bytes));
        assert!(std::fs::read(dir.path().join(format!("{round}.bin"))).unwrap() == *bytes);
    }
    assert_eq!(names_in(dir.path()), ["0.bin", "1.bin", "2.bin"]);
    assert!(names_in(&dir.path().join(".carryon/parts")).is_empty());
}
