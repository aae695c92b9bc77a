//! `notification_deliveries`: who takes which one, and how each ended.
//!
//! A delivery belongs to whoever has claimed it until the claim runs out; every change names the claim, so that a worker
//! that was believed dead cannot undo what another has done. None of these changes waits for the disk: the last moments
//! before the database itself crashes may be forgotten, and a message of that time is delivered twice rather than never.

use std::collections::HashSet;

use contracts::events::{Channel, LocalisedText, NotificationData, Urgency};
use contracts::identity::Language;
use contracts::ids::{NotificationId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::super::domain::plan::InApp;
use super::super::domain::text::Words;

/// The channel of the database on which processes call each other.
pub const SIGNAL: &str = "transaction_notifications";

/// A delivery that is due, with all that this service knows about it.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The delivery.
    pub id: Uuid,
    /// The claim that changes must name.
    pub claim: Uuid,
    /// Until when it holds.
    pub claimed_until: Timestamp,
    /// The message.
    pub notification: NotificationId,
    /// Who.
    pub user: UserId,
    /// Which way.
    pub channel: Channel,
    /// Failed tries so far.
    pub tries: u32,
    /// It was put off by quiet hours or a digest.
    pub waited: bool,
    /// Until when an open app may answer for it.
    pub socket_until: Option<Timestamp>,
    /// Devices that have it.
    pub reached: Vec<Uuid>,
    /// The type as it was written.
    pub kind: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Headline.
    pub title: LocalisedText,
    /// Text.
    pub body: LocalisedText,
    /// Ids and link.
    pub data: NotificationData,
    /// Wished ways.
    pub wished: Option<Vec<Channel>>,
    /// Trace of the cause.
    pub trace_id: String,
    /// Place in it.
    pub traceparent: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Where the in-app delivery of the message stands.
    pub in_app: InApp,
    /// Whether the person has an app open anywhere.
    pub app_open: bool,
    /// The booking it is about.
    pub booking: Option<BookingFacts>,
}

/// What a message may say about its booking.
#[derive(Debug, Clone)]
pub struct BookingFacts {
    /// It stands or waits, and has not begun.
    pub ahead: bool,
    /// Who booked.
    pub customer: Option<UserId>,
    /// Who plays, of a booking made by hand.
    pub guest_name: Option<String>,
    /// Whose court it is.
    pub owner: UserId,
    /// Names of the court.
    pub court: LocalisedText,
    /// Court-local date.
    pub date: jiff::civil::Date,
    /// Court-local start.
    pub start: jiff::civil::Time,
    /// Court-local end.
    pub end: jiff::civil::Time,
}

