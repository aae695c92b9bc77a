//! What lets a restart keep payments, accounts, mails and people: one file of changed rows.
//!
//! Every change is written before the caller gets its answer, so a process killed right after a charge still finds the
//! charge when it starts again. At start the file is rewritten to the live rows (to a new file, then renamed). It is not
//! synced to the disk: losing power may lose the last moments, losing the process may not.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;

use crate::state::Data;

/// The open file of changes; absent when the sandbox keeps nothing.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    written: u64,
    after_rewrite: u64,
}

#[derive(Deserialize)]
struct Line {
    table: String,
    key: String,
    #[serde(default)]
    row: Option<Value>,
}

/// The file is rewritten once it is this much larger than what it needs to be.
const SLACK_BYTES: u64 = 64 * 1024 * 1024;

impl Journal {
    /// Reads the rows back into `data` and opens the file for what follows.
    ///
    /// # Errors
    /// When the folder cannot be used. A line that cannot be understood (torn by a kill, or written by another version)
    /// is dropped with a warning.
    pub fn open(folder: &Path, data: &mut Data) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let path = folder.join("state.jsonl");
        if path.exists() {
            read(&path, data)?;
        }
        let (file, size) = rewrite(&path, data)?;
        Ok(Self { path, file, written: size, after_rewrite: size })
    }

    /// Writes down what changed in `data` since the last call.
    pub fn record(&mut self, data: &mut Data) {
        let mut lines = Vec::new();
        for (name, table) in data.tables() {
            table.drain_changes(name, &mut lines);
        }
        if lines.is_empty() {
            return;
        }
        self.written += lines.len() as u64;
        if let Err(error) = self.file.write_all(&lines) {
            tracing::error!(%error, path = %self.path.display(), "the sandbox cannot write its state");
        }
        if self.written > self.after_rewrite * 2 + SLACK_BYTES {
            self.compact(data);
        }
    }

    /// Rewrites the file to the live rows.
    pub fn compact(&mut self, data: &mut Data) {
        match rewrite(&self.path, data) {
            Ok((file, size)) => {
                self.file = file;
                self.written = size;
                self.after_rewrite = size;
            }
            Err(error) => tracing::error!(%error, "the sandbox cannot rewrite its state"),
        }
    }
}

fn read(path: &Path, data: &mut Data) -> anyhow::Result<()> {
    let mut tables = data.tables();
    let mut unreadable = 0_u64;
    for line in BufReader::new(File::open(path)?).split(b'\n') {
        let line: Line = match serde_json::from_slice(&line?) {
            Ok(line) => line,
            // Only a kill in the middle of a write tears a line, and then it is the last one.
            Err(_) => {
                unreadable += 1;
                continue;
            }
        };
        let table = tables.iter_mut().find(|(name, _)| *name == line.table);
        if table.is_none_or(|(_, table)| table.replay(&line.key, line.row).is_err()) {
            unreadable += 1;
        }
    }
    if unreadable > 0 {
        tracing::warn!(lines = unreadable, path = %path.display(), "the sandbox forgot what it could not read");
    }
    Ok(())
}

fn rewrite(path: &Path, data: &mut Data) -> anyhow::Result<(File, u64)> {
    let fresh = path.with_extension("jsonl.new");
    let mut file = File::create(&fresh).with_context(|| format!("cannot write {}", fresh.display()))?;
    let mut size = 0;
    for (name, table) in data.tables() {
        let mut lines = Vec::new();
        table.write_all(name, &mut lines);
        file.write_all(&lines)?;
        size += lines.len() as u64;
    }
    drop(file);
    std::fs::rename(&fresh, path).with_context(|| format!("cannot replace {}", path.display()))?;
    Ok((OpenOptions::new().append(true).open(path)?, size))
}
