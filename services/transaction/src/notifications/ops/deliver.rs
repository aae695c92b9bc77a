//! One delivery that is due: decided anew, sent outside of any transaction, and its end stored under the claim.

use std::collections::HashMap;

use contracts::events::{Channel, NotificationType};
use contracts::identity::AccountStatus;
use contracts::ids::UserId;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kit::trace::{self, TraceContext};
use uuid::Uuid;

use super::{in_app, letters};
use crate::notifications::channels::{Outcome, PushMessage, Subscription};
use crate::notifications::domain::backoff;
use crate::notifications::domain::plan::{self, Message, Reason, Situation, Verdict, Wait};
use crate::notifications::domain::text::{self, Names, Words};
use crate::notifications::store::{self, Claimed, Device, End, Finished};
use crate::platform_port::{self, Recipient};
use crate::state::AppState;

/// How long a worker may be at what it has taken before another one takes it.
pub const CLAIM: SignedDuration = SignedDuration::from_secs(60);
/// How long one delivery takes at most: longer than every time limit together.
const ONE_DELIVERY: SignedDuration = SignedDuration::from_secs(40);

/// A delivery that is due, with whom it is for and the names it may mention.
#[derive(Debug, Clone)]
pub struct Due {
    /// The delivery.
    pub(super) delivery: Claimed,
    /// None for somebody who is gone.
    recipient: Option<Recipient>,
    names: Names,
}

/// Takes at most `limit` due deliveries of one way, the oldest of each person first.
///
/// # Errors
/// When the database refuses.
pub async fn claim_due(state: &AppState, channel: Channel, limit: i64) -> Result<Vec<Due>, sqlx::Error> {
    let now = state.env.clock.now();
    let names = (state.env.ids.new_id(), state.notifications.process);
    let claimed = store::claim(&state.pool, channel, limit, names, (now, now + CLAIM)).await?;
    know(state, claimed).await
}

/// Looks up who everybody is, for all at once.
pub(super) async fn know(state: &AppState, claimed: Vec<Claimed>) -> Result<Vec<Due>, sqlx::Error> {
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let readers: Vec<Uuid> = claimed.iter().map(|delivery| delivery.user.0).collect();
    let recipients: HashMap<UserId, Recipient> =
        platform_port::recipients(&state.pool, &readers).await?.into_iter().collect();
    let bookings = claimed.iter().filter_map(|delivery| delivery.booking.as_ref());
    let people: Vec<Uuid> = bookings
        .flat_map(|booking| booking.customer.into_iter().chain([booking.owner]).map(|person| person.0))
        .collect();
    let known = platform_port::names(&mut *state.pool.acquire().await?, &people).await?;
    let known: HashMap<UserId, String> = known.into_iter().collect();
    let know = |delivery: Claimed| {
        let recipient = recipients.get(&delivery.user).cloned();
        let booking = delivery.booking.as_ref();
        let names = Names {
            customer: booking.and_then(|booking| {
                let customer = booking.customer.and_then(|customer| known.get(&customer).cloned());
                customer.or_else(|| booking.guest_name.clone())
            }),
            owner: booking.and_then(|booking| known.get(&booking.owner).cloned()),
            reader: recipient.as_ref().map(|recipient| recipient.name.clone()),
        };
        Due { delivery, recipient, names }
    };
    Ok(claimed.into_iter().map(know).collect())
}

/// The deliveries of each person, in their order: one after the other, while different people need not wait for each other.
#[must_use]
pub fn by_person(due: Vec<Due>) -> Vec<Vec<Due>> {
    let mut places: HashMap<UserId, usize> = HashMap::new();
    let mut people: Vec<Vec<Due>> = Vec::new();
    for one in due {
        let place = *places.entry(one.delivery.user).or_insert(people.len());
        if place == people.len() {
            people.push(Vec::new());
        }
        people[place].push(one);
    }
    people
}

