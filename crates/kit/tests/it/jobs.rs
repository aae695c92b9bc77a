//! Jobs: exactly one runner per run, retries with growing waits, schedules, handing over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use kit::clock::Clock as _;
use kit::jobs::{GiveUp, Jobs, JobsOptions, NewJob, RunningJob, Schedule, cancel, enqueue};
use kit::retry::RetryPolicy;
use sqlx::Executor as _;
use sqlx::postgres::PgPool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::{World, count, eventually, instant};

/// What a handler does that only counts how often it ran.
fn counting(
    runs: &Arc<AtomicU32>,
) -> impl Fn(RunningJob) -> std::future::Ready<anyhow::Result<()>> + Send + Sync + 'static {
    let runs = Arc::clone(runs);
    move |_| {
        runs.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(()))
    }
}

/// Looks by itself once an hour, so that only a wake can be what started it.
fn never_polls() -> JobsOptions {
    let an_hour = Duration::from_secs(3600);
    JobsOptions { poll: an_hour, lease: an_hour, ..JobsOptions::default() }
}

impl World {
    fn jobs(&self) -> Jobs {
        Jobs::new("transaction", self.pool.clone(), self.env())
    }

    fn job(&self, number: u128) -> NewJob {
        NewJob::new(Uuid::from_u128(number), "expire-hold", self.clock.now())
    }

    async fn enqueue(&self, job: &NewJob) -> bool {
        let mut connection = self.pool.acquire().await.expect("a connection");
        enqueue(&mut connection, job).await.expect("enqueued")
    }

    fn spawn(&self, jobs: Jobs) -> CancellationToken {
        let shutdown = self.shutdown.child_token();
        let stop = shutdown.clone();
        tokio::spawn(async move { jobs.run(stop).await });
        shutdown
    }
}

async fn state(pool: &PgPool) -> Vec<(String, i32, Option<String>)> {
    sqlx::query_as("select state, attempts, last_error from jobs order by id").fetch_all(pool).await.expect("the jobs")
}

/// A job is asked for in the transaction of its cause and waits for its time; done, it leaves.
#[tokio::test]
async fn a_job_runs_when_it_is_due_and_only_if_its_cause_committed() {
    let world = World::new().await;
    let runs = Arc::new(AtomicU32::new(0));
    let mut jobs = world.jobs();
    jobs.register("expire-hold", counting(&runs));

    let mut undone = kit::db::begin(&world.pool).await.expect("a transaction");
    enqueue(&mut undone, &world.job(1)).await.expect("enqueued");
    undone.rollback().await.expect("rolled back");
    let in_five_minutes = world.clock.now() + SignedDuration::from_mins(5);
    world.enqueue(&world.job(2).at(in_five_minutes)).await;

    assert_eq!(jobs.run_due().await.expect("ran"), 0);
    world.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(jobs.run_due().await.expect("ran"), 1);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(jobs.run_due().await.expect("ran"), 0);
    assert_eq!(count(&world.pool, "select count(*) from jobs").await, 0);
}

/// The payload arrives as it was given, and the job runs in a trace of its own.
#[tokio::test]
async fn a_wake_starts_a_job_at_once_with_its_payload() {
    let world = World::new().await;
    let (done, trace) = (Arc::new(Notify::new()), Arc::new(std::sync::Mutex::new(None)));
    let mut jobs = world.jobs().with_options(never_polls());
    let (finished, found) = (Arc::clone(&done), Arc::clone(&trace));
    jobs.register("expire-hold", move |job| {
        let (finished, found) = (Arc::clone(&finished), Arc::clone(&found));
        async move {
            assert_eq!(job.payload::<Vec<u32>>()?, [4, 2]);
            *found.lock().expect("not poisoned") = kit::trace::current().map(|here| here.trace_id());
            finished.notify_one();
            Ok(())
        }
    });
    let wake = jobs.wake_handle();
    world.spawn(jobs);
    let origin = kit::trace::TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    for number in 1..=5 {
        let job = world.job(number).with_payload(&[4, 2]).expect("has a JSON form");
        let mut cause = kit::db::begin(&world.pool).await.expect("a transaction");
        let asked = kit::trace::continue_from(origin, tracing::info_span!("request"), enqueue(&mut cause, &job)).await;
        assert!(asked.expect("enqueued"));
        let linked: String = sqlx::query_scalar("select headers ->> 'traceparent' from jobs")
            .fetch_one(&mut *cause)
            .await
            .expect("the trace of its cause");
        assert!(linked.contains("4bf92f3577b34da6a3ce929d0e0e4736"));
        cause.commit().await.expect("committed");
        wake.wake();
        tokio::time::timeout(crate::world::PATIENCE, done.notified()).await.expect("it ran");
        let own = trace.lock().expect("not poisoned").take().expect("inside of a trace");
        assert!(!linked.contains(&own));
    }
}

