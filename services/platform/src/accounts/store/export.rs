//! SQL of data exports: the requests, and the rows that a person gets (AUTH-38). Decides nothing.

use contracts::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::domain::export::Table;

/// A request as stored.
#[derive(Debug, Clone)]
pub struct StoredExport {
    pub id: Uuid,
    pub status: String,
    pub requested_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub object_key: Option<String>,
    pub size_bytes: Option<i64>,
}

pub async fn requests_since(
    connection: &mut PgConnection,
    user: UserId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, sqlx::Error> {
    let requests = sqlx::query_scalar!(
        "SELECT requested_at FROM platform.data_exports WHERE user_id = $1 AND requested_at > $2",
        user.0,
        since.to_sqlx() as jiff_sqlx::Timestamp,
    );
    Ok(requests.fetch_all(connection).await?.into_iter().map(jiff_sqlx::Timestamp::to_jiff).collect())
}

pub async fn insert_export(
    connection: &mut PgConnection,
    id: Uuid,
    user: UserId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.data_exports (id, user_id, requested_at) VALUES ($1, $2, $3)",
        id,
        user.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The requests of a person, the newest first.
pub async fn exports_of(connection: &mut PgConnection, user: UserId) -> Result<Vec<StoredExport>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, status, requested_at, expires_at, object_key, size_bytes
         FROM platform.data_exports WHERE user_id = $1 ORDER BY requested_at DESC, id DESC LIMIT 50",
        user.0
    );
    let exports = rows.fetch_all(connection).await?.into_iter().map(|row| StoredExport {
        id: row.id,
        status: row.status,
        requested_at: row.requested_at.to_jiff(),
        expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
        object_key: row.object_key,
        size_bytes: row.size_bytes,
    });
    Ok(exports.collect())
}

/// Whose pending request this is, locked against a second run.
pub async fn pending_export(connection: &mut PgConnection, id: Uuid) -> Result<Option<UserId>, sqlx::Error> {
    let user = sqlx::query_scalar!(
        "SELECT user_id FROM platform.data_exports WHERE id = $1 AND status = 'PENDING' FOR UPDATE",
        id
    );
    Ok(user.fetch_optional(connection).await?.map(UserId))
}

pub async fn export_is_ready(
    connection: &mut PgConnection,
    id: Uuid,
    key: &str,
    size_bytes: i64,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.data_exports
         SET status = 'READY', object_key = $2, size_bytes = $3, expires_at = $4, ready_at = $5
         WHERE id = $1 AND status = 'PENDING'",
        id,
        key,
        size_bytes,
        expires_at.to_sqlx() as jiff_sqlx::Timestamp,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn export_failed(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE platform.data_exports SET status = 'FAILED' WHERE id = $1 AND status = 'PENDING'", id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends the requests whose file has lain long enough; answers the keys of the files.
pub async fn expire_exports(connection: &mut PgConnection, now: Timestamp) -> Result<Vec<String>, sqlx::Error> {
    let keys = sqlx::query_scalar!(
        "WITH old AS (
             SELECT id, object_key FROM platform.data_exports WHERE status = 'READY' AND expires_at <= $1 FOR UPDATE
         )
         UPDATE platform.data_exports AS export
         SET status = 'EXPIRED', object_key = NULL FROM old WHERE export.id = old.id
         RETURNING old.object_key",
        now.to_sqlx() as jiff_sqlx::Timestamp,
    );
    Ok(keys.fetch_all(connection).await?.into_iter().flatten().collect())
}

pub async fn account_table(connection: &mut PgConnection, user: UserId) -> Result<Table, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, email, name, phone, role, language, terms_accepted_at, verified, subscription_status,
                trial_ends_at, stripe_status, vat_registered, vat_number, created_at
         FROM platform.users WHERE id = $1",
        user.0
    );
    let rows = row.fetch_all(connection).await?.into_iter().map(|row| {
        vec![
            json!(row.id),
            json!(row.email),
            json!(row.name),
            json!(row.phone),
            json!(row.role),
            json!(row.language),
            instant(Some(row.terms_accepted_at)),
            json!(row.verified),
            json!(row.subscription_status),
            instant(row.trial_ends_at),
            json!(row.stripe_status),
            json!(row.vat_registered),
            json!(row.vat_number),
            instant(Some(row.created_at)),
        ]
    });
    let columns = &[
        "userId",
        "email",
        "name",
        "phone",
        "role",
        "language",
        "termsAcceptedAt",
        "verified",
        "subscriptionStatus",
        "trialEndsAt",
        "stripeStatus",
        "vatRegistered",
        "vatNumber",
        "createdAt",
    ];
    Ok(Table { name: "account", columns, rows: rows.collect() })
}

pub async fn providers_table(connection: &mut PgConnection, user: UserId) -> Result<Table, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT provider, email, linked_at, last_used_at FROM platform.user_identities
         WHERE user_id = $1 ORDER BY linked_at, id",
        user.0
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        vec![json!(row.provider), json!(row.email), instant(Some(row.linked_at)), instant(Some(row.last_used_at))]
    });
    Ok(Table {
        name: "signInProviders",
        columns: &["provider", "email", "linkedAt", "lastUsedAt"],
        rows: rows.collect(),
    })
}

