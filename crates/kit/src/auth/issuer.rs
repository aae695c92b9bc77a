//! Signs access tokens and keeps the signing keys (AUTH-14, SEC-61).
//!
//! A folder holds `current.pem`, which signs, and `next.pem`, which is published already so that everyone knows it before
//! it signs. After a rotation `previous.pem` stays published until it is retired. Private keys never leave this module.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use contracts::identity::AccessClaims;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sha2::{Digest, Sha256};

use super::jwks::{Jwk, Jwks};

const PEM_START: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// Why the key folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFolderError {
    /// A file cannot be read or written.
    #[error("key file {path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds no RSA private key in PKCS#8 PEM.
    #[error("{0} holds no RSA private key in PKCS#8 PEM")]
    NotAKey(PathBuf),
    /// The cryptographic library failed.
    #[error("a signing key could not be made")]
    Generation,
}

/// Signs tokens with the current key and publishes all keys that may prove them.
pub struct Issuer {
    folder: PathBuf,
    keys: RwLock<Arc<Keys>>,
}

struct Keys {
    current: SigningKey,
    published: Jwks,
}

struct SigningKey {
    encoding: EncodingKey,
    public: Jwk,
}

impl Issuer {
    /// Opens the folder and makes what is missing in it: the folder with mode 0700, `current.pem` and `next.pem` with
    /// mode 0600. Several processes may open one folder at the same time; they end up with the same keys.
    ///
    /// # Errors
    /// When files cannot be read or written, or hold something else.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, KeyFolderError> {
        let folder = folder.into();
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|source| KeyFolderError::File { path: folder.clone(), source })?;
        for name in ["current.pem", "next.pem"] {
            create_key_file(&folder.join(name))?;
        }
        let keys = load(&folder)?;
        Ok(Self { folder, keys: RwLock::new(Arc::new(keys)) })
    }

    /// Signs `claims` with the current key; the header names it.
    ///
    /// # Errors
    /// When the cryptographic library refuses.
    pub fn sign(&self, claims: &AccessClaims) -> anyhow::Result<String> {
        let keys = self.keys();
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(keys.current.public.kid.clone());
        Ok(jsonwebtoken::encode(&header, claims, &keys.current.encoding)?)
    }

    /// The document for `/.well-known/jwks.json`: current, next and, after a rotation, previous key.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        self.keys().published.clone()
    }

    /// Lets the next key sign, keeps the old one published and makes a new next one. Call [`Issuer::retire_previous`]
    /// once every token of the old key has expired.
    ///
    /// # Errors
    /// When files cannot be moved or made; what was reached is found again by [`Issuer::open`].
    pub fn rotate(&self) -> Result<(), KeyFolderError> {
        let (current, previous) = (self.folder.join("current.pem"), self.folder.join("previous.pem"));
        let file_error = |source| KeyFolderError::File { path: previous.clone(), source };
        match fs::remove_file(&previous) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(file_error(source)),
            _ => {}
        }
        // There is a current key at every moment: a process that opens the folder meanwhile must not make one.
        fs::hard_link(&current, &previous).map_err(file_error)?;
        self.rename("next.pem", "current.pem")?;
        create_key_file(&self.folder.join("next.pem"))?;
        self.reload()
    }

    /// Stops publishing the key that signed before the last rotation.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn retire_previous(&self) -> Result<(), KeyFolderError> {
        let path = self.folder.join("previous.pem");
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(KeyFolderError::File { path, source }),
            _ => self.reload(),
        }
    }

    fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Reads the folder again, as another process may have rotated the keys.
    ///
    /// # Errors
    /// When files cannot be read; the keys at hand stay.
    pub fn reload(&self) -> Result<(), KeyFolderError> {
        let keys = Arc::new(load(&self.folder)?);
        *self.keys.write().unwrap_or_else(std::sync::PoisonError::into_inner) = keys;
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), KeyFolderError> {
        let path = self.folder.join(from);
        fs::rename(&path, self.folder.join(to)).map_err(|source| KeyFolderError::File { path, source })
    }
}

fn load(folder: &Path) -> Result<Keys, KeyFolderError> {
    let current = read_key_file(&folder.join("current.pem"))?;
    let mut published = vec![current.public.clone(), read_key_file(&folder.join("next.pem"))?.public];
    let previous = folder.join("previous.pem");
    if previous.exists() {
        published.push(read_key_file(&previous)?.public);
    }
    Ok(Keys { current, published: Jwks { keys: published } })
}

fn read_key_file(path: &Path) -> Result<SigningKey, KeyFolderError> {
    let file_error = |source| KeyFolderError::File { path: path.to_owned(), source };
    let pem = fs::read_to_string(path).map_err(file_error)?;
    let not_a_key = || KeyFolderError::NotAKey(path.to_owned());
    let pair = KeyPair::from_pkcs8(&pem_to_der(&pem).ok_or_else(not_a_key)?).map_err(|_| not_a_key())?;
    let encoding = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| not_a_key())?;
    Ok(SigningKey { encoding, public: public_part(&pair) })
}

fn public_part(pair: &KeyPair) -> Jwk {
    let public = pair.public_key();
    let modulus = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let exponent = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    // The thumbprint of RFC 7638: the same key has the same id in every process.
    let thumbprint = Sha256::digest(format!(r#"{{"e":"{exponent}","kty":"RSA","n":"{modulus}"}}"#));
    Jwk::rs256(URL_SAFE_NO_PAD.encode(thumbprint), modulus, exponent)
}

/// Writes beside the final place and links into it, so that a crash leaves no half key and the first process wins.
fn create_key_file(path: &Path) -> Result<(), KeyFolderError> {
    if path.exists() {
        return Ok(());
    }
    let file_error = |source| KeyFolderError::File { path: path.to_owned(), source };
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyFolderError::Generation)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyFolderError::Generation)?;
    let thumbprint = public_part(&pair).kid;
    let draft = path.with_extension(format!("{thumbprint}.draft"));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(file_error)?;
    file.write_all(der_to_pem(der.as_ref()).as_bytes()).and_then(|()| file.sync_all()).map_err(file_error)?;
    let linked = match fs::hard_link(&draft, path) {
        Err(source) if source.kind() != io::ErrorKind::AlreadyExists => Err(file_error(source)),
        _ => Ok(()),
    };
    fs::remove_file(&draft).map_err(file_error)?;
    linked
}

fn der_to_pem(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut pem = format!("{PEM_START}\n");
    for line in encoded.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|byte| char::from(*byte)));
        pem.push('\n');
    }
    pem.push_str(PEM_END);
    pem.push('\n');
    pem
}

fn pem_to_der(pem: &str) -> Option<Vec<u8>> {
    let inner = pem.split_once(PEM_START)?.1.split_once(PEM_END)?.0;
    STANDARD.decode(inner.split_whitespace().collect::<String>()).ok()
}
