//! Writes a plan: the platform's rows through the platform's role, the transaction service's through its own.
//!
//! Rows travel as one JSON document per table, which PostgreSQL unfolds; a whole world is a dozen statements. Each
//! side is one transaction, and the platform's comes last: its courts are the mark that the seed is done.

use anyhow::Context as _;
use contracts::court::ConfirmationMode;
use contracts::identity::Role;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::people::DEMO_PEOPLE;
use super::plan::{Booking, Plan, Standing, ZONE};
use super::stripe::{Ids, commission};

/// Whether there is nothing yet that a seed could disturb.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_empty(platform: &mut PgConnection) -> anyhow::Result<bool> {
    let courts: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM platform.courts)").fetch_one(platform).await?;
    Ok(!courts)
}

/// Writes the whole plan.
///
/// # Errors
/// When a row is refused; nothing of that side is kept then.
pub async fn write(
    platform: &mut PgConnection,
    transaction: &mut PgConnection,
    plan: &Plan,
    ids: &Ids,
    pictures: &[Vec<String>],
    now: Timestamp,
) -> anyhow::Result<()> {
    let mut bookings_side = transaction.begin().await?;
    write_bookings(&mut bookings_side, plan, ids, now).await.context("bookings")?;
    let mut platform_side = platform.begin().await?;
    write_people(&mut platform_side, plan, ids, now).await.context("people")?;
    write_courts(&mut platform_side, plan, pictures, now).await.context("courts")?;
    bookings_side.commit().await?;
    platform_side.commit().await?;
    Ok(())
}

async fn write_people(connection: &mut PgConnection, plan: &Plan, ids: &Ids, now: Timestamp) -> anyhow::Result<()> {
    let mut users = Vec::new();
    let mut identities = Vec::new();
    let mut add = |id: Uuid, email: &str, name: &str, role: Role, language: &str, account: Option<&str>| {
        let owner = role == Role::CourtOwner;
        users.push(json!({
            "id": id, "email": email, "name": name, "role": role, "status": "ACTIVE", "language": language,
            "terms_accepted_at": now, "verified": owner,
            "subscription_status": if owner { "ACTIVE" } else { "NONE" },
            "stripe_account_id": account,
            "stripe_status": if account.is_some() { "ACTIVE" } else { "NOT_STARTED" },
            "vat_registered": owner, "vat_number": owner.then_some("EL000000000"),
            "created_at": now, "updated_at": now, "version": 1,
        }));
        for provider in ["google", "facebook", "apple"] {
            identities.push(json!({
                "id": derived(id, provider), "user_id": id, "provider": provider.to_uppercase(),
                "subject": format!("sandbox|{provider}|{email}"), "email": email, "linked_at": now, "last_used_at": now,
            }));
        }
    };
    for player in &plan.players {
        add(player.id, &player.email, &player.name, Role::Customer, player.language, None);
    }
    for (club, account) in plan.clubs.iter().zip(&ids.accounts) {
        add(club.owner_id, &club.owner_email, &club.name_el, Role::CourtOwner, "el", Some(account));
    }
    for person in DEMO_PEOPLE.iter().filter(|person| matches!(person.role, Role::SupportAgent | Role::PlatformAdmin)) {
        add(derived(Uuid::nil(), person.email), person.email, person.name, person.role, person.language, None);
    }
    insert(
        connection,
        "platform.users",
        "id, email, name, role, status, language, terms_accepted_at, verified, subscription_status, stripe_account_id, \
         stripe_status, vat_registered, vat_number, created_at, updated_at, version",
        users,
    )
    .await?;
    insert(
        connection,
        "platform.user_identities",
        "id, user_id, provider, subject, email, linked_at, last_used_at",
        identities,
    )
    .await?;
    let businesses = plan.clubs.iter().map(|club| {
        json!({ "owner_id": club.owner_id, "business_name": club.name_el, "business_type": "ASSOCIATION", "version": 1,
                "updated_at": now })
    });
    insert(
        connection,
        "platform.business_profiles",
        "owner_id, business_name, business_type, version, updated_at",
        businesses.collect(),
    )
    .await
}

