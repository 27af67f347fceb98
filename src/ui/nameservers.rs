//! The upper pane: the zone's nameservers, a line an address.

use std::cmp::Ordering;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::{Canvas, columns};
use crate::app::App;
use crate::app::delegation::{self, AtParent};
use crate::app::describe;
use crate::app::layout::{Layout, Span};
use crate::app::nameservers::{Line, target};
use crate::app::open::{Open, Pane};
use crate::app::standing::{Standing, round_trip, standing};
use crate::facts::{AddressStatus, Parent, Reply, Transport};
use crate::health;
use crate::zone::{Name, serial};

/// From this width on there are columns for TCP and for the parent.
const WIDE: u16 = 110;

/// The widths of the columns at the right.
#[derive(Debug, Clone, Copy)]
struct Columns {
    /// 0: left out.
    serial: u16,
    /// For lag and round-trip time.
    state: u16,
    /// 0: left out, both.
    tcp: u16,
    parent: u16,
}

impl Columns {
    fn new(width: u16) -> Columns {
        let (tcp, parent) = if width < WIDE { (0, 0) } else { (13, 16) };
        Columns {
            serial: if width < 60 { 0 } else { 12 },
            state: if width < WIDE { 22 } else { 26 },
            tcp,
            parent,
        }
    }

    fn total(self) -> u16 {
        self.serial + self.state + self.tcp + self.parent
    }
}

pub fn draw(app: &App, open: &Open, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let active = open.pane == Pane::Nameservers;
    let nameservers = &open.nameservers;
    let height = usize::from(layout.inside(Span { top: area.y, height: area.height }).height);
    let title = match nameservers.line_count() {
        count if count > height => {
            format!("Nameservers {}-{}/{count}", nameservers.offset + 1, nameservers.offset + height)
        }
        _ => "Nameservers".into(),
    };
    let inside = canvas.pane(layout, area, &title, "", active);
    note(open, canvas, layout, area, columns(&title) + 2);
    let widths = Columns::new(inside.width);
    let longest = nameservers.lines().filter_map(|line| line.address);
    let longest = longest.map(|status| columns(&status.address.to_string())).max().unwrap_or(0);
    let room = inside.width.saturating_sub(2 + widths.total() + 1);
    // A narrow screen has no room for addresses.
    let address_width = match longest.clamp(7, 39).min(room.saturating_sub(17 + 3)) {
        0..7 => 0,
        width => width,
    };
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
        let name = target(row);
        if line.first {
            if line.row == nameservers.selected {
                canvas.text(x, y, 1, theme.marker_sign_of(active), theme.marker(active));
            }
            let (sign, style) = theme.mark(row, open.news.contains_key(&row.key));
            canvas.text(x + 1, y, 1, sign.encode_utf8(&mut [0; 4]), style);
            let origin = open.draft.base().origin();
            let text = name.as_ref().map_or_else(|| describe::data(row, origin), Name::to_string);
            canvas.text(x + 2, y, name_width, &text, theme.plain());
            if let Some(severity) = open.findings.worst(row) {
                let (sign, style) = theme.finding(severity);
                canvas.text(x + 2 + name_width, y, 1, sign.encode_utf8(&mut [0; 4]), style);
            }
        }
        x += 2 + name_width + 1;
        if let Some(status) = line.address {
            canvas.text(x, y, address_width, &status.address.to_string(), theme.plain());
        }
        x += address_width + 2;
        let registered =
            name.as_ref().filter(|_| line.first).map_or(Vec::new(), |name| app.registered_with(name));
        state(&line, open, canvas, (x, y), widths, &registered);
        x += widths.serial + widths.state;
        if let Some(status) = line.address.filter(|_| widths.tcp > 0) {
            over_tcp(status, canvas, (x, y), widths.tcp);
        }
        x += widths.tcp;
        if let Some(name) = name.filter(|_| line.first && widths.parent > 0) {
            at_parent(&name, open, canvas, (x + 2, y), widths.parent - 2);
        }
    }
}

