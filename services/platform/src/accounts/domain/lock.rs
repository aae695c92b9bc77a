//! What failed sign-ins lead to (AUTH-31, SEC-01, SEC-04). Pure: the counts are arguments.

use jiff::SignedDuration;

/// The thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockPolicy {
    /// Failures in a row that lock.
    pub failures: u32,
    /// Only failures this young count.
    pub window: SignedDuration,
    pub lock_for: SignedDuration,
    /// Failures of one address, of whatever account, that count as credential stuffing.
    pub stuffing_failures: u32,
    pub stuffing_window: SignedDuration,
    pub stuffing_lock_for: SignedDuration,
}

/// What is known after one more failure, itself included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// In a row from the address, within the window.
    pub of_address: u32,
    /// In a row on the account, from wherever.
    pub on_account: u32,
    /// All of the address within the stuffing window, refused ones included.
    pub lately_of_address: u32,
}

/// What happens now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Consequences {
    pub lock_address: Option<SignedDuration>,
    pub lock_account: Option<SignedDuration>,
    /// Somebody tries accounts one after the other: staff must know.
    pub stuffing: bool,
}

impl LockPolicy {
    pub fn after(&self, failures: Failures) -> Consequences {
        // Only the failure that reaches the number: those after it are part of what is known already.
        let stuffing = failures.lately_of_address == self.stuffing_failures;
        let address_locks = failures.of_address >= self.failures;
        let account_locks = address_locks || failures.on_account >= self.failures;
        let lock_address = if stuffing { Some(self.stuffing_lock_for) } else { address_locks.then_some(self.lock_for) };
        Consequences { lock_address, lock_account: account_locks.then_some(self.lock_for), stuffing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: LockPolicy = LockPolicy {
        failures: 5,
        window: SignedDuration::from_mins(15),
        lock_for: SignedDuration::from_mins(30),
        stuffing_failures: 20,
        stuffing_window: SignedDuration::from_mins(5),
        stuffing_lock_for: SignedDuration::from_hours(24),
    };

    /// AUTH-31, SEC-01: the fifth failure of an address locks it and the account, the fourth nothing.
    #[test]
    fn the_fifth_failure_locks() {
        let failures = |number| Failures { of_address: number, on_account: number, lately_of_address: number };
        assert_eq!(POLICY.after(failures(4)), Consequences::default());
        let locked = POLICY.after(failures(5));
        assert_eq!((locked.lock_address, locked.lock_account), (Some(POLICY.lock_for), Some(POLICY.lock_for)));
    }

    /// SEC-01: an account that is tried from many addresses is locked, none of the addresses is.
    #[test]
    fn many_addresses_lock_the_account() {
        let locked = POLICY.after(Failures { of_address: 1, on_account: 5, lately_of_address: 1 });
        assert_eq!((locked.lock_address, locked.lock_account), (None, Some(POLICY.lock_for)));
    }

    /// SEC-04: the twentieth failure within five minutes blocks the address for a day, once.
    #[test]
    fn stuffing_is_told_once() {
        for (number, told) in [(19, false), (20, true), (21, false)] {
            let found = POLICY.after(Failures { lately_of_address: number, ..Failures::default() });
            assert_eq!(found.stuffing, told, "{number}");
            assert_eq!(found.lock_address, told.then_some(SignedDuration::from_hours(24)));
        }
    }
}
