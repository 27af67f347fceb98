//! Words: runs of letters, digits and underscores, so that the labels of a domain name are words.

use unicode_segmentation::UnicodeSegmentation;

/// The octets from the start of a text up to the end of its first word.
pub fn forward(text: &str) -> usize {
    length(text.graphemes(true))
}

/// The octets from the end of a text back to the start of its last word.
pub fn back(text: &str) -> usize {
    length(text.graphemes(true).rev())
}

/// The octets up to and with the first word.
fn length<'a>(graphemes: impl Iterator<Item = &'a str>) -> usize {
    let is_word = |grapheme: &str| {
        grapheme.chars().next().is_some_and(|character| character.is_alphanumeric() || character == '_')
    };
    let mut in_word = false;
    graphemes
        .take_while(|grapheme| {
            let word = is_word(grapheme);
            let goes_on = word || !in_word;
            in_word |= word;
            goes_on
        })
        .map(str::len)
        .sum()
}
