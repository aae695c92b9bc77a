//! What payout accounts tell the rest of the platform.

use contracts::events::{AlertMetadata, AlertType, SecurityAlert, Severity, StripeConnectStatusChanged};
use contracts::identity::ConnectStatus;
use contracts::ids::CourtId;
use jiff::Timestamp;
use sqlx::PgConnection;

use super::domain::PayoutAccount;
use crate::outbox;
use crate::state::AppState;

/// PAY-54: the other service allows bookings and captures by this.
pub async fn append_status_changed(
    state: &AppState,
    connection: &mut PgConnection,
    account: &PayoutAccount,
    previous: ConnectStatus,
    courts: Vec<CourtId>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let event = StripeConnectStatusChanged {
        court_owner_id: account.owner,
        stripe_connect_account_id: account.stripe_account_id.clone(),
        previous_status: previous,
        new_status: account.status,
        requires_action: Some(account.requires_action),
        restriction_reason: account.restriction_reason.clone(),
        affected_court_ids: Some(courts),
    };
    outbox::append(&state.env, connection, event, now).await
}

/// PAY-38: a webhook with a good signature that is too old was recorded somewhere and sent again.
pub async fn append_replay_alert(
    state: &AppState,
    connection: &mut PgConnection,
    ip: String,
    now: Timestamp,
) -> anyhow::Result<()> {
    let alert = SecurityAlert {
        alert_type: AlertType::WebhookReplay,
        severity: Severity::Medium,
        user_id: None,
        ip_address: Some(ip),
        description: "A Connect webhook was signed more than five minutes ago and was refused.".to_owned(),
        metadata: Some(AlertMetadata {
            endpoint: Some("/api/webhooks/stripe-connect".to_owned()),
            ..AlertMetadata::default()
        }),
    };
    outbox::append(&state.env, connection, alert, now).await
}
