//! Latencies and their quantiles.

use std::time::Duration;

/// All measured durations; kept whole, since a run has at most some hundred thousand.
#[derive(Debug, Default, Clone)]
pub struct Latencies {
    milliseconds: Vec<f64>,
}

impl Latencies {
    pub fn add(&mut self, duration: Duration) {
        self.milliseconds.push(duration.as_secs_f64() * 1000.0);
    }

    pub fn merge(&mut self, other: Self) {
        self.milliseconds.extend(other.milliseconds);
    }

    pub fn count(&self) -> usize {
        self.milliseconds.len()
    }

    /// The nearest-rank quantile in milliseconds; zero without measurements.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.milliseconds.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_nearest_rank() {
        let mut latencies = Latencies::default();
        for milliseconds in (1..=100).rev() {
            latencies.add(Duration::from_millis(milliseconds));
        }
        assert!((latencies.quantile(0.5) - 50.0).abs() < 1e-9);
        assert!((latencies.quantile(0.99) - 99.0).abs() < 1e-9);
        assert!(Latencies::default().quantile(0.5).abs() < 1e-9);
    }
}
