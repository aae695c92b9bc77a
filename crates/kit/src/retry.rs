//! When something that failed is tried again, and when it is given up. Pure arithmetic, shared by the bus and the jobs.

use std::time::Duration;

/// Growing waits up to a number of attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The wait after the first failure; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// Failures after which it is given up.
    pub max_attempts: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { first_wait: Duration::from_millis(200), longest_wait: Duration::from_secs(60), max_attempts: 8 }
    }
}

impl RetryPolicy {
    /// The wait after the `attempts`-th failure.
    #[must_use]
    pub fn wait_after(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(20);
        self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy =
            RetryPolicy { first_wait: Duration::from_secs(1), longest_wait: Duration::from_secs(5), max_attempts: 9 };
        let waits: Vec<u64> = (1..=5).map(|attempts| policy.wait_after(attempts).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 5, 5]);
        assert_eq!(policy.wait_after(u32::MAX), Duration::from_secs(5));
    }
}
