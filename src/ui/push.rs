//! A push under way, and its result.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use crate::app::App;
use crate::app::describe::count;
use crate::app::layout::{Layout, wrap};
use crate::app::pushing::{self, Line, Pushing, Results};

pub fn pushing(state: &Pushing, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let inside = canvas.pane(layout, area, "Push", "", true);
    let (x, width) = (inside.x + 2, inside.width.saturating_sub(4));
    canvas.text(
        x,
        inside.y + 1,
        width,
        &format!("Pushing {}.", count(state.changes, "change")),
        theme.strong(),
    );
    let stage = state.stage.map_or("beginning".into(), pushing::stage);
    canvas.text(x, inside.y + 3, width, &stage, theme.plain());
    let stop = "Esc stops waiting: what is known by then is reported. The draft is kept in any case.";
    for (line, y) in wrap(stop, width).iter().zip(inside.y + 5..inside.bottom()) {
        canvas.text(x, y, width, line, theme.faint());
    }
}

pub fn results(app: &App, results: &Results, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let title = if app.file().is_some() { "Saved" } else { "Push result" };
    lines(title, &results.lines, results.offset, canvas, layout, area);
}

/// Lines from this one on, each wrapped.
pub fn lines(
    title: &str,
    lines: &[Line],
    offset: usize,
    canvas: &mut Canvas<'_>,
    layout: &Layout,
    area: Rect,
) {
    let theme = canvas.theme;
    let inside = canvas.pane(layout, area, title, "", true);
    let width = inside.width.saturating_sub(2);
    let offset = offset.min(lines.len().saturating_sub(1));
    let lines = lines.iter().skip(offset).flat_map(|line| {
        let style = theme.tone(line.tone);
        wrapped(&line.text, width).into_iter().map(move |text| (text, style))
    });
    for ((text, style), y) in lines.zip(inside.y..inside.bottom()) {
        canvas.text(inside.x + 1, y, width, &text, style);
    }
}

/// Wrapped below the place where the text begins.
fn wrapped(text: &str, width: u16) -> Vec<String> {
    let indent = text.len() - text.trim_start().len();
    let room = width.saturating_sub(u16::try_from(indent).unwrap_or(0));
    let lines = wrap(text.trim_start(), room).into_iter();
    lines.map(|line| format!("{}{line}", " ".repeat(indent))).collect()
}
