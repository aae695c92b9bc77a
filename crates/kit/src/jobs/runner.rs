//! Runs jobs: claims what is due, keeps the lease of what runs, tries again what failed.
//!
//! Any number of runners share the tables; `SKIP LOCKED` and the unique `(job, fire_time)` see to it that a run has one
//! runner. Due times are read from the injected clock, leases from the clock of the server.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use sqlx::Row as _;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::types::Json;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{GiveUp, NewJob, RunningJob, Schedule, insert};
use crate::bus::Headers;
use crate::outbox::Wake;
use crate::retry::RetryPolicy;
use crate::service::{Env, Task};
use crate::trace::{self, TraceContext};

/// How the runner works. The defaults suit every service.
#[derive(Debug, Clone)]
pub struct JobsOptions {
    /// Jobs that run at the same time in this process.
    pub concurrency: usize,
    /// How often it looks for due jobs without being woken.
    pub poll: Duration,
    /// How long a runner may be silent before others take its jobs.
    pub lease: Duration,
    /// The waits between attempts; the number of attempts is each job's own.
    pub retry: RetryPolicy,
    /// How long running jobs may go on after the shutdown began.
    pub grace: Duration,
    /// How long the firings of schedules are remembered.
    pub keep_runs: SignedDuration,
}

impl Default for JobsOptions {
    fn default() -> Self {
        Self {
            concurrency: 8,
            poll: Duration::from_millis(500),
            lease: Duration::from_secs(30),
            retry: RetryPolicy {
                first_wait: Duration::from_secs(1),
                longest_wait: Duration::from_secs(3600),
                max_attempts: super::DEFAULT_MAX_ATTEMPTS,
            },
            grace: Duration::from_secs(10),
            keep_runs: SignedDuration::from_hours(30 * 24),
        }
    }
}

type Handler = Arc<dyn Fn(RunningJob) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

struct Registered {
    handler: Handler,
    schedule: Option<Schedule>,
}

/// The jobs of one service and the runner for them.
pub struct Jobs {
    service: String,
    pool: PgPool,
    env: Env,
    wake: Wake,
    options: JobsOptions,
    registered: BTreeMap<&'static str, Registered>,
    /// The last firing of each schedule that needs no attention any more.
    settled: Mutex<HashMap<&'static str, Timestamp>>,
}

impl Jobs {
    /// No jobs yet; `pool` works in the schema of `service`.
    #[must_use]
    pub fn new(service: impl Into<String>, pool: PgPool, env: Env) -> Self {
        Self {
            service: service.into(),
            pool,
            env,
            wake: Wake::new(),
            options: JobsOptions::default(),
            registered: BTreeMap::new(),
            settled: Mutex::default(),
        }
    }

    /// The same runner with other options.
    #[must_use]
    pub fn with_options(mut self, options: JobsOptions) -> Self {
        self.options = options;
        self
    }

    /// The same runner, woken by `wake`: for services whose shared parts exist before their jobs.
    #[must_use]
    pub fn woken_by(mut self, wake: Wake) -> Self {
        self.wake = wake;
        self
    }

    /// What is to be woken after a commit that enqueued a job.
    #[must_use]
    pub fn wake_handle(&self) -> Wake {
        self.wake.clone()
    }

    /// `handler` does the jobs named `job`.
    pub fn register<F, Done>(&mut self, job: &'static str, handler: F) -> &mut Self
    where
        F: Fn(RunningJob) -> Done + Send + Sync + 'static,
        Done: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.add(job, None, handler)
    }

    /// `handler` does the job named `job` whenever `schedule` fires. Firings missed while no runner was up count as one:
    /// the latest.
    pub fn cron<F, Done>(&mut self, job: &'static str, schedule: Schedule, handler: F) -> &mut Self
    where
        F: Fn(RunningJob) -> Done + Send + Sync + 'static,
        Done: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.add(job, Some(schedule), handler)
    }

