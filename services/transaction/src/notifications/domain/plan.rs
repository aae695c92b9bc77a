//! Which ways of reaching a person are taken, now, later or never (NOTE-04 to NOTE-07, NOTE-13, NOTE-21, NOTE-24 to
//! NOTE-32). Pure: decided anew each time a delivery is due, from what is stored then.

use std::collections::BTreeMap;

use contracts::events::{Channel, NotificationType, Urgency};
use contracts::identity::Role;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::digest;
use super::quiet_hours::QuietHours;

/// How often a waiting delivery is looked at again, because preferences may have changed (NOTE-32).
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// The person, as far as it matters.
#[derive(Debug, Clone)]
pub struct Reader {
    /// As what.
    pub role: Role,
    /// Where the day begins and ends.
    pub zone: TimeZone,
    /// Do-not-disturb.
    pub quiet: Option<QuietHours>,
    /// The rest of the preferences.
    pub wants: Wants,
}

/// What a person has asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// NOTE-24.
    Customer(CustomerWants),
    /// NOTE-25.
    Owner(OwnerWants),
    /// Staff have no preferences.
    Everything,
}

/// A customer's preferences (FIND-35).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerWants {
    /// News of the own bookings.
    pub booking_events: bool,
    /// News of favourite courts.
    pub favourites: bool,
    /// Anything promotional.
    pub promotional: bool,
    /// By mail.
    pub email: bool,
    /// To devices.
    pub push: bool,
}

impl Default for CustomerWants {
    fn default() -> Self {
        Self { booking_events: true, favourites: true, promotional: true, email: true, push: true }
    }
}

/// An owner's preferences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnerWants {
    /// By kind of event, as it is called there (NOTE-26); what is missing is on.
    pub channels: BTreeMap<String, Ways>,
    /// One mail a day for all that may wait (NOTE-31).
    pub digest: bool,
}

/// The three switches of one kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways {
    /// By mail.
    pub email: bool,
    /// To phones and browsers (NOTE-27).
    pub push: bool,
    /// In the portal.
    pub in_app: bool,
}

impl Default for Ways {
    fn default() -> Self {
        Self { email: true, push: true, in_app: true }
    }
}

/// The message.
#[derive(Debug, Clone)]
pub struct Message {
    /// About what; none when this build does not know the type (NOTE-17).
    pub kind: Option<NotificationType>,
    /// Of the type where it is known, else as it was asked for.
    pub urgency: Urgency,
    /// Ways the cause wishes for.
    pub wished: Option<Vec<Channel>>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Whether the booking it is about is still ahead; none when it is about none.
    pub booking_ahead: Option<bool>,
}

/// Where the in-app delivery of the same message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InApp {
    /// Not decided, or on its way.
    Open,
    /// The app has it.
    Seen,
    /// It went no further than the list, or not even there.
    Unseen,
}

/// What stands around a delivery that is due.
#[derive(Debug, Clone, Copy)]
pub struct Situation {
    /// The person has an app open (NOTE-04).
    pub app_open: bool,
    /// The in-app delivery beside it.
    pub in_app: InApp,
    /// Until when the open app may answer for it, once it was given that time.
    pub socket_until: Option<Timestamp>,
    /// How long an app gets (NOTE-05).
    pub socket_patience: SignedDuration,
    /// It has been put off by quiet hours or a digest.
    pub waited: bool,
}

/// What happens to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes out.
    Now,
    /// It goes into the summary that is sent now (NOTE-31).
    Summary,
    /// It is looked at again then.
    Later(Timestamp, Wait),
    /// It does not go out.
    Never(Reason),
}

/// What a delivery waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The end of the quiet hours, or the morning.
    Day,
    /// An answer of the open app, until this moment.
    Socket(Timestamp),
}

/// Why a way is not taken. Stored as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nobody wished for this way.
    NotWished,
    /// The person has switched it off.
    SwitchedOff,
    /// The person does not want anything promotional.
    OptedOut,
    /// It waited until it meant nothing any more.
    Pointless,
    /// The app has shown it.
    SeenInApp,
    /// There is no device to send it to.
    NoDevice,
    /// The account is gone.
    Gone,
}

