//! The use cases of verification. Each owns its database transaction; files are looked at and stored before it begins.

use std::collections::HashMap;

use bytes::Bytes;
use contracts::identity::VerificationState;
use contracts::ids::UserId;
use kit::db::is_unique_violation;
use kit::jobs::RunningJob;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{
    Business, BusinessChange, BusinessProfile, PROOF_LONGEST_SIDE, TURNAROUND, Verdict, VerificationRequest,
    answered_by_new,
};
use super::store::{self, OwnerCard, QueuePage};
use super::{events, texts};
use crate::accounts::domain::{Account, ProfileChange};
use crate::accounts::ops::{AccountError, change_profile, current_account};
use crate::audit::{Action, Actor};
use crate::courts::{announce_court, courts_of};
use crate::object_store::{self, ObjectStoreError, Shelf};
use crate::state::AppState;
use crate::store_error::StoreError;
use crate::uploads::{FileRefused, Workbench};

/// Why a use case of verification failed.
#[derive(Debug, thiserror::Error)]
pub enum VerificationError {
    /// COURT-48, with the request that waits.
    #[error("a request is pending already")]
    AlreadyPending(Uuid),
    /// ADMIN-04, with the account that has the business.
    #[error("another owner has this business")]
    Registered(UserId),
    /// COURT-52.
    #[error("the request has been decided already")]
    AlreadyReviewed,
    #[error("no such request")]
    NotFound,
    #[error("no such court owner")]
    OwnerNotFound,
    /// OWN-23: somebody else saved first.
    #[error("the profile is at version {current}")]
    Stale { current: i64 },
    #[error("the proof was refused")]
    Proof(#[from] FileRefused),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error(transparent)]
    Store(#[from] ObjectStoreError),
    #[error("the upload took too long")]
    TooSlow,
    #[error(transparent)]
    Storage(#[from] sqlx::Error),
    #[error(transparent)]
    Courts(#[from] StoreError),
    #[error("an event could not be written")]
    Event(#[source] anyhow::Error),
}

/// The proof as it was sent; what it is, its first bytes say.
#[derive(Debug)]
pub enum Proof {
    Pdf(Bytes),
    Picture(Bytes),
}

/// What is kept of a proof.
struct CleanProof {
    key: String,
    content_type: &'static str,
    bytes: Vec<u8>,
}

/// A request to be verified (COURT-47, COURT-48, COURT-53).
pub async fn submit(
    state: &AppState,
    actor: &Actor,
    business: Business,
    proof: Proof,
) -> Result<VerificationRequest, VerificationError> {
    let pending = store::pending_of(&mut *state.pool.acquire().await?, actor.user).await?;
    if let Some(pending) = pending {
        return Err(VerificationError::AlreadyPending(pending));
    }
    let other = store::other_owner_of(&mut *state.pool.acquire().await?, actor.user, &business.tax_id).await?;
    if let Some(other) = other {
        return Err(VerificationError::Registered(other));
    }
    let id = state.env.ids.new_id();
    let CleanProof { key, content_type, bytes } = clean(state, actor.user, id, proof).await?;
    object_store::loosen(&mut *state.pool.acquire().await?, Shelf::Private, &key, state.env.clock.now()).await?;
    state.objects.put(Shelf::Private, &key, content_type, bytes).await?;

    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let earlier = store::requests_of(&mut transaction, actor.user).await?;
    let request = VerificationRequest {
        id,
        owner: actor.user,
        business,
        document_key: key,
        state: VerificationState::PendingReview,
        rejection_reason: None,
        notes: None,
        previous: answered_by_new(earlier.first()),
        submitted_at: now,
        reviewed_at: None,
        reviewed_by: None,
        reminded_at: None,
    };
    if let Err(error) = store::insert_request(&mut transaction, &request).await {
        return Err(taken_or(state, transaction, actor.user, error).await);
    }
    if !object_store::keep(&mut transaction, Shelf::Private, &request.document_key).await? {
        return Err(VerificationError::TooSlow);
    }
    let verified = store::lock_owner(&mut transaction, actor.user).await?.ok_or(VerificationError::OwnerNotFound)?;
    if !verified {
        let version = store::profile(&mut transaction, actor.user).await?.version;
        let profile = BusinessProfile::of(&request.business, version);
        store::save_profile(&mut transaction, actor.user, &profile, now).await?;
    }
    let reviewers = store::reviewers(&mut transaction).await?;
    events::tell_reviewers(&mut transaction, &state.env, &reviewers, &texts::submitted(), now)
        .await
        .map_err(VerificationError::Event)?;
    actor.record(&mut transaction, action("VERIFICATION_SUBMITTED", None, &request), now).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(request)
}

/// COURT-48: when the database finds another pending request, the answer names it.
async fn taken_or(
    state: &AppState,
    transaction: sqlx::PgTransaction<'_>,
    owner: UserId,
    error: sqlx::Error,
) -> VerificationError {
    if !is_unique_violation(&error, "verification_requests_one_pending") {
        return error.into();
    }
    let pending = async {
        transaction.rollback().await?;
        store::pending_of(&mut *state.pool.acquire().await?, owner).await
    };
    match pending.await {
        Ok(Some(pending)) => VerificationError::AlreadyPending(pending),
        // It was decided in this very moment: the caller may try again.
        Ok(None) => error.into(),
        Err(error) => error.into(),
    }
}

async fn clean(state: &AppState, owner: UserId, id: Uuid, proof: Proof) -> Result<CleanProof, VerificationError> {
    let deadline = Workbench::deadline();
    let key = |ending: &str| format!("verification/{owner}/{id}.{ending}");
    Ok(match proof {
        Proof::Pdf(bytes) => CleanProof {
            key: key("pdf"),
            content_type: "application/pdf",
            bytes: state.workbench.check_document(bytes, deadline).await?.to_vec(),
        },
        Proof::Picture(bytes) => CleanProof {
            key: key("jpg"),
            content_type: "image/jpeg",
            bytes: state.workbench.clean_picture(bytes, PROOF_LONGEST_SIDE, deadline).await?,
        },
    })
}

fn action(name: &'static str, before: Option<VerificationState>, after: &VerificationRequest) -> Action {
    Action {
        name,
        resource_type: "VERIFICATION",
        resource_id: after.id,
        before: before.map(|state| json!({ "status": state })),
        after: Some(json!({ "status": after.state, "reason": after.rejection_reason, "notes": after.notes })),
    }
}

/// What an owner sees of the own verification (COURT-53).
pub struct OwnVerification {
    pub verified: bool,
    pub re_verification_required: bool,
    /// The newest first.
    pub requests: Vec<VerificationRequest>,
}

pub async fn own_verification(state: &AppState, owner: UserId) -> Result<OwnVerification, VerificationError> {
    let mut connection = state.pool.acquire().await?;
    Ok(OwnVerification {
        verified: store::is_verified(&mut connection, owner).await?,
        re_verification_required: store::profile(&mut connection, owner).await?.re_verification_since.is_some(),
        requests: store::requests_of(&mut connection, owner).await?,
    })
}

/// A request with whom it is about.
pub struct ReviewedRequest {
    pub request: VerificationRequest,
    pub owner: Option<OwnerCard>,
}

/// A part of the reviewers' queue and how many there are in all (COURT-49).
pub async fn queue(state: &AppState, page: QueuePage) -> Result<(Vec<ReviewedRequest>, i64), VerificationError> {
    let mut connection = state.pool.acquire().await?;
    let (requests, total) = store::queue(&mut connection, page).await?;
    Ok((with_owners(&mut connection, requests).await?, total))
}

/// A request and all others of its owner, the newest first (COURT-53).
pub async fn show_request(
    state: &AppState,
    id: Uuid,
) -> Result<(ReviewedRequest, Vec<VerificationRequest>), VerificationError> {
    let mut connection = state.pool.acquire().await?;
    let request = store::request(&mut connection, id).await?.ok_or(VerificationError::NotFound)?;
    let others = store::requests_of(&mut connection, request.owner).await?;
    let mut shown = with_owners(&mut connection, vec![request]).await?;
    let shown = shown.pop().ok_or(VerificationError::NotFound)?;
    Ok((shown, others.into_iter().filter(|other| other.id != id).collect()))
}

async fn with_owners(
    connection: &mut PgConnection,
    requests: Vec<VerificationRequest>,
) -> Result<Vec<ReviewedRequest>, VerificationError> {
    let owners: Vec<UserId> = requests.iter().map(|request| request.owner).collect();
    let cards: HashMap<_, _> =
        store::owner_cards(connection, &owners).await?.into_iter().map(|card| (card.owner, card)).collect();
    let shown = requests.into_iter().map(|request| {
        let owner = cards.get(&request.owner).cloned();
        ReviewedRequest { request, owner }
    });
    Ok(shown.collect())
}

/// A reviewer's verdict on a request (COURT-50 to COURT-52).
pub async fn decide(
    state: &AppState,
    reviewer: &Actor,
    id: Uuid,
    verdict: Verdict,
) -> Result<VerificationRequest, VerificationError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let request = store::request_locked(&mut transaction, id).await?.ok_or(VerificationError::NotFound)?;
    let decided = decide_locked(state, &mut transaction, reviewer, request, verdict).await?;
    transaction.commit().await?;
    state.wake.wake();
    forget_courts(state, decided.owner).await;
    Ok(decided)
}

async fn decide_locked(
    state: &AppState,
    connection: &mut PgConnection,
    reviewer: &Actor,
    request: VerificationRequest,
    verdict: Verdict,
) -> Result<VerificationRequest, VerificationError> {
    let now = state.env.clock.now();
    let before = request.state;
    let decided = request.decided(verdict, reviewer.user, now).map_err(|_| VerificationError::AlreadyReviewed)?;
    if !store::save_verdict(connection, &decided).await? {
        return Err(VerificationError::AlreadyReviewed);
    }
    match decided.rejection_reason.as_deref() {
        None => {
            verify_owner(state, connection, decided.owner).await?;
            let version = store::profile(connection, decided.owner).await?.version;
            let profile = BusinessProfile::of(&decided.business, version);
            store::save_profile(connection, decided.owner, &profile, now).await?;
            events::tell_approved(connection, &state.env, decided.owner, now)
                .await
                .map_err(VerificationError::Event)?;
            let entry = action("VERIFICATION_APPROVED", Some(before), &decided);
            reviewer.record_for(connection, decided.owner, entry, now).await?;
        }
        Some(reason) => {
            events::tell_rejected(connection, &state.env, decided.owner, reason, now)
                .await
                .map_err(VerificationError::Event)?;
            let entry = action("VERIFICATION_REJECTED", Some(before), &decided);
            reviewer.record_for(connection, decided.owner, entry, now).await?;
        }
    }
    Ok(decided)
}

/// Makes the owner verified and says so of each court that is shown from now on (COURT-50).
async fn verify_owner(state: &AppState, connection: &mut PgConnection, owner: UserId) -> Result<(), VerificationError> {
    store::lock_owner(connection, owner).await?.ok_or(VerificationError::OwnerNotFound)?;
    let hidden: Vec<_> =
        courts_of(connection, owner).await?.into_iter().filter(|court| !court.visible).map(|court| court.id).collect();
    if !store::set_verified(connection, owner, state.env.clock.now()).await? {
        return Err(VerificationError::OwnerNotFound);
    }
    for court in courts_of(connection, owner).await? {
        if court.visible && hidden.contains(&court.id) {
            announce_court(connection, &state.env, &court, &["visible"]).await.map_err(VerificationError::Event)?;
        }
    }
    Ok(())
}

/// The kept days say whether a court is visible; they are read anew. When that fails, the event does it a little later.
async fn forget_courts(state: &AppState, owner: UserId) {
    let courts = async { courts_of(&mut *state.pool.acquire().await?, owner).await };
    if let Ok(courts) = courts.await {
        courts.into_iter().for_each(|court| state.availability.forget_court(court.id));
    }
}

/// Verifies an owner by an admin's own knowledge: a pending request is approved with it, a flag for another review is
/// taken away, and an owner who is verified stays so. Answers the request that was approved, if there was one.
pub async fn verify_by_admin(
    state: &AppState,
    admin: &Actor,
    owner: UserId,
) -> Result<Option<VerificationRequest>, VerificationError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    // The request first, as in `decide`: two of these can never wait for each other.
    let pending = match store::pending_of(&mut transaction, owner).await? {
        Some(id) => store::request_locked(&mut transaction, id).await?,
        None => None,
    };
    let verified = store::lock_owner(&mut transaction, owner).await?.ok_or(VerificationError::OwnerNotFound)?;
    let approved = match pending.filter(|request| request.state == VerificationState::PendingReview) {
        Some(request) => {
            let verdict = Verdict::Approve { notes: None };
            Some(decide_locked(state, &mut transaction, admin, request, verdict).await?)
        }
        None => {
            let profile = store::profile(&mut transaction, owner).await?;
            if profile.re_verification_since.is_some() {
                let reviewed = BusinessProfile { re_verification_since: None, ..profile.clone() };
                store::save_profile(&mut transaction, owner, &reviewed, now).await?;
            }
            if !verified {
                verify_owner(state, &mut transaction, owner).await?;
                events::tell_approved(&mut transaction, &state.env, owner, now)
                    .await
                    .map_err(VerificationError::Event)?;
            }
            let entry = Action {
                name: "OWNER_VERIFIED",
                resource_type: "COURT_OWNER",
                resource_id: owner.0,
                before: Some(json!({ "verified": verified, "reVerificationSince": profile.re_verification_since })),
                after: Some(json!({ "verified": true })),
            };
            admin.record_for(&mut transaction, owner, entry, now).await?;
            None
        }
    };
    transaction.commit().await?;
    state.wake.wake();
    forget_courts(state, owner).await;
    Ok(approved)
}

/// A profile that waits for another review, with whose it is.
pub struct FlaggedProfile {
    pub owner: OwnerCard,
    pub profile: BusinessProfile,
}

/// Verified owners whose business data have changed since, the longest waiting first (COURT-55).
pub async fn flagged_profiles(state: &AppState) -> Result<Vec<FlaggedProfile>, VerificationError> {
    let mut connection = state.pool.acquire().await?;
    let profiles = store::profiles_to_review(&mut connection).await?;
    let owners: Vec<UserId> = profiles.iter().map(|(owner, _)| *owner).collect();
    let mut cards = store::owner_cards(&mut connection, &owners).await?;
    let mut flagged = Vec::with_capacity(profiles.len());
    for (owner, profile) in profiles {
        if let Some(place) = cards.iter().position(|card| card.owner == owner) {
            flagged.push(FlaggedProfile { owner: cards.swap_remove(place), profile });
        }
    }
    Ok(flagged)
}

/// The account and business data of an owner.
pub struct OwnerProfile {
    pub account: Account,
    pub business: BusinessProfile,
}

pub async fn own_profile(state: &AppState, owner: UserId) -> Result<OwnerProfile, VerificationError> {
    let account = current_account(state, owner).await?;
    let business = store::profile(&mut *state.pool.acquire().await?, owner).await?;
    Ok(OwnerProfile { account, business })
}

/// Changes parts of both (OWN-23 to OWN-25, COURT-55). `read_at` is the version that the client read, if it says so.
pub async fn change_own_profile(
    state: &AppState,
    actor: &Actor,
    read_at: Option<i64>,
    personal: ProfileChange,
    business: BusinessChange,
) -> Result<OwnerProfile, VerificationError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let account = change_profile(&mut transaction, actor.user, personal, now).await?;
    let before = store::profile(&mut transaction, actor.user).await?;
    if read_at.is_some_and(|version| version != before.version) {
        return Err(VerificationError::Stale { current: before.version });
    }
    if !business.is_empty() {
        let after = before.changed(business, account.verified, now);
        store::save_profile(&mut transaction, actor.user, &after, now).await?;
        if after.re_verification_since.is_some() && before.re_verification_since.is_none() {
            let reviewers = store::reviewers(&mut transaction).await?;
            events::tell_reviewers(&mut transaction, &state.env, &reviewers, &texts::to_be_reviewed_again(), now)
                .await
                .map_err(VerificationError::Event)?;
        }
        let told = |profile: &BusinessProfile| {
            json!({
                "businessName": profile.name, "taxId": profile.tax_id, "businessType": profile.business_type,
                "businessAddress": profile.address, "reVerificationRequired": profile.re_verification_since.is_some(),
            })
        };
        let entry = Action {
            name: "BUSINESS_PROFILE_CHANGED",
            resource_type: "COURT_OWNER",
            resource_id: actor.user.0,
            before: Some(told(&before)),
            after: Some(told(&after)),
        };
        actor.record(&mut transaction, entry, now).await?;
    }
    let stored = store::profile(&mut transaction, actor.user).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(OwnerProfile { account, business: stored })
}

/// Reminds the reviewers of what waits for too long, once for each turnaround (COURT-54).
pub async fn remind(state: &AppState, running: &RunningJob) -> anyhow::Result<()> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let waiting = store::waiting_since(&mut transaction, now - TURNAROUND).await?;
    let due: Vec<Uuid> = waiting.iter().filter(|request| request.reminder_due(now)).map(|request| request.id).collect();
    if !due.is_empty() {
        let reviewers = store::reviewers(&mut transaction).await?;
        for _ in &due {
            events::tell_reviewers(&mut transaction, &state.env, &reviewers, &texts::overdue(), now).await?;
        }
        store::mark_reminded(&mut transaction, &due, now).await?;
    }
    running.finish(&mut transaction).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(())
}
