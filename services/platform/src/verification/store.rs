//! All SQL of verifications: tables `verification_requests` and `business_profiles`, and the columns of `users` that say
//! who reviews and who is verified. Decides nothing.

use contracts::identity::VerificationState;
use contracts::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Business, BusinessProfile, VerificationRequest};

struct RequestRow {
    id: Uuid,
    owner_id: Uuid,
    business_name: String,
    tax_id: String,
    business_type: String,
    business_address: String,
    document_key: String,
    status: String,
    rejection_reason: Option<String>,
    notes: Option<String>,
    previous_request_id: Option<Uuid>,
    submitted_at: jiff_sqlx::Timestamp,
    reviewed_at: Option<jiff_sqlx::Timestamp>,
    reviewed_by: Option<Uuid>,
    reminded_at: Option<jiff_sqlx::Timestamp>,
}

/// Reads a stored text as its enum; the columns' constraints allow nothing else.
fn stored<T>(text: &str) -> Result<T, sqlx::Error>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|unknown: T::Err| sqlx::Error::Decode(Box::new(unknown)))
}

impl TryFrom<RequestRow> for VerificationRequest {
    type Error = sqlx::Error;

    fn try_from(row: RequestRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            owner: UserId(row.owner_id),
            business: Business {
                name: row.business_name,
                tax_id: row.tax_id,
                business_type: stored(&row.business_type)?,
                address: row.business_address,
            },
            document_key: row.document_key,
            state: stored(&row.status)?,
            rejection_reason: row.rejection_reason,
            notes: row.notes,
            previous: row.previous_request_id,
            submitted_at: row.submitted_at.to_jiff(),
            reviewed_at: row.reviewed_at.map(jiff_sqlx::Timestamp::to_jiff),
            reviewed_by: row.reviewed_by.map(UserId),
            reminded_at: row.reminded_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// The one list of columns behind every read of requests; only the condition differs.
macro_rules! select_requests {
    ($condition:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            RequestRow,
            "SELECT request.id, request.owner_id, request.business_name, request.tax_id, request.business_type,
                    request.business_address, request.document_key, request.status, request.rejection_reason,
                    request.notes, request.previous_request_id, request.submitted_at, request.reviewed_at,
                    request.reviewed_by, request.reminded_at
             FROM platform.verification_requests request " + $condition,
            $($argument),+
        )
    };
}

fn all(rows: Vec<RequestRow>) -> Result<Vec<VerificationRequest>, sqlx::Error> {
    rows.into_iter().map(VerificationRequest::try_from).collect()
}

/// All requests of an owner, the newest first.
pub async fn requests_of(
    connection: &mut PgConnection,
    owner: UserId,
) -> Result<Vec<VerificationRequest>, sqlx::Error> {
    let rows = select_requests!("WHERE owner_id = $1 ORDER BY submitted_at DESC, id DESC", owner.0);
    all(rows.fetch_all(connection).await?)
}

pub async fn request(connection: &mut PgConnection, id: Uuid) -> Result<Option<VerificationRequest>, sqlx::Error> {
    select_requests!("WHERE id = $1", id)
        .fetch_optional(connection)
        .await?
        .map(VerificationRequest::try_from)
        .transpose()
}

pub async fn request_locked(
    connection: &mut PgConnection,
    id: Uuid,
) -> Result<Option<VerificationRequest>, sqlx::Error> {
    select_requests!("WHERE id = $1 FOR UPDATE", id)
        .fetch_optional(connection)
        .await?
        .map(VerificationRequest::try_from)
        .transpose()
}

pub async fn pending_of(connection: &mut PgConnection, owner: UserId) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT id FROM platform.verification_requests WHERE owner_id = $1 AND status = 'PENDING_REVIEW'",
        owner.0
    )
    .fetch_optional(connection)
    .await
}

