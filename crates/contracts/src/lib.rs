//! What the two services say to each other and to their clients, and nothing else: ids, money, wire enums, error
//! codes, event payloads, internal answers and socket messages.
//!
//! This crate holds no behaviour beyond parsing, printing and exact arithmetic. It never reads a clock, never opens a
//! connection and knows neither the database nor the HTTP framework; stores take the inner value of an id with `.0`
//! and the text of an enum with `as_str()`.

mod wire_text;

pub mod booking;
pub mod codes;
pub mod court;
pub mod events;
pub mod identity;
pub mod ids;
pub mod internal;
pub mod local_date;
pub mod money;
pub mod owner_settings;
pub mod promo_codes;
pub mod schema;
pub mod socket;

pub use wire_text::UnknownText;
