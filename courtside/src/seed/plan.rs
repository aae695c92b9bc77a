//! Decides the demo world. Pure: the same seed and date give the same plan, id for id.

use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::identity::Role;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use super::geography::{NEIGHBOURHOODS, Neighbourhood};
use super::people::{DEMO_PEOPLE, FIRST_NAMES, INITIALS};

/// Days of bookings before and after today.
pub const DAYS_BACK: i64 = 14;
pub const DAYS_AHEAD: i64 = 14;
/// How many players fill the calendar.
const PLAYERS: usize = 120;
/// Courts answer to one zone in this demo.
pub const ZONE: &str = "Europe/Athens";

/// Everything that the demo world holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub players: Vec<Player>,
    pub clubs: Vec<Club>,
    pub courts: Vec<Court>,
    pub bookings: Vec<Booking>,
}

/// A customer who books now and then.
#[derive(Clone, Debug, PartialEq)]
pub struct Player {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub language: &'static str,
}

/// One owner account and its club.
#[derive(Clone, Debug, PartialEq)]
pub struct Club {
    pub owner_id: Uuid,
    pub owner_email: String,
    pub name_el: String,
    pub name_en: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Court {
    pub id: Uuid,
    /// Position in [`Plan::clubs`].
    pub club: usize,
    pub name_el: String,
    pub name_en: String,
    pub description_el: String,
    pub description_en: String,
    pub kind: CourtType,
    pub location: LocationType,
    pub address: String,
    pub latitude: f64,
    pub longitude: f64,
    pub duration_minutes: i32,
    pub max_capacity: i32,
    pub base_price_cents: i64,
    pub mode: ConfirmationMode,
    pub amenities: Vec<&'static str>,
    /// Opening and closing time on working days and at weekends, in hours.
    pub weekday_hours: (i8, i8),
    pub weekend_hours: (i8, i8),
    /// Hundredths by which evenings of working days (18:00 to 22:00) and weekends cost more.
    pub evening_hundredths: i32,
    pub weekend_hundredths: i32,
    /// What players think of it on average, in hundredths of a star.
    pub rating_hundredths: i32,
}

/// How a planned booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Completed,
    Cancelled,
    Confirmed,
    Pending,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Booking {
    pub id: Uuid,
    /// Position in [`Plan::courts`].
    pub court: usize,
    /// Position in [`Plan::players`]; none for a booking the owner entered.
    pub player: Option<usize>,
    pub guest_name: Option<String>,
    pub date: Date,
    pub start: Time,
    pub end: Time,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub booked_at: Timestamp,
    pub people: i32,
    pub amount_cents: i64,
    pub standing: Standing,
}

/// Plans the world as seen on `today` at `now`.
///
/// # Panics
/// Never for dates of the common era: the zone is one that the time-zone database always has.
#[must_use]
pub fn plan(seed: u64, today: Date, now: Timestamp) -> Plan {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ days_since_epoch(today).unsigned_abs());
    let players = (0..PLAYERS).map(|number| player(&mut random, number)).collect();
    let mut clubs = Vec::new();
    let mut courts = Vec::new();
    for (number, neighbourhood) in NEIGHBOURHOODS.iter().enumerate() {
        let style = Style::of(number);
        clubs.push(club(&mut random, number, style, neighbourhood));
        let count = if number == 0 { 6 } else { random.random_range(3..=5) };
        for position in 0..count {
            let court = court(&mut random, number, position, style, neighbourhood, &clubs[number]);
            courts.push(court);
        }
    }
    let mut bookings = Vec::new();
    let zone = TimeZone::get(ZONE).expect("the time-zone database has Europe/Athens");
    for (index, court) in courts.iter().enumerate() {
        book_court(&mut random, &mut bookings, court, index, today, now, &zone);
    }
    Plan { players, clubs, courts, bookings }
}

/// What a club is mostly about; the first is the demo owner's and has something of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Padel,
    Tennis,
    Centre,
    Football,
    Basketball,
}

impl Style {
    fn of(number: usize) -> Self {
        match number {
            0 => Self::Padel,
            _ => [Self::Padel, Self::Tennis, Self::Padel, Self::Centre, Self::Football, Self::Padel, Self::Basketball]
                [number % 7],
        }
    }