/// The verified owner, other than `owner`, whose business has this tax number, however it was typed (ADMIN-04).
pub async fn other_owner_of(
    connection: &mut PgConnection,
    owner: UserId,
    tax_id: &str,
) -> Result<Option<UserId>, sqlx::Error> {
    let other = sqlx::query_scalar!(
        "SELECT account.id
         FROM platform.business_profiles business JOIN platform.users account ON account.id = business.owner_id
         WHERE upper(regexp_replace(business.tax_id, '[^0-9A-Za-z]', '', 'g'))
               = upper(regexp_replace($2, '[^0-9A-Za-z]', '', 'g'))
           AND business.tax_id IS NOT NULL AND business.owner_id <> $1 AND account.verified
           AND account.status <> 'DELETED'
         ORDER BY account.created_at, account.id LIMIT 1",
        owner.0,
        tax_id
    )
    .fetch_optional(connection)
    .await?;
    Ok(other.map(UserId))
}

/// Pending requests that were submitted at or before `until`, locked, so that two runs never remind of the same one.
pub async fn waiting_since(
    connection: &mut PgConnection,
    until: Timestamp,
) -> Result<Vec<VerificationRequest>, sqlx::Error> {
    let rows = select_requests!(
        "WHERE status = 'PENDING_REVIEW' AND submitted_at <= $1 ORDER BY submitted_at, id FOR UPDATE SKIP LOCKED",
        until.to_sqlx() as jiff_sqlx::Timestamp
    );
    all(rows.fetch_all(connection).await?)
}

/// Which part of the queue is asked for.
#[derive(Debug, Clone, Copy)]
pub struct QueuePage {
    pub state: Option<VerificationState>,
    pub newest_first: bool,
    pub limit: i64,
    pub offset: i64,
}

/// A part of the queue and how many there are in all (COURT-49).
pub async fn queue(
    connection: &mut PgConnection,
    page: QueuePage,
) -> Result<(Vec<VerificationRequest>, i64), sqlx::Error> {
    let state = page.state.map(VerificationState::as_str);
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM platform.verification_requests WHERE $1::text IS NULL OR status = $1"#,
        state
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = if page.newest_first {
        select_requests!(
            "WHERE $1::text IS NULL OR status = $1 ORDER BY submitted_at DESC, id DESC LIMIT $2 OFFSET $3",
            state,
            page.limit,
            page.offset
        )
        .fetch_all(connection)
        .await?
    } else {
        select_requests!(
            "WHERE $1::text IS NULL OR status = $1 ORDER BY submitted_at, id LIMIT $2 OFFSET $3",
            state,
            page.limit,
            page.offset
        )
        .fetch_all(connection)
        .await?
    };
    Ok((all(rows)?, total))
}

/// Adds a pending request. The index `verification_requests_one_pending` guards it.
pub async fn insert_request(connection: &mut PgConnection, request: &VerificationRequest) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.verification_requests (id, owner_id, business_name, tax_id, business_type,
             business_address, document_key, previous_request_id, submitted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        request.id,
        request.owner.0,
        request.business.name,
        request.business.tax_id,
        request.business.business_type.as_str(),
        request.business.address,
        request.document_key,
        request.previous,
        request.submitted_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the verdict on a locked request.
pub async fn save_verdict(connection: &mut PgConnection, request: &VerificationRequest) -> Result<bool, sqlx::Error> {
    let saved = sqlx::query!(
        "UPDATE platform.verification_requests
         SET status = $2, rejection_reason = $3, notes = $4, reviewed_at = $5, reviewed_by = $6
         WHERE id = $1 AND status = 'PENDING_REVIEW'",
        request.id,
        request.state.as_str(),
        request.rejection_reason.as_deref(),
        request.notes.as_deref(),
        request.reviewed_at.map(|instant| instant.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        request.reviewed_by.map(|reviewer| reviewer.0),
    )
    .execute(connection)
    .await?;
    Ok(saved.rows_affected() == 1)
}

pub async fn mark_reminded(connection: &mut PgConnection, ids: &[Uuid], now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.verification_requests SET reminded_at = $2 WHERE id = ANY($1)",
        ids,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether a living court owner is verified; none for everybody else. The account stays locked until the transaction
/// ends.
pub async fn lock_owner(connection: &mut PgConnection, owner: UserId) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT verified FROM platform.users
         WHERE id = $1 AND role = 'COURT_OWNER' AND status <> 'DELETED' FOR NO KEY UPDATE",
        owner.0
    )
    .fetch_optional(connection)
    .await
}

pub async fn is_verified(connection: &mut PgConnection, owner: UserId) -> Result<bool, sqlx::Error> {
    let verified = sqlx::query_scalar!("SELECT verified FROM platform.users WHERE id = $1", owner.0);
    Ok(verified.fetch_optional(connection).await?.unwrap_or(false))
}

/// Makes an owner verified; triggers show the courts (COURT-50).
pub async fn set_verified(connection: &mut PgConnection, owner: UserId, now: Timestamp) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "UPDATE platform.users SET verified = true, updated_at = $2, version = version + 1 WHERE id = $1",
        owner.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Everybody who reviews.
pub async fn reviewers(connection: &mut PgConnection) -> Result<Vec<UserId>, sqlx::Error> {
    let reviewers = sqlx::query_scalar!(
        "SELECT id FROM platform.users WHERE role = 'PLATFORM_ADMIN' AND status = 'ACTIVE' ORDER BY id"
    );
    Ok(reviewers.fetch_all(connection).await?.into_iter().map(UserId).collect())
}

/// Who owners are, for reviewers.
#[derive(Debug, Clone)]
pub struct OwnerCard {
    pub owner: UserId,
    pub name: String,
    pub email: String,
    pub verified: bool,
}

pub async fn owner_cards(connection: &mut PgConnection, owners: &[UserId]) -> Result<Vec<OwnerCard>, sqlx::Error> {
    let ids: Vec<Uuid> = owners.iter().map(|owner| owner.0).collect();
    let rows = sqlx::query!("SELECT id, name, email, verified FROM platform.users WHERE id = ANY($1)", &ids);
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| OwnerCard { owner: UserId(row.id), name: row.name, email: row.email, verified: row.verified })
        .collect())
}

