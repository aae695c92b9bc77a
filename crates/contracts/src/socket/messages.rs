//! The messages themselves, those of the server and the one of the client.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CloseCode;
use crate::booking::{CancelledBy, PaymentStatus};
use crate::court::{SlotStatus, TimeOfDay};
use crate::events::{NotificationData, NotificationType, Urgency};
use crate::ids::{BookingId, CourtId, MatchId, NotificationId, UserId};
use crate::money::Cents;
use crate::wire_text::wire_text;

/// One slot of a day, without price and without any person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct LiveSlot {
    /// Court-local start.
    pub start_time: TimeOfDay,
    /// Court-local end.
    pub end_time: TimeOfDay,
    /// Free or not, and why not.
    pub status: SlotStatus,
    /// Only with `HELD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub hold_expires_at: Option<Timestamp>,
}

/// The slots of one date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct LiveDay {
    /// Court-local date.
    pub date: Date,
    /// Slots in order of start.
    pub slots: Vec<LiveSlot>,
}

/// The whole of one changed day; it replaces what the client knows of that day (LIVE-41).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityUpdate {
    /// The court.
    pub court_id: CourtId,
    /// Court-local date.
    pub date: Date,
    /// Slots in order of start.
    pub slots: Vec<LiveSlot>,
    /// When this state was read.
    pub timestamp: Timestamp,
    /// Trace of the request that changed it.
    pub trace_id: String,
}

/// All days a client can see, sent on every subscription to a court (LIVE-42).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilitySnapshot {
    /// The court.
    pub court_id: CourtId,
    /// One entry per date from today on.
    pub dates: Vec<LiveDay>,
    /// When this state was read; no older update follows (LIVE-43).
    pub timestamp: Timestamp,
    /// Trace of the subscription.
    pub trace_id: String,
}

/// The states of a booking that are announced; a hold is none of them (LIVE-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum AnnouncedStatus {
    /// Waits for the owner.
    PendingConfirmation,
    /// Stands.
    Confirmed,
    /// Called off.
    Cancelled,
    /// Refused.
    Rejected,
    /// Played.
    Completed,
}

wire_text!(AnnouncedStatus {
    PendingConfirmation => "PENDING_CONFIRMATION",
    Confirmed => "CONFIRMED",
    Cancelled => "CANCELLED",
    Rejected => "REJECTED",
    Completed => "COMPLETED",
});

/// A booking changed; goes to its customer and to the court's owner, nobody else (LIVE-37).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingStatusUpdate {
    /// The booking.
    pub booking_id: BookingId,
    /// The court.
    pub court_id: CourtId,
    /// Name of the court in the reader's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_name: Option<String>,
    /// Court-local date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Court-local start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<TimeOfDay>,
    /// Court-local end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<TimeOfDay>,
    /// Now.
    pub status: AnnouncedStatus,
    /// Before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_status: Option<AnnouncedStatus>,
    /// Who called it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub cancelled_by: Option<CancelledBy>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub cancellation_reason: Option<String>,
    /// What the customer gets back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub refund_amount_cents: Option<Cents>,
    /// Where the money stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub payment_status: Option<PaymentStatus>,
    /// Nobody came.
    #[serde(default)]
    #[schemars(extend("optional" = true))]
    pub no_show: bool,
    /// When it changed.
    pub timestamp: Timestamp,
    /// Trace of the request that changed it.
    pub trace_id: String,
}

/// A message to one person, text in their language (LIVE-45).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The message.
    pub notification_id: NotificationId,
    /// About what.
    pub notification_type: NotificationType,
    /// How urgently.
    pub urgency: Urgency,
    /// Headline.
    pub title: String,
    /// Text.
    pub body: String,
    /// Ids and link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<NotificationData>,
    /// When it was asked for.
    pub timestamp: Timestamp,
    /// Trace of what caused it.
    pub trace_id: String,
}

/// What about a match is announced (LIVE-46).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum MatchUpdateType {
    /// Somebody came.
    PlayerJoined,
    /// Somebody went.
    PlayerLeft,
    /// No place left.
    MatchFull,
    /// Called off.
    MatchCancelled,
    /// Its time came.
    MatchExpired,
    /// Somebody asks to join; only to the creator.
    JoinRequestReceived,
    /// They may; only to them.
    JoinRequestApproved,
    /// They may not; only to them.
    JoinRequestDeclined,
}

wire_text!(MatchUpdateType {
    PlayerJoined => "PLAYER_JOINED",
    PlayerLeft => "PLAYER_LEFT",
    MatchFull => "MATCH_FULL",
    MatchCancelled => "MATCH_CANCELLED",
    MatchExpired => "MATCH_EXPIRED",
    JoinRequestReceived => "JOIN_REQUEST_RECEIVED",
    JoinRequestApproved => "JOIN_REQUEST_APPROVED",
    JoinRequestDeclined => "JOIN_REQUEST_DECLINED",
});