/// Takes at most `limit` due deliveries of one way, those that have waited longest, and nothing of a person that
/// somebody else is at. What is shown in an app is taken by a process that has the person's connection, or by any when there
/// is none. Processes take turns: two who choose at the same moment could otherwise each take a part of one person's.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    pool: &PgPool,
    channel: Channel,
    limit: i64,
    (claim, process): (Uuid, Uuid),
    (now, until): (Timestamp, Timestamp),
) -> Result<Vec<Claimed>, sqlx::Error> {
    let mut transaction = kit::db::begin(pool).await?;
    sqlx::query!(
        r#"SELECT pg_advisory_xact_lock(hashtext('notifications'), hashtext($1)) AS "turn: ()""#,
        channel.as_str()
    )
    .execute(&mut *transaction)
    .await?;
    let rows = sqlx::query!(
        r#"WITH busy AS MATERIALIZED (
               SELECT user_id FROM transaction.notification_deliveries
               WHERE channel = $1 AND status = 'PENDING' AND claim IS NOT NULL AND claimed_until > $2),
           due AS (
               SELECT delivery.id FROM transaction.notification_deliveries delivery
               WHERE delivery.channel = $1 AND delivery.status = 'PENDING' AND delivery.due_at <= $2
                 AND delivery.user_id NOT IN (SELECT user_id FROM busy)
                 AND ($1 <> 'IN_APP'
                      OR EXISTS (SELECT 1 FROM transaction.notification_listeners here
                                 WHERE here.user_id = delivery.user_id AND here.process_id = $6)
                      OR NOT EXISTS (SELECT 1 FROM transaction.notification_listeners anywhere
                                     WHERE anywhere.user_id = delivery.user_id AND anywhere.expires_at > $2))
               ORDER BY delivery.due_at, delivery.seq
               LIMIT $3
               FOR UPDATE),
           taken AS (
               UPDATE transaction.notification_deliveries delivery
               SET claim = $4, claimed_until = $5, updated_at = $2
               FROM due, (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed WHERE delivery.id = due.id
               RETURNING delivery.id, delivery.seq, delivery.notification_id, delivery.user_id, delivery.tries,
                         delivery.waited, delivery.socket_until, delivery.reached)
           SELECT taken.id AS "id!", taken.notification_id AS "notification_id!", taken.user_id AS "user_id!",
                  taken.tries AS "tries!", taken.waited AS "waited!", taken.socket_until, taken.reached AS "reached!",
                  message.notification_type, message.urgency, message.title_el,
                  message.title_en, message.body_el, message.body_en, message.data AS "data!: Json<NotificationData>",
                  message.wished, message.trace_id, message.traceparent, message.requested_at,
                  in_app.status AS "in_app_status?",
                  EXISTS (SELECT 1 FROM transaction.notification_listeners listening
                          WHERE listening.user_id = taken.user_id AND listening.expires_at > $2) AS "app_open!",
                  booking.status AS "booking_status?", lower(booking.period) AS starts_at,
                  booking.customer_id AS "customer_id?", booking.guest_name AS "guest_name?",
                  booking.owner_id AS "owner_id?", booking.court_name_el AS "court_name_el?",
                  booking.court_name_en AS "court_name_en?", booking.booking_date AS "booking_date?",
                  booking.start_time AS "start_time?", booking.end_time AS "end_time?"
           FROM taken
           JOIN transaction.notifications message ON message.id = taken.notification_id
           LEFT JOIN transaction.notification_deliveries in_app
             ON in_app.notification_id = taken.notification_id AND in_app.channel = 'IN_APP'
           LEFT JOIN transaction.bookings booking ON booking.id = message.booking_id
           ORDER BY taken.seq"#,
        channel.as_str(),
        now.to_sqlx() as jiff_sqlx::Timestamp,
        limit,
        claim,
        until.to_sqlx() as jiff_sqlx::Timestamp,
        process,
    )
    .fetch_all(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let booking = row.owner_id.zip(row.booking_date).zip(row.start_time.zip(row.end_time)).map(
                |((owner, date), (start, end))| {
                    let el = row.court_name_el.unwrap_or_default();
                    let en = row.court_name_en.unwrap_or_else(|| el.clone());
                    let stands = matches!(row.booking_status.as_deref(), Some("CONFIRMED" | "PENDING_CONFIRMATION"));
                    BookingFacts {
                        ahead: stands && row.starts_at.is_some_and(|start| start.to_jiff() > now),
                        customer: row.customer_id.map(UserId),
                        guest_name: row.guest_name,
                        owner: UserId(owner),
                        court: LocalisedText { el, en },
                        date: date.to_jiff(),
                        start: start.to_jiff(),
                        end: end.to_jiff(),
                    }
                },
            );
            Claimed {
                id: row.id,
                claim,
                claimed_until: until,
                notification: NotificationId(row.notification_id),
                user: UserId(row.user_id),
                channel,
                tries: u32::try_from(row.tries).unwrap_or(0),
                waited: row.waited,
                socket_until: row.socket_until.map(|until| until.to_jiff()),
                reached: row.reached,
                kind: row.notification_type,
                urgency: row.urgency.parse().unwrap_or(Urgency::Standard),
                title: LocalisedText { el: row.title_el, en: row.title_en },
                body: LocalisedText { el: row.body_el, en: row.body_en },
                data: row.data.0,
                wished: row.wished.map(|ways| ways.iter().filter_map(|way| way.parse().ok()).collect()),
                trace_id: row.trace_id,
                traceparent: row.traceparent,
                requested_at: row.requested_at.to_jiff(),
                in_app: match row.in_app_status.as_deref() {
                    Some("DELIVERED" | "READ") => InApp::Seen,
                    Some("PENDING") => InApp::Open,
                    _ => InApp::Unseen,
                },
                app_open: row.app_open,
                booking,
            }
        })
        .collect())
}

