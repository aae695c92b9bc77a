//! Runs a call in a closed loop of clients for a while and counts.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::latency::Latencies;

/// Time before counting begins, in which caches and pools fill.
const WARM_UP: Duration = Duration::from_secs(2);

/// What came out of a run.
#[derive(Debug, Default)]
pub struct Pace {
    pub latency: Latencies,
    pub failures: u64,
    seconds: f64,
}

impl Pace {
    pub fn per_second(&self) -> f64 {
        self.latency.count() as f64 / self.seconds
    }
}

/// One client's next call; `false` when it failed, `None` when there is nothing left to do.
pub type Outcome = Option<bool>;

/// Lets `clients` clients, each made by `client`, call as fast as they are answered.
pub async fn run<C, F>(clients: usize, time: Duration, client: impl Fn(usize) -> C) -> Pace
where
    C: FnMut() -> F + Send + 'static,
    F: Future<Output = Outcome> + Send,
{
    let begin = Instant::now() + WARM_UP;
    let end = begin + time;
    let running: Vec<_> = (0..clients)
        .map(|number| {
            let mut call = client(number);
            tokio::spawn(async move {
                let (mut latency, mut failures) = (Latencies::default(), 0_u64);
                while Instant::now() < end {
                    let started = Instant::now();
                    let Some(fine) = call().await else { break };
                    if !fine {
                        failures += 1;
                    } else if started >= begin {
                        latency.add(started.elapsed());
                    }
                }
                (latency, failures)
            })
        })
        .collect();
    let mut total = Pace { seconds: time.as_secs_f64(), ..Pace::default() };
    for client in running {
        if let Ok((latency, failures)) = client.await {
            total.latency.merge(latency);
            total.failures += failures;
        }
    }
    total
}
