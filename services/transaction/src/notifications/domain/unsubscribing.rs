//! The token in the unsubscribe link of promotional mail: who it is for, signed, so that the link works without signing
//! in and nobody can make one for somebody else. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::ids::UserId;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

const ID_BYTES: usize = 16;
/// Keeps these signatures apart from whatever else the key is used for.
const PURPOSE: &[u8] = b"unsubscribe-from-promotions";

/// Signs and checks tokens.
#[derive(Clone)]
pub struct Unsubscribing(Hmac<Sha256>);

impl Unsubscribing {
    /// With a key of any length.
    ///
    /// # Errors
    /// Never for this algorithm; the type asks for it.
    pub fn new(key: &[u8]) -> anyhow::Result<Self> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key).map_err(|_| anyhow::anyhow!("the signing key cannot be used"))?;
        mac.update(PURPOSE);
        Ok(Self(mac))
    }

    /// The token of a person.
    #[must_use]
    pub fn token(&self, user: UserId) -> String {
        let id = user.0.into_bytes();
        let signature = self.0.clone().chain_update(id).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([id.as_slice(), signature.as_slice()].concat())
    }

    /// Whose token it is; none when it was not signed here.
    #[must_use]
    pub fn person(&self, token: &str) -> Option<UserId> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, signature) = bytes.split_at_checked(ID_BYTES)?;
        self.0.clone().chain_update(id).verify_slice(signature).ok()?;
        Some(UserId(Uuid::from_slice(id).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A token names its person, and no change of it names anybody.
        #[test]
        fn only_signed_tokens_count(id in any::<u128>(), at in 0_usize..48, bit in 0_u32..8) {
            let signing = Unsubscribing::new(b"a key").expect("a key");
            let user = UserId(Uuid::from_u128(id));
            let token = signing.token(user);
            prop_assert_eq!(signing.person(&token), Some(user));
            prop_assert_eq!(Unsubscribing::new(b"another").expect("a key").person(&token), None);
            let mut bytes = URL_SAFE_NO_PAD.decode(&token).expect("base64url");
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(signing.person(&URL_SAFE_NO_PAD.encode(&bytes)), None);
            prop_assert_eq!(signing.person(&token[..token.len() - 4]), None);
        }
    }
}
