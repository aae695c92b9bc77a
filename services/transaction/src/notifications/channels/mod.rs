//! The ways to a person, each with its vendor's dialect: Firebase, the browsers' push services, SendGrid. Nothing is
//! decided here and nothing stored; a caller hands over words and an address and hears how it went.

mod encryption;
mod fcm;
mod mail;
mod sendgrid;
mod web_push;

use std::sync::Arc;

use contracts::events::Urgency;
use kit::http::HttpClientError;

pub use fcm::Fcm;
pub use mail::{BookingLines, Content, Item, Letter, Template, Templates, samples};
pub use sendgrid::SendGrid;
pub use web_push::{Subscription, WebPush};

/// Longest text of a push, in bytes: vendors take 4096 with everything around it.
const PUSH_TEXT_BYTES: usize = 1_500;

/// How the other side took a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has it.
    Accepted,
    /// It does not know the address any more (NOTE-36, NOTE-39).
    Gone,
    /// Not now; the reason is for the row and the log.
    Retry(String),
    /// Nothing was tried: the other side is known to be down.
    Outage,
    /// Never like this.
    Refused(String),
}

impl Outcome {
    fn of_error(error: &HttpClientError) -> Self {
        match error {
            HttpClientError::CircuitOpen { .. } => Self::Outage,
            HttpClientError::BadRequest { .. } => Self::Refused(error.to_string()),
            HttpClientError::Unreachable { .. } | HttpClientError::NoAnswer { .. } => Self::Retry(error.to_string()),
        }
    }

    fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Accepted,
            // A wrong key is the operator's mistake and may be put right while we wait.
            401 | 403 | 408 | 425 | 429 | 500..=599 => Self::Retry(format!("HTTP {status}")),
            _ => Self::Refused(format!("HTTP {status}")),
        }
    }
}

/// What a device shows.
#[derive(Debug, Clone)]
pub struct PushMessage {
    /// The same for every device and try: what arrives twice is shown once.
    pub id: String,
    /// The type.
    pub kind: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Headline.
    pub title: String,
    /// Text.
    pub body: String,
    /// Path a tap leads to.
    pub path: Option<String>,
    /// Ids of what it is about, by the names they have in events.
    pub about: Vec<(&'static str, String)>,
    /// Trace of the cause.
    pub trace_id: String,
}

/// All ways.
pub struct Channels {
    /// Phones.
    pub fcm: Fcm,
    /// Browsers.
    pub web_push: WebPush,
    /// Mailboxes.
    pub mail: SendGrid,
    /// What letters look like.
    pub templates: Arc<Templates>,
}

/// `text` cut to at most `bytes`, between characters and with a sign that something is missing.
fn shortened(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at + '…'.len_utf8() <= bytes).last().unwrap_or(0);
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(shortened("Γήπεδο", 100), "Γήπεδο");
        let cut = shortened(&"Γ".repeat(1_000), 101);
        assert!(cut.len() <= 101 && cut.ends_with('…') && cut.chars().count() > 40, "{}", cut.len());
    }

    /// NOTE-09: what may pass is tried again, what is wrong in itself is not.
    #[test]
    fn statuses_say_whether_to_try_again() {
        assert_eq!(Outcome::of_status(202), Outcome::Accepted);
        for passing in [401, 429, 500, 503] {
            assert!(matches!(Outcome::of_status(passing), Outcome::Retry(_)), "{passing}");
        }
        for lasting in [400, 413, 415] {
            assert!(matches!(Outcome::of_status(lasting), Outcome::Refused(_)), "{lasting}");
        }
    }
}
