//! The use cases of pictures. The store is spoken to between transactions: a new picture is loose until its court names
//! it, one that is removed is loose from then on.

use bytes::Bytes;
use contracts::ids::CourtId;
use jiff::Timestamp;
use serde_json::json;
use sqlx::PgConnection;

use super::domain::{LONGEST_SIDE, MOST_IMAGES, OrderRefused, belongs_to, new_key, reordered, without};
use super::store;
use crate::audit::{Action, Actor};
use crate::courts::domain::{ChangeRefused, Court};
use crate::courts::ops::{CourtError, own_court, own_court_locked};
use crate::courts::{announce_court, read_court};
use crate::object_store::{self, ObjectStoreError, Shelf};
use crate::state::AppState;
use crate::uploads::{FileRefused, Workbench};

/// Why pictures were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error(transparent)]
    Court(#[from] CourtError),
    /// Which file, and why.
    #[error("file {number} was refused")]
    File { number: usize, refused: FileRefused },
    #[error("a court has at most {MOST_IMAGES} pictures")]
    TooMany,
    #[error("the court has no such picture")]
    NotFound,
    #[error(transparent)]
    Order(#[from] OrderRefused),
    #[error(transparent)]
    Store(#[from] ObjectStoreError),
    /// It took so long that the files may be gone already.
    #[error("the upload took too long")]
    TooSlow,
}

impl From<sqlx::Error> for ImageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Court(error.into())
    }
}

/// Adds pictures behind those that a court has (COURT-14, COURT-15). All of them are added, or none.
pub async fn add_images(state: &AppState, actor: &Actor, id: CourtId, files: Vec<Bytes>) -> Result<Court, ImageError> {
    let court = own_court(&mut *state.pool.acquire().await?, actor.user, id).await?;
    check_number(&court, files.len())?;
    let deadline = Workbench::deadline();
    let mut pictures = Vec::with_capacity(files.len());
    for (number, file) in files.into_iter().enumerate() {
        let refused = |refused| ImageError::File { number, refused };
        let jpeg = state.workbench.clean_picture(file, LONGEST_SIDE, deadline).await.map_err(refused)?;
        pictures.push((new_key(id, state.env.ids.new_id()), jpeg));
    }

    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    for (key, _) in &pictures {
        object_store::loosen(&mut transaction, Shelf::Public, key, now).await?;
    }
    transaction.commit().await?;
    let mut new_keys = Vec::with_capacity(pictures.len());
    for (key, jpeg) in pictures {
        state.objects.put(Shelf::Public, &key, "image/jpeg", jpeg).await?;
        new_keys.push(key);
    }

    let mut transaction = kit::db::begin(&state.pool).await?;
    let court = own_court_locked(&mut transaction, actor.user, id).await?;
    check_number(&court, new_keys.len())?;
    for key in &new_keys {
        if !object_store::keep(&mut transaction, Shelf::Public, key).await? {
            return Err(ImageError::TooSlow);
        }
    }
    let keys = [court.image_keys.clone(), new_keys].concat();
    let changed = change_keys(state, &mut transaction, actor, &court, keys).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(changed)
}

/// Puts the pictures in the order of their addresses; those left out are removed.
pub async fn arrange_images(
    state: &AppState,
    actor: &Actor,
    id: CourtId,
    version: i64,
    wanted: &[String],
) -> Result<Court, ImageError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let court = locked_at(&mut transaction, actor, id, version).await?;
    let addresses = state.config.courts.image_urls(&court.image_keys);
    let (ordered, left_out) = reordered(&court.image_keys, &addresses, wanted)?;
    if ordered == court.image_keys {
        return Ok(court);
    }
    let_go(state, &mut transaction, id, &left_out).await?;
    let changed = change_keys(state, &mut transaction, actor, &court, ordered).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(changed)
}

/// Removes one picture.
pub async fn remove_image(
    state: &AppState,
    actor: &Actor,
    id: CourtId,
    version: i64,
    image: &str,
) -> Result<Court, ImageError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let court = locked_at(&mut transaction, actor, id, version).await?;
    let (keys, removed) = without(&court.image_keys, image).ok_or(ImageError::NotFound)?;
    let_go(state, &mut transaction, id, &[removed]).await?;
    let changed = change_keys(state, &mut transaction, actor, &court, keys).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(changed)
}

fn check_number(court: &Court, more: usize) -> Result<(), ImageError> {
    if court.image_keys.len() + more > MOST_IMAGES { Err(ImageError::TooMany) } else { Ok(()) }
}

async fn locked_at(
    connection: &mut PgConnection,
    actor: &Actor,
    id: CourtId,
    version: i64,
) -> Result<Court, ImageError> {
    let court = own_court_locked(connection, actor.user, id).await?;
    if court.version == version {
        Ok(court)
    } else {
        Err(CourtError::Refused(ChangeRefused::Stale { current: court.version }).into())
    }
}

/// Files that other courts may show as well stay.
async fn let_go(
    state: &AppState,
    connection: &mut PgConnection,
    court: CourtId,
    keys: &[String],
) -> Result<(), ImageError> {
    let now = state.env.clock.now();
    for key in keys.iter().filter(|key| belongs_to(court, key)) {
        object_store::let_go(connection, Shelf::Public, key, now).await?;
    }
    Ok(())
}

/// Lets go of all pictures of a court that is being removed, in the caller's transaction; the court names none of them
/// any more.
///
/// # Errors
/// When the database does.
pub async fn let_go_all(connection: &mut PgConnection, court: &Court, now: Timestamp) -> Result<(), sqlx::Error> {
    for key in court.image_keys.iter().filter(|key| belongs_to(court.id, key)) {
        object_store::let_go(connection, Shelf::Public, key, now).await?;
    }
    Ok(())
}

/// Writes the keys with their event and their line in the audit log.
async fn change_keys(
    state: &AppState,
    connection: &mut PgConnection,
    actor: &Actor,
    court: &Court,
    keys: Vec<String>,
) -> Result<Court, ImageError> {
    let now = state.env.clock.now();
    store::save_image_keys(connection, court.id, court.version, &keys, now).await.map_err(CourtError::Store)?;
    let changed = read_court(connection, court.id).await?;
    announce_court(connection, &state.env, &changed, &["imageUrls"]).await.map_err(CourtError::Event)?;
    let action = Action {
        name: "COURT_IMAGES_CHANGED",
        resource_type: "COURT",
        resource_id: court.id.0,
        before: Some(json!({ "imageKeys": court.image_keys })),
        after: Some(json!({ "imageKeys": changed.image_keys })),
    };
    actor.record(connection, action, now).await?;
    Ok(changed)
}
