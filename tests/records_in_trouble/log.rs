//! The write-ahead log: gone, of another database, torn, broken; and the index of it full of nonsense.

use carryon_engine::{RECORDS_FILE, Trouble};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use tests::files::seed;

use crate::stage::{PAGE, WAL, carry_on, kept, laid, open};

const FRAME: usize = PAGE + 24;
const HEAD: usize = 32;

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_ran_nothing_is_missing_and_nothing_is_said() {
    let data = laid(&kept().running);
    let seen = open(data.path(), "killed").await;
    seen.hold(data.path(), "killed", |_| true);
    assert_eq!(seen.aside, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_gone_is_missed() {
    let mut files = kept().running.clone();
    files.remove(WAL);
    let data = laid(&files);
    let seen = open(data.path(), "no log").await;
    let aside = seen.aside.expect("the last uploads stood in the log alone: their absence is no empty list");
    assert_eq!(aside.trouble, Trouble::LogMissing);
    assert!(aside.path.is_some_and(|path| path.exists()), "it says where the rest lies");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_another_database_is_not_mixed_in() {
    let other = { crate::rows::other_records().await };
    for (name, files) in [("closed", &kept().closed), ("killed", &kept().running)] {
        let mut files = files.clone();
        files.insert(WAL.to_owned(), other[WAL].clone());
        let data = laid(&files);
        let seen = open(data.path(), name).await;
        let aside = seen.aside.as_ref().expect("a log that is not ours is noticed");
        assert_eq!(aside.trouble, Trouble::LogForeign, "{name}");
        let path = aside.path.as_ref().expect("it says where");
        let log = std::fs::read(format!("{}-wal", path.display())).expect("the log is kept");
        assert_eq!(log, other[WAL], "{name}: as it was");
        let own = |listed: &carryon_engine::Listed| kept().uploads.iter().any(|before| before.id == listed.upload.id);
        assert!(seen.listed.iter().all(own), "{name}: nothing of the other database is listed");
        if name == "closed" {
            seen.hold(data.path(), name, |_| true);
            assert_eq!(carry_on(data.path(), name, |l| l.upload.id == kept().uploads[3].id).await, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_end_of_the_log_is_no_damage() {
    let log = &kept().running[WAL];
    let frames = (log.len() - HEAD) / FRAME;
    for cut in [1, 100, FRAME - 1] {
        let mut files = kept().running.clone();
        files.insert(WAL.to_owned(), log[..HEAD + frames * FRAME - cut].to_vec());
        let data = laid(&files);
        let what = format!("the log without its last {cut} bytes");
        let seen = open(data.path(), &what).await;
        assert_eq!(seen.aside, None, "{what}: a power cut leaves such a log");
        seen.hold(data.path(), &what, |_| true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_frame_in_the_midst_of_the_log_hides_nothing_behind_it_silently() {
    let log = &kept().running[WAL];
    let frames = (log.len() - HEAD) / FRAME;
    let mut random = SmallRng::seed_from_u64(seed("frames"));
    let tried: Vec<usize> = (0..frames - 20).step_by(frames / 12).collect();
    for &frame in &tried {
        let mut files = kept().running.clone();
        let mut broken = log.clone();
        random.fill_bytes(&mut broken[HEAD + frame * FRAME + 24..][..PAGE]);
        files.insert(WAL.to_owned(), broken);
        let data = laid(&files);
        let what = format!("frame {frame} of {frames}");
        let seen = open(data.path(), &what).await;
        let aside = seen.aside.as_ref().unwrap_or_else(|| panic!("{what}: what follows it is missed"));
        assert_eq!(aside.trouble, Trouble::Damaged, "{what}");
        seen.hold(data.path(), &what, |_| false);
        assert!(aside.salvaged > 0, "{what}: what was committed later is not thrown away");
    }
    println!("broken frames: {} of {frames} tried", tried.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_of_the_log_full_of_nonsense_is_made_anew() {
    let mut random = SmallRng::seed_from_u64(seed("shm"));
    for size in [0, 1, 100, 32768, 40000] {
        let mut files = kept().running.clone();
        let mut nonsense = vec![0; size];
        random.fill_bytes(&mut nonsense);
        files.insert(format!("{RECORDS_FILE}-shm"), nonsense);
        let data = laid(&files);
        let what = format!("{size} bytes of nonsense");
        let seen = open(data.path(), &what).await;
        assert_eq!(seen.aside, None, "{what}");
        seen.hold(data.path(), &what, |_| true);
    }
}
