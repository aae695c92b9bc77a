//! The S3 store of this service: puts files there, takes them away, and makes links to what is private. It knows no
//! picture and no document; what a file means, and who may see it, is the business of the slice that keeps its key.
//!
//! A file and the row that names it cannot be written in one step, so every file is *loose* before it is put: its row in
//! `platform.loose_objects` says when it is thrown away. The transaction that names the file takes that row out
//! ([`keep`]); the one that stops naming it puts a row in ([`let_go`]). Whatever is cut off in between is removed by the
//! job of this module.

pub mod jobs;
mod store;

use std::time::Duration;

use anyhow::ensure;
use http::{Method, StatusCode};
use kit::clock::SharedClock;
use kit::http::{HttpClient, HttpClientError};
use rusty_s3::S3Action as _;
use rusty_s3::actions::{DeleteObject, GetObject, PutObject};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::config::{S3Addressing, S3Config};

pub use store::{keep, let_go, loosen};

/// How long a signed request of this service is good for; its own clock and the store's may differ.
const REQUEST_LIFETIME: Duration = Duration::from_secs(300);
/// Keys are made of ids and never used again, so what was read once stays true.
const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// One of the two buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Everybody may read what lies here.
    Public,
    /// Only holders of a link may.
    Private,
}

impl Shelf {
    fn as_str(self) -> &'static str {
        match self {
            Self::Public => "PUBLIC",
            Self::Private => "PRIVATE",
        }
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Public, Self::Private].into_iter().find(|shelf| shelf.as_str() == text)
    }
}

/// Why a file could not be put, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum ObjectStoreError {
    /// A key that an address cannot hold.
    #[error("{0:?} is no key of an object")]
    BadKey(String),
    /// The store does not answer.
    #[error("the object store does not answer")]
    Unavailable(#[source] HttpClientError),
    /// It answers with something else than what was asked for.
    #[error("the object store answered {0}")]
    Refused(StatusCode),
}

impl ObjectStoreError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::BadKey(_) => false,
            Self::Unavailable(_) => true,
            Self::Refused(status) => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
        }
    }
}

/// A store that is away is temporary (503 with `Retry-After`); a refusal is ours to repair.
impl From<ObjectStoreError> for kit::ApiError {
    fn from(error: ObjectStoreError) -> Self {
        const RETRY_AFTER_SECONDS: u64 = 5;
        if error.is_temporary() { Self::unavailable(error, RETRY_AFTER_SECONDS) } else { Self::internal(error) }
    }
}

/// The client of the store.
pub struct ObjectStore {
    public: rusty_s3::Bucket,
    private: rusty_s3::Bucket,
    /// The private bucket as browsers reach it.
    private_for_browsers: rusty_s3::Bucket,
    credentials: rusty_s3::Credentials,
    link_lifetime: Duration,
    http: HttpClient,
    clock: SharedClock,
}

/// A bucket of the configured store at `endpoint`.
///
/// # Errors
/// When the address is none.
pub fn bucket(config: &S3Config, endpoint: &Url, name: &str) -> anyhow::Result<rusty_s3::Bucket> {
    ensure!(!name.is_empty() && !name.contains(['/', '?', '#']), "{name:?} is no name of a bucket");
    let style = match config.addressing {
        S3Addressing::Path => rusty_s3::UrlStyle::Path,
        S3Addressing::VirtualHost => rusty_s3::UrlStyle::VirtualHost,
    };
    Ok(rusty_s3::Bucket::new(endpoint.clone(), style, name.to_owned(), config.region.clone())?)
}

/// What requests are signed with.
#[must_use]
pub fn credentials(config: &S3Config) -> rusty_s3::Credentials {
    rusty_s3::Credentials::new(config.access_key_id.clone(), config.secret_access_key.expose_secret().to_owned())
}

impl ObjectStore {
    /// # Errors
    /// When an address or the name of a bucket is wrong, or TLS cannot be set up.
    pub fn new(config: &S3Config, clock: &SharedClock) -> anyhow::Result<Self> {
        let browser_endpoint = config.browser_endpoint.as_ref().unwrap_or(&config.endpoint);
        Ok(Self {
            public: bucket(config, &config.endpoint, &config.public_bucket)?,
            private: bucket(config, &config.endpoint, &config.private_bucket)?,
            private_for_browsers: bucket(config, browser_endpoint, &config.private_bucket)?,
            credentials: credentials(config),
            link_lifetime: Duration::from_secs(u64::from(config.link_seconds)),
            http: HttpClient::new("s3", &config.http, clock.clone())?,
            clock: clock.clone(),
        })
    }

