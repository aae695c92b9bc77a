//! OpenWeatherMap. Placeholder rows until the dialect stands beside them.
use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetForecast {
    pub latitude: f64,
}
