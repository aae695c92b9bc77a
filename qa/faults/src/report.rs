//! Counts events and effects after each fault, and says what it found.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use bytes::Bytes;
use kit::bus::{Headers, Outgoing};
use kit::clock::SystemClock;
use kit::ids::RandomIds;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::reader::POISON;
use crate::{Line, writer};

/// Longer than any backlog here takes.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
    next: i64,
}

struct Row {
    fault: String,
    events: i64,
    effects: i64,
    lost: i64,
    doubled: i64,
    out_of_order: i64,
    /// From the end of the fault until everything had its effect.
    settled: Duration,
}

impl Report {
    /// Writes while `fault` goes on and for two seconds on either side.
    pub async fn show<F>(&mut self, line: &Arc<Line>, name: &str, fault: impl FnOnce() -> F) -> anyhow::Result<()>
    where
        F: Future<Output = anyhow::Result<()>>,
    {
        let (events, effects) = (count(&line.pool, EVENTS).await?, count(&line.pool, EFFECTS).await?);
        let stop = CancellationToken::new();
        let writing = tokio::spawn(writer::keep_writing(line.clone(), self.next, stop.clone()));
        tokio::time::sleep(Duration::from_secs(2)).await;
        fault().await?;
        let over = Instant::now();
        tokio::time::sleep(Duration::from_secs(2)).await;
        stop.cancel();
        self.next = writing.await?;
        self.settle(line, name, (events, effects), over).await
    }

    /// One batch published twenty times over.
    pub async fn show_flood(&mut self, line: &Arc<Line>) -> anyhow::Result<()> {
        let (events, effects) = (count(&line.pool, EVENTS).await?, count(&line.pool, EFFECTS).await?);
        let from = self.next;
        self.next += 1_000;
        writer::append(line, from, self.next).await?;
        let sent: Vec<(uuid::Uuid, String, String)> =
            sqlx::query_as("select event_id, message_key, payload from outbox order by seq desc limit 1000")
                .fetch_all(&line.pool)
                .await?;
        let batch: Vec<Outgoing> = sent
            .into_iter()
            .rev()
            .map(|(event_id, key, payload)| Outgoing {
                event_id,
                topic: line.topic.clone(),
                key,
                headers: Headers::new(),
                payload: Bytes::from(payload),
            })
            .collect();
        let began = Instant::now();
        for _ in 0..20 {
            line.bus.publish(&batch).await?;
        }
        self.settle(line, "1,000 events sent 20 times more", (events, effects), began).await
    }

    /// One message that nobody can handle, amid others of its key.
    pub async fn show_poison(&mut self, line: &Arc<Line>) -> anyhow::Result<()> {
        let (events, effects) = (count(&line.pool, EVENTS).await?, count(&line.pool, EFFECTS).await?);
        let event_id = RandomIds::shared(SystemClock::shared()).new_id();
        let poison = Outgoing {
            event_id,
            topic: line.topic.clone(),
            key: (self.next % writer::KEYS).to_string(),
            headers: Headers::new(),
            payload: Bytes::from(POISON.to_string()),
        };
        let began = Instant::now();
        line.bus.publish(&[poison]).await?;
        let from = self.next;
        self.next += 500;
        writer::append(line, from, self.next).await?;
        self.settle(line, "poison message", (events, effects), began).await?;
        let parked = count(&line.pool, "select count(*) from dead_letters").await?;
        ensure!(parked == 1, "{parked} messages were parked instead of one");
        Ok(())
    }

    /// Everything that gathered while nobody sent.
    pub async fn show_full_outbox(&mut self, line: &Arc<Line>, rows: u64) -> anyhow::Result<()> {
        let (events, effects) = (count(&line.pool, EVENTS).await?, count(&line.pool, EFFECTS).await?);
        let to = self.next + i64::try_from(rows)?;
        while self.next < to {
            let next = (self.next + 5_000).min(to);
            writer::append(line, self.next, next).await?;
            self.next = next;
        }
        let began = Instant::now();
        let relay = writer::relay(line);
        while count(&line.pool, "select count(*) from outbox where published_at is null").await? > 0 {
            ensure!(began.elapsed() < PATIENCE, "the outbox is not empty after {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let sent = began.elapsed();
        self.settle(
            line,
            &format!("outbox of {rows} rows, sent in {:.1} s", sent.as_secs_f64()),
            (events, effects),
            began,
        )
        .await?;
        relay.stop().await;
        Ok(())
    }

    async fn settle(
        &mut self,
        line: &Arc<Line>,
        fault: &str,
        (events, effects): (i64, i64),
        over: Instant,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        while count(&line.pool, LOST).await? > 0 && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let row = Row {
            fault: fault.to_owned(),
            events: count(&line.pool, EVENTS).await? - events,
            effects: count(&line.pool, EFFECTS).await? - effects,
            lost: count(&line.pool, LOST).await?,
            doubled: count(&line.pool, DOUBLED).await?,
            out_of_order: count(&line.pool, OUT_OF_ORDER).await?,
            settled: over.elapsed(),
        };
        println!("{}: {} events, {} effects", row.fault, row.events, row.effects);
        self.rows.push(row);
        Ok(())
    }

    pub fn print(&self) {
        println!("\n| fault | events | effects | lost | doubled | out of order | settled after |");
        println!("|---|---|---|---|---|---|---|");
        for row in &self.rows {
            println!(
                "| {} | {} | {} | {} | {} | {} | {:.1} s |",
                row.fault,
                row.events,
                row.effects,
                row.lost,
                row.doubled,
                row.out_of_order,
                row.settled.as_secs_f64()
            );
        }
    }

    pub fn verdict(&self) -> anyhow::Result<()> {
        if self.rows.iter().any(|row| row.lost + row.doubled + row.out_of_order > 0 || row.events != row.effects) {
            bail!("something was lost, doubled or out of order");
        }
        Ok(())
    }
}

const EVENTS: &str = "select count(*) from outbox";
const EFFECTS: &str = "select count(*) from effects";
const LOST: &str =
    "select count(*) from outbox where not exists (select from effects where effects.event_id = outbox.event_id)";
const DOUBLED: &str = "select count(*) - count(distinct event_id) from effects";
const OUT_OF_ORDER: &str = "select count(*) from (
    select number < lag(number) over (partition by message_key order by place) as is_late from effects) as steps where is_late";

async fn count(pool: &PgPool, question: &'static str) -> anyhow::Result<i64> {
    // A database that has just been restarted may take a moment.
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match sqlx::query_scalar(question).fetch_one(pool).await {
            Ok(number) => return Ok(number),
            Err(error) if Instant::now() > deadline => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
