//! What the tests of this binary share: a database with kit's tables, a clock that stands still, and small readers.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use kit::Env;
use kit::bus::{Bus, BusError, Headers, Membership, Message, Outgoing, PgBus, PgBusOptions, Tail};
use kit::clock::{FixedClock, SharedClock};
use kit::db::{self, DatabaseConfig, RolePasswords};
use kit::ids::RandomIds;
use kit::outbox::{OutboxRecord, Relay, RelayOptions, Wake};
use secrecy::SecretString;
use sqlx::Executor as _;
use sqlx::postgres::PgPool;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::template::Scratch;

/// Longer than anything here takes; reached only when a test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Changes with the tables, so that an old template is never used for new ones.
fn template_name() -> String {
    let text = format!("{}{}", db::BOOTSTRAP_SQL, db::SERVICE_TABLES_SQL);
    let sum = text.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(1_099_511_628_211) ^ u64::from(byte));
    format!("courtside_kit_template_{sum:016x}")
}

pub struct World {
    pub clock: Arc<FixedClock>,
    pub scratch: Scratch,
    /// Works in the schema of one service, as its role.
    pub pool: PgPool,
    pub shutdown: CancellationToken,
    _stop: DropGuard,
}

impl World {
    pub async fn new() -> Self {
        let scratch = Scratch::copy_of(&template_name(), |server, database| async move {
            let server_secret = SecretString::from(server.clone());
            db::bootstrap(&server_secret, &database, &RolePasswords::default()).await?;
            let mut url: url::Url = server.parse()?;
            url.set_path(&database);
            for service in ["platform", "transaction"] {
                url.set_username(&format!("courtside_{service}")).expect("an address with a host");
                let pool = db::connect(&DatabaseConfig::new(url.as_str()), service).await?;
                sqlx::raw_sql(db::SERVICE_TABLES_SQL).execute(&pool).await?;
                pool.execute("create table effects (place bigserial, event_id uuid, message_key text, note text)")
                    .await?;
                pool.close().await;
            }
            Ok(())
        })
        .await
        .expect("a database for the test");
        let pool = connect(&scratch, "transaction").await;
        let shutdown = CancellationToken::new();
        let clock = FixedClock::at(instant("2026-03-02T10:00:00Z"));
        Self { clock, scratch, pool, _stop: shutdown.clone().drop_guard(), shutdown }
    }

    /// Another pool for the same schema: what another process would have.
    pub async fn another_pool(&self) -> PgPool {
        connect(&self.scratch, "transaction").await
    }

    pub fn shared_clock(&self) -> SharedClock {
        self.clock.clone()
    }

    pub fn env(&self) -> Env {
        Env { clock: self.shared_clock(), ids: RandomIds::shared(self.shared_clock()) }
    }

    /// A bus of this process that polls rarely, so that waiting for the poll would show.
    pub fn bus(&self) -> Arc<dyn Bus> {
        self.pg_bus(PgBusOptions::default())
    }

    pub fn pg_bus(&self, options: PgBusOptions) -> Arc<PgBus> {
        PgBus::start(self.pool.clone(), self.shared_clock(), options, self.shutdown.child_token())
    }

    pub fn relay(&self, bus: Arc<dyn Bus>) -> Relay {
        Relay::new("transaction", self.pool.clone(), bus, self.shared_clock(), Wake::new())
            .with_options(RelayOptions { backoff: Duration::from_millis(5), ..RelayOptions::default() })
    }

    /// Appends and commits one event.
    pub async fn append(&self, record: &OutboxRecord) {
        let mut connection = self.pool.acquire().await.expect("a connection");
        kit::outbox::append(&mut connection, record).await.expect("appended");
    }

    pub async fn unsent(&self) -> i64 {
        count(&self.pool, "select count(*) from outbox where published_at is null").await
    }

    /// Keys and notes of the effects in the order in which they happened.
    pub async fn effects(&self) -> Vec<(String, String)> {
        sqlx::query_as("select message_key, note from effects order by place")
            .fetch_all(&self.pool)
            .await
            .expect("the effects")
    }
}

async fn connect(scratch: &Scratch, service: &str) -> PgPool {
    let config =
        DatabaseConfig { max_connections: 12, ..DatabaseConfig::new(scratch.url_for(&format!("courtside_{service}"))) };
    db::connect(&config, service).await.expect("the database of the test")
}

pub fn instant(text: &str) -> Timestamp {
    text.parse().expect("a literal instant")
}

pub async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("a count")
}

/// The `number`-th event of these tests.
pub fn event_id(number: u64) -> Uuid {
    Uuid::from_u64_pair(7, number)
}

pub fn record(number: u64, topic: &str, key: &str, note: &str) -> OutboxRecord {
    OutboxRecord {
        event_id: event_id(number),
        topic: topic.to_owned(),
        key: key.to_owned(),
        envelope: note.to_owned(),
        headers: Headers::new(),
        created_at: instant("2026-03-02T10:00:00Z"),
    }
}

pub fn outgoing(number: u64, topic: &str, key: &str, note: &str) -> Outgoing {
    Outgoing {
        event_id: event_id(number),
        topic: topic.to_owned(),
        key: key.to_owned(),
        headers: Headers::new(),
        payload: Bytes::from(note.to_owned()),
    }
}

pub fn note(message: &Message) -> String {
    String::from_utf8(message.payload.to_vec()).expect("the notes of these tests are text")
}

/// Waits until `condition` holds.
pub async fn eventually<F, Done>(what: &str, mut condition: F)
where
    F: FnMut() -> Done,
    Done: Future<Output = bool>,
{
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "still waiting: {what}");
}

/// Reads from `tail` until `wanted` messages have come.
pub async fn read(tail: &mut Box<dyn Tail>, wanted: usize) -> Vec<Message> {
    let mut messages = Vec::new();
    let reading = async {
        while messages.len() < wanted {
            messages.extend(tail.next_batch().await.expect("the bus is up"));
        }
    };
    assert!(tokio::time::timeout(PATIENCE, reading).await.is_ok(), "fewer messages than {wanted}");
    messages
}

/// The next partition given to `membership`.
pub async fn next_partition(membership: &mut Box<dyn Membership>) -> Box<dyn kit::bus::PartitionReader> {
    tokio::time::timeout(PATIENCE, membership.next_partition())
        .await
        .expect("a partition in time")
        .expect("the bus is up")
}

/// A bus whose publishing a test can break.
pub struct FragileBus {
    pub inner: Arc<dyn Bus>,
    pub before: Box<dyn Fn() -> Result<(), BusError> + Send + Sync>,
    /// Publishing never returns after the broker has the batch.
    pub hang_after: bool,
    pub reached: Arc<tokio::sync::Notify>,
}

impl Bus for FragileBus {
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> futures::future::BoxFuture<'a, Result<(), BusError>> {
        Box::pin(async move {
            (self.before)()?;
            self.inner.publish(batch).await?;
            self.reached.notify_one();
            if self.hang_after {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    }

    fn join<'a>(
        &'a self,
        subscription: &'a kit::bus::Subscription,
    ) -> futures::future::BoxFuture<'a, Result<Box<dyn Membership>, BusError>> {
        self.inner.join(subscription)
    }

    fn tail<'a>(&'a self, topics: &'a [String]) -> futures::future::BoxFuture<'a, Result<Box<dyn Tail>, BusError>> {
        self.inner.tail(topics)
    }
}
