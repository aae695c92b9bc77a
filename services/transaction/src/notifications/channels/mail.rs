//! What letters look like: one file per template, language and form in `mail_templates`, compiled in.

use contracts::events::NotificationType;
use contracts::identity::Language;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

/// A letter ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Headline.
    pub subject: String,
    /// For programs that show no HTML.
    pub text: String,
    /// For all others.
    pub html: String,
    /// How SendGrid's figures call it.
    pub category: &'static str,
    /// Where the reader gets rid of such letters, of promotional ones.
    pub unsubscribe: Option<String>,
    /// The message it is about.
    pub notification_id: String,
    /// Trace of the cause.
    pub trace_id: String,
}

/// The kinds of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Anything without a form of its own.
    Notice,
    /// About one booking.
    Booking,
    /// About the safety of the account.
    Security,
    /// Advertising, with a way out.
    Promotion,
    /// The summary of a day.
    Digest,
}

impl Template {
    /// Every template.
    pub const ALL: [Self; 5] = [Self::Notice, Self::Booking, Self::Security, Self::Promotion, Self::Digest];

    /// The one for a message; `about_booking` when the booking's court, date and time are known.
    #[must_use]
    pub const fn of(kind: Option<NotificationType>, promotional: bool, about_booking: bool) -> Self {
        match kind {
            _ if promotional => Self::Promotion,
            Some(NotificationType::SecurityNotice) => Self::Security,
            _ if about_booking => Self::Booking,
            _ => Self::Notice,
        }
    }

    /// Its name in files and figures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Booking => "booking",
            Self::Security => "security",
            Self::Promotion => "promotion",
            Self::Digest => "digest",
        }
    }
}

/// What a template may show.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Content {
    /// Headline.
    pub title: String,
    /// Text.
    pub body: String,
    /// The reader's name.
    pub name: String,
    /// Where the button leads.
    pub link: Option<String>,
    /// The booking.
    pub booking: Option<BookingLines>,
    /// The messages of a summary.
    pub items: Vec<Item>,
    /// Where the reader gets rid of such letters.
    pub unsubscribe: Option<String>,
}

/// A booking in a letter.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BookingLines {
    /// Name of the court.
    pub court: String,
    /// Its date.
    pub date: String,
    /// From when to when.
    pub time: String,
}

/// One message of a summary.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Item {
    /// Headline.
    pub title: String,
    /// Text.
    pub body: String,
    /// Where it leads.
    pub link: Option<String>,
}

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../mail_templates/", $name)))),+]
    };
}

const FILES: &[(&str, &str)] = files![
    "layout.html",
    "parts.html",
    "notice.el.html",
    "notice.el.txt",
    "notice.en.html",
    "notice.en.txt",
    "booking.el.html",
    "booking.el.txt",
    "booking.en.html",
    "booking.en.txt",
    "security.el.html",
    "security.el.txt",
    "security.en.html",
    "security.en.txt",
    "promotion.el.html",
    "promotion.el.txt",
    "promotion.en.html",
    "promotion.en.txt",
    "digest.el.html",
    "digest.el.txt",
    "digest.en.html",
    "digest.en.txt",
];

/// The templates.
pub struct Templates(Environment<'static>);

impl Templates {
    /// Reads the compiled-in files.
    ///
    /// # Errors
    /// When one of them is no template, which a test excludes.
    pub fn load() -> anyhow::Result<Self> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(
            |name| {
                if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
            },
        );
        for (name, text) in FILES {
            environment.add_template(name, text)?;
        }
        Ok(Self(environment))
    }

    /// The two forms of a letter: text and HTML.
    ///
    /// # Errors
    /// When the template fails, which a test excludes.
    pub fn render(
        &self,
        template: Template,
        language: Language,
        content: &Content,
    ) -> anyhow::Result<(String, String)> {
        let context = context! { language => language.as_str(), ..Value::from_serialize(content) };
        let form = |extension: &str| {
            let name = format!("{}.{language}.{extension}", template.name());
            self.0.get_template(&name)?.render(&context)
        };
        Ok((form("txt")?, form("html")?))
    }
}

