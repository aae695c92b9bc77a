//! Sign-ins that need another proof before they give tokens: the second factor (AUTH-34, AUTH-35) and the code mailed
//! after a sign-in from nowhere (SEC-05).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::ids::SessionId;
use jiff::Timestamp;
use sqlx::PgConnection;
use subtle::ConstantTimeEq as _;

use super::sign_in::{SignInOutcome, complete};
use super::{AccountError, protection, second_factor, token_hash};
use crate::accounts::domain::{Account, Device, Proof, challenge};
use crate::accounts::store::locks::FailureReason;
use crate::accounts::store::second_factor::{self as rows, NewChallenge};
use crate::accounts::{events, store};
use crate::state::AppState;

/// Bytes of randomness in the id of a challenge, which is all that the second call shows of the first.
const ID_BYTES: usize = 32;

/// A sign-in that waits for a proof.
#[derive(Debug)]
pub struct IssuedChallenge {
    pub proof: Proof,
    pub id: String,
    pub expires_at: Timestamp,
}

/// Which proof a sign-in of `account` from `device` needs first.
pub(super) async fn needed(
    connection: &mut PgConnection,
    account: &Account,
    device: &Device,
) -> Result<Option<Proof>, AccountError> {
    let suspicious = rows::origin_history(connection, account.id, device).await?.is_suspicious();
    Ok(challenge::next_proof(suspicious, has_second_factor(connection, account).await?))
}

async fn has_second_factor(connection: &mut PgConnection, account: &Account) -> Result<bool, AccountError> {
    Ok(rows::totp(connection, account.id).await?.is_some_and(|totp| totp.confirmed))
}

/// Lets a sign-in wait. The account's row must be locked.
pub(super) async fn issue(
    state: &AppState,
    connection: &mut PgConnection,
    account: &Account,
    device: &Device,
    replaces: Option<SessionId>,
    proof: Proof,
) -> Result<IssuedChallenge, AccountError> {
    let now = state.env.clock.now();
    let id = state.env.ids.secret(ID_BYTES);
    let expires_at = now + proof.lifetime();
    let mailed = match proof {
        Proof::SecondFactor => None,
        Proof::MailedCode => Some(challenge::mailed_code(random_bytes(state)?)),
    };
    let challenge = NewChallenge {
        id_hash: token_hash(&id),
        user: account.id,
        proof,
        code_hash: mailed.as_deref().map(|code| code_hash(&id, code)),
        device,
        replaces,
        expires_at,
    };
    rows::insert_challenge(connection, &challenge, now).await?;
    if let Some(code) = mailed {
        let told = events::ask_for_confirmation(state, connection, account.id, &code, device, now).await;
        told.map_err(AccountError::Event)?;
    }
    Ok(IssuedChallenge { proof, id, expires_at })
}

/// Takes the proof of a sign-in that waits. A wrong one costs a try, of the challenge and of the account.
pub async fn answer(
    state: &AppState,
    proof: Proof,
    challenge_id: &str,
    code: &str,
    ip: &str,
) -> Result<SignInOutcome, AccountError> {
    protection::check_address(state, Some(ip)).await?;
    let now = state.env.clock.now();
    let id_hash = token_hash(challenge_id);

    let mut transaction = kit::db::begin(&state.pool).await?;
    let holder = rows::challenge_holder(&mut transaction, &id_hash, proof).await?;
    let holder = holder.ok_or(AccountError::ChallengeOver(proof))?;
    let account = store::account_locked(&mut transaction, holder).await?.ok_or(AccountError::ChallengeOver(proof))?;
    account.check_may_sign_in()?;
    protection::check_account(state, &mut transaction, account.id, now).await?;
    let waiting = rows::challenge(&mut transaction, &id_hash).await?;
    let waiting = waiting.filter(|waiting| waiting.state.is_open(now)).ok_or(AccountError::ChallengeOver(proof))?;
    let right = match proof {
        Proof::SecondFactor => second_factor::spend_code(state, &mut transaction, account.id, code, now).await?,
        Proof::MailedCode => waiting
            .code_hash
            .is_some_and(|expected| bool::from(expected.as_slice().ct_eq(&code_hash(challenge_id, code.trim())))),
    };
    if !right {
        rows::count_wrong_try(&mut transaction, &id_hash).await?;
        transaction.commit().await?;
        let reason = match proof {
            Proof::SecondFactor => FailureReason::SecondFactor,
            Proof::MailedCode => FailureReason::MailedCode,
        };
        protection::failed(state, ip, Some(account.id), None, reason).await?;
        return Err(AccountError::CodeRejected(proof));
    }
    if !rows::pass_challenge(&mut transaction, &id_hash, now).await? {
        return Err(AccountError::ChallengeOver(proof));
    }
    // Whoever has shown the mail may still owe the second factor, never the other way round.
    if proof == Proof::MailedCode && has_second_factor(&mut transaction, &account).await? {
        let next = Proof::SecondFactor;
        let issued = issue(state, &mut transaction, &account, &waiting.device, waiting.replaces, next).await?;
        transaction.commit().await?;
        return Ok(SignInOutcome::Waits(issued));
    }
    let signed_in = complete(state, &mut transaction, account, &waiting.device, waiting.replaces).await?;
    transaction.commit().await?;
    signed_in.sign(state).map(|signed_in| SignInOutcome::SignedIn(Box::new(signed_in)))
}

/// Six digits alone could be looked up from their hash; together with the id of the challenge they cannot.
fn code_hash(challenge_id: &str, code: &str) -> [u8; 32] {
    token_hash(&format!("{challenge_id}:{code}"))
}

fn random_bytes(state: &AppState) -> Result<[u8; 8], AccountError> {
    let bytes = URL_SAFE_NO_PAD.decode(state.env.ids.secret(8)).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| AccountError::Sealing(anyhow::anyhow!("the source of randomness gave another length")))
}