impl Reason {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotWished => "NOT_WISHED",
            Self::SwitchedOff => "SWITCHED_OFF",
            Self::OptedOut => "OPTED_OUT",
            Self::Pointless => "POINTLESS",
            Self::SeenInApp => "SEEN_IN_APP",
            Self::NoDevice => "NO_DEVICE",
            Self::Gone => "GONE",
        }
    }
}

/// Decides about one way of one message at `now`.
#[must_use]
pub fn decide(channel: Channel, message: &Message, reader: &Reader, situation: &Situation, now: Timestamp) -> Verdict {
    if let Err(reason) = may_go(channel, message, reader) {
        return Verdict::Never(reason);
    }
    let critical = message.urgency == Urgency::Critical;
    if situation.waited && !critical && is_about_what_is_ahead(message.kind) && message.booking_ahead == Some(false) {
        return Verdict::Never(Reason::Pointless);
    }
    if !critical && let Some(end) = reader.quiet.and_then(|quiet| quiet.end_after(now, &reader.zone)) {
        return Verdict::Later(end.min(now + LOOK_AGAIN), Wait::Day);
    }
    if channel == Channel::Email && !critical && wants_digest(&reader.wants) {
        // What has waited for this morning, or an earlier one, goes out in one mail.
        if message.requested_at < digest::latest_morning(now, &reader.zone) {
            return Verdict::Summary;
        }
        let morning = digest::morning_after(message.requested_at, &reader.zone);
        return Verdict::Later(morning.min(now + LOOK_AGAIN), Wait::Day);
    }
    if follows_the_app(channel, reader.role) {
        return match situation.in_app {
            InApp::Seen => Verdict::Never(Reason::SeenInApp),
            InApp::Unseen => Verdict::Now,
            InApp::Open => {
                let until = situation.socket_until.unwrap_or(now + situation.socket_patience);
                if situation.app_open && now < until {
                    Verdict::Later(until, Wait::Socket(until))
                } else {
                    Verdict::Now
                }
            }
        };
    }
    Verdict::Now
}

/// Whether the way is wished for and switched on.
fn may_go(channel: Channel, message: &Message, reader: &Reader) -> Result<(), Reason> {
    let wished = match &message.wished {
        // NOTE-27: who wishes for a push means browsers too.
        Some(list) => list.contains(&channel) || (channel == Channel::WebPush && list.contains(&Channel::Push)),
        None => channel != Channel::Email || is_mailed(message.kind, reader.role),
    };
    if !wished {
        return Err(Reason::NotWished);
    }
    let critical = message.urgency == Urgency::Critical;
    let on = match &reader.wants {
        Wants::Everything => true,
        Wants::Customer(wants) => {
            if message.urgency == Urgency::Promotional {
                let favourite = message.kind == Some(NotificationType::FavoriteCourtAlert);
                if !wants.promotional || (favourite && !wants.favourites) {
                    return Err(Reason::OptedOut);
                }
            }
            let about = wants.booking_events || !is_about_a_booking(message.kind);
            match channel {
                Channel::Email => about && wants.email,
                Channel::Push | Channel::WebPush => about && wants.push,
                // NOTE-28: what cannot wait is at least in the app.
                Channel::InApp => about || critical,
            }
        }
        Wants::Owner(wants) => {
            let ways =
                owner_event(message.kind).and_then(|event| wants.channels.get(event)).copied().unwrap_or_default();
            match channel {
                Channel::Email => ways.email,
                Channel::Push | Channel::WebPush => ways.push,
                Channel::InApp => ways.in_app || (critical && !ways.email && !ways.push),
            }
        }
    };
    // Whoever cannot sign in any more reads about it nowhere but in the mailbox.
    let always = channel == Channel::Email && message.kind == Some(NotificationType::SecurityNotice);
    if on || always { Ok(()) } else { Err(Reason::SwitchedOff) }
}

fn wants_digest(wants: &Wants) -> bool {
    matches!(wants, Wants::Owner(wants) if wants.digest)
}

/// Whether an open app takes the place of this way. An owner's phone rings as well, the browser only when the portal is
/// closed (NOTE-06).
const fn follows_the_app(channel: Channel, role: Role) -> bool {
    match channel {
        Channel::WebPush => true,
        Channel::Push => !matches!(role, Role::CourtOwner),
        Channel::InApp | Channel::Email => false,
    }
}

