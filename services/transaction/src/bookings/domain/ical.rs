//! An owner's bookings as an iCalendar document (RFC 5545, BOOK-65). Instants are written in UTC, so a calendar shows
//! them right in whatever zone it is read.

use std::fmt::Write as _;

use jiff::Timestamp;

/// One entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEvent {
    /// The same as long as the booking lives; calendars replace by it.
    pub uid: String,
    /// Grows with every change of the booking.
    pub sequence: i64,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// First instant.
    pub starts_at: Timestamp,
    /// Last instant.
    pub ends_at: Timestamp,
    /// Headline.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// Where.
    pub location: Option<String>,
    /// Whether it stands, waits or was called off.
    pub standing: Standing,
}

/// What a calendar shows of a booking's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It stands or was played.
    Confirmed,
    /// The owner has not answered.
    Tentative,
    /// It was called off.
    Cancelled,
}

impl Standing {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Tentative => "TENTATIVE",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// Writes a calendar called `name`.
#[must_use]
pub fn write_calendar(name: &str, events: &[CalendarEvent]) -> String {
    let mut text = String::new();
    let mut line = |content: &str| fold(&mut text, content);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Courtside//Bookings//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escape(name)));
    for event in events {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escape(&event.uid)));
        line(&format!("SEQUENCE:{}", event.sequence));
        line(&format!("DTSTAMP:{}", utc(event.changed_at)));
        line(&format!("LAST-MODIFIED:{}", utc(event.changed_at)));
        line(&format!("DTSTART:{}", utc(event.starts_at)));
        line(&format!("DTEND:{}", utc(event.ends_at)));
        line(&format!("SUMMARY:{}", escape(&event.summary)));
        line(&format!("DESCRIPTION:{}", escape(&event.description)));
        if let Some(location) = &event.location {
            line(&format!("LOCATION:{}", escape(location)));
        }
        line(&format!("STATUS:{}", event.standing.as_str()));
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// RFC 5545, 3.3.11: what people typed can neither end a line nor begin a property.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// RFC 5545, 3.1: lines of at most 75 octets, continued after a space; a letter is never cut in two.
fn fold(text: &mut String, content: &str) {
    let mut room = 75;
    for letter in content.chars() {
        if letter.len_utf8() > room {
            text.push_str("\r\n ");
            room = 74;
        }
        room -= letter.len_utf8();
        // Writing to a String does not fail.
        let _ = text.write_char(letter);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(summary: &str) -> CalendarEvent {
        CalendarEvent {
            uid: "1@courtside".to_owned(),
            sequence: 3,
            changed_at: "2026-05-04T09:00:00Z".parse().expect("an instant"),
            starts_at: "2026-05-19T07:00:00Z".parse().expect("an instant"),
            ends_at: "2026-05-19T08:00:00Z".parse().expect("an instant"),
            summary: summary.to_owned(),
            description: "CONFIRMED".to_owned(),
            location: Some("Street 1; Athens".to_owned()),
            standing: Standing::Confirmed,
        }
    }

    fn unfold(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    /// BOOK-65: an entry has its instants in UTC and its state.
    #[test]
    fn an_entry_has_time_place_and_state() {
        let text = write_calendar("Courts", &[event("Padel, one")]);
        for line in [
            "DTSTART:20260519T070000Z",
            "DTEND:20260519T080000Z",
            "SUMMARY:Padel\\, one",
            "LOCATION:Street 1\\; Athens",
            "STATUS:CONFIRMED",
            "SEQUENCE:3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    }

    proptest! {
        /// BOOK-65: whatever people typed, there is one entry, every line is short enough and nothing is injected.
        #[test]
        fn typed_text_stays_inside_its_line(summary in "\\PC{0,200}|(BEGIN:VEVENT|\r\n|;|,|Ω|😀){0,40}") {
            let text = write_calendar("Courts", &[event(&summary)]);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
            let unfolded = unfold(&text);
            let lines: Vec<&str> = unfolded.split("\r\n").collect();
            prop_assert_eq!(lines.iter().filter(|line| **line == "BEGIN:VEVENT").count(), 1);
            prop_assert!(!unfolded.replace("\r\n", "").contains(['\r', '\n']));
        }
    }
}
