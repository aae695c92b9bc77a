//! The vendors of forecasts in the hands of a test: both speak through the sandbox, which can set the weather, be down or
//! slow, and tell how often it was asked.

use std::collections::BTreeMap;
use std::sync::Mutex;

use platform::config::{Config, WeatherProviderName};
use serde_json::{Value, json};

use crate::club::{LATITUDE, LONGITUDE};
use crate::support::World;

pub const OPENWEATHERMAP: &str = "openweathermap";
pub const WEATHERAPI: &str = "weatherapi";

/// How a vendor is from now on.
pub enum Mood {
    Fine,
    Down,
    /// Milliseconds before every answer.
    Slow(u64),
}

/// Lets a world ask both vendors, OpenWeatherMap first.
pub fn with_both(config: &mut Config) {
    let sandbox = config.s3.endpoint.as_str().trim_end_matches('/').trim_end_matches("/s3").to_owned();
    let url = |vendor: &str| format!("{sandbox}/{vendor}").parse().expect("an address");
    config.weather.providers = vec![WeatherProviderName::Openweathermap, WeatherProviderName::Weatherapi];
    config.weather.openweathermap.api_url = url(OPENWEATHERMAP);
    config.weather.weatherapi.api_url = url(WEATHERAPI);
}

pub struct Forecasters<'a> {
    world: &'a World,
    http: reqwest::Client,
    /// Calls counted by rules that are gone.
    counted: Mutex<BTreeMap<&'static str, u64>>,
}

impl<'a> Forecasters<'a> {
    /// Both vendors are fine.
    pub async fn of(world: &'a World) -> Self {
        kit::http::install_crypto_provider();
        let forecasters = Self { world, http: reqwest::Client::new(), counted: Mutex::default() };
        for vendor in [OPENWEATHERMAP, WEATHERAPI] {
            forecasters.make(vendor, Mood::Fine).await;
        }
        forecasters
    }

    /// Changes how a vendor is.
    pub async fn make(&self, vendor: &'static str, mood: Mood) {
        let so_far = self.asked(vendor).await;
        self.counted.lock().expect("no panic").insert(vendor, so_far);
        let answer = self.http.delete(self.url(&format!("/chaos?vendor={vendor}"))).send().await.expect("the sandbox");
        assert!(answer.status().is_success());
        // A rule that changes nothing counts the calls all the same.
        let (action, delay) = match mood {
            Mood::Fine => ("delay", 0),
            Mood::Down => ("fail", 0),
            Mood::Slow(milliseconds) => ("delay", milliseconds),
        };
        self.post("/chaos", &json!({ "vendor": vendor, "action": action, "delayMs": delay, "times": 0 })).await;
    }

    /// Sets the weather of a day around the middle of Athens.
    pub async fn set(&self, date: &str, temperature: f64, rain: u8, wind: f64) {
        let body = json!({
            "latitude": LATITUDE, "longitude": LONGITUDE, "date": date, "temperature": temperature,
            "precipitationProbability": rain, "windSpeedKmh": wind,
        });
        self.post("/weather", &body).await;
    }

    /// How often a vendor was asked.
    pub async fn asked(&self, vendor: &str) -> u64 {
        let answer = self.http.get(self.url("/chaos")).send().await.expect("the sandbox");
        let rules: Value = answer.json().await.expect("a list of rules");
        let rules = rules.as_array().or(rules["rules"].as_array()).expect("rules").clone();
        let now: u64 =
            rules.iter().filter(|rule| rule["vendor"] == vendor).filter_map(|rule| rule["struck"].as_u64()).sum();
        now + self.counted.lock().expect("no panic").get(vendor).copied().unwrap_or(0)
    }

    async fn post(&self, path: &str, body: &Value) {
        let answer = self.http.post(self.url(path)).json(body).send().await.expect("the sandbox");
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap_or_default());
    }

    fn url(&self, path: &str) -> String {
        self.world.vendors.url(&format!("/sandbox{path}"))
    }
}
