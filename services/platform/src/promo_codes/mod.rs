//! Promo codes as the transaction service asks for them. There are none yet, so every code is one that nobody knows: the
//! answers are those of the contract for an unknown code (PRICE-43, PRICE-47, PRICE-50). It stores nothing.
//!
//! Routes: `/internal/promo-codes/validate`, `/redeem` and `/rollback`.

mod api;

pub use api::internal_router;
