//! What each rule offers to put its findings right, by theme as the rules are.

pub mod addresses;
pub mod alias;
pub mod targets;
pub mod ttl;
