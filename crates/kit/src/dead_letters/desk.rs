//! The SQL of parked messages. What is shown is read here; what changes is changed by whoever finds the state it needs.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::types::Json;
use sqlx::{FromRow, Row as _};
use uuid::Uuid;

use super::wire::{DeadLetter, DeadLetterDetail, DeadLetterState, DeadLettersQuery};
use super::{ENTRY, FOR_GROUP, masked};
use crate::Env;
use crate::bus::Headers;
use crate::outbox::{self, OutboxRecord};
use crate::telemetry::redacted_text;

/// How long settled ones are kept for inspection.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

const COLUMNS: &str = "entry_id, consumer_group, topic, partition, message_offset, event_id, message_key, headers,
                       payload, error, attempts, replays, state, parked_at, changed_at";

/// A row with everything in it.
struct Row {
    letter: DeadLetter,
    headers: Headers,
    payload: Vec<u8>,
}

impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let at = |column| row.try_get::<jiff_sqlx::Timestamp, _>(column).map(jiff_sqlx::Timestamp::to_jiff);
        let changed_at: Option<jiff_sqlx::Timestamp> = row.try_get("changed_at")?;
        let payload: Vec<u8> = row.try_get("payload")?;
        let Json(headers): Json<Headers> = row.try_get("headers")?;
        let state: String = row.try_get("state")?;
        let error: String = row.try_get("error")?;
        let letter = DeadLetter {
            id: row.try_get("entry_id")?,
            consumer_group: row.try_get("consumer_group")?,
            topic: row.try_get("topic")?,
            key: row.try_get("message_key")?,
            event_id: row.try_get("event_id")?,
            event_type: event_type(&payload),
            error: masked_error(&error),
            attempts: row.try_get("attempts")?,
            replays: row.try_get("replays")?,
            state: DeadLetterState::parse(&state).ok_or_else(|| sqlx::Error::Decode("an unknown state".into()))?,
            parked_at: at("parked_at")?,
            changed_at: changed_at.map(jiff_sqlx::Timestamp::to_jiff),
        };
        Ok(Self { letter, headers, payload })
    }
}

/// The type that an envelope names; none when the payload is no envelope.
fn event_type(payload: &[u8]) -> Option<String> {
    let envelope: serde_json::Value = serde_json::from_slice(payload).ok()?;
    let name = envelope.get("eventType")?.as_str()?;
    // A name is shown as it is, so it has to look like one.
    let looks_like_one = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    looks_like_one.then(|| name.to_owned())
}

fn masked_error(error: &str) -> String {
    super::masking::without_addresses(&redacted_text(error))
}

/// One page, what was parked last first.
///
/// # Errors
/// When the database does.
pub async fn list(connection: &mut PgConnection, query: &DeadLettersQuery) -> Result<Vec<DeadLetter>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from dead_letters
         where ($1::text is null or state = $1) and ($2::text is null or topic = $2)
           and ($3::text is null or consumer_group = $3)
         order by parked_at desc, id desc limit $4 offset $5"
    )))
    .bind(query.state.map(DeadLetterState::as_str))
    .bind(query.topic.as_deref())
    .bind(query.consumer_group.as_deref())
    .bind(i64::from(query.size()))
    .bind(i64::from(query.page()) * i64::from(query.size()))
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| row.letter).collect())
}

/// How many there are in all pages.
///
/// # Errors
/// When the database does.
pub async fn count(connection: &mut PgConnection, query: &DeadLettersQuery) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from dead_letters
         where ($1::text is null or state = $1) and ($2::text is null or topic = $2)
           and ($3::text is null or consumer_group = $3)",
    )
    .bind(query.state.map(DeadLetterState::as_str))
    .bind(query.topic.as_deref())
    .bind(query.consumer_group.as_deref())
    .fetch_one(connection)
    .await
}

/// One of them with its masked payload.
///
/// # Errors
/// When the database does.
pub async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<DeadLetterDetail>, sqlx::Error> {
    let row: Option<Row> =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("select {COLUMNS} from dead_letters where entry_id = $1")))
            .bind(id)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|row| DeadLetterDetail { payload: masked(&row.payload), letter: row.letter }))
}