struct ProfileRow {
    owner_id: Uuid,
    business_name: Option<String>,
    tax_id: Option<String>,
    business_type: Option<String>,
    business_address: Option<String>,
    re_verification_since: Option<jiff_sqlx::Timestamp>,
    version: i64,
}

impl TryFrom<ProfileRow> for BusinessProfile {
    type Error = sqlx::Error;

    fn try_from(row: ProfileRow) -> Result<Self, Self::Error> {
        Ok(Self {
            name: row.business_name,
            tax_id: row.tax_id,
            business_type: row.business_type.map(|text| stored(&text)).transpose()?,
            address: row.business_address,
            re_verification_since: row.re_verification_since.map(jiff_sqlx::Timestamp::to_jiff),
            version: row.version,
        })
    }
}

/// The business data of an owner; empty while there are none.
pub async fn profile(connection: &mut PgConnection, owner: UserId) -> Result<BusinessProfile, sqlx::Error> {
    let row = sqlx::query_as!(
        ProfileRow,
        "SELECT owner_id, business_name, tax_id, business_type, business_address, re_verification_since, version
         FROM platform.business_profiles WHERE owner_id = $1",
        owner.0
    );
    let profile = row.fetch_optional(connection).await?.map(BusinessProfile::try_from).transpose()?;
    Ok(profile.unwrap_or_default())
}

/// Profiles that wait for another review, the longest waiting first (COURT-55).
pub async fn profiles_to_review(connection: &mut PgConnection) -> Result<Vec<(UserId, BusinessProfile)>, sqlx::Error> {
    let rows = sqlx::query_as!(
        ProfileRow,
        "SELECT owner_id, business_name, tax_id, business_type, business_address, re_verification_since, version
         FROM platform.business_profiles WHERE re_verification_since IS NOT NULL
         ORDER BY re_verification_since, owner_id LIMIT 200"
    );
    rows.fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| Ok((UserId(row.owner_id), BusinessProfile::try_from(row)?)))
        .collect()
}

/// Writes the business data of a locked owner at the next version.
pub async fn save_profile(
    connection: &mut PgConnection,
    owner: UserId,
    profile: &BusinessProfile,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.business_profiles (owner_id, business_name, tax_id, business_type, business_address,
             re_verification_since, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (owner_id) DO UPDATE SET business_name = $2, tax_id = $3, business_type = $4,
             business_address = $5, re_verification_since = $6, updated_at = $7,
             version = business_profiles.version + 1",
        owner.0,
        profile.name.as_deref(),
        profile.tax_id.as_deref(),
        profile.business_type.map(contracts::identity::BusinessType::as_str),
        profile.address.as_deref(),
        profile.re_verification_since.map(|instant| instant.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}
