//! `match-events`: open matches, for the map, the search and the sockets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{BrokenRule, Limits, forward, require, within};
use crate::booking::Slot;
use crate::court::{CourtType, LocationType};
use crate::ids::{BookingId, CourtId, MatchId, UserId};
use crate::money::Cents;
use crate::wire_text::wire_text;

/// A match opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchCreated {
    /// The match.
    pub match_id: MatchId,
    /// The booking it is played in.
    pub booking_id: BookingId,
    /// The court.
    pub court_id: CourtId,
    /// Who opened it.
    pub creator_user_id: UserId,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// Sport.
    pub court_type: CourtType,
    /// Under a roof or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_type: Option<LocationType>,
    /// Places.
    pub max_players: i32,
    /// Places taken.
    pub current_players: i32,
    /// Skill of the creator, 1 to 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 7))]
    pub creator_skill_level: Option<i32>,
    /// Least skill asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 7), extend("nullable" = true))]
    pub skill_range_min: Option<i32>,
    /// Most skill asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 7), extend("nullable" = true))]
    pub skill_range_max: Option<i32>,
    /// Whoever asks is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_accept: Option<bool>,
    /// Share of each player.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_player_cents: Option<Cents>,
    /// Where the court is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Where the court is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

impl Limits for MatchCreated {
    fn limits(&self) -> Result<(), BrokenRule> {
        const SKILL: &str = "between 1 and 7";
        forward(&self.slot)?;
        require(self.current_players <= self.max_players, "currentPlayers", "at most maxPlayers")?;
        within(self.creator_skill_level, 1, 7, "creatorSkillLevel", SKILL)?;
        within(self.skill_range_min, 1, 7, "skillRangeMin", SKILL)?;
        within(self.skill_range_max, 1, 7, "skillRangeMax", SKILL)?;
        // A comparison with NaN is false, so these two also keep out what JSON cannot write.
        within(self.latitude, -90.0, 90.0, "latitude", "between -90 and 90")?;
        within(self.longitude, -180.0, 180.0, "longitude", "between -180 and 180")
    }
}

/// What about a match changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum MatchChange {
    /// Somebody came.
    PlayerJoined,
    /// Somebody went.
    PlayerLeft,
    /// The creator changed a setting.
    SettingsChanged,
}

wire_text!(MatchChange {
    PlayerJoined => "PLAYER_JOINED",
    PlayerLeft => "PLAYER_LEFT",
    SettingsChanged => "SETTINGS_CHANGED",
});

/// Players or settings of a match changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchUpdated {
    /// The match.
    pub match_id: MatchId,
    /// The court.
    pub court_id: CourtId,
    /// What changed.
    pub update_type: MatchChange,
    /// Places taken.
    pub current_players: i32,
    /// Places.
    pub max_players: i32,
    /// Share of each player.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_player_cents: Option<Cents>,
    /// Who came or went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub affected_user_id: Option<UserId>,
}

impl Limits for MatchUpdated {
    fn limits(&self) -> Result<(), BrokenRule> {
        require(self.current_players <= self.max_players, "currentPlayers", "at most maxPlayers")
    }
}

/// Why a match takes nobody any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum MatchCloseReason {
    /// No place left.
    Full,
    /// Called off by its creator.
    Cancelled,
    /// Its time came.
    Expired,
    /// Its booking is gone.
    BookingCancelled,
}

wire_text!(MatchCloseReason {
    Full => "FULL",
    Cancelled => "CANCELLED",
    Expired => "EXPIRED",
    BookingCancelled => "BOOKING_CANCELLED",
});

/// A match takes nobody any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchClosed {
    /// The match.
    pub match_id: MatchId,
    /// The court.
    pub court_id: CourtId,
    /// Why.
    pub close_reason: MatchCloseReason,
}

impl Limits for MatchClosed {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<MatchChange>();
        agrees_with_serde::<MatchCloseReason>();
    }
}
