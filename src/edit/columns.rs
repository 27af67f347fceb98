//! Columns on the screen: wide characters take two, tabs reach to the next stop.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns from one tab stop to the next.
const TAB: usize = 8;

/// The columns that a grapheme cluster takes which begins in column `at`.
pub fn width(grapheme: &str, at: usize) -> usize {
    if grapheme == "\t" { TAB - at % TAB } else { grapheme.width() }
}

/// The columns of a text that begins in column 0.
pub fn columns(text: &str) -> usize {
    text.graphemes(true).fold(0, |at, grapheme| at + width(grapheme, at))
}

/// The place, in octets, of the cluster that stands in a column; the end where the text is shorter.
pub fn place_of(text: &str, column: usize) -> usize {
    let mut at = 0;
    for (place, grapheme) in text.grapheme_indices(true) {
        at += width(grapheme, at);
        if at > column {
            return place;
        }
    }
    text.len()
}
