//! What travels over `/ws`: destinations, the messages of server and client, close codes and limits.
//!
//! Frames, subscriptions and who may have which are the business of the realtime slice of transaction; this module
//! only says how things look. No availability or match message carries a person (LIVE-12, LIVE-32, LIVE-35).

mod messages;

pub use messages::*;

use crate::identity::Role;
use crate::ids::CourtId;

/// Where clients connect.
pub const ENDPOINT: &str = "/ws";
/// Heartbeats in both directions (LIVE-27).
pub const HEARTBEAT_SECONDS: u32 = 30;
/// Missed heartbeats before the connection is closed (LIVE-27).
pub const MISSED_HEARTBEATS: u32 = 2;
/// Largest incoming message (LIVE-51).
pub const MAX_MESSAGE_BYTES: usize = 65_536;
/// Incoming messages per second and connection, heartbeats not counted (LIVE-52).
pub const MAX_MESSAGES_PER_SECOND: u32 = 10;
/// The invalid message with this number closes the connection (LIVE-50).
pub const MAX_INVALID_MESSAGES: u32 = 3;
/// Connections of one instance, unless configured otherwise (LIVE-26).
pub const MAX_CONNECTIONS: u32 = 10_000;
/// Days of a snapshot, today included (LIVE-42).
pub const SNAPSHOT_DAYS: u32 = 14;
/// How long before the end of a token the client is told (LIVE-28).
pub const TOKEN_WARNING_SECONDS: i64 = 60;

/// Why the server closes a connection (LIVE-49, LIVE-51).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// A message over the limit; the WebSocket protocol's own number.
    MessageTooLarge = 1009,
    /// The token ran out and no good one followed.
    AuthenticationExpired = 4001,
    /// A destination that this role may not have.
    AuthorizationDenied = 4002,
    /// Too many messages, again and again.
    RateLimitExceeded = 4003,
    /// Too many invalid messages.
    InvalidMessages = 4004,
    /// The instance stops; connect again.
    ServerShutdown = 4005,
}

impl CloseCode {
    /// Every code.
    pub const ALL: &'static [Self] = &[
        Self::MessageTooLarge,
        Self::AuthenticationExpired,
        Self::AuthorizationDenied,
        Self::RateLimitExceeded,
        Self::InvalidMessages,
        Self::ServerShutdown,
    ];

    /// The number in the close frame.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// Text of the close frame, at most 123 bytes as the protocol asks.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::MessageTooLarge => "message too large",
            Self::AuthenticationExpired => "authentication expired",
            Self::AuthorizationDenied => "not allowed to have this destination",
            Self::RateLimitExceeded => "too many messages",
            Self::InvalidMessages => "too many invalid messages",
            Self::ServerShutdown => "server is shutting down, connect again",
        }
    }
}

/// Where messages come from and go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    /// Free and taken slots of one court.
    CourtAvailability(CourtId),
    /// Open matches on one court.
    CourtMatches(CourtId),
    /// The caller's bookings, or those on the caller's courts.
    Bookings,
    /// The caller's messages.
    Notifications,
    /// The caller's matches.
    Matches,
    /// The caller's connection; arrives without subscribing (LIVE-36).
    System,
}

impl Destination {
    /// The patterns of all destinations, with the roles that may subscribe.
    pub const PATTERNS: &'static [(&'static str, &'static [Role])] = &[
        ("/topic/courts/{courtId}/availability", Role::ALL),
        ("/user/queue/bookings", &[Role::Customer, Role::CourtOwner]),
        ("/user/queue/notifications", Role::ALL),
        ("/topic/courts/{courtId}/matches", &[Role::Customer, Role::CourtOwner]),
        ("/user/queue/matches", &[Role::Customer]),
        ("/user/queue/system", Role::ALL),
    ];

    /// The one destination clients may SEND to (LIVE-40).
    pub const TOKEN_REFRESH: &'static str = "/app/token-refresh";

    /// Reads the header of a SUBSCRIBE frame; `None` for anything else than the six destinations.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "/user/queue/bookings" => Some(Self::Bookings),
            "/user/queue/notifications" => Some(Self::Notifications),
            "/user/queue/matches" => Some(Self::Matches),
            "/user/queue/system" => Some(Self::System),
            _ => {
                let (court, subject) = text.strip_prefix("/topic/courts/")?.split_once('/')?;
                let court = court.parse().ok()?;
                match subject {
                    "availability" => Some(Self::CourtAvailability(court)),
                    "matches" => Some(Self::CourtMatches(court)),
                    _ => None,
                }
            }
        }
    }

    /// Its row in [`Destination::PATTERNS`].
    const fn pattern(self) -> &'static (&'static str, &'static [Role]) {
        match self {
            Self::CourtAvailability(_) => &Self::PATTERNS[0],
            Self::Bookings => &Self::PATTERNS[1],
            Self::Notifications => &Self::PATTERNS[2],
            Self::CourtMatches(_) => &Self::PATTERNS[3],
            Self::Matches => &Self::PATTERNS[4],
            Self::System => &Self::PATTERNS[5],
        }
    }

    /// Whether a role may subscribe (LIVE-32 to LIVE-36).
    #[must_use]
    pub fn allows(self, role: Role) -> bool {
        self.pattern().1.contains(&role)
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CourtAvailability(court) => write!(formatter, "/topic/courts/{court}/availability"),
            Self::CourtMatches(court) => write!(formatter, "/topic/courts/{court}/matches"),
            other => formatter.write_str(other.pattern().0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LIVE-39: anything else than the six destinations is unknown, a court id that is none included.
    #[test]
    fn destinations_read_back_and_others_are_unknown() {
        let court = "0198c3de-7a10-7000-8000-0000000000aa".parse().expect("a UUID");
        for destination in [
            Destination::CourtAvailability(court),
            Destination::CourtMatches(court),
            Destination::Bookings,
            Destination::Notifications,
            Destination::Matches,
            Destination::System,
        ] {
            assert_eq!(Destination::parse(&destination.to_string()), Some(destination));
            let pattern = destination.pattern().0.replace("{courtId}", &court.to_string());
            assert_eq!(destination.to_string(), pattern, "each destination points at its own pattern");
        }
        for unknown in [
            "",
            "/topic/courts/7/availability",
            "/topic/courts/availability",
            "/user/queue/bookings/1",
            "/app/token-refresh",
        ] {
            assert_eq!(Destination::parse(unknown), None, "{unknown}");
        }
    }

    /// LIVE-33, LIVE-35: staff get no bookings, only customers get match queues.
    #[test]
    fn roles_are_those_of_the_matrix() {
        let may = |destination: Destination| -> Vec<Role> {
            Role::ALL.iter().copied().filter(|role| destination.allows(*role)).collect()
        };
        assert_eq!(may(Destination::Bookings), [Role::Customer, Role::CourtOwner]);
        assert_eq!(may(Destination::Matches), [Role::Customer]);
        assert_eq!(may(Destination::System), Role::ALL);
        assert_eq!(may(Destination::Notifications), Role::ALL);
    }

    /// LIVE-49: the text of a close frame fits into it.
    #[test]
    fn close_reasons_fit_into_the_frame() {
        for code in CloseCode::ALL {
            assert!(code.reason().len() <= 123);
        }
    }
}
