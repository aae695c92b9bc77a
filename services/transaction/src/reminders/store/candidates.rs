//! What rules may match: bookings ahead on their owners' courts, narrowed by what is cheap to ask, and courts without any.

use contracts::booking::PaymentStatus;
use contracts::court::TimeOfDay;
use contracts::ids::{BookingId, CourtId, ReminderRuleId, UserId};
use contracts::owner_settings::ReminderTrigger;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::reminders::domain::rules::{Facts, Rule};

/// A booking that a rule may match, with what an owner needs to act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The rule.
    pub rule: ReminderRuleId,
    /// The booking.
    pub booking: BookingId,
    /// Where.
    pub court: CourtId,
    /// Greek name of the court.
    pub court_name_el: String,
    /// English name, where there is one.
    pub court_name_en: Option<String>,
    /// Court-local.
    pub date: Date,
    /// Court-local.
    pub start: TimeOfDay,
    /// Court-local.
    pub end: TimeOfDay,
    /// The court's zone.
    pub timezone: String,
    /// Who booked; none for guests.
    pub customer: Option<UserId>,
    /// The owner's note of a guest.
    pub guest_name: Option<String>,
    /// The same.
    pub guest_phone: Option<String>,
    /// The same.
    pub guest_email: Option<String>,
    /// Where its payment stands.
    pub payment_status: Option<PaymentStatus>,
    /// What a rule asks.
    pub facts: Facts,
}

/// Most days and hours between an event-based rule's first match and the start.
const LONGEST_REACH: SignedDuration = SignedDuration::from_hours(31 * 24 + 72);

