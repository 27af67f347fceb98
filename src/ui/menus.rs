//! What lies over a screen: dialogs, the type chooser, the palette.

use ratatui::layout::Rect;

use super::canvas::{Canvas, columns};
use crate::app::App;
use crate::app::dialog::Dialog;
use crate::app::forms::Chooser;
use crate::app::layout::{Layout, wrap};
use crate::app::palette::Palette;

pub fn dialog(dialog: &Dialog, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let buttons: u16 = dialog.buttons.iter().map(|button| columns(button.label) + 8).sum();
    let widest = dialog.text.iter().map(|line| columns(line)).max().unwrap_or(0);
    let width = (widest.max(buttons) + 4).clamp(30, layout.width.saturating_sub(4));
    let text: Vec<String> = dialog.text.iter().flat_map(|line| wrap_line(line, width - 4)).collect();
    let rows = u16::try_from(text.len()).unwrap_or(u16::MAX);
    let button_rows = button_rows(dialog, width - 4);
    let height = rows
        .saturating_add(3 + button_rows + u16::from(dialog.proof.is_some()))
        .min(layout.height.saturating_sub(2));
    let area = Rect { x: (layout.width - width) / 2, y: (layout.height - height) / 2, width, height };
    let inside = canvas.window(area, dialog.title);
    let (x, room) = (inside.x + 1, inside.width.saturating_sub(2));
    let last = inside.bottom().saturating_sub(button_rows);
    // Where it is too low for all of it, what is to be typed is said all the same, above the field for it.
    let (end, kept) = match (&dialog.proof, dialog.text.last()) {
        (Some(_), Some(asked)) => (last.saturating_sub(2), wrap_line(asked, width - 4).len()),
        _ => (last, 0),
    };
    let space = usize::from(end.saturating_sub(inside.y));
    let head = space.saturating_sub(kept).min(text.len().saturating_sub(kept));
    let shown = text.iter().take(head).chain(text.iter().skip(text.len().saturating_sub(kept)));
    for (line, y) in shown.zip(inside.y..end) {
        canvas.text(x, y, room, line, theme.plain());
    }
    if let Some(proof) = &dialog.proof {
        canvas.field(x, end, room, "> ", &proof.field);
    }
    let (mut at, mut y) = (x, last);
    for (index, button) in dialog.buttons.iter().enumerate() {
        let marked = index == dialog.selected;
        let (sign, style) = if marked { (theme.marker_sign(), theme.strong()) } else { (" ", theme.plain()) };
        let letter = match dialog.proof {
            Some(_) => String::new(),
            None => format!("({}) ", button.letter),
        };
        if at > x && at + button_width(dialog, index) > inside.right() {
            (at, y) = (x, y + 1);
        }
        let end = inside.right().saturating_sub(at);
        at += canvas.pieces(at, y, end, &[(sign, style), (&letter, theme.key()), (button.label, style)]) + 2;
    }
}

/// Columns of a button: the marker, its letter and its label.
fn button_width(dialog: &Dialog, index: usize) -> u16 {
    let letter = if dialog.proof.is_some() { 0 } else { 4 };
    dialog.buttons.get(index).map_or(0, |button| 1 + letter + columns(button.label))
}

/// Rows that the buttons take, two columns between them.
fn button_rows(dialog: &Dialog, room: u16) -> u16 {
    let (mut rows, mut at) = (1, 0);
    for index in 0..dialog.buttons.len() {
        let width = button_width(dialog, index);
        if at > 0 && at + width > room + 1 {
            (rows, at) = (rows + 1, 0);
        }
        at += width + 2;
    }
    rows
}

/// Wrapped, but lines that fit are left as they are, blanks included.
fn wrap_line(line: &str, width: u16) -> Vec<String> {
    if columns(line) <= width { vec![line.to_string()] } else { wrap(line, width) }
}

pub fn chooser(chooser: &Chooser, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let body = layout.body();
    let inside = canvas.window(
        Rect { x: 0, y: body.top, width: layout.width, height: body.height },
        "Type of the new record",
    );
    canvas.field(inside.x + 1, inside.y, inside.width.saturating_sub(2), "type: ", &chooser.search);
    let types = chooser.types();
    if types.is_empty() {
        let text = "no type has that; TYPE and a number names any other";
        canvas.text(inside.x + 1, inside.y + 1, inside.width, text, theme.plain());
    }
    let shown = types.iter().enumerate().skip(chooser.offset).zip(inside.y + 1..inside.bottom());
    for ((index, info), y) in shown {
        if index == chooser.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        canvas.text(inside.x + 1, y, 11, info.mnemonic, theme.strong());
        canvas.text(inside.x + 13, y, inside.width.saturating_sub(14), info.purpose, theme.plain());
    }
}

/// A list above the hint bar, and what is typed in the bar's place.
pub fn palette(app: &App, palette: &Palette, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let body = layout.body();
    let preview = app.typed_preview();
    let rows = match &preview {
        Some(preview) => wrap(preview, layout.width.saturating_sub(4)).len(),
        None => palette.matches.len(),
    };
    let rows = u16::try_from(rows).unwrap_or(u16::MAX).clamp(1, 12).min(body.height.saturating_sub(2));
    let area = Rect { x: 0, y: body.top + body.height - rows - 2, width: layout.width, height: rows + 2 };
    let title = match (&preview, palette.matches.first()) {
        (Some(_), Some(command)) => command.name,
        _ => "Commands",
    };
    let inside = canvas.window(area, title);
    if let Some(preview) = &preview {
        let lines = wrap(preview, inside.width.saturating_sub(2));
        for (line, y) in lines.iter().zip(inside.y..inside.bottom()) {
            canvas.text(inside.x + 1, y, inside.width.saturating_sub(2), line, theme.plain());
        }
    } else if palette.matches.is_empty() {
        let text = "no command has that; a number goes to that row";
        canvas.text(inside.x + 1, inside.y, inside.width, text, theme.plain());
    }
    let offset = crate::app::layout::scroll(0, palette.selected, usize::from(rows), palette.matches.len());
    let listed = if preview.is_some() { &[][..] } else { palette.matches.as_slice() };
    let shown = listed.iter().enumerate().skip(offset).zip(inside.y..inside.bottom());
    for ((index, command), y) in shown {
        if index == palette.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        let (style, doc) = match (command.enabled)(app) {
            Ok(()) => (theme.strong(), command.doc.to_string()),
            Err(reason) => (theme.faint(), format!("not now: {reason}")),
        };
        canvas.text(inside.x + 1, y, 17, command.name, style);
        canvas.text(inside.x + 19, y, 14, command.keys, theme.key());
        canvas.text(inside.x + 34, y, inside.width.saturating_sub(35), &doc, theme.plain());
    }
    let y = layout.height - 1;
    canvas.text(0, y, layout.width, &" ".repeat(usize::from(layout.width)), theme.plain());
    canvas.field(1, y, layout.width.saturating_sub(2), ":", &palette.field);
}
