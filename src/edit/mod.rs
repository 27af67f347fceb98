//! Text editing: a text buffer on a rope, and the one-line field that stands on it.
//!
//! Knows keys and text. What the text means, and how it is drawn, is the business of others.

pub mod buffer;
pub mod field;

pub use buffer::{Buffer, Motion};
pub use field::{Field, View};

#[cfg(test)]
mod tests;
