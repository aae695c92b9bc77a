//! Sessions and refresh tokens: which token still counts, and which session gives way to a new one.

use contracts::ids::SessionId;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// What is known of the device that signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Chosen by the client and stable on the device; a made-up one where the client sends none.
    pub id: String,
    pub info: Option<String>,
    pub ip: Option<String>,
    /// Where the address is, when the ingress says so.
    pub country: Option<String>,
}

impl Device {
    /// Keeps what a client tells about itself within bounds; it is shown to the person later, never trusted.
    pub fn describe(id: Option<&str>, info: Option<&str>, ip: Option<String>, otherwise: Uuid) -> Self {
        let bounded = |text: &str, limit: usize| -> Option<String> {
            let kept: String = text.trim().chars().filter(|character| !character.is_control()).take(limit).collect();
            (!kept.is_empty()).then_some(kept)
        };
        Self {
            id: id.and_then(|text| bounded(text, 100)).unwrap_or_else(|| otherwise.to_string()),
            info: info.and_then(|text| bounded(text, 300)),
            ip,
            country: None,
        }
    }

    /// The same device in a country; anything but a code of two letters is no country.
    #[must_use]
    pub fn in_country(mut self, code: Option<&str>) -> Self {
        let code =
            code.map(str::trim).filter(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()));
        self.country = code.map(str::to_ascii_uppercase);
        self
    }
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    LoggedOut,
    /// The same device signed in again.
    Replaced,
    DeviceLimit,
    /// The person ended it from another device.
    Revoked,
    Replayed,
    AccountClosed,
    /// An owner did nothing for too long (AUTH-28).
    Idle,
    /// An admin gave the person another role.
    RoleChanged,
}

impl EndReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoggedOut => "LOGGED_OUT",
            Self::Replaced => "REPLACED",
            Self::DeviceLimit => "DEVICE_LIMIT",
            Self::Revoked => "REVOKED",
            Self::Replayed => "REPLAYED",
            Self::AccountClosed => "ACCOUNT_CLOSED",
            Self::Idle => "IDLE",
            Self::RoleChanged => "ROLE_CHANGED",
        }
    }
}

/// A session that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    pub id: SessionId,
    pub device_id: String,
    pub device_info: Option<String>,
    pub ip: Option<String>,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

/// Which live sessions end when `device_id` signs in: its own old one, and the oldest ones beyond the limit.
///
/// AUTH-25, AUTHZ-05: after the sign-in at most `limit` sessions live.
pub fn sessions_giving_way(live: &[LiveSession], device_id: &str, limit: usize) -> Vec<(SessionId, EndReason)> {
    let (same_device, mut others): (Vec<_>, Vec<_>) = live.iter().partition(|session| session.device_id == device_id);
    others.sort_by_key(|session| (session.created_at, session.id));
    let excess = (others.len() + 1).saturating_sub(limit.max(1));
    let replaced = same_device.into_iter().map(|session| (session.id, EndReason::Replaced));
    let oldest = others.into_iter().take(excess).map(|session| (session.id, EndReason::DeviceLimit));
    replaced.chain(oldest).collect()
}

/// A refresh token as stored, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefreshToken {
    pub id: Uuid,
    pub session_id: SessionId,
    /// When the session was last used for anything.
    pub session_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub rotated_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshVerdict {
    /// Exchange it for a new pair.
    Rotate,
    /// It was exchanged before: somebody holds a copy (AUTH-22).
    Replayed,
    Revoked,
    Expired,
}

impl StoredRefreshToken {
    /// Judges a presented token. Having been exchanged outweighs everything else: even an expired or revoked copy
    /// in use says that two parties hold what one was given.
    pub fn judge(&self, now: Timestamp) -> RefreshVerdict {
        if self.rotated_at.is_some() {
            RefreshVerdict::Replayed
        } else if self.revoked_at.is_some() {
            RefreshVerdict::Revoked
        } else if self.expires_at <= now {
            RefreshVerdict::Expired
        } else {
            RefreshVerdict::Rotate
        }
    }

    /// AUTH-28: whether nothing was done with the session for `limit`.
    pub fn is_idle(&self, limit: SignedDuration, now: Timestamp) -> bool {
        now.duration_since(self.session_used_at) >= limit
    }
}

