//! The Findings screen, and the choice between quick fixes.

use ratatui::layout::Rect;

use super::canvas::{Canvas, columns};
use crate::app::changes::LineKind;
use crate::app::findings::fixing::Menu;
use crate::app::findings::screen::{List, place};
use crate::app::layout::{Layout, Span, wrap};
use crate::app::open::Open;

/// From this width on the rule has a column of its own.
const WIDE: u16 = 110;

pub fn draw(open: &Open, list: &List, canvas: &mut Canvas<'_>, layout: &Layout, rules: bool) {
    let theme = canvas.theme;
    let (upper, lower) = layout.halves();
    let area = |span: Span| Rect { x: 0, y: span.top, width: layout.width, height: span.height };
    let inside = canvas.pane(layout, area(upper), "Findings", &note(list, open), true);
    let room = inside.width.saturating_sub(3);
    if list.shown.is_empty() {
        let text = match &list.seen {
            None if !rules => "No rule is turned on: [rules] in the configuration.",
            None => "The zone is being looked at.",
            Some(_) if !list.filter.is_empty() => "No finding has that. Esc lists all.",
            Some(_) => "The rules find nothing in this zone.",
        };
        canvas.text(inside.x + 2, inside.y, room, text, theme.plain());
    }
    let origin = open.draft.base().origin();
    let (set_width, rule_width) = if layout.width >= WIDE { (34, 8) } else { (24, 0) };
    for (line, y) in (list.offset..).zip(inside.y..inside.bottom()) {
        if line == list.selected && line < list.shown.len() {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        if let Some(not_known) = list.not_known(line) {
            canvas.text(inside.x + 3, y, set_width - 1, "not known", theme.faint());
            let x = inside.x + 3 + set_width;
            let text = format!("{} {}", not_known.rule.id, not_known.in_words());
            canvas.text(x, y, inside.right().saturating_sub(x), &text, theme.faint());
            continue;
        }
        let Some(finding) = list.finding(line) else { break };
        let acknowledged = list.reason(line);
        let (sign, style) = match acknowledged {
            Some(_) => (' ', theme.faint()),
            None => theme.finding(finding.severity),
        };
        let (strong, plain) = match acknowledged {
            Some(_) => (theme.faint(), theme.faint()),
            None => (theme.strong(), theme.plain()),
        };
        canvas.text(inside.x + 1, y, 1, sign.encode_utf8(&mut [0; 4]), style);
        let mut x = inside.x + 3;
        canvas.text(x, y, set_width - 1, &place(finding, origin), strong);
        x += set_width;
        if rule_width > 0 {
            canvas.text(x, y, rule_width - 1, finding.rule.id, theme.faint());
            x += rule_width;
        }
        let text = match acknowledged {
            Some(acknowledged) => format!("acknowledged: {}", acknowledged.reason),
            None if list.seen.as_ref().is_some_and(|seen| seen.is_old(finding)) => {
                format!("before the last changes: {}", finding.message)
            }
            None => finding.message.clone(),
        };
        canvas.text(x, y, inside.right().saturating_sub(x), &text, plain);
    }
    let title = match (list.selected(), list.reason(list.selected)) {
        (None, _) if list.not_known(list.selected).is_some() => "not known".into(),
        (None, _) => "About it".into(),
        (Some(_), Some(_)) => "acknowledged".into(),
        (Some(finding), None) => finding.severity.to_string(),
    };
    let inside = canvas.pane(layout, area(lower), &title, "", false);
    for (line, y) in list.about.iter().zip(inside.y..inside.bottom()) {
        let (sign, style) = match line.kind {
            LineKind::Head => (" ", theme.strong()),
            kind => theme.change(kind),
        };
        let width = columns(sign);
        if !line.continued {
            canvas.text(inside.x + 1, y, width, sign, style);
        }
        let style = if line.kind == LineKind::Note { theme.plain() } else { style };
        canvas.text(inside.x + 1 + width, y, inside.width.saturating_sub(width + 1), &line.text, style);
    }
}

/// "2 of 5: 1 error, 3 warnings, 1 hint".
fn note(list: &List, open: &Open) -> String {
    let Some(seen) = &list.seen else { return String::new() };
    let mut text = String::new();
    if !list.shown.is_empty() {
        text.push_str(&format!("{} of {}", list.selected + 1, list.shown.len()));
    }
    if !list.filter.is_empty() {
        text.push_str(&format!(" /{}", list.filter));
    }
    let words = seen.counts.in_words();
    if !words.is_empty() {
        text.push_str(&format!(": {words}"));
    }
    if !seen.acknowledged.is_empty() {
        text.push_str(&format!(", {} acknowledged", seen.acknowledged.len()));
    }
    if seen.counts.total() > seen.findings.len() {
        text.push_str(&format!(" (the first {} are listed)", seen.findings.len()));
    }
    if let Some(asking) = &open.findings.asking {
        text.push_str(&format!(", {} of {} questions answered", asking.answered, asking.of));
    }
    if !open.findings.are_current() {
        text.push_str(", looking again");
    }
    text
}

/// The choice between quick fixes, with what the selected one would change.
pub fn menu(menu: &Menu, open: &Open, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let body = layout.body();
    let Some(selected) = menu.choices.get(menu.selected) else { return };
    let width = layout.width.saturating_sub(8).min(100);
    let room = width.saturating_sub(4);
    let said = wrap(&selected.finding.message, room);
    let choices = u16::try_from(menu.choices.len()).unwrap_or(u16::MAX).min(body.height / 3);
    let most = usize::from(body.height.saturating_sub(choices + 4)).saturating_sub(said.len());
    let changes = selected.lines.len().min(most);
    let height = u16::try_from(said.len() + changes).unwrap_or(body.height) + choices + 4;
    let height = height.min(body.height);
    let area =
        Rect { x: (layout.width - width) / 2, y: body.top + (body.height - height) / 2, width, height };
    let title = format!("Quick fix: {}", place(&selected.finding, open.draft.base().origin()));
    let inside = canvas.window(area, &title);
    let x = inside.x + 1;
    let mut rows = inside.y..inside.bottom();
    let (_, style) = theme.finding(selected.finding.severity);
    for (text, y) in said.iter().zip(rows.by_ref()) {
        canvas.text(x, y, room, text, style);
    }
    rows.next();
    let offset = crate::app::layout::scroll(0, menu.selected, usize::from(choices), menu.choices.len());
    for number in offset..offset + usize::from(choices) {
        let (Some(choice), Some(y)) = (menu.choices.get(number), rows.next()) else { break };
        if number == menu.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        canvas.text(x, y, room, &choice.fix.title, theme.strong());
    }
    rows.next();
    for ((kind, text), y) in selected.lines.iter().zip(rows) {
        let (sign, style) = theme.change(*kind);
        canvas.text(x, y, columns(sign), sign, style);
        canvas.text(x + columns(sign), y, room.saturating_sub(columns(sign)), text, style);
    }
}
