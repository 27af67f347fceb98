//! The list of zones.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;
use super::theme::Theme;
use crate::app::describe::{self, count};
use crate::app::layout::Layout;
use crate::app::zones::{Asked, Zones, short};
use crate::facts::zones::{Listed, OnDisk, Waiting};

/// From this width on there is room for findings and for where the zone is.
const WIDE: u16 = 110;

pub fn draw(zones: &Zones, now: Option<u64>, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let total = zones.list.len();
    let mut note = match zones.shown.len() {
        0 => format!("0 of {total}"),
        shown if shown == total => format!("{} of {total}", zones.selected + 1),
        shown => format!("{} of {shown} of {total}", zones.selected + 1),
    };
    if !zones.marked.is_empty() {
        note.push_str(&format!("{}{} marked", theme.dot(), zones.marked.len()));
    }
    let inside = canvas.pane(layout, area, "Zones", &note, true);
    let wide = layout.width >= WIDE;
    match zones.is_typing() {
        true => canvas.field(inside.x + 2, inside.y, inside.width.saturating_sub(4), "/", &zones.jump),
        false => {
            let heads = ["Zone", "Draft", "Serial", "Visited", "Findings", "Place"];
            cells(canvas, heads, [theme.faint(); 6], wide, (inside.x, inside.y, inside.width));
        }
    }
    let first = inside.y + 1;
    let room = inside.width.saturating_sub(3);
    if zones.shown.is_empty() {
        let text = match (total, zones.complete) {
            (0, false) => "reading",
            (0, true) => {
                "No zone is configured. zonewright config example prints a configuration to start from."
            }
            _ => "no zone has that in its name; Esc shows all",
        };
        canvas.text(inside.x + 2, first, room, text, theme.plain());
    }
    for (line, y) in (zones.offset..zones.shown.len()).zip(first..inside.bottom()) {
        let Some(listed) = zones.at(line) else { break };
        if line == zones.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        if zones.marked.contains(&listed.zone) {
            canvas.text(inside.x + 1, y, 1, "*", theme.key());
        }
        let is_current = zones.current.as_ref() == Some(&listed.zone);
        draw_line(
            listed,
            zones.asked.get(&listed.zone),
            is_current,
            now,
            canvas,
            wide,
            (inside.x, y, inside.width),
        );
    }
}

fn draw_line(
    Listed { zone, place, state, .. }: &Listed,
    asked: Option<&Asked>,
    is_current: bool,
    now: Option<u64>,
    canvas: &mut Canvas<'_>,
    wide: bool,
    position: (u16, u16, u16),
) {
    let theme = canvas.theme;
    let age = |then: u64| now.map(|now| describe::span(now.saturating_sub(then)));
    let (draft, draft_style) = draft(state, is_current, theme, age);
    let visit = state.visit.as_ref();
    let (serial, serial_style) = match (asked, visit) {
        (Some(Asked::Waiting), _) => ("asking".into(), theme.faint()),
        (Some(Asked::Failed(_)), _) => ("no answer".into(), theme.bad()),
        (Some(Asked::Serial(serial)), Some(visit)) if visit.serial != *serial => {
            (format!("{serial} new"), theme.doubt())
        }
        (Some(Asked::Serial(serial)), _) => (serial.to_string(), theme.good()),
        (None, Some(visit)) => (visit.serial.to_string(), theme.plain()),
        (None, None) => (String::new(), theme.plain()),
    };
    let visited = visit.map_or(String::new(), |visit| age(visit.at).unwrap_or_default());
    let findings = match visit.and_then(|visit| visit.findings) {
        None => String::new(),
        Some((0, 0)) => "none".into(),
        Some((0, warnings)) => count(warnings, "warning"),
        Some((errors, _)) => count(errors, "error"),
    };
    let plain = theme.plain();
    let name_style = if is_current { theme.strong() } else { plain };
    let texts = [&short(zone), draft.as_str(), &serial, &visited, &findings, place];
    cells(canvas, texts, [name_style, draft_style, serial_style, plain, plain, plain], wide, position);
}

fn draft(
    state: &OnDisk,
    is_current: bool,
    theme: Theme,
    age: impl Fn(u64) -> Option<String>,
) -> (String, Style) {
    let since = |begun| age(begun).map_or(String::new(), |age| format!(", {age}"));
    match (&state.draft, &state.held) {
        // Who, is said of the zone under the marker.
        (None, Some(_)) if !is_current => ("open elsewhere".into(), theme.doubt()),
        (Some(Waiting { changes: Some(changes), begun }), held) => {
            let elsewhere = if held.is_some() && !is_current { " (open)" } else { "" };
            (format!("{}{}{elsewhere}", count(*changes, "change"), since(*begun)), theme.strong())
        }
        (Some(Waiting { changes: None, begun }), _) => (format!("large{}", since(*begun)), theme.strong()),
        _ if state.unfinished => ("unfinished".into(), theme.strong()),
        _ => (String::new(), theme.plain()),
    }
}

/// Zone, draft, serial, visited; on wide screens also findings and place.
fn cells(
    canvas: &mut Canvas<'_>,
    texts: [&str; 6],
    styles: [Style; 6],
    wide: bool,
    (x, y, width): (u16, u16, u16),
) {
    let rest = |taken: u16| width.saturating_sub(2 + taken);
    // Where it is narrow the names get shorter first; then the last columns go, of which the line below tells.
    let widths: &[u16] = match width {
        _ if wide => &[40, 22, 16, 9, 14, 60],
        78.. => &[32, 21, 15, 9],
        56.. => &[rest(17 + 15), 17, 15],
        _ => &[rest(16), 16],
    };
    let mut at = 2;
    for ((text, style), columns) in texts.into_iter().zip(styles).zip(widths) {
        let room = (*columns).min(width.saturating_sub(at));
        canvas.text(x + at, y, room.saturating_sub(1), text, style);
        at += room;
    }
}