    fn add<F, Done>(&mut self, job: &'static str, schedule: Option<Schedule>, handler: F) -> &mut Self
    where
        F: Fn(RunningJob) -> Done + Send + Sync + 'static,
        Done: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |running| handler(running).boxed());
        self.registered.insert(job, Registered { handler, schedule });
        self
    }

    /// The runner as a background task.
    #[must_use]
    pub fn into_task(self) -> Task {
        let jobs = Arc::new(self);
        Task::new("jobs", move |shutdown| {
            let jobs = Arc::clone(&jobs);
            async move {
                jobs.run(shutdown).await;
                Ok(())
            }
        })
    }

    /// Works until `shutdown`, then lets running jobs end within the grace and hands back those that do not.
    pub async fn run(&self, shutdown: CancellationToken) {
        let runner = loop {
            match Runner::start(self).await {
                Ok(runner) => break runner,
                Err(error) => {
                    tracing::warn!(service = %self.service, error = format!("{error:#}"), "the job runner cannot start");
                    tokio::select! {
                        () = shutdown.cancelled() => return,
                        () = tokio::time::sleep(self.options.poll) => {}
                    }
                }
            }
        };
        runner.run(&shutdown).await;
    }

    /// Does everything that is due now, retries excluded, and answers how many runs there were: for tests that move
    /// the clock, and for one-shot commands.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn run_due(&self) -> anyhow::Result<usize> {
        let mut runner = Runner::start(self).await?;
        let mut runs = 0;
        loop {
            runner.reap().await?;
            runner.fire_schedules().await?;
            let claimed = runner.claim().await?;
            if claimed == 0 && runner.running.is_empty() {
                return Ok(runs);
            }
            runs += claimed;
            while let Some(ended) = runner.running.join_next().await {
                runner.ended(ended);
            }
        }
    }
}

/// One runner at work.
struct Runner<'a> {
    jobs: &'a Jobs,
    id: Uuid,
    running: JoinSet<Uuid>,
    aborts: HashMap<Uuid, AbortHandle>,
}

impl<'a> Runner<'a> {
    async fn start(jobs: &'a Jobs) -> anyhow::Result<Self> {
        let id = sqlx::query_scalar("select gen_random_uuid()").fetch_one(&jobs.pool).await?;
        let known: HashMap<String, jiff_sqlx::Timestamp> =
            sqlx::query_as("select job, max(fire_time) from job_runs group by job")
                .fetch_all(&jobs.pool)
                .await?
                .into_iter()
                .collect();
        let now = jobs.env.clock.now();
        let mut settled = jobs.settled.lock().unwrap_or_else(PoisonError::into_inner);
        for (job, registered) in &jobs.registered {
            if registered.schedule.is_some() {
                // A schedule that is new begins now; it has missed nothing.
                let last = known.get(*job).map_or(now, |fired| fired.to_jiff());
                settled.entry(job).or_insert(last);
            }
        }
        drop(settled);
        Ok(Self { jobs, id, running: JoinSet::new(), aborts: HashMap::new() })
    }