/// What became of a wish to replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// It is in the outbox, under this id.
    Sent {
        /// Id of the repeated event.
        event_id: Uuid,
    },
    /// It is under way, handled or put away.
    NotParked(DeadLetterState),
    /// It is no text, so it can be nobody's event.
    Unreadable,
    /// There is none.
    Unknown,
}

/// Puts a parked message into the outbox of this service, once for each time it was parked: whoever comes second finds it
/// under way. Call [`outbox::Wake::wake`] after the commit.
///
/// # Errors
/// When the database does.
pub async fn replay(
    connection: &mut PgConnection,
    env: &Env,
    id: Uuid,
    now: Timestamp,
) -> Result<Replayed, sqlx::Error> {
    // The lock lets a second request for the same message wait for the first one's state.
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from dead_letters where entry_id = $1 for update"
    )))
    .bind(id)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(Row { letter, mut headers, payload }) = row else { return Ok(Replayed::Unknown) };
    if letter.state != DeadLetterState::Parked {
        return Ok(Replayed::NotParked(letter.state));
    }
    let Some(envelope) = String::from_utf8(payload).ok().filter(|text| !text.contains('\0')) else {
        return Ok(Replayed::Unreadable);
    };
    headers.insert(FOR_GROUP.to_owned(), letter.consumer_group);
    headers.insert(ENTRY.to_owned(), id.to_string());
    // An id of its own: the old one is remembered as handled, and may still stand in the outbox.
    let event_id = env.ids.new_id();
    let record = OutboxRecord { event_id, topic: letter.topic, key: letter.key, envelope, headers, created_at: now };
    outbox::append(connection, &record).await?;
    set_state(connection, id, DeadLetterState::Replaying, now).await?;
    Ok(Replayed::Sent { event_id })
}

/// Puts a parked message away for good; answers the state it was in when that is not `PARKED`.
///
/// # Errors
/// When the database does.
pub async fn discard(
    connection: &mut PgConnection,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<DeadLetterState>, sqlx::Error> {
    let state: Option<String> = sqlx::query_scalar("select state from dead_letters where entry_id = $1 for update")
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
    let state = state.as_deref().and_then(DeadLetterState::parse);
    if state == Some(DeadLetterState::Parked) {
        set_state(connection, id, DeadLetterState::Discarded, now).await?;
    }
    Ok(state)
}

async fn set_state(
    connection: &mut PgConnection,
    id: Uuid,
    state: DeadLetterState,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update dead_letters
         set state = $2, changed_at = $3, replays = replays + case $2 when 'REPLAYING' then 1 else 0 end
         where entry_id = $1",
    )
    .bind(id)
    .bind(state.as_str())
    .bind(now.to_sqlx())
    .execute(connection)
    .await?;
    Ok(())
}

/// A replay was handled, in the transaction of its effect.
pub(crate) async fn note_handled(connection: &mut PgConnection, id: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update dead_letters set state = 'HANDLED', changed_at = $2 where entry_id = $1 and state = 'REPLAYING'",
    )
    .bind(id)
    .bind(now.to_sqlx())
    .execute(connection)
    .await?;
    Ok(())
}

/// A replay failed as the first time: its entry waits for somebody again. Answers whether there is one.
pub(crate) async fn park_again(
    connection: &mut PgConnection,
    id: Uuid,
    attempts: i32,
    error: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let parked = sqlx::query(
        "update dead_letters
         set state = 'PARKED', attempts = attempts + $2, error = $3, parked_at = $4, changed_at = $4
         where entry_id = $1 and state = 'REPLAYING'",
    )
    .bind(id)
    .bind(attempts)
    .bind(error)
    .bind(now.to_sqlx())
    .execute(connection)
    .await?;
    Ok(parked.rows_affected() == 1)
}

/// Forgets what was settled long before `now`; what is parked stays until somebody has looked. Answers how many.
///
/// # Errors
/// When the database does.
pub async fn prune(connection: &mut PgConnection, now: Timestamp) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query("delete from dead_letters where state in ('HANDLED', 'DISCARDED') and changed_at < $1")
        .bind((now - KEPT).to_sqlx())
        .execute(connection)
        .await?;
    Ok(forgotten.rows_affected())
}
