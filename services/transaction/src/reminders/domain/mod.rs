//! When somebody is to be reminded. Pure: clock, zones and what is stored are arguments.

pub mod rules;
pub mod upcoming;
