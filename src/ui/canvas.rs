//! Text and frames put on the screen. Everything drawn goes through here, and so through [`clean`].

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::widgets::{Block, Clear, Widget};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::clean::clean;
use super::theme::Theme;
use crate::app::layout::Layout;
use crate::edit::Field;

/// Frames without box-drawing characters.
pub const ASCII_FRAME: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// The screen being drawn.
pub struct Canvas<'a> {
    pub buffer: &'a mut Buffer,
    pub theme: Theme,
    /// Where the cursor shall blink.
    pub cursor: Option<Position>,
}

impl Canvas<'_> {
    /// Puts text at a place, cut off at `width` columns. Returns the columns used.
    pub fn text(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        let width = width.min(area.right().saturating_sub(x));
        if width == 0 || !area.contains(Position { x, y }) {
            return 0;
        }
        let text = fit(text, width, self.theme.ellipsis());
        let (end, _) = self.buffer.set_stringn(x, y, &text, usize::from(width), style);
        end.saturating_sub(x)
    }

    /// The same with its end at the right of the columns.
    pub fn right(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) {
        let used = columns(&clean(text)).min(width);
        self.text(x + (width - used), y, used, text, style);
    }

    /// Styled pieces one after the other. Returns the columns used.
    pub fn pieces(&mut self, x: u16, y: u16, width: u16, pieces: &[(&str, Style)]) -> u16 {
        let mut used = 0;
        for (text, style) in pieces {
            used += self.text(x.saturating_add(used), y, width.saturating_sub(used), text, *style);
        }
        used
    }

    /// A pane: a frame with a title at its left and a note at its right, or a heading line where frames are left
    /// out. Returns what is inside.
    pub fn pane(&mut self, layout: &Layout, area: Rect, title: &str, note: &str, active: bool) -> Rect {
        let style = if active { self.theme.strong() } else { self.theme.plain() };
        let (inside, x, note_end) = if layout.framed {
            let frame = if self.theme.unicode { border::PLAIN } else { ASCII_FRAME };
            let block = Block::bordered().border_set(frame).border_style(self.theme.faint());
            let inside = block.inner(area);
            block.render(area, self.buffer);
            (inside, area.x + 1, area.right().saturating_sub(2))
        } else {
            (below(area, 1), area.x, area.right())
        };
        let title = format!("{}{title} ", self.theme.title_sign(active));
        let used = self.text(x, area.y, area.width.saturating_sub(2), &title, style);
        if !note.is_empty() {
            let room = note_end.saturating_sub(x + used + 1);
            self.right(x + used + 1, area.y, room, &format!(" {note} "), self.theme.plain());
        }
        inside
    }

    /// Empties a place and puts a frame around it. Returns what is inside.
    pub fn window(&mut self, area: Rect, title: &str) -> Rect {
        let area = area.intersection(self.buffer.area);
        Clear.render(area, self.buffer);
        let frame = if self.theme.unicode { border::PLAIN } else { ASCII_FRAME };
        let block = Block::bordered().border_set(frame);
        let inside = block.inner(area);
        block.render(area, self.buffer);
        self.text(
            area.x + 1,
            area.y,
            area.width.saturating_sub(2),
            &format!(" {title} "),
            self.theme.strong(),
        );
        inside
    }

    /// A text field with its prompt, and the cursor in it.
    pub fn field(&mut self, x: u16, y: u16, width: u16, prompt: &str, field: &Field) {
        let used = self.text(x, y, width, prompt, self.theme.strong());
        let view = field.view(width.saturating_sub(used), clean);
        self.text(x + used, y, width.saturating_sub(used), &view.text, self.theme.plain());
        self.cursor = Some(Position { x: x + used + view.cursor, y });
    }
}

/// Columns that a text takes, once it is clean.
pub fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// The text, cleaned, in at most `width` columns, with a sign at its end where it was cut off.
pub fn fit(text: &str, width: u16, ellipsis: char) -> Cow<'_, str> {
    // A line shows a few hundred characters; RDATA may have a hundred thousand.
    let most = usize::from(width).saturating_mul(16).max(64);
    let head = match text.char_indices().nth(most) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    };
    let shown = clean(head);
    if head.len() == text.len() && columns(&shown) <= width {
        return shown;
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in shown.graphemes(true) {
        let next = used + columns(grapheme);
        if next >= width {
            break;
        }
        kept.push_str(grapheme);
        used = next;
    }
    kept.push(ellipsis);
    Cow::Owned(kept)
}

/// An area without its first rows.
pub fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cutting() {
        assert_eq!(fit("www", 3, '…'), "www");
        assert_eq!(fit("wwww", 3, '…'), "ww…");
        assert_eq!(fit("日本語", 5, '…'), "日本…");
        assert_eq!(fit("日本語", 4, '…'), "日…");
        assert_eq!(fit("a\x1bb", 3, '…'), "a␛b");
    }

    proptest! {
        #[test]
        fn nothing_is_too_wide(text in any::<String>(), width in 1u16..40) {
            prop_assert!(columns(&fit(&text, width, '…')) <= width);
        }
    }
}
