//! Where things stand on the screen, in rows. `app` needs it to keep the selection in view, `ui` to draw.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The size below which nothing but one line of text is shown.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Rows of a part of the screen: the first one and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub top: u16,
    pub height: u16,
}

/// The screen in rows. The title bar is row 0, the message line and the hint bar are the last two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub width: u16,
    pub height: u16,
    /// Below 80x24 the frames go first.
    pub framed: bool,
}

impl Layout {
    /// `None` where the screen is too small.
    pub fn new((width, height): (u16, u16)) -> Option<Layout> {
        let enough = width >= SMALLEST.0 && height >= SMALLEST.1;
        enough.then_some(Layout { width, height, framed: width >= 80 && height >= 24 })
    }

    /// Everything between the title bar and the message line.
    pub fn body(&self) -> Span {
        Span { top: 1, height: self.height.saturating_sub(3) }
    }

    /// The two panes of the main screen, frames or headings included, for so many lines of nameservers.
    pub fn panes(&self, nameserver_lines: usize) -> (Span, Span) {
        let body = self.body();
        let most = if self.framed { body.height / 4 } else { body.height / 5 }.max(1);
        let lines = u16::try_from(nameserver_lines).unwrap_or(most).clamp(1, most);
        let upper = Span { top: body.top, height: lines + self.frame_rows() };
        let lower = Span { top: upper.top + upper.height, height: body.height.saturating_sub(upper.height) };
        (upper, lower)
    }

    /// Everything between the title bar and the message line in two panes, frames or headings included.
    pub fn halves(&self) -> (Span, Span) {
        let body = self.body();
        let upper = Span { top: body.top, height: body.height / 2 };
        (upper, Span { top: upper.top + upper.height, height: body.height - upper.height })
    }

    /// The rows inside a pane's frame; without a frame below its heading.
    pub fn inside(&self, span: Span) -> Span {
        Span { top: span.top + 1, height: span.height.saturating_sub(self.frame_rows()) }
    }

    /// The rows of the list of records: below the pane's column heads.
    pub fn record_rows(&self, nameserver_lines: usize) -> Span {
        let inside = self.inside(self.panes(nameserver_lines).1);
        match self.framed {
            true => Span { top: inside.top + 1, height: inside.height.saturating_sub(1) },
            false => inside,
        }
    }

    /// Columns for the lines of the help, between its frame and margins.
    pub fn help_width(&self) -> u16 {
        self.width.saturating_sub(4)
    }

    fn frame_rows(&self) -> u16 {
        if self.framed { 2 } else { 1 }
    }
}

/// The first line to show, so that line `selected` is among `height` lines and as little moves as possible.
pub fn scroll(offset: usize, selected: usize, height: usize, total: usize) -> usize {
    let height = height.max(1);
    let last = total.saturating_sub(height);
    offset.clamp((selected + 1).saturating_sub(height), selected).min(last)
}

/// Splits a text into lines of at most `width` columns, between words where that goes.
pub fn wrap(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width.max(1));
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if used > 0 && used + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
            used += 1 + word.width();
            continue;
        }
        if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        for grapheme in word.graphemes(true) {
            // What has no width fills a line as well.
            let is_begun = lines.last().is_some_and(|line| !line.is_empty());
            if is_begun && used + grapheme.width() > width {
                lines.push(String::new());
                used = 0;
            }
            used += grapheme.width();
            lines.last_mut().into_iter().for_each(|line| line.push_str(grapheme));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wrapping() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 3), [""]);
        // A sign without width, then one that is wider than the line.
        assert_eq!(wrap("\u{c62}a\u{115b0}", 1), ["\u{c62}", "a\u{115b0}"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_is_lost(text in any::<String>(), width in 1u16..40) {
            let lines = wrap(&text, width);
            for line in &lines {
                // One cluster may be wider than the line.
                prop_assert!(line.width() <= usize::from(width) || line.graphemes(true).count() == 1);
            }
            prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }

    #[test]
    fn parts_fill_the_screen() {
        for size in [(80, 24), (132, 43), (60, 20), (40, 10), (200, 50)] {
            let layout = Layout::new(size).unwrap();
            for lines in [0, 1, 2, 8, 100_000] {
                let (upper, lower) = layout.panes(lines);
                assert_eq!(upper.top, 1);
                assert_eq!(upper.top + upper.height, lower.top);
                assert_eq!(lower.top + lower.height, size.1 - 2, "{size:?} {lines}");
                assert!(layout.inside(upper).height >= 1);
                assert!(layout.record_rows(lines).height >= 2, "{size:?} {lines}");
            }
        }
        assert_eq!(Layout::new((39, 10)), None);
        assert_eq!(Layout::new((0, 0)), None);
    }

    #[test]
    fn scrolling_moves_as_little_as_needed() {
        assert_eq!(scroll(0, 5, 10, 100), 0);
        assert_eq!(scroll(0, 10, 10, 100), 1);
        assert_eq!(scroll(50, 20, 10, 100), 20);
        assert_eq!(scroll(95, 99, 10, 100), 90);
        assert_eq!(scroll(5, 0, 10, 3), 0);
        assert_eq!(scroll(0, 0, 0, 0), 0);
    }
}
