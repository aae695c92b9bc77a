//! RSA keys: the one behind the JWKS of Google and Apple, and the one of Google's service account. Kept in the data folder,
//! so that tokens outlive a restart.

use std::path::Path;

use anyhow::Context as _;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Signs id tokens with RS256.
#[derive(Debug)]
pub struct SigningKey {
    pair: KeyPair,
    id: String,
}

impl SigningKey {
    /// Reads the key of the folder, or makes one and keeps it there.
    ///
    /// # Errors
    /// When the key cannot be made, read or written.
    pub fn load_or_make(folder: Option<&Path>, name: &str) -> anyhow::Result<Self> {
        let Some(folder) = folder else { return Self::of(generate()?) };
        let path = folder.join(format!("{name}.pk8"));
        if path.exists() {
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let pair = KeyPair::from_pkcs8(&bytes)
                .with_context(|| format!("{} is no RSA key; remove it to get a new one", path.display()))?;
            return Self::of(pair);
        }
        let pair = generate()?;
        let der: Pkcs8V1Der<'_> = pair.as_der().context("the new key cannot be encoded")?;
        std::fs::create_dir_all(folder)?;
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, der.as_ref()).with_context(|| format!("cannot write {}", fresh.display()))?;
        std::fs::rename(&fresh, &path)?;
        Self::of(pair)
    }

    fn of(pair: KeyPair) -> anyhow::Result<Self> {
        let modulus = pair.public_key().modulus().big_endian_without_leading_zero().to_vec();
        let id = hex::encode(&Sha256::digest(modulus)[..8]);
        Ok(Self { pair, id })
    }

    /// The key's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The private half as PKCS#8, for those who are meant to sign with it.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn private_der(&self) -> anyhow::Result<Vec<u8>> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().context("the key cannot be encoded")?;
        Ok(der.as_ref().to_vec())
    }

    /// Whether this key made an RS256 signature.
    pub fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref())
            .verify(signed, signature)
            .is_ok()
    }

    /// The public half as a JSON Web Key Set.
    pub fn jwks(&self) -> Value {
        let public = self.pair.public_key();
        json!({ "keys": [{
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
            "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        }] })
    }

    /// A signed token of these claims.
    ///
    /// # Errors
    /// When the signature cannot be made.
    pub fn sign(&self, claims: &Value) -> anyhow::Result<String> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.id });
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .context("the token cannot be signed")?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn generate() -> anyhow::Result<KeyPair> {
    KeyPair::generate(KeySize::Rsa2048).context("no RSA key can be made")
}
