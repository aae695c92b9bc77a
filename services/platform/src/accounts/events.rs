//! What accounts tell the rest of the platform.

use contracts::events::{AlertMetadata, AlertType, SecurityAlert, Severity};
use contracts::ids::UserId;
use jiff::Timestamp;
use sqlx::PgConnection;

use crate::outbox;
use crate::state::AppState;

/// Where a call came from, for alerts and for the session's record.
#[derive(Debug, Clone)]
pub struct Origin {
    pub endpoint: &'static str,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

/// SEC-06: a used refresh token came back, so somebody holds a copy.
pub async fn append_takeover_alert(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    origin: &Origin,
    now: Timestamp,
) -> anyhow::Result<()> {
    let alert = SecurityAlert {
        alert_type: AlertType::AccountTakeover,
        severity: Severity::High,
        user_id: Some(user),
        ip_address: origin.ip.clone(),
        description: "A refresh token that had been exchanged was used again; all sessions were ended.".to_owned(),
        metadata: Some(AlertMetadata {
            endpoint: Some(origin.endpoint.to_owned()),
            user_agent: origin.user_agent.clone(),
            ..AlertMetadata::default()
        }),
    };
    outbox::append(&state.env, connection, alert, now).await
}
