//! `notification_deliveries`: what was said by them, how each ended, and the calls between processes about them.
//!
//! Every change names the claim (see [`super::claims`]). None of them waits for the disk, nor do claims: the last moments
//! before the database itself crashes may be forgotten, and a message of that time is delivered twice rather than never.

use std::collections::HashSet;

use contracts::events::{NotificationData, Urgency};
use contracts::identity::Language;
use contracts::ids::{NotificationId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::super::domain::text::Words;
use super::claims::Claimed;

/// The channel of the database on which processes call each other.
pub const SIGNAL: &str = "transaction_notifications";

/// Stores what is about to be shown, for other processes that show it as well.
///
/// # Errors
/// When the database refuses.
pub async fn remember_words(
    connection: &mut PgConnection,
    delivery: &Claimed,
    words: &Words,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.notification_deliveries
         SET language = $3, title = $4, body = $5, updated_at = $6
         FROM (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
         WHERE id = $1 AND claim = $2 AND status = 'PENDING'",
        delivery.id,
        delivery.claim,
        words.language.as_str(),
        words.title,
        words.body,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn as_json(rows: &[impl Serialize]) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// Which of `asked` are among those that were changed, each named by claim and id.
fn answers(changed: &[String], asked: impl Iterator<Item = (Uuid, Uuid)>) -> Vec<bool> {
    let changed: HashSet<&str> = changed.iter().map(String::as_str).collect();
    asked.map(|(claim, id)| changed.contains(format!("{claim} {id}").as_str())).collect()
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    /// The other side has it.
    Sent,
    /// The person's app has it.
    Delivered,
    /// It failed and is tried again then; `counts` unless nothing was tried.
    Again {
        /// When.
        at: Timestamp,
        /// Whether it counts against the message.
        counts: bool,
    },
    /// It failed for good.
    Failed(String),
    /// This way is not taken.
    Dropped(&'static str),
}

/// How a try of a delivery ended, by whoever has the claim.
#[derive(Debug, Clone, Serialize)]
pub struct End {
    id: Uuid,
    claim: Uuid,
    status: &'static str,
    due_at: Option<Timestamp>,
    reason: Option<String>,
    failures: i32,
    reached: Vec<Uuid>,
    language: Option<Language>,
    title: Option<String>,
    body: Option<String>,
    now: Timestamp,
}

impl End {
    /// `finished` of `delivery`, in these words if anything was said, which these devices have now.
    #[must_use]
    pub fn new(
        delivery: &Claimed,
        words: Option<&Words>,
        reached: &[Uuid],
        finished: &Finished,
        now: Timestamp,
    ) -> Self {
        let (status, due_at, reason) = match finished {
            Finished::Sent => ("SENT", None, None),
            Finished::Delivered => ("DELIVERED", None, None),
            Finished::Again { at, .. } => ("PENDING", Some(*at), None),
            Finished::Failed(reason) => ("FAILED", None, Some(reason.clone())),
            Finished::Dropped(reason) => ("DROPPED", None, Some((*reason).to_owned())),
        };
        let failures = i32::from(matches!(finished, Finished::Again { counts: true, .. } | Finished::Failed(_)));
        let reached = reached.to_vec();
        let (language, said) = (words.map(|words| words.language), words.cloned());
        let (title, body) = said.map(|words| (words.title, words.body)).unzip();
        let (id, claim) = (delivery.id, delivery.claim);
        Self { id, claim, status, due_at, reason, failures, reached, language, title, body, now }
    }
}

/// Stores how tries ended and what was said (NOTE-10). Answers for each whether the claim still held.
///
/// # Errors
/// When the database refuses.
pub async fn finish(connection: &mut PgConnection, ends: &[End]) -> Result<Vec<bool>, sqlx::Error> {
    let held = sqlx::query_scalar!(
        r#"UPDATE transaction.notification_deliveries delivery
           SET status = ended.status, due_at = coalesce(ended.due_at, delivery.due_at), failure_reason = ended.reason,
               tries = delivery.tries + ended.failures, reached = ended.reached,
               sent_at = CASE WHEN ended.status IN ('SENT', 'DELIVERED') THEN ended.now ELSE delivery.sent_at END,
               language = coalesce(ended.language, delivery.language), title = coalesce(ended.title, delivery.title),
               body = coalesce(ended.body, delivery.body), claim = NULL, claimed_until = NULL, updated_at = ended.now
           FROM json_to_recordset($1::text::json) AS ended (
                    id uuid, claim uuid, status text, due_at timestamptz, reason text, failures integer, reached uuid[],
                    language text, title text, body text, now timestamptz),
                (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
           WHERE delivery.id = ended.id AND delivery.claim = ended.claim AND delivery.status = 'PENDING'
           RETURNING ended.claim || ' ' || ended.id AS "held!""#,
        as_json(ends)?
    )
    .fetch_all(connection)
    .await?;
    Ok(answers(&held, ends.iter().map(|end| (end.claim, end.id))))
}

/// What waits for the app's answer is due, because the answer is there, or will not come (NOTE-05). Answers whether anything
/// did.
///
/// # Errors
/// When the database refuses.
pub async fn release_siblings(
    connection: &mut PgConnection,
    notification: NotificationId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let released = sqlx::query!(
        "UPDATE transaction.notification_deliveries SET due_at = $2, updated_at = $2
         WHERE notification_id = $1 AND status = 'PENDING' AND socket_until IS NOT NULL AND due_at > $2
           AND tries = 0",
        notification.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(released.rows_affected() > 0)
}

/// Calls all processes: there is something due, or (with a text) something to show. Heard when the caller's transaction
/// commits.
///
/// # Errors
/// When the database refuses.
pub async fn announce(connection: &mut PgConnection, text: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_notify($1, $2) AS \"called: ()\"", SIGNAL, text).execute(connection).await?;
    Ok(())
}

/// A message as another process shows it in the apps that are connected there.
///
/// # Errors
/// When the database refuses.
pub async fn to_show(pool: &PgPool, delivery: Uuid) -> Result<Option<ToShow>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT delivery.notification_id, delivery.user_id, delivery.title AS "title!", delivery.body AS "body!",
                  message.notification_type, message.urgency, message.data AS "data!: Json<NotificationData>",
                  message.requested_at, message.trace_id
           FROM transaction.notification_deliveries delivery
           JOIN transaction.notifications message ON message.id = delivery.notification_id
           WHERE delivery.id = $1 AND delivery.title IS NOT NULL AND delivery.body IS NOT NULL"#,
        delivery
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| ToShow {
        notification: NotificationId(row.notification_id),
        user: UserId(row.user_id),
        kind: row.notification_type,
        urgency: row.urgency.parse().unwrap_or(Urgency::Standard),
        title: row.title,
        body: row.body,
        data: row.data.0,
        requested_at: row.requested_at.to_jiff(),
        trace_id: row.trace_id,
    }))
}

/// What an app is shown.
#[derive(Debug, Clone)]
pub struct ToShow {
    /// The message.
    pub notification: NotificationId,
    /// Whose.
    pub user: UserId,
    /// The type as it was written.
    pub kind: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Headline in the reader's language.
    pub title: String,
    /// Text in the reader's language.
    pub body: String,
    /// Ids and link.
    pub data: NotificationData,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Trace of the cause.
    pub trace_id: String,
}
