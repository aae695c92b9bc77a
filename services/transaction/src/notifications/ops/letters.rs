//! Mail: one letter for a message, or one for all that waited for the morning (NOTE-31).

use contracts::events::{NotificationType, Urgency};
use contracts::identity::{Language, Role};
use jiff::Timestamp;
use url::Url;

use super::deliver::{CLAIM, Due, conclude, finished, know, later, never, path_of, report, verdict, words_of};
use crate::notifications::channels::{BookingLines, Content, Item};
use crate::notifications::channels::{Letter, Template};
use crate::notifications::domain::digest;
use crate::notifications::domain::plan::{Reason, Verdict};
use crate::notifications::domain::text::{self, Words};
use crate::notifications::store::{self, Claimed, End};
use crate::platform_port::Recipient;
use crate::state::AppState;

/// Sends one message as a letter.
pub(super) async fn send(
    state: &AppState,
    delivery: &Claimed,
    recipient: &Recipient,
    words: &Words,
) -> anyhow::Result<()> {
    if recipient.email.is_empty() {
        return never(state, delivery, Reason::NoDevice).await;
    }
    let kind: Option<NotificationType> = delivery.kind.parse().ok();
    let promotional = delivery.urgency == Urgency::Promotional;
    let booking = delivery.booking.as_ref().map(|booking| BookingLines {
        court: booking.court.in_language(words.language).to_owned(),
        date: booking.date.strftime("%d/%m/%Y").to_string(),
        time: format!("{}-{}", booking.start.strftime("%H:%M"), booking.end.strftime("%H:%M")),
    });
    let template = Template::of(kind, promotional, booking.is_some());
    let content = Content {
        title: words.title.clone(),
        body: words.body.clone(),
        name: recipient.name.clone(),
        link: path_of(delivery).map(|path| text::address(base_of(state, recipient).as_str(), &path)),
        booking,
        unsubscribe: promotional.then(|| unsubscribe_address(state, delivery)),
        ..Content::default()
    };
    let letter = letter(state, delivery, template, words.language, &content)?;
    let outcome = state.notifications.channels.mail.send(&recipient.email, &letter).await;
    conclude(state, delivery, words, &[], &outcome).await
}

/// Sends everything that waited for this morning in one letter. `lead` was due first and stands for all.
pub(super) async fn send_summary(
    state: &AppState,
    lead: &Due,
    recipient: &Recipient,
    now: Timestamp,
) -> anyhow::Result<()> {
    // One that was due before it may have taken this one along.
    if !store::is_ours(&state.pool, &lead.delivery).await? {
        return Ok(());
    }
    let morning = digest::latest_morning(now, &recipient.reader.zone);
    let others = store::summary_of(&state.pool, &lead.delivery, morning, (now, now + CLAIM)).await?;
    let others = know(state, others).await?;
    let base = base_of(state, recipient);
    let (mut members, mut items) = (Vec::new(), Vec::new());
    for due in std::iter::once(lead.clone()).chain(others) {
        let delivery = &due.delivery;
        match verdict(state, delivery, recipient, now) {
            Verdict::Summary | Verdict::Now => {}
            Verdict::Never(reason) => {
                never(state, delivery, reason).await?;
                continue;
            }
            Verdict::Later(until, wait) => {
                later(state, delivery, until, wait).await?;
                continue;
            }
        }
        let words = words_of(&due, recipient);
        let link = path_of(delivery).map(|path| text::address(base.as_str(), &path));
        items.push(Item { title: words.title.clone(), body: words.body.clone(), link });
        members.push((due.delivery, words));
    }
    // No events, no mail.
    if members.is_empty() {
        return Ok(());
    }
    let count = items.len();
    let title = match recipient.language {
        Language::El if count == 1 => "1 νέο από το Courtside".to_owned(),
        Language::El => format!("{count} νέα από το Courtside"),
        Language::En => format!("{count} news from Courtside"),
    };
    let content = Content {
        title,
        name: recipient.name.clone(),
        link: Some(text::address(base.as_str(), "/notifications")),
        items,
        ..Content::default()
    };
    let letter = letter(state, &lead.delivery, Template::Digest, recipient.language, &content)?;
    let outcome = state.notifications.channels.mail.send(&recipient.email, &letter).await;
    let now = state.env.clock.now();
    let finished: Vec<_> = members.iter().map(|(delivery, _)| finished(delivery, &outcome, now)).collect();
    let ends: Vec<End> = members
        .iter()
        .zip(&finished)
        .map(|((delivery, words), finished)| End::new(delivery, Some(words), &[], finished, now))
        .collect();
    store::finish(&mut *state.pool.acquire().await?, &ends).await?;
    for ((delivery, _), finished) in members.iter().zip(&finished) {
        report(delivery, finished, &outcome, now);
    }
    Ok(())
}

fn letter(
    state: &AppState,
    delivery: &Claimed,
    template: Template,
    language: Language,
    content: &Content,
) -> anyhow::Result<Letter> {
    let (text, html) = state.notifications.channels.templates.render(template, language, content)?;
    Ok(Letter {
        // A headline is one line, whatever a court is called.
        subject: content.title.split_whitespace().collect::<Vec<_>>().join(" "),
        text,
        html,
        category: template.name(),
        unsubscribe: content.unsubscribe.clone(),
        notification_id: delivery.notification.to_string(),
        trace_id: delivery.trace_id.clone(),
    })
}

fn base_of<'a>(state: &'a AppState, recipient: &Recipient) -> &'a Url {
    let config = &state.config.notifications;
    if recipient.reader.role == Role::Customer { &config.customer_url } else { &config.owner_url }
}

fn unsubscribe_address(state: &AppState, delivery: &Claimed) -> String {
    let token = state.notifications.unsubscribing.token(delivery.user);
    let base = state.config.notifications.api_url.as_str();
    text::address(base, &format!("/api/notifications/unsubscribe?token={token}"))
}
