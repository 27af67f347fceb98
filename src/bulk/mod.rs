//! What is done with many records at once, as functions of zones: which records a filter means, and what a replacement
//! makes of them. Pure, and the same for one zone as for several; marks, previews and undo are the app's business.

pub mod filter;
pub mod network;
pub mod pasted;
pub mod replace;

pub use filter::{Filter, Subject};
pub use network::Network;
pub use replace::Replacement;

#[cfg(test)]
mod tests;
