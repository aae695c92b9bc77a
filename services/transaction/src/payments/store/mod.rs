//! All SQL about payments, refunds and Stripe's ids. Reads rows into domain types and writes them back; decides nothing.

mod refunds;
mod rows;
mod steps;
mod vendor;

pub use refunds::{
    NewRefund, Refund, complete_refunds, create_refund, find_refund, refund_failed, refund_sent, unsent_refunds,
};
pub use rows::{PaymentRowError, find, find_by_intent, lock_for_booking, of_booking, stranded, unfinished};
pub use steps::{
    Failure, captured, clear_step, failed, given_back, know_intent, list_event, pledge, released, start_step,
    waiting_for_customer,
};
pub use vendor::{customer_of, first_time, note_if_settled, remember_customer};
