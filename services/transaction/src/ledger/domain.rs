//! Accounts, and what the balances of a payment must be by its own rows. Pure.

use contracts::money::Cents;
use serde::Serialize;

/// Where money can be. A balance is what was put in less what was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Account {
    /// At Stripe, on the platform's or the owner's balance. The other side of all others: its balance is never above zero.
    Stripe,
    /// Paid and not handed on; empty whenever a step is complete.
    Customer,
    /// The owner's part.
    Owner,
    /// The platform's part.
    Commission,
    /// Decided to go back, not sent yet.
    Refund,
    /// Taken back by a bank, not decided yet; below zero while a dispute is open.
    Dispute,
}

impl Account {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Stripe, Self::Customer, Self::Owner, Self::Commission, Self::Refund, Self::Dispute];

    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "STRIPE",
            Self::Customer => "CUSTOMER",
            Self::Owner => "OWNER",
            Self::Commission => "COMMISSION",
            Self::Refund => "REFUND",
            Self::Dispute => "DISPUTE",
        }
    }
}

/// The balances of one payment, or of many added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Balances {
    /// See [`Account::Stripe`].
    pub stripe_cents: i64,
    /// See [`Account::Customer`].
    pub customer_cents: i64,
    /// See [`Account::Owner`].
    pub owner_cents: i64,
    /// See [`Account::Commission`].
    pub commission_cents: i64,
    /// See [`Account::Refund`].
    pub refund_cents: i64,
    /// See [`Account::Dispute`].
    pub dispute_cents: i64,
}

impl Balances {
    /// What is in one account.
    #[must_use]
    pub const fn of(&self, account: Account) -> i64 {
        match account {
            Account::Stripe => self.stripe_cents,
            Account::Customer => self.customer_cents,
            Account::Owner => self.owner_cents,
            Account::Commission => self.commission_cents,
            Account::Refund => self.refund_cents,
            Account::Dispute => self.dispute_cents,
        }
    }

    /// All accounts together: nothing, because whatever left one came into another.
    #[must_use]
    pub fn sum(&self) -> i64 {
        Account::ALL.iter().map(|account| self.of(*account)).sum()
    }

    /// The same after `amount` went from `debit` to `credit`.
    #[must_use]
    pub const fn moved(mut self, debit: Account, credit: Account, amount: Cents) -> Self {
        *self.place(debit) -= amount.0;
        *self.place(credit) += amount.0;
        self
    }

    const fn place(&mut self, account: Account) -> &mut i64 {
        match account {
            Account::Stripe => &mut self.stripe_cents,
            Account::Customer => &mut self.customer_cents,
            Account::Owner => &mut self.owner_cents,
            Account::Commission => &mut self.commission_cents,
            Account::Refund => &mut self.refund_cents,
            Account::Dispute => &mut self.dispute_cents,
        }
    }
}

/// What the rows of a payment, its refunds and its disputes say has happened to its money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// It was collected.
    pub captured: bool,
    /// What was collected.
    pub gross: Cents,
    /// The platform's part.
    pub commission: Cents,
    /// The owner's part.
    pub net: Cents,
    /// Refunds that were decided and are borne by the owner.
    pub refunds_of_owner: Cents,
    /// Refunds of money for which there never was a booking.
    pub refunds_of_nothing: Cents,
    /// Of both, what was sent.
    pub refunds_sent: Cents,
    /// Of both, what a bank gave the customer with a dispute they won, and so never was sent.
    pub refunds_covered: Cents,
    /// Taken back by banks and not given again.
    pub disputed: Cents,
    /// Of that, what is decided for good.
    pub dispute_lost: Cents,
    /// Of that, the owner's part.
    pub dispute_of_owner: Cents,
}

/// The balances those facts lead to.
#[must_use]
pub const fn expected(facts: &Facts) -> Balances {
    if !facts.captured {
        return Balances {
            stripe_cents: 0,
            customer_cents: 0,
            owner_cents: 0,
            commission_cents: 0,
            refund_cents: 0,
            dispute_cents: 0,
        };
    }
    let given_back = facts.refunds_of_nothing.0 > 0;
    let owner = if given_back { 0 } else { facts.net.0 } - facts.refunds_of_owner.0 - facts.dispute_of_owner.0;
    let loss = facts.dispute_lost.0 - facts.dispute_of_owner.0;
    Balances {
        stripe_cents: -(facts.gross.0 - facts.refunds_sent.0 - facts.disputed.0),
        customer_cents: 0,
        owner_cents: owner,
        commission_cents: if given_back { 0 } else { facts.commission.0 } - loss + facts.refunds_covered.0,
        refund_cents: facts.refunds_of_owner.0 + facts.refunds_of_nothing.0
            - facts.refunds_sent.0
            - facts.refunds_covered.0,
        dispute_cents: -(facts.disputed.0 - facts.dispute_lost.0),
    }
}

