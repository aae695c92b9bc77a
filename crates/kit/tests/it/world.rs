//! What the tests of this binary share: a database with kit's tables, a clock that stands still, and small readers.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use kit::Env;
use kit::bus::{
    Bus, BusError, Headers, KafkaBus, KafkaConfig, Membership, Message, Outgoing, PgBus, PgBusOptions, Tail,
};
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
    let text = [db::BOOTSTRAP_SQL, db::SERVICE_TABLES_SQL, db::DEAD_LETTER_DESK_SQL].concat();
    let sum = text.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(1_099_511_628_211) ^ u64::from(byte));
    format!("courtside_kit_template_{sum:016x}")
}

/// What carries the messages of a test.
#[derive(Debug, Clone)]
pub enum Broker {
    Postgres,
    /// `host:port` of a real broker.
    Kafka(String),
}

/// Names the Kafka broker that tests may use: `host:port`. `make test` starts one and sets it.
const KAFKA_VARIABLE: &str = "COURTSIDE_TEST_KAFKA";

impl Broker {
    /// The broker of the test run. Without one only the half of the suite runs that needs none; a run of continuous
    /// integration without one is a mistake.
    pub fn kafka() -> Option<Self> {
        let address = std::env::var(KAFKA_VARIABLE).ok();
        assert!(address.is_some() || std::env::var_os("CI").is_none(), "{KAFKA_VARIABLE} must name a broker");
        address.map(Self::Kafka)
    }
}

/// Runs each test once per broker: the same rules hold on both (EVT-02 to EVT-05, EVT-10, EVT-12).
macro_rules! on_every_broker {
    ($($test:ident),* $(,)?) => {
        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test($crate::world::World::on($crate::world::Broker::Postgres).await).await;
                }
            )*
        }

        mod on_kafka {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let Some(broker) = $crate::world::Broker::kafka() else { return };
                    super::$test($crate::world::World::on(broker).await).await;
                }
            )*
        }
    };
}
pub(crate) use on_every_broker;

/// How a test wants its bus.
#[derive(Debug, Clone)]
pub struct BusOptions {
    pub partitions: u16,
    pub lease: Duration,
}

impl Default for BusOptions {
    fn default() -> Self {
        Self { partitions: 4, lease: Duration::from_secs(10) }
    }
}

pub struct World {
    broker: Broker,
    pub clock: Arc<FixedClock>,
    pub scratch: Scratch,
    /// Works in the schema of one service, as its role.
    pub pool: PgPool,
    pub shutdown: CancellationToken,
    _stop: DropGuard,
}

impl World {
    pub async fn new() -> Self {
        Self::on(Broker::Postgres).await
    }

