//! All SQL of the slice: messages, deliveries and devices.

mod claims;
mod deliveries;
mod devices;
mod messages;

pub use claims::{BookingFacts, Claimed, claim, hand_back, is_ours, postpone, summary_of};
pub use deliveries::{End, Finished, SIGNAL, ToShow, announce, finish, release_siblings, remember_words, to_show};
pub use devices::{Device, NewDevice, devices_of, forget_device, remove_device, save_device};
pub use messages::{
    ListedMessage, NewMessage, Page, forget_older, forget_person, insert, mark_all_read, mark_read, page,
};