/// Whether a message is mailed when nobody says by which way it should go. Owners get everything (NOTE-21); customers
/// what they may want to keep, and what is no use to somebody standing on the court is left to the phone.
fn is_mailed(kind: Option<NotificationType>, role: Role) -> bool {
    use NotificationType as T;
    if role != Role::Customer {
        return true;
    }
    matches!(
        kind,
        Some(
            T::BookingConfirmed
                | T::BookingCancelled
                | T::BookingRejected
                | T::BookingPendingConfirmation
                | T::RecurringBookingPriceChanged
                | T::PaymentReceived
                | T::PaymentFailed
                | T::PaymentDispute
                | T::RefundCompleted
                | T::SupportTicketUpdated
                | T::FavoriteCourtAlert
                | T::SecurityNotice
                | T::DataExportReady
                | T::CourtChanged
        )
    )
}

/// What a customer switches off with `bookingEvents`.
const fn is_about_a_booking(kind: Option<NotificationType>) -> bool {
    use NotificationType as T;
    matches!(
        kind,
        Some(
            T::BookingConfirmed
                | T::BookingCancelled
                | T::BookingRejected
                | T::BookingPendingConfirmation
                | T::BookingReminder
                | T::RecurringBookingPriceChanged
                | T::WeatherAlert
                | T::CourtChanged
        )
    )
}

/// What means nothing once its booking is over or off. A refund still does.
const fn is_about_what_is_ahead(kind: Option<NotificationType>) -> bool {
    use NotificationType as T;
    matches!(
        kind,
        Some(
            T::BookingReminder
                | T::PendingConfirmationReminder
                | T::ReminderAlert
                | T::WeatherAlert
                | T::CourtChanged
                | T::RecurringBookingPriceChanged
        )
    )
}

