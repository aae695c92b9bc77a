//! What a person gets of the own data, as JSON and as CSV (AUTH-38). Pure: the rows and the instant are arguments.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// One table of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Name of its CSV file and of its member in the JSON.
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub rows: Vec<Vec<Value>>,
}

/// Everything as one document.
pub fn as_json(tables: &[Table], exported_at: Timestamp) -> Value {
    let mut document = Map::new();
    document.insert("exportedAt".to_owned(), json!(exported_at));
    for table in tables {
        let rows = table.rows.iter().map(|row| {
            let members = table.columns.iter().zip(row).map(|(column, value)| ((*column).to_owned(), value.clone()));
            Value::Object(members.collect())
        });
        document.insert(table.name.to_owned(), rows.collect());
    }
    Value::Object(document)
}

/// A table as RFC 4180 writes it, with a byte-order mark, by which spreadsheets know the encoding.
pub fn as_csv(table: &Table) -> String {
    let mut text = String::from('\u{feff}');
    let mut line = |cells: Vec<String>| {
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    };
    line(table.columns.iter().map(|column| cell(column)).collect());
    for row in &table.rows {
        line(row.iter().map(|value| cell(&plain(value))).collect());
    }
    text
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cell(text: &str) -> String {
    let text = if starts_a_formula(text) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Spreadsheets would run such a cell. Numbers, telephone numbers among them, stay as they are.
fn starts_a_formula(text: &str) -> bool {
    let number =
        |rest: &str| !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_digit() || " .()-".contains(letter));
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !number(&text[1..]),
        _ => false,
    }
}

/// How long after the oldest of `requests` within a day another one may come; nothing when it may come now.
///
/// AUTH-39: at most `limit` in any 24 hours.
pub fn wait_for_another(requests: &[Timestamp], limit: usize, now: Timestamp) -> Option<SignedDuration> {
    let day = SignedDuration::from_hours(24);
    let mut lately: Vec<Timestamp> = requests.iter().copied().filter(|at| now.duration_since(*at) < day).collect();
    if lately.len() < limit.max(1) {
        return None;
    }
    lately.sort_unstable();
    // Room comes when so many have grown old that one less than the limit is left.
    let freeing = lately[lately.len() - limit.max(1)];
    Some(day - now.duration_since(freeing))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn table(rows: Vec<Vec<Value>>) -> Table {
        Table { name: "bookings", columns: &["bookingId", "note"], rows }
    }

    /// AUTH-38: rows are objects named by their columns.
    #[test]
    fn the_document_names_every_value() {
        let document = as_json(&[table(vec![vec![json!("b-1"), json!(12)]])], at(0));
        assert_eq!(
            document,
            json!({ "exportedAt": "1970-01-01T00:00:00Z", "bookings": [{ "bookingId": "b-1", "note": 12 }] })
        );
    }

    /// AUTH-38: commas, quotes and lines survive, and no cell is a formula.
    #[test]
    fn cells_are_quoted_and_harmless() {
        let rows = ["a,b", "say \"hi\"", "two\nlines", "=1+1", "@x", "-1+cmd", "+30 210 123", "-12", ""];
        let text = as_csv(&table(rows.iter().map(|note| vec![json!(1), json!(note)]).collect()));
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').split("\r\n").collect();
        assert_eq!(lines[0], "bookingId,note");
        assert_eq!(
            &lines[1..10],
            [
                "1,\"a,b\"",
                "1,\"say \"\"hi\"\"\"",
                "1,\"two\nlines\"",
                "1,'=1+1",
                "1,'@x",
                "1,'-1+cmd",
                "1,+30 210 123",
                "1,-12",
                "1,",
            ]
        );
    }

    /// AUTH-39: the eleventh waits until the first one is a day old.
    #[test]
    fn the_eleventh_waits() {
        let requests: Vec<Timestamp> = (0..10).map(|number| at(number * 60)).collect();
        assert_eq!(wait_for_another(&requests, 10, at(600)), Some(SignedDuration::from_secs(86_400 - 600)));
        assert_eq!(wait_for_another(&requests[1..], 10, at(600)), None);
        assert_eq!(wait_for_another(&requests, 10, at(86_400)), None);
    }

    proptest! {
        /// AUTH-39: whoever waits as told never has more than the limit within a day.
        #[test]
        fn waiting_keeps_the_limit(gaps in prop::collection::vec(0_i64..40_000, 1..60), limit in 1_usize..12) {
            let (mut requests, mut now) = (Vec::new(), at(0));
            for gap in gaps {
                now += SignedDuration::from_secs(gap);
                if let Some(wait) = wait_for_another(&requests, limit, now) {
                    prop_assert!(wait > SignedDuration::ZERO);
                    now += wait;
                }
                requests.push(now);
                let day = SignedDuration::from_hours(24);
                let lately = requests.iter().filter(|at| now.duration_since(**at) < day).count();
                prop_assert!(lately <= limit);
            }
        }

        /// AUTH-38: every row is one line of as many cells as there are columns, whatever people typed.
        #[test]
        fn rows_stay_rows(note in "[^\r\n\"]*") {
            let text = as_csv(&table(vec![vec![json!("b"), json!(note)]]));
            prop_assert_eq!(text.matches("\r\n").count(), 2);
        }
    }
}
