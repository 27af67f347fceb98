//! The Changes screen.

use ratatui::layout::Rect;

use super::canvas::{Canvas, columns};
use crate::app::changes::{Changes, Line};
use crate::app::findings::look::Counts;
use crate::app::layout::{Layout, wrap};
use crate::app::open::Open;

pub fn draw(open: &Open, changes: &Changes, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let total = open.draft.changes().len();
    let note = match total {
        0 => String::new(),
        _ => format!("{} of {total}", changes.selected + 1),
    };
    // The lines that say which may be out of sight.
    let brought = open.findings.seen.as_ref().map(|seen| seen.brought_counts);
    let note = match brought.filter(|counts| counts.errors + counts.warnings > 0) {
        Some(counts) => format!("{note}{}brings {}", theme.dot(), Counts { hints: 0, ..counts }.in_words()),
        None => note,
    };
    let inside = canvas.pane(layout, area, "Changes", &note, true);
    if total == 0 {
        let text = match &open.file {
            None => "Nothing is changed: the draft is as the server has it.",
            Some(file) if file.is_mended() => "The errors of the file are mended; nothing else is changed.",
            Some(file) if file.has_new_text() => "No record is changed; comments or layout are.",
            Some(_) => "Nothing is changed: the draft is as the file has it.",
        };
        let room = inside.width.saturating_sub(2);
        for (line, y) in wrap(text, room).iter().zip(inside.y..inside.bottom()) {
            canvas.text(inside.x + 2, y, room, line, theme.plain());
        }
        return;
    }
    lines(&changes.lines, changes.offset, changes.selected, canvas, inside);
}

/// The lines of a diff, the selected change marked.
pub fn lines(lines: &[Line], offset: usize, selected: usize, canvas: &mut Canvas<'_>, inside: Rect) {
    let theme = canvas.theme;
    let shown = lines.iter().skip(offset).zip(inside.y..inside.bottom());
    for (line, y) in shown {
        let (sign, style) = theme.change(line.kind);
        let is_head = sign.is_empty();
        if is_head && !line.continued && line.change == Some(selected) {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        let x = inside.x + 1;
        let sign_width = columns(sign);
        if !line.continued {
            canvas.text(x, y, sign_width, sign, style);
        }
        canvas.text(x + sign_width, y, inside.width.saturating_sub(sign_width + 1), &line.text, style);
    }
}
