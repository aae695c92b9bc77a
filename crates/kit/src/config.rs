//! Typed configuration from three layers: commented defaults in the program, an optional file, the environment.
//!
//! A later layer replaces single keys of an earlier one. Unknown keys are refused with their name and origin, so that a
//! typing mistake never turns into a silent default. Secrets are `secrecy` types and never printed.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// The commented defaults of `[http]` and `[telemetry]`; a program puts them before its own.
pub const CHASSIS_DEFAULTS: &str = include_str!("../config/chassis.toml");

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration file {path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A layer is no TOML.
    #[error("{origin} is not valid TOML: {source}")]
    Syntax {
        /// Which layer.
        origin: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A key is unknown, missing, or has a value of the wrong type.
    #[error("configuration key `{key}` in {origin}: {reason}")]
    Key {
        /// Dotted key.
        key: String,
        /// File, environment variable or built-in defaults.
        origin: String,
        /// What is wrong.
        reason: String,
    },
}

/// Loads a configuration: `defaults`, then `file`, then environment variables `<prefix>__SECTION__KEY` of this process.
///
/// # Errors
/// Names the key and where it was set.
pub fn load<T: DeserializeOwned>(defaults: &str, file: Option<&Path>, prefix: &str) -> Result<T, ConfigError> {
    load_from(
        defaults,
        file,
        prefix,
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    )
}

/// As [`load`], with the environment as an argument.
///
/// # Errors
/// Names the key and where it was set.
pub fn load_from<T: DeserializeOwned>(
    defaults: &str,
    file: Option<&Path>,
    prefix: &str,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let mut layers = vec![Layer::parse("the built-in defaults".to_owned(), defaults)?];
    if let Some(path) = file {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        layers.push(Layer::parse(path.display().to_string(), &text)?);
    }
    let mut merged = Table::new();
    for layer in &layers {
        merge(&mut merged, &layer.table);
    }
    let mut variables: Vec<(String, String)> = environment.into_iter().collect();
    // The environment has no order of its own; messages should not change from start to start.
    variables.sort();
    for (name, text) in variables {
        let Some(keys) = keys_of_variable(&name, prefix) else { continue };
        let value = typed_like(value_at(&merged, &keys), &text);
        let table = nested(&keys, value);
        merge(&mut merged, &table);
        layers.push(Layer { origin: format!("environment variable {name}"), table });
    }
    serde_path_to_error::deserialize(Value::Table(merged)).map_err(|error| {
        let reason = error.inner().message().trim().to_owned();
        let key = full_key(&error.path().to_string(), &reason);
        ConfigError::Key { origin: origin_of(&layers, &key), key, reason }
    })
}

struct Layer {
    origin: String,
    table: Table,
}

impl Layer {
    fn parse(origin: String, text: &str) -> Result<Self, ConfigError> {
        match text.parse() {
            Ok(table) => Ok(Self { origin, table }),
            Err(source) => Err(ConfigError::Syntax { origin, source: Box::new(source) }),
        }
    }
}

fn merge(into: &mut Table, from: &Table) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Table(existing)), Value::Table(newer)) => merge(existing, newer),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

/// `COURTSIDE__HTTP__CORS_ORIGINS` is `http.cors_origins`.
fn keys_of_variable(name: &str, prefix: &str) -> Option<Vec<String>> {
    let keys = name.strip_prefix(prefix)?.strip_prefix("__")?;
    Some(keys.split("__").map(str::to_ascii_lowercase).collect())
}

fn value_at<'a>(table: &'a Table, keys: &[String]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    let value = table.get(first)?;
    if rest.is_empty() { Some(value) } else { value_at(value.as_table()?, rest) }
}

