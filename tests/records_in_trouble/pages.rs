//! Pages overwritten, one by one, and files cut off: every row on another page is there again.

use carryon_engine::RECORDS_FILE;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use tests::files::seed;

use crate::stage::{Before, PAGE, Seen, carry_on, kept, open, with_database};

/// A page that holds rows of a table, in SQLite's file format.
const TABLE_LEAF: u8 = 0x0d;

fn database() -> Vec<u8> {
    kept().closed[RECORDS_FILE].clone()
}

fn page(number: usize) -> std::ops::Range<usize> {
    (number - 1) * PAGE..number * PAGE
}

/// Whether nothing of an upload but its chunks stands in the pages that are gone.
fn untouched(before: &Before, gone: &[u8]) -> bool {
    let pages = gone.chunks(PAGE).filter(|page| page[0] == TABLE_LEAF);
    let mut rows = pages.flat_map(|page| before.ids.iter().map(move |id| (page, id)));
    !rows.any(|(page, id)| page.windows(id.len()).any(|found| found == id.as_bytes()))
}

/// Opens a damaged database and sees that the laws hold; then that all is well from there on.
async fn see(damaged: Vec<u8>, gone: &[u8], what: &str) -> (tempfile::TempDir, Seen) {
    let data = with_database(damaged.clone());
    let seen = open(data.path(), what).await;
    seen.hold(data.path(), what, |before| untouched(before, gone));
    if let Some(aside) = &seen.aside {
        let path = aside.path.as_ref().expect("it says where");
        assert_eq!(std::fs::read(path).ok(), Some(damaged), "{what}: it is kept as it was");
        assert_eq!(aside.salvaged, seen.listed.len() as u64 + seen.unreadable, "{what}: the truth is told");
        assert!(aside.sentence().contains(&*path.to_string_lossy()), "{what}: it says where");
    }
    (data, seen)
}

async fn overwrite_each(name: &str, mut with: impl FnMut(&mut [u8])) {
    let whole = database();
    let (mut tried, mut noticed, mut anew, mut carried_on) = (0, 0, 0, 0);
    for number in 1..=whole.len() / PAGE {
        let what = format!("page {number} of {}: {name}", whole.len() / PAGE);
        let mut damaged = whole.clone();
        with(&mut damaged[page(number)]);
        if damaged == whole {
            continue; // The page was empty there.
        }
        let (data, seen) = see(damaged, &whole[page(number)], &what).await;
        if let Some(aside) = &seen.aside {
            let known = aside.salvaged + aside.lost;
            assert_eq!(known, kept().uploads.len() as u64, "{what}: every upload is accounted for");
        }
        tried += 1;
        noticed += usize::from(seen.aside.is_some());
        anew += seen.aside.as_ref().map_or(0, |aside| aside.to_start_over);
        let chosen = kept().uploads[number % kept().uploads.len()].id;
        let lost = |ticket: &carryon_engine::destination::Ticket| ticket.version == 0;
        let mut first = seen.listed.iter().filter(|l| l.upload.attempt.ticket.as_ref().is_some_and(lost));
        let first = first.next().map(|listed| listed.upload.id);
        let again = open(data.path(), &what).await;
        assert!(again.aside.is_none() && again.listed.len() == seen.listed.len(), "{what}: it is told once, and stays");
        carried_on +=
            carry_on(data.path(), &what, |listed| [Some(chosen), first].contains(&Some(listed.upload.id))).await;
    }
    println!("{name}: {tried} pages, {noticed} noticed, {anew} uploads to start over, {carried_on} carried to the end");
    assert_eq!(noticed, tried, "damage is noticed");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_any_page_overwritten_by_nonsense_all_rows_on_other_pages_are_listed() {
    let mut random = SmallRng::seed_from_u64(seed("pages"));
    overwrite_each("random bytes", |page| random.fill_bytes(page)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_any_page_overwritten_by_zeroes_all_rows_on_other_pages_are_listed() {
    overwrite_each("zeroes", |page| page.fill(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_overwritten_page_gives_what_is_left_of_it_and_claims_no_chunk() {
    overwrite_each("zeroes in the second half", |page| page[PAGE / 2..].fill(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_cut_off_anywhere_gives_what_is_left_of_it() {
    let whole = database();
    let pages = whole.len() / PAGE;
    let odd = (1..pages).step_by(5).flat_map(|number| [number * PAGE - 1, number * PAGE + 517, number * PAGE + 4000]);
    let lengths: Vec<usize> =
        (1..pages).map(|number| number * PAGE).chain(odd).chain([1, 16, 100, 511, 2048]).collect();
    for &length in &lengths {
        let from = length / PAGE * PAGE;
        see(whole[..length].to_vec(), &whole[from..], &format!("cut off at {length} of {}", whole.len())).await;
    }
    println!("cut off: {} images", lengths.len());
}
