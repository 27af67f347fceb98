//! The help over the whole body of the screen.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use crate::app::help::{Help, LEFT, Line};
use crate::app::layout::Layout;

pub fn draw(help: &Help, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let body = layout.body();
    let area = Rect { x: 0, y: body.top, width: layout.width, height: body.height };
    let inside = canvas.window(area, "Help");
    canvas.field(inside.x + 1, inside.y, inside.width.saturating_sub(2), "search: ", &help.search);
    let lines = help.lines(layout.help_width());
    if lines.is_empty() {
        canvas.text(inside.x + 1, inside.y + 1, inside.width, "nothing has that", theme.plain());
    }
    for (line, y) in lines.iter().skip(help.offset).zip(inside.y + 1..inside.bottom()) {
        let x = inside.x + 1;
        match line {
            Line::Blank => {}
            Line::Heading(title) => {
                canvas.text(x, y, inside.width, title, theme.strong());
            }
            Line::Text(text) => {
                canvas.text(x, y, inside.width.saturating_sub(2), text, theme.plain());
            }
            Line::Example(text) => {
                canvas.text(x + 1, y, inside.width.saturating_sub(3), text, theme.key());
            }
            Line::Pair(left, right) => {
                canvas.text(x + 1, y, LEFT, left, theme.key());
                let room = inside.width.saturating_sub(LEFT + 4);
                canvas.text(x + LEFT + 2, y, room, right, theme.plain());
            }
        }
    }
}
