//! Signature version 4, checked: in the query of a presigned address or in the `Authorization` header.

use std::collections::BTreeMap;

use hmac::{Hmac, Mac as _};
use http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::config::S3Config;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const LONGEST_SECONDS: i64 = 7 * 24 * 3600;
const CLOCK_SKEW_SECONDS: i64 = 15 * 60;

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Unsigned,
    Malformed,
    UnknownKey,
    Expired,
    Mismatch,
}

struct Given<'a> {
    access_key: String,
    scope: Vec<String>,
    time: String,
    signed_headers: String,
    signature: String,
    payload: String,
    lifetime: Option<i64>,
    query: BTreeMap<&'a str, &'a str>,
}

/// Checks whoever signed the request, and when.
///
/// # Errors
/// Why not.
pub fn check(
    config: &S3Config,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Refusal> {
    let given = read(uri, headers, body)?;
    if given.access_key != config.access_key_id {
        return Err(Refusal::UnknownKey);
    }
    let signed_at = DateTime::strptime("%Y%m%dT%H%M%SZ", &given.time)
        .ok()
        .and_then(|time| TimeZone::UTC.to_timestamp(time).ok())
        .ok_or(Refusal::Malformed)?;
    let age = now.as_second() - signed_at.as_second();
    let lifetime = given.lifetime.unwrap_or(CLOCK_SKEW_SECONDS);
    if !(1..=LONGEST_SECONDS).contains(&lifetime) {
        return Err(Refusal::Malformed);
    }
    if age > lifetime || age < -CLOCK_SKEW_SECONDS {
        return Err(Refusal::Expired);
    }
    let [date, region, service, "aws4_request"] = given.scope.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return Err(Refusal::Malformed);
    };
    if region != config.region || service != "s3" || !given.time.starts_with(date) {
        return Err(Refusal::Mismatch);
    }
    let request = canonical_request(method, uri, headers, &given);
    let to_sign =
        format!("{ALGORITHM}\n{}\n{}\n{}", given.time, given.scope.join("/"), hex::encode(Sha256::digest(request)));
    let mut key = hmac(format!("AWS4{}", config.secret_access_key).as_bytes(), date.as_bytes());
    for part in [region, service, "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    let expected = hex::encode(hmac(&key, to_sign.as_bytes()));
    if bool::from(expected.as_bytes().ct_eq(given.signature.as_bytes())) { Ok(()) } else { Err(Refusal::Mismatch) }
}

fn read<'a>(uri: &'a Uri, headers: &HeaderMap, body: &[u8]) -> Result<Given<'a>, Refusal> {
    let query: BTreeMap<&str, &str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .collect();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if query.contains_key("X-Amz-Signature") {
        let value = |name: &str| query.get(name).map(|value| decoded(value)).ok_or(Refusal::Malformed);
        if value("X-Amz-Algorithm")? != ALGORITHM {
            return Err(Refusal::Malformed);
        }
        let (access_key, scope) = credential(&value("X-Amz-Credential")?)?;
        return Ok(Given {
            access_key,
            scope,
            time: value("X-Amz-Date")?,
            signed_headers: value("X-Amz-SignedHeaders")?,
            signature: value("X-Amz-Signature")?,
            payload: header("x-amz-content-sha256").unwrap_or("UNSIGNED-PAYLOAD").to_owned(),
            lifetime: Some(value("X-Amz-Expires")?.parse().map_err(|_| Refusal::Malformed)?),
            query,
        });
    }
    let authorization = header("authorization").ok_or(Refusal::Unsigned)?;
    let fields = authorization.strip_prefix(ALGORITHM).ok_or(Refusal::Malformed)?;
    let fields: BTreeMap<&str, &str> = fields.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let field = |name: &str| fields.get(name).map(|value| (*value).to_owned()).ok_or(Refusal::Malformed);
    let (access_key, scope) = credential(&field("Credential")?)?;
    let payload = header("x-amz-content-sha256").ok_or(Refusal::Malformed)?.to_owned();
    if payload != "UNSIGNED-PAYLOAD" && payload != hex::encode(Sha256::digest(body)) {
        return Err(Refusal::Mismatch);
    }
    Ok(Given {
        access_key,
        scope,
        time: header("x-amz-date").ok_or(Refusal::Malformed)?.to_owned(),
        signed_headers: field("SignedHeaders")?,
        signature: field("Signature")?,
        payload,
        lifetime: None,
        query,
    })
}

