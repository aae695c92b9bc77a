//! A real Redis of one test: started on a free port, paused, killed and started again at the same address.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kit::redis::{Redis, RedisConfig};

use crate::world::eventually;

pub struct RedisServer {
    port: u16,
    folder: PathBuf,
    process: Option<Child>,
}

impl RedisServer {
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|door| door.local_addr()).expect("a free port").port();
        let folder = std::env::temp_dir().join(format!("courtside-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut server = Self { port, folder, process: None };
        server.start_again().await;
        server
    }

    /// At the same address, empty.
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
        let port = self.port;
        eventually("Redis listens", || async move { std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() }).await;
    }

    /// Without a word.
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

    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.process.as_ref().expect("it runs").id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().expect("sent").success());
    }

    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The way to it, as another process would have one.
    pub fn connect(&self) -> Redis {
        let config = RedisConfig {
            url: Some(self.address().into()),
            // Tests share two processors with their servers; an answer within this time is an answer.
            timeout_ms: 1_000,
            pause_ms: 50,
            ..RedisConfig::default()
        };
        Redis::open(&config).expect("a valid address").expect("an address")
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
