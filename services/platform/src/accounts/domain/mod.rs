//! The rules of accounts: who may register, who may sign in, when a refresh token counts, how many devices there
//! are, what the owner claims say. Pure: the clock, ids and stored rows are arguments, nothing here waits or reads.

pub mod account;
pub mod challenge;
pub mod export;
pub mod identity;
pub mod lock;
pub mod profile;
pub mod recovery_code;
pub mod session;
pub mod staff;
pub mod totp;

pub use account::{Account, NewAccount, RegistrationRefused, SignInRefused};
pub use challenge::{ChallengeState, OriginHistory, Proof};
pub use identity::{IdentityRefused, LinkedIdentity, VerifiedIdentity};
pub use lock::{Consequences, Failures, LockPolicy};
pub use profile::ProfileChange;
pub use session::{Device, EndReason, LiveSession, RefreshVerdict, StoredRefreshToken};