/// At the right of the title: what the zone above says.
fn note(open: &Open, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect, title: u16) {
    let theme = canvas.theme;
    let differences = &open.nameservers.differences;
    let end = area.right().saturating_sub(if layout.framed { 2 } else { 0 });
    let room = end.saturating_sub(area.x + title + 2);
    let (text, style) = match (&open.nameservers.parent, differences.as_slice()) {
        (None, _) => return,
        (Some(Parent::NotKnown(_)), _) => ("parent not known".into(), theme.faint()),
        (Some(Parent::DoesNotDelegate { parent }), _) => {
            (format!("{} does not delegate this zone", delegation::zone(parent)), theme.plain())
        }
        (Some(Parent::Delegates(delegation)), []) => {
            (format!("{} agrees", delegation::zone(&delegation.parent)), theme.faint())
        }
        (Some(Parent::Delegates(delegation)), [first, rest @ ..]) => {
            let all = match rest.len() {
                0 => first.text.clone(),
                more => format!("{}; {more} more", first.text),
            };
            let parent = delegation::zone(&delegation.parent);
            let number = describe::count(differences.len(), "difference");
            let keys = if open.pane == Pane::Nameservers { "I" } else { "Tab I" };
            let texts = [all, format!("{number} from {parent}: {keys} shows them")];
            let fits = texts.into_iter().find(|text| columns(text) + 2 <= room);
            (fits.unwrap_or(number), theme.doubt())
        }
    };
    canvas.right(end - room, area.y, room, &format!(" {text} "), style);
}

fn state(
    line: &Line<'_>,
    open: &Open,
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    widths: Columns,
    registered: &[&str],
) {
    let theme = canvas.theme;
    let mut words = |text: &str, style: Style| {
        canvas.text(x, y, widths.serial + widths.state, text, style);
    };
    if open.file.is_some() {
        return words(line.problem.unwrap_or("not asked: this is a file"), theme.faint());
    }
    let (theirs, time, not_over) = match (line.address.map(standing), line.problem) {
        (None, Some(problem)) => return words(problem, theme.bad()),
        (None, None) => return words("looking up its addresses", theme.faint()),
        (Some(Standing::Asking), _) => return words("asking", theme.faint()),
        (Some(Standing::Fails(fault)), _) => return words(&fault.to_string(), theme.bad()),
        (Some(Standing::Serves { serial, round_trip, not_over }), _) => (serial, round_trip, not_over),
    };
    canvas.text(x, y, widths.serial.saturating_sub(2), &theirs.to_string(), theme.plain());
    let primary = open.draft.base().serial();
    let lag_style = match serial::compare(theirs, primary) {
        Some(Ordering::Equal) => theme.good(),
        _ => theme.doubt(),
    };
    let (time, time_style) = match not_over {
        Some(Transport::Udp) => ("no UDP".into(), theme.bad()),
        // The wide screen has a column for it.
        Some(Transport::Tcp) if widths.tcp == 0 => ("no TCP".into(), theme.bad()),
        _ if widths.tcp > 0 => (format!("UDP {}", round_trip(time)), theme.plain()),
        _ => (round_trip(time), theme.plain()),
    };
    let x = x + widths.serial;
    let lag_width = widths.state.saturating_sub(columns(&time) + 1);
    let used = canvas.text(x, y, lag_width, &health::lag(theirs, primary), lag_style);
    // At which services the zone is registered with it, where there is room.
    let at = format!(" @{}", registered.join(","));
    if !registered.is_empty() && used + columns(&at) <= lag_width {
        canvas.text(x + used, y, lag_width - used, &at, theme.faint());
    }
    canvas.right(x, y, widths.state, &time, time_style);
}

fn over_tcp(status: &AddressStatus, canvas: &mut Canvas<'_>, (x, y): (u16, u16), width: u16) {
    let theme = canvas.theme;
    let (text, style) = match (standing(status), status.tcp) {
        // Said once already.
        (Standing::Fails(_) | Standing::Asking, _) => return,
        (_, Reply::Serial { round_trip: time, .. }) => (format!("TCP {}", round_trip(time)), theme.plain()),
        (_, Reply::Fault(_)) => ("no TCP".into(), theme.bad()),
        (_, Reply::Asking | Reply::NotAsked) => ("TCP ...".into(), theme.faint()),
    };
    canvas.right(x, y, width, &text, style);
}

fn at_parent(name: &Name, open: &Open, canvas: &mut Canvas<'_>, (x, y): (u16, u16), width: u16) {
    let Some(Parent::Delegates(delegation)) = &open.nameservers.parent else { return };
    let theme = canvas.theme;
    let (text, style) = match delegation::at_parent(delegation, name, &open.draft) {
        AtParent::Delegated | AtParent::SameGlue => ("delegated", theme.plain()),
        AtParent::NotDelegated => ("not delegated", theme.doubt()),
        AtParent::GlueDiffers => ("glue differs", theme.doubt()),
    };
    canvas.text(x, y, width, text, style);
}
