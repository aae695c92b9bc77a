//! The text files of the repository that chores look at, read once. Tests build small trees in memory instead.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use walkdir::WalkDir;

/// Folders that hold no source of ours.
const SKIPPED: [&str; 5] = [".git", ".courtside", "target", "node_modules", "dist"];
/// What chores read.
const READ: [&str; 3] = ["rs", "toml", "sql"];

/// Relative path with `/` → text.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the Rust, TOML and SQL files below `root`.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        let walk = WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(|entry| {
            !entry.file_type().is_dir() || entry.file_name().to_str().is_none_or(|name| !SKIPPED.contains(&name))
        });
        for entry in walk {
            let entry = entry?;
            let wanted = entry.path().extension().and_then(|end| end.to_str()).is_some_and(|end| READ.contains(&end));
            if !entry.file_type().is_file() || !wanted {
                continue;
            }
            let text = fs::read_to_string(entry.path()).with_context(|| entry.path().display().to_string())?;
            let relative = entry.path().strip_prefix(root).context("walked paths start at the root")?;
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            files.insert(parts.join("/"), text);
        }
        Ok(Self { files })
    }

    /// How many files were read.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// All files, in order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// One file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// A tree in memory.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }
}
