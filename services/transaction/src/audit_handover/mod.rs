//! Hands what owners do in this service over to platform, which keeps their log (OWN-45).
//!
//! Owns the table `audit_handover`: a trigger of the audit log puts each row of an owner there, in the transaction of what
//! was done, and it leaves when platform has stored it. Platform may get a row twice and stores it once, by its id; it
//! never gets one of something that was not done. No route.

pub mod jobs;
pub mod ops;
mod store;
