//! Who hears of verifications: the reviewers of what waits for them, the owner of what was decided.

use contracts::events::{Channel, NotificationData, NotificationType, Urgency};
use contracts::ids::UserId;
use jiff::Timestamp;
use kit::Env;
use sqlx::PgConnection;

use super::texts::{self, Text};
use crate::notices::{self, Notice};

/// Where the portal shows the queue to reviewers.
const QUEUE: &str = "/admin/verifications";
/// Where the portal shows an owner the own verification, and lets them submit again.
const OWN: &str = "/verification";

/// Tells each of the reviewers. The contract has no type for it; a reminder is the nearest.
pub async fn tell_reviewers(
    connection: &mut PgConnection,
    env: &Env,
    reviewers: &[UserId],
    text: &Text,
    now: Timestamp,
) -> anyhow::Result<()> {
    for reviewer in reviewers {
        let notice = notice(*reviewer, NotificationType::ReminderAlert, text.clone(), QUEUE, None);
        notices::request(connection, env, notice, now).await?;
    }
    Ok(())
}

/// COURT-50.
pub async fn tell_approved(
    connection: &mut PgConnection,
    env: &Env,
    owner: UserId,
    now: Timestamp,
) -> anyhow::Result<()> {
    let channels = Some(vec![Channel::Email, Channel::InApp]);
    let notice = notice(owner, NotificationType::VerificationApproved, texts::approved(), OWN, channels);
    notices::request(connection, env, notice, now).await
}

/// COURT-51: by mail and in the app, with the reason and the way to submit again.
pub async fn tell_rejected(
    connection: &mut PgConnection,
    env: &Env,
    owner: UserId,
    reason: &str,
    now: Timestamp,
) -> anyhow::Result<()> {
    let channels = Some(vec![Channel::Email, Channel::InApp]);
    let notice = notice(owner, NotificationType::VerificationRejected, texts::rejected(reason), OWN, channels);
    notices::request(connection, env, notice, now).await
}

fn notice(to: UserId, kind: NotificationType, text: Text, deep_link: &str, channels: Option<Vec<Channel>>) -> Notice {
    Notice {
        to,
        kind,
        urgency: Urgency::Standard,
        title: text.title,
        body: text.body,
        data: NotificationData { deep_link: Some(deep_link.to_owned()), ..NotificationData::default() },
        channels,
    }
}
