//! The use cases of courts. Each owns its database transaction.

use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::identity::Role;
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::PgConnection;

use super::domain::{
    ChangeRefused, Court, CourtChange, DEFAULT_CONFIRMATION_TIMEOUT_HOURS, DEFAULT_TIMEZONE, NewCourt, Place, Texts,
    apply_change, type_defaults,
};
use super::{events, store};
use crate::audit::{Action, Actor};
use crate::availability::domain::Window;
use crate::cancellation_policy::domain::Policy;
use crate::court_bookings::domain::{BeingBooked, NotConfirmed, check_change, check_no_hold, touches_bookings};
use crate::state::AppState;
use crate::store_error::StoreError;
use crate::{availability, cancellation_policy, court_bookings, court_defaults, court_transfer, images, pricing};

/// Why a use case of a court, or of something that belongs to a court, failed.
#[derive(Debug, thiserror::Error)]
pub enum CourtError {
    /// COURT-24, COURT-33: unknown, or not to be known by this caller.
    #[error("no such court")]
    NotFound,
    /// COURT-24: somebody else's.
    #[error("the court belongs to somebody else")]
    NotOwner,
    /// A change that the rules forbid.
    #[error(transparent)]
    Refused(#[from] ChangeRefused),
    /// COURT-08: the zone is not known.
    #[error("no such time zone")]
    UnknownTimezone,
    /// COURT-18, COURT-20: bookings are in the way.
    #[error(transparent)]
    Affects(#[from] NotConfirmed),
    /// Somebody is booking right now.
    #[error(transparent)]
    BeingBooked(#[from] BeingBooked),
    /// COURT-22: people still come.
    #[error("the court has {count} bookings ahead")]
    HasFutureBookings {
        /// How many.
        count: usize,
        /// Date of the next one.
        next: Date,
    },
    /// COURT-23: the owner still waits for money.
    #[error("payouts of {0:?} are not settled")]
    HasPendingPayouts(Cents),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event could not be written.
    #[error("an event could not be appended")]
    Event(#[source] anyhow::Error),
}

impl From<sqlx::Error> for CourtError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What an owner sends for a new court; gaps are filled from the sport's defaults (COURT-09, COURT-10).
#[derive(Debug, Clone)]
pub struct CourtDraft {
    /// Name; Greek is always there.
    pub name: Texts,
    /// Description, if any.
    pub description: Texts,
    /// Sport.
    pub court_type: CourtType,
    /// Roof or not.
    pub location_type: LocationType,
    /// Postal address.
    pub address: String,
    /// Where it is.
    pub place: Place,
    /// IANA name of its zone.
    pub timezone: Option<String>,
    /// Length of one session.
    pub duration_minutes: Option<u32>,
    /// Most people at once.
    pub max_capacity: Option<u32>,
    /// Price of one session.
    pub base_price: Cents,
    /// Whether bookings wait for the owner.
    pub confirmation_mode: Option<ConfirmationMode>,
    /// How long they wait at most.
    pub confirmation_timeout_hours: Option<u32>,
    /// Whether a full court takes waiting customers.
    pub waitlist_enabled: Option<bool>,
    /// Free words such as "showers".
    pub amenities: Vec<String>,
    /// The owner's own switch; `Some(true)` is an attempt to show the court (COURT-06).
    pub enabled: Option<bool>,
    /// Refund tiers.
    pub policy: Option<Policy>,
    /// Opening times, checked; none at all is a wish as well.
    pub windows: Option<Vec<Window>>,
}

/// Creates a court of the actor (COURT-03 to COURT-10). Gaps are filled from the owner's defaults, then from those of the
/// sport (COURT-13). An unverified owner's court stays hidden.
pub async fn create_court(state: &AppState, actor: Actor, draft: CourtDraft) -> Result<Court, CourtError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let verified = store::owner_is_verified(&mut transaction, actor.user).await?.ok_or(CourtError::NotOwner)?;
    if draft.enabled == Some(true) && !verified {
        return Err(ChangeRefused::OwnerNotVerified.into());
    }
    let timezone = known_timezone(&mut transaction, draft.timezone.as_deref()).await?;
    let defaults = court_defaults::find_defaults(&mut transaction, actor.user).await?;
    let (type_duration, type_capacity) = type_defaults(draft.court_type);
    let timeout = draft.confirmation_timeout_hours.or(defaults.confirmation_timeout_hours);
    let court = NewCourt {
        name: draft.name.tidied(),
        description: draft.description.tidied(),
        court_type: draft.court_type,
        location_type: draft.location_type,
        address: draft.address,
        place: draft.place,
        timezone,
        duration_minutes: draft.duration_minutes.or(defaults.duration_minutes).unwrap_or(type_duration),
        max_capacity: draft.max_capacity.or(defaults.max_capacity).unwrap_or(type_capacity),
        base_price: draft.base_price,
        confirmation_mode: draft.confirmation_mode.or(defaults.confirmation_mode).unwrap_or_default(),
        confirmation_timeout_hours: timeout.unwrap_or(DEFAULT_CONFIRMATION_TIMEOUT_HOURS),
        waitlist_enabled: draft.waitlist_enabled.unwrap_or(false),
        amenities: draft.amenities,
        enabled: draft.enabled.unwrap_or(true),
    };
    let id = CourtId(state.env.ids.new_id());
    store::insert_court(&mut transaction, id, actor.user, &court, now).await?;
    // Nobody knows the court yet, so nobody has to hear of its first policy and windows.
    if let Some(policy) = draft.policy.or(defaults.policy) {
        cancellation_policy::store_policy(&mut transaction, id, &policy).await?;
    }
    let windows = draft.windows.unwrap_or(defaults.windows);
    availability::store_windows(&mut transaction, id, &windows, &*state.env.ids).await?;
    let created = store::find_court(&mut transaction, id).await?.ok_or(CourtError::NotFound)?;
    record(&mut transaction, actor, "COURT_CREATED", None, Some(&created), now).await?;
    transaction.commit().await?;
    Ok(created)
}

/// The canonical name of a zone that both this service and the database can compute with.
async fn known_timezone(connection: &mut PgConnection, wanted: Option<&str>) -> Result<String, CourtError> {
    let Some(wanted) = wanted else { return Ok(DEFAULT_TIMEZONE.to_owned()) };
    let zone = TimeZone::get(wanted).map_err(|_| CourtError::UnknownTimezone)?;
    let name = zone.iana_name().ok_or(CourtError::UnknownTimezone)?;
    if name != DEFAULT_TIMEZONE && !store::knows_timezone(connection, name).await? {
        return Err(CourtError::UnknownTimezone);
    }
    Ok(name.to_owned())
}

/// A court with whether it is a favourite of the caller.
pub async fn show_court(state: &AppState, id: CourtId, user: UserId, role: Role) -> Result<(Court, bool), CourtError> {
    let mut connection = state.pool.acquire().await?;
    let court = store::find_court(&mut connection, id).await?.ok_or(CourtError::NotFound)?;
    if !court.shows_to(user, role) {
        return Err(CourtError::NotFound);
    }
    let is_favorite = store::is_favorite(&mut connection, user, id).await?;
    Ok((court, is_favorite))
}

/// All courts of an owner (COURT-25).
pub async fn courts_of_owner(state: &AppState, owner: UserId) -> Result<Vec<Court>, CourtError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::courts_of_owner(&mut connection, owner).await?)
}

/// The court, if `owner` owns it, locked against other changes until the transaction ends (COURT-24).
pub async fn own_court_locked(connection: &mut PgConnection, owner: UserId, id: CourtId) -> Result<Court, CourtError> {
    let court = store::lock_court(connection, id).await?.ok_or(CourtError::NotFound)?;
    if court.owner_id == owner { Ok(court) } else { Err(CourtError::NotOwner) }
}

/// The court, if `owner` owns it (COURT-24).
pub async fn own_court(connection: &mut PgConnection, owner: UserId, id: CourtId) -> Result<Court, CourtError> {
    let court = store::find_court(connection, id).await?.ok_or(CourtError::NotFound)?;
    if court.owner_id == owner { Ok(court) } else { Err(CourtError::NotOwner) }
}

/// The court as the running transaction left it, for slices that change a part of it.
pub async fn read_court(connection: &mut PgConnection, id: CourtId) -> Result<Court, CourtError> {
    store::find_court(connection, id).await?.ok_or(CourtError::NotFound)
}

/// Which version a change was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadAt {
    /// The client read this one (COURT-17).
    Version(i64),
    /// The change does not depend on what was read.
    Whatever,
}

