//! The use cases of courts. Each owns its database transaction.

use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::identity::Role;
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use jiff::tz::TimeZone;
use sqlx::PgConnection;

use super::domain::{
    ChangeRefused, Court, CourtChange, DEFAULT_CONFIRMATION_TIMEOUT_HOURS, DEFAULT_TIMEZONE, NewCourt, Place, Texts,
    apply_change, type_defaults,
};
use super::{events, store};
use crate::availability;
use crate::pricing;
use crate::state::AppState;
use crate::store_error::StoreError;

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
}

/// Creates a court of `owner` (COURT-03 to COURT-10). An unverified owner's court stays hidden.
pub async fn create_court(state: &AppState, owner: UserId, draft: CourtDraft) -> Result<Court, CourtError> {
    let now = state.env.clock.now();
    let mut transaction = state.pool.begin().await?;
    let verified = store::owner_is_verified(&mut transaction, owner).await?.ok_or(CourtError::NotOwner)?;
    if draft.enabled == Some(true) && !verified {
        return Err(ChangeRefused::OwnerNotVerified.into());
    }
    let timezone = known_timezone(&mut transaction, draft.timezone.as_deref()).await?;
    let (default_duration, default_capacity) = type_defaults(draft.court_type);
    let court = NewCourt {
        name: draft.name.tidied(),
        description: draft.description.tidied(),
        court_type: draft.court_type,
        location_type: draft.location_type,
        address: draft.address.trim().to_owned(),
        place: draft.place,
        timezone,
        duration_minutes: draft.duration_minutes.unwrap_or(default_duration),
        max_capacity: draft.max_capacity.unwrap_or(default_capacity),
        base_price: draft.base_price,
        confirmation_mode: draft.confirmation_mode.unwrap_or_default(),
        confirmation_timeout_hours: draft.confirmation_timeout_hours.unwrap_or(DEFAULT_CONFIRMATION_TIMEOUT_HOURS),
        waitlist_enabled: draft.waitlist_enabled.unwrap_or(false),
        amenities: draft.amenities,
        enabled: draft.enabled.unwrap_or(true),
    };
    let id = CourtId(state.env.ids.new_id());
    store::insert_court(&mut transaction, id, owner, &court, now).await?;
    let created = store::find_court(&mut transaction, id).await?.ok_or(CourtError::NotFound)?;
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

/// Changes some fields of a court (COURT-16, COURT-17, COURT-21).
pub async fn change_court(
    state: &AppState,
    owner: UserId,
    id: CourtId,
    read_at: ReadAt,
    change: CourtChange,
) -> Result<Court, CourtError> {
    let mut transaction = state.pool.begin().await?;
    let court = own_court_locked(&mut transaction, owner, id).await?;
    let changed = change_locked_court(state, &mut transaction, &court, read_at, change, owner).await?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(id);
    Ok(changed)
}

/// Applies a change to a locked court inside the caller's transaction, with its events.
pub async fn change_locked_court(
    state: &AppState,
    connection: &mut PgConnection,
    court: &Court,
    read_at: ReadAt,
    change: CourtChange,
    changed_by: UserId,
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
    store::save_court(connection, &changed, now).await?;
    // Read again, because whether it is visible is for the database to say.
    let changed = store::find_court(connection, court.id).await?.ok_or(CourtError::NotFound)?;
    events::append_court_updated(connection, &state.env, &changed, &fields).await.map_err(CourtError::Event)?;
    if changed.base_price != court.base_price {
        pricing::announce_base_price(connection, &state.env, court, &changed, changed_by)
            .await
            .map_err(CourtError::Event)?;
    }
    if changed.duration_minutes != court.duration_minutes {
        // Other sessions make another grid, so everyone who looks at slots needs them anew.
        availability::announce_new_grid(connection, &state.env, &changed).await.map_err(CourtError::Event)?;
    }
    Ok(changed)
}
