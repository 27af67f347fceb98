//! The main screen without a zone: it is on its way, or why there is none. Nothing half-loaded is shown.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use crate::app::layout::{Layout, wrap};
use crate::app::{App, Zone};

pub fn draw(app: &App, canvas: &mut Canvas<'_>, layout: &Layout, area: Rect) {
    let theme = canvas.theme;
    let inside = canvas.pane(layout, area, "Zone", "", true);
    let mut texts: Vec<(String, ratatui::style::Style)> = Vec::new();
    match &app.zone {
        Zone::Loading(records) => {
            texts.push((
                format!("Loading {} from {}", app.settings.zone, app.settings.server),
                theme.strong(),
            ));
            texts.push((
                if *records > 0 { format!("{records} records so far") } else { String::new() },
                theme.plain(),
            ));
        }
        Zone::Stopped => texts.push(("Loading was stopped. R loads the zone.".into(), theme.strong())),
        Zone::Failed(failure) => {
            texts.push((failure.what.clone(), theme.bad()));
            texts.push((String::new(), theme.plain()));
            texts.push((failure.why.clone(), theme.plain()));
            texts.push((String::new(), theme.plain()));
            texts.push((failure.next.clone(), theme.strong()));
            texts.push((String::new(), theme.plain()));
            texts.push(("R tries again, 6 shows the zones, q quits.".into(), theme.plain()));
        }
        Zone::None | Zone::Open(_) | Zone::Broken(_) => {}
    }
    let width = inside.width.saturating_sub(4).min(90);
    let lines =
        texts.iter().flat_map(|(text, style)| wrap(text, width).into_iter().map(move |line| (line, *style)));
    for ((line, style), y) in lines.zip(inside.y + 1..inside.bottom()) {
        canvas.text(inside.x + 2, y, width, &line, style);
    }
}
