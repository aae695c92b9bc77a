//! The way out of promotional mail, without signing in: the platform, which owns preferences, is asked to remember it.

use contracts::ids::UserId;

use crate::platform_port::PlatformError;
use crate::state::AppState;

/// Whose link it is; none when we never made it.
#[must_use]
pub fn reader_of_token(state: &AppState, token: &str) -> Option<UserId> {
    state.notifications.unsubscribing.person(token)
}

/// Nothing promotional for this person any more (NOTE-13). A second time changes nothing.
///
/// # Errors
/// When the platform cannot be asked.
pub async fn promotions_off(state: &AppState, user: UserId) -> Result<(), PlatformError> {
    state.platform.switch_promotions_off(user).await
}