/// Changes some fields of a court (COURT-16 to COURT-21). `confirmed` is the owner's yes to what it means for bookings.
pub async fn change_court(
    state: &AppState,
    actor: Actor,
    id: CourtId,
    read_at: ReadAt,
    change: CourtChange,
    confirmed: bool,
) -> Result<Court, CourtError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    if change.may_touch_bookings() {
        own_court(&mut transaction, actor.user, id).await?;
        availability::lock_calendar(&mut transaction, id).await?;
    }
    let court = own_court_locked(&mut transaction, actor.user, id).await?;
    let changed = change_locked_court(state, &mut transaction, &court, read_at, change, confirmed, actor).await?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(id);
    Ok(changed)
}

/// Applies a change to a locked court inside the caller's transaction, with its events, its audit row and the messages
/// to the customers it touches. The caller has locked the calendar before when [`CourtChange::may_touch_bookings`].
pub async fn change_locked_court(
    state: &AppState,
    connection: &mut PgConnection,
    court: &Court,
    read_at: ReadAt,
    change: CourtChange,
    confirmed: bool,
    actor: Actor,
) -> Result<Court, CourtError> {
    let now = state.env.clock.now();
    let version = match read_at {
        ReadAt::Version(version) => version,
        ReadAt::Whatever => court.version,
    };
    let (changed, fields) = apply_change(court, version, change)?;
    if fields.is_empty() {
        return Ok(changed);
    }
    let affected = if touches_bookings(court, &changed) {
        check_no_hold(&court_bookings::live_holds(connection, court.id, now).await?, |_| true, now)?;
        let ahead = court_bookings::bookings_ahead(connection, court.id, now).await?;
        check_change(court, &changed, ahead, confirmed)?
    } else {
        Vec::new()
    };
    store::save_court(connection, &changed, now).await?;
    // Read again, because whether it is visible is for the database to say.
    let changed = store::find_court(connection, court.id).await?.ok_or(CourtError::NotFound)?;
    record(connection, actor, "COURT_UPDATED", Some(court), Some(&changed), now).await?;
    events::append_court_updated(connection, &state.env, &changed, &fields).await.map_err(CourtError::Event)?;
    events::tell_affected(connection, &state.env, &changed, &affected).await.map_err(CourtError::Event)?;
    if changed.base_price != court.base_price {
        pricing::announce_base_price(connection, &state.env, court, &changed, actor.user)
            .await
            .map_err(CourtError::Event)?;
    }
    if changed.duration_minutes != court.duration_minutes {
        // Other sessions make another grid, so everyone who looks at slots needs them anew.
        availability::announce_new_grid(connection, &state.env, &changed).await.map_err(CourtError::Event)?;
    }
    Ok(changed)
}

