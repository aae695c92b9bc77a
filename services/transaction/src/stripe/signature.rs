//! The header `Stripe-Signature`: `t=<seconds>,v1=<hex>`, an HMAC-SHA256 over `<seconds>.<raw body>` (PAY-38).

use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use thiserror::Error;

/// A webhook older, or newer, than this is refused.
pub const TOLERANCE_SECONDS: i64 = 300;

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// No header, or not in its form.
    #[error("the signature is missing or malformed")]
    Malformed,
    /// Nobody who holds the secret signed this body.
    #[error("the signature does not fit the body")]
    Wrong,
    /// Signed correctly, but too long ago: somebody repeats an old message.
    #[error("the signature is from another time")]
    Replayed,
}

/// Checks `header` over the raw `body` before anything is read from it.
///
/// # Errors
/// See [`SignatureError`].
pub fn verify(header: Option<&str>, body: &[u8], secret: &SecretString, now: Timestamp) -> Result<(), SignatureError> {
    let header = header.ok_or(SignatureError::Malformed)?;
    let mut seconds = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", text)) => seconds = text.parse::<i64>().ok(),
            Some(("v1", text)) => signatures.extend(hex::decode(text)),
            _ => {}
        }
    }
    let seconds = seconds.ok_or(SignatureError::Malformed)?;
    if signatures.is_empty() {
        return Err(SignatureError::Malformed);
    }
    // Several signatures are sent while a secret is being changed; `verify_slice` compares in constant time.
    if !signatures.iter().any(|signature| mac(seconds, body, secret).verify_slice(signature).is_ok()) {
        return Err(SignatureError::Wrong);
    }
    if seconds.saturating_sub(now.as_second()).saturating_abs() > TOLERANCE_SECONDS {
        return Err(SignatureError::Replayed);
    }
    Ok(())
}

/// The header for `body` as Stripe would send it at `now`.
#[must_use]
pub fn sign(body: &[u8], secret: &SecretString, now: Timestamp) -> String {
    let seconds = now.as_second();
    format!("t={seconds},v1={}", hex::encode(mac(seconds, body, secret).finalize().into_bytes()))
}

fn mac(seconds: i64, body: &[u8], secret: &SecretString) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes keys of every length");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    fn secret() -> SecretString {
        SecretString::from("whsec_test")
    }

    fn now() -> Timestamp {
        "2026-03-01T10:00:00Z".parse().expect("a literal instant")
    }

    /// PAY-38: signed is believed; altered, unsigned or signed with another secret is not.
    #[test]
    fn only_the_signed_body_is_believed() {
        let header = sign(b"{}", &secret(), now());
        assert_eq!(verify(Some(&header), b"{}", &secret(), now()), Ok(()));
        assert_eq!(verify(Some(&header), b"{ }", &secret(), now()), Err(SignatureError::Wrong));
        assert_eq!(verify(Some(&header), b"{}", &SecretString::from("other"), now()), Err(SignatureError::Wrong));
        assert_eq!(verify(None, b"{}", &secret(), now()), Err(SignatureError::Malformed));
        for malformed in ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=zz", ",,=,"] {
            assert_eq!(verify(Some(malformed), b"{}", &secret(), now()), Err(SignatureError::Malformed), "{malformed}");
        }
    }

    /// PAY-38: five minutes are tolerated, a second more is a replay.
    #[test]
    fn an_old_signature_is_a_replay() {
        let header = sign(b"{}", &secret(), now());
        let later = now() + SignedDuration::from_secs(TOLERANCE_SECONDS);
        assert_eq!(verify(Some(&header), b"{}", &secret(), later), Ok(()));
        let too_late = later + SignedDuration::from_secs(1);
        assert_eq!(verify(Some(&header), b"{}", &secret(), too_late), Err(SignatureError::Replayed));
    }

    /// While a secret changes, Stripe signs with both.
    #[test]
    fn one_good_signature_of_several_is_enough() {
        let header = sign(b"{}", &secret(), now());
        let both = header.replacen("v1=", "v1=00ff,v1=", 1);
        assert_eq!(verify(Some(&both), b"{}", &secret(), now()), Ok(()));
    }

    proptest! {
        #[test]
        fn headers_of_any_kind_never_panic(header in ".*") {
            let _ = verify(Some(&header), b"{}", &secret(), now());
        }
    }
}
