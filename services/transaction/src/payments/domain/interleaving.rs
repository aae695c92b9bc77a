//! Everybody who can touch a booking and its money, in any order: a model over the real transitions and the real table of
//! settlement, in which calls of Stripe are cut in two (what Stripe does, and when we read it), reports come late, again
//! or never, and time passes in between. After each step the promises are checked; in the end, once reconciliation had
//! its turn, nobody is charged without a booking.

use contracts::court::ConfirmationMode;
use contracts::money::Cents;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::settlement::{IntentStatus, Money, Verdict, settle};
use super::state::State as Payment;
use super::status::Step;
use crate::bookings::domain::state::{Party, Release, State as Booking};

const GROSS: i64 = 5_000;
const NET: i64 = 4_500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Card {
    Good,
    AsksTheHolder,
    Declined,
}

/// One step of somebody.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// The customer wants a slot; the step CHARGE is written down.
    Ask {
        from: u8,
        hours: u8,
        mode: ConfirmationMode,
        card: Card,
    },
    /// Stripe gets the charge.
    Charge(usize),
    /// The checkout reads what Stripe said.
    Answer(usize),
    /// The holder passes or fails 3-D Secure at the bank.
    Authenticate(usize, bool),
    /// A webhook: any word Stripe ever said about it, however old.
    Report(usize, usize),
    /// Reconciliation, or the job that finishes an open step.
    Look(usize),
    /// The owner says yes: the step CAPTURE is written down.
    Confirm(usize),
    /// Stripe collects.
    Collect(usize),
    Reject(usize),
    Cancel(usize, Party),
    /// Minutes pass.
    Wait(u16),
    /// The timeouts that are due.
    Sweep,
    /// The end of a booking passes.
    Complete(usize),
    /// Stripe gets the refunds that are owed.
    SendRefund(usize),
    /// A bank contests the payment.
    Dispute(usize),
    /// The bank decides, or an admin gives in.
    Decide(usize, bool),
}

/// Stripe's own books about one payment.
#[derive(Debug, Clone)]
struct AtStripe {
    status: IntentStatus,
    said: Vec<IntentStatus>,
    captured: i64,
    refunded: i64,
    withdrawn: i64,
    contested: bool,
}

impl AtStripe {
    fn say(&mut self, status: IntentStatus) {
        self.status = status;
        self.said.push(status);
        if status == IntentStatus::Succeeded {
            self.captured = GROSS;
        }
    }
}

/// A booking with its payment, its ledger and what Stripe has of it.
#[derive(Debug, Clone)]
struct Case {
    slot: (u8, u8),
    mode: ConfirmationMode,
    card: Card,
    booking: Booking,
    payment: Payment,
    step: Option<Step>,
    stripe: Option<AtStripe>,
    /// The charge can never reach Stripe any more.
    spent: bool,
    /// Refunds that are decided and not sent.
    owed: i64,
    /// Balances of the ledger: Stripe, customer, owner, commission, refund, dispute.
    ledger: [i64; 6],
    ended: Option<Booking>,
}

const STRIPE: usize = 0;
const CUSTOMER: usize = 1;
const OWNER: usize = 2;
const COMMISSION: usize = 3;
const REFUND: usize = 4;
const DISPUTE: usize = 5;

impl Case {
    fn post(&mut self, debit: usize, credit: usize, cents: i64) {
        self.ledger[debit] -= cents;
        self.ledger[credit] += cents;
    }

    const fn takes_the_slot(&self) -> bool {
        matches!(
            self.booking,
            Booking::Held { .. } | Booking::PendingConfirmation { .. } | Booking::Confirmed | Booking::Completed { .. }
        )
    }

    const fn taken(&self) -> bool {
        matches!(self.payment, Payment::Collected(_) | Payment::Disputed(_) | Payment::Lost(_))
    }

    fn collect(&mut self) {
        self.payment = self.payment.capture(Cents(NET)).expect("collected once");
        self.post(STRIPE, CUSTOMER, GROSS);
        self.post(CUSTOMER, OWNER, NET);
        self.post(CUSTOMER, COMMISSION, GROSS - NET);
    }

    fn owe(&mut self, cents: i64) {
        self.payment = self.payment.refund(Cents(cents)).expect("that much is left");
        self.post(OWNER, REFUND, cents);
        self.owed += cents;
    }
}

#[derive(Debug)]
struct Model {
    now: Timestamp,
    cases: Vec<Case>,
}

