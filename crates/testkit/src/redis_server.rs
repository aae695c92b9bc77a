//! A real Redis of one test: started on a free port, paused, killed and started again at the same address.
//!
//! The tests of `kit` take this file as a module of theirs, because `testkit` stands on `kit`: it uses nothing else of
//! either crate's tests.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kit::redis::{Redis, RedisConfig};

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server and its folder; both are gone when it is dropped.
pub struct RedisServer {
    port: u16,
    folder: PathBuf,
    process: Option<Child>,
}

impl RedisServer {
    /// A new one that listens.
    ///
    /// # Panics
    /// When none can be started.
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|door| door.local_addr()).expect("a free port").port();
        let folder = std::env::temp_dir().join(format!("courtside-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut server = Self { port, folder, process: None };
        server.start_again().await;
        server
    }

    /// At the same address, empty.
    ///
    /// # Panics
    /// When it does not listen in time.
    pub async fn start_again(&mut self) {
        let process = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(&self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server is installed; scripts/setup test sees to it");
        self.process = Some(process);
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begin.elapsed() < PATIENCE, "Redis does not listen");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Without a word.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it runs");
            process.wait().expect("it ends");
        }
    }

    /// Silent, but with everything it knows.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Speaks again.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.process.as_ref().expect("it runs").id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().expect("sent").success());
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// What a process would be configured with.
    #[must_use]
    pub fn config(&self) -> RedisConfig {
        RedisConfig {
            url: Some(self.address().into()),
            // Tests share two processors with their servers; an answer within this time is an answer.
            timeout_ms: 1_000,
            pause_ms: 50,
            ..RedisConfig::default()
        }
    }

    /// The way to it, as another process would have one.
    ///
    /// # Panics
    /// Never: its own address is one.
    #[must_use]
    pub fn connect(&self) -> Redis {
        Redis::open(&self.config()).expect("a valid address").expect("an address")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.resume();
        }
        self.kill();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// Longer than a client leaves a lost Redis alone.
pub const SOON: Duration = Duration::from_millis(60);
