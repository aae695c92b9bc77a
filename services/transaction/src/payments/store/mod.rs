//! All SQL about payments, refunds and Stripe's ids. Reads rows into domain types and writes them back; decides nothing.

mod refunds;
mod replacement;
mod rows;
mod steps;
mod vendor;

pub use refunds::{
    NewRefund, Refund, RefundRow, complete_refunds, create_refund, find_refund, refund_covered, refund_failed,
    refund_returned, refund_sent, refunds_of, send_anew, unsent_refunds, wait_for_dispute, waiting_refunds,
};
pub use replacement::{intend_replacement, replace_hold};
pub use rows::{
    PaymentRowError, find, find_by_intent, find_by_intent_row, lock_all_of_booking, lock_by_intent, lock_for_booking,
    lock_of_intent, lock_payment, of_booking, stranded, unfinished,
};
pub use steps::{
    Failure, captured, clear_step, failed, given_back, know_intent, list_event, pledge, released, set_dispute_lost,
    set_disputed, set_undisputed, start_step, waiting_for_customer,
};
pub use vendor::{
    Report, WaitingMethod, customer_of, first_time, note_removed_method, note_settled, remember_customer,
    set_method_update_due, waiting_methods,
};
