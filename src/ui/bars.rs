//! The title bar, the message line and the hint bar.

use ratatui::style::Style;

use super::canvas::{Canvas, columns};
use super::clean::clean;
use super::theme::Theme;
use crate::app::commands::{Command, Context, in_context};
use crate::app::layout::{Layout, wrap};
use crate::app::nameservers::target;
use crate::app::open::Open;
use crate::app::{App, Overlay, Screen, Zone, describe, forms, secondaries, zones};
use crate::zone::managed::seconds_until;

pub fn title(app: &App, canvas: &mut Canvas<'_>, width: u16) {
    let theme = canvas.theme;
    let dot = theme.dot();
    let is_chosen = !matches!(app.zone, Zone::None);
    let zone = if is_chosen { zones::short(&app.settings.zone) } else { "zonewright".into() };
    let server = if is_chosen { format!("{dot}{}", app.settings.server) } else { String::new() };
    let (mut serial, mut rest) = (String::new(), String::new());
    if let Zone::Broken(_) = app.zone {
        rest.push_str(&format!("{dot}has errors"));
        if app.editable().is_err() {
            rest.push_str(&format!("{dot}read-only"));
        }
    }
    if let Some(open) = app.open() {
        serial = format!("{dot}serial {}", open.draft.base().serial());
        if app.editable().is_err() {
            rest.push_str(&format!("{dot}read-only"));
        }
        if app.text_is_kept() {
            rest.push_str(&format!("{dot}text open"));
        }
        let changes = open.draft.changes().len();
        if changes > 0 {
            rest.push_str(&format!("{dot}{}", describe::count(changes, "change")));
        } else if app.has_new_text() {
            rest.push_str(&format!("{dot}text changed"));
        }
        if let Some(job) = secondaries::walk::in_title(app) {
            rest.push_str(&format!("{dot}{job}"));
        }
        if app.saving {
            rest.push_str(&format!("{dot}saving"));
        }
    }
    let Signing { long, short, style } = signing(app, theme);
    let label = match (&app.settings.label, app.settings.demo) {
        (Some(label), _) => label.as_str(),
        (None, true) => "demo",
        (None, false) => "",
    };
    let room = columns(label).min(width / 3);
    let space = width.saturating_sub(room + 2);
    // What can be spared when room is short: the server, words, then the serial.
    let server_and_serial = format!("{server}{serial}");
    let all = [(server_and_serial.as_str(), &long), (&serial, &long), (&serial, &short), ("", &short)];
    let needed = |texts: &[&str]| 1 + columns(&zone) + texts.iter().map(|text| columns(text)).sum::<u16>();
    let [.., shortest] = all;
    let (about, signed) = (all.into_iter())
        .find(|(about, signed)| needed(&[about, signed, &rest]) <= space)
        .unwrap_or(shortest);
    let pieces = [
        (" ", theme.plain()),
        (zone.as_str(), theme.strong()),
        (about, theme.plain()),
        (signed.as_str(), style),
        (rest.as_str(), theme.plain()),
    ];
    canvas.pieces(0, 0, space, &pieces);
    canvas.text(width.saturating_sub(room + 1), 0, room, label, theme.doubt());
}

/// What the title says of a signed zone, with many words and with few.
struct Signing {
    long: String,
    short: String,
    style: Style,
}

/// From here on the end of a signature is near, in seconds: whoever signs should have renewed it long ago.
const NEAR: i64 = 86_400;

fn signing(app: &App, theme: Theme) -> Signing {
    let dot = theme.dot();
    let end = match app.open().and_then(|open| open.signing.as_ref()) {
        None => return Signing { long: String::new(), short: String::new(), style: theme.plain() },
        Some(signing) => signing.first_end.zip(app.now).map(|(end, now)| seconds_until(end, now)),
    };
    let (long, short, style) = match end {
        None => ("signed".into(), "signed".into(), theme.plain()),
        Some(seconds @ ..0) => {
            let ago = describe::span(seconds.unsigned_abs());
            (format!("signed, a signature ended {ago} ago"), "a signature ended".into(), theme.bad())
        }
        Some(seconds) => {
            let left = describe::span(seconds.unsigned_abs());
            let style = if seconds < NEAR { theme.doubt() } else { theme.plain() };
            (format!("signed, first signature ends in {left}"), format!("signed, {left} left"), style)
        }
    };
    Signing { long: format!("{dot}{long}"), short: format!("{dot}{short}"), style }
}

