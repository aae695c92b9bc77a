//! The tables of `docs/booking-states.md`, written by asking the code: every state is put through every transition, and
//! what comes out is the cell. It decides nothing, and nothing at run time reads it.

use std::fmt::Write as _;

use contracts::booking::PaymentStatus;
use contracts::court::ConfirmationMode;
use contracts::money::Cents;
use jiff::Timestamp;

use crate::bookings::domain::state::{Party, Refused, Release, State as Booking, Status};
use crate::payments::domain::settlement::{IntentStatus, Money, Verdict, settle};
use crate::payments::domain::state::{Collected, State as Payment};

const HEAD: &str = "# States of bookings and payments

Generated from the code by `cargo xtask states`; `scripts/lint` fails when the two differ. A cell names the state that a
change leads to; `·` means that it is refused and nothing happens. The transitions themselves are in
`services/transaction/src/bookings/domain/state.rs` and `payments/domain/state.rs`: each consumes the state it leaves, so
a second outcome cannot be built from a booking that already has one.
";

const ROOM: Collected = Collected { net: Cents(4_500), refunded: Cents::ZERO };

/// The whole document.
#[must_use]
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    bookings(&mut text);
    payments(&mut text);
    settlements(&mut text);
    text
}

/// One booking of every kind that differs for some transition.
fn every_booking() -> Vec<Booking> {
    let at = Timestamp::UNIX_EPOCH;
    let mut all = vec![
        Booking::Held { expires_at: at },
        Booking::PendingConfirmation { deadline: at },
        Booking::Confirmed,
        Booking::Completed { at },
        Booking::Cancelled { by: Party::Customer, reason: String::new() },
        Booking::Rejected { reason: String::new() },
    ];
    all.extend(
        [Release::HoldExpired, Release::PaymentFailed, Release::UserAbandoned, Release::SlotTaken, Release::Moved]
            .map(|release| Booking::Dropped { release }),
    );
    all
}

fn name(booking: &Booking) -> String {
    match booking {
        Booking::Dropped { release } => format!("{} ({})", Status::Dropped.as_str(), release.as_str()),
        other => other.status().as_str().to_owned(),
    }
}

