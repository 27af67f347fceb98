//! The Merge screen.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use crate::app::layout::Layout;
use crate::app::merge::{CellKind, Merge};

pub fn draw(merge: &Merge, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let all = if merge.total > 1 { "; am, at: all mine, all theirs" } else { "" };
    let note = format!("{} of {} to decide{all}", merge.selected + 1, merge.total);
    let inside = canvas.pane(layout, area, "Merge", &note, true);
    for (line, y) in merge.lines.iter().skip(merge.offset).zip(inside.y..inside.bottom()) {
        let several = line.len() > 1;
        for (cell, place) in line.iter().zip(0u16..) {
            let style = match cell.kind {
                CellKind::Head | CellKind::Side => theme.strong(),
                CellKind::Added => theme.good(),
                CellKind::Changed => theme.doubt(),
                CellKind::Removed => theme.bad(),
                CellKind::Plain => theme.plain(),
            };
            let x = inside.x + 1 + if several { place * merge.cell_width } else { 0 };
            let width =
                if several { merge.cell_width.saturating_sub(1) } else { inside.width.saturating_sub(1) };
            canvas.text(x, y, width, &cell.text, style);
        }
    }
}
