//! Which addresses of push services a browser may name (NOTE-38). Without this anybody could make the service call any
//! machine it can reach. Pure.

use url::Url;

/// The services that may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushServices(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// One origin, whatever its scheme: for stand-ins.
    Origin(String),
    /// One host over HTTPS.
    Host(String),
    /// Every host below a domain over HTTPS.
    Below(String),
}

impl PushServices {
    /// Reads `host`, `*.domain` and `http://host:port`.
    #[must_use]
    pub fn new(patterns: &[String]) -> Self {
        Self(
            patterns
                .iter()
                .map(|text| match text.strip_prefix("*.") {
                    Some(domain) => Pattern::Below(format!(".{}", domain.to_ascii_lowercase())),
                    None if text.contains("://") => Pattern::Origin(
                        Url::parse(text).map_or_else(|_| text.clone(), |url| url.origin().ascii_serialization()),
                    ),
                    None => Pattern::Host(text.to_ascii_lowercase()),
                })
                .collect(),
        )
    }

    /// Whether a subscription may be sent to `endpoint`.
    #[must_use]
    pub fn allow(&self, endpoint: &Url) -> bool {
        let plain = endpoint.username().is_empty() && endpoint.password().is_none();
        let secure = endpoint.scheme() == "https" && endpoint.port().is_none();
        let host = endpoint.host_str().unwrap_or_default();
        plain
            && self.0.iter().any(|pattern| match pattern {
                Pattern::Origin(origin) => endpoint.origin().ascii_serialization() == *origin,
                Pattern::Host(allowed) => secure && host == allowed,
                Pattern::Below(domain) => secure && host.len() > domain.len() && host.ends_with(domain.as_str()),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NOTE-38: the known push services and nothing else, whatever the address looks like.
    #[test]
    fn only_known_services_are_called() {
        let services = PushServices::new(&[
            "fcm.googleapis.com".to_owned(),
            "*.push.apple.com".to_owned(),
            "http://127.0.0.1:8080/sandbox".to_owned(),
        ]);
        let allows = |text: &str| services.allow(&text.parse().expect("an address"));
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc",
            "https://web.push.apple.com/x",
            "http://127.0.0.1:8080/sandbox/webpush/1",
        ] {
            assert!(allows(good), "{good}");
        }
        for bad in [
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:444/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evilpush.apple.com/x",
            "https://push.apple.com/x",
            "http://127.0.0.1:8081/internal",
            "https://user@fcm.googleapis.com/x",
            "https://169.254.169.254/latest",
            "file:///etc/passwd",
        ] {
            assert!(!allows(bad), "{bad}");
        }
    }
}
