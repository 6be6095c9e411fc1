//! The receiver's access log: what really came in, by its own word.

use std::path::Path;

use serde_json::Value;

/// The log's lines, oldest first; a torn last line (the receiver was killed) is left out.
pub fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Payload bytes that came in over all requests.
pub fn received(lines: &[Value]) -> u64 {
    lines.iter().filter_map(|line| line["received"].as_u64()).sum()
}

/// Requests (offset, length) whose first byte a survey had listed, and that came in all the same afterwards.
pub fn sent_again_though_listed(lines: &[Value]) -> Vec<(u64, u64)> {
    let mut listed = std::collections::HashMap::<String, Vec<(u64, u64)>>::new();
    let mut again = Vec::new();
    for line in lines {
        let Some(uuid) = line["uuid"].as_str() else { continue };
        if let Some(held) = line["held"].as_array() {
            let ranges = held.iter().filter_map(|range| Some((range[0].as_u64()?, range[1].as_u64()?)));
            listed.insert(uuid.to_owned(), ranges.collect());
        } else if line["received"].as_u64() > Some(0) {
            let offset = line["offset"].as_u64().unwrap_or(0);
            let holds = |&(start, length): &(u64, u64)| (start..start + length).contains(&offset);
            if listed.get(uuid).is_some_and(|held| held.iter().any(holds)) {
                again.push((offset, line["length"].as_u64().unwrap_or(0)));
            }
        }
    }
    again
}

/// How many surveys were answered.
pub fn surveys(lines: &[Value]) -> usize {
    lines.iter().filter(|line| line["held"].is_array()).count()
}