/// Delivers everything of one way that is due, and answers how many deliveries there were. What the workers do
/// all the time, once.
///
/// # Errors
/// When the database refuses.
pub async fn deliver_due(state: &AppState, channel: Channel) -> Result<usize, sqlx::Error> {
    let mut done = 0;
    loop {
        let claimed = claim_due(state, channel, i64::from(state.config.notifications.parallel.max(1))).await?;
        if claimed.is_empty() {
            return Ok(done);
        }
        done += claimed.len();
        join_all(by_person(claimed).into_iter().map(|person| deliver_in_order(state, person))).await;
    }
}

/// Brings the deliveries of one person a step further, one after the other. Those before may have taken so long that the
/// claim could run out in the middle of a delivery, and another worker would send it as well: from there on they are handed
/// back.
pub async fn deliver_in_order(state: &AppState, person: Vec<Due>) {
    let mut open = person.into_iter();
    while let Some(due) = open.next() {
        if due.delivery.claimed_until < state.env.clock.now() + ONE_DELIVERY {
            let left: Vec<Due> = std::iter::once(due).chain(open).collect();
            if let Err(error) = hand_back(state, &left).await {
                tracing::warn!(%error, "deliveries cannot be handed back and wait until their claim has run out");
            }
            return;
        }
        deliver(state, due).await;
    }
}

async fn hand_back(state: &AppState, left: &[Due]) -> Result<(), sqlx::Error> {
    let left: Vec<&Claimed> = left.iter().map(|due| &due.delivery).collect();
    store::hand_back(&mut *state.pool.acquire().await?, &left).await
}

/// Brings one delivery a step further, under the trace of its cause. What goes wrong on our side is logged, and the
/// delivery comes again when the claim has run out.
pub async fn deliver(state: &AppState, due: Due) {
    let delivery = &due.delivery;
    let parent = delivery.traceparent.as_deref().and_then(TraceContext::parse);
    let span = tracing::info_span!(
        "notification", channel = delivery.channel.as_str(), notification = %delivery.notification
    );
    if let Err(error) = trace::continue_from(parent, span, attempt(state, &due)).await {
        let error = format!("{error:#}");
        tracing::error!(delivery = %delivery.id, channel = delivery.channel.as_str(), error, "a delivery broke off");
    }
}

async fn attempt(state: &AppState, due: &Due) -> anyhow::Result<()> {
    let now = state.env.clock.now();
    let delivery = &due.delivery;
    let standing = due.recipient.as_ref().filter(|recipient| recipient.status != AccountStatus::Deleted);
    let Some(recipient) = standing else {
        return never(state, delivery, Reason::Gone).await;
    };
    match verdict(state, delivery, recipient, now) {
        Verdict::Never(reason) => never(state, delivery, reason).await,
        Verdict::Later(until, wait) => later(state, delivery, until, wait).await,
        Verdict::Summary => letters::send_summary(state, due, recipient, now).await,
        Verdict::Now => {
            let words = words_of(due, recipient);
            // Whoever has lost the claim meanwhile sends nothing.
            if delivery.claimed_until <= now {
                return Ok(());
            }
            match delivery.channel {
                Channel::InApp => in_app::show(state, delivery, &words).await,
                Channel::Push | Channel::WebPush => push(state, delivery, &words).await,
                Channel::Email => letters::send(state, delivery, recipient, &words).await,
            }
        }
    }
}

pub(super) fn verdict(state: &AppState, delivery: &Claimed, recipient: &Recipient, now: Timestamp) -> Verdict {
    let message = Message {
        kind: delivery.kind.parse().ok(),
        urgency: delivery.urgency,
        wished: delivery.wished.clone(),
        requested_at: delivery.requested_at,
        booking_ahead: delivery.booking.as_ref().map(|booking| booking.ahead),
    };
    let situation = Situation {
        // Somebody who has connected to this very process a moment ago may not be written down yet.
        app_open: delivery.app_open || !state.gateway.notification_links(delivery.user).is_empty(),
        in_app: delivery.in_app,
        socket_until: delivery.socket_until,
        socket_patience: SignedDuration::from_millis(
            i64::try_from(state.config.notifications.socket_ms).unwrap_or(i64::MAX),
        ),
        waited: delivery.waited,
    };
    plan::decide(delivery.channel, &message, &recipient.reader, &situation, now)
}

