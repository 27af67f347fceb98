//! Drawing: the state in, cells out. Nothing here changes anything.

pub mod ask;
pub mod bars;
pub mod canvas;
pub mod changes;
pub mod findings;
pub mod form;
pub mod help;
pub mod history;
pub mod job;
pub mod menus;
pub mod merge;
pub mod nameservers;
pub mod proposal;
pub mod push;
pub mod records;
pub mod secondaries;
pub mod text;
pub mod theme;
pub mod waiting;
pub mod zones;

use ratatui::Frame;
use ratatui::layout::Rect;

use self::canvas::Canvas;
use self::theme::Theme;
use crate::app::layout::{Layout, SMALLEST, Span};
use crate::app::{App, Overlay, Screen, Zone};
pub use crate::facts::clean;

/// Draws the whole screen.
pub fn draw(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    let theme = Theme { colours: app.settings.colours, unicode: app.settings.unicode };
    let layout = Layout::new((area.width, area.height));
    if let (Some(layout), None, Screen::Form(form)) = (&layout, &app.overlay, &app.screen) {
        form::draw(form, &app.settings, rect(layout.body(), layout.width), frame);
    }
    let mut canvas = Canvas { buffer: frame.buffer_mut(), theme, cursor: None };
    let Some(layout) = layout else {
        let text = format!("make the window {}x{} or larger", SMALLEST.0, SMALLEST.1);
        canvas.text(0, 0, area.width, &text, theme.plain());
        return;
    };
    bars::title(app, &mut canvas, area.width);
    draw_screen(app, &mut canvas, &layout);
    bars::message(app, &mut canvas, &layout);
    bars::hints(app, &mut canvas, &layout);
    match &app.overlay {
        None => {}
        Some(Overlay::Dialog(dialog)) => menus::dialog(dialog, &mut canvas, &layout),
        Some(Overlay::Help(help)) => help::draw(help, &mut canvas, &layout),
        Some(Overlay::Palette(palette)) => menus::palette(app, palette, &mut canvas, &layout),
        Some(Overlay::Chooser(chooser)) => menus::chooser(chooser, &mut canvas, &layout),
        Some(Overlay::Menu(menu)) => ask::menu(menu, &mut canvas, &layout),
        Some(Overlay::Prompt(prompt)) => text::prompt(prompt, &mut canvas, &layout),
        Some(Overlay::Replacing(replacing)) => text::replacing(replacing, &mut canvas, &layout),
        Some(Overlay::Problems(list)) => {
            if let Some(mode) = &app.text.mode {
                text::list(mode, list, &mut canvas, &layout);
            }
        }
        Some(Overlay::Fixes(menu)) => {
            if let Some(open) = app.open() {
                findings::menu(menu, open, &mut canvas, &layout);
            }
        }
        Some(Overlay::Filter(field)) => {
            canvas.text(
                0,
                layout.height - 1,
                layout.width,
                &" ".repeat(usize::from(layout.width)),
                theme.plain(),
            );
            let of_records = app.open().filter(|_| matches!(app.screen, Screen::Main));
            let trouble = of_records.and_then(|open| open.records.filter_trouble.as_deref());
            let (hint, style) = trouble
                .map_or(("Enter keeps, Esc shows all", theme.faint()), |trouble| (trouble, theme.doubt()));
            // What is wrong with it needs more room than the keys.
            let room = if trouble.is_some() { layout.width / 2 } else { 27 };
            canvas.field(1, layout.height - 1, layout.width.saturating_sub(room + 3), "/", field);
            canvas.right(layout.width - room - 1, layout.height - 1, room, hint, style);
        }
    }
    if matches!(app.overlay, Some(Overlay::Palette(_))) && app.message.is_some() {
        // Why what was typed is refused, which may need some lines.
        bars::message(app, &mut canvas, &layout);
    }
    let cursor = canvas.cursor;
    if let Some(cursor) = cursor.filter(|cursor| area.contains(*cursor)) {
        frame.set_cursor_position(cursor);
    }
}

fn draw_screen(app: &App, canvas: &mut Canvas<'_>, layout: &Layout) {
    let body = rect(layout.body(), layout.width);
    if let Screen::Job(job) = &app.screen {
        return job::draw(job, canvas, layout, body);
    }
    if let Screen::Zones(zones) = &app.screen {
        return zones::draw(zones, app.now, canvas, layout, body);
    }
    if let Screen::Secondaries(screen) = &app.screen {
        return secondaries::draw(app, screen, canvas, layout, body);
    }
    let open = match &app.zone {
        Zone::Open(open) => open,
        Zone::Broken(_) => return text::draw(app, canvas, layout),
        _ => return waiting::draw(app, canvas, layout, body),
    };
    match &app.screen {
        Screen::Main => {
            let (upper, lower) = layout.panes(open.nameservers.line_count());
            nameservers::draw(app, open, canvas, layout, rect(upper, layout.width));
            records::draw(open, canvas, layout, rect(lower, layout.width));
        }
        Screen::Text => text::draw(app, canvas, layout),
        Screen::Changes(changes) => changes::draw(open, changes, canvas, layout, body),
        Screen::Findings(list) => {
            findings::draw(open, list, canvas, layout, !app.settings.rules.is_empty());
        }
        Screen::Merge(merge) => merge::draw(merge, canvas, layout, body),
        Screen::History(history) => {
            history::draw(history, open.draft.base().origin(), canvas, layout, body);
        }
        Screen::Ask(ask) => ask::draw(ask, canvas, layout, body),
        Screen::Proposal(proposal) => proposal::draw(proposal, canvas, layout, body),
        Screen::Pushing(pushing) => push::pushing(pushing, canvas, layout, body),
        Screen::Result(results) => push::results(app, results, canvas, layout, body),
        // Has drawn itself already.
        Screen::Form(_) | Screen::Zones(_) | Screen::Secondaries(_) | Screen::Job(_) => {}
    }
}

fn rect(span: Span, width: u16) -> Rect {
    Rect { x: 0, y: span.top, width, height: span.height }
}
