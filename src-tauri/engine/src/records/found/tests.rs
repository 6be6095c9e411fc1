use proptest::prelude::*;

use super::*;
use crate::records::migrations;

const DAY: i64 = 24 * 60 * 60 * 1000;

fn empty() -> Connection {
    let mut connection = Connection::open_in_memory().expect("memory");
    migrations::run(&mut connection).expect("migrates");
    connection
}

/// An entry as an older Carryon left it: nothing is described yet.
fn put(connection: &Connection, name: &str, folder: &str, to: &str, outcome: &str, ended_at: i64) {
    let sql = "INSERT INTO history (upload, name, relative_path, path, encoding, size, destination, outcome, began_at, ended_at)
               VALUES ('u', ?1, ?2, CAST('/media/' || ?2 || '/' || ?1 AS BLOB), 'unix', 10, ?3, ?4, 1, ?5)";
    connection.execute(sql, params![name, folder, to, outcome, ended_at]).expect("inserts");
}

fn some() -> Connection {
    let connection = empty();
    put(&connection, "Interview.mov", "Day 3/A-cam", "Studio", "done", DAY);
    put(&connection, "Größe.TIF", "Scans", "This computer", "marked done", 2 * DAY);
    put(&connection, "Gro\u{308}ße 2.tif", "Scans", "This computer", "discarded, left there", 3 * DAY);
    put(&connection, "100%_sure.txt", "", "tus+https://h/files/?secret=1", "done", 4 * DAY);
    put(&connection, "old.raw", "Day 3", "Studio", "expired", 5 * DAY);
    while describe_some(&connection).expect("describes") {}
    connection
}

fn names(connection: &Connection, search: &Search) -> Vec<String> {
    let page = page(connection, search, None, 100).expect("searches");
    assert_eq!(page.found, page.entries.len() as u64, "the count is of what is found");
    page.entries.into_iter().map(|past| past.name).collect()
}

fn words(text: &str) -> Search {
    Search { words: text.to_owned(), ..Search::default() }
}

#[test]
fn words_are_found_in_names_folders_and_destinations_however_they_are_written() {
    let history = some();
    let found = |text: &str| names(&history, &words(text));
    assert_eq!(found("größe"), ["Gro\u{308}ße 2.tif", "Größe.TIF"], "composed or not, large or small");
    assert_eq!(found("GROSSE"), [""; 0], "but no other letters");
    assert_eq!(found("a-cam inter"), ["Interview.mov"], "every word, in any order");
    assert_eq!(found("day studio"), ["old.raw", "Interview.mov"], "the newest first");
    assert_eq!(found("%_"), ["100%_sure.txt"], "signs mean themselves");
    assert_eq!(found("secret"), [""; 0], "what may be secret in an address is not searched");
    assert_eq!(found("  ").len(), 5, "no word finds everything");
}

#[test]
fn filters_add_up() {
    let history = some();
    let found = |search: Search| names(&history, &search);
    let ended = |ending| found(Search { ending: Some(ending), ..Search::default() });
    assert_eq!(ended(Ending::Done), ["100%_sure.txt", "Interview.mov"]);
    assert_eq!(ended(Ending::MarkedDone), ["Größe.TIF"]);
    assert_eq!(ended(Ending::Discarded), ["Gro\u{308}ße 2.tif"], "whatever became of it there");
    assert_eq!(ended(Ending::Expired), ["old.raw"]);
    assert_eq!(ended(Ending::Moved), [""; 0]);
    let between = Search { since: Some(2 * DAY), until: Some(4 * DAY), ..Search::default() };
    assert_eq!(found(between), ["Gro\u{308}ße 2.tif", "Größe.TIF"], "from one moment to before another");
    let all = destinations(&history).expect("lists");
    assert_eq!(all, ["Studio", "This computer", "tus+https://h/files/"], "as people see them");
    for to in all {
        assert!(
            !found(Search { destination: Some(to.clone()), ..Search::default() }).is_empty(),
            "{to} is found again"
        );
    }
}

#[test]
fn what_is_found_can_be_forgotten_and_nothing_else() {
    let history = some();
    assert_eq!(remove(&history, &words("studio")).expect("removes"), 2);
    assert_eq!(names(&history, &Search::default()), ["100%_sure.txt", "Gro\u{308}ße 2.tif", "Größe.TIF"]);
    let first = page(&history, &Search::default(), None, 1).expect("searches").entries[0].seq;
    assert_eq!(remove_these(&history, &[first, first, 4711]).expect("removes"), 1, "one that is gone is not counted");
    let old = Search { until: Some(3 * DAY), ..Search::default() };
    assert_eq!(remove(&history, &old).expect("removes"), 1);
    assert_eq!(names(&history, &Search::default()), ["Gro\u{308}ße 2.tif"]);
}

#[test]
fn a_search_reads_its_index_alone_in_the_order_it_needs() {
    let history = some();
    let search =
        Search { ending: Some(Ending::Done), destination: Some("Studio".into()), since: Some(1), ..words("a b") };
    let (condition, values) = condition(&search);
    for sql in [
        format!("SELECT count(*), coalesce(sum(size), 0) FROM history WHERE {condition}"),
        format!("SELECT ended_at, seq FROM history WHERE {condition} ORDER BY ended_at DESC, seq DESC LIMIT 100"),
    ] {
        let mut statement = history.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a plan");
        let plan = statement.query_map(params_from_iter(&values), |row| row.get(3)).expect("steps");
        let plan: Vec<String> = plan.map(|step| step.expect("reads")).collect();
        assert_eq!(plan.len(), 1, "nothing is sorted: {plan:?}");
        assert!(plan[0].contains("COVERING INDEX history_found"), "receipts stay unread: {plan:?}");
    }
}

proptest! {
    #[test]
    fn pages_show_everything_once_and_in_order(moments in prop::collection::vec(0_i64..20, 0..60), limit in 1_u32..9) {
        let history = empty();
        for (nth, moment) in moments.iter().enumerate() {
            put(&history, &nth.to_string(), "", "there", "done", *moment);
        }
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = page(&history, &Search::default(), after, limit).expect("searches");
            prop_assert_eq!(page.found, moments.len() as u64);
            seen.extend(page.entries.iter().map(|past| (past.ended_at, past.seq)));
            after = page.next;
            if after.is_none() { break; }
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.reverse();
        prop_assert_eq!(seen.len(), moments.len());
        prop_assert_eq!(seen, sorted);
    }
}
