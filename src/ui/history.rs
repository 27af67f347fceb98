//! The History screen.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::{Canvas, columns};
use crate::app::describe;
use crate::app::history::{History, One, What, others};
use crate::app::layout::Layout;
use crate::facts::history::{Ending, Listed, Standing, Summary};
use crate::facts::past::Turn;
use crate::push::tally;
use crate::zone::{Name, types};

/// From this width on there is room for both serials and the whole name of who pushed.
const WIDE: u16 = 110;

pub fn draw(history: &History, zone: &Name, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    if let Some(one) = &history.one {
        return draw_one(one, canvas, layout, area);
    }
    let theme = canvas.theme;
    let title = match &history.set {
        None => "History".into(),
        Some(key) => format!("History of {}", describe::set(key, zone)),
    };
    let note = match (history.total(), history.listing.as_ref().map_or(0, |listing| listing.older)) {
        (0, _) => String::new(),
        (total, 0) => format!("{} of {total}", history.selected + 1),
        (total, older) => format!("{} of {total}, and {older} older", history.selected + 1),
    };
    let inside = canvas.pane(layout, area, &title, &note, true);
    let Some(listing) = &history.listing else {
        canvas.text(inside.x + 2, inside.y, inside.width, "reading", theme.faint());
        return;
    };
    // The last line tells of others.
    let end = inside.bottom().saturating_sub(1);
    let room = inside.width.saturating_sub(3);
    canvas.text(inside.x + 1, end, room, &history.others.in_words(), theme.faint());
    if listing.pushes.is_empty() && history.rows.is_empty() {
        let text = match history.set {
            None => "No push of this zone is recorded.",
            Some(_) => "No recorded push changed this record set.",
        };
        canvas.text(inside.x + 2, inside.y, room, text, theme.plain());
        return;
    }
    let shown = history.rows.iter().enumerate().skip(history.offset).zip(inside.y..end);
    for ((number, row), y) in shown {
        if number == history.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        let (x, width) = (inside.x + 1, inside.width.saturating_sub(2));
        match history.row(*row) {
            None => {}
            Some(Err(turn)) => draw_turn(turn, zone, canvas, layout.width, (x, y, width)),
            Some(Ok(Listed::Unreadable { file, why })) => {
                canvas.text(x, y, width, &format!("{file}: {why}"), theme.bad());
            }
            Some(Ok(Listed::Push(summary))) => draw_line(summary, canvas, layout.width, (x, y, width)),
        }
    }
}

fn draw_line(summary: &Summary, canvas: &mut Canvas<'_>, screen: u16, (x, y, width): (u16, u16, u16)) {
    let theme = canvas.theme;
    let Summary { head, standing } = summary;
    let style = match standing {
        Standing::Ended { ending: Ending::Applied | Ending::NothingToDo, .. } => theme.good(),
        Standing::Ended { ending: Ending::Refused | Ending::Conflict | Ending::NotSent, .. } => theme.bad(),
        _ => theme.doubt(),
    };
    let when = types::in_words(head.time);
    let when = when.strip_suffix(" UTC").unwrap_or(&when);
    let changed = head.tally.to_string();
    let after = match standing {
        Standing::Ended { serial: Some(serial), .. } => serial.to_string(),
        _ => "?".into(),
    };
    let user = head.who.sudo_user.as_ref().unwrap_or(&head.who.user);
    let (who, serial) = match screen >= WIDE {
        true => (head.who.to_string(), format!("{} -> {after}", head.serial)),
        false => (user.clone(), after),
    };
    let plain = theme.plain();
    let texts = [when, &who, &changed, standing.word(), &serial, &head.note];
    draw_cells(texts, [plain, plain, plain, style, plain, plain], canvas, screen, (x, y, width));
}

fn draw_turn(turn: &Turn, zone: &Name, canvas: &mut Canvas<'_>, screen: u16, place: (u16, u16, u16)) {
    let theme = canvas.theme;
    let serial = match screen >= WIDE {
        true => format!("{} -> {}", turn.from, turn.to),
        false => turn.to.to_string(),
    };
    let (changed, named) = (tally(&turn.changes).to_string(), others::named(turn, zone));
    let texts = ["", "others", &changed, "", &serial, &named];
    draw_cells(texts, [theme.plain(); 6], canvas, screen, place);
}

/// When, who, how much, how it ended, serials, what for.
fn draw_cells(
    texts: [&str; 6],
    styles: [Style; 6],
    canvas: &mut Canvas<'_>,
    screen: u16,
    (x, y, width): (u16, u16, u16),
) {
    let widths = match screen {
        WIDE.. => [17, 26, 10, 14, 25, width],
        70.. => [17, 10, 10, 14, 11, width],
        // What became of it, and the serial as long as there is room, are not cut.
        56.. => [17, 8, 8, 14, 11, width],
        _ => [17, 0, 8, 13, width, width],
    };
    let mut at = 0;
    for ((text, style), columns) in texts.into_iter().zip(styles).zip(widths) {
        let room = columns.min(width.saturating_sub(at));
        canvas.text(x + at, y, room.saturating_sub(1), text, style);
        at += room;
    }
}

fn draw_one(one: &One, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let title = match one.what {
        What::Push(_) => "Push",
        What::Turn(_) => "Changed by others",
    };
    let inside = canvas.pane(layout, area, title, "", true);
    for (line, y) in one.lines.iter().skip(one.offset).zip(inside.y..inside.bottom()) {
        let (sign, style) = theme.change(line.kind);
        let x = inside.x + 1;
        let sign_width = columns(sign);
        if !line.continued {
            canvas.text(x, y, sign_width, sign, style);
        }
        canvas.text(x + sign_width, y, inside.width.saturating_sub(sign_width + 1), &line.text, style);
    }
}
