//! Text editing: a text buffer on a rope, and the one-line field that stands on it.
//!
//! Knows keys and text. What the text means, and how it is drawn, is the business of others.

pub mod buffer;
pub mod columns;
pub mod decode;
pub mod field;
mod history;
mod lines;
pub mod search;
pub mod text;
mod words;

pub use buffer::{Buffer, Changed, Motion};
pub use decode::{Decoded, decode};
pub use field::{Field, View};
pub use history::{Edit, Kind};
pub use search::Needle;
pub use text::Text;

#[cfg(test)]
mod tests;