/// Takes the other mail of a person that belongs into the same summary, claimed together with `lead` or by nobody: asked for
/// before `morning` and not critical. Answers what each says; those who are put off by a failed try come along.
///
/// # Errors
/// When the database refuses.
pub async fn summary_of(
    pool: &PgPool,
    lead: &Claimed,
    morning: Timestamp,
    (now, until): (Timestamp, Timestamp),
) -> Result<Vec<Claimed>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"WITH taken AS (
               UPDATE transaction.notification_deliveries delivery
               SET claim = $3, claimed_until = $4
               FROM transaction.notifications message, (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
               WHERE message.id = delivery.notification_id AND delivery.user_id = $1 AND delivery.channel = 'EMAIL'
                 AND delivery.status = 'PENDING' AND delivery.id <> $2 AND message.urgency <> 'CRITICAL'
                 AND message.requested_at < $5
                 AND (delivery.claim IS NULL OR delivery.claim = $3 OR delivery.claimed_until <= $6)
               RETURNING delivery.id, delivery.seq, delivery.tries, delivery.notification_id, message.notification_type,
                         message.urgency, message.title_el, message.title_en, message.body_el, message.body_en,
                         message.data, message.booking_id, message.wished, message.trace_id, message.traceparent,
                         message.requested_at)
           SELECT taken.id AS "id!", taken.notification_id AS "notification_id!", taken.tries AS "tries!",
                  taken.notification_type AS "notification_type!", taken.urgency AS "urgency!",
                  taken.title_el AS "title_el!", taken.title_en AS "title_en!", taken.body_el AS "body_el!",
                  taken.body_en AS "body_en!", taken.data AS "data!: Json<NotificationData>", taken.wished,
                  taken.trace_id AS "trace_id!", taken.traceparent, taken.requested_at AS "requested_at!",
                  booking.status AS "booking_status?", lower(booking.period) AS starts_at,
                  booking.customer_id AS "customer_id?", booking.guest_name AS "guest_name?",
                  booking.owner_id AS "owner_id?"
           FROM taken LEFT JOIN transaction.bookings booking ON booking.id = taken.booking_id
           ORDER BY taken.seq"#,
        lead.user.0,
        lead.id,
        lead.claim,
        until.to_sqlx() as jiff_sqlx::Timestamp,
        morning.to_sqlx() as jiff_sqlx::Timestamp,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Claimed {
            id: row.id,
            claim: lead.claim,
            claimed_until: until,
            notification: NotificationId(row.notification_id),
            user: lead.user,
            channel: Channel::Email,
            tries: u32::try_from(row.tries).unwrap_or(0),
            waited: true,
            socket_until: None,
            reached: Vec::new(),
            kind: row.notification_type,
            urgency: row.urgency.parse().unwrap_or(Urgency::Standard),
            title: LocalisedText { el: row.title_el, en: row.title_en },
            body: LocalisedText { el: row.body_el, en: row.body_en },
            data: row.data.0,
            wished: row.wished.map(|ways| ways.iter().filter_map(|way| way.parse().ok()).collect()),
            trace_id: row.trace_id,
            traceparent: row.traceparent,
            requested_at: row.requested_at.to_jiff(),
            in_app: InApp::Unseen,
            app_open: lead.app_open,
            booking: row.owner_id.map(|owner| {
                let stands = matches!(row.booking_status.as_deref(), Some("CONFIRMED" | "PENDING_CONFIRMATION"));
                BookingFacts {
                    ahead: stands && row.starts_at.is_some_and(|start| start.to_jiff() >= morning),
                    customer: row.customer_id.map(UserId),
                    guest_name: row.guest_name,
                    owner: UserId(owner),
                    court: LocalisedText { el: String::new(), en: String::new() },
                    date: jiff::civil::Date::default(),
                    start: jiff::civil::Time::midnight(),
                    end: jiff::civil::Time::midnight(),
                }
            }),
        })
        .collect())
}

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

/// Whether a delivery is open still and the claim holds.
///
/// # Errors
/// When the database refuses.
pub async fn is_ours(pool: &PgPool, delivery: &Claimed) -> Result<bool, sqlx::Error> {
    let ours = sqlx::query_scalar!(
        r#"SELECT coalesce(claim = $2, false) AND status = 'PENDING' AS "ours!" FROM transaction.notification_deliveries WHERE id = $1"#,
        delivery.id,
        delivery.claim
    )
    .fetch_optional(pool)
    .await?;
    Ok(ours.unwrap_or(false))
}

/// Lets go of a delivery that another process should take.
///
/// # Errors
/// When the database refuses.
pub async fn hand_back(connection: &mut PgConnection, delivery: &Claimed) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.notification_deliveries SET claim = NULL, claimed_until = NULL
         WHERE id = $1 AND claim = $2 AND status = 'PENDING'",
        delivery.id,
        delivery.claim,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts a delivery off; no try is counted. One that waits for an app's answer does not when the answer came meanwhile: the
/// in-app delivery is locked, so that whoever ends it finds what waits for it, or is found.
///
/// # Errors
/// When the database refuses.
pub async fn postpone(
    pool: &PgPool,
    delivery: &Claimed,
    due_at: Timestamp,
    socket_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH in_app AS MATERIALIZED (
             SELECT status FROM transaction.notification_deliveries
             WHERE notification_id = $6 AND channel = 'IN_APP' AND $4::timestamptz IS NOT NULL
             FOR SHARE)
         UPDATE transaction.notification_deliveries
         SET due_at = CASE WHEN (SELECT status FROM in_app) <> 'PENDING' THEN $5::timestamptz ELSE $3::timestamptz END,
             waited = waited OR $4::timestamptz IS NULL, socket_until = coalesce($4, socket_until),
             claim = NULL, claimed_until = NULL, updated_at = $5
         FROM (SELECT set_config('synchronous_commit', 'off', true)) AS relaxed
         WHERE id = $1 AND claim = $2 AND status = 'PENDING'",
        delivery.id,
        delivery.claim,
        due_at.to_sqlx() as jiff_sqlx::Timestamp,
        socket_until.map(|until| until.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        delivery.notification.0,
    )
    .execute(pool)
    .await?;
    Ok(())
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