/// The most lines that a message takes.
const MESSAGE_LINES: u16 = 6;

/// The line above the hints: a message, else what is going on, else about the selected record.
pub fn message(app: &App, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let (y, width) = (layout.height.saturating_sub(2), layout.width.saturating_sub(2));
    // In the text, its own trouble stands below it.
    let in_text = matches!(app.screen, Screen::Text);
    let trouble = app.disk_trouble.as_ref().or(app.text.trouble.as_ref().filter(|_| !in_text));
    let (text, style) = match (&app.message, trouble, app.open()) {
        (Some(message), Some(_), _) => (format!("NOT SAVED. {}", message.text), theme.bad()),
        (Some(message), None, _) => {
            (message.text.clone(), if message.trouble { theme.bad() } else { theme.strong() })
        }
        (None, Some(failure), _) => (format!("NOT SAVED: {failure}"), theme.bad()),
        (None, None, _) if matches!(app.screen, Screen::Zones(_)) => match &app.screen {
            Screen::Zones(zones) => (zones.about(app.now), theme.plain()),
            _ => return,
        },
        (None, None, _) if matches!(app.screen, Screen::Secondaries(_)) => {
            (secondaries::about(app), theme.plain())
        }
        (None, None, None) if matches!(app.screen, Screen::Job(_)) => match &app.screen {
            Screen::Job(job) => (job.about(), theme.plain()),
            _ => return,
        },
        (None, None, Some(open)) => match (open.reloading, app.editable()) {
            (Some(records), _) => (format!("loading again: {records} records; Ctrl-C stops"), theme.plain()),
            (None, Err(reason)) if !app.details => (reason, theme.doubt()),
            (None, _) => match app.screen {
                Screen::Main => (about_selected(app, open), theme.plain()),
                _ => return,
            },
        },
        (None, None, None) => return,
    };
    // What the rules find stands at the right, where there is room beside what is told.
    let found = match (app.open(), &app.screen, &app.message, trouble) {
        (Some(open), Screen::Main, None, None) if open.reloading.is_none() => findings(open),
        _ => String::new(),
    };
    let has_room = columns(&clean(&text)) + 2 + columns(&found) <= width;
    // What does not fit one line takes room from the screen above it.
    let shown: String = text.chars().take(usize::from(MESSAGE_LINES) * usize::from(width)).collect();
    let mut lines = wrap(&clean(&shown), width);
    // Why a zone is read-only stays there, so it must not hide rows: any key for an edit says it in full.
    let stays = app.message.is_none() && trouble.is_none() && !app.details;
    if stays && lines.len() > 1 {
        // In the panes, `w` says why the zone is read-only.
        let is_told = app.open().is_some_and(|open| open.draft.changes().is_empty())
            && matches!(app.screen, Screen::Main)
            && app.editable().is_err();
        let more = "... w says all";
        lines = vec![clean(&shown).into_owned()];
        if is_told {
            let room = usize::from(width.saturating_sub(columns(more)));
            let start: String = clean(&shown).chars().take(room).collect();
            lines = vec![format!("{}{more}", start.trim_end())];
        }
    }
    lines.truncate(usize::from(MESSAGE_LINES));
    // At most MESSAGE_LINES.
    let top = (y + 1).saturating_sub(lines.len() as u16);
    for (line, y) in lines.iter().zip(top..) {
        canvas.text(0, y, layout.width, &" ".repeat(usize::from(layout.width)), theme.plain());
        canvas.text(1, y, width, line, style);
    }
    let bad = app.open().is_some_and(|open| open.findings.has_errors());
    let style = if bad { theme.bad() } else { theme.doubt() };
    if has_room {
        canvas.right(1, y, width, &found, style);
    }
}