    async fn run(mut self, shutdown: &CancellationToken) {
        let options = &self.jobs.options;
        let mut heartbeat = tokio::time::interval(options.lease / 3);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut upkeep = tokio::time::interval(Duration::from_secs(30));
        upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let outcome = match self.fire_schedules().await {
                Ok(()) => self.claim().await.map(|_| ()),
                Err(error) => Err(error),
            };
            self.report("look for due jobs", outcome);
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = self.jobs.wake.woken() => {}
                () = tokio::time::sleep(options.poll) => {}
                Some(ended) = self.running.join_next() => self.ended(ended),
                _ = heartbeat.tick() => {
                    let outcome = async { self.reap().await?; self.keep_leases().await }.await;
                    self.report("keep its leases", outcome);
                }
                _ = upkeep.tick() => {
                    let outcome = self.keep_up().await;
                    self.report("measure its jobs", outcome);
                }
            }
        }
        let all_ended = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(options.grace, all_ended).await.is_err() {
            self.running.shutdown().await;
            let outcome = self.hand_back().await;
            self.report("hand back its jobs", outcome);
        }
    }

    fn report(&self, what: &str, outcome: anyhow::Result<()>) {
        if let Err(error) = outcome {
            let service = &self.jobs.service;
            tracing::warn!(%service, error = format!("{error:#}"), "the job runner could not {what}");
        }
    }

    fn ended(&mut self, ended: Result<Uuid, tokio::task::JoinError>) {
        match ended {
            Ok(id) => {
                self.aborts.remove(&id);
            }
            Err(_) => self.aborts.retain(|_, handle| !handle.is_finished()),
        }
    }

    /// Turns what the schedules have fired into jobs, once for all runners.
    async fn fire_schedules(&self) -> anyhow::Result<()> {
        let now = self.jobs.env.clock.now();
        for (job, registered) in &self.jobs.registered {
            let Some(schedule) = &registered.schedule else { continue };
            let Some(fired) = schedule.latest(now).filter(|fired| self.is_open(job, *fired)) else { continue };
            let mut transaction = crate::db::begin(&self.jobs.pool).await?;
            let ours = sqlx::query(
                "insert into job_runs (job, fire_time, created_at) values ($1, $2, $3)
                 on conflict on constraint job_runs_once do nothing",
            )
            .bind(job)
            .bind(fired.to_sqlx())
            .bind(now.to_sqlx())
            .execute(&mut *transaction)
            .await?;
            if ours.rows_affected() == 1 {
                let run = NewJob::new(self.jobs.env.ids.new_id(), job, now).unique_by(fired.to_string());
                insert(&mut transaction, &run, Some(fired)).await?;
            }
            transaction.commit().await?;
            self.jobs.settled.lock().unwrap_or_else(PoisonError::into_inner).insert(job, fired);
        }
        Ok(())
    }

    fn is_open(&self, job: &str, fired: Timestamp) -> bool {
        self.jobs.settled.lock().unwrap_or_else(PoisonError::into_inner).get(job).is_none_or(|last| *last < fired)
    }

    /// Takes as many due jobs as there is room for and starts them.
    async fn claim(&mut self) -> anyhow::Result<usize> {
        let room = self.jobs.options.concurrency.saturating_sub(self.running.len());
        if room == 0 || self.jobs.registered.is_empty() {
            return Ok(0);
        }
        let names: Vec<&str> = self.jobs.registered.keys().copied().collect();
        let rows = sqlx::query(
            "update jobs set state = 'RUNNING', attempts = attempts + 1, lease_owner = $1,
                             lease_until = clock_timestamp() + make_interval(secs => $2)
             from (select id from jobs where state = 'READY' and run_at <= $3 and job = any($4)
                   order by run_at limit $5 for update skip locked) as due
             where jobs.id = due.id
             returning jobs.id, job, payload, headers, fire_time, attempts, max_attempts",
        )
        .bind(self.id)
        .bind(self.jobs.options.lease.as_secs_f64())
        .bind(self.jobs.env.clock.now().to_sqlx())
        .bind(names)
        .bind(i64::try_from(room).unwrap_or(i64::MAX))
        .fetch_all(&self.jobs.pool)
        .await?;
        for row in &rows {
            let (running, headers) = self.read(row)?;
            let Some(registered) = self.jobs.registered.get(running.job.as_str()) else { continue };
            let attempt = Attempt {
                service: self.jobs.service.clone(),
                pool: self.jobs.pool.clone(),
                env: self.jobs.env.clone(),
                retry: self.jobs.options.retry.clone(),
                handler: Arc::clone(&registered.handler),
                running,
                headers,
            };
            let id = attempt.running.id;
            let handle = self.running.spawn(attempt.make());
            self.aborts.insert(id, handle);
        }
        Ok(rows.len())
    }

    fn read(&self, row: &PgRow) -> Result<(RunningJob, Headers), sqlx::Error> {
        let attempts: i32 = row.try_get("attempts")?;
        let max_attempts: i32 = row.try_get("max_attempts")?;
        let running = RunningJob {
            id: row.try_get("id")?,
            job: row.try_get("job")?,
            attempt: attempts.unsigned_abs(),
            max_attempts: max_attempts.unsigned_abs(),
            fire_time: row.try_get::<Option<jiff_sqlx::Timestamp>, _>("fire_time")?.map(jiff_sqlx::Timestamp::to_jiff),
            payload: row.try_get::<Json<serde_json::Value>, _>("payload")?.0,
            runner_id: self.id,
        };
        Ok((running, row.try_get::<Json<Headers>, _>("headers")?.0))
    }

    /// Frees jobs whose runner has fallen silent.
    async fn reap(&self) -> anyhow::Result<()> {
        let freed: Vec<(String, String)> = sqlx::query_as(
            "update jobs set state = case when attempts < max_attempts then 'READY' else 'DEAD' end,
                             lease_owner = null, lease_until = null, last_error = 'its runner fell silent'
             from (select id from jobs where state = 'RUNNING' and lease_until < clock_timestamp()
                   for update skip locked) as lost
             where jobs.id = lost.id returning job, state",
        )
        .fetch_all(&self.jobs.pool)
        .await?;
        for (job, state) in freed {
            tracing::warn!(service = %self.jobs.service, job, state, "a job lost its runner");
        }
        Ok(())
    }

    /// Keeps what runs here, and stops what was given to others because this process was silent for too long.
    async fn keep_leases(&mut self) -> anyhow::Result<()> {
        if self.aborts.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = self.aborts.keys().copied().collect();
        let taken: Vec<Uuid> = sqlx::query_scalar(
            "with kept as (
                 update jobs set lease_until = clock_timestamp() + make_interval(secs => $3)
                 where id = any($1) and lease_owner = $2 returning id)
             select jobs.id from jobs where id = any($1) and lease_owner is distinct from $2",
        )
        .bind(ids)
        .bind(self.id)
        .bind(self.jobs.options.lease.as_secs_f64())
        .fetch_all(&self.jobs.pool)
        .await?;
        for id in taken {
            if let Some(handle) = self.aborts.remove(&id) {
                tracing::warn!(service = %self.jobs.service, %id, "a job was taken over while it ran here");
                handle.abort();
            }
        }
        Ok(())
    }

    async fn hand_back(&self) -> anyhow::Result<()> {
        sqlx::query(
            "update jobs set state = 'READY', attempts = attempts - 1, lease_owner = null, lease_until = null
             where lease_owner = $1",
        )
        .bind(self.id)
        .execute(&self.jobs.pool)
        .await?;
        Ok(())
    }

    async fn keep_up(&self) -> anyhow::Result<()> {
        let now = self.jobs.env.clock.now();
        let (overdue, dead): (i64, i64) = sqlx::query_as(
            "select count(*) filter (where state = 'READY' and run_at <= $1), count(*) filter (where state = 'DEAD')
             from jobs",
        )
        .bind(now.to_sqlx())
        .fetch_one(&self.jobs.pool)
        .await?;
        metrics::gauge!("jobs_overdue", "service" => self.jobs.service.clone()).set(as_gauge(overdue));
        metrics::gauge!("jobs_dead", "service" => self.jobs.service.clone()).set(as_gauge(dead));
        // The last firing stays, however old: a yearly schedule must remember it.
        sqlx::query(
            "delete from job_runs where fire_time < $1 and exists (
                 select from job_runs as later where later.job = job_runs.job and later.fire_time > job_runs.fire_time)",
        )
        .bind((now - self.jobs.options.keep_runs).to_sqlx())
        .execute(&self.jobs.pool)
        .await?;
        Ok(())
    }
}

