//! The document at `/.well-known/jwks.json`: RSA public keys by id. Reads and writes the format, fetches nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A set of public keys (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwks {
    /// The keys; kinds we do not use are kept out when reading.
    pub keys: Vec<Jwk>,
}

/// One RSA public key for signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwk {
    /// Key type, `RSA`.
    pub kty: String,
    /// Key id, named in the header of a token.
    #[serde(default)]
    pub kid: String,
    /// Use, `sig`.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Algorithm, `RS256`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Modulus, base64url.
    #[serde(default)]
    pub n: String,
    /// Exponent, base64url.
    #[serde(default)]
    pub e: String,
}

impl Jwk {
    /// An RS256 signature key.
    #[must_use]
    pub fn rs256(kid: String, modulus: String, exponent: String) -> Self {
        Self {
            kty: "RSA".to_owned(),
            kid,
            usage: Some("sig".to_owned()),
            alg: Some("RS256".to_owned()),
            n: modulus,
            e: exponent,
        }
    }

    /// Whether this key may prove an RS256 signature.
    #[must_use]
    pub fn is_rs256(&self) -> bool {
        self.kty == "RSA"
            && self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.alg.as_deref().is_none_or(|algorithm| algorithm == "RS256")
    }
}