impl Model {
    const fn new() -> Self {
        Self { now: Timestamp::UNIX_EPOCH, cases: Vec::new() }
    }

    fn is_free(&self, slot: (u8, u8), but: Option<usize>) -> bool {
        let overlaps = |case: &Case| case.slot.0 < slot.1 && slot.0 < case.slot.1;
        !self.cases.iter().enumerate().any(|(at, case)| Some(at) != but && case.takes_the_slot() && overlaps(case))
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Ask { from, hours, mode, card } => self.ask((from, from + hours), mode, card),
            Act::Wait(minutes) => self.now += SignedDuration::from_mins(i64::from(minutes)),
            Act::Sweep => (0..self.cases.len()).for_each(|at| self.sweep(at)),
            _ if self.cases.is_empty() => {}
            Act::Charge(at) => self.charge(at % self.cases.len()),
            Act::Answer(at) => self.read(at % self.cases.len()),
            Act::Authenticate(at, passes) => self.authenticate(at % self.cases.len(), passes),
            Act::Report(at, word) => self.report(at % self.cases.len(), word),
            Act::Look(at) => self.look(at % self.cases.len()),
            Act::Confirm(at) => self.confirm(at % self.cases.len()),
            Act::Collect(at) => self.collect(at % self.cases.len()),
            Act::Reject(at) => self.reject(at % self.cases.len()),
            Act::Cancel(at, by) => self.cancel(at % self.cases.len(), by),
            Act::Complete(at) => self.complete(at % self.cases.len()),
            Act::SendRefund(at) => self.send_refund(at % self.cases.len()),
            Act::Dispute(at) => self.dispute(at % self.cases.len()),
            Act::Decide(at, won) => self.decide(at % self.cases.len(), won),
        }
    }

    fn ask(&mut self, slot: (u8, u8), mode: ConfirmationMode, card: Card) {
        if !self.is_free(slot, None) {
            return;
        }
        self.cases.push(Case {
            slot,
            mode,
            card,
            booking: Booking::Held { expires_at: self.now + SignedDuration::from_mins(5) },
            payment: Payment::Pending,
            step: Some(Step::Charge),
            stripe: None,
            spent: false,
            owed: 0,
            ledger: [0; 6],
            ended: None,
        });
    }

    fn charge(&mut self, at: usize) {
        let case = &mut self.cases[at];
        if case.step != Some(Step::Charge) || case.stripe.is_some() || case.spent {
            return;
        }
        let mut stripe = AtStripe {
            status: IntentStatus::RequiresConfirmation,
            said: Vec::new(),
            captured: 0,
            refunded: 0,
            withdrawn: 0,
            contested: false,
        };
        stripe.say(match (case.card, case.mode) {
            (Card::Declined, _) => IntentStatus::RequiresPaymentMethod,
            (Card::AsksTheHolder, _) => IntentStatus::RequiresAction,
            (Card::Good, ConfirmationMode::Instant) => IntentStatus::Succeeded,
            (Card::Good, ConfirmationMode::Manual) => IntentStatus::RequiresCapture,
        });
        case.stripe = Some(stripe);
    }

    fn authenticate(&mut self, at: usize, passes: bool) {
        let case = &mut self.cases[at];
        let Some(stripe) = &mut case.stripe else { return };
        // Somebody whose check failed may try again on the same intent.
        if case.card == Card::AsksTheHolder
            && matches!(stripe.status, IntentStatus::RequiresAction | IntentStatus::RequiresPaymentMethod)
        {
            stripe.say(match (passes, case.mode) {
                (false, _) => IntentStatus::RequiresPaymentMethod,
                (true, ConfirmationMode::Instant) => IntentStatus::Succeeded,
                (true, ConfirmationMode::Manual) => IntentStatus::RequiresCapture,
            });
        }
    }

    fn read(&mut self, at: usize) {
        if let Some(word) = self.cases[at].stripe.as_ref().map(|stripe| stripe.status) {
            self.settle(at, word);
        }
    }

    /// As the webhook does: what only goes forward is taken as it was sent, everything else is looked at afresh.
    fn report(&mut self, at: usize, word: usize) {
        let case = &self.cases[at];
        let Some(stripe) = &case.stripe else { return };
        let sent = stripe.said[word % stripe.said.len()];
        match case.booking {
            Booking::Held { .. } if sent == IntentStatus::RequiresPaymentMethod => self.read(at),
            Booking::Held { .. } | Booking::PendingConfirmation { .. } => self.settle(at, sent),
            Booking::Confirmed | Booking::Completed { .. } => {}
            _ => self.look(at),
        }
    }

    /// Finishes what is open, and reads how things stand.
    fn look(&mut self, at: usize) {
        let held = matches!(self.cases[at].booking, Booking::Held { expires_at } if expires_at > self.now);
        match (self.cases[at].step, self.cases[at].stripe.is_some()) {
            (Some(Step::Charge), false) if held => self.charge(at),
            (Some(_), false) => {
                // It never reached Stripe and now it cannot.
                let case = &mut self.cases[at];
                case.spent = true;
                if matches!(case.booking, Booking::Held { .. }) {
                    case.booking = case.booking.clone().release(Release::HoldExpired).expect("a hold");
                }
                case.payment = case.payment.fail().expect("nothing was charged");
                case.step = None;
            }
            (Some(Step::Capture), true) => self.collect(at),
            (Some(Step::Release), true) => {
                if let Some(stripe) = &mut self.cases[at].stripe
                    && !matches!(stripe.status, IntentStatus::Succeeded | IntentStatus::Canceled)
                {
                    stripe.say(IntentStatus::Canceled);
                }
            }
            _ => {}
        }
        self.read(at);
    }

    fn settle(&mut self, at: usize, word: IntentStatus) {
        let case = &self.cases[at];
        let money = Money { taken: case.taken(), letting_go: case.step == Some(Step::Release) };
        let mut verdict = settle(&case.booking, word, money);
        if verdict == Verdict::BookIfFree && !self.is_free(case.slot, Some(at)) {
            let case = &mut self.cases[at];
            case.booking = Booking::Dropped { release: Release::SlotTaken };
            verdict = settle(&case.booking, word, money);
        }
        let deadline = self.now + SignedDuration::from_hours(24);
        let case = &mut self.cases[at];
        match verdict {
            Verdict::Book | Verdict::BookIfFree => {
                let collected = word == IntentStatus::Succeeded;
                let mode = if collected { ConfirmationMode::Instant } else { ConfirmationMode::Manual };
                case.booking = case.booking.clone().settle(mode, deadline).expect("a hold, or one that lapsed");
                if collected {
                    case.collect();
                } else {
                    case.payment = case.payment.hold().expect("held once");
                }
                case.step = None;
            }
            Verdict::Wait => case.step = case.step.filter(|step| *step != Step::Charge),
            Verdict::Drop => {
                case.booking = case.booking.clone().release(Release::PaymentFailed).expect("a hold");
                case.payment = case.payment.fail().expect("nothing was taken");
                case.step = (case.card == Card::AsksTheHolder).then_some(Step::Release);
            }
            Verdict::Confirm => {
                case.booking = case.booking.clone().confirm().expect("it was pending");
                case.collect();
                case.step = None;
            }
            Verdict::CallOff => {
                case.booking = case.booking.clone().cancel(Party::System, String::new()).expect("it was pending");
                case.payment = case.payment.let_go().expect("it was held");
                case.step = None;
            }
            Verdict::LetGo => case.step = Some(Step::Release),
            Verdict::GiveBack => {
                case.payment = case.payment.give_back(Cents(GROSS)).expect("recorded once");
                case.post(STRIPE, CUSTOMER, GROSS);
                case.post(CUSTOMER, REFUND, GROSS);
                case.owed += GROSS;
                case.step = None;
            }
            Verdict::NoteReleased => {
                if let Ok(released) = case.payment.let_go() {
                    case.payment = released;
                    case.step = None;
                }
            }
            Verdict::Nothing => {}
        }
    }

    fn confirm(&mut self, at: usize) {
        let case = &mut self.cases[at];
        if case.step.is_none() && case.booking.clone().confirm().is_ok() {
            case.step = Some(Step::Capture);
        }
    }

    fn collect(&mut self, at: usize) {
        let case = &mut self.cases[at];
        if let (Some(Step::Capture), Some(stripe)) = (case.step, &mut case.stripe)
            && stripe.status == IntentStatus::RequiresCapture
        {
            stripe.say(IntentStatus::Succeeded);
        }
    }

    fn reject(&mut self, at: usize) {
        let case = &mut self.cases[at];
        if case.step.is_some() {
            return;
        }
        if let Ok(rejected) = case.booking.clone().reject("Full".to_owned()) {
            case.booking = rejected;
            case.step = Some(Step::Release);
        }
    }

    fn cancel(&mut self, at: usize, by: Party) {
        let case = &mut self.cases[at];
        // Nobody decides while the owner's yes is at Stripe, and nothing is done with what a bank contests.
        if case.step == Some(Step::Capture) || matches!(case.payment, Payment::Disputed(_)) {
            return;
        }
        let Ok(cancelled) = case.booking.clone().cancel(by, String::new()) else { return };
        let was = std::mem::replace(&mut case.booking, cancelled);
        match (was, case.payment) {
            (Booking::Held { .. }, _) if case.step == Some(Step::Charge) => {}
            (_, Payment::Collected(money)) => {
                let share = if by == Party::Customer { money.left().0 / 2 } else { money.left().0 };
                if share > 0 {
                    case.owe(share);
                }
            }
            (_, Payment::Lost(_)) => {}
            _ => case.step = Some(Step::Release),
        }
    }

    fn sweep(&mut self, at: usize) {
        let now = self.now;
        let case = &mut self.cases[at];
        match case.booking {
            Booking::Held { expires_at } if expires_at <= now => {
                case.booking = case.booking.clone().release(Release::HoldExpired).expect("a hold");
                if case.step != Some(Step::Charge) {
                    case.step = Some(Step::Release);
                }
            }
            Booking::PendingConfirmation { deadline } if deadline <= now && case.step.is_none() => {
                case.booking = case.booking.clone().cancel(Party::System, String::new()).expect("it was pending");
                case.step = Some(Step::Release);
            }
            _ => {}
        }
    }

    fn complete(&mut self, at: usize) {
        let now = self.now;
        let case = &mut self.cases[at];
        if let Ok(completed) = case.booking.clone().complete(now) {
            case.booking = completed;
        }
    }

    fn send_refund(&mut self, at: usize) {
        let case = &mut self.cases[at];
        let owed = case.owed;
        if let Some(stripe) = case.stripe.as_mut().filter(|stripe| !stripe.contested && stripe.withdrawn == 0) {
            stripe.refunded += owed;
            case.owed = 0;
            case.post(REFUND, STRIPE, owed);
        }
    }

    fn dispute(&mut self, at: usize) {
        let case = &mut self.cases[at];
        if !case.taken() {
            return;
        }
        let Some(stripe) = case.stripe.as_mut().filter(|stripe| !stripe.contested && stripe.withdrawn == 0) else {
            return;
        };
        let left = stripe.captured - stripe.refunded;
        if left == 0 {
            return;
        }
        (stripe.contested, stripe.withdrawn) = (true, left);
        case.post(DISPUTE, STRIPE, left);
        case.payment = case.payment.dispute().expect("it was taken");
    }

    fn decide(&mut self, at: usize, won: bool) {
        let case = &mut self.cases[at];
        let Some(stripe) = case.stripe.as_mut().filter(|stripe| stripe.contested) else { return };
        let amount = stripe.withdrawn;
        stripe.contested = false;
        if won {
            stripe.withdrawn = 0;
            case.payment = case.payment.win().expect("it was contested");
            case.post(STRIPE, DISPUTE, amount);
        } else {
            case.payment = case.payment.lose().expect("it was contested");
            case.post(OWNER, DISPUTE, amount);
        }
    }

    /// What holds after every step.
    fn check(&mut self) -> Result<(), TestCaseError> {
        for at in 0..self.cases.len() {
            let free = !self.cases[at].takes_the_slot() || self.is_free(self.cases[at].slot, Some(at));
            prop_assert!(free, "BOOK-03: two have the slot of {:?}", self.cases[at]);
            let case = &mut self.cases[at];
            prop_assert_eq!(case.ledger.iter().sum::<i64>(), 0, "debits equal credits");
            prop_assert_eq!(case.ledger[CUSTOMER], 0, "{:?}", case);
            let at_stripe = case.stripe.as_ref().map_or(0, |one| one.captured - one.refunded - one.withdrawn);
            if case.taken() {
                prop_assert_eq!(-case.ledger[STRIPE], at_stripe, "ledger and Stripe: {:?}", case);
            } else {
                prop_assert_eq!(case.ledger, [0; 6], "a hold is no money: {:?}", case);
            }
            let refunded = case.stripe.as_ref().map_or(0, |one| one.refunded);
            if let Payment::Collected(money) | Payment::Disputed(money) | Payment::Lost(money) = case.payment {
                prop_assert_eq!(money.refunded.0, refunded + case.owed, "ledger and payment: {:?}", case);
                prop_assert!(money.refunded <= money.net, "PAY-32: {:?}", case);
            }
            match case.booking {
                Booking::Confirmed | Booking::Completed { .. } => prop_assert!(case.taken(), "unpaid: {:?}", case),
                Booking::PendingConfirmation { .. } => prop_assert_eq!(case.payment, Payment::Authorized),
                _ => {}
            }
            if let Some(ended) = &case.ended {
                prop_assert_eq!(ended, &case.booking, "BOOK-31: what is over stays over");
            }
            let over = match case.booking {
                Booking::Dropped { release } => release != Release::HoldExpired,
                Booking::Completed { .. } | Booking::Cancelled { .. } | Booking::Rejected { .. } => true,
                _ => false,
            };
            if over {
                case.ended = Some(case.booking.clone());
            }
        }
        Ok(())
    }

    /// Time passes, banks decide, and reconciliation does its rounds.
    fn come_to_rest(&mut self) {
        for at in 0..self.cases.len() {
            self.decide(at, true);
        }
        for _ in 0..4 {
            self.now += SignedDuration::from_hours(25);
            for at in 0..self.cases.len() {
                self.look(at);
                self.sweep(at);
                self.send_refund(at);
            }
        }
    }

    /// What holds once everything has come to rest.
    fn check_rest(&self) -> Result<(), TestCaseError> {
        for case in &self.cases {
            prop_assert_eq!(case.step, None, "PAY-43: something is left open: {:?}", case);
            let Some(stripe) = &case.stripe else { continue };
            prop_assert!(stripe.status != IntentStatus::RequiresCapture, "a hold outlives its booking: {:?}", case);
            let charged = stripe.captured - stripe.refunded - stripe.withdrawn;
            match case.booking {
                Booking::Confirmed | Booking::Completed { .. } => prop_assert_eq!(stripe.captured, GROSS),
                // The commission, and what the policy leaves to the owner (PAY-20, PAY-21).
                Booking::Cancelled { .. } => prop_assert!(charged == 0 || case.taken(), "{:?}", case),
                _ => prop_assert_eq!(charged, 0, "charged without a booking: {:?}", case),
            }
            if stripe.withdrawn == 0 {
                prop_assert_eq!(case.owed, 0, "PAY-30: {:?}", case);
            }
        }
        Ok(())
    }
}