    fn sport(self, position: usize) -> CourtType {
        match self {
            Self::Padel if position < 4 => CourtType::Padel,
            Self::Padel => CourtType::Tennis,
            Self::Tennis if position < 3 => CourtType::Tennis,
            Self::Tennis => CourtType::Padel,
            Self::Football => CourtType::Football5x5,
            Self::Basketball if position < 3 => CourtType::Basketball,
            Self::Basketball => CourtType::Football5x5,
            Self::Centre => {
                [CourtType::Padel, CourtType::Tennis, CourtType::Basketball, CourtType::Football5x5, CourtType::Padel]
                    [position % 5]
            }
        }
    }

    fn names(self, place: &Neighbourhood) -> (String, String) {
        match self {
            Self::Padel => (format!("Padel Club {}", place.name_el), format!("{} Padel Club", place.name_en)),
            Self::Tennis => (format!("Όμιλος Τένις {}", place.name_el), format!("{} Tennis Club", place.name_en)),
            Self::Centre => (format!("Αθλητικό Κέντρο {}", place.name_el), format!("{} Sports Centre", place.name_en)),
            Self::Football => (format!("Γήπεδα 5x5 {}", place.name_el), format!("{} 5x5 Arena", place.name_en)),
            Self::Basketball => {
                (format!("Κλειστό Μπάσκετ {}", place.name_el), format!("{} Basketball Hall", place.name_en))
            }
        }
    }
}

fn player(random: &mut ChaCha8Rng, number: usize) -> Player {
    // The first players are the demo customers, so that their booking lists are not empty.
    let mut customers = DEMO_PEOPLE.iter().filter(|person| person.role == Role::Customer);
    if let Some(person) = customers.nth(number) {
        return Player {
            id: id(random),
            email: person.email.to_owned(),
            name: person.name.to_owned(),
            language: person.language,
        };
    }
    let first = FIRST_NAMES[number % FIRST_NAMES.len()];
    let initial = INITIALS[random.random_range(0..INITIALS.len())];
    let latin = first.is_ascii();
    Player {
        id: id(random),
        email: format!("player-{:03}@courtside.test", number + 1),
        name: format!("{first} {initial}."),
        language: if latin { "en" } else { "el" },
    }
}

fn club(random: &mut ChaCha8Rng, number: usize, style: Style, place: &Neighbourhood) -> Club {
    let (name_el, name_en) = style.names(place);
    let owner_email =
        if number == 0 { "owner@courtside.test".to_owned() } else { format!("club-{number:02}@courtside.test") };
    Club { owner_id: id(random), owner_email, name_el, name_en }
}

