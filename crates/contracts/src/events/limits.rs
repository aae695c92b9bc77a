//! The limits of the contract that a type alone cannot carry: ranges, order of times, numbers that JSON can write.
//!
//! The same ranges stand as attributes on the fields, for the generated schema; a test holds the two equal.

use super::{EventType, Source};
use crate::booking::Slot;

/// Why an event may not be written (EVT-07).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPayload {
    /// A value of the payload is outside its limits.
    #[error("{event_type}: {rule}")]
    Limit {
        /// The event.
        event_type: EventType,
        /// The limit.
        rule: BrokenRule,
    },
    /// The service is no producer of this topic.
    #[error("{event_type} is not for {found} to produce")]
    Source {
        /// The event.
        event_type: EventType,
        /// Who tried.
        found: Source,
    },
    /// The payload cannot be written as JSON.
    #[error("{event_type} cannot be written as JSON: {reason}")]
    Unprintable {
        /// The event.
        event_type: EventType,
        /// What serde says.
        reason: String,
    },
}

/// One broken limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` must be {must_be}")]
pub struct BrokenRule {
    /// Name of the field on the wire.
    pub field: &'static str,
    /// What it must be.
    pub must_be: &'static str,
}

/// A payload that knows its own limits. Most have none beyond their types.
pub(super) trait Limits {
    fn limits(&self) -> Result<(), BrokenRule> {
        Ok(())
    }
}

/// `Ok` when `holds`.
pub(super) fn require(holds: bool, field: &'static str, must_be: &'static str) -> Result<(), BrokenRule> {
    if holds { Ok(()) } else { Err(BrokenRule { field, must_be }) }
}

/// A slot ends after it starts.
pub(super) fn forward(slot: &Slot) -> Result<(), BrokenRule> {
    require(slot.is_forward(), "endTime", "after startTime")
}

/// Optional numbers count only when they are there.
pub(super) fn within<N: PartialOrd + Copy>(
    value: Option<N>,
    least: N,
    greatest: N,
    field: &'static str,
    must_be: &'static str,
) -> Result<(), BrokenRule> {
    require(value.is_none_or(|value| value >= least && value <= greatest), field, must_be)
}
