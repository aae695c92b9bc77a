//! Stops, kills and starts parts. It knows commands and processes, and nothing of events.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;

/// Shell commands for the parts that are not ours.
#[derive(Args, Debug)]
pub struct Commands {
    #[arg(long, default_value = "true")]
    pub stop_kafka: String,
    #[arg(long, default_value = "true")]
    pub start_kafka: String,
    #[arg(long, default_value = "true")]
    pub stop_postgres: String,
    #[arg(long, default_value = "true")]
    pub start_postgres: String,
}

/// A part is away for a while.
pub async fn away(stop: &str, start: &str, time: Duration) -> anyhow::Result<()> {
    shell(stop).await?;
    tokio::time::sleep(time).await;
    shell(start).await
}

async fn shell(command: &str) -> anyhow::Result<()> {
    let done = tokio::process::Command::new("bash").args(["-c", command]).stdout(Stdio::null()).status().await?;
    ensure!(done.success(), "`{command}` failed");
    Ok(())
}

/// The reading processes.
#[derive(Default)]
pub struct Readers {
    running: Vec<Child>,
}

impl Readers {
    /// One more: this program again, in the role of a reader.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let program = std::env::current_exe()?;
        let reader = Command::new(program).args(std::env::args().skip(1)).arg("read").spawn();
        self.running.push(reader.context("a reader was not started")?);
        Ok(())
    }

    /// Without a word, several times, each followed by another.
    pub async fn kill_and_replace(&mut self, times: usize) -> anyhow::Result<()> {
        for _ in 0..times {
            tokio::time::sleep(Duration::from_secs(2)).await;
            self.kill_oldest()?;
            self.start()?;
        }
        Ok(())
    }

    /// Another member joins and is gone again.
    pub async fn come_and_go(&mut self, times: usize) -> anyhow::Result<()> {
        for _ in 0..times {
            self.start()?;
            tokio::time::sleep(Duration::from_secs(3)).await;
            self.kill_oldest()?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }

    fn kill_oldest(&mut self) -> anyhow::Result<()> {
        let mut reader = self.running.remove(0);
        let killed = reader.kill();
        reader.wait()?;
        Ok(killed?)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        for reader in &mut self.running {
            reader.kill().ok();
            reader.wait().ok();
        }
    }
}