pub(super) async fn never(state: &AppState, delivery: &Claimed, reason: Reason) -> anyhow::Result<()> {
    let (dropped, now) = (Finished::Dropped(reason.as_str()), state.env.clock.now());
    state.notifications.desk.finish(End::new(delivery, None, &delivery.reached, &dropped, now)).await?;
    report(delivery, &dropped, &Outcome::Accepted, now);
    Ok(())
}

pub(super) async fn later(state: &AppState, delivery: &Claimed, until: Timestamp, wait: Wait) -> anyhow::Result<()> {
    let socket_until = match wait {
        Wait::Day => None,
        Wait::Socket(until) => Some(until),
    };
    store::postpone(&state.pool, delivery, until, socket_until, state.env.clock.now()).await?;
    Ok(())
}

/// The reader's words, with the names that stand behind the ids (NOTE-01).
pub(super) fn words_of(due: &Due, recipient: &Recipient) -> Words {
    text::words(&due.delivery.title, &due.delivery.body, recipient.language, &due.names)
}

/// The path a tap leads to; none for types that this build does not know (NOTE-17).
pub(super) fn path_of(delivery: &Claimed) -> Option<String> {
    delivery.kind.parse::<NotificationType>().ok()?;
    delivery.data.deep_link.as_deref().and_then(text::path).map(str::to_owned)
}

/// To all devices that do not have it yet.
async fn push(state: &AppState, delivery: &Claimed, words: &Words) -> anyhow::Result<()> {
    let devices = store::devices_of(&state.pool, delivery.user, delivery.channel == Channel::WebPush).await?;
    if devices.is_empty() {
        return never(state, delivery, Reason::NoDevice).await;
    }
    let data = &delivery.data;
    let about = [
        ("bookingId", data.booking_id.map(|id| id.to_string())),
        ("courtId", data.court_id.map(|id| id.to_string())),
        ("matchId", data.match_id.map(|id| id.to_string())),
        ("paymentId", data.payment_id.map(|id| id.to_string())),
        ("ticketId", data.ticket_id.map(|id| id.to_string())),
    ];
    let message = PushMessage {
        id: delivery.notification.to_string(),
        kind: delivery.kind.clone(),
        urgency: delivery.urgency,
        title: words.title.clone(),
        body: words.body.clone(),
        path: path_of(delivery),
        about: about.into_iter().filter_map(|(name, id)| Some((name, id?))).collect(),
        trace_id: delivery.trace_id.clone(),
    };
    let open = devices.iter().filter(|device| !delivery.reached.contains(&device.id));
    let sent = join_all(open.map(|device| {
        let message = &message;
        async move { (device, push_to(state, delivery.user, device, message).await) }
    }))
    .await;
    let mut reached = delivery.reached.clone();
    let mut failures = Vec::new();
    for (device, outcome) in sent {
        match outcome {
            Outcome::Accepted => reached.push(device.id),
            Outcome::Gone => {
                store::forget_device(&state.pool, device).await?;
                metrics::counter!("notification_devices_gone_total", "channel" => delivery.channel.as_str())
                    .increment(1);
            }
            failure => failures.push(failure),
        }
    }
    let outcome = match failures.into_iter().max_by_key(weight) {
        Some(failure) => failure,
        None if reached.is_empty() => Outcome::Refused("NO_DEVICE_LEFT".to_owned()),
        None => Outcome::Accepted,
    };
    // Those who refuse for good do not make a message fail that others have.
    let outcome = match outcome {
        Outcome::Refused(_) if !reached.is_empty() => Outcome::Accepted,
        outcome => outcome,
    };
    conclude(state, delivery, words, &reached, &outcome).await
}

