//! The way to Redis: one connection of a process, shared by whatever may live there.
//!
//! It owns the time limit of every call and the pause after a failed one, so that nobody waits for a Redis that is away
//! (LIVE-56, OPS-41). It knows no key and no script; those belong to caches and limits. Nothing is decided with what
//! is read here.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{FromRedisValue, RedisError};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::health::Check;

/// Section `[redis]`. Both services of an installation use the same one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedisConfig {
    /// `redis://[user:password@]host:port[/database]`, `rediss://` for TLS. Without one every process caches and counts
    /// for itself.
    pub url: Option<SecretString>,
    /// Begins every key, for those who share a server.
    pub prefix: String,
    /// How long one call may take.
    pub timeout_ms: u32,
    /// How long Redis is left alone after a call failed.
    pub pause_ms: u32,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self { url: None, prefix: "courtside".to_owned(), timeout_ms: 100, pause_ms: 1_000 }
    }
}

/// Redis as this process sees it. Cloning shares the connection.
#[derive(Clone)]
pub struct Redis {
    inner: Arc<Inner>,
}

struct Inner {
    manager: ConnectionManager,
    prefix: String,
    timeout: Duration,
    pause: Duration,
    /// Left alone until then.
    away_until: Mutex<Option<Instant>>,
    was_away: AtomicBool,
}

impl Redis {
    /// The way to the server of `config`, if it names one. The server may be away. Needs a runtime.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn open(config: &RedisConfig) -> anyhow::Result<Option<Self>> {
        let Some(url) = &config.url else { return Ok(None) };
        // The error is not passed on: it would repeat the address, and with it a password.
        let client = redis::Client::open(url.expose_secret())
            .map_err(|_| anyhow!("redis.url is not an address of the kind redis://host:port"))?;
        let timeout = Duration::from_millis(config.timeout_ms.max(1).into());
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(timeout * 10))
            .set_response_timeout(Some(timeout))
            .set_number_of_retries(1)
            .set_min_delay(Duration::from_millis(10));
        let manager = ConnectionManager::new_lazy_with_config(client, settings).context("Redis cannot be used")?;
        Ok(Some(Self {
            inner: Arc::new(Inner {
                manager,
                prefix: config.prefix.clone(),
                timeout,
                pause: Duration::from_millis(config.pause_ms.into()),
                away_until: Mutex::default(),
                was_away: AtomicBool::new(false),
            }),
        }))
    }

    /// The full name of a key.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.inner.prefix)
    }

    /// What `call` answers; nothing when Redis is away, and then at once for a while.
    pub async fn ask<T, Call, Answer>(&self, call: Call) -> Option<T>
    where
        Call: FnOnce(ConnectionManager) -> Answer,
        Answer: Future<Output = Result<T, RedisError>>,
    {
        if self.is_away() {
            return None;
        }
        let failed = match tokio::time::timeout(self.inner.timeout, call(self.inner.manager.clone())).await {
            Ok(Ok(answer)) => {
                self.came_back();
                return Some(answer);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {:?}", self.inner.timeout),
        };
        self.went_away(&failed);
        None
    }

    /// How long it is left alone after a call failed.
    pub(crate) fn pause(&self) -> Duration {
        self.inner.pause
    }

    /// Whether it is being left alone.
    fn is_away(&self) -> bool {
        let until = self.inner.away_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn came_back(&self) {
        if self.inner.was_away.swap(false, Ordering::SeqCst) {
            *self.inner.away_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
            tracing::info!("Redis is back");
        }
        metrics::gauge!("redis_up").set(1.0);
    }

    fn went_away(&self, error: &str) {
        *self.inner.away_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + self.inner.pause);
        if !self.inner.was_away.swap(true, Ordering::SeqCst) {
            tracing::warn!(error, "Redis is away: this process caches and counts for itself until it is back");
        }
        metrics::gauge!("redis_up").set(0.0);
    }

    /// Asks for a sign of life, away or not.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ping(&self) -> anyhow::Result<()> {
        let mut manager = self.inner.manager.clone();
        let question = redis::cmd("PING");
        let answer = tokio::time::timeout(self.inner.timeout, question.query_async::<String>(&mut manager));
        answer.await.context("no answer")??;
        Ok(())
    }

    /// What readiness is told: without Redis everything goes on (OPS-04).
    #[must_use]
    pub fn check(&self) -> Check {
        let redis = self.clone();
        Check::degrading("redis", move || {
            let redis = redis.clone();
            async move { redis.ping().await }
        })
    }

    /// Runs a script, sent once and named by its sum afterwards.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        script: &redis::Script,
        keys: &[String],
        arguments: &[&[u8]],
    ) -> Option<T> {
        self.ask(|mut connection| async move {
            let mut call = script.prepare_invoke();
            for key in keys {
                call.key(key);
            }
            for argument in arguments {
                call.arg(argument);
            }
            call.invoke_async(&mut connection).await
        })
        .await
    }
}