fn any_act() -> impl Strategy<Value = Act> {
    let mode = prop::sample::select(vec![ConfirmationMode::Instant, ConfirmationMode::Manual]);
    let card =
        prop::sample::select(vec![Card::Good, Card::Good, Card::AsksTheHolder, Card::AsksTheHolder, Card::Declined]);
    let by = prop::sample::select(vec![Party::Customer, Party::CourtOwner, Party::System]);
    let at = 0..6_usize;
    prop_oneof![
        4 => (0..4_u8, 1..4_u8, mode, card).prop_map(|(from, hours, mode, card)| Act::Ask { from, hours, mode, card }),
        4 => at.clone().prop_map(Act::Charge),
        4 => at.clone().prop_map(Act::Answer),
        3 => (at.clone(), any::<bool>()).prop_map(|(at, passes)| Act::Authenticate(at, passes)),
        6 => (at.clone(), 0..8_usize).prop_map(|(at, word)| Act::Report(at, word)),
        3 => at.clone().prop_map(Act::Look),
        3 => at.clone().prop_map(Act::Confirm),
        3 => at.clone().prop_map(Act::Collect),
        1 => at.clone().prop_map(Act::Reject),
        2 => (at.clone(), by).prop_map(|(at, by)| Act::Cancel(at, by)),
        2 => (1..400_u16).prop_map(Act::Wait),
        2 => Just(Act::Sweep),
        1 => at.clone().prop_map(Act::Complete),
        2 => at.clone().prop_map(Act::SendRefund),
        1 => at.clone().prop_map(Act::Dispute),
        1 => (at, any::<bool>()).prop_map(|(at, won)| Act::Decide(at, won)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// BOOK-03, BOOK-31, PAY-32, PAY-42, PAY-43: whatever customer, owner, timeouts, webhooks, reconciliation, banks and
    /// admins do in whatever order, slots never overlap, the ledger balances and says what payments and Stripe say, what is
    /// over stays over, and in the end nobody is charged without a booking.
    #[test]
    fn every_interleaving_keeps_the_promises(acts in prop::collection::vec(any_act(), 1..80)) {
        let mut model = Model::new();
        for act in acts {
            model.act(act);
            model.check()?;
        }
        model.come_to_rest();
        model.check()?;
        model.check_rest()?;
    }
}
