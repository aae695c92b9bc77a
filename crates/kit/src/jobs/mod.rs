//! Work outside of requests: once at a time of one's choosing, or by a schedule; on exactly one of all processes.
//!
//! It owns the tables `jobs` and `job_runs` of the service's schema. A job is asked for in the transaction of its
//! cause; it runs at least once, and exactly once when it finishes itself in the transaction of its effect
//! ([`RunningJob::finish`]). Vendors are called from here, never from a request's transaction.

mod runner;
mod schedule;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

pub use runner::{Jobs, JobsOptions};
pub use schedule::{Schedule, ScheduleError};

/// Failures after which a job is given up, unless it says otherwise.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 10;

/// A job to be done once.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    id: Uuid,
    job: &'static str,
    dedupe_key: Option<String>,
    payload: serde_json::Value,
    run_at: Timestamp,
    max_attempts: u32,
    created_at: Timestamp,
}

impl NewJob {
    /// The job named `job`, to be done as soon as possible.
    #[must_use]
    pub fn new(id: Uuid, job: &'static str, now: Timestamp) -> Self {
        Self {
            id,
            job,
            dedupe_key: None,
            payload: serde_json::Value::Null,
            run_at: now,
            max_attempts: DEFAULT_MAX_ATTEMPTS,
            created_at: now,
        }
    }

    /// Not before `run_at`.
    #[must_use]
    pub fn at(mut self, run_at: Timestamp) -> Self {
        self.run_at = run_at;
        self
    }

    /// What the handler needs to know.
    ///
    /// # Errors
    /// When `payload` has no JSON form.
    pub fn with_payload(mut self, payload: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.payload = serde_json::to_value(payload)?;
        Ok(self)
    }

    /// At most one unfinished job of this name has this key; asking for another one changes nothing.
    #[must_use]
    pub fn unique_by(mut self, dedupe_key: impl Into<String>) -> Self {
        self.dedupe_key = Some(dedupe_key.into());
        self
    }

    /// Given up after so many failures.
    #[must_use]
    pub fn with_max_attempts(mut self, max_attempts: u32) -> Self {
        self.max_attempts = max_attempts.max(1);
        self
    }
}

/// Asks for `job` in the caller's transaction, linked to the running trace. Answers whether it is new; wake the
/// runner after the commit when it is to run soon.
///
/// # Errors
/// When the database does.
pub async fn enqueue(connection: &mut PgConnection, job: &NewJob) -> Result<bool, sqlx::Error> {
    insert(connection, job, None).await
}

async fn insert(
    connection: &mut PgConnection,
    job: &NewJob,
    fire_time: Option<Timestamp>,
) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query(
        "insert into jobs (id, job, dedupe_key, payload, headers, fire_time, run_at, max_attempts, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (job, dedupe_key) where state in ('READY', 'RUNNING') do nothing",
    )
    .bind(job.id)
    .bind(job.job)
    .bind(&job.dedupe_key)
    .bind(Json(&job.payload))
    .bind(Json(crate::trace::headers()))
    .bind(fire_time.map(|fire_time| fire_time.to_sqlx()))
    .bind(job.run_at.to_sqlx())
    .bind(i32::try_from(job.max_attempts).unwrap_or(i32::MAX))
    .bind(job.created_at.to_sqlx())
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Takes back a job that has not begun. Answers whether there was one.
///
/// # Errors
/// When the database does.
pub async fn cancel(connection: &mut PgConnection, job: &str, dedupe_key: &str) -> Result<bool, sqlx::Error> {
    let removed = sqlx::query("delete from jobs where job = $1 and dedupe_key = $2 and state = 'READY'")
        .bind(job)
        .bind(dedupe_key)
        .execute(connection)
        .await?;
    Ok(removed.rows_affected() > 0)
}

/// A job as its handler sees it.
#[derive(Debug, Clone)]
pub struct RunningJob {
    /// Its id; a good idempotency key for a vendor.
    pub id: Uuid,
    /// Its name.
    pub job: String,
    /// 1 at the first attempt.
    pub attempt: u32,
    /// How many attempts there will be.
    pub max_attempts: u32,
    /// When its schedule fired; `None` for a job that was asked for.
    pub fire_time: Option<Timestamp>,
    payload: serde_json::Value,
    runner_id: Uuid,
}

impl RunningJob {
    /// The payload it was asked for with.
    ///
    /// # Errors
    /// When it is not a `T`; trying again will not help.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, GiveUp> {
        serde_json::from_value(self.payload.clone())
            .map_err(|error| GiveUp(format!("the payload of {} cannot be read: {error}", self.job)))
    }

    /// Whether a failure of this attempt is the last one.
    #[must_use]
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }

    /// Marks it as done in the transaction of its effect, so that neither exists without the other. An effect without
    /// this may be repeated after a crash.
    ///
    /// # Errors
    /// When the job has been given to another runner meanwhile: roll the effect back.
    pub async fn finish(&self, connection: &mut PgConnection) -> anyhow::Result<()> {
        let finished = sqlx::query("delete from jobs where id = $1 and lease_owner = $2")
            .bind(self.id)
            .bind(self.runner_id)
            .execute(connection)
            .await?;
        anyhow::ensure!(finished.rows_affected() == 1, "the job {} belongs to another runner by now", self.id);
        Ok(())
    }
}

/// The error of a job that would fail every time: it is not tried again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct GiveUp(pub String);
