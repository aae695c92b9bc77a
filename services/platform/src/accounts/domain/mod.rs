//! The rules of accounts: who may register, who may sign in, when a refresh token counts, how many devices there
//! are, what the owner claims say. Pure: the clock, ids and stored rows are arguments, nothing here waits or reads.

pub mod account;
pub mod identity;
pub mod profile;
pub mod session;

pub use account::{Account, NewAccount, RegistrationRefused, SignInRefused};
pub use identity::{IdentityRefused, LinkedIdentity, VerifiedIdentity};
pub use profile::ProfileChange;
pub use session::{Device, EndReason, LiveSession, RefreshVerdict, StoredRefreshToken};