pub async fn sessions_table(connection: &mut PgConnection, user: UserId) -> Result<Table, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT device_info, ip, country, created_at, last_used_at, ended_at FROM platform.sessions
         WHERE user_id = $1 ORDER BY created_at, id",
        user.0
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        vec![
            json!(row.device_info),
            json!(row.ip),
            json!(row.country),
            instant(Some(row.created_at)),
            instant(Some(row.last_used_at)),
            instant(row.ended_at),
        ]
    });
    Ok(Table {
        name: "sessions",
        columns: &["device", "ipAddress", "country", "signedInAt", "lastActivityAt", "endedAt"],
        rows: rows.collect(),
    })
}

pub async fn skill_levels_table(connection: &mut PgConnection, user: UserId) -> Result<Table, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT court_type, skill_level FROM platform.user_skill_levels WHERE user_id = $1 ORDER BY court_type",
        user.0
    );
    let rows =
        rows.fetch_all(connection).await?.into_iter().map(|row| vec![json!(row.court_type), json!(row.skill_level)]);
    Ok(Table { name: "skillLevels", columns: &["courtType", "level"], rows: rows.collect() })
}

pub async fn favorites_table(connection: &mut PgConnection, user: UserId) -> Result<Table, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT favorite.court_id, court.name_el, favorite.created_at
         FROM platform.favorite_courts AS favorite JOIN platform.courts AS court ON court.id = favorite.court_id
         WHERE favorite.user_id = $1 ORDER BY favorite.created_at, favorite.court_id",
        user.0
    );
    let rows = rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| vec![json!(row.court_id), json!(row.name_el), instant(Some(row.created_at))]);
    Ok(Table { name: "favoriteCourts", columns: &["courtId", "courtName", "since"], rows: rows.collect() })
}

pub async fn courts_table(connection: &mut PgConnection, owner: UserId) -> Result<Table, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, name_el, name_en, description_el, description_en, court_type, location_type, address,
                duration_minutes, max_capacity, base_price_cents, confirmation_mode, created_at, deleted_at
         FROM platform.courts WHERE owner_id = $1 ORDER BY created_at, id",
        owner.0
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        vec![
            json!(row.id),
            json!(row.name_el),
            json!(row.name_en),
            json!(row.description_el),
            json!(row.description_en),
            json!(row.court_type),
            json!(row.location_type),
            json!(row.address),
            json!(row.duration_minutes),
            json!(row.max_capacity),
            json!(row.base_price_cents),
            json!(row.confirmation_mode),
            instant(Some(row.created_at)),
            instant(row.deleted_at),
        ]
    });
    let columns = &[
        "courtId",
        "nameEl",
        "nameEn",
        "descriptionEl",
        "descriptionEn",
        "courtType",
        "locationType",
        "address",
        "durationMinutes",
        "maxCapacity",
        "basePriceCents",
        "confirmationMode",
        "createdAt",
        "removedAt",
    ];
    Ok(Table { name: "courts", columns, rows: rows.collect() })
}

/// Bookings the person made, or that were made on the person's courts. Other people are told by id alone.
pub async fn bookings_table(connection: &mut PgConnection, user: UserId) -> Result<Table, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT booking_id AS "booking_id!", court_id AS "court_id!", customer_id, guest_name,
                  booking_type AS "booking_type!", status AS "status!", payment_status AS "payment_status!",
                  starts_at AS "starts_at!", ends_at AS "ends_at!", number_of_people,
                  total_amount_cents AS "total_amount_cents!", owner_net_cents
           FROM transaction.v_court_bookings WHERE customer_id = $1 OR owner_id = $1
           ORDER BY starts_at, booking_id"#,
        user.0
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        vec![
            json!(row.booking_id),
            json!(row.court_id),
            json!(row.customer_id),
            json!(row.guest_name),
            json!(row.booking_type),
            json!(row.status),
            json!(row.payment_status),
            instant(Some(row.starts_at)),
            instant(Some(row.ends_at)),
            json!(row.number_of_people),
            json!(row.total_amount_cents),
            // What the owner keeps of it is the owner's business.
            if row.customer_id == Some(user.0) { Value::Null } else { json!(row.owner_net_cents) },
        ]
    });
    let columns = &[
        "bookingId",
        "courtId",
        "customerId",
        "guestName",
        "bookingType",
        "status",
        "paymentStatus",
        "startsAt",
        "endsAt",
        "numberOfPeople",
        "totalAmountCents",
        "ownerNetCents",
    ];
    Ok(Table { name: "bookings", columns, rows: rows.collect() })
}

/// What an owner's courts earned, by court and month of the booking.
pub async fn revenue_table(connection: &mut PgConnection, owner: UserId) -> Result<Table, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT court_id AS "court_id!", to_char(booking_date, 'YYYY-MM') AS "month!", count(*) AS "bookings!",
                  sum(total_amount_cents)::bigint AS "gross!", coalesce(sum(owner_net_cents), 0)::bigint AS "net!"
           FROM transaction.v_court_bookings WHERE owner_id = $1 AND status IN ('CONFIRMED', 'COMPLETED')
           GROUP BY court_id, to_char(booking_date, 'YYYY-MM') ORDER BY 2, 1"#,
        owner.0
    );
    let rows =
        rows.fetch_all(connection).await?.into_iter().map(|row| {
            vec![json!(row.month), json!(row.court_id), json!(row.bookings), json!(row.gross), json!(row.net)]
        });
    Ok(Table {
        name: "revenue",
        columns: &["month", "courtId", "bookings", "totalAmountCents", "ownerNetCents"],
        rows: rows.collect(),
    })
}

fn instant(at: Option<jiff_sqlx::Timestamp>) -> Value {
    json!(at.map(jiff_sqlx::Timestamp::to_jiff))
}
