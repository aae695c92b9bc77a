//! Rows of the sandbox's state: kept in memory in the order they were made, with a note of what changed.
//!
//! Owns the change notes that the journal writes down. Never touches the disk itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A named set of rows, newest last.
#[derive(Debug)]
pub struct Table<T> {
    // Boxed and with shared keys: thousands of rows stay in memory for as long as the process lives.
    rows: BTreeMap<u64, (Arc<str>, Box<T>)>,
    places: HashMap<Arc<str>, u64>,
    next: u64,
    changed: BTreeSet<Arc<str>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), places: HashMap::new(), next: 0, changed: BTreeSet::new() }
    }
}

impl<T> Table<T> {
    /// The row of that key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.rows.get(self.places.get(key)?).map(|(_, row)| &**row)
    }

    /// The row of that key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        let (key, row) = self.rows.get_mut(self.places.get(key)?)?;
        self.changed.insert(key.clone());
        Some(row)
    }

    /// Adds a row or replaces it in its place.
    pub fn put(&mut self, key: &str, row: T) {
        let key = self.place(key, row);
        self.changed.insert(key);
    }

    /// Takes a row away.
    pub fn remove(&mut self, key: &str) -> Option<T> {
        let place = self.places.remove(key)?;
        let (key, row) = self.rows.remove(&place)?;
        self.changed.insert(key);
        Some(*row)
    }

    /// Takes every row away.
    pub fn clear(&mut self) {
        self.changed.extend(self.places.drain().map(|(key, _)| key));
        self.rows.clear();
    }

    /// Whether the key has a row.
    pub fn has(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Keys and rows, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = (&str, &T)> {
        self.rows.values().rev().map(|(key, row)| (&**key, &**row))
    }

    /// Keys and rows, oldest first.
    pub fn oldest_first(&self) -> impl Iterator<Item = (&str, &T)> {
        self.rows.values().map(|(key, row)| (&**key, &**row))
    }

    /// Drops the oldest rows until at most `limit` are left, so that a long run does not grow without end.
    /// Stops early at a row that is still `needed`.
    pub fn keep_newest(&mut self, limit: usize, needed: impl Fn(&T) -> bool) {
        while self.rows.len() > limit {
            let Some((_, (key, row))) = self.rows.first_key_value() else { break };
            if needed(row) {
                break;
            }
            let key = key.clone();
            self.remove(&key);
        }
    }

    fn place(&mut self, key: &str, row: T) -> Arc<str> {
        if let Some((key, slot)) = self.places.get(key).and_then(|place| self.rows.get_mut(place)) {
            **slot = row;
            return key.clone();
        }
        let key: Arc<str> = key.into();
        self.places.insert(key.clone(), self.next);
        self.rows.insert(self.next, (key.clone(), Box::new(row)));
        self.next += 1;
        key
    }
}

/// A table as the journal sees it: lines out, lines in.
pub trait Journaled {
    /// Appends one line per row changed since the last call.
    fn drain_changes(&mut self, table: &str, lines: &mut Vec<u8>);
    /// Appends one line per row, as after a fresh start.
    fn write_all(&mut self, table: &str, lines: &mut Vec<u8>);
    /// Takes one line back; a missing value is a removed row.
    fn replay(&mut self, key: &str, value: Option<Value>) -> serde_json::Result<()>;
}

impl<T: Serialize + DeserializeOwned> Journaled for Table<T> {
    fn drain_changes(&mut self, table: &str, lines: &mut Vec<u8>) {
        for key in std::mem::take(&mut self.changed) {
            append_line(table, &key, self.get(&key), lines);
        }
    }

    fn write_all(&mut self, table: &str, lines: &mut Vec<u8>) {
        self.changed.clear();
        for (key, row) in self.oldest_first() {
            append_line(table, key, Some(row), lines);
        }
    }

    fn replay(&mut self, key: &str, value: Option<Value>) -> serde_json::Result<()> {
        match value {
            Some(value) => {
                self.place(key, serde_json::from_value(value)?);
            }
            None => {
                self.remove(key);
                self.changed.remove(key);
            }
        }
        Ok(())
    }
}

fn append_line<T: Serialize>(table: &str, key: &str, row: Option<&T>, lines: &mut Vec<u8>) {
    let line = match row {
        Some(row) => json!({ "table": table, "key": key, "row": row }),
        None => json!({ "table": table, "key": key }),
    };
    lines.extend_from_slice(line.to_string().as_bytes());
    lines.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_survives_a_replay_and_removed_rows_stay_away() {
        let mut table = Table::default();
        for key in ["a", "b", "c"] {
            table.put(key, key.to_uppercase());
        }
        table.remove("b");
        let mut lines = Vec::new();
        table.drain_changes("letters", &mut lines);
        table.put("a", "again".to_owned());
        table.drain_changes("letters", &mut lines);

        let mut restored: Table<String> = Table::default();
        for line in String::from_utf8(lines).expect("lines are text").lines() {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            restored.replay(line["key"].as_str().expect("a key"), line.get("row").cloned()).expect("a row");
        }
        let rows: Vec<_> = restored.oldest_first().map(|(key, row)| (key.to_owned(), row.clone())).collect();
        assert_eq!(rows, [("a".to_owned(), "again".to_owned()), ("c".to_owned(), "C".to_owned())]);
    }

    #[test]
    fn keeping_the_newest_drops_the_oldest() {
        let mut table = Table::default();
        for number in 0..5 {
            table.put(&number.to_string(), number);
        }
        table.keep_newest(2, |_| false);
        assert_eq!(table.newest_first().map(|(_, row)| *row).collect::<Vec<_>>(), [4, 3]);
    }
}