/// The owner's switch for a type (NOTE-26); none for types that cannot be switched off.
const fn owner_event(kind: Option<NotificationType>) -> Option<&'static str> {
    use NotificationType as T;
    match kind {
        Some(T::BookingConfirmed) => Some("NEW_BOOKING"),
        Some(T::BookingCancelled | T::BookingRejected) => Some("CANCELLATION"),
        Some(T::BookingPendingConfirmation | T::PendingConfirmationReminder) => Some("PENDING_CONFIRMATION"),
        Some(T::PaymentReceived) => Some("PAYMENT_RECEIVED"),
        Some(T::PayoutCompleted) => Some("PAYOUT_COMPLETED"),
        Some(T::PaymentDispute) => Some("PAYMENT_DISPUTE"),
        Some(T::ReminderAlert) => Some("REMINDER_ALERT"),
        Some(T::SubscriptionExpiring | T::SubscriptionExpired | T::SubscriptionRenewed) => Some("SUBSCRIPTION_BILLING"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const CHANNELS: [Channel; 4] = [Channel::Push, Channel::WebPush, Channel::InApp, Channel::Email];

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal instant")
    }

    /// Noon in Athens.
    fn noon() -> Timestamp {
        at("2026-05-04T09:00:00Z")
    }

    fn message(kind: NotificationType) -> Message {
        Message { kind: Some(kind), urgency: kind.urgency(), wished: None, requested_at: noon(), booking_ahead: None }
    }

    fn reader(role: Role, wants: Wants) -> Reader {
        Reader { role, zone: TimeZone::get("Europe/Athens").expect("in the database"), quiet: None, wants }
    }

    fn customer(wants: CustomerWants) -> Reader {
        reader(Role::Customer, Wants::Customer(wants))
    }

    fn owner(wants: OwnerWants) -> Reader {
        reader(Role::CourtOwner, Wants::Owner(wants))
    }

    fn closed() -> Situation {
        Situation {
            app_open: false,
            in_app: InApp::Open,
            socket_until: None,
            socket_patience: SignedDuration::from_secs(5),
            waited: false,
        }
    }

    fn open() -> Situation {
        Situation { app_open: true, ..closed() }
    }

    /// NOTE-04, NOTE-05: an open app gets five seconds, a closed one none; what it has shown is not pushed.
    #[test]
    fn an_open_app_comes_before_the_push() {
        let (message, person) = (message(NotificationType::RefundCompleted), customer(CustomerWants::default()));
        let push = |situation, now| decide(Channel::Push, &message, &person, &situation, now);
        assert_eq!(push(closed(), noon()), Verdict::Now);
        let until = noon() + SignedDuration::from_secs(5);
        assert_eq!(push(open(), noon()), Verdict::Later(until, Wait::Socket(until)));
        let waiting = Situation { socket_until: Some(until), ..open() };
        assert_eq!(push(waiting, until), Verdict::Now);
        assert_eq!(push(Situation { in_app: InApp::Seen, ..open() }, noon()), Verdict::Never(Reason::SeenInApp));
        assert_eq!(push(Situation { in_app: InApp::Unseen, ..open() }, noon()), Verdict::Now);
        assert_eq!(decide(Channel::InApp, &message, &person, &open(), noon()), Verdict::Now);
    }

    /// NOTE-06: an owner's phone and mailbox get everything; the browser only when the portal is closed.
    #[test]
    fn an_owner_is_reached_everywhere() {
        let (message, person) = (message(NotificationType::BookingConfirmed), owner(OwnerWants::default()));
        let seen = Situation { in_app: InApp::Seen, ..open() };
        for (channel, verdict) in [
            (Channel::InApp, Verdict::Now),
            (Channel::Push, Verdict::Now),
            (Channel::Email, Verdict::Now),
            (Channel::WebPush, Verdict::Never(Reason::SeenInApp)),
        ] {
            assert_eq!(decide(channel, &message, &person, &seen, noon()), verdict, "{channel:?}");
        }
    }

    /// NOTE-07, NOTE-27: a wish narrows the ways; a push means browsers too.
    #[test]
    fn a_wish_narrows() {
        let wished = Some(vec![Channel::Push, Channel::Email]);
        let message = Message { wished, ..message(NotificationType::SecurityNotice) };
        let taken = CHANNELS.map(|channel| {
            decide(channel, &message, &customer(CustomerWants::default()), &closed(), noon()) == Verdict::Now
        });
        assert_eq!(taken, [true, true, false, true]);
    }

    /// NOTE-13: after an opt-out nothing promotional goes anywhere, and favourites have a switch of their own.
    #[test]
    fn an_opt_out_holds_everywhere() {
        for wants in [
            CustomerWants { promotional: false, ..CustomerWants::default() },
            CustomerWants { favourites: false, ..CustomerWants::default() },
        ] {
            for channel in CHANNELS {
                let verdict = decide(
                    channel,
                    &message(NotificationType::FavoriteCourtAlert),
                    &customer(wants),
                    &closed(),
                    noon(),
                );
                assert_eq!(verdict, Verdict::Never(Reason::OptedOut), "{channel:?}");
            }
        }
    }

    /// NOTE-30: a reminder that waited until its booking was off is dropped; a refund is not.
    #[test]
    fn what_waited_too_long_is_dropped() {
        let waited = Situation { waited: true, ..closed() };
        let off = |kind| Message { booking_ahead: Some(false), ..message(kind) };
        let verdict = |kind| decide(Channel::Push, &off(kind), &customer(CustomerWants::default()), &waited, noon());
        assert_eq!(verdict(NotificationType::BookingReminder), Verdict::Never(Reason::Pointless));
        assert_eq!(verdict(NotificationType::RefundCompleted), Verdict::Now);
    }

    /// NOTE-31: mail waits for the morning, then goes into the summary; push and what is critical do not wait.
    #[test]
    fn a_digest_collects_mail_only() {
        let person = owner(OwnerWants { digest: true, ..OwnerWants::default() });
        let (payout, cancelled) =
            (message(NotificationType::PayoutCompleted), message(NotificationType::BookingCancelled));
        let morning = at("2026-05-05T05:00:00Z");
        let verdict = |channel, message: &Message, now| decide(channel, message, &person, &closed(), now);
        assert_eq!(
            verdict(Channel::Email, &payout, morning - SignedDuration::from_secs(60)),
            Verdict::Later(morning, Wait::Day)
        );
        assert_eq!(verdict(Channel::Email, &payout, morning), Verdict::Summary);
        assert_eq!(verdict(Channel::Push, &payout, noon()), Verdict::Now);
        assert_eq!(verdict(Channel::Email, &cancelled, noon()), Verdict::Now);
    }

    /// NOTE-26: each switch of an owner turns off its way of its kind of event, and no other.
    #[test]
    fn an_owner_switches_single_ways_off() {
        let off = Ways { email: false, push: true, in_app: true };
        let channels = BTreeMap::from([("PAYOUT_COMPLETED".to_owned(), off)]);
        let person = owner(OwnerWants { channels, digest: false });
        let verdict = |kind, channel| decide(channel, &message(kind), &person, &closed(), noon());
        assert_eq!(verdict(NotificationType::PayoutCompleted, Channel::Email), Verdict::Never(Reason::SwitchedOff));
        assert_eq!(verdict(NotificationType::PayoutCompleted, Channel::Push), Verdict::Now);
        assert_eq!(verdict(NotificationType::BookingConfirmed, Channel::Email), Verdict::Now);
    }

    fn kinds() -> impl Strategy<Value = NotificationType> {
        select(NotificationType::ALL)
    }

    fn people() -> impl Strategy<Value = Reader> {
        let switches = prop::array::uniform5(any::<bool>());
        let customers = switches.prop_map(|[booking_events, favourites, promotional, email, push]| {
            customer(CustomerWants { booking_events, favourites, promotional, email, push })
        });
        let events = select(vec!["NEW_BOOKING", "CANCELLATION", "PENDING_CONFIRMATION", "PAYMENT_DISPUTE"]);
        let ways = prop::array::uniform3(any::<bool>()).prop_map(|[email, push, in_app]| Ways { email, push, in_app });
        let owners = (prop::collection::btree_map(events.prop_map(str::to_owned), ways, 0..5), any::<bool>())
            .prop_map(|(channels, digest)| owner(OwnerWants { channels, digest }));
        let people = prop_oneof![customers, owners, Just(reader(Role::SupportAgent, Wants::Everything))];
        (people, prop::option::of((0_i8..24, 0_i8..24))).prop_map(|(person, hours)| Reader {
            quiet: hours.map(|(start, end)| QuietHours { start: time(start, 0, 0, 0), end: time(end, 0, 0, 0) }),
            ..person
        })
    }

    proptest! {
        /// NOTE-13, NOTE-28: whatever somebody has switched off, a critical message goes out at once by at least one
        /// way, and none of its ways ever waits for the day.
        #[test]
        fn what_is_critical_never_waits_and_always_arrives(
            kind in kinds().prop_filter("critical", |kind| kind.urgency() == Urgency::Critical),
            person in people(),
            second in 0_i64..86_400,
        ) {
            let now = noon() + SignedDuration::from_secs(second);
            let verdicts = CHANNELS.map(|channel| decide(channel, &message(kind), &person, &closed(), now));
            prop_assert!(verdicts.contains(&Verdict::Now), "{:?}", verdicts);
            prop_assert!(!verdicts.iter().any(|verdict| matches!(verdict, Verdict::Later(..) | Verdict::Summary)));
        }

        /// NOTE-13, NOTE-29: nothing else goes out in quiet hours, and whatever waits is looked at again soon, not after
        /// the window has ended.
        #[test]
        fn nothing_else_disturbs(kind in kinds(), person in people(), channel in select(CHANNELS.to_vec()), second in 0_i64..86_400) {
            prop_assume!(kind.urgency() != Urgency::Critical);
            let now = noon() + SignedDuration::from_secs(second);
            let end = person.quiet.and_then(|quiet| quiet.end_after(now, &person.zone));
            match decide(channel, &message(kind), &person, &closed(), now) {
                Verdict::Now | Verdict::Summary => prop_assert_eq!(end, None),
                Verdict::Later(until, _) => {
                    prop_assert!(until > now && until <= now + LOOK_AGAIN);
                    prop_assert!(end.is_none_or(|end| until <= end));
                }
                Verdict::Never(_) => {}
            }
        }

        /// NOTE-17: a type that this build does not know goes out like any other.
        #[test]
        fn an_unknown_type_arrives(channel in select(vec![Channel::Push, Channel::InApp]), person in people()) {
            let unknown = Message { kind: None, urgency: Urgency::Critical, ..message(NotificationType::SecurityNotice) };
            let verdict = decide(channel, &unknown, &person, &closed(), noon());
            let refuses = matches!(person.wants, Wants::Customer(wants) if !wants.push) && channel == Channel::Push;
            prop_assert_eq!(verdict, if refuses { Verdict::Never(Reason::SwitchedOff) } else { Verdict::Now });
        }
    }
}