fn court(
    random: &mut ChaCha8Rng,
    club_number: usize,
    position: usize,
    style: Style,
    place: &Neighbourhood,
    club: &Club,
) -> Court {
    let kind = style.sport(position);
    let indoor = match kind {
        CourtType::Basketball => random.random_bool(0.7),
        CourtType::Padel => random.random_bool(0.35),
        _ => random.random_bool(0.15),
    };
    let (duration_minutes, max_capacity, price_range) = match kind {
        CourtType::Padel => (90, 4, 2000..=3600),
        CourtType::Tennis => (60, 4, 1200..=2400),
        CourtType::Basketball => (60, 10, 3000..=5000),
        CourtType::Football5x5 => (60, 10, 4000..=7000),
    };
    // Courts of one club stand beside each other, clubs within a few hundred metres of their neighbourhood's middle.
    let spread = |random: &mut ChaCha8Rng, reach: f64| random.random_range(-reach..reach);
    let mut club_random = ChaCha8Rng::seed_from_u64(club_number as u64);
    let (club_latitude, club_longitude) = (spread(&mut club_random, 0.004), spread(&mut club_random, 0.004));
    let number = position + 1;
    let all_amenities = ["PARKING", "SHOWERS", "LOCKERS", "EQUIPMENT_RENTAL", "CAFE", "LIGHTING", "ACCESSIBLE", "WIFI"];
    let amenities = all_amenities.into_iter().filter(|_| random.random_bool(0.55)).collect();
    let price: i64 = random.random_range(price_range);
    let (place_el, place_en) =
        if indoor { ("στεγασμένο", "indoor") } else { ("υπαίθριο", "outdoor") };
    let (sport_el, sport_en) = sport_words(kind);
    Court {
        id: id(random),
        club: club_number,
        name_el: format!("{} – Γήπεδο {number}", club.name_el),
        name_en: format!("{} – Court {number}", club.name_en),
        description_el: format!(
            "Γήπεδο {sport_el}, {place_el}, με φωτισμό και χώρο αναμονής. {}, {}.",
            place.name_el, place.city_el
        ),
        description_en: format!(
            "An {place_en} {sport_en} court with lighting and a place to wait. {}, {}.",
            place.name_en, place.city_en
        ),
        kind,
        location: if indoor { LocationType::Indoor } else { LocationType::Outdoor },
        address: format!("{}, {}", place.name_el, place.city_el),
        latitude: place.latitude + club_latitude + spread(random, 0.0006),
        longitude: place.longitude + club_longitude + spread(random, 0.0006),
        duration_minutes,
        max_capacity,
        base_price_cents: price / 50 * 50,
        // The demo owner has two courts that ask first, so that the pending queue is never empty.
        mode: if (club_number == 0 && position >= 4) || (club_number != 0 && random.random_bool(0.15)) {
            ConfirmationMode::Manual
        } else {
            ConfirmationMode::Instant
        },
        amenities,
        weekday_hours: if kind == CourtType::Padel { (8, 23) } else { (9, 23) },
        weekend_hours: (9, 22),
        evening_hundredths: 100 + 5 * random.random_range(2..=6),
        weekend_hundredths: 100 + 5 * random.random_range(0..=4),
        rating_hundredths: random.random_range(340..=500),
    }
}

