//! The pure rules of a connection: frames, pace, and the life of its token.

pub mod frame;
pub mod pace;
pub mod token;
