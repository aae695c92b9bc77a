//! One type per kind of id, so that a court can never be passed where a booking is meant.
//!
//! Ids are version 7 UUIDs made by `kit::ids`; this module only names and prints them. Stores take the UUID with `.0`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Text, parsing and conversion of an id are those of the UUID inside.
macro_rules! as_uuid {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, formatter)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

/// A person with an account, whatever the role; owners and staff are users too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct UserId(pub Uuid);

impl UserId {
    /// Whoever has not signed in: no account ever has this id.
    pub const NOBODY: Self = Self(Uuid::nil());
}

/// One chain of rotated refresh tokens on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct SessionId(pub Uuid);

/// One bookable field of one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct CourtId(pub Uuid);

/// A block of a date, or of a part of it, on one court.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct OverrideId(pub Uuid);

/// A court on its way to another owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct CourtTransferId(pub Uuid);
/// A holiday template, national or an owner's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct HolidayId(pub Uuid);

/// A booking, and before that the hold it grew out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct BookingId(pub Uuid);

/// A hold on a slot while it is being paid; it keeps this id when it becomes a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct HoldId(pub Uuid);

/// The instances of one weekly series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct RecurringGroupId(pub Uuid);

/// One payment row, that is one PaymentIntent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct PaymentId(pub Uuid);

/// One event on the bus; consumers recognise repeats by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct EventId(pub Uuid);

/// One message to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct NotificationId(pub Uuid);

/// An open match around a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct MatchId(pub Uuid);

/// One person's place in the queue for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct WaitlistEntryId(pub Uuid);

/// A support ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct TicketId(pub Uuid);

/// A promo code of the platform or of an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct PromoCodeId(pub Uuid);

/// What an owner wants to be reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct ReminderRuleId(pub Uuid);

/// A reminder rule and the booking it matches, or the court where the rule is about a court.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct ReminderAlertId(pub Uuid);

as_uuid!(
    UserId,
    SessionId,
    CourtId,
    OverrideId,
    CourtTransferId,
    HolidayId,
    BookingId,
    HoldId,
    RecurringGroupId,
    PaymentId,
    EventId,
    NotificationId,
    MatchId,
    WaitlistEntryId,
    TicketId,
    PromoCodeId,
    ReminderRuleId,
    ReminderAlertId,
);

impl From<HoldId> for BookingId {
    /// A hold that is paid becomes the booking of the same id.
    fn from(hold: HoldId) -> Self {
        Self(hold.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_bare_uuid_on_the_wire() {
        let text = "0198c3de-7a10-7000-8000-0000000000aa";
        let court: CourtId = text.parse().expect("a UUID");
        assert_eq!(court.to_string(), text);
        assert_eq!(serde_json::to_value(court).expect("prints"), serde_json::json!(text));
        assert_eq!(serde_json::from_value::<CourtId>(serde_json::json!(text)).expect("parses"), court);
        assert!("court-7".parse::<CourtId>().is_err());
    }
}
