//! When a sign-in needs more than the provider's word: an unknown origin (SEC-05) or a second factor (AUTH-34). Pure.

use jiff::{SignedDuration, Timestamp};

/// What still has to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A code of the authenticator app, or a recovery code.
    SecondFactor,
    /// The code that was mailed.
    MailedCode,
}

impl Proof {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "SECOND_FACTOR",
            Self::MailedCode => "MAILED_CODE",
        }
    }

    pub fn from_stored(text: &str) -> Option<Self> {
        [Self::SecondFactor, Self::MailedCode].into_iter().find(|proof| proof.as_str() == text)
    }

    /// How long there is for it. AUTH-36 says it for the second factor; a mail needs longer to be found.
    pub fn lifetime(self) -> SignedDuration {
        match self {
            Self::SecondFactor => SignedDuration::from_mins(5),
            Self::MailedCode => SignedDuration::from_mins(15),
        }
    }
}

/// Wrong codes after which a challenge is dead (AUTH-36).
pub const MOST_WRONG_TRIES: i32 = 5;

/// What earlier sign-ins of a person say about a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginHistory {
    pub device_known: bool,
    pub address_known: bool,
    /// Nothing when this sign-in, or every earlier one, came from a country nobody could name.
    pub country_known: Option<bool>,
}

impl OriginHistory {
    /// SEC-05: all three must be new. Without a country to compare nothing is suspicious.
    pub fn is_suspicious(self) -> bool {
        !self.device_known && !self.address_known && self.country_known == Some(false)
    }
}

/// The next proof a sign-in needs. The mail comes first: whoever cannot read it need not be asked for a code.
pub fn next_proof(suspicious: bool, second_factor_on: bool) -> Option<Proof> {
    if suspicious { Some(Proof::MailedCode) } else { second_factor_on.then_some(Proof::SecondFactor) }
}

/// A challenge as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChallengeState {
    pub wrong_tries: i32,
    pub expires_at: Timestamp,
    pub passed: bool,
}

impl ChallengeState {
    /// AUTH-36: it dies of time, of wrong tries and of success.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.passed && self.wrong_tries < MOST_WRONG_TRIES && now < self.expires_at
    }
}

/// Six digits out of eight random bytes. The bias of the remainder is below one in a million million.
pub fn mailed_code(entropy: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(entropy) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// SEC-05: device, address and country must all be unknown; two of three are not enough.
    #[test]
    fn only_all_three_are_suspicious() {
        for device_known in [true, false] {
            for address_known in [true, false] {
                for country_known in [Some(true), Some(false), None] {
                    let history = OriginHistory { device_known, address_known, country_known };
                    let all_new = !device_known && !address_known && country_known == Some(false);
                    assert_eq!(history.is_suspicious(), all_new, "{history:?}");
                }
            }
        }
    }

    /// AUTH-34, SEC-05: nobody is asked for a code who needs none, and a stranger is asked for the mail first.
    #[test]
    fn proofs_come_in_order() {
        assert_eq!(next_proof(false, false), None);
        assert_eq!(next_proof(false, true), Some(Proof::SecondFactor));
        assert_eq!(next_proof(true, true), Some(Proof::MailedCode));
        assert_eq!(next_proof(true, false), Some(Proof::MailedCode));
    }

    /// AUTH-36: five minutes, five tries, one success.
    #[test]
    fn a_challenge_dies() {
        let begun = Timestamp::UNIX_EPOCH;
        let end = begun + Proof::SecondFactor.lifetime();
        let fresh = ChallengeState { wrong_tries: 0, expires_at: end, passed: false };
        assert!(fresh.is_open(end - SignedDuration::from_secs(1)));
        assert!(!fresh.is_open(end));
        assert!(ChallengeState { wrong_tries: 4, ..fresh }.is_open(begun));
        assert!(!ChallengeState { wrong_tries: 5, ..fresh }.is_open(begun));
        assert!(!ChallengeState { passed: true, ..fresh }.is_open(begun));
        assert_eq!(end.duration_since(begun), SignedDuration::from_mins(5));
    }

    proptest! {
        #[test]
        fn mailed_codes_are_six_digits(entropy in any::<[u8; 8]>()) {
            let code = mailed_code(entropy);
            prop_assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()));
        }
    }
}
