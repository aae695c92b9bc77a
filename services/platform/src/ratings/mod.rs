//! Ratings: what customers say of courts they have played on (COURT-43 to COURT-45). Owns table `court_ratings` and the
//! columns of `courts` that sum it up.
//!
//! Invariants: one rating for each booking, by a constraint; the average and the number of a court change with the rating
//! in one transaction, by a statement that adds to what is stored and so loses none of two that meet. Whether a booking
//! was played, the other service's view says.

mod api;
pub mod domain;
mod ops;
mod store;

pub use api::{Review, latest_reviews, router};
