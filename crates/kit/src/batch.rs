//! Work of many callers done together: whoever asks while a round trip is under way shares the next one. Nobody waits for
//! company, so a lone caller pays nothing, and under load the fixed cost of a round trip is paid once for many.
//!
//! It owns no work of its own and promises nothing about order. What belongs to one caller must come out as if the caller
//! had been alone: that is up to the function that does the work.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use tokio::sync::{Mutex, mpsc, oneshot};

/// The process is stopping, or the work broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the work was broken off")]
pub struct BrokenOff;

type Asked<Q, A> = (Q, oneshot::Sender<A>);

/// A counter where questions are handed in. Cloning shares it; the workers end with the last clone.
pub struct Batcher<Q, A> {
    desk: mpsc::Sender<Asked<Q, A>>,
}

impl<Q, A> Clone for Batcher<Q, A> {
    fn clone(&self) -> Self {
        Self { desk: self.desk.clone() }
    }
}

impl<Q: Send + 'static, A: Send + 'static> Batcher<Q, A> {
    /// Starts `workers` that each take up to `limit` waiting questions at a time. `work` answers them in their order.
    /// Call it inside of the Tokio runtime.
    #[must_use]
    pub fn start<W, F>(workers: usize, limit: usize, work: W) -> Self
    where
        W: Fn(Vec<Q>) -> F + Send + Sync + 'static,
        F: Future<Output = Vec<A>> + Send,
    {
        let (desk, waiting) = mpsc::channel(limit.max(1) * workers.max(1) * 16);
        let waiting: Arc<Mutex<mpsc::Receiver<Asked<Q, A>>>> = Arc::new(Mutex::new(waiting));
        let work = Arc::new(work);
        for _ in 0..workers.max(1) {
            let (waiting, work) = (Arc::clone(&waiting), Arc::clone(&work));
            tokio::spawn(async move {
                let mut taken = Vec::with_capacity(limit);
                loop {
                    if waiting.lock().await.recv_many(&mut taken, limit).await == 0 {
                        return;
                    }
                    let (questions, callers): (Vec<Q>, Vec<oneshot::Sender<A>>) = taken.drain(..).unzip();
                    // A panic belongs to the batch it happened in: its callers hear of it, the worker goes on.
                    let Ok(answers) = AssertUnwindSafe(work(questions)).catch_unwind().await else { continue };
                    for (caller, answer) in callers.into_iter().zip(answers) {
                        // A caller that went away is no failure.
                        drop(caller.send(answer));
                    }
                }
            });
        }
        Self { desk }
    }

    /// Hands in a question and waits for its answer. Going away does not take the question back.
    ///
    /// # Errors
    /// [`BrokenOff`] when nobody will answer it; whether it was worked on is then unknown.
    pub async fn ask(&self, question: Q) -> Result<A, BrokenOff> {
        let (caller, answer) = oneshot::channel();
        self.desk.send((question, caller)).await.map_err(|_| BrokenOff)?;
        answer.await.map_err(|_| BrokenOff)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    /// Whoever comes while the worker is busy is served together, each with the own answer.
    #[tokio::test]
    async fn callers_that_wait_share_the_next_round() {
        let (gate, rounds) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let batcher = Batcher::start(1, 8, {
            let (gate, rounds) = (gate.clone(), rounds.clone());
            move |numbers: Vec<u32>| {
                let (gate, rounds) = (gate.clone(), rounds.clone());
                async move {
                    rounds.fetch_add(1, Ordering::SeqCst);
                    gate.acquire().await.expect("open").forget();
                    numbers.into_iter().map(|number| number * 2).collect()
                }
            }
        });
        let first = tokio::spawn({
            let batcher = batcher.clone();
            async move { batcher.ask(0).await }
        });
        while rounds.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let others: Vec<_> = (1..=8)
            .map(|number| {
                let batcher = batcher.clone();
                tokio::spawn(async move { (number, batcher.ask(number).await) })
            })
            .collect();
        while batcher.desk.max_capacity() - batcher.desk.capacity() < 8 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(2);
        assert_eq!(first.await.expect("no panic"), Ok(0));
        for other in others {
            let (number, answer) = other.await.expect("no panic");
            assert_eq!(answer, Ok(number * 2));
        }
        assert_eq!(rounds.load(Ordering::SeqCst), 2);
    }

    /// Work that panics fails its callers and nobody after them.
    #[tokio::test]
    async fn a_panic_ends_one_round_only() {
        let batcher = Batcher::start(1, 4, |numbers: Vec<u32>| async move {
            assert!(numbers.iter().all(|number| *number != 13), "unlucky");
            numbers
        });
        assert_eq!(batcher.ask(13).await, Err(BrokenOff));
        assert_eq!(batcher.ask(14).await, Ok(14));
    }
}
