//! What admins send and get: the same in every service, so that one page can show them all.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::plain_text;

/// What has become of a parked message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeadLetterState {
    /// Waits for somebody to look.
    Parked,
    /// Sent once more to its group, which has not answered yet.
    Replaying,
    /// A replay was handled.
    Handled,
    /// Put away.
    Discarded,
}

impl DeadLetterState {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Parked => "PARKED",
            Self::Replaying => "REPLAYING",
            Self::Handled => "HANDLED",
            Self::Discarded => "DISCARDED",
        }
    }

    /// Reads what is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Parked, Self::Replaying, Self::Handled, Self::Discarded].into_iter().find(|state| state.as_str() == text)
    }
}

/// Which parked messages are asked for.
#[derive(Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DeadLettersQuery {
    /// Only those in this state.
    #[garde(skip)]
    #[param(inline)]
    pub state: Option<DeadLetterState>,
    /// Only those of this topic.
    #[garde(inner(length(chars, max = 249)))]
    #[param(max_length = 249, example = "booking-events")]
    pub topic: Option<String>,
    /// Only those that this group has parked.
    #[garde(inner(length(chars, max = 249)))]
    #[param(max_length = 249, example = "transaction.bookings")]
    pub consumer_group: Option<String>,
    #[garde(inner(range(max = 1_000_000)))]
    #[param(minimum = 0, maximum = 1_000_000, default = 0)]
    page: Option<u32>,
    #[garde(inner(range(min = 1, max = 100)))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<u32>,
}

impl DeadLettersQuery {
    /// Which page, from 0 on.
    #[must_use]
    pub fn page(&self) -> u32 {
        self.page.unwrap_or(0)
    }

    /// How many on a page.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size.unwrap_or(20)
    }
}

/// A message that its group failed to handle too often.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    pub id: Uuid,
    /// Who parked it.
    pub consumer_group: String,
    pub topic: String,
    /// What its messages are in order with.
    pub key: String,
    /// Id under which it first came.
    pub event_id: Uuid,
    /// Null when the message is no envelope.
    pub event_type: Option<String>,
    /// The last failure, without secrets and addresses.
    pub error: String,
    /// Attempts in all, those of replays included.
    pub attempts: i32,
    /// How often it was sent again.
    pub replays: i32,
    pub state: DeadLetterState,
    /// When it was last parked.
    pub parked_at: Timestamp,
    /// When its state last changed; null as long as nobody did anything.
    pub changed_at: Option<Timestamp>,
}

/// A parked message with what it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterDetail {
    #[serde(flatten)]
    pub letter: DeadLetter,
    /// The message with everything personal masked.
    #[schema(value_type = Object)]
    pub payload: Value,
}

/// One page of parked messages, what was parked last first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLettersPage {
    pub content: Vec<DeadLetter>,
    pub page: u32,
    pub size: u32,
    pub total_elements: i64,
}

/// Which ones to send again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayRequest {
    #[garde(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    pub ids: Vec<Uuid>,
}

/// Why a message is put away.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscardRequest {
    /// For the audit log.
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

impl DiscardRequest {
    /// The reason as plain text; none when nothing is left of it.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        Some(plain_text::lines(&self.reason)).filter(|reason| !reason.is_empty())
    }
}

/// What became of it.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplayResult {
    /// On their way to the group that parked them.
    pub replayed: Vec<Uuid>,
    /// Not there, not parked any more, or unreadable; nothing happened to them.
    pub skipped: Vec<Uuid>,
}
