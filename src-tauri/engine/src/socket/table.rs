//! Comma-separated values (RFC 4180) that a spreadsheet opens without taking any of them for a formula.

use serde_json::Value;

/// A value as a cell's text; nothing where there is none.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// One row, with its end.
pub(super) fn row(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| escaped(&cell)).collect();
    cells.join(",") + "\r\n"
}

/// Quoted where it has to be; what a spreadsheet would take for a formula gets an apostrophe before it.
fn escaped(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<i64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula_survives() {
        let said = ["a", "a,b", "a \"b\"", "a\nb", "=1+1", "+a", "-a", "@a", "=a,\"b\"", "-5", ""].map(escaped);
        let expected = [
            "a",
            "\"a,b\"",
            "\"a \"\"b\"\"\"",
            "\"a\nb\"",
            "'=1+1",
            "'+a",
            "'-a",
            "'@a",
            "\"'=a,\"\"b\"\"\"",
            "-5",
            "",
        ];
        assert_eq!(said, expected);
    }
}
