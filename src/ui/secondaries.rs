//! The list of what is registered at secondary DNS services.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;
use super::theme::Theme;
use super::{ask, push};
use crate::app::App;
use crate::app::layout::Layout;
use crate::app::nameserver_sets;
use crate::app::secondaries::{Layer, Line, Look, NONE, Row, RowKey, Secondaries, details, telling};
use crate::app::zones::short;
use crate::facts::registration::Details;
use crate::health::AddressHealth;

/// From this width on there is a column for the service.
const WIDE: u16 = 110;

pub fn draw(app: &App, screen: &Secondaries, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    match (&screen.layer, &app.secondaries.walk) {
        (Layer::Details(shown), _) => {
            let (title, lines) = ("Registration", details::lines(app, shown));
            push::lines(title, &lines, shown.offset, canvas, layout, area);
        }
        (Layer::Adding(adding), _) => ask::draw(&adding.ask, canvas, layout, area),
        (Layer::Walk { offset }, Some(walk)) => {
            push::lines(walk.title(), &telling::lines(app, walk), *offset, canvas, layout, area);
        }
        (Layer::List | Layer::Walk { .. }, _) => list(app, screen, canvas, layout, area),
    }
}

fn list(app: &App, screen: &Secondaries, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let known = &app.secondaries;
    let mut note = match screen.lines.len() {
        0 => String::new(),
        lines => format!("{} of {lines}", screen.selected + 1),
    };
    let asking: Vec<&str> = known.asking().collect();
    if !asking.is_empty() {
        let dot = if note.is_empty() { "" } else { theme.dot() };
        note.push_str(&format!("{dot}asking {}", asking.join(", ")));
    }
    let inside = canvas.pane(layout, area, "Secondaries", &note, true);
    let wide = layout.width >= WIDE;
    match screen.is_typing() {
        true => canvas.field(inside.x + 2, inside.y, inside.width.saturating_sub(4), "/", &screen.jump),
        false => {
            let heads = ["Domain", "Created", "Primary IP", "Secondary", "State", "Service"];
            cells(canvas, heads, [theme.faint(); 6], wide, (inside.x, inside.y, inside.width));
        }
    }
    let first = inside.y + 1;
    if screen.lines.is_empty() {
        let text = match () {
            () if app.settings.config.secondary.is_empty() => NONE,
            () if screen.is_typing() => "no domain has that in its name; Esc shows all",
            () if !asking.is_empty() => "asking",
            () => "Nothing is registered.",
        };
        for (line, y) in
            crate::app::layout::wrap(text, inside.width.saturating_sub(4)).iter().zip(first..inside.bottom())
        {
            canvas.text(inside.x + 2, y, inside.width.saturating_sub(3), line, theme.plain());
        }
    }
    let lines = screen.lines.iter().enumerate().skip(screen.offset);
    for ((at, line), y) in lines.zip(first..inside.bottom()) {
        if at == screen.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        match line {
            Line::Failed(backend) => {
                let why = match known.looks.get(backend) {
                    Some(Look::Failed(problem)) => format!("{} {}", problem.what, problem.why),
                    _ => String::new(),
                };
                let width = inside.width.saturating_sub(3);
                canvas.text(inside.x + 2, y, width, &format!("{backend}: {why}"), theme.bad());
            }
            Line::Row(key) => {
                if let Some(row) = known.row(key) {
                    draw_row(app, (key, row), canvas, wide, (inside.x, y, inside.width));
                }
            }
        }
    }
}

fn draw_row(
    app: &App,
    (key, row): (&RowKey, &Row),
    canvas: &mut Canvas<'_>,
    wide: bool,
    position: (u16, u16, u16),
) {
    let theme = canvas.theme;
    let registration = &row.told.registration;
    let primary = match registration.primaries.as_slice() {
        [] => String::new(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} +{}", rest.len()),
    };
    let secondary = registration.secondary.as_ref().map_or_else(String::new, short);
    let (state, style) = state(app, key, row, theme);
    let place = crate::app::secondaries::place_in_words(key);
    let date = row.told.date.as_deref().unwrap_or_default();
    let is_current = app.open().is_some_and(|open| *open.draft.base().origin() == key.domain);
    let plain = if app.secondaries.is_fresh(row) { theme.plain() } else { theme.faint() };
    let name = if is_current { theme.strong() } else { plain };
    let texts = [&short(&key.domain), date, &primary, &secondary, &state, &place];
    cells(canvas, texts, [name, plain, plain, plain, style, plain], wide, position);
}

/// In a word or two.
fn state(app: &App, key: &RowKey, row: &Row, theme: Theme) -> (String, Style) {
    let known = &app.secondaries;
    let is_asking = known.looks.get(&key.backend) == Some(&Look::Asking);
    match &row.told.registration.details {
        _ if !known.is_fresh(row) && !is_asking => ("not known".into(), theme.doubt()),
        Details::Pending if is_asking => ("asking".into(), theme.faint()),
        Details::Pending => ("no details".into(), theme.doubt()),
        Details::Failed(_) => ("no details".into(), theme.doubt()),
        Details::Known => match &row.told.registration.note {
            Some(note) => (note.clone(), theme.plain()),
            None => in_zone(app, key, row, theme).unwrap_or_else(|| ("registered".into(), theme.plain())),
        },
    }
}

/// How its nameserver stands in the zone that is open.
fn in_zone(app: &App, key: &RowKey, row: &Row, theme: Theme) -> Option<(String, Style)> {
    let open = app.open().filter(|open| *open.draft.base().origin() == key.domain)?;
    let name = row.told.registration.secondary.as_ref()?;
    if !nameserver_sets::nameservers(open).contains(name) {
        return Some(("not in NS".into(), theme.doubt()));
    }
    let addresses = &open.nameservers.status(name)?.addresses;
    let serial = Some(open.draft.base().serial());
    let health: Vec<AddressHealth> =
        addresses.iter().map(|address| AddressHealth::new(address, serial)).collect();
    // The one that stands worst.
    let shown = health.iter().find(|one| !one.agrees()).or(health.first())?;
    let style = if shown.agrees() { theme.good() } else { theme.doubt() };
    Some((shown.in_words(), style))
}

/// Domain, created, primary, secondary, state; on wide screens also the service.
fn cells(
    canvas: &mut Canvas<'_>,
    texts: [&str; 6],
    styles: [Style; 6],
    wide: bool,
    (x, y, width): (u16, u16, u16),
) {
    let widths: &[u16] = if wide { &[34, 12, 17, 27, 15, 60] } else { &[21, 11, 16, 17, 11] };
    let mut at = 2;
    for ((text, style), columns) in texts.into_iter().zip(styles).zip(widths) {
        let room = (*columns).min(width.saturating_sub(at));
        canvas.text(x + at, y, room.saturating_sub(1), text, style);
        at += room;
    }
}