/// "2 errors, 1 warning (!)".
fn findings(open: &Open) -> String {
    match (open.findings.in_words(), &open.findings.seen) {
        (words, Some(_)) if !words.is_empty() => format!("{words} (!)"),
        _ => String::new(),
    }
}

/// Only when asked for: each move of the selection would send it over the line.
fn about_selected(app: &App, open: &Open) -> String {
    let (true, Some(row)) = (app.details, open.selected()) else { return String::new() };
    let origin = open.draft.base().origin();
    let mut text =
        format!("{}  {}  {}", row.key.owner, describe::data(&row, origin), describe::note(open, &row));
    let usual = forms::common_ttl(open.draft.base());
    if row.ttl != usual {
        let (own, usual) = (describe::ttl(row.ttl), describe::ttl(usual));
        text.push_str(&format!("  TTL {own} of its own; the zone's is {usual}"));
    }
    if let Some(name) = target(&row).filter(|_| row.key == open.apex()) {
        for service in app.registered_with(&name) {
            text.push_str(&format!("; registered with it at {service}"));
        }
    }
    for finding in open.findings.of_row(&row) {
        text.push_str(&format!("  {}: {} [{}]", finding.severity, finding.message, finding.rule.id));
    }
    text
}

/// The commands worth a place, those of least importance left out first.
pub fn hints(app: &App, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let y = layout.height.saturating_sub(1);
    let mut x = 1;
    let enabled = |command: &Command| (command.enabled)(app).is_ok();
    // In a zone that is read-only there is nothing to say of edits; elsewhere what cannot be done now stays in
    // its place, faint, so that the bar does not jump about.
    let read_only = app.open().is_some() && app.editable().is_err();
    // Where there is nothing to act on, nothing comes back by itself either.
    let is_settled = match app.context() {
        Context::Result => true,
        Context::Changes | Context::FileChanges => {
            app.open().is_some_and(|open| open.draft.changes().is_empty())
        }
        _ => false,
    };
    let commands = in_context(app.context()).filter(|command| !(read_only || is_settled) || enabled(command));
    if let Some(word) = app.escape_hint() {
        let pieces = [("Esc", theme.key()), (" ", theme.plain()), (word, theme.plain())];
        x += canvas.pieces(x, y, layout.width.saturating_sub(x), &pieces) + 2;
    }
    for (command, word) in fitting(commands, layout.width.saturating_sub(x - 1), enabled) {
        let (key_style, style) = match (command.enabled)(app) {
            Ok(()) => (theme.key(), theme.plain()),
            Err(_) => (theme.faint(), theme.faint()),
        };
        let word = match &app.overlay {
            Some(Overlay::Dialog(dialog)) if command.name == "cancel" => dialog.escape_word(),
            _ => word,
        };
        let pieces = [(command.first_key(), key_style), (" ", style), (word, style)];
        x += canvas.pieces(x, y, layout.width.saturating_sub(x), &pieces) + 2;
    }
}

/// How much less a place counts for while its command cannot be used.
const NOT_NOW: u8 = 6;

/// The hints that fit a width, in the order of the table.
pub fn fitting(
    commands: impl Iterator<Item = &'static Command>,
    width: u16,
    enabled: impl Fn(&Command) -> bool,
) -> Vec<(&'static Command, &'static str)> {
    let place = |place: u8, command| if enabled(command) { place } else { place.saturating_add(NOT_NOW) };
    let mut hints: Vec<_> = commands
        .filter_map(|command| command.hint.map(|(at, word)| (place(at, command), command, word)))
        .collect();
    let needed = |hints: &[(u8, &Command, &str)]| {
        let each =
            |(_, command, word): &(u8, &Command, &str)| columns(command.first_key()) + columns(word) + 3;
        // One column before the first, two after each but the last.
        hints.iter().map(each).sum::<u16>().saturating_sub(1)
    };
    while needed(&hints) > width {
        let Some(least) = hints.iter().enumerate().max_by_key(|(_, (place, ..))| *place) else { break };
        let least = least.0;
        hints.remove(least);
    }
    hints.into_iter().map(|(_, command, word)| (command, word)).collect()
}
