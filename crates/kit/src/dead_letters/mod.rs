//! What consumers have parked (EVT-05): looking at it, sending it once more to the group that parked it, putting it away.
//!
//! It owns the table `dead_letters` together with the consumer that fills it. A replay is an ordinary event in the outbox
//! of the service that parked the message, with an id of its own and headers that say whom it is for: every other group
//! and every live view skips it, so nobody has an effect twice. It never decides who may do this and never shows what
//! people wrote or what tells who they are (EVT-09).

mod desk;
mod masking;
mod wire;

use uuid::Uuid;

use crate::bus::Headers;

pub use desk::{Replayed, count, discard, find, list, prune, replay};
pub(crate) use desk::{note_handled, park_again};
pub use masking::masked;
pub use wire::{
    DeadLetter, DeadLetterDetail, DeadLetterState, DeadLettersPage, DeadLettersQuery, DiscardRequest, ReplayRequest,
    ReplayResult,
};

/// Names the one consumer group that a replayed message is for.
const FOR_GROUP: &str = "courtside-replay-for";
/// Names the parked message that is replayed.
const ENTRY: &str = "courtside-dead-letter";

/// Whether `group` is to handle a message with these headers: all are, except that a replay is for one alone.
#[must_use]
pub fn is_for(headers: &Headers, group: &str) -> bool {
    headers.get(FOR_GROUP).is_none_or(|wanted| wanted == group)
}

/// Whether a message was published before and comes again for one group.
#[must_use]
pub fn is_replay(headers: &Headers) -> bool {
    headers.contains_key(FOR_GROUP)
}

/// The parked message that this one repeats.
#[must_use]
pub(crate) fn entry_of(headers: &Headers) -> Option<Uuid> {
    headers.get(ENTRY)?.parse().ok()
}