/// Pairs of rule and booking that may match now, in the order of both ids from `after` on; only about one booking if that
/// is named. Whether a pair matches is decided by the caller.
///
/// # Errors
/// When the database refuses.
pub async fn candidates(
    connection: &mut PgConnection,
    rules: &[Rule],
    only: Option<BookingId>,
    now: Timestamp,
    after: Option<(ReminderRuleId, BookingId)>,
    limit: i64,
) -> Result<Vec<Candidate>, sqlx::Error> {
    let ids: Vec<Uuid> = rules.iter().map(|rule| rule.id.0).collect();
    let owners: Vec<Uuid> = rules.iter().map(|rule| rule.owner.0).collect();
    let triggers: Vec<String> = rules.iter().map(|rule| rule.trigger.as_str().to_owned()).collect();
    let rows = sqlx::query!(
        r#"SELECT rule.id AS "rule_id!", booking.id AS "id!", booking.court_id AS "court_id!",
                  booking.court_name_el AS "court_name_el!", booking.court_name_en AS "court_name_en?",
                  booking.booking_date AS "booking_date!", booking.start_time AS "start_time!",
                  booking.end_time AS "end_time!", booking.timezone AS "timezone!",
                  booking.customer_id AS "customer_id?", booking.guest_name AS "guest_name?",
                  booking.guest_phone AS "guest_phone?", booking.guest_email AS "guest_email?",
                  booking.kind AS "kind!", booking.status AS "status!",
                  booking.externally_paid_at AS "externally_paid_at?", payment.status AS "payment_status?",
                  lower(booking.period) AS "starts_at!", booking.created_at AS "created_at!"
           FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS rule (id, owner_id, trigger_type)
           JOIN transaction.bookings booking ON booking.owner_id = rule.owner_id
           LEFT JOIN transaction.payments payment ON payment.booking_id = booking.id AND payment.purpose = 'BOOKING'
           WHERE booking.booking_date >= ($4::timestamptz AT TIME ZONE 'UTC')::date - 1 AND lower(booking.period) > $4
             AND booking.status IN ('PENDING_CONFIRMATION', 'CONFIRMED') AND booking.moves_booking_id IS NULL
             AND ($6::uuid IS NULL OR booking.id = $6)
             AND CASE rule.trigger_type
                 WHEN 'UNPAID_BOOKING' THEN booking.kind = 'MANUAL' AND booking.externally_paid_at IS NULL
                      AND lower(booking.period) < $5
                 WHEN 'PAYMENT_HELD_NOT_CAPTURED' THEN booking.status = 'PENDING_CONFIRMATION'
                      AND payment.status = 'AUTHORIZED' AND lower(booking.period) < $5
                 WHEN 'PENDING_CONFIRMATION' THEN booking.status = 'PENDING_CONFIRMATION'
                 WHEN 'NO_CONTACT_MANUAL' THEN booking.kind = 'MANUAL' AND booking.guest_phone IS NULL
                      AND booking.guest_email IS NULL
                 ELSE false END
             AND ($7::uuid IS NULL OR (rule.id, booking.id) > ($7, $8::uuid))
           ORDER BY rule.id, booking.id LIMIT $9"#,
        &ids,
        &owners,
        &triggers,
        now.to_sqlx(),
        (now + LONGEST_REACH).to_sqlx(),
        only.map(|booking| booking.0),
        after.map(|(rule, _)| rule.0),
        after.map(|(_, booking)| booking.0),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let payment_status: Option<PaymentStatus> = row.payment_status.and_then(|status| status.parse().ok());
            let paid = row.externally_paid_at.is_some();
            Candidate {
                rule: ReminderRuleId(row.rule_id),
                booking: BookingId(row.id),
                court: CourtId(row.court_id),
                court_name_el: row.court_name_el,
                court_name_en: row.court_name_en,
                date: row.booking_date.to_jiff(),
                start: TimeOfDay::from_time(row.start_time.to_jiff()),
                end: TimeOfDay::from_time(row.end_time.to_jiff()),
                timezone: row.timezone,
                customer: row.customer_id.map(UserId),
                facts: Facts {
                    manual: row.kind == "MANUAL",
                    pending: row.status == "PENDING_CONFIRMATION",
                    paid,
                    held: payment_status == Some(PaymentStatus::Authorized),
                    contact: row.guest_phone.is_some() || row.guest_email.is_some(),
                    starts_at: row.starts_at.to_jiff(),
                    created_at: row.created_at.to_jiff(),
                },
                guest_name: row.guest_name,
                guest_phone: row.guest_phone,
                guest_email: row.guest_email,
                payment_status: if paid { Some(PaymentStatus::PaidExternally) } else { payment_status },
            }
        })
        .collect())
}

/// Those of these courts on which nothing is booked or held from now to an end of their own.
///
/// # Errors
/// When the database refuses.
pub async fn empty_courts(
    connection: &mut PgConnection,
    spans: &[(CourtId, Timestamp)],
    now: Timestamp,
) -> Result<Vec<CourtId>, sqlx::Error> {
    let courts: Vec<Uuid> = spans.iter().map(|(court, _)| court.0).collect();
    let ends: Vec<jiff_sqlx::Timestamp> = spans.iter().map(|(_, end)| end.to_sqlx()).collect();
    let empty = sqlx::query_scalar!(
        r#"SELECT DISTINCT asked.court_id AS "court_id!"
           FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (court_id, until)
           WHERE NOT EXISTS (
               SELECT FROM transaction.bookings booking
               WHERE booking.court_id = asked.court_id AND booking.period && tstzrange($3, asked.until)
                 AND booking.status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED'))"#,
        &courts,
        &ends[..] as &[jiff_sqlx::Timestamp],
        now.to_sqlx()
    )
    .fetch_all(connection)
    .await?;
    Ok(empty.into_iter().map(CourtId).collect())
}

impl Candidate {
    /// The trigger's rule among `rules`.
    #[must_use]
    pub fn rule_of<'a>(&self, rules: &'a [Rule]) -> Option<&'a Rule> {
        rules.iter().find(|rule| rule.id == self.rule && rule.trigger != ReminderTrigger::LowOccupancy)
    }
}
