//! How owners are taxed and what they subscribe to, for receipts and shares. It computes nothing.

use contracts::identity::SubscriptionStatus;
use contracts::ids::UserId;
use sqlx::PgConnection;

/// How an owner is taxed, for receipts (PAY-35), and what they subscribe to (PAY-09).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerBilling {
    /// Whether receipts show a tax line.
    pub vat_registered: bool,
    /// The number on it.
    pub vat_number: Option<String>,
    /// What the owner subscribes to.
    pub subscription: SubscriptionStatus,
}

/// One owner's billing facts.
///
/// # Errors
/// When the database refuses.
pub async fn owner_billing(connection: &mut PgConnection, owner: UserId) -> Result<Option<OwnerBilling>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT vat_registered AS "vat_registered!", vat_number, subscription_status AS "subscription_status!"
           FROM platform.v_owner_billing WHERE owner_id = $1"#,
        owner.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| OwnerBilling {
        vat_registered: row.vat_registered,
        vat_number: row.vat_number,
        subscription: row.subscription_status.parse().unwrap_or(SubscriptionStatus::None),
    }))
}
