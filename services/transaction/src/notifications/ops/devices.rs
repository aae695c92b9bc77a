//! Registering phones and browsers (NOTE-33 to NOTE-39).

use contracts::ids::UserId;
use sha2::{Digest as _, Sha256};

use crate::notifications::channels::Subscription;
use crate::notifications::store::{self, NewDevice};
use crate::state::AppState;

/// What kind of device asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// An iPhone or iPad.
    Ios,
    /// An Android phone.
    Android,
    /// A browser.
    Web,
}

/// A registration as it was asked for.
pub struct NewRegistration {
    /// What the app calls the way to itself.
    pub token: String,
    /// On what.
    pub platform: Platform,
    /// The app's own name for the device.
    pub device_id: Option<String>,
    /// What a browser's push service handed out: address, public key, secret.
    pub subscription: Option<(String, String, String)>,
}

/// Why a device was not registered.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// This member of a subscription is wrong.
    #[error("the subscription's {0} is wrong")]
    Subscription(&'static str),
    /// It could not be encrypted.
    #[error(transparent)]
    Sealing(anyhow::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Registers a device: the token leaves whoever had it, and takes the place of the device's old one (NOTE-34).
///
/// # Errors
/// See [`DeviceError`].
pub async fn register_device(state: &AppState, user: UserId, wanted: NewRegistration) -> Result<(), DeviceError> {
    let seal = |text: &str| state.notifications.sealing.seal(user.0, text.as_bytes()).map_err(DeviceError::Sealing);
    let subscription = match wanted.subscription {
        Some((endpoint, p256dh, auth)) => {
            let subscription = Subscription { endpoint, p256dh, auth };
            state.notifications.channels.web_push.check(&subscription).map_err(DeviceError::Subscription)?;
            Some(subscription)
        }
        None => None,
    };
    let address = subscription.as_ref().map_or(wanted.token.as_str(), |subscription| subscription.endpoint.as_str());
    let sealed_keys = match &subscription {
        Some(subscription) => {
            let printed = serde_json::to_string(subscription).map_err(|error| DeviceError::Sealing(error.into()))?;
            Some(seal(&printed)?)
        }
        None => None,
    };
    let device = NewDevice {
        id: state.env.ids.new_id(),
        user,
        platform: match wanted.platform {
            Platform::Ios => "IOS",
            Platform::Android => "ANDROID",
            Platform::Web => "WEB_PUSH",
        },
        device_id: wanted.device_id,
        token_hash: hash(address),
        given_hash: hash(&wanted.token),
        sealed_token: seal(address)?,
        sealed_keys,
    };
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::save_device(&mut transaction, &device, state.env.clock.now()).await?;
    transaction.commit().await?;
    Ok(())
}

/// Takes a device of the caller away; nothing happens if it is not theirs or gone already (NOTE-35).
///
/// # Errors
/// When the database refuses.
pub async fn unregister_device(state: &AppState, user: UserId, token: &str) -> Result<(), DeviceError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::remove_device(&mut connection, user, &hash(token)).await?)
}

/// Tokens are long and random, so a plain hash gives nothing away.
fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
