//! The form for values, and the list to choose from.

use ratatui::layout::Rect;

use super::canvas::{Canvas, columns};
use crate::app::ask::Ask;
use crate::app::layout::{Layout, wrap};
use crate::app::menu::Menu;

/// Columns of a field, at least and at most.
const FIELD: (u16, u16) = (16, 44);

pub fn draw(ask: &Ask, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let inside = canvas.pane(layout, area, &ask.title, "", true);
    let (x, room) = (inside.x + 1, inside.width.saturating_sub(2));
    let mut y = inside.y;
    let rows = u16::try_from(ask.inputs.len()).unwrap_or(u16::MAX);
    let intro: Vec<String> = ask.intro.iter().flat_map(|line| wrap(line, room)).collect();
    // The fields before what is said of them.
    let spare = usize::from(inside.height.saturating_sub(rows.saturating_add(4)));
    if spare > 1 {
        for line in intro.iter().take(spare - 1) {
            canvas.text(x, y, room, line, theme.plain());
            y += 1;
        }
        y += 1;
    }
    let label = ask.inputs.iter().map(|input| columns(&input.label)).max().unwrap_or(0).min(room / 3);
    let width = (room.saturating_sub(label + 4) * 3 / 5).clamp(FIELD.0, FIELD.1);
    let shown = inside.bottom().saturating_sub(y + 3).max(1);
    let current = u16::try_from(ask.current).unwrap_or(u16::MAX);
    let first = (current + 1).saturating_sub(shown);
    for (index, input) in ask.inputs.iter().enumerate().skip(usize::from(first)).take(usize::from(shown)) {
        let is_current = index == ask.current;
        let problem = ask.shown_problem(input);
        let sign = if problem.is_some() { "!" } else { " " };
        canvas.text(x, y, 1, sign, theme.bad());
        let style = if is_current { theme.strong() } else { theme.plain() };
        canvas.text(x + 1, y, label, &input.label, style);
        canvas.text(x + label + 2, y, 1, "[", theme.faint());
        canvas.text(x + label + 3 + width, y, 1, "]", theme.faint());
        if is_current {
            canvas.field(x + label + 3, y, width, "", &input.field);
        } else {
            canvas.text(x + label + 3, y, width, &input.field.text(), theme.plain());
        }
        let end = x + label + width + 5;
        let (text, style) = match (problem, input.field.is_empty()) {
            (Some(problem), _) => (problem.to_owned(), theme.bad()),
            (None, true) if input.optional => ("may be left empty".to_owned(), theme.faint()),
            (None, true) if !input.example.is_empty() => {
                (format!("such as {}", input.example), theme.faint())
            }
            _ => (String::new(), theme.faint()),
        };
        canvas.text(end, y, inside.right().saturating_sub(end), &text, style);
        y += 1;
    }
    y += 1;
    // The last line is the message's, whatever else there is to show.
    let end = inside.bottom().saturating_sub(u16::from(ask.message.is_some()));
    if let Some(input) = ask.inputs.get(ask.current) {
        let mut about = input.hint.clone();
        if !input.example.is_empty() {
            about.push_str(&format!(", such as {}", input.example));
        }
        // Beside the field there is seldom room for all of it.
        let problem =
            ask.shown_problem(input).into_iter().flat_map(|problem| wrap(&format!("! {problem}"), room));
        let about = wrap(&about, room).into_iter().map(|line| (line, theme.plain()));
        for (line, style) in problem.map(|line| (line, theme.bad())).chain(about) {
            if y < end {
                canvas.text(x, y, room, &line, style);
                y += 1;
            }
        }
    }
    if let Some(message) = &ask.message {
        canvas.text(x, end, room, message, theme.doubt());
    }
    y += 1;
    let space = usize::from(end.saturating_sub(y));
    let shown = if ask.preview.len() > space { space.saturating_sub(1) } else { space };
    for line in ask.preview.iter().take(shown) {
        canvas.text(x, y, room, line, theme.faint());
        y += 1;
    }
    let more = ask.preview.len().saturating_sub(shown);
    if more > 0 && y < end {
        canvas.text(x, y, room, &format!("and {more} more"), theme.faint());
    }
}

/// The list over the body of the screen.
pub fn menu(menu: &Menu, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let body = layout.body();
    let area = Rect { x: 0, y: body.top, width: layout.width, height: body.height };
    let inside = canvas.window(area, menu.title);
    canvas.field(inside.x + 1, inside.y, inside.width.saturating_sub(2), "search: ", &menu.search);
    let entries = menu.matches();
    if entries.is_empty() {
        canvas.text(inside.x + 1, inside.y + 1, inside.width, "nothing has that", theme.plain());
    }
    let longest = entries.iter().map(|entry| columns(&entry.name)).max().unwrap_or(0).min(inside.width / 3);
    let shown = entries.iter().enumerate().skip(menu.offset).zip(inside.y + 1..inside.bottom());
    for ((index, entry), y) in shown {
        if index == menu.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        canvas.text(inside.x + 1, y, longest, &entry.name, theme.strong());
        let x = inside.x + longest + 3;
        canvas.text(x, y, inside.right().saturating_sub(x), &entry.line, theme.plain());
    }
}