/// Removes a court that nobody has booked and whose money is settled (COURT-22, COURT-23). The row stays for what was
/// played there; nobody finds it any more.
pub async fn delete_court(state: &AppState, actor: Actor, id: CourtId) -> Result<(), CourtError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    own_court(&mut transaction, actor.user, id).await?;
    availability::lock_calendar(&mut transaction, id).await?;
    let court = own_court_locked(&mut transaction, actor.user, id).await?;
    let ahead = court_bookings::bookings_ahead(&mut transaction, id, now).await?;
    if let Some(next) = ahead.first() {
        return Err(CourtError::HasFutureBookings { count: ahead.len(), next: next.slot.date });
    }
    check_no_hold(&court_bookings::live_holds(&mut transaction, id, now).await?, |_| true, now)?;
    let pending = court_bookings::pending_payout(&mut transaction, id).await?;
    if pending.0 > 0 {
        return Err(CourtError::HasPendingPayouts(pending));
    }
    store::mark_deleted(&mut transaction, id, now).await?;
    images::let_go_all(&mut transaction, &court, now).await?;
    court_transfer::withdraw_pending_of_court(&mut transaction, id, now).await?;
    record(&mut transaction, actor, "COURT_DELETED", Some(&court), None, now).await?;
    events::append_court_deleted(&mut transaction, &state.env, &court).await.map_err(CourtError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(id);
    Ok(())
}

/// Appends what was done to a court to the owner's log.
async fn record(
    connection: &mut PgConnection,
    actor: Actor,
    name: &'static str,
    before: Option<&Court>,
    after: Option<&Court>,
    now: Timestamp,
) -> Result<(), CourtError> {
    let Some(court) = after.or(before) else { return Ok(()) };
    let action = Action {
        name,
        resource_type: "COURT",
        resource_id: court.id.0,
        before: before.map(events::snapshot),
        after: after.map(events::snapshot),
    };
    Ok(actor.record(connection, action, now).await?)
}
