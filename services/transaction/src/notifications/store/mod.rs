//! All SQL of the slice: messages, deliveries and devices.

mod deliveries;
mod devices;
mod messages;

pub use deliveries::{
    BookingFacts, Claimed, End, Finished, SIGNAL, ToShow, announce, claim, finish, hand_back, is_ours, postpone,
    release_siblings, remember_words, summary_of, to_show,
};
pub use devices::{Device, NewDevice, devices_of, forget_device, remove_device, save_device};
pub use messages::{
    ListedMessage, NewMessage, Page, forget_older, forget_person, insert, mark_all_read, mark_read, page,
};