/// Of several runners exactly one does each job, and each firing of a schedule happens once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_runners_share_the_work_without_doing_any_twice() {
    let world = World::new().await;
    let (runs, firings) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    for _ in 0..4 {
        let mut jobs = Jobs::new("transaction", world.another_pool().await, world.env())
            .with_options(JobsOptions { poll: Duration::from_millis(5), ..JobsOptions::default() });
        jobs.register("expire-hold", counting(&runs));
        jobs.cron("sweep", Schedule::parse("*/5 * * * *", "UTC").expect("valid"), counting(&firings));
        world.spawn(jobs);
    }
    for number in 0..100 {
        world.enqueue(&world.job(number)).await;
    }
    let left = || count(&world.pool, "select count(*) from jobs");
    eventually("all jobs are done", || async { left().await == 0 && runs.load(Ordering::SeqCst) >= 100 }).await;
    for round in 1..=3 {
        world.clock.advance(SignedDuration::from_mins(5));
        eventually("the schedule has fired", || async {
            count(&world.pool, "select count(*) from job_runs where finished_at is not null").await == round
        })
        .await;
    }
    eventually("nothing is left", || async { left().await == 0 }).await;
    assert_eq!((runs.load(Ordering::SeqCst), firings.load(Ordering::SeqCst)), (100, 3));
}

/// A failing job is tried again after growing waits; at last it stays as dead, to be looked at.
#[tokio::test]
async fn failures_wait_longer_each_time_and_end_dead() {
    let world = World::new().await;
    let attempts = Arc::new(AtomicU32::new(0));
    let mut jobs = world.jobs().with_options(JobsOptions {
        retry: RetryPolicy {
            first_wait: Duration::from_secs(10),
            longest_wait: Duration::from_secs(25),
            max_attempts: 4,
        },
        ..JobsOptions::default()
    });
    let counted = Arc::clone(&attempts);
    jobs.register("expire-hold", move |job| {
        assert_eq!(counted.fetch_add(1, Ordering::SeqCst) + 1, job.attempt);
        async move { bail!("attempt {} failed", job.attempt) }
    });
    world.enqueue(&world.job(1).with_max_attempts(4)).await;

    assert_eq!(jobs.run_due().await.expect("ran"), 1);
    for (attempt, wait) in [(1, 10), (2, 20), (3, 25)] {
        let error = format!("attempt {attempt} failed");
        assert_eq!(state(&world.pool).await, [("READY".to_owned(), attempt, Some(error))]);
        world.clock.advance(SignedDuration::from_secs(wait - 1));
        assert_eq!(jobs.run_due().await.expect("ran"), 0, "too early");
        world.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(jobs.run_due().await.expect("ran"), 1);
    }
    assert_eq!(state(&world.pool).await, [("DEAD".to_owned(), 4, Some("attempt 4 failed".to_owned()))]);
    world.clock.advance(SignedDuration::from_hours(1000));
    assert_eq!(jobs.run_due().await.expect("ran"), 0);
}

/// A failure that no repetition can mend is not repeated; a panic is an ordinary failure.
#[tokio::test]
async fn giving_up_is_final_and_a_panic_is_not() {
    let world = World::new().await;
    let mut jobs = world.jobs();
    jobs.register("expire-hold", |job| async move {
        assert_ne!(job.id, Uuid::from_u128(2), "a defect");
        Err(GiveUp("the booking is unknown".into()).into())
    });
    world.enqueue(&world.job(1)).await;
    world.enqueue(&world.job(2)).await;
    assert_eq!(jobs.run_due().await.expect("ran"), 2);
    assert_eq!(
        state(&world.pool).await,
        [
            ("DEAD".to_owned(), 1, Some("the booking is unknown".to_owned())),
            ("READY".to_owned(), 1, Some("the handler panicked".to_owned()))
        ]
    );
}

/// Asking twice for the same unfinished job is asking once; it can be taken back until it begins.
#[tokio::test]
async fn a_dedupe_key_names_one_unfinished_job() {
    let world = World::new().await;
    let runs = Arc::new(AtomicU32::new(0));
    let mut jobs = world.jobs();
    jobs.register("expire-hold", counting(&runs));
    assert!(world.enqueue(&world.job(1).unique_by("hold 7")).await);
    assert!(!world.enqueue(&world.job(2).unique_by("hold 7")).await);
    assert!(world.enqueue(&world.job(3).unique_by("hold 8")).await);
    let mut connection = world.pool.acquire().await.expect("a connection");
    assert!(cancel(&mut connection, "expire-hold", "hold 8").await.expect("cancelled"));
    assert!(!cancel(&mut connection, "expire-hold", "hold 8").await.expect("cancelled"));
    assert_eq!(jobs.run_due().await.expect("ran"), 1);
    assert!(world.enqueue(&world.job(4).unique_by("hold 7")).await, "the first one is finished");
}