/// What each template looks like, for a page on which people look at them.
#[must_use]
pub fn samples(template: Template, language: Language) -> Content {
    let in_greek = language == Language::El;
    let pick = |el: &str, en: &str| if in_greek { el.to_owned() } else { en.to_owned() };
    let plain = Content {
        title: pick("Η πληρωμή σας στάλθηκε", "Your payout is on its way"),
        body: pick(
            "120,00 € θα βρίσκονται στον λογαριασμό σας σε δύο ημέρες.",
            "€120.00 will be in your account in two days.",
        ),
        name: pick("Ελένη", "Eleni"),
        link: Some("https://courtside.example/bookings".to_owned()),
        ..Content::default()
    };
    match template {
        Template::Notice => plain,
        Template::Booking => Content {
            title: pick("Η κράτηση επιβεβαιώθηκε", "Booking confirmed"),
            body: pick("Τα λέμε στο γήπεδο.", "See you on the court."),
            booking: Some(BookingLines {
                court: pick("Γήπεδο Σύνταγμα", "Syntagma Court"),
                date: "19/05/2026".to_owned(),
                time: "18:00-19:30".to_owned(),
            }),
            ..plain
        },
        Template::Security => Content {
            title: pick("Νέα σύνδεση στον λογαριασμό σας", "New sign-in to your account"),
            body: pick("Από άλλη χώρα, στις 19/05/2026.", "From another country, on 19/05/2026."),
            ..plain
        },
        Template::Promotion => Content {
            title: pick("Ελευθερώθηκε μια ώρα", "A slot is free"),
            body: pick("Γήπεδο Σύνταγμα, 19/05/2026, 18:00.", "Syntagma Court, 19/05/2026, 18:00."),
            unsubscribe: Some("https://courtside.example/api/notifications/unsubscribe?token=sample".to_owned()),
            ..plain
        },
        Template::Digest => Content {
            title: pick("3 νέα από το Courtside", "3 news from Courtside"),
            items: (1..=3)
                .map(|number| Item {
                    title: format!("{} {number}", pick("Πληρωμή", "Payout")),
                    body: plain.body.clone(),
                    link: plain.link.clone(),
                })
                .collect(),
            ..plain
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each template has both forms in both languages, for a phone's width, with the words it was given and a way to the
    /// app.
    #[test]
    fn every_template_renders_in_both_languages() {
        let templates = Templates::load().expect("templates");
        for template in Template::ALL {
            for language in [Language::El, Language::En] {
                let content = samples(template, language);
                let (text, html) = templates.render(template, language, &content).expect("a letter");
                let what = format!("{} {language}", template.name());
                for form in [&text, &html] {
                    assert!(form.contains(&content.name), "{what}: {form}");
                    assert!(form.contains("courtside.example"), "{what}: {form}");
                    assert!(!form.contains("{{") && !form.contains("{%"), "{what}: {form}");
                    let greek = form.chars().any(|letter| ('α'..='ω').contains(&letter));
                    assert_eq!(greek, language == Language::El, "{what}: {form}");
                }
                assert!(html.contains("width=device-width") && !html.contains("<script"), "{what}");
                assert_eq!(html.contains("unsubscribe"), template == Template::Promotion, "{what}");
            }
        }
    }

    /// SEC-39: what people type is text in a letter too.
    #[test]
    fn markup_in_texts_is_text() {
        let templates = Templates::load().expect("templates");
        let content = Content { body: "<b>x</b>".to_owned(), ..samples(Template::Booking, Language::En) };
        let (text, html) = templates.render(Template::Booking, Language::En, &content).expect("a letter");
        assert!(text.contains("<b>x</b>"));
        assert!(html.contains("&lt;b&gt;x") && !html.contains("<b>x"), "{html}");
    }

    #[test]
    fn each_message_has_its_template() {
        use NotificationType as T;
        assert_eq!(Template::of(Some(T::FavoriteCourtAlert), true, false), Template::Promotion);
        assert_eq!(Template::of(Some(T::SecurityNotice), false, false), Template::Security);
        assert_eq!(Template::of(Some(T::BookingConfirmed), false, true), Template::Booking);
        assert_eq!(Template::of(None, false, false), Template::Notice);
    }
}
