//! Opens the bus that the configuration names. The one place that knows all adapters.

use std::sync::Arc;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{Bus, BusConfig, BusKind, KafkaBus, PgBus, PgBusOptions};
use crate::clock::SharedClock;
use crate::health::Check;

/// A bus, and what readiness is told about it.
pub struct OpenBus {
    /// The bus.
    pub bus: Arc<dyn Bus>,
    /// A broker beside the database: without it events wait in the outbox and everything else goes on (OPS-04).
    pub check: Option<Check>,
}

/// The bus of `config`. The one on PostgreSQL lives in the database of `pool`; a broker may still be away.
///
/// # Errors
/// When a setting cannot be used.
pub fn open(
    config: &BusConfig,
    pool: PgPool,
    clock: SharedClock,
    shutdown: CancellationToken,
) -> anyhow::Result<OpenBus> {
    match config.kind {
        BusKind::Postgres => {
            Ok(OpenBus { bus: PgBus::start(pool, clock, PgBusOptions::default(), shutdown), check: None })
        }
        BusKind::Kafka => {
            let bus = KafkaBus::start(config.kafka.clone(), clock, shutdown)?;
            let asked = Arc::clone(&bus);
            let check = Check::degrading("kafka", move || {
                let bus = Arc::clone(&asked);
                async move { Ok(bus.ping().await?) }
            });
            Ok(OpenBus { bus, check: Some(check) })
        }
    }
}