/// A job that finishes itself in the transaction of its effect has exactly one effect: whoever lost the job meanwhile
/// is refused and rolls back.
#[tokio::test]
async fn a_job_finished_with_its_effect_has_one_effect() {
    let world = World::new().await;
    let pool = world.pool.clone();
    let first = Arc::new(AtomicU32::new(0));
    let attempts = Arc::clone(&first);
    let mut jobs = world.jobs();
    jobs.register("expire-hold", move |job| {
        let (pool, attempt) = (pool.clone(), attempts.fetch_add(1, Ordering::SeqCst));
        async move {
            let mut effect = kit::db::begin(&pool).await?;
            effect.execute("insert into effects (note) values ('done')").await?;
            if attempt == 0 {
                // As if this runner had been silent for so long that another one was given the job.
                let stolen =
                    "update jobs set lease_owner = gen_random_uuid(), lease_until = now() - interval '1 second'";
                pool.execute(stolen).await?;
            }
            job.finish(&mut effect).await?;
            effect.commit().await?;
            Ok(())
        }
    });
    world.enqueue(&world.job(1)).await;
    assert_eq!(jobs.run_due().await.expect("ran"), 2);
    assert_eq!(first.load(Ordering::SeqCst), 2);
    assert_eq!(world.effects_count().await, 1);
    assert_eq!(count(&world.pool, "select count(*) from jobs").await, 0);
}

impl World {
    async fn effects_count(&self) -> i64 {
        count(&self.pool, "select count(*) from effects").await
    }
}

/// A runner that dies in the middle of a job is followed by another one, once its lease has run out; a job that kills
/// its runner every time ends dead.
#[tokio::test]
async fn jobs_of_a_dead_runner_are_taken_over() {
    let world = World::new().await;
    let started = Arc::new(Notify::new());
    let mut dying = world.jobs().with_options(never_polls());
    let begun = Arc::clone(&started);
    dying.register("expire-hold", move |_| {
        begun.notify_one();
        std::future::pending()
    });
    world.enqueue(&world.job(1).with_max_attempts(2)).await;
    let shutdown = world.shutdown.clone();
    let victim = tokio::spawn(async move { dying.run(shutdown).await });
    started.notified().await;
    victim.abort();
    assert!(victim.await.expect_err("it was killed").is_cancelled());

    let runs = Arc::new(AtomicU32::new(0));
    let mut survivor = world.jobs();
    survivor.register("expire-hold", counting(&runs));
    assert_eq!(survivor.run_due().await.expect("ran"), 0, "the lease still holds");
    let let_it_run_out = "update jobs set lease_until = now() - interval '1 second'";
    world.pool.execute(let_it_run_out).await.expect("updated");
    assert_eq!(survivor.run_due().await.expect("ran"), 1);
    assert_eq!(runs.load(Ordering::SeqCst), 1);

    world.enqueue(&world.job(2).with_max_attempts(1)).await;
    let lost = "update jobs set state = 'RUNNING', attempts = 1, lease_owner = gen_random_uuid(), lease_until = now() - interval '1 second'";
    world.pool.execute(lost).await.expect("updated");
    assert_eq!(survivor.run_due().await.expect("ran"), 0);
    assert_eq!(state(&world.pool).await, [("DEAD".to_owned(), 1, Some("its runner fell silent".to_owned()))]);
}

/// A shutdown lets jobs end within the grace and hands the others back untouched, ready for the next runner.
#[tokio::test]
async fn a_shutdown_hands_back_what_does_not_end() {
    let world = World::new().await;
    let started = Arc::new(Notify::new());
    let mut jobs =
        world.jobs().with_options(JobsOptions { grace: Duration::from_millis(20), ..JobsOptions::default() });
    let begun = Arc::clone(&started);
    jobs.register("expire-hold", move |_| {
        begun.notify_one();
        std::future::pending()
    });
    world.enqueue(&world.job(1)).await;
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    let runner = tokio::spawn(async move { jobs.run(stop).await });
    started.notified().await;
    shutdown.cancel();
    runner.await.expect("it stops");
    assert_eq!(state(&world.pool).await, [("READY".to_owned(), 0, None)]);
}

/// Firings missed while nobody was up count as one, the latest; a schedule that is new has missed nothing; the zone
/// decides what nine o'clock is.
#[tokio::test]
async fn missed_firings_are_one() {
    let world = World::new().await;
    let fired: Arc<std::sync::Mutex<Vec<Timestamp>>> = Arc::default();
    let daily = || {
        let mut jobs = world.jobs();
        let seen = Arc::clone(&fired);
        jobs.cron("daily-report", Schedule::parse("0 9 * * *", "Europe/Athens").expect("valid"), move |job| {
            seen.lock().expect("not poisoned").push(job.fire_time.expect("a schedule fired"));
            std::future::ready(Ok(()))
        });
        jobs
    };
    world.clock.set(instant("2026-03-02T10:00:00Z"));
    let jobs = daily();
    assert_eq!(jobs.run_due().await.expect("ran"), 0, "new: nothing missed");
    world.clock.set(instant("2026-03-03T07:00:00Z"));
    assert_eq!(jobs.run_due().await.expect("ran"), 1);
    assert_eq!(jobs.run_due().await.expect("ran"), 0);

    world.clock.set(instant("2026-03-08T06:59:59Z"));
    let after_a_long_stop = daily();
    assert_eq!(after_a_long_stop.run_due().await.expect("ran"), 1);
    let seen = fired.lock().expect("not poisoned").clone();
    assert_eq!(seen, [instant("2026-03-03T07:00:00Z"), instant("2026-03-07T07:00:00Z")]);
}
