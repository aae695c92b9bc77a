//! Web Push on the wire: the encrypted body (RFC 8291 over RFC 8188, `aes128gcm`) and the proof of who sends it (VAPID,
//! RFC 8292). Pure: salt and keys are arguments.

use anyhow::{Context as _, anyhow, ensure};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde_json::json;
use sha2::Sha256;

/// One record holds everything: no message is longer.
const RECORD_BYTES: u32 = 4096;
/// What a push service takes.
const LARGEST_BODY: usize = 4096;
const TAG_BYTES: usize = 16;
/// The end of the last record (RFC 8188, section 2).
const LAST: u8 = 2;

/// What encrypts for one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserKeys {
    /// The browser's public key, an uncompressed point.
    pub p256dh: Vec<u8>,
    /// What only the browser and we know.
    pub auth: Vec<u8>,
}

impl BrowserKeys {
    /// Reads the keys as browsers print them.
    ///
    /// # Errors
    /// Which of them is no key.
    pub fn read(p256dh: &str, auth: &str) -> Result<Self, &'static str> {
        // Some browsers pad, some do not.
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let p256dh = decode(p256dh).ok().filter(|key| key.len() == 65 && key[0] == 4).ok_or("p256dh")?;
        let auth = decode(auth).ok().filter(|secret| secret.len() == 16).ok_or("auth")?;
        Ok(Self { p256dh, auth })
    }
}

/// The body of a message: salt and our public key, then the text encrypted for the browser.
///
/// # Errors
/// When a key is none, or the text is too long.
pub fn encrypt(text: &[u8], browser: &BrowserKeys, once: &[u8], salt: &[u8; 16]) -> anyhow::Result<Vec<u8>> {
    let ours = PrivateKey::from_private_key(&ECDH_P256, once).map_err(|_| anyhow!("a key for one message is none"))?;
    let our_public = ours.compute_public_key().map_err(|_| anyhow!("a public key cannot be computed"))?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &browser.p256dh);
    let key_of_message = agreement::agree(&ours, theirs, anyhow!("the browser's key is not on the curve"), |shared| {
        let secret = hmac(&browser.auth, &[shared])?;
        hmac(&secret, &[b"WebPush: info\0", &browser.p256dh, our_public.as_ref(), &[1]])
    })?;
    let pseudorandom = hmac(salt, &[&key_of_message])?;
    let content_key = hmac(&pseudorandom, &[b"Content-Encoding: aes128gcm\0", &[1]])?;
    let nonce = hmac(&pseudorandom, &[b"Content-Encoding: nonce\0", &[1]])?;

    let mut record = text.to_vec();
    record.push(LAST);
    let key = UnboundKey::new(&AES_128_GCM, &content_key[..16]).map_err(|_| anyhow!("no key for the content"))?;
    let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).map_err(|_| anyhow!("no nonce for the content"))?;
    LessSafeKey::new(key)
        .seal_in_place_append_tag(nonce, Aad::empty(), &mut record)
        .map_err(|_| anyhow!("the content cannot be encrypted"))?;

    let public = our_public.as_ref();
    let mut body = Vec::with_capacity(16 + 4 + 1 + public.len() + record.len());
    body.extend_from_slice(salt);
    body.extend_from_slice(&RECORD_BYTES.to_be_bytes());
    body.push(u8::try_from(public.len()).context("a public key is too long")?);
    body.extend_from_slice(public);
    body.extend_from_slice(&record);
    ensure!(body.len() <= LARGEST_BODY, "a push of {} bytes is too long", text.len() + TAG_BYTES);
    Ok(body)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> anyhow::Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| anyhow!("a key of no use"))?;
    for part in parts {
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().into())
}

/// The pair of keys by which push services know us.
pub struct Vapid {
    pair: EcdsaKeyPair,
    public: String,
}

impl Vapid {
    /// Reads the private key: 32 bytes, as base64url or as 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is none.
    pub fn open(private_key: &str) -> anyhow::Result<Self> {
        let text = private_key.trim();
        let bytes = if text.len() == 64 { hex::decode(text).ok() } else { URL_SAFE_NO_PAD.decode(text).ok() }
            .filter(|bytes| bytes.len() == 32)
            .context("the VAPID key is neither 32 bytes of base64url nor 64 hexadecimal digits")?;
        let wrong = |_| anyhow!("the VAPID key is no key of P-256");
        let key = PrivateKey::from_private_key(&ECDH_P256, &bytes).map_err(wrong)?;
        let public = key.compute_public_key().map_err(|_| anyhow!("the VAPID key has no public one"))?;
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes, public.as_ref())
                .map_err(wrong)?;
        Ok(Self { pair, public: URL_SAFE_NO_PAD.encode(public.as_ref()) })
    }

    /// What browsers subscribe with: the public key as base64url.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// The `Authorization` header for a push service.
    ///
    /// # Errors
    /// When signing fails.
    pub fn authorization(&self, audience: &str, subject: &str, expires_at: i64) -> anyhow::Result<String> {
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(&json!({ "typ": "JWT", "alg": "ES256" }));
        let claims = part(&json!({ "aud": audience, "exp": expires_at, "sub": subject }));
        let signed = format!("{header}.{claims}");
        let signature = self
            .pair
            .sign(&SystemRandom::new(), signed.as_bytes())
            .map_err(|_| anyhow!("the VAPID token cannot be signed"))?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Ok(format!("vapid t={signed}.{signature}, k={}", self.public))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let browser = BrowserKeys::read(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
        .expect("keys");
        let once = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let salt: [u8; 16] = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().expect("16 bytes");
        let body = encrypt(b"When I grow up, I want to be a watermelon", &browser, &once, &salt).expect("encrypted");
        assert_eq!(
            URL_SAFE_NO_PAD.encode(body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6\
             PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
        assert!(encrypt(&[0; 4_000], &browser, &once, &salt).is_err(), "too long for any push service");
    }

    /// NOTE-38: what is no key is refused when it is registered.
    #[test]
    fn keys_are_checked() {
        let good = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        assert_eq!(BrowserKeys::read(&good[1..], "BTBZMqHH6r4Tts7J_aSIgg"), Err("p256dh"));
        assert_eq!(BrowserKeys::read(good, "BTBZMqHH"), Err("auth"));
        assert!(BrowserKeys::read(&format!("{good}="), "BTBZMqHH6r4Tts7J_aSIgg==").is_ok());
    }

    /// NOTE-38: hexadecimal and base64url name the same key, anything else stops the start.
    #[test]
    fn the_key_is_read_in_both_forms() {
        let hexadecimal = Vapid::open(&"01".repeat(32)).expect("a key");
        let base64url = Vapid::open(&URL_SAFE_NO_PAD.encode([1_u8; 32])).expect("a key");
        assert_eq!(hexadecimal.public_key(), base64url.public_key());
        assert_eq!(bytes(hexadecimal.public_key()).len(), 65);
        for wrong in ["", "short", &"00".repeat(32), &"ff".repeat(32)] {
            assert!(Vapid::open(wrong).is_err(), "{wrong}");
        }
    }
}
