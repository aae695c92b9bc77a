//! One-time passwords by time (RFC 6238, with SHA-1, six digits and steps of 30 seconds, as every authenticator app
//! knows them). Pure: the secret and the clock are arguments.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;
use url::Url;

/// Bytes of a new secret; RFC 4226 asks for the length of the hash.
pub const SECRET_BYTES: usize = 20;
const STEP_SECONDS: i64 = 30;
const DIGITS: usize = 6;
/// Steps before and after the current one that count: clocks of phones differ.
const TOLERATED_STEPS: i64 = 1;

/// Number of the step in which `now` lies.
pub fn step_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

/// The code of a step.
pub fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    // RFC 4226, 5.3: the last four bits say where the 31 bits of the code begin.
    let offset = usize::from(digest.last().copied().unwrap_or(0) & 0x0f);
    let word = digest.iter().skip(offset).take(4).fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
    format!("{:0DIGITS$}", (word & 0x7fff_ffff) % 1_000_000)
}

/// The step whose code this is, if it counts now and is newer than the last one used (AUTH-36: no code twice).
pub fn matching_step(secret: &[u8], code: &str, now: Timestamp, last_used: i64) -> Option<i64> {
    let current = step_of(now);
    (current - TOLERATED_STEPS..=current + TOLERATED_STEPS)
        .filter(|step| *step > last_used)
        .find(|step| bool::from(code_of(secret, *step).as_bytes().ct_eq(code.as_bytes())))
}

/// The secret as people type it into an app.
pub fn as_text(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// What the picture for the phone says (AUTH-32).
pub fn otpauth_uri(secret: &[u8], issuer: &str, account: &str) -> String {
    let mut uri = Url::parse("otpauth://totp/").expect("a literal address");
    uri.set_path(&format!("{issuer}:{account}"));
    uri.query_pairs_mut()
        .append_pair("secret", &as_text(secret))
        .append_pair("issuer", issuer)
        .append_pair("algorithm", "SHA1")
        .append_pair("digits", "6")
        .append_pair("period", "30");
    uri.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    /// AUTH-32: the vectors of RFC 6238, appendix B, shortened to six digits.
    #[test]
    fn the_vectors_of_the_rfc_hold() {
        let secret = b"12345678901234567890";
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_of(secret, step_of(at(second))), code, "{second}");
        }
    }

    /// AUTH-32: the picture carries issuer, account and secret, whatever is in the address.
    #[test]
    fn the_uri_is_what_apps_read() {
        let uri = otpauth_uri(b"12345678901234567890", "Courtside", "owner+1@club.test");
        assert_eq!(
            uri,
            "otpauth://totp/Courtside:owner+1@club.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Courtside\
             &algorithm=SHA1&digits=6&period=30"
        );
    }

    proptest! {
        /// AUTH-36: a code counts in its own step and the two beside it, once, and never after a newer one.
        #[test]
        fn a_code_counts_once_and_for_a_moment(
            secret in prop::collection::vec(any::<u8>(), SECRET_BYTES),
            second in 1_000_000_000_i64..4_000_000_000,
            late in -200_i64..200,
        ) {
            let step = step_of(at(second));
            let code = code_of(&secret, step);
            let now = at(second + late);
            let distance = step_of(now) - step;
            let found = matching_step(&secret, &code, now, step - 1);
            // Another step in reach may have the same code by chance.
            prop_assert_eq!(found.is_some(), distance.abs() <= 1 || found.is_some_and(|other| code_of(&secret, other) == code));
            prop_assert_eq!(matching_step(&secret, &code, now, step + 2), None);
        }
    }

    #[test]
    fn what_is_no_code_never_matches() {
        for nonsense in ["", "28708", "2870821", "28708a", "٢٨٧٠٨٢"] {
            assert_eq!(matching_step(b"12345678901234567890", nonsense, at(59), 0), None, "{nonsense}");
        }
    }
}