fn sport_words(kind: CourtType) -> (&'static str, &'static str) {
    match kind {
        CourtType::Padel => ("πάντελ", "padel"),
        CourtType::Tennis => ("τένις", "tennis"),
        CourtType::Basketball => ("μπάσκετ", "basketball"),
        CourtType::Football5x5 => ("ποδοσφαίρου 5x5", "5x5 football"),
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl Court {
    /// Price of one slot that starts at `start` on `date`, rounded half up to a cent.
    #[must_use]
    pub fn price(&self, date: Date, start: Time) -> i64 {
        let hundredths = if is_weekend(date) {
            self.weekend_hundredths
        } else if (18..22).contains(&start.hour()) {
            self.evening_hundredths
        } else {
            100
        };
        (self.base_price_cents * i64::from(hundredths) + 50) / 100
    }
}

fn book_court(
    random: &mut ChaCha8Rng,
    bookings: &mut Vec<Booking>,
    court: &Court,
    index: usize,
    today: Date,
    now: Timestamp,
    zone: &TimeZone,
) {
    for offset in -DAYS_BACK..DAYS_AHEAD {
        let date = today.saturating_add(offset.days());
        let (opens, closes) = if is_weekend(date) { court.weekend_hours } else { court.weekday_hours };
        let mut minute = i32::from(opens) * 60;
        while minute + court.duration_minutes <= i32::from(closes) * 60 {
            let start = time_of(minute);
            let end = time_of(minute + court.duration_minutes);
            minute += court.duration_minutes;
            if !random.random_bool(demand(date, start, offset)) {
                continue;
            }
            let instant = |time: Time| date.to_datetime(time).to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
            let (Ok(starts_at), Ok(ends_at)) = (instant(start), instant(end)) else { continue };
            // Future bookings of players exist at Stripe as well; fewer of them keep the first start short.
            let by_owner = random.random_bool(if ends_at <= now { 0.45 } else { 0.75 });
            let standing = if ends_at <= now {
                if random.random_bool(0.07) { Standing::Cancelled } else { Standing::Completed }
            } else if starts_at <= now.saturating_add(3.hours()).unwrap_or(now) {
                Standing::Confirmed
            } else if court.mode == ConfirmationMode::Manual && !by_owner && offset <= 5 && random.random_bool(0.5) {
                Standing::Pending
            } else {
                Standing::Confirmed
            };
            let lead_hours: i64 = random.random_range(20..240);
            let latest = now.saturating_sub(5.minutes()).unwrap_or(now);
            let booked_at = starts_at.saturating_sub(lead_hours.hours()).unwrap_or(starts_at).min(latest);
            // A request that is still pending is young, or its deadline would have passed.
            let booked_at = if standing == Standing::Pending {
                now.saturating_sub(i64::from(random.random_range(10_u8..180)).minutes()).unwrap_or(now)
            } else {
                booked_at
            };
            let guest = FIRST_NAMES[random.random_range(0..FIRST_NAMES.len())];
            bookings.push(Booking {
                id: id(random),
                court: index,
                player: (!by_owner).then(|| random.random_range(0..PLAYERS)),
                guest_name: by_owner.then(|| guest.to_owned()),
                date,
                start,
                end,
                starts_at,
                ends_at,
                booked_at,
                people: random.random_range(2..=court.max_capacity),
                amount_cents: court.price(date, start),
                standing,
            });
        }
    }
}

/// How likely a slot is taken: evenings and weekends fill first, and the far future is still open.
fn demand(date: Date, start: Time, days_ahead: i64) -> f64 {
    let base = match start.hour() {
        18..=21 => 0.55,
        16..=17 => 0.35,
        10..=12 if is_weekend(date) => 0.45,
        _ => 0.14,
    };
    let fade = if days_ahead <= 0 { 1.0 } else { (1.0 - days_ahead as f64 / 18.0).max(0.15) };
    base * fade
}

fn time_of(minutes: i32) -> Time {
    let hour = i8::try_from(minutes / 60).unwrap_or(23);
    let minute = i8::try_from(minutes % 60).unwrap_or(0);
    Time::constant(hour, minute, 0, 0)
}

fn id(random: &mut ChaCha8Rng) -> Uuid {
    uuid::Builder::from_random_bytes(random.random()).into_uuid()
}

fn days_since_epoch(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    date.since(epoch).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn sample() -> Plan {
        let now: Timestamp = "2026-03-28T10:00:00Z".parse().expect("a timestamp");
        plan(7, Date::constant(2026, 3, 28), now)
    }

    #[test]
    fn the_same_seed_and_date_give_the_same_world_and_another_date_another() {
        assert_eq!(sample(), sample());
        let now: Timestamp = "2026-03-29T10:00:00Z".parse().expect("a timestamp");
        assert_ne!(sample(), plan(7, Date::constant(2026, 3, 29), now));
    }

    #[test]
    fn the_world_has_the_promised_size() {
        let plan = sample();
        assert_eq!(plan.clubs.len(), 60);
        assert!((230..=270).contains(&plan.courts.len()), "{} courts", plan.courts.len());
        assert!(plan.bookings.len() > 5_000, "{} bookings", plan.bookings.len());
        assert!(
            plan.bookings
                .iter()
                .any(|booking| booking.standing == Standing::Pending && plan.courts[booking.court].club == 0)
        );
    }

    /// BOOK-03 holds in the plan already, so that the constraint never refuses it: also on the night of the clock
    /// change, which lies in these four weeks.
    #[test]
    fn bookings_of_a_court_never_overlap() {
        let plan = sample();
        let mut by_court: HashMap<usize, Vec<(Timestamp, Timestamp)>> = HashMap::new();
        for booking in &plan.bookings {
            assert!(booking.starts_at < booking.ends_at);
            assert!(booking.booked_at <= booking.starts_at);
            by_court.entry(booking.court).or_default().push((booking.starts_at, booking.ends_at));
        }
        for slots in by_court.values_mut() {
            slots.sort();
            assert!(slots.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        }
    }

    #[test]
    fn nothing_in_the_past_is_left_open() {
        let now: Timestamp = "2026-03-28T10:00:00Z".parse().expect("a timestamp");
        for booking in sample().bookings {
            let over = booking.ends_at <= now;
            let settled = matches!(booking.standing, Standing::Completed | Standing::Cancelled);
            assert_eq!(over, settled, "{booking:?}");
        }
    }
}