    pub async fn on(broker: Broker) -> Self {
        let scratch = Scratch::copy_of(&template_name(), |server, database| async move {
            let server_secret = SecretString::from(server.clone());
            db::bootstrap(&server_secret, &database, &RolePasswords::default()).await?;
            let mut url: url::Url = server.parse()?;
            url.set_path(&database);
            for service in ["platform", "transaction"] {
                url.set_username(&format!("courtside_{service}")).expect("an address with a host");
                let pool = db::connect(&DatabaseConfig::new(url.as_str()), service).await?;
                for tables in [db::SERVICE_TABLES_SQL, db::DEAD_LETTER_DESK_SQL] {
                    sqlx::raw_sql(tables).execute(&pool).await?;
                }
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
        Self { broker, clock, scratch, pool, _stop: shutdown.clone().drop_guard(), shutdown }
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

    /// The topic of this test; brokers are shared, databases are not.
    pub fn topic(&self) -> String {
        self.own("court-events")
    }

    pub fn topics(&self) -> Vec<String> {
        vec![self.topic()]
    }

    /// A group of this test.
    pub fn group(&self, name: &str) -> String {
        self.own(name)
    }

    fn own(&self, name: &str) -> String {
        let database = self.scratch.admin_url();
        format!("{name}-{}", database.rsplit('/').next().expect("a path"))
    }

    /// A message of this test.
    pub fn outgoing(&self, number: u64, key: &str, note: &str) -> Outgoing {
        Outgoing {
            event_id: event_id(number),
            topic: self.topic(),
            key: key.to_owned(),
            headers: Headers::new(),
            payload: Bytes::from(note.to_owned()),
        }
    }

    /// The bus of one process.
    pub fn bus(&self) -> Arc<dyn Bus> {
        self.bus_with(&BusOptions::default())
    }

    pub fn bus_with(&self, options: &BusOptions) -> Arc<dyn Bus> {
        match &self.broker {
            Broker::Postgres => self.pg_bus(PgBusOptions {
                partitions: options.partitions.into(),
                lease: options.lease,
                ..PgBusOptions::default()
            }),
            Broker::Kafka(address) => {
                let config = KafkaConfig {
                    partitions: options.partitions,
                    // Brokers refuse shorter ones.
                    session_timeout_ms: u32::try_from(options.lease.as_millis()).expect("short").max(1_000),
                    ..kafka_at(address)
                };
                KafkaBus::start(config, self.shared_clock(), self.shutdown.child_token()).expect("valid settings")
            }
        }
    }

    /// Up to where `group` has handled the topic of this test, all partitions added up.
    pub async fn committed_offset(&self, group: &str) -> i64 {
        let (topic, group) = (self.topic(), self.group(group));
        match &self.broker {
            Broker::Postgres => sqlx::query_scalar(
                "select coalesce(sum(committed_offset), 0)::bigint from bus.group_partitions where consumer_group = $1",
            )
            .bind(group)
            .fetch_one(&self.pool)
            .await
            .expect("an offset"),
            Broker::Kafka(address) => {
                let address = address.clone();
                tokio::task::spawn_blocking(move || kafka_committed_offset(&address, &topic, &group))
                    .await
                    .expect("asked")
            }
        }
    }

    pub fn pg_bus(&self, options: PgBusOptions) -> Arc<PgBus> {
        PgBus::start(self.pool.clone(), self.shared_clock(), options, self.shutdown.child_token())
    }

    pub fn relay(&self, bus: Arc<dyn Bus>) -> Relay {
        Relay::new("transaction", self.pool.clone(), bus, self.shared_clock(), Wake::new())
            .with_options(RelayOptions { backoff: Duration::from_millis(5), ..RelayOptions::default() })
    }

    /// An event of this test, for the outbox.
    pub fn record(&self, number: u64, key: &str, note: &str) -> OutboxRecord {
        OutboxRecord {
            event_id: event_id(number),
            topic: self.topic(),
            key: key.to_owned(),
            envelope: note.to_owned(),
            headers: Headers::new(),
            created_at: instant("2026-03-02T10:00:00Z"),
        }
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

/// The settings of tests for the broker at `address`.
pub fn kafka_at(address: &str) -> KafkaConfig {
    KafkaConfig { brokers: vec![address.to_owned()], publish_timeout_ms: 5_000, ..KafkaConfig::default() }
}

fn kafka_committed_offset(address: &str, topic: &str, group: &str) -> i64 {
    use rdkafka::consumer::{BaseConsumer, Consumer as _};
    let onlooker: BaseConsumer = rdkafka::ClientConfig::new()
        .set("bootstrap.servers", address)
        .set("group.id", group)
        .create()
        .expect("valid settings");
    let metadata = onlooker.fetch_metadata(Some(topic), PATIENCE).expect("the broker is up");
    let mut partitions = rdkafka::TopicPartitionList::new();
    for partition in metadata.topics().iter().flat_map(|topic| topic.partitions()) {
        partitions.add_partition(topic, partition.id());
    }
    let committed = onlooker.committed_offsets(partitions, PATIENCE).expect("the broker is up");
    committed.elements().iter().filter_map(|element| element.offset().to_raw()).filter(|offset| *offset > 0).sum()
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