/// A match changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchUpdate {
    /// The match.
    pub match_id: MatchId,
    /// The court.
    pub court_id: CourtId,
    /// What happened.
    pub update_type: MatchUpdateType,
    /// Places taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_players: Option<i32>,
    /// Places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_players: Option<i32>,
    /// Share of each player.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_player_cents: Option<Cents>,
    /// Who came or went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub affected_user_id: Option<UserId>,
    /// Their name; only in a person's own queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub affected_user_name: Option<String>,
    /// When.
    pub timestamp: Timestamp,
    /// Trace of what caused it.
    pub trace_id: String,
}

/// The token of the connection ends soon (LIVE-28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenExpiring {
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why an instance stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum ShutdownReason {
    /// A new version.
    Deployment,
    /// Anything else planned.
    Maintenance,
}

wire_text!(ShutdownReason { Deployment => "DEPLOYMENT", Maintenance => "MAINTENANCE" });

/// The instance stops (LIVE-53).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerShutdown {
    /// Why.
    pub reason: ShutdownReason,
    /// When to come back; spread at random so that not everybody comes at once.
    pub reconnect_after_ms: u32,
}

/// Errors on a connection (LIVE-47).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum SocketErrorCode {
    /// The token ran out, or is not of this person.
    AuthExpired,
    /// This role may not have the destination.
    AuthDenied,
    /// Too many messages; this one was dropped.
    RateLimited,
    /// Not understood.
    InvalidMessage,
    /// No such destination.
    InvalidSubscription,
    /// Over the limit.
    MessageTooLarge,
    /// Our fault.
    InternalError,
}

wire_text!(SocketErrorCode {
    AuthExpired => "AUTH_EXPIRED",
    AuthDenied => "AUTH_DENIED",
    RateLimited => "RATE_LIMITED",
    InvalidMessage => "INVALID_MESSAGE",
    InvalidSubscription => "INVALID_SUBSCRIPTION",
    MessageTooLarge => "MESSAGE_TOO_LARGE",
    InternalError => "INTERNAL_ERROR",
});

/// Something about the connection is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SocketError {
    /// What programs compare.
    pub code: SocketErrorCode,
    /// What people read.
    pub message: String,
    /// The connection is closed next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub will_disconnect: Option<bool>,
    /// With which number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub close_code: Option<u16>,
}

impl SocketError {
    /// An error after which the connection goes on.
    #[must_use]
    pub fn harmless(code: SocketErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), will_disconnect: Some(false), close_code: None }
    }

    /// An error after which the server closes the connection.
    #[must_use]
    pub fn fatal(code: SocketErrorCode, message: impl Into<String>, close_code: CloseCode) -> Self {
        Self { code, message: message.into(), will_disconnect: Some(true), close_code: Some(close_code.number()) }
    }
}

/// Everything a server says. `messageType` tells which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "messageType", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ServerMessage {
    /// One changed day of a court.
    AvailabilityUpdate(AvailabilityUpdate),
    /// All visible days of a court.
    AvailabilitySnapshot(AvailabilitySnapshot),
    /// A booking changed.
    BookingStatusUpdate(BookingStatusUpdate),
    /// A message to a person.
    Notification(Notification),
    /// A match changed.
    MatchUpdate(MatchUpdate),
    /// The token ends soon.
    TokenExpiring(TokenExpiring),
    /// The instance stops.
    ServerShutdown(ServerShutdown),
    /// Something is wrong.
    Error(SocketError),
}

/// A fresh token for the connection (LIVE-29).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenRefresh {
    /// Access token of the same person.
    pub token: String,
}

impl std::fmt::Debug for TokenRefresh {
    /// Tokens stay out of logs (LIVE-25).
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenRefresh").finish_non_exhaustive()
    }
}

/// Everything a client may SEND. `messageType` tells which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "messageType", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientMessage {
    /// A fresh token.
    TokenRefresh(TokenRefresh),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<AnnouncedStatus>();
        agrees_with_serde::<MatchUpdateType>();
        agrees_with_serde::<ShutdownReason>();
        agrees_with_serde::<SocketErrorCode>();
    }

    /// LIVE-25: a token in a message never reaches a log line.
    #[test]
    fn a_refresh_does_not_print_its_token() {
        let message: ClientMessage =
            serde_json::from_str(r#"{"messageType":"TOKEN_REFRESH","token":"secret"}"#).expect("reads");
        assert!(!format!("{message:?}").contains("secret"));
        assert!(serde_json::from_str::<ClientMessage>(r#"{"messageType":"PING"}"#).is_err());
    }

    /// LIVE-47, LIVE-49: a fatal error names the number it closes with.
    #[test]
    fn a_fatal_error_names_its_close_code() {
        let error = SocketError::fatal(SocketErrorCode::AuthDenied, "no", CloseCode::AuthorizationDenied);
        let printed = serde_json::to_value(ServerMessage::Error(error)).expect("prints");
        assert_eq!(
            printed,
            serde_json::json!({
                "messageType": "ERROR", "code": "AUTH_DENIED", "message": "no", "willDisconnect": true, "closeCode": 4002
            })
        );
    }
}
