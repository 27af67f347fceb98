//! The Job screen: the review of several zones, and the proposals for reverse zones.

use ratatui::layout::Rect;

use super::canvas::{Canvas, columns};
use crate::app::describe::count;
use crate::app::job::pointers::{Pointers, words};
use crate::app::job::{Job, State};
use crate::app::layout::Layout;
use crate::zone::reverse::Wish;

pub fn draw(job: &Job, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    if let Some(pointers) = &job.pointers {
        return draw_pointers(job, pointers, canvas, layout, area);
    }
    let theme = canvas.theme;
    let inside = canvas.pane(layout, area, "Job", &count(job.parts.len(), "zone"), true);
    let shown = job.lines.iter().enumerate().skip(job.offset).zip(inside.y..inside.bottom());
    for ((number, line), y) in shown {
        if number == job.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        let (sign, style) = theme.change(line.kind);
        let x = inside.x + 1;
        let sign_width = columns(sign);
        if !line.continued {
            canvas.text(x, y, sign_width, sign, style);
        }
        canvas.text(x + sign_width, y, inside.width.saturating_sub(sign_width + 2), &line.text, style);
    }
}

fn draw_pointers(job: &Job, pointers: &Pointers, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let note = match pointers.total() {
        0 => String::new(),
        total => format!("{} of {total}", pointers.selected + 1),
    };
    let inside = canvas.pane(layout, area, "Reverse records (PTR)", &note, true);
    let Some(found) = &pointers.found else {
        let opening = job.parts.iter().filter(|part| matches!(part.state, State::Opening)).count();
        let text = format!("loading {}", count(opening, "reverse zone"));
        canvas.text(inside.x + 2, inside.y, inside.width, &text, theme.faint());
        return;
    };
    let wide = layout.width >= 110;
    let address_room = if found.iter().any(|proposal| proposal.address.is_ipv6()) && wide { 40 } else { 18 };
    let rest = inside.width.saturating_sub(2 + 9 + address_room + 6);
    let widths = [9, address_room, 6, rest / 2, rest - rest / 2];
    let mut row = |texts: [&str; 5], y: u16, styles: [ratatui::style::Style; 5]| {
        let mut x = inside.x + 2;
        for ((text, style), width) in texts.into_iter().zip(styles).zip(widths) {
            canvas.text(x, y, width.saturating_sub(1), text, style);
            x += width;
        }
    };
    row(["", "Address", "", "Name", "There now"], inside.y, [theme.faint(); 5]);
    let plain = theme.plain();
    for ((number, proposal), y) in
        found.iter().enumerate().skip(pointers.offset).zip(inside.y + 1..inside.bottom())
    {
        let [choice, address, name, there] = words(proposal);
        let (wish, style) = match proposal.wish {
            Wish::Point => ("->", theme.good()),
            Wish::Forget => ("not", theme.bad()),
        };
        let there_style = if proposal.there.is_empty() { theme.faint() } else { theme.doubt() };
        row([&choice, &address, wish, &name, &there], y, [theme.strong(), plain, style, plain, there_style]);
        let _ = number;
    }
    let line = pointers.selected.saturating_sub(pointers.offset);
    let y = inside.y + 1 + u16::try_from(line).unwrap_or(u16::MAX - inside.y - 1);
    if y < inside.bottom() {
        canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
    }
}
