//! Getting everything the platform holds of a person (AUTH-38, AUTH-39): asked for here, put together by a job, fetched
//! by a link.

use std::io::{Cursor, Write as _};

use anyhow::Context as _;
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use kit::jobs::{self, NewJob, RunningJob};
use serde_json::json;
use uuid::Uuid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::AccountError;
use crate::accounts::domain::export::{self, Table};
use crate::accounts::events;
use crate::accounts::jobs::{EXPORT, Export};
use crate::accounts::store::{self, export as rows};
use crate::audit::{self, Actor, Entry};
use crate::object_store::{self, Shelf};
use crate::state::AppState;

/// How long a finished file can be fetched.
const FILE_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A request as its person sees it.
#[derive(Debug)]
pub struct ExportSummary {
    pub id: Uuid,
    pub status: String,
    pub requested_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub size_bytes: Option<i64>,
    /// Good for some minutes.
    pub download_url: Option<String>,
}

/// Asks for an export. Every request is in the audit log, and there is a limit a day.
pub async fn request_export(state: &AppState, actor: &Actor) -> Result<ExportSummary, AccountError> {
    let (env, now, user) = (&state.env, state.env.clock.now(), actor.user);
    let limit = state.config.accounts.exports_per_day;
    let mut transaction = kit::db::begin(&state.pool).await?;
    // The lock lets parallel requests count each other.
    let account = store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    let day_ago = now - SignedDuration::from_hours(24);
    let requests = rows::requests_since(&mut transaction, user, day_ago).await?;
    if let Some(wait) = export::wait_for_another(&requests, usize::try_from(limit).unwrap_or(usize::MAX), now) {
        let retry_after = u64::try_from(wait.as_secs().max(1)).unwrap_or(1);
        return Err(AccountError::TooManyExports { limit, retry_after });
    }
    let id = env.ids.new_id();
    rows::insert_export(&mut transaction, id, user, now).await?;
    let ip = actor.ip.to_string();
    let entry = Entry {
        actor: Some(user),
        role: Some(account.role),
        action: "DATA_EXPORTED",
        resource_type: "USER",
        resource_id: user.0,
        owner: account.is_owner().then_some(user),
        before: None,
        after: Some(json!({ "exportId": id })),
        ip: Some(&ip),
    };
    audit::append(&mut transaction, &entry, now).await?;
    let job = NewJob::new(env.ids.new_id(), EXPORT, now)
        .unique_by(id.to_string())
        .with_payload(&Export { export_id: id })
        .map_err(|error| AccountError::Event(error.into()))?;
    jobs::enqueue(&mut transaction, &job).await?;
    transaction.commit().await?;
    state.jobs_wake.wake();
    let status = "PENDING".to_owned();
    Ok(ExportSummary { id, status, requested_at: now, expires_at: None, size_bytes: None, download_url: None })
}

/// The caller's requests, the newest first; finished ones with a link.
pub async fn list_exports(state: &AppState, user: UserId) -> Result<Vec<ExportSummary>, AccountError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let stored = rows::exports_of(&mut connection, user).await?;
    stored
        .into_iter()
        .map(|export| {
            let lives = export.expires_at.is_some_and(|end| now < end);
            let key = export.object_key.as_deref().filter(|_| lives);
            let link = key.map(|key| state.objects.link(key)).transpose();
            Ok(ExportSummary {
                id: export.id,
                status: export.status,
                requested_at: export.requested_at,
                expires_at: export.expires_at,
                size_bytes: export.size_bytes,
                download_url: link.map_err(|error| AccountError::Event(error.into()))?,
            })
        })
        .collect()
}

/// Puts an export together and stores it. The file is loose until the transaction that names it, so a crash leaves
/// nothing behind; running again writes the same key.
pub async fn make_export(state: &AppState, job: &RunningJob, id: Uuid) -> anyhow::Result<()> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(user) = rows::pending_export(&mut transaction, id).await? else {
        job.finish(&mut transaction).await?;
        return Ok(transaction.commit().await?);
    };
    let tables = tables_of(&mut transaction, user).await?;
    let key = format!("exports/{user}/{id}.zip");
    object_store::loosen(&mut transaction, Shelf::Private, &key, now).await?;
    transaction.commit().await?;

    let archive = tokio::task::spawn_blocking(move || archive(&tables, now)).await??;
    let size = i64::try_from(archive.len())?;
    if let Err(error) = state.objects.put(Shelf::Private, &key, "application/zip", archive).await {
        if job.is_last_attempt() {
            rows::export_failed(&mut *state.pool.acquire().await?, id).await?;
        }
        return Err(error.into());
    }

    let mut transaction = kit::db::begin(&state.pool).await?;
    let still_wanted = rows::pending_export(&mut transaction, id).await?.is_some();
    if still_wanted {
        let kept = object_store::keep(&mut transaction, Shelf::Private, &key).await?;
        anyhow::ensure!(kept, "the file of export {id} lay loose for too long");
        rows::export_is_ready(&mut transaction, id, &key, size, now + FILE_LIFETIME, now).await?;
        events::tell_of_export(state, &mut transaction, user, now).await?;
    }
    job.finish(&mut transaction).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(())
}

async fn tables_of(connection: &mut sqlx::PgConnection, user: UserId) -> anyhow::Result<Vec<Table>> {
    let account = store::account(connection, user).await?.context("whose account is gone")?;
    let mut tables = vec![
        rows::account_table(connection, user).await?,
        rows::providers_table(connection, user).await?,
        rows::sessions_table(connection, user).await?,
        rows::bookings_table(connection, user).await?,
    ];
    if account.is_owner() {
        tables.push(rows::courts_table(connection, user).await?);
        tables.push(rows::revenue_table(connection, user).await?);
    } else {
        tables.push(rows::skill_levels_table(connection, user).await?);
        tables.push(rows::favorites_table(connection, user).await?);
    }
    Ok(tables)
}

/// One archive: everything as JSON, and each table as CSV.
fn archive(tables: &[Table], now: Timestamp) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    archive.start_file("export.json", options)?;
    archive.write_all(&serde_json::to_vec_pretty(&export::as_json(tables, now))?)?;
    for table in tables {
        archive.start_file(format!("{}.csv", table.name), options)?;
        archive.write_all(export::as_csv(table).as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Lets go of files that have lain long enough.
pub async fn expire_exports(state: &AppState) -> anyhow::Result<()> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    for key in rows::expire_exports(&mut transaction, now).await? {
        object_store::let_go(&mut transaction, Shelf::Private, &key, now).await?;
    }
    transaction.commit().await?;
    Ok(())
}