/// One attempt at one job.
struct Attempt {
    service: String,
    pool: PgPool,
    env: Env,
    retry: RetryPolicy,
    handler: Handler,
    running: RunningJob,
    headers: Headers,
}

impl Attempt {
    async fn make(self) -> Uuid {
        let job = self.running.job.clone();
        let span = tracing::info_span!("job", job, id = %self.running.id, attempt = self.running.attempt);
        let origin = TraceContext::from_headers(&self.headers);
        let began = Instant::now();
        let settle = async {
            let handling = AssertUnwindSafe((self.handler)(self.running.clone())).catch_unwind().await;
            let result = handling.unwrap_or_else(|_| Err(anyhow!("the handler panicked")));
            let outcome = if result.is_ok() { "done" } else { "failed" };
            metrics::counter!("jobs_runs_total", "job" => job.clone(), "outcome" => outcome).increment(1);
            metrics::histogram!("jobs_duration_seconds", "job" => job.clone()).record(began.elapsed().as_secs_f64());
            let settled = match &result {
                Ok(()) => self.done().await,
                Err(error) => self.failed(error).await,
            };
            if let Err(error) = settled {
                // The lease runs out and the job runs again: at least once.
                tracing::warn!(service = %self.service, error = format!("{error:#}"), "the end of a job was not stored");
            }
        };
        trace::link_to(origin, span, settle).await;
        self.running.id
    }

    async fn done(&self) -> anyhow::Result<()> {
        // Nothing to remove when the handler finished the job itself.
        sqlx::query("delete from jobs where id = $1 and lease_owner = $2")
            .bind(self.running.id)
            .bind(self.running.runner_id)
            .execute(&self.pool)
            .await?;
        if let Some(fire_time) = self.running.fire_time {
            sqlx::query("update job_runs set finished_at = $3 where job = $1 and fire_time = $2")
                .bind(&self.running.job)
                .bind(fire_time.to_sqlx())
                .bind(self.env.clock.now().to_sqlx())
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    async fn failed(&self, error: &anyhow::Error) -> anyhow::Result<()> {
        let running = &self.running;
        let gives_up = running.is_last_attempt() || error.chain().any(|cause| cause.is::<GiveUp>());
        let wait =
            SignedDuration::try_from(self.retry.wait_after(running.attempt)).context("a wait beyond all time")?;
        let message = format!("{error:#}");
        sqlx::query(
            "update jobs set state = $3, run_at = $4, last_error = $5, lease_owner = null, lease_until = null
             where id = $1 and lease_owner = $2",
        )
        .bind(running.id)
        .bind(running.runner_id)
        .bind(if gives_up { "DEAD" } else { "READY" })
        .bind((self.env.clock.now() + wait).to_sqlx())
        .bind(&message)
        .execute(&self.pool)
        .await?;
        if gives_up {
            metrics::counter!("jobs_dead_total", "job" => running.job.clone()).increment(1);
            tracing::error!(service = %self.service, error = message, "a job failed too often and is given up");
        } else {
            tracing::warn!(service = %self.service, error = message, "a job failed and is tried again");
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below its exact range")]
fn as_gauge(count: i64) -> f64 {
    count as f64
}
