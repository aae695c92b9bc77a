//! Secrets that a service must be able to read again, encrypted before they are stored (AUTH-32, SEC-51, NOTE-37).
//!
//! AES-256-GCM with a random nonce; whose secret it is goes into the authentication, so that a row copied to another
//! person opens nothing. The key before stays readable while stored secrets still carry it.

use anyhow::{Context as _, ensure};
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

/// The keys at hand.
pub struct Sealing {
    current: RandomizedNonceKey,
    previous: Option<RandomizedNonceKey>,
}

impl Sealing {
    /// Reads the keys: 32 bytes each, as 64 hexadecimal digits.
    ///
    /// # Errors
    /// When one of them is no key.
    pub fn open(current: &SecretString, previous: Option<&SecretString>) -> anyhow::Result<Self> {
        Ok(Self { current: key(current)?, previous: previous.map(key).transpose()? })
    }

    /// Nonce and cipher text of a secret of `owner`.
    ///
    /// # Errors
    /// When the cipher refuses, which it does for absurd lengths only.
    pub fn seal(&self, owner: Uuid, secret: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut text = secret.to_vec();
        let nonce = self
            .current
            .seal_in_place_append_tag(Aad::from(owner.as_bytes()), &mut text)
            .map_err(|_| anyhow::anyhow!("a secret could not be encrypted"))?;
        Ok([nonce.as_ref().as_slice(), &text].concat())
    }

    /// The secret again.
    ///
    /// # Errors
    /// When it was encrypted for somebody else, with another key, or has been changed.
    pub fn unseal(&self, owner: Uuid, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let (nonce, text) = sealed.split_at_checked(NONCE_BYTES).context("an encrypted secret is too short")?;
        for key in [Some(&self.current), self.previous.as_ref()].into_iter().flatten() {
            let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| anyhow::anyhow!("a nonce is too short"))?;
            let mut text = text.to_vec();
            if let Ok(secret) = key.open_in_place(nonce, Aad::from(owner.as_bytes()), &mut text) {
                return Ok(secret.to_vec());
            }
        }
        anyhow::bail!("a stored secret cannot be decrypted: was it made with another key?")
    }
}

fn key(text: &SecretString) -> anyhow::Result<RandomizedNonceKey> {
    let bytes = hex::decode(text.expose_secret()).context("an encryption key is not hexadecimal")?;
    ensure!(bytes.len() == KEY_BYTES, "an encryption key has {} bytes instead of {KEY_BYTES}", bytes.len());
    RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| anyhow::anyhow!("an encryption key cannot be used"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> SecretString {
        hex::encode([byte; KEY_BYTES]).into()
    }

    /// AUTH-32: a stored secret opens for its person alone, also with the key before, and never after a change.
    #[test]
    fn a_secret_opens_for_its_person_only() {
        let (owner, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let old = Sealing::open(&secret(1), None).expect("a key");
        let sealed = old.seal(owner, b"twenty secret bytes!").expect("sealed");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        let new = Sealing::open(&secret(2), Some(&secret(1))).expect("keys");
        assert_eq!(new.unseal(owner, &sealed).expect("opened"), b"twenty secret bytes!");
        assert!(new.unseal(other, &sealed).is_err());
        assert!(Sealing::open(&secret(2), None).expect("a key").unseal(owner, &sealed).is_err());
        let mut changed = sealed;
        changed[20] ^= 1;
        assert!(old.unseal(owner, &changed).is_err());
        assert!(old.unseal(owner, &[1, 2, 3]).is_err());
    }

    #[test]
    fn keys_that_are_none_stop_the_start() {
        for text in ["", "not hexadecimal!", "c0ffee"] {
            assert!(Sealing::open(&text.to_owned().into(), None).is_err(), "{text}");
        }
    }
}