/// A variable is text; the value it replaces tells which type is meant. What cannot be read as that type stays text, and
/// the message about the wrong type then names the variable. Lists are TOML or separated by commas.
fn typed_like(replaced: Option<&Value>, text: &str) -> Value {
    let as_text = || Value::String(text.to_owned());
    match replaced {
        Some(Value::Boolean(_)) => text.parse().map_or_else(|_| as_text(), Value::Boolean),
        Some(Value::Integer(_)) => text.parse().map_or_else(|_| as_text(), Value::Integer),
        Some(Value::Float(_)) => text.parse().map_or_else(|_| as_text(), Value::Float),
        Some(Value::Array(_)) => format!("list = {text}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("list"))
            .filter(Value::is_array)
            .unwrap_or_else(|| {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
            }),
        _ => as_text(),
    }
}

fn nested(keys: &[String], value: Value) -> Table {
    let mut table = Table::new();
    match keys {
        [] => {}
        [last] => {
            table.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            table.insert(first.clone(), Value::Table(nested(rest, value)));
        }
    }
    table
}

/// serde names an unknown or missing field in its text only; the path then stops at the section.
fn full_key(path: &str, reason: &str) -> String {
    let path = if path == "." { "" } else { path };
    let named = ["unknown field `", "missing field `"]
        .iter()
        .find_map(|start| reason.split_once(start))
        .and_then(|(_, rest)| rest.split_once('`'))
        .map(|(name, _)| name);
    match named {
        Some(name) if path.is_empty() => name.to_owned(),
        Some(name) if path.rsplit('.').next() != Some(name) => format!("{path}.{name}"),
        _ => path.to_owned(),
    }
}

fn origin_of(layers: &[Layer], key: &str) -> String {
    let keys: Vec<String> = key.split('.').map(|part| part.split('[').next().unwrap_or(part).to_owned()).collect();
    layers
        .iter()
        .rev()
        .find(|layer| value_at(&layer.table, &keys).is_some())
        .map_or_else(|| "no layer".to_owned(), |layer| layer.origin.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::HttpConfig;
    use crate::telemetry::TelemetryConfig;
    use secrecy::{ExposeSecret, SecretString};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Chassis {
        http: HttpConfig,
        telemetry: TelemetryConfig,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Small {
        vendor: Vendor,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Vendor {
        key: SecretString,
        retries: u8,
        hosts: Vec<String>,
        live: bool,
    }

    const SMALL: &str = "[vendor]\nkey = \"\"\nretries = 2\nhosts = []\nlive = false\n";

    fn small(environment: &[(&str, &str)]) -> Result<Small, ConfigError> {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load_from(SMALL, None, "COURTSIDE", environment)
    }

    #[test]
    fn the_commented_defaults_are_the_defaults_of_the_types() {
        let chassis: Chassis = load_from(CHASSIS_DEFAULTS, None, "COURTSIDE", []).expect("the defaults are complete");
        assert_eq!(format!("{:?}", chassis.http), format!("{:?}", HttpConfig::default()));
        assert_eq!(format!("{:?}", chassis.telemetry), format!("{:?}", TelemetryConfig::default()));
    }

    #[test]
    fn the_environment_replaces_single_keys_in_their_type() {
        let config = small(&[
            ("COURTSIDE__VENDOR__KEY", "12345"),
            ("COURTSIDE__VENDOR__RETRIES", "7"),
            ("COURTSIDE__VENDOR__HOSTS", "a.example, b.example"),
            ("COURTSIDE__VENDOR__LIVE", "true"),
            ("OTHER__VENDOR__LIVE", "false"),
        ])
        .expect("good values");
        assert_eq!(config.vendor.key.expose_secret(), "12345");
        assert_eq!((config.vendor.retries, config.vendor.live), (7, true));
        assert_eq!(config.vendor.hosts, ["a.example", "b.example"]);
        assert_eq!(small(&[("COURTSIDE__VENDOR__HOSTS", "[\"c\"]")]).expect("TOML").vendor.hosts, ["c"]);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_name_and_origin() {
        let message = small(&[("COURTSIDE__VENDOR__RETIRES", "7")]).expect_err("a typing mistake").to_string();
        assert!(message.contains("`vendor.retires`"), "{message}");
        assert!(message.contains("environment variable COURTSIDE__VENDOR__RETIRES"), "{message}");

        let folder = std::env::temp_dir().join(format!("kit-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let file = folder.join("courtside.toml");
        std::fs::write(&file, "[vendor]\nretries = 3\n[vendors]\nlive = true\n").expect("a temporary file");
        let error = load_from::<Small>(SMALL, Some(&file), "COURTSIDE", []).expect_err("an unknown section");
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
        let message = error.to_string();
        assert!(message.contains("`vendors`") && message.contains("courtside.toml"), "{message}");
    }

    #[test]
    fn a_wrong_type_names_key_and_origin() {
        let message = small(&[("COURTSIDE__VENDOR__RETRIES", "many")]).expect_err("not a number").to_string();
        assert!(message.contains("`vendor.retries`") && message.contains("COURTSIDE__VENDOR__RETRIES"), "{message}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = small(&[("COURTSIDE__VENDOR__KEY", "sk_live_abc")]).expect("good values");
        assert!(!format!("{config:?}").contains("sk_live_abc"));
    }
}