    /// Puts a file. The same key again replaces it, so a repeated call does no harm.
    ///
    /// # Errors
    /// See [`ObjectStoreError`].
    pub async fn put(
        &self,
        shelf: Shelf,
        key: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<(), ObjectStoreError> {
        let address = self.signed(&PutObject::new(self.bucket(shelf), Some(&self.credentials), checked(key)?));
        let cache = match shelf {
            Shelf::Public => CACHE_FOR_EVER,
            Shelf::Private => "private, no-store",
        };
        let request = self
            .http
            .request(Method::PUT, address.as_str())
            .header(http::header::CONTENT_TYPE, content_type)
            .header(http::header::CACHE_CONTROL, cache)
            .body(bytes);
        let status = self.http.send_idempotent(request).await.map_err(ObjectStoreError::Unavailable)?.status();
        if status.is_success() { Ok(()) } else { Err(ObjectStoreError::Refused(status)) }
    }

    /// Reads a file; none when there is no such key.
    ///
    /// # Errors
    /// See [`ObjectStoreError`].
    pub async fn get(&self, shelf: Shelf, key: &str) -> Result<Option<Vec<u8>>, ObjectStoreError> {
        let address = self.signed(&GetObject::new(self.bucket(shelf), Some(&self.credentials), checked(key)?));
        let request = self.http.get(address.as_str());
        let answer = self.http.send_idempotent(request).await.map_err(ObjectStoreError::Unavailable)?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => {
                let bytes = answer.bytes().await.map_err(|source| {
                    ObjectStoreError::Unavailable(HttpClientError::NoAnswer {
                        client: "s3",
                        source: source.without_url(),
                    })
                })?;
                Ok(Some(bytes.to_vec()))
            }
            status => Err(ObjectStoreError::Refused(status)),
        }
    }

    /// Removes a file; one that is not there is removed already.
    ///
    /// # Errors
    /// See [`ObjectStoreError`].
    pub async fn remove(&self, shelf: Shelf, key: &str) -> Result<(), ObjectStoreError> {
        let address = self.signed(&DeleteObject::new(self.bucket(shelf), Some(&self.credentials), checked(key)?));
        let request = self.http.request(Method::DELETE, address.as_str());
        let status = self.http.send_idempotent(request).await.map_err(ObjectStoreError::Unavailable)?.status();
        if status.is_success() || status == StatusCode::NOT_FOUND {
            Ok(())
        } else {
            Err(ObjectStoreError::Refused(status))
        }
    }

    /// An address by which anybody who has it reads a private file, for the configured while.
    ///
    /// # Errors
    /// [`ObjectStoreError::BadKey`].
    pub fn link(&self, key: &str) -> Result<String, ObjectStoreError> {
        let action = GetObject::new(&self.private_for_browsers, Some(&self.credentials), checked(key)?);
        Ok(action.sign_with_time(self.link_lifetime, &self.clock.now()).to_string())
    }

    fn bucket(&self, shelf: Shelf) -> &rusty_s3::Bucket {
        match shelf {
            Shelf::Public => &self.public,
            Shelf::Private => &self.private,
        }
    }

    fn signed<'a>(&self, action: &impl rusty_s3::S3Action<'a>) -> Url {
        action.sign_with_time(REQUEST_LIFETIME, &self.clock.now())
    }
}

/// Segments that an address would resolve, or a key that names the bucket itself, must never reach the signer.
fn checked(key: &str) -> Result<&str, ObjectStoreError> {
    let plain = !key.is_empty()
        && key.len() <= 512
        && key.split('/').all(|segment| !segment.is_empty() && segment != "." && segment != "..")
        && !key.contains(char::is_control);
    if plain { Ok(key) } else { Err(ObjectStoreError::BadKey(key.to_owned())) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn config(addressing: &str) -> S3Config {
        let text = format!(
            "endpoint = 'http://store.internal:9000'\nbrowser_endpoint = 'https://files.example'\nregion = 'r'\n\
             access_key_id = 'a'\nsecret_access_key = 's'\naddressing = '{addressing}'\npublic_bucket = 'seen'\n\
             private_bucket = 'hidden'"
        );
        toml::from_str(&text).expect("a configuration")
    }

    fn store(addressing: &str) -> ObjectStore {
        let clock: SharedClock = Arc::new(kit::clock::SystemClock);
        ObjectStore::new(&config(addressing), &clock).expect("a store")
    }

    /// OPS-55: links are made for the address that browsers know, in either way of naming buckets.
    #[test]
    fn links_lead_to_the_address_of_browsers() {
        let link = store("path").link("a/b.pdf").expect("a link");
        assert!(link.starts_with("https://files.example/hidden/a/b.pdf?"), "{link}");
        assert!(link.contains("X-Amz-Expires=300") && link.contains("X-Amz-Signature="), "{link}");
        let link = store("virtual-host").link("a/b.pdf").expect("a link");
        assert!(link.starts_with("https://hidden.files.example/a/b.pdf?"), "{link}");
    }

    #[test]
    fn keys_that_an_address_resolves_are_refused() {
        for key in ["", "/", "a//b", "../a", "a/..", "a/./b", "a\nb", "/a", "a/"] {
            assert!(matches!(checked(key), Err(ObjectStoreError::BadKey(_))), "{key:?}");
        }
        assert!(checked("courts/0198/1.jpg").is_ok());
    }

    #[test]
    fn shelves_are_read_as_written() {
        for shelf in [Shelf::Public, Shelf::Private] {
            assert_eq!(Shelf::read(shelf.as_str()), Some(shelf));
        }
        assert_eq!(Shelf::read("ATTIC"), None);
    }
}
