//! Tests of the wire against the contract the project was given, which lies in `tests/data` in a compact notation: one
//! file per event and per socket message, one envelope. `contract.rs` reads them and names, one by one, the places
//! where the rule book goes further than the contract.

mod compatibility;
mod contract;
mod events;
mod shape;
mod sockets;
