//! Discovery: finding courts by place, kind and time, in a list and on a map. Owns no table; it reads those of its
//! neighbours and the transaction service's views of taken slots and open matches.
//!
//! Invariants: filters combine with AND; only visible courts are found; an order that never changes between pages; pages
//! are bounded; no search asks a cache; a part of the map that fails never takes the rest with it.
//!
//! Routes: `GET /api/courts`, `GET /api/courts/map`.

mod api;
mod cache;
mod consumers;
mod court_summary;
pub mod domain;
mod map_api;
mod map_ops;
pub mod ops;
mod store;

use utoipa_axum::router::OpenApiRouter;

pub use api::courts_near;
pub use cache::OpenMatches;
pub use consumers::cache_task;
pub use court_summary::{CourtSummary, kilometres};
pub use ops::with_statuses;
pub use store::{Hit, parts_between};

use crate::state::AppState;

/// The routes of the list and of the map.
pub fn router() -> OpenApiRouter<AppState> {
    api::router().merge(map_api::router())
}