async fn write_courts(
    connection: &mut PgConnection,
    plan: &Plan,
    pictures: &[Vec<String>],
    now: Timestamp,
) -> anyhow::Result<()> {
    let mut courts = Vec::new();
    let mut windows = Vec::new();
    let mut rules = Vec::new();
    let mut tiers = Vec::new();
    let ratings = ratings(plan);
    for (number, (court, images)) in plan.courts.iter().zip(pictures).enumerate() {
        // One after the other, so that lists in order of creation show a club's courts in their order.
        let created_at = now.saturating_sub((90 * 24).hours()).unwrap_or(now);
        let created_at = created_at.saturating_add(i64::try_from(number).unwrap_or_default().seconds()).unwrap_or(now);
        let stars: Vec<i64> =
            ratings.iter().filter(|rating| rating.court == number).map(|rating| rating.stars).collect();
        let sum: i64 = stars.iter().sum();
        let average = (!stars.is_empty()).then(|| (sum as f64 / stars.len() as f64 * 100.0).round() / 100.0);
        let name = platform::courts::domain::Texts { el: Some(court.name_el.clone()), en: Some(court.name_en.clone()) };
        courts.push(json!({
            "id": court.id, "owner_id": plan.clubs[court.club].owner_id,
            "name_el": court.name_el, "name_en": court.name_en,
            "description_el": court.description_el, "description_en": court.description_en,
            "court_type": court.kind, "location_type": court.location, "address": court.address,
            "location": format!("SRID=4326;POINT({} {})", court.longitude, court.latitude),
            "timezone": ZONE, "duration_minutes": court.duration_minutes, "max_capacity": court.max_capacity,
            "base_price_cents": court.base_price_cents, "confirmation_mode": court.mode,
            "confirmation_timeout_hours": 24, "waitlist_enabled": false, "amenities": court.amenities,
            "image_keys": images, "enabled": true,
            "average_rating": average, "total_reviews": stars.len(), "rating_sum": sum,
            "search_text": platform::courts::domain::search_text(&name, &court.address),
            "version": 1, "created_at": created_at, "updated_at": created_at,
        }));
        for day in DAYS {
            let weekend = matches!(day, "SATURDAY" | "SUNDAY");
            let (opens, closes) = if weekend { court.weekend_hours } else { court.weekday_hours };
            windows.push(json!({
                "id": derived(court.id, &format!("window {day}")), "court_id": court.id, "day_of_week": day,
                "start_time": format!("{opens:02}:00"), "end_time": format!("{closes:02}:00"),
            }));
            let (from, to, hundredths, label) = if weekend {
                (opens, closes, court.weekend_hundredths, "Σαββατοκύριακο")
            } else {
                (18, 22, court.evening_hundredths, "Βράδυ")
            };
            if hundredths != 100 {
                rules.push(json!({
                    "id": derived(court.id, &format!("rule {day}")), "court_id": court.id, "day_of_week": day,
                    "start_time": format!("{from:02}:00"), "end_time": format!("{to:02}:00"),
                    "multiplier_hundredths": hundredths, "label": label,
                }));
            }
        }
        for (hours, percent) in [(24, 100), (12, 50), (0, 0)] {
            tiers.push(json!({"court_id": court.id, "threshold_hours": hours, "refund_percent": percent}));
        }
    }
    insert(
        connection,
        "platform.courts",
        "id, owner_id, name_el, name_en, description_el, description_en, court_type, location_type, address, location, \
         timezone, duration_minutes, max_capacity, base_price_cents, confirmation_mode, confirmation_timeout_hours, \
         waitlist_enabled, amenities, image_keys, enabled, average_rating, total_reviews, rating_sum, \
         search_text, version, \
         created_at, updated_at",
        courts,
    )
    .await?;
    insert(connection, "platform.court_windows", "id, court_id, day_of_week, start_time, end_time", windows).await?;
    insert(
        connection,
        "platform.pricing_rules",
        "id, court_id, day_of_week, start_time, end_time, multiplier_hundredths, label",
        rules,
    )
    .await?;
    insert(connection, "platform.cancellation_tiers", "court_id, threshold_hours, refund_percent", tiers).await?;
    for ratings in ratings.chunks(CHUNK) {
        let rows = ratings.iter().map(|rating| rating.row(plan)).collect();
        insert(
            connection,
            "platform.court_ratings",
            "id, court_id, booking_id, customer_id, rating, comment, created_at",
            rows,
        )
        .await?;
    }
    Ok(())
}

