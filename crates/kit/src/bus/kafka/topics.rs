//! Topics: made on first use or by `courtside migrate`, never changed afterwards.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::anyhow;
use rdkafka::TopicPartitionList;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::consumer::{Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};

use super::blocking;
use super::client::QuietContext;
use crate::bus::{BusError, KafkaConfig};

/// How long the broker may take to answer a question about topics.
const PATIENCE: Duration = Duration::from_secs(5);
const RETENTION: &str = "retention.ms";

pub(super) struct Topics {
    admin: Arc<AdminClient<QuietContext>>,
    config: KafkaConfig,
    /// Number of partitions by topic, as far as this process knows.
    known: Mutex<HashMap<String, i32>>,
}

impl Topics {
    pub(super) fn new(admin: Arc<AdminClient<QuietContext>>, config: KafkaConfig) -> Self {
        Self { admin, config, known: Mutex::default() }
    }

    /// How many partitions `topic` has, once [`Topics::ensure`] has seen it.
    pub(super) fn partitions(&self, topic: &str) -> i32 {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(topic).copied().unwrap_or(0)
    }

    /// Makes those of `names` that do not exist yet.
    pub(super) async fn ensure<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(), BusError> {
        let missing: BTreeSet<&str> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            names.filter(|name| !known.contains_key(*name)).collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        self.look().await?;
        let missing: Vec<&str> = missing.into_iter().filter(|name| self.partitions(name) == 0).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let retention: Vec<String> =
            missing.iter().map(|name| (u64::from(self.config.topic(name).1) * 3_600_000).to_string()).collect();
        // With three copies two must have a message before it counts, so that the loss of one machine loses nothing.
        let in_sync = if self.config.replication >= 3 { "2" } else { "1" };
        let new: Vec<NewTopic<'_>> = missing
            .iter()
            .zip(&retention)
            .map(|(name, retention)| {
                let replication = TopicReplication::Fixed(self.config.replication.into());
                NewTopic::new(name, self.config.topic(name).0.max(1).into(), replication)
                    .set(RETENTION, retention)
                    .set("min.insync.replicas", in_sync)
            })
            .collect();
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE)).request_timeout(Some(PATIENCE));
        for made in self.admin.create_topics(&new, &options).await? {
            match made {
                Ok(topic) => tracing::info!(topic, "made a topic"),
                Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {} // another process was faster
                Err((topic, code)) => {
                    return Err(BusError::Unavailable(anyhow!(
                        "the topic {topic} is missing and was not made: {code}"
                    )));
                }
            }
        }
        // The brokers tell each other about a new topic; until then it cannot be used.
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            self.look().await?;
            match missing.iter().find(|name| self.partitions(name) == 0) {
                None => return Ok(()),
                Some(name) if tokio::time::Instant::now() > deadline => {
                    return Err(BusError::Unavailable(anyhow!("the topic {name} was made and is not known yet")));
                }
                Some(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// A line for each of `names` that exists with other values than configured.
    pub(super) async fn differences(&self, names: &[String]) -> Result<Vec<String>, BusError> {
        let mut lines = Vec::new();
        let resources: Vec<_> = names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
        let options = AdminOptions::new().request_timeout(Some(PATIENCE));
        let described = self.admin.describe_configs(&resources, &options).await?;
        for (name, described) in names.iter().zip(described) {
            let (partitions, hours) = self.config.topic(name);
            let found = self.partitions(name);
            if found != i32::from(partitions) {
                lines.push(format!("{name}: {found} partitions, configured {partitions}"));
            }
            let wanted = (u64::from(hours) * 3_600_000).to_string();
            let kept =
                described.ok().and_then(|resource| resource.get(RETENTION).and_then(|entry| entry.value.clone()));
            if kept.as_ref().is_some_and(|kept| *kept != wanted) {
                lines.push(format!("{name}: {RETENTION} is {}, configured {wanted}", kept.unwrap_or_default()));
            }
        }
        Ok(lines)
    }

    pub(super) async fn ping(&self) -> Result<(), BusError> {
        self.look().await
    }

    /// Learns what there is. All topics are asked for: asking for one by name would make it on some brokers.
    async fn look(&self) -> Result<(), BusError> {
        let admin = Arc::clone(&self.admin);
        let metadata = blocking(move || admin.inner().fetch_metadata(None, PATIENCE)).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clear();
        for topic in metadata.topics().iter().filter(|topic| topic.error().is_none() && !topic.partitions().is_empty())
        {
            // A partition that nobody leads yet can be neither written nor read.
            if topic.partitions().iter().any(|partition| partition.leader() < 0) {
                continue;
            }
            known.insert(topic.name().to_owned(), i32::try_from(topic.partitions().len()).unwrap_or(i32::MAX));
        }
        Ok(())
    }
}

/// The next offset of each of `partitions`, whose offsets say `End`. A broker that has just been told to lead a partition
/// is given a moment to begin.
pub(super) fn ends_of<C: ConsumerContext>(
    consumer: &impl Consumer<C>,
    partitions: &TopicPartitionList,
) -> KafkaResult<TopicPartitionList> {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let found = consumer.offsets_for_times(partitions.clone(), PATIENCE).and_then(|ends| {
            ends.elements().iter().try_for_each(|partition| partition.error())?;
            Ok(ends)
        });
        match found {
            Err(error) if is_beginning(&error) && std::time::Instant::now() < deadline => {
                // Asking again does not wait by itself: looking for a topic does.
                consumer.fetch_metadata(None, PATIENCE)?;
            }
            outcome => return outcome,
        }
    }
}

fn is_beginning(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::NotLeaderForPartition
                | RDKafkaErrorCode::LeaderNotAvailable
                | RDKafkaErrorCode::UnknownTopicOrPartition
                | RDKafkaErrorCode::UnknownLeaderEpoch
                | RDKafkaErrorCode::FencedLeaderEpoch
        )
    )
}