type BookingChange = (&'static str, fn(Booking) -> Result<Booking, Refused>);

fn bookings(text: &mut String) {
    let changes: [BookingChange; 10] = [
        ("paid, INSTANT", |booking| booking.settle(ConfirmationMode::Instant, Timestamp::UNIX_EPOCH)),
        ("held, MANUAL", |booking| booking.settle(ConfirmationMode::Manual, Timestamp::UNIX_EPOCH)),
        ("hold expires", |booking| booking.release(Release::HoldExpired)),
        ("card fails", |booking| booking.release(Release::PaymentFailed)),
        ("moved into", Booking::absorb),
        ("owner confirms", Booking::confirm),
        ("owner rejects", |booking| booking.reject(String::new())),
        ("called off", |booking| booking.cancel(Party::Customer, String::new())),
        ("moves", Booking::relocate),
        ("end passes", |booking| booking.complete(Timestamp::UNIX_EPOCH)),
    ];
    text.push_str("\n## Bookings\n\n\"Called off\" is by the customer, the owner or the system: at the deadline, by a block, a deleted account or a lost hold.\nA hold that expired may still be paid, if the database finds its slot free (LIVE-11).\n\n");
    header(text, "State", changes.iter().map(|(title, _)| (*title).to_owned()));
    for booking in every_booking() {
        let cells = changes.iter().map(|(_, change)| change(booking.clone()).ok().map(|next| name(&next)));
        row(text, &name(&booking), cells);
    }
}

type PaymentChange = (&'static str, fn(Payment) -> Option<Payment>);

fn payments(text: &mut String) {
    let changes: [PaymentChange; 9] = [
        ("card fails", |payment| payment.fail().ok()),
        ("held", |payment| payment.hold().ok()),
        ("collected", |payment| payment.capture(ROOM.net).ok()),
        ("let go", |payment| payment.let_go().ok()),
        ("given back whole", |payment| payment.give_back(Cents(5_000)).ok()),
        ("refund of a part", |payment| payment.refund(Cents(1_000)).ok()),
        ("disputed", |payment| payment.dispute().ok()),
        ("dispute won", |payment| payment.win().ok()),
        ("dispute lost", |payment| payment.lose().ok()),
    ];
    let part = Collected { refunded: Cents(1_000), ..ROOM };
    let all = Collected { refunded: ROOM.net, ..ROOM };
    let every = [
        Payment::Pending,
        Payment::Failed,
        Payment::Authorized,
        Payment::Released,
        Payment::Collected(ROOM),
        Payment::Collected(part),
        Payment::Collected(all),
        Payment::Disputed(ROOM),
        Payment::Lost(ROOM),
    ];
    text.push_str("\n## Payments\n\nREFUNDED is stored for three different ends: the hold was let go, everything went back, or a bank took it.\n\n");
    header(text, "State", changes.iter().map(|(title, _)| (*title).to_owned()));
    for payment in every {
        row(text, &payment_name(payment), changes.iter().map(|(_, change)| change(payment).map(payment_name)));
    }
}

fn payment_name(payment: Payment) -> String {
    let end = match payment {
        Payment::Released => " (let go)",
        Payment::Lost(_) => " (lost)",
        Payment::Collected(money) if money.left() == Cents::ZERO => " (given back)",
        _ => "",
    };
    let status: PaymentStatus = payment.status();
    format!("{}{end}", status.as_str())
}

fn settlements(text: &mut String) {
    let intents = [
        ("requires_payment_method", IntentStatus::RequiresPaymentMethod),
        ("requires_confirmation", IntentStatus::RequiresConfirmation),
        ("requires_action", IntentStatus::RequiresAction),
        ("processing", IntentStatus::Processing),
        ("requires_capture", IntentStatus::RequiresCapture),
        ("succeeded", IntentStatus::Succeeded),
        ("canceled", IntentStatus::Canceled),
    ];
    text.push_str("\n## What Stripe's word means\n\nThe answer to our own call, a webhook and reconciliation read the same table, so they can race and repeat each other. It is\nthe table of a payment that is not recorded as collected; once it is, no report changes anything.\n\n");
    header(text, "Booking", intents.iter().map(|(title, _)| format!("`{title}`")));
    for booking in every_booking() {
        let cells = intents.iter().map(|(_, intent)| word(settle(&booking, *intent, Money::default())));
        row(text, &name(&booking), cells.map(|word| word.map(str::to_owned)));
    }
}

const fn word(verdict: Verdict) -> Option<&'static str> {
    Some(match verdict {
        Verdict::Book => "book",
        Verdict::BookIfFree => "book if free, else return",
        Verdict::Wait => "wait",
        Verdict::Drop => "free the slot",
        Verdict::Confirm => "confirm",
        Verdict::CallOff => "call off",
        Verdict::LetGo => "let go",
        Verdict::GiveBack => "give all back",
        Verdict::NoteReleased => "note it",
        Verdict::Nothing => return None,
    })
}

fn header(text: &mut String, first: &str, titles: impl Iterator<Item = String>) {
    let titles: Vec<String> = titles.collect();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "| {first} | {} |", titles.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(titles.len()));
}

fn row(text: &mut String, first: &str, cells: impl Iterator<Item = Option<String>>) {
    let cells: Vec<String> = cells.map(|cell| cell.unwrap_or_else(|| "·".to_owned())).collect();
    let _ = writeln!(text, "| **{first}** | {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BOOK-31: what is over is left by nothing, but for an expired hold that is paid after all.
    #[test]
    fn rows_of_ends_are_empty() {
        let text = markdown();
        let bookings = text.split("\n## Payments").next().expect("a part");
        for end in ["COMPLETED", "CANCELLED", "REJECTED", "DROPPED (SLOT_TAKEN)", "DROPPED (MOVED)"] {
            let row = bookings.lines().find(|line| line.starts_with(&format!("| **{end}**"))).expect("a row");
            assert!(row.split('|').skip(2).all(|cell| matches!(cell.trim(), "·" | "")), "{row}");
        }
    }
}
