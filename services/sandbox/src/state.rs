//! The one shared state of the sandbox and the only way to change it.
//!
//! A change runs under one lock, is written to the journal before the lock opens, and does no waiting inside.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use kit::Env;
use tokio_util::sync::CancellationToken;

use crate::chaos::Chaos;
use crate::config::Config;
use crate::identities::keys::SigningKey;
use crate::journal::Journal;
use crate::table::{Journaled, Table};
use crate::{identities, outbox, stripe, weather};

/// Every row the sandbox remembers.
#[derive(Debug, Default)]
pub struct Data {
    pub stripe: stripe::books::Books,
    pub people: Table<identities::people::KnownPerson>,
    pub facebook_tokens: Table<identities::facebook::AccessToken>,
    pub mails: Table<outbox::Mail>,
    pub pushes: Table<outbox::Push>,
    /// Device tokens and subscriptions that their vendor no longer knows.
    pub gone: Table<bool>,
    pub forecasts: Table<weather::SetForecast>,
}

impl Data {
    /// All tables with the names they have in the journal.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn Journaled)> {
        let mut tables = self.stripe.tables();
        tables.push(("people", &mut self.people));
        tables.push(("facebook_tokens", &mut self.facebook_tokens));
        tables.push(("mails", &mut self.mails));
        tables.push(("pushes", &mut self.pushes));
        tables.push(("gone", &mut self.gone));
        tables.push(("forecasts", &mut self.forecasts));
        tables
    }
}

#[derive(Debug)]
struct Kept {
    data: Data,
    journal: Option<Journal>,
}

struct Inner {
    config: Config,
    env: Env,
    kept: Mutex<Kept>,
    chaos: Chaos,
    signing_key: SigningKey,
    service_account_key: OnceLock<SigningKey>,
    client: reqwest::Client,
    shutdown: CancellationToken,
    codes: Mutex<Table<identities::oidc::PendingCode>>,
    service_tokens: Mutex<Table<i64>>,
    stripe_keys_in_use: Mutex<std::collections::HashSet<String>>,
    deliveries: tokio::sync::Semaphore,
    objects_folder: PathBuf,
}

/// A handle on the sandbox; cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

/// Receivers asked at the same time; more would only compete for the same small machine.
const PARALLEL_DELIVERIES: usize = 16;

impl Sandbox {
    /// Restores the state of `config.data_dir`, or starts afresh.
    ///
    /// # Errors
    /// When the folder cannot be used or the signing key cannot be made.
    pub fn open(config: Config, env: Env, shutdown: CancellationToken) -> anyhow::Result<Self> {
        let mut data = Data::default();
        let journal = match &config.data_dir {
            Some(folder) => Some(Journal::open(folder, &mut data)?),
            None => None,
        };
        let signing_key = SigningKey::load_or_make(config.data_dir.as_deref(), "signing-key")?;
        let objects_folder = match &config.data_dir {
            Some(folder) => folder.join("objects"),
            None => std::env::temp_dir().join(format!("courtside-sandbox-{}", env.ids.secret(12))),
        };
        let client = reqwest::Client::builder()
            .timeout(Duration::from_millis(config.stripe.webhook_timeout_ms))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let sandbox = Self(Arc::new(Inner {
            config,
            env,
            kept: Mutex::new(Kept { data, journal }),
            chaos: Chaos::default(),
            signing_key,
            service_account_key: OnceLock::new(),
            client,
            shutdown,
            codes: Mutex::default(),
            service_tokens: Mutex::default(),
            stripe_keys_in_use: Mutex::default(),
            deliveries: tokio::sync::Semaphore::new(PARALLEL_DELIVERIES),
            objects_folder,
        }));
        stripe::seed(&sandbox);
        stripe::webhooks::resume(&sandbox);
        Ok(sandbox)
    }

    /// Reads under the lock.
    pub fn read<R>(&self, look: impl FnOnce(&Data) -> R) -> R {
        look(&lock(&self.0.kept).data)
    }

    /// Changes under the lock and writes the change down before anyone can see it.
    pub fn write<R>(&self, change: impl FnOnce(&mut Data) -> R) -> R {
        let mut kept = lock(&self.0.kept);
        let kept = &mut *kept;
        let result = change(&mut kept.data);
        if let Some(journal) = &mut kept.journal {
            journal.record(&mut kept.data);
        }
        result
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The current instant.
    pub fn now(&self) -> Timestamp {
        self.0.env.clock.now()
    }

    /// A new id after the vendor's fashion: `prefix_` and letters and digits.
    pub fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}_{}", self.0.env.ids.new_id().simple())
    }

    /// A random secret of letters and digits.
    pub fn secret(&self) -> String {
        self.0.env.ids.secret(24).replace(['-', '_'], "x")
    }

    /// An absolute address inside the sandbox.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0.config.public_url.trim_end_matches('/'))
    }

    /// The rules that disturb calls.
    pub fn chaos(&self) -> &Chaos {
        &self.0.chaos
    }

    /// The key behind the JWKS.
    pub fn signing_key(&self) -> &SigningKey {
        &self.0.signing_key
    }

    /// The key of Google's service account; made when first asked for, since few ever ask.
    ///
    /// # Errors
    /// When it cannot be made or kept.
    pub fn service_account_key(&self) -> anyhow::Result<&SigningKey> {
        if let Some(key) = self.0.service_account_key.get() {
            return Ok(key);
        }
        let key = SigningKey::load_or_make(self.0.config.data_dir.as_deref(), "service-account-key")?;
        Ok(self.0.service_account_key.get_or_init(|| key))
    }

    /// The client that posts webhooks.
    pub fn client(&self) -> &reqwest::Client {
        &self.0.client
    }

    /// Ends the background deliveries.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    /// Authorization codes on their way from browser to token endpoint; deliberately not kept over a restart.
    pub fn codes(&self) -> MutexGuard<'_, Table<identities::oidc::PendingCode>> {
        lock(&self.0.codes)
    }

    /// Access tokens of Google service accounts with their expiry in Unix seconds.
    pub fn service_tokens(&self) -> MutexGuard<'_, Table<i64>> {
        lock(&self.0.service_tokens)
    }

    /// Idempotency keys whose first call is still running.
    pub fn stripe_keys_in_use(&self) -> MutexGuard<'_, std::collections::HashSet<String>> {
        lock(&self.0.stripe_keys_in_use)
    }

    /// Slots for webhook deliveries.
    pub fn delivery_slots(&self) -> &tokio::sync::Semaphore {
        &self.0.deliveries
    }

    /// Where stored objects lie.
    pub fn objects_folder(&self) -> &std::path::Path {
        &self.0.objects_folder
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.config.data_dir.is_none() {
            // A sandbox without a folder promised to forget; leftovers in the temporary folder would break that.
            let _ = std::fs::remove_dir_all(&self.objects_folder);
        }
    }
}

// A panic while the lock was held leaves rows that are still readable; answering on is better than failing every call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
