//! The upper pane: the zone's nameservers, a line an address.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::{Canvas, columns};
use crate::app::describe;
use crate::app::layout::Layout;
use crate::app::nameservers::{Line, target};
use crate::app::open::{Open, Pane};
use crate::facts::AddressState;
use crate::zone::serial;

/// Columns for the serial (0: left out), and for it, the state and the round-trip time together.
fn state_widths(width: u16) -> (u16, u16) {
    let serial = if width < 60 { 0 } else { 12 };
    (serial, serial + 14 + 8)
}

pub fn draw(open: &Open, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let active = open.pane == Pane::Nameservers;
    let inside = canvas.pane(layout, area, "Nameservers", "", active);
    let nameservers = &open.nameservers;
    let longest = nameservers.lines().filter_map(|line| line.address);
    let longest = longest.map(|status| columns(&status.address.to_string())).max().unwrap_or(0);
    let room = inside.width.saturating_sub(2 + state_widths(inside.width).1 + 1);
    // A narrow screen has no room for addresses.
    let address_width = longest.clamp(7, 39).min(room.saturating_sub(17 + 3));
    let name_width = room.saturating_sub(address_width + 3);
    if nameservers.rows.is_empty() {
        canvas.text(
            inside.x + 2,
            inside.y,
            inside.width,
            "no NS records at the zone's own name",
            theme.bad(),
        );
    }
    let lines = nameservers.lines().skip(nameservers.offset).zip(inside.y..inside.bottom());
    for (line, y) in lines {
        let Some(row) = nameservers.rows.get(line.row) else { continue };
        let mut x = inside.x;
        if line.first {
            if line.row == nameservers.selected {
                canvas.text(x, y, 1, theme.marker_sign(), theme.marker(active));
            }
            let (sign, style) = theme.mark(row);
            canvas.text(x + 1, y, 1, sign.encode_utf8(&mut [0; 4]), style);
            let name = target(row)
                .map_or_else(|| describe::data(row, open.draft.base().origin()), |name| name.to_string());
            canvas.text(x + 2, y, name_width, &name, theme.plain());
        }
        x += 2 + name_width + 1;
        if let Some(status) = line.address {
            canvas.text(x, y, address_width, &status.address.to_string(), theme.plain());
        }
        x += address_width + 2;
        state(&line, open, canvas, (x, y), inside.width);
    }
}

fn state(line: &Line<'_>, open: &Open, canvas: &mut Canvas<'_>, (x, y): (u16, u16), width: u16) {
    let theme = canvas.theme;
    let (serial_width, state_width) = state_widths(width);
    let mut words = |text: &str, style: Style| {
        canvas.text(x, y, state_width, text, style);
    };
    let primary = open.draft.base().serial();
    match (line.address.map(|status| &status.state), line.problem) {
        (Some(AddressState::Asking), _) => words("asking", theme.faint()),
        (Some(AddressState::Failed(reason)), _) => words(reason, theme.bad()),
        (Some(AddressState::Answered { authoritative: false, .. }), _) => {
            words("not authoritative", theme.bad())
        }
        (Some(AddressState::Answered { serial: None, .. }), _) => {
            words("answers without an SOA", theme.bad())
        }
        (Some(AddressState::Answered { serial: Some(theirs), round_trip, .. }), _) => {
            canvas.text(x, y, serial_width.saturating_sub(2), &theirs.to_string(), theme.plain());
            let style = match serial::compare(*theirs, primary) {
                Some(std::cmp::Ordering::Equal) => theme.good(),
                _ => theme.doubt(),
            };
            canvas.text(x + serial_width, y, 14, &describe::lag(*theirs, primary), style);
            canvas.right(
                x + serial_width + 14,
                y,
                8,
                &format!("{} ms", round_trip.as_millis()),
                theme.plain(),
            );
        }
        (None, Some(problem)) => words(problem, theme.bad()),
        (None, None) => words("looking up its addresses", theme.faint()),
    }
}
