//! A reader: one effect for each event, and a poisonous one that it cannot handle.

use kit::bus::{Consumer, Handler, Message, Subscription};
use kit::clock::SystemClock;
use sqlx::PgConnection;

use crate::{GROUP, Line};

/// What no reader can handle.
pub const POISON: i64 = -1;

struct Effects;

impl Handler for Effects {
    async fn handle(&self, connection: &mut PgConnection, message: &Message) -> anyhow::Result<()> {
        let number: i64 = message.json()?;
        anyhow::ensure!(number != POISON, "cannot be handled");
        sqlx::query("insert into effects (event_id, message_key, number) values ($1, $2, $3)")
            .bind(message.event_id)
            .bind(&message.key)
            .bind(number)
            .execute(connection)
            .await?;
        Ok(())
    }
}

pub async fn read(line: Line) -> anyhow::Result<()> {
    let subscription = Subscription::new(format!("{GROUP}.{}", line.topic), [line.topic.clone()]);
    let consumer = Consumer::new(line.bus.clone(), line.pool.clone(), SystemClock::shared(), subscription, Effects);
    consumer.run(line.shutdown.clone()).await;
    Ok(())
}
