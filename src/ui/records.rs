//! The lower pane: a row a record.

use ratatui::layout::Rect;

use super::canvas::{Canvas, columns};
use crate::app::describe;
use crate::app::layout::Layout;
use crate::app::open::{Open, Pane};
use crate::app::rows::{Mark, Row};
use crate::app::standing;

/// Widths of the columns. Wider screens show more columns.
struct Columns {
    name: u16,
    /// 0: left out.
    ttl: u16,
    rtype: u16,
    data: u16,
    /// What there is to say about the record; 0: left out.
    note: u16,
}

impl Columns {
    /// For so many columns inside the pane, the two signs at the left included.
    fn new(width: u16) -> Columns {
        let (name, ttl, rtype) = match width {
            0..60 => (14, 0, 6),
            60..110 => (22, 7, 9),
            _ => (28, 7, 10),
        };
        let ttl_room = if ttl > 0 { ttl + 2 } else { 0 };
        let room = width.saturating_sub(2 + name + 1 + ttl_room + rtype + 1);
        let note = if width >= 110 { room / 2 } else { 0 };
        let data = room.saturating_sub(if note > 0 { note + 2 } else { 0 });
        Columns { name, ttl, rtype, data, note }
    }
}

pub fn draw(open: &Open, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let active = open.pane == Pane::Records;
    let records = &open.records;
    let total = records.rows.len().to_string();
    // Always as wide as the widest, so that moving changes few cells.
    let at = if records.rows.is_empty() { 0 } else { records.selected + 1 };
    let mut note = format!("{at:>width$} of {total}", width = total.len());
    if open.is_searching() {
        note = format!("searching /{}", records.filter);
    } else if !records.filter.is_empty() {
        note.push_str(&format!(" /{}", records.filter));
        if records.filter_trouble.is_some() {
            note.push_str(" (?)");
        }
        if records.rows.unfit() > 0 {
            note.push_str(&format!("{}{} fit no more", theme.dot(), records.rows.unfit()));
        }
    }
    match (open.marked(), open.range()) {
        (_, Some(range)) => note.push_str(&format!("{}range of {}", theme.dot(), range.count())),
        (0, None) => {}
        (marked, None) => note.push_str(&format!("{}{marked} marked", theme.dot())),
    }
    match (records.sort, records.rows.sorted_by()) {
        (Some(wanted), sorted) if sorted != Some(wanted) => {
            note.push_str(&format!("{}sorting", theme.dot()));
        }
        (Some(by), _) => {
            let sign = if by.reverse { "-" } else { "" };
            note.push_str(&format!("{}by {sign}{}", theme.dot(), by.column.word()));
        }
        (None, _) => {}
    }
    match open.hidden() {
        0 => {}
        hidden => note.push_str(&format!("{}{hidden} made by the server, hidden", theme.dot())),
    }
    let inside = canvas.pane(layout, area, "Records", &note, active);
    if let Some(text) = standing::not_served(open) {
        let x = area.x + if layout.framed { 10 } else { 9 };
        let room = area.width.saturating_sub(x + columns(&note) + 5);
        canvas.text(x, area.y, room, &format!("{}{text} ", theme.dot().trim_start()), theme.doubt());
    }
    let widths = Columns::new(inside.width);
    let rows = layout.record_rows(open.nameservers.line_count());
    if layout.framed {
        let y = inside.y;
        line(canvas, inside.x, y, &widths, 0, ["Name", "TTL", "Type", "Data", "Note"], theme.faint());
    }
    if records.rows.is_empty() {
        let text = match records.filter.is_empty() {
            true => "no records".to_string(),
            false if open.hidden() > 0 => {
                format!("no row fits {} (what the server made is hidden); Esc shows all rows", records.filter)
            }
            false => format!("no record fits {}; Esc shows all", records.filter),
        };
        canvas.text(inside.x + 2, rows.top, inside.width.saturating_sub(2), &text, theme.plain());
    }
    let origin = open.draft.base().origin();
    // A column of its own only while there are marks: then names begin one to the right.
    let marks = u16::from(open.marked() > 0 || open.range().is_some());
    for (place, y) in (rows.top..rows.top + rows.height).enumerate() {
        let index = records.offset + place;
        let Some(row) = open.row(index) else { break };
        if index == records.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign_of(active), theme.marker(active));
        }
        let (sign, sign_style) = theme.mark(&row, open.news.contains_key(&row.key));
        canvas.text(inside.x + 1, y, 1, sign.encode_utf8(&mut [0; 4]), sign_style);
        if marks > 0 && open.is_marked(index) {
            canvas.text(inside.x + 2, y, 1, theme.mark_sign(), theme.key());
        }
        let style = match row.mark {
            Mark::Deleted | Mark::Parked => theme.faint(),
            _ if describe::is_managed(open, &row.key) => theme.faint(),
            _ => theme.plain(),
        };
        let name = row.key.owner.relative_to(origin);
        let data = describe::data(&row, origin);
        let note = if widths.note > 0 { said(open, &row) } else { String::new() };
        let texts = [&name, &describe::ttl(row.ttl), &row.key.rtype.to_string(), &data, &note];
        line(canvas, inside.x, y, &widths, marks, texts.map(String::as_str), style);
        if let Some(severity) = open.findings.worst(&row) {
            let (sign, style) = theme.finding(severity);
            canvas.text(inside.x + 2 + widths.name, y, 1, sign.encode_utf8(&mut [0; 4]), style);
        }
    }
}

/// What a rule found, else what there is to say about the record.
fn said(open: &Open, row: &Row) -> String {
    match open.findings.of_row(row).next() {
        Some(finding) if !row.conflict => finding.message.clone(),
        _ => describe::note(open, row),
    }
}

fn line(
    canvas: &mut Canvas<'_>,
    x: u16,
    y: u16,
    widths: &Columns,
    marks: u16,
    [name, ttl, rtype, data, note]: [&str; 5],
    style: ratatui::style::Style,
) {
    let mut x = x + 2;
    canvas.text(x + marks, y, widths.name.saturating_sub(marks), name, style);
    x += widths.name + 1;
    if widths.ttl > 0 {
        canvas.right(x, y, widths.ttl, ttl, style);
        x += widths.ttl + 2;
    }
    canvas.text(x, y, widths.rtype, rtype, style);
    x += widths.rtype + 1;
    canvas.text(x, y, widths.data, data, style);
    canvas.text(x + widths.data + 2, y, widths.note, note, canvas.theme.faint());
}