/// Which of several failures decides: one that may pass is worth another try.
const fn weight(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Retry(_) => 3,
        Outcome::Outage => 2,
        Outcome::Refused(_) => 1,
        Outcome::Accepted | Outcome::Gone => 0,
    }
}

async fn push_to(state: &AppState, user: UserId, device: &Device, message: &PushMessage) -> Outcome {
    let open = |sealed: &[u8]| {
        let text = state.notifications.sealing.unseal(user.0, sealed)?;
        anyhow::Ok(String::from_utf8(text)?)
    };
    let opened =
        open(&device.sealed_token).and_then(|token| Ok((token, device.sealed_keys.as_deref().map(open).transpose()?)));
    let (token, keys) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(device = %device.id, %error, "a device's address cannot be read");
            return Outcome::Refused("UNREADABLE_DEVICE".to_owned());
        }
    };
    let channels = &state.notifications.channels;
    match keys.as_deref().map(serde_json::from_str::<Subscription>) {
        Some(Ok(subscription)) => channels.web_push.send(&subscription, message).await,
        Some(Err(_)) => Outcome::Refused("UNREADABLE_DEVICE".to_owned()),
        None => channels.fcm.send(&token, message).await,
    }
}

/// What an outcome means for the row (NOTE-09).
pub(super) fn finished(delivery: &Claimed, outcome: &Outcome, now: Timestamp) -> Finished {
    match outcome {
        Outcome::Accepted => Finished::Sent,
        Outcome::Gone => Finished::Failed("GONE".to_owned()),
        Outcome::Refused(reason) => Finished::Failed(reason.clone()),
        Outcome::Retry(reason) => match backoff::next_try(delivery.tries + 1, now) {
            Some(at) => Finished::Again { at, counts: true },
            None => Finished::Failed(reason.clone()),
        },
        Outcome::Outage => match backoff::after_outage(delivery.requested_at, now) {
            Some(at) => Finished::Again { at, counts: false },
            None => Finished::Failed("OUTAGE".to_owned()),
        },
    }
}

/// Stores how a try ended.
pub(super) async fn conclude(
    state: &AppState,
    delivery: &Claimed,
    words: &Words,
    reached: &[Uuid],
    outcome: &Outcome,
) -> anyhow::Result<()> {
    let now = state.env.clock.now();
    let finished = finished(delivery, outcome, now);
    state.notifications.desk.finish(End::new(delivery, Some(words), reached, &finished, now)).await?;
    report(delivery, &finished, outcome, now);
    Ok(())
}

pub(super) fn report(delivery: &Claimed, finished: &Finished, outcome: &Outcome, now: Timestamp) {
    let channel = delivery.channel.as_str();
    match finished {
        Finished::Sent | Finished::Delivered => {
            let seconds = now.duration_since(delivery.requested_at).as_secs_f64().max(0.0);
            metrics::histogram!("notification_delivery_seconds", "channel" => channel).record(seconds);
            count(delivery, "sent");
        }
        Finished::Again { .. } => {
            tracing::warn!(delivery = %delivery.id, channel, ?outcome, tries = delivery.tries, "a message waits for another try");
            count(delivery, "retried");
        }
        Finished::Failed(reason) => {
            tracing::error!(delivery = %delivery.id, channel, reason, "a message could not be delivered");
            count(delivery, "failed");
        }
        Finished::Dropped(_) => count(delivery, "dropped"),
    }
}

fn count(delivery: &Claimed, outcome: &'static str) {
    let channel = delivery.channel.as_str();
    metrics::counter!("notification_deliveries_total", "channel" => channel, "outcome" => outcome).increment(1);
}