/// What somebody said after playing.
struct Rating<'a> {
    /// Position in [`Plan::courts`].
    court: usize,
    player: usize,
    booking: &'a Booking,
    stars: i64,
    comment: Option<&'static str>,
}

impl Rating<'_> {
    fn row(&self, plan: &Plan) -> Value {
        json!({
            "id": derived(self.booking.id, "rating"), "court_id": plan.courts[self.court].id,
            "booking_id": self.booking.id, "customer_id": plan.players[self.player].id,
            "rating": self.stars, "comment": self.comment,
            "created_at": self.booking.ends_at,
        })
    }
}

/// Every third booking that was played is rated, around what the plan thinks of its court.
fn ratings(plan: &Plan) -> Vec<Rating<'_>> {
    const WORDS: [&str; 6] = [
        "Εξαιρετικό γήπεδο, θα ξαναέρθουμε!",
        "Great surface and good lights.",
        "Καλό γήπεδο, εύκολο πάρκινγκ.",
        "Friendly staff, showers were clean.",
        "Λίγος θόρυβος από τον δρόμο, κατά τα άλλα μια χαρά.",
        "Nice court, booking was quick.",
    ];
    let played = plan.bookings.iter().filter(|booking| booking.standing == Standing::Completed);
    played
        .filter_map(|booking| {
            let player = booking.player?;
            // The last bytes of an id are as good as dice, and the same each time.
            let [.., first, second, third] = *booking.id.as_bytes();
            let hundredths = i64::from(plan.courts[booking.court].rating_hundredths);
            let stars = (hundredths / 100 + i64::from(i64::from(second % 100) < hundredths % 100)).clamp(1, 5);
            let comment = (third % 2 == 0).then(|| WORDS[usize::from(third / 2) % WORDS.len()]);
            first.is_multiple_of(3).then_some(Rating { court: booking.court, player, booking, stars, comment })
        })
        .collect()
}

async fn write_bookings(connection: &mut PgConnection, plan: &Plan, ids: &Ids, now: Timestamp) -> anyhow::Result<()> {
    let customers = plan
        .players
        .iter()
        .zip(&ids.customers)
        .map(|(player, customer)| json!({"user_id": player.id, "stripe_customer_id": customer, "created_at": now}))
        .collect();
    insert(connection, "transaction.stripe_customers", "user_id, stripe_customer_id, created_at", customers).await?;

    for (number, bookings) in plan.bookings.chunks(CHUNK).enumerate() {
        write_chunk(connection, plan, ids, number * CHUNK, bookings).await?;
    }
    Ok(())
}

/// Bookings whose rows are in memory at the same time.
const CHUNK: usize = 1_000;

/// Writes some bookings with all that belongs to them; the first stands at `first` in the plan.
async fn write_chunk(
    connection: &mut PgConnection,
    plan: &Plan,
    ids: &Ids,
    first: usize,
    bookings: &[Booking],
) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let mut history = Vec::new();
    let mut payments = Vec::new();
    let mut timeline = Vec::new();
    let mut ledger = Vec::new();
    for (offset, booking) in bookings.iter().enumerate() {
        rows.push(booking_row(plan, booking));
        history_rows(booking, &mut history);
        if booking.player.is_some() {
            payment_rows(plan, booking, ids, first + offset, &mut payments, &mut timeline);
            ledger_rows(booking, &mut ledger);
        }
    }
    insert(
        connection,
        "transaction.bookings",
        "id, court_id, owner_id, customer_id, kind, status, booking_date, start_time, end_time, duration_minutes, timezone, \
         period, court_name_el, court_name_en, court_type, confirmation_mode, number_of_people, amount_cents, \
         commission_cents, owner_net_cents, discount_cents, currency, guest_name, confirmation_deadline, cancelled_by, \
         reason, completed_at, trace_id, version, created_at, updated_at",
        rows,
    )
    .await?;
    insert(
        connection,
        "transaction.payments",
        "id, booking_id, user_id, owner_id, status, capture_method, amount_cents, commission_cents, owner_net_cents, \
         refunded_cents, currency, payment_method_id, stripe_customer_id, destination_account, stripe_payment_intent_id, \
         card_brand, card_last4, authorized_at, authorization_expires_at, captured_at, settled_at, \
         receipt_issued, created_at, updated_at",
        payments,
    )
    .await?;
    insert(
        connection,
        "transaction.ledger",
        "payment_id, booking_id, step, debit, credit, amount_cents, occurred_at",
        ledger,
    )
    .await?;
    insert(
        connection,
        "transaction.booking_status_history",
        "booking_id, status, changed_at, changed_by, actor_id, reason",
        history,
    )
    .await?;
    insert(connection, "transaction.payment_timeline", "payment_id, event, occurred_at, details", timeline).await
}

fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Completed => "COMPLETED",
        Standing::Cancelled => "CANCELLED",
        Standing::Confirmed => "CONFIRMED",
        Standing::Pending => "PENDING_CONFIRMATION",
    }
}

fn booking_row(plan: &Plan, booking: &Booking) -> Value {
    let court = &plan.courts[booking.court];
    let paid = booking.player.is_some();
    let amount = if paid { booking.amount_cents } else { 0 };
    let cancelled = booking.standing == Standing::Cancelled;
    let settled_at = settled_at(booking);
    json!({
        "id": booking.id, "court_id": court.id, "owner_id": plan.clubs[court.club].owner_id,
        "customer_id": booking.player.map(|player| plan.players[player].id),
        "kind": if paid { "CUSTOMER" } else { "MANUAL" }, "status": status(booking.standing),
        "booking_date": booking.date, "start_time": booking.start, "end_time": booking.end,
        "duration_minutes": court.duration_minutes, "timezone": ZONE,
        "period": format!("[{},{})", booking.starts_at, booking.ends_at),
        "court_name_el": court.name_el, "court_name_en": court.name_en, "court_type": court.kind,
        "confirmation_mode": court.mode, "number_of_people": booking.people,
        "amount_cents": amount, "commission_cents": commission(amount), "owner_net_cents": amount - commission(amount),
        "discount_cents": 0, "currency": "EUR", "guest_name": booking.guest_name,
        "confirmation_deadline": (booking.standing == Standing::Pending)
            .then(|| booking.booked_at.saturating_add(24.hours()).unwrap_or(booking.starts_at).min(booking.starts_at)),
        "cancelled_by": cancelled.then_some(if paid { "CUSTOMER" } else { "COURT_OWNER" }),
        "reason": cancelled.then_some("Change of plans"),
        "completed_at": (booking.standing == Standing::Completed).then_some(settled_at),
        "trace_id": booking.id.simple().to_string(), "version": 1,
        "created_at": booking.booked_at, "updated_at": settled_at,
    })
}

/// When the booking reached where it stands.
fn settled_at(booking: &Booking) -> Timestamp {
    match booking.standing {
        Standing::Completed => booking.ends_at,
        Standing::Cancelled => {
            booking.booked_at.saturating_add(2.hours()).unwrap_or(booking.booked_at).min(booking.starts_at)
        }
        Standing::Confirmed | Standing::Pending => booking.booked_at,
    }
}

fn history_rows(booking: &Booking, rows: &mut Vec<Value>) {
    let actor = if booking.player.is_some() { "CUSTOMER" } else { "COURT_OWNER" };
    let first = if booking.standing == Standing::Pending { "PENDING_CONFIRMATION" } else { "CONFIRMED" };
    rows.push(json!({"booking_id": booking.id, "status": first, "changed_at": booking.booked_at, "changed_by": actor}));
    let changed_by = match booking.standing {
        Standing::Completed => "SYSTEM",
        Standing::Cancelled => actor,
        Standing::Confirmed | Standing::Pending => return,
    };
    rows.push(json!({
        "booking_id": booking.id, "status": status(booking.standing), "changed_at": settled_at(booking),
        "changed_by": changed_by, "reason": (booking.standing == Standing::Cancelled).then_some("Change of plans"),
    }));
}