fn credential(text: &str) -> Result<(String, Vec<String>), Refusal> {
    let (access_key, scope) = text.split_once('/').ok_or(Refusal::Malformed)?;
    Ok((access_key.to_owned(), scope.split('/').map(str::to_owned).collect()))
}

fn canonical_request(method: &Method, uri: &Uri, headers: &HeaderMap, given: &Given<'_>) -> String {
    // Both sides encode strictly, so parts are decoded and encoded again whatever the client's library left plain.
    let path = uri.path().split('/').map(|segment| encoded(&decoded(segment))).collect::<Vec<_>>().join("/");
    let mut pairs: Vec<(String, String)> = given
        .query
        .iter()
        .filter(|(name, _)| **name != "X-Amz-Signature")
        .map(|(name, value)| (encoded(&decoded(name)), encoded(&decoded(value))))
        .collect();
    pairs.sort();
    let query = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let signed: String = given
        .signed_headers
        .split(';')
        .map(|name| {
            let own_host = || uri.authority().map(|authority| authority.as_str().to_owned());
            let value = headers.get(name).and_then(|value| value.to_str().ok()).map(|value| value.trim().to_owned());
            let value = value.or_else(|| if name == "host" { own_host() } else { None }).unwrap_or_default();
            format!("{name}:{value}\n")
        })
        .collect();
    format!("{method}\n{path}\n{query}\n{signed}\n{}\n{}", given.signed_headers, given.payload)
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length, so this cannot fail; an empty code would match nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escape = tail
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, escape) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vendor_example() -> S3Config {
        S3Config {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            region: "us-east-1".to_owned(),
            public_buckets: Vec::new(),
        }
    }

    fn ask(address: &str, seconds_later: i64) -> Result<(), Refusal> {
        let uri: Uri = address.parse().expect("an address");
        let mut headers = HeaderMap::new();
        headers.insert("host", "examplebucket.s3.amazonaws.com".parse().expect("a header"));
        let signed_at: Timestamp = "2013-05-24T00:00:00Z".parse().expect("an instant");
        let now = signed_at + jiff::SignedDuration::from_secs(seconds_later);
        check(&vendor_example(), &Method::GET, &uri, &headers, &[], now)
    }

    const ADDRESS: &str = "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    #[test]
    fn the_example_of_the_vendors_documentation_is_accepted() {
        assert_eq!(ask(ADDRESS, 0), Ok(()));
        assert_eq!(ask(ADDRESS, 86_400), Ok(()));
    }

    #[test]
    fn expired_altered_or_foreign_addresses_are_refused() {
        assert_eq!(ask(ADDRESS, 86_401), Err(Refusal::Expired));
        assert_eq!(ask(ADDRESS, -3600), Err(Refusal::Expired));
        assert_eq!(ask(&ADDRESS.replace("test.txt", "other.txt"), 0), Err(Refusal::Mismatch));
        assert_eq!(ask(&ADDRESS.replace("86400", "86500"), 0), Err(Refusal::Mismatch));
        assert_eq!(ask(&ADDRESS.replace("86400", "9999999"), 0), Err(Refusal::Malformed));
        assert_eq!(ask(&ADDRESS.replace("AKIAIOSFODNN7EXAMPLE", "SOMEBODY"), 0), Err(Refusal::UnknownKey));
        assert_eq!(ask("https://examplebucket.s3.amazonaws.com/test.txt", 0), Err(Refusal::Unsigned));
    }
}
