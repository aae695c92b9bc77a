//! Pictures of courts: uploaded, put in order and removed by the owner (COURT-14, COURT-15). Owns column `image_keys` of
//! table `courts` and what lies below `courts/` in the public bucket; how a picture is made harmless is the business of
//! `uploads`.
//!
//! Invariants: a court names a picture only once it is in the store; a court never has more than ten; a picture that no
//! court names leaves the store.

mod api;
pub mod domain;
mod ops;
mod store;

pub use api::router;
pub use ops::let_go_all;
