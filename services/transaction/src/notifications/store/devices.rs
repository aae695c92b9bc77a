//! `notification_devices`: where a person's phones and browsers are. Addresses and keys are encrypted before they come
//! here and never leave in clear text but to their vendor (NOTE-37).

use contracts::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Devices a person may have; the one that was silent for longest makes room.
const MOST_DEVICES: i64 = 20;

/// A device to be stored.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Its id here.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// `IOS`, `ANDROID` or `WEB_PUSH`.
    pub platform: &'static str,
    /// The app's own name for the device.
    pub device_id: Option<String>,
    /// Finds the token, or a subscription's address, again.
    pub token_hash: Vec<u8>,
    /// Finds what the app called the token.
    pub given_hash: Vec<u8>,
    /// The token, or a subscription's address, encrypted.
    pub sealed_token: Vec<u8>,
    /// A subscription's keys, encrypted.
    pub sealed_keys: Option<Vec<u8>>,
}

/// A stored device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its id here.
    pub id: Uuid,
    /// The token, or a subscription's address, encrypted.
    pub sealed_token: Vec<u8>,
    /// A subscription's keys, encrypted; none for tokens of Firebase.
    pub sealed_keys: Option<Vec<u8>>,
}

/// Stores a device in the caller's transaction: the token leaves whoever had it, and takes the place of what the same
/// device had before (NOTE-34).
///
/// # Errors
/// When the database refuses.
pub async fn save_device(connection: &mut PgConnection, device: &NewDevice, now: Timestamp) -> Result<(), sqlx::Error> {
    // One registration of a person at a time: two of the same device would both find its place free.
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 100)) AS \"locked: ()\"",
        device.user.0.to_string()
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM transaction.notification_devices
         WHERE user_id = $1 AND device_id = $2 AND token_hash <> $3",
        device.user.0,
        device.device_id,
        device.token_hash,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO transaction.notification_devices (id, user_id, platform, device_id, token_hash, given_hash,
             sealed_token, sealed_keys, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT ON CONSTRAINT notification_devices_token_unique DO UPDATE
         SET user_id = excluded.user_id, platform = excluded.platform, device_id = excluded.device_id,
             given_hash = excluded.given_hash,
             sealed_token = excluded.sealed_token, sealed_keys = excluded.sealed_keys,
             updated_at = excluded.updated_at",
        device.id,
        device.user.0,
        device.platform,
        device.device_id,
        device.token_hash,
        device.given_hash,
        device.sealed_token,
        device.sealed_keys,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM transaction.notification_devices WHERE id IN (
             SELECT id FROM transaction.notification_devices WHERE user_id = $1
             ORDER BY updated_at DESC, id DESC OFFSET $2)",
        device.user.0,
        MOST_DEVICES,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes a person's token away, if it is theirs (NOTE-35).
///
/// # Errors
/// When the database refuses.
pub async fn remove_device(connection: &mut PgConnection, user: UserId, token_hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM transaction.notification_devices WHERE user_id = $1 AND (token_hash = $2 OR given_hash = $2)",
        user.0,
        token_hash,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes away a device that its vendor does not know any more (NOTE-36, NOTE-39), unless it has registered anew since.
///
/// # Errors
/// When the database refuses.
pub async fn forget_device(pool: &PgPool, device: &Device) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM transaction.notification_devices WHERE id = $1 AND sealed_token = $2",
        device.id,
        device.sealed_token,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// A person's phones, or browsers.
///
/// # Errors
/// When the database refuses.
pub async fn devices_of(pool: &PgPool, user: UserId, browsers: bool) -> Result<Vec<Device>, sqlx::Error> {
    sqlx::query_as!(
        Device,
        "SELECT id, sealed_token, sealed_keys FROM transaction.notification_devices
         WHERE user_id = $1 AND (platform = 'WEB_PUSH') = $2 ORDER BY created_at, id",
        user.0,
        browsers,
    )
    .fetch_all(pool)
    .await
}
