//! Who takes which delivery, and how it is let go again.
//!
//! A delivery belongs to whoever has claimed it until the claim runs out; every change names the claim, so that a worker
//! that was believed dead cannot undo what another has done.

use contracts::events::{Channel, LocalisedText, NotificationData, Urgency};
use contracts::ids::{NotificationId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::super::domain::plan::InApp;

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

/// Lets go of deliveries that another worker should take.
///
/// # Errors
/// When the database refuses.
pub async fn hand_back(connection: &mut PgConnection, deliveries: &[&Claimed]) -> Result<(), sqlx::Error> {
    let (ids, claims): (Vec<Uuid>, Vec<Uuid>) = deliveries.iter().map(|delivery| (delivery.id, delivery.claim)).unzip();
    sqlx::query!(
        "UPDATE transaction.notification_deliveries delivery SET claim = NULL, claimed_until = NULL
         FROM unnest($1::uuid[], $2::uuid[]) AS given (id, claim)
         WHERE delivery.id = given.id AND delivery.claim = given.claim AND delivery.status = 'PENDING'",
        &ids,
        &claims,
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
