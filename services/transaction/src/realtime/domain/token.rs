//! The life of a connection's token: a warning before it ends, the end, and a fresh one in time (LIVE-28 to LIVE-31).

use std::time::Duration;

use contracts::identity::{AccessClaims, Role};
use contracts::ids::UserId;
use contracts::socket::TOKEN_WARNING_SECONDS;
use jiff::Timestamp;

/// Who a connection speaks for, and until when.
#[derive(Debug, Clone)]
pub struct Session {
    /// The person; never changes.
    pub user: UserId,
    /// The role of the newest token.
    pub role: Role,
    expires_at: Timestamp,
    warned: bool,
}

/// What is due next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Tell the client that the token ends.
    Warning,
    /// Close.
    End,
}

/// Why a token does not continue a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token belongs to another person")]
pub struct AnotherPerson;

impl Session {
    /// A session on a verified token.
    #[must_use]
    pub fn begin(claims: &AccessClaims) -> Self {
        Self { user: claims.sub, role: claims.role, expires_at: end_of(claims), warned: false }
    }

    /// Goes on with another verified token; `true` when the role changed, so that subscriptions must be looked at again.
    ///
    /// # Errors
    /// When it is another person's.
    pub fn renew(&mut self, claims: &AccessClaims) -> Result<bool, AnotherPerson> {
        if claims.sub != self.user {
            return Err(AnotherPerson);
        }
        let changed = claims.role != self.role;
        *self = Self::begin(claims);
        Ok(changed)
    }

    /// When the token ends.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What comes next and how long until then.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> (Duration, Due) {
        let left = self.expires_at.duration_since(now).as_secs_f64().max(0.0);
        if self.warned {
            (Duration::from_secs_f64(left), Due::End)
        } else {
            (Duration::from_secs_f64((left - TOKEN_WARNING_SECONDS as f64).max(0.0)), Due::Warning)
        }
    }

    /// The warning was sent.
    pub const fn warned(&mut self) {
        self.warned = true;
    }
}

fn end_of(claims: &AccessClaims) -> Timestamp {
    Timestamp::from_second(claims.exp).unwrap_or(Timestamp::MIN)
}
