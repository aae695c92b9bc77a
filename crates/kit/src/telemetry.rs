//! Logs and traces.

use contracts::ids::UserId;

/// Names the user in the span of the request.
pub(crate) fn record_user(user: UserId) {
    tracing::Span::current().record("user.id", tracing::field::display(user));
}
