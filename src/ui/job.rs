//! The Job screen: the review of several zones, and the proposals for reverse zones.

use ratatui::layout::Rect;

use super::canvas::{Canvas, columns};
use crate::app::describe::count;
use crate::app::job::pointers::{Pointers, words};
use crate::app::job::replacing::Replacing;
use crate::app::job::{Job, State};
use crate::app::layout::Layout;
use crate::zone::reverse::Wish;

pub fn draw(job: &Job, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    if let Some(pointers) = &job.pointers {
        return draw_pointers(job, pointers, canvas, layout, area);
    }
    if let Some(replacing) = &job.replacing {
        return draw_replacing(job, replacing, canvas, layout, area);
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

fn draw_replacing(job: &Job, replacing: &Replacing, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let (zones, sets) = replacing.counts();
    let unseen = job.unseen_zones();
    let note = match unseen {
        0 => format!("{}, {zones} of {}", count(sets, "set"), count(replacing.seen(), "zone")),
        unseen => format!("looking, {unseen} to go{}{}", theme.dot(), count(zones, "zone")),
    };
    let inside = canvas.pane(layout, area, &format!("Replace {}", replacing.title), &note, true);
    if replacing.total() == 0 {
        let text = match unseen {
            0 => "No record of these zones has it. % replaces something else, Esc goes back.",
            _ => "The zones are being loaded and looked through.",
        };
        canvas.text(inside.x + 2, inside.y, inside.width.saturating_sub(2), text, theme.plain());
    }
    let name = if layout.width >= 110 { 32 } else { 22 };
    for (place, y) in (inside.y..inside.bottom()).enumerate() {
        let number = replacing.offset + place;
        let Some(line) = replacing.line(number) else { break };
        if number == replacing.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        let tick = match line.ticked {
            Some(true) => "[x]",
            Some(false) => "[ ]",
            None => " ! ",
        };
        let (indent, style) = if line.head { (0, theme.strong()) } else { (2, theme.plain()) };
        let tone = if line.ticked.is_none() { theme.doubt() } else { style };
        let mut x = inside.x + 1 + indent;
        x += canvas.text(x, y, 4, tick, tone) + 1;
        if line.head {
            let used = canvas.text(x, y, inside.right().saturating_sub(x), &line.name, style);
            x += used + 2;
        } else {
            canvas.text(x, y, name - 1, &line.name, style);
            canvas.text(x + name, y, 6, &line.rtype, style);
            x += name + 7;
        }
        canvas.text(x, y, inside.right().saturating_sub(x + 1), &line.text, tone);
    }
}
