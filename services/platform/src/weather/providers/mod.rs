//! The vendors of forecasts, each in its own dialect behind one interface (FIND-44). Nothing here knows a cache, an order
//! or what to do when a vendor fails.

mod openweathermap;
mod weatherapi;

use anyhow::Context as _;
use futures::future::BoxFuture;
use kit::clock::SharedClock;
use kit::http::{HttpClient, HttpClientConfig};
use serde::de::DeserializeOwned;

use super::domain::{RoundedPlace, Series};
use crate::config::{WeatherConfig, WeatherProviderName};
use openweathermap::OpenWeatherMap;
use weatherapi::WeatherApi;

/// Somebody who foretells weather.
pub trait Provider: Send + Sync {
    /// For logs and metrics.
    fn name(&self) -> &'static str;

    /// Everything it foretells for a place. Any error means that it is not to be had now.
    fn series(&self, place: RoundedPlace) -> BoxFuture<'_, anyhow::Result<Series>>;
}

/// The configured vendors in their order.
///
/// # Errors
/// When one is named twice or a client cannot be made.
pub fn all(config: &WeatherConfig, clock: &SharedClock) -> anyhow::Result<Vec<Box<dyn Provider>>> {
    // Whether a vendor is asked at all is decided above, for every kind of failure; the client's own breaker knows only
    // some, so it stays closed. A person waits, so nothing is asked twice: the next vendor is the second attempt.
    let http = HttpClientConfig {
        connect_timeout_ms: config.timeout_ms.min(1_000),
        timeout_ms: config.timeout_ms,
        retries: 0,
        breaker_failures: u32::MAX,
        ..HttpClientConfig::default()
    };
    let mut providers: Vec<Box<dyn Provider>> = Vec::with_capacity(config.providers.len());
    for (place, name) in config.providers.iter().enumerate() {
        anyhow::ensure!(!config.providers[..place].contains(name), "weather.providers names {name:?} twice");
        let client = |name| HttpClient::new(name, &http, clock.clone());
        providers.push(match name {
            WeatherProviderName::Openweathermap => {
                Box::new(OpenWeatherMap::new(client("openweathermap")?, &config.openweathermap))
            }
            WeatherProviderName::Weatherapi => Box::new(WeatherApi::new(client("weatherapi")?, &config.weatherapi)),
        });
    }
    Ok(providers)
}

/// Asks for JSON. An answer that is no success, or of another shape, is a failure like no answer.
async fn ask<T: DeserializeOwned>(client: &HttpClient, url: &str, query: &[(&str, &str)]) -> anyhow::Result<T> {
    let answer = client.send(client.get(url).query(query)).await?;
    let status = answer.status();
    anyhow::ensure!(status.is_success(), "the answer has status {status}");
    // The body of an answer may echo the key, so only its shape is told.
    answer.json().await.map_err(reqwest::Error::without_url).context("the answer is not understood")
}
