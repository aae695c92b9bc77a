//! Makes planned blocks inside the caller's transaction: what is there already and who has booked is read, decided on,
//! stored and told. The calendar locks of all courts must be held (HOL-37).

use std::collections::{BTreeMap, BTreeSet};

use contracts::events::LocalisedText;
use contracts::ids::{CourtId, OverrideId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::PgConnection;

use super::{HolidayError, NamedConflict};
use crate::holidays::domain::{
    Block, BookingInTheWay, Changes, Conflict, Decision, Resolution, SkipReason, Skipped, decide,
};
use crate::holidays::events::{self, Cancellation};
use crate::holidays::store::{self, CourtSite};
use crate::holidays::texts::{self, GivenUp};
use crate::state::AppState;

/// What became of a plan.
#[derive(Debug, Default)]
pub struct Made {
    /// The new blocks.
    pub created: Vec<(OverrideId, Block)>,
    /// The planned blocks that were not made.
    pub skipped: Vec<Skipped>,
    /// The bookings that are given up.
    pub cancelled: Vec<BookingInTheWay>,
}

/// Makes `planned` blocks on `courts`, all of them `owner`'s.
pub async fn make_blocks(
    state: &AppState,
    connection: &mut PgConnection,
    owner: UserId,
    courts: &[CourtSite],
    planned: Vec<Block>,
    resolution: Resolution,
    now: Timestamp,
) -> Result<Made, HolidayError> {
    let dates: Vec<Date> = planned.iter().map(|block| block.date).collect::<BTreeSet<_>>().into_iter().collect();
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return Ok(Made::default()) };
    let ids: Vec<CourtId> = planned.iter().map(|block| block.court).collect::<BTreeSet<_>>().into_iter().collect();
    let stored = store::stored_keys(connection, &ids, *first, *last).await?;
    let bookings = store::bookings_on(connection, &ids, &dates, now).await?;
    let changes = match decide(planned, &stored, &bookings, resolution) {
        Decision::Make(changes) => changes,
        Decision::Pending(conflicts) => return Err(HolidayError::Pending(named(courts, conflicts))),
        Decision::Conflicts(conflicts) => return Err(HolidayError::Conflicts(named(courts, conflicts))),
    };
    let Changes { create, mut skipped, cancel } = changes;
    let block_ids = store::insert_blocks(connection, &create, owner, &*state.env.ids, now).await?;
    let mut created = Vec::with_capacity(create.len());
    for (block, id) in create.into_iter().zip(block_ids) {
        match id {
            Some(id) => created.push((id, block)),
            // Nobody else writes blocks while the calendar is locked; the unique index has the last word all the same.
            None => skipped.push(Skipped { block, reason: SkipReason::AlreadyBlocked }),
        }
    }
    announce(state, connection, owner, &created, &cancel, now).await?;
    tell_customers(state, connection, courts, &cancel, now).await?;
    Ok(Made { created, skipped, cancelled: cancel.into_iter().map(|(booking, _)| booking).collect() })
}

fn named(courts: &[CourtSite], conflicts: Vec<Conflict>) -> Vec<NamedConflict> {
    conflicts
        .into_iter()
        .map(|conflict| NamedConflict { court_name: names_of(courts, conflict.block.court).el, conflict })
        .collect()
}

fn names_of(courts: &[CourtSite], id: CourtId) -> LocalisedText {
    courts.iter().find(|court| court.id == id).map_or_else(
        || LocalisedText { el: String::new(), en: String::new() },
        |court| LocalisedText {
            el: court.name_el.clone(),
            en: court.name_en.clone().unwrap_or_else(|| court.name_el.clone()),
        },
    )
}

/// HOL-34, HOL-52: one event per court, with the bookings that go.
async fn announce(
    state: &AppState,
    connection: &mut PgConnection,
    owner: UserId,
    created: &[(OverrideId, Block)],
    cancel: &[(BookingInTheWay, String)],
    now: Timestamp,
) -> Result<(), HolidayError> {
    let mut by_court: BTreeMap<CourtId, Vec<(OverrideId, Block)>> = BTreeMap::new();
    for (id, block) in created {
        by_court.entry(block.court).or_default().push((*id, block.clone()));
    }
    let mut cancellations: BTreeMap<CourtId, Cancellation> = BTreeMap::new();
    for (booking, reason) in cancel {
        let cancellation = cancellations.entry(booking.court).or_default();
        cancellation.bookings.extend(booking.id);
        if !cancellation.reasons.contains(reason) {
            cancellation.reasons.push(reason.clone());
        }
    }
    for (court, blocks) in by_court {
        let cancellation = cancellations.remove(&court).unwrap_or_default();
        events::append_blocks_created(connection, &state.env, owner, &blocks, cancellation, now)
            .await
            .map_err(HolidayError::Event)?;
    }
    Ok(())
}

/// HOL-35: one message per customer, however many bookings and courts.
async fn tell_customers(
    state: &AppState,
    connection: &mut PgConnection,
    courts: &[CourtSite],
    cancel: &[(BookingInTheWay, String)],
    now: Timestamp,
) -> Result<(), HolidayError> {
    let mut by_customer: BTreeMap<UserId, Vec<&(BookingInTheWay, String)>> = BTreeMap::new();
    for given_up in cancel {
        if let Some(customer) = given_up.0.customer {
            by_customer.entry(customer).or_default().push(given_up);
        }
    }
    for (customer, mut bookings) in by_customer {
        bookings.sort_by_key(|(booking, _)| (booking.date, booking.start, booking.court));
        let only = if let [(booking, _)] = bookings.as_slice() { booking.id } else { None };
        let lines: Vec<GivenUp> = bookings
            .into_iter()
            .map(|(booking, reason)| GivenUp {
                court: names_of(courts, booking.court),
                date: booking.date,
                hours: (booking.start, booking.end),
                refund: booking.refund,
                reason: reason.clone(),
            })
            .collect();
        let text = texts::bookings_given_up(&lines);
        events::tell_customer(connection, &state.env, customer, text, only, now).await.map_err(HolidayError::Event)?;
    }
    Ok(())
}
