//! Bookings for the tests of rules, with nothing special about them. Compiled for tests alone.

use contracts::court::{ConfirmationMode, CourtType};
use contracts::ids::{BookingId, CourtId, UserId};
use contracts::money::Cents;
use jiff::civil::date;
use uuid::Uuid;

use super::booking::{BookedCourt, Booker, Booking, Guest, Marks};
use super::commission::Split;
use super::slot::Slot;
use super::state::State;

/// A customer's confirmed booking: 19 May 2026 in Athens, 10:00 to 11:00, 50 euros.
pub fn confirmed() -> Booking {
    let slot = Slot::resolve(date(2026, 5, 19), "10:00".parse().expect("a time"), 60, "Europe/Athens").expect("a slot");
    let created = "2026-05-04T09:00:00Z".parse().expect("an instant");
    Booking {
        id: BookingId(Uuid::from_u128(1)),
        court: BookedCourt {
            id: CourtId(Uuid::from_u128(2)),
            owner_id: UserId(Uuid::from_u128(3)),
            name_el: "Γήπεδο, ένα".to_owned(),
            name_en: Some("Court; one".to_owned()),
            court_type: CourtType::Padel,
            mode: ConfirmationMode::Instant,
        },
        booker: Booker::Customer(UserId(Uuid::from_u128(4))),
        slot,
        people: Some(4),
        money: Split { gross: Cents(5_000), commission: Cents(500), net: Cents(4_500) },
        discount_cents: 0,
        promo_code: None,
        currency: "EUR".to_owned(),
        peak: false,
        group: None,
        moves: None,
        marks: Marks::default(),
        state: State::Confirmed,
        trace_id: "0123456789abcdef0123456789abcdef".to_owned(),
        version: 1,
        created_at: created,
        updated_at: created,
    }
}

/// The same slot, entered by its owner.
pub fn manual() -> Booking {
    Booking {
        booker: Booker::Guest(Guest { name: Some("Γιώργος".to_owned()), ..Guest::default() }),
        people: None,
        money: Split { gross: Cents::ZERO, commission: Cents::ZERO, net: Cents::ZERO },
        ..confirmed()
    }
}
