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
    /// When the folder cannot be written or a line cannot be understood. A torn last line, left by a kill, is dropped.
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
    let lines: Vec<String> =
        BufReader::new(File::open(path)?).lines().collect::<Result<_, _>>().context("the state file is not text")?;
    let last = lines.len();
    let mut tables = data.tables();
    for (number, text) in lines.iter().enumerate() {
        let line: Line = match serde_json::from_str(text) {
            Ok(line) => line,
            Err(_) if number + 1 == last => break,
            Err(error) => {
                return Err(error).with_context(|| {
                    format!("{} line {} cannot be read; remove the file to start afresh", path.display(), number + 1)
                });
            }
        };
        if let Some((_, table)) = tables.iter_mut().find(|(name, _)| *name == line.table) {
            table.replay(&line.key, line.row).with_context(|| {
                format!("{} line {} has an unknown shape; remove the file to start afresh", path.display(), number + 1)
            })?;
        }
    }
    Ok(())
}

fn rewrite(path: &Path, data: &mut Data) -> anyhow::Result<(File, u64)> {
    let mut lines = Vec::new();
    for (name, table) in data.tables() {
        table.write_all(name, &mut lines);
    }
    let fresh = path.with_extension("jsonl.new");
    std::fs::write(&fresh, &lines).with_context(|| format!("cannot write {}", fresh.display()))?;
    std::fs::rename(&fresh, path).with_context(|| format!("cannot replace {}", path.display()))?;
    let file = OpenOptions::new().append(true).open(path)?;
    Ok((file, lines.len() as u64))
}
