//! The settings of all processes of one installation, from commented defaults, a file and the environment.

use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;

use crate::web::WebConfig;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub listen: ListenConfig,
    pub http: kit::http::HttpConfig,
    pub telemetry: kit::telemetry::TelemetryConfig,
    pub web: WebConfig,
    pub bus: kit::bus::BusConfig,
    pub redis: kit::redis::RedisConfig,
    pub platform: platform::Config,
    pub transaction: transaction::Config,
    pub sandbox: sandbox::Config,
}

/// Where a process listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenConfig {
    /// For everyone.
    pub public: SocketAddr,
    /// For the other service: `/internal/*`.
    pub internal: SocketAddr,
}

/// Every setting with its default and meaning.
#[must_use]
pub fn defaults() -> String {
    [kit::config::CHASSIS_DEFAULTS, include_str!("../config/default.toml")].concat()
}

/// Defaults, then `file`, then `COURTSIDE__SECTION__KEY` variables.
///
/// # Errors
/// Names the key that is wrong and where it was set.
pub fn load(file: Option<&Path>) -> anyhow::Result<Settings> {
    Ok(shared_out(kit::config::load(&defaults(), file, "COURTSIDE")?))
}

/// As [`load`], with `overlay` between the defaults and the file: what a running installation found out by itself.
///
/// # Errors
/// As [`load`].
pub fn load_with(overlay: &toml::Table, file: Option<&Path>) -> anyhow::Result<Settings> {
    let mut merged: toml::Table = defaults().parse()?;
    lay_over(&mut merged, overlay);
    Ok(shared_out(kit::config::load(&merged.to_string(), file, "COURTSIDE")?))
}

/// Gives both services what they must agree on.
fn shared_out(mut settings: Settings) -> Settings {
    settings.platform.bus.clone_from(&settings.bus);
    settings.transaction.bus.clone_from(&settings.bus);
    settings.platform.redis.clone_from(&settings.redis);
    settings.transaction.redis.clone_from(&settings.redis);
    settings
}

fn lay_over(below: &mut toml::Table, above: &toml::Table) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay_over(below, above),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OPS settings: the defaults are complete, and a key that nobody knows stops the start with its name.
    #[test]
    fn the_defaults_are_complete_and_unknown_keys_are_refused() {
        let settings: Settings = kit::config::load_from(&defaults(), None, "COURTSIDE", []).expect("complete defaults");
        assert_eq!(settings.listen.public.port(), 8080);
        let variable = ("COURTSIDE__LISTEN__PUBLICC".to_owned(), "127.0.0.1:1".to_owned());
        let error =
            kit::config::load_from::<Settings>(&defaults(), None, "COURTSIDE", [variable]).expect_err("unknown key");
        assert!(error.to_string().contains("publicc"), "{error}");
    }

    #[test]
    fn an_overlay_replaces_single_keys() {
        let overlay = "[listen]\npublic = '127.0.0.1:9999'".parse().expect("toml");
        let settings = load_with(&overlay, None).expect("valid");
        assert_eq!(settings.listen.public.port(), 9999);
        assert!(settings.listen.internal.ip().is_loopback());
    }
}