/// What a collected payment moved, as the ledger keeps it.
fn ledger_rows(booking: &Booking, rows: &mut Vec<Value>) {
    if booking.standing == Standing::Pending {
        return;
    }
    let fee = commission(booking.amount_cents);
    for (debit, credit, cents) in [
        ("STRIPE", "CUSTOMER", booking.amount_cents),
        ("CUSTOMER", "OWNER", booking.amount_cents - fee),
        ("CUSTOMER", "COMMISSION", fee),
    ] {
        if cents > 0 {
            rows.push(json!({
                "payment_id": derived(booking.id, "payment"), "booking_id": booking.id, "step": "CAPTURE", "debit": debit,
                "credit": credit, "amount_cents": cents, "occurred_at": booking.booked_at,
            }));
        }
    }
}

fn payment_rows(
    plan: &Plan,
    booking: &Booking,
    ids: &Ids,
    index: usize,
    payments: &mut Vec<Value>,
    timeline: &mut Vec<Value>,
) {
    let Some(player) = booking.player else { return };
    let court = &plan.courts[booking.court];
    let id = derived(booking.id, "payment");
    let fee = commission(booking.amount_cents);
    let pending = booking.standing == Standing::Pending;
    let refunded = if booking.standing == Standing::Cancelled { booking.amount_cents - fee } else { 0 };
    let manual = court.mode == ConfirmationMode::Manual;
    // Past payments are settled and can no longer be touched; they keep an id of their own shape.
    let intent = ids.payments.get(&index).cloned().unwrap_or_else(|| format!("pi_past_{}", booking.id.simple()));
    payments.push(json!({
        "id": id, "booking_id": booking.id, "user_id": plan.players[player].id,
        "owner_id": plan.clubs[court.club].owner_id,
        "status": if pending { "AUTHORIZED" } else if refunded > 0 { "REFUNDED" } else { "CAPTURED" },
        "capture_method": if manual { "MANUAL" } else { "AUTOMATIC" },
        "amount_cents": booking.amount_cents, "commission_cents": fee, "owner_net_cents": booking.amount_cents - fee,
        "refunded_cents": refunded, "currency": "EUR", "payment_method_id": "pm_card_visa",
        "stripe_customer_id": ids.customers[player], "destination_account": ids.accounts[court.club],
        "stripe_payment_intent_id": intent, "card_brand": "visa", "card_last4": "4242",
        "authorized_at": booking.booked_at,
        "authorization_expires_at": pending.then(|| booking.booked_at.saturating_add((7 * 24).hours()).unwrap_or(booking.starts_at)),
        "captured_at": (!pending).then_some(booking.booked_at),
        "settled_at": (!pending && !ids.payments.contains_key(&index)).then(|| settled_at(booking)),
        "receipt_issued": true, "created_at": booking.booked_at, "updated_at": settled_at(booking),
    }));
    let event = if pending { "AUTHORIZED" } else { "CAPTURED" };
    timeline.push(json!({"payment_id": id, "event": event, "occurred_at": booking.booked_at}));
    if refunded > 0 {
        timeline.push(json!({
            "payment_id": id, "event": "REFUNDED", "occurred_at": settled_at(booking),
            "details": {"refundAmountCents": refunded},
        }));
    }
}

const DAYS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/// An id that follows from another one, so that a plan needs no randomness here.
fn derived(base: Uuid, purpose: &str) -> Uuid {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::new().chain_update(base.as_bytes()).chain_update(purpose.as_bytes()).finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Inserts `rows` into `table`; `columns` are the fields the rows carry. Both names are constants of this file.
async fn insert(
    connection: &mut PgConnection,
    table: &'static str,
    columns: &'static str,
    rows: Vec<Value>,
) -> anyhow::Result<()> {
    let statement =
        format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $1)");
    let count = rows.len() as u64;
    let done = sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(Value::Array(rows))
        .execute(connection)
        .await
        .with_context(|| format!("cannot seed {table}"))?;
    anyhow::ensure!(done.rows_affected() == count, "{table} took {} of {count} rows", done.rows_affected());
    Ok(())
}