/// How a lost dispute is shared: the owner bears `percent` of what is left of the net, never more than was disputed; the
/// rest is the platform's loss (PAY-49, PAY-50).
#[must_use]
pub fn owner_share(net_left: Cents, disputed: Cents, percent: u32) -> Cents {
    net_left.percent_half_up(percent.min(100)).unwrap_or(Cents::ZERO).min(disputed).max(Cents::ZERO)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// PAY-20, PAY-21: the example of the rule book, step by step.
    #[test]
    fn the_example_of_the_rule_book() {
        let captured = Balances::default()
            .moved(Account::Stripe, Account::Customer, Cents(5000))
            .moved(Account::Customer, Account::Owner, Cents(4500))
            .moved(Account::Customer, Account::Commission, Cents(500));
        let facts =
            Facts { captured: true, gross: Cents(5000), commission: Cents(500), net: Cents(4500), ..Facts::default() };
        assert_eq!(captured, expected(&facts));
        let decided = captured.moved(Account::Owner, Account::Refund, Cents(2250));
        assert_eq!(decided, expected(&Facts { refunds_of_owner: Cents(2250), ..facts }));
        let sent = decided.moved(Account::Refund, Account::Stripe, Cents(2250));
        assert_eq!(sent, expected(&Facts { refunds_of_owner: Cents(2250), refunds_sent: Cents(2250), ..facts }));
        assert_eq!((sent.owner_cents, sent.commission_cents, sent.stripe_cents), (2250, 500, -2750));
    }

    /// PAY-49: a lost dispute empties the owner's part first; the rest is the platform's.
    #[test]
    fn a_lost_dispute_is_shared() {
        assert_eq!(owner_share(Cents(4500), Cents(5000), 100), Cents(4500));
        assert_eq!(owner_share(Cents(4500), Cents(1000), 100), Cents(1000));
        assert_eq!(owner_share(Cents(4500), Cents(5000), 50), Cents(2250));
        assert_eq!(owner_share(Cents(0), Cents(5000), 100), Cents(0));
        assert_eq!(owner_share(Cents(4500), Cents(5000), 0), Cents(0));
    }

    proptest! {
        /// Debits equal credits whatever is moved, and so do the balances that rows lead to.
        #[test]
        fn books_always_balance(gross in 1..1_000_000_i64, rate in 0..=100_i64, refund in 0..=100_i64, sent in any::<bool>(),
            disputed in 0..1_000_000_i64, lost in any::<bool>(), percent in 0..=100_u32) {
            let commission = gross * rate / 100;
            let net = gross - commission;
            let refunded = net * refund / 100;
            let disputed = disputed.min(gross - refunded);
            let share = owner_share(Cents(net - refunded), Cents(disputed), percent);
            let facts = Facts {
                captured: true, gross: Cents(gross), commission: Cents(commission), net: Cents(net),
                refunds_of_owner: Cents(refunded), refunds_of_nothing: Cents::ZERO,
                refunds_sent: if sent { Cents(refunded) } else { Cents::ZERO },
                refunds_covered: if lost && !sent { Cents(refunded.min(disputed - share.0)) } else { Cents::ZERO },
                disputed: Cents(disputed), dispute_lost: if lost { Cents(disputed) } else { Cents::ZERO },
                dispute_of_owner: if lost { share } else { Cents::ZERO },
            };
            let balances = expected(&facts);
            prop_assert_eq!(balances.sum(), 0);
            prop_assert!(balances.owner_cents >= 0 && balances.refund_cents >= 0 && balances.dispute_cents <= 0);
        }

        #[test]
        fn moving_keeps_the_sum(moves in prop::collection::vec((0..6_usize, 0..6_usize, 0..100_000_i64), 0..20)) {
            let mut balances = Balances::default();
            for (debit, credit, amount) in moves {
                balances = balances.moved(Account::ALL[debit], Account::ALL[credit], Cents(amount));
            }
            prop_assert_eq!(balances.sum(), 0);
        }
    }
}
