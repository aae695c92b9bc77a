//! The use cases of messages.

mod accept;
mod deliver;
mod desk;
mod devices;
mod in_app;
mod letters;
mod reading;
mod unsubscribe;

use std::sync::Arc;

use anyhow::Context as _;
use kit::Env;
use kit::sealing::Sealing;
use secrecy::ExposeSecret as _;
use sqlx::PgPool;
use tokio::sync::Notify;
use uuid::Uuid;

pub use accept::{accept, account_deleted};
pub use deliver::{CLAIM, Due, by_person, claim_due, deliver, deliver_due, deliver_in_order};
pub use devices::{DeviceError, NewRegistration, Platform, register_device, unregister_device};
pub use in_app::{call_others, show_elsewhere};
pub use reading::{MessageList, ReadMessage, list, read, read_all};
pub use unsubscribe::{promotions_off, reader_of_token};

use self::desk::Desk;
use super::channels::{Channels, Fcm, SendGrid, Templates, WebPush};
use super::config::NotificationsConfig;
use super::domain::unsubscribing::Unsubscribing;

/// The long-lived parts of the slice.
pub struct Notifications {
    /// Names this process among all.
    pub process: Uuid,
    pub(crate) channels: Channels,
    pub(crate) sealing: Sealing,
    pub(crate) unsubscribing: Unsubscribing,
    pub(crate) desk: Desk,
    /// One for each way, in the order of [`WAYS`].
    pub(crate) due: [Notify; 4],
}

/// The ways, each with workers of its own.
pub(crate) const WAYS: [contracts::events::Channel; 4] = {
    use contracts::events::Channel;
    [Channel::InApp, Channel::Push, Channel::WebPush, Channel::Email]
};

impl Notifications {
    /// Reads keys and prepares the vendors' clients; asks nobody yet. Call it inside of the Tokio runtime.
    ///
    /// # Errors
    /// When a key or an address cannot be used.
    pub fn open(config: &NotificationsConfig, env: &Env, pool: &PgPool) -> anyhow::Result<Arc<Self>> {
        let sealing = Sealing::open(&config.encryption_key, config.previous_encryption_key.as_ref())
            .context("transaction.notifications.encryption_key")?;
        Ok(Arc::new(Self {
            process: env.ids.new_id(),
            channels: Channels {
                fcm: Fcm::new(&config.fcm, env.clock.clone())?,
                web_push: WebPush::new(&config.web_push, env.clone()).context("transaction.notifications.web_push")?,
                mail: SendGrid::new(&config.mail, env.clock.clone())?,
                templates: Arc::new(Templates::load()?),
            },
            sealing,
            unsubscribing: Unsubscribing::new(config.encryption_key.expose_secret().as_bytes())?,
            desk: Desk::open(pool),
            due: Default::default(),
        }))
    }

    /// Lets all workers of this process look at once.
    pub fn wake(&self) {
        self.due.iter().for_each(Notify::notify_one);
    }
}