/// Hides the part of an address that tells the household (AUTH-26): the last number of IPv4, all but the first two
/// groups of IPv6.
pub fn mask_ip(ip: &str) -> String {
    match ip.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.***")
        }
        Ok(std::net::IpAddr::V6(address)) => {
            let [a, b, ..] = address.segments();
            format!("{a:x}:{b:x}:****")
        }
        Err(_) => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn session(number: u128, device: &str, created: i64) -> LiveSession {
        LiveSession {
            id: SessionId(Uuid::from_u128(number)),
            device_id: device.to_owned(),
            device_info: None,
            ip: None,
            created_at: at(created),
            last_used_at: at(created),
        }
    }

    fn token() -> StoredRefreshToken {
        StoredRefreshToken {
            id: Uuid::from_u128(1),
            session_id: SessionId(Uuid::from_u128(2)),
            session_used_at: at(0),
            expires_at: at(100),
            rotated_at: None,
            revoked_at: None,
        }
    }

    /// AUTH-25: the sixth sign-in ends the oldest session and only that one.
    #[test]
    fn the_oldest_session_gives_way() {
        let live: Vec<_> = (0..5).map(|n| session(n, &format!("device-{n}"), 50 - n as i64)).collect();
        let ended = sessions_giving_way(&live, "device-new", 5);
        assert_eq!(ended, vec![(SessionId(Uuid::from_u128(4)), EndReason::DeviceLimit)]);
    }

    /// AUTH-25: signing in again on a known device costs nobody else the session.
    #[test]
    fn the_same_device_is_not_counted_twice() {
        let live: Vec<_> = (0..5).map(|n| session(n, &format!("device-{n}"), n as i64)).collect();
        let ended = sessions_giving_way(&live, "device-3", 5);
        assert_eq!(ended, vec![(SessionId(Uuid::from_u128(3)), EndReason::Replaced)]);
    }

    proptest! {
        /// AUTH-25, AUTHZ-05: whatever lived before, at most `limit` sessions live after, and no younger session
        /// of another device ends before an older one.
        #[test]
        fn the_limit_holds(devices in prop::collection::vec((0u8..12, 0i64..50), 0..20), limit in 1usize..8) {
            let live: Vec<_> = devices
                .iter()
                .enumerate()
                .map(|(n, (device, created))| session(n as u128, &format!("device-{device}"), *created))
                .collect();
            let ended = sessions_giving_way(&live, "device-0", limit);
            prop_assert!(live.len() - ended.len() < limit);
            let is_ended = |session: &LiveSession| ended.iter().any(|(id, _)| *id == session.id);
            for old in live.iter().filter(|session| !is_ended(session)) {
                for young in live.iter().filter(|session| session.device_id != "device-0" && is_ended(session)) {
                    prop_assert!(young.created_at <= old.created_at);
                }
            }
        }
    }

    /// AUTH-21..23: fresh tokens rotate; used, revoked and expired ones do not.
    #[test]
    fn a_token_is_judged_by_its_history() {
        assert_eq!(token().judge(at(99)), RefreshVerdict::Rotate);
        assert_eq!(token().judge(at(100)), RefreshVerdict::Expired);
        let revoked = StoredRefreshToken { revoked_at: Some(at(1)), ..token() };
        assert_eq!(revoked.judge(at(2)), RefreshVerdict::Revoked);
        let rotated = StoredRefreshToken { rotated_at: Some(at(1)), ..revoked };
        assert_eq!(rotated.judge(at(200)), RefreshVerdict::Replayed);
    }

    /// AUTH-28: half an hour without a call ends an owner's session, a second less does not.
    #[test]
    fn a_session_is_idle_by_the_clock() {
        let limit = SignedDuration::from_mins(30);
        assert!(!token().is_idle(limit, at(1799)));
        assert!(token().is_idle(limit, at(1800)));
    }

    /// SEC-05: a country is a code of two letters or nothing.
    #[test]
    fn countries_are_codes() {
        let device = |code| Device::describe(None, None, None, Uuid::from_u128(7)).in_country(code).country;
        assert_eq!(device(Some(" gr ")), Some("GR".to_owned()));
        for nonsense in [None, Some(""), Some("GRC"), Some("4R"), Some("Ελ")] {
            assert_eq!(device(nonsense), None);
        }
    }

    /// AUTH-26: an address is shown only in part.
    #[test]
    fn addresses_are_masked() {
        assert_eq!(mask_ip("203.0.113.77"), "203.0.113.***");
        assert_eq!(mask_ip("2001:db8:1:2::9"), "2001:db8:****");
        assert_eq!(mask_ip("unix"), "***");
    }

    /// AUTH-20: what a client says of itself is kept within bounds.
    #[test]
    fn device_texts_are_bounded() {
        let device = Device::describe(Some(" \u{0}"), Some(&"x".repeat(999)), None, Uuid::from_u128(7));
        assert_eq!(device.id, Uuid::from_u128(7).to_string());
        assert_eq!(device.info.map(|text| text.len()), Some(300));
    }
}
