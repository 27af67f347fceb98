//! Text mode: lines of the zone file with their colours, marks at those with mistakes, the position, and the list of
//! what is wrong. Everything goes through [`clean`]; tabs reach to their stops.

use std::ops::Range;

use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::canvas::{Canvas, columns};
use super::clean::clean;
use super::theme::Theme;
use crate::app::layout::{Layout, wrap};
use crate::app::text::find::{Prompt, Replacing};
use crate::app::text::highlight::{Look, line_depth, looks};
use crate::app::text::problems::List;
use crate::app::text::{TextMode, rows};
use crate::app::{App, Overlay, describe};
use crate::edit::columns as tabs;
use crate::zonefile::{Problem, Severity};

/// Lines for what is wrong under the cursor.
const PROBLEM_LINES: usize = 3;

pub fn draw(app: &App, canvas: &mut Canvas<'_>, layout: &Layout) {
    let rows = rows(layout);
    let Some(mode) = &app.text.mode else {
        canvas.text(
            1,
            rows.top,
            layout.width,
            "The text is being made ready. Esc goes back.",
            canvas.theme.strong(),
        );
        return;
    };
    let text = mode.buffer.content();
    let digits = if mode.numbers { digits(text.line_count()) } else { 0 };
    // The sign of a mistake, the number and a blank.
    let gutter = 1 + if digits > 0 { digits + 1 } else { 0 };
    let width = layout.width.saturating_sub(gutter);
    let cursor_line = mode.buffer.cursor_line();
    let line_start = text.line_start(cursor_line);
    let content = text.line(cursor_line);
    let cursor_column = shown_columns(content.get(..mode.buffer.cursor() - line_start).unwrap_or(&content));
    let left = left_edge(cursor_column, width);
    let marks = Marks::new(mode, rows.height);
    let mut depth = mode.depth;
    for (y, line) in (rows.top..rows.top + rows.height).zip(mode.top..text.line_count()) {
        let content = text.line(line);
        let start = text.line_start(line);
        let (sign, style) = match marks.severity(start..start + content.len()) {
            Some(Severity::Error) => ("!", canvas.theme.bad()),
            Some(Severity::Warning) => ("?", canvas.theme.doubt()),
            None => (" ", canvas.theme.plain()),
        };
        canvas.text(0, y, 1, sign, style);
        if digits > 0 {
            canvas.right(1, y, digits, &(line + 1).to_string(), canvas.theme.faint());
        }
        let area = Rect { x: gutter, y, width, height: 1 };
        // Only the line of the cursor moves: the others stay where they can be read.
        let left = if line == cursor_line { left } else { 0 };
        draw_line(canvas, area, left, &content, &styles(canvas.theme, &content, start, depth, &marks));
        depth = line_depth(&content, depth);
    }
    draw_position(app, mode, canvas, layout);
    // The row is on the screen: the cursor is kept in view.
    let y = rows.top.saturating_add(u16::try_from(cursor_line.saturating_sub(mode.top)).unwrap_or(u16::MAX));
    if app.overlay.is_none() && y < rows.top + rows.height {
        let x = u16::try_from(cursor_column.saturating_sub(left)).unwrap_or(u16::MAX);
        canvas.cursor = Some(Position { x: gutter.saturating_add(x), y });
    }
}

fn digits(lines: usize) -> u16 {
    u16::try_from(lines.to_string().len()).unwrap_or(1).max(3)
}

/// The first column shown: a long line moves by half the width, so that what is before the cursor stays in sight.
fn left_edge(cursor: usize, width: u16) -> usize {
    let (width, half) = (usize::from(width.max(1)), usize::from(width / 2).max(1));
    match cursor.checked_sub(width.saturating_sub(1)) {
        Some(beyond @ 1..) => beyond.div_ceil(half) * half,
        _ => 0,
    }
}

/// Columns that a text takes as it is shown.
fn shown_columns(text: &str) -> usize {
    text.graphemes(true).fold(0, |at, grapheme| at + piece(grapheme, at).1)
}

/// A grapheme cluster as it is shown, and its columns.
fn piece(grapheme: &str, at: usize) -> (std::borrow::Cow<'_, str>, usize) {
    if grapheme == "\t" {
        let width = tabs::width(grapheme, at);
        return (" ".repeat(width).into(), width);
    }
    let shown = clean(grapheme);
    let width = shown.width();
    (shown, width)
}

/// What is wrong, and what is selected, among the lines on the screen.
struct Marks<'a> {
    problems: Vec<&'a Problem>,
    selected: Option<Range<usize>>,
}

impl<'a> Marks<'a> {
    fn new(mode: &'a TextMode, height: u16) -> Marks<'a> {
        let text = mode.buffer.content();
        let shown = text.line_start(mode.top)..text.line_start(mode.top + usize::from(height)) + 1;
        let problems = mode.problems.iter().filter(|problem| shown.contains(&problem.span.start));
        Marks { problems: problems.collect(), selected: mode.buffer.selection() }
    }

    /// The worst that begins in a line.
    fn severity(&self, line: Range<usize>) -> Option<Severity> {
        let here = |problem: &&&Problem| line.start <= problem.span.start && problem.span.start <= line.end;
        self.problems.iter().filter(here).map(|problem| problem.severity).min()
    }
}

/// The parts of a line that do not look plain, later ones over earlier ones.
fn styles(
    theme: Theme,
    content: &str,
    start: usize,
    depth: u16,
    marks: &Marks<'_>,
) -> Vec<(Range<usize>, Style)> {
    let mut styles: Vec<_> =
        looks(content, depth).into_iter().map(|(span, look)| (span, look_style(theme, look))).collect();
    let in_line = |span: &Range<usize>| {
        let end = content.len();
        span.start.saturating_sub(start).min(end)..span.end.saturating_sub(start).min(end)
    };
    for problem in &marks.problems {
        let style = match problem.severity {
            Severity::Error => theme.bad(),
            Severity::Warning => theme.doubt(),
        };
        styles.push((in_line(&problem.span), style.add_modifier(Modifier::UNDERLINED)));
    }
    if let Some(selected) = marks.selected.as_ref().filter(|selected| selected.end > start) {
        styles.push((in_line(selected), Style::new().add_modifier(Modifier::REVERSED)));
    }
    styles
}

fn look_style(theme: Theme, look: Look) -> Style {
    match look {
        Look::Owner => theme.strong(),
        Look::Directive | Look::Type => theme.word(),
        Look::Quoted => theme.string(),
        Look::Comment | Look::Parked => theme.faint(),
        Look::Plain => theme.plain(),
    }
}

fn draw_line(
    canvas: &mut Canvas<'_>,
    area: Rect,
    left: usize,
    content: &str,
    styles: &[(Range<usize>, Style)],
) {
    let right = left + usize::from(area.width);
    let mut at = 0;
    // Pieces of the same look are put on the screen together.
    let mut run = (String::new(), Style::new(), 0);
    let put = |canvas: &mut Canvas<'_>, run: &(String, Style, usize)| {
        let x = area.x.saturating_add(u16::try_from(run.2 - left).unwrap_or(u16::MAX));
        canvas.text(x, area.y, area.right().saturating_sub(x), &run.0, run.1);
    };
    for (place, grapheme) in content.grapheme_indices(true) {
        let (shown, width) = piece(grapheme, at);
        let start = at;
        at += width;
        if at <= left {
            continue;
        }
        if start >= right {
            break;
        }
        let mut style = Style::new();
        for (_, own) in styles.iter().filter(|(span, _)| span.contains(&place)) {
            style = style.patch(*own);
        }
        // Cut by an edge: blanks in its place.
        let fits = start >= left && at <= right;
        let shown = if fits { shown } else { " ".repeat(at.min(right) - start.max(left)).into() };
        if style != run.1 && !run.0.is_empty() {
            put(canvas, &run);
            run.0.clear();
        }
        if run.0.is_empty() {
            run = (String::new(), style, start.max(left));
        }
        run.0.push_str(&shown);
    }
    if !run.0.is_empty() {
        put(canvas, &run);
    }
    if at > right && area.width > 0 {
        let sign = if canvas.theme.unicode { "›" } else { ">" };
        canvas.text(area.right() - 1, area.y, 1, sign, canvas.theme.faint());
    }
    if left > 0 {
        let sign = if canvas.theme.unicode { "‹" } else { "<" };
        canvas.text(area.x, area.y, 1, sign, canvas.theme.faint());
    }
}

/// Where the cursor is and how many mistakes there are; below it, or above it when long, the one at the cursor.
fn draw_position(app: &App, mode: &TextMode, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let rows = rows(layout);
    let y = rows.top + rows.height;
    let width = layout.width.saturating_sub(2);
    let (line, column) = mode.buffer.content().position(mode.buffer.cursor());
    let (errors, warnings) = mode.counts();
    let mut counts = Vec::new();
    if errors > 0 {
        counts.push(describe::count(errors, "error"));
    }
    if warnings > 0 {
        counts.push(describe::count(warnings, "warning"));
    }
    let mut counts = counts.join(", ");
    let place = format!("{:<10}", format!("{line}:{column}"));
    let state = match (mode.buffer.is_marking(), mode.is_checked(), mode.buffer.can_undo()) {
        (true, ..) => "mark set",
        (_, false, _) => "checking",
        (.., true) => "changed",
        _ => "",
    };
    let room = width.saturating_sub(columns(&place) + columns(state) + 1);
    if errors > 0 && mode.is_checked() && !app.settings.rules.is_empty() && mode.rules_wait() {
        let wait = "; the rules wait until that is mended";
        if columns(&counts) + columns(wait) <= room {
            counts.push_str(wait);
        }
    }
    let style = if errors > 0 { theme.bad() } else { theme.doubt() };
    canvas.pieces(1, y, columns(&place) + room, &[(&place, theme.faint()), (&counts, style)]);
    canvas.right(1, y, width, state, theme.faint());
    let problem = match &app.overlay {
        None | Some(Overlay::Prompt(_)) if app.message.is_none() => mode.problem_here(),
        // In the list, all of the one that is selected there.
        Some(Overlay::Problems(list)) => {
            mode.problems.get(list.selected).map(|problem| (list.selected + 1, problem))
        }
        _ => return,
    };
    let (text, style) = match (&app.text.trouble, problem) {
        (Some(failure), _) => (format!("NOT SAVED: {failure}"), theme.bad()),
        (None, Some((number, problem))) => {
            let (line, column) = mode.buffer.content().position(problem.span.start);
            let fix = problem.fix.as_ref().map(|fix| format!(" Alt-F: {}.", fix.message)).unwrap_or_default();
            let style = if problem.severity == Severity::Error { theme.bad() } else { theme.doubt() };
            let total = mode.problems.len();
            (format!("{line}:{column} ({number} of {total}) {}{fix}", problem.message), style)
        }
        (None, None) => return,
    };
    let mut lines = wrap(&clean(&text), width);
    lines.truncate(PROBLEM_LINES);
    let bottom = layout.height.saturating_sub(2);
    // At most PROBLEM_LINES.
    let top = (bottom + 1).saturating_sub(lines.len() as u16);
    for (line, y) in lines.iter().zip(top..) {
        canvas.text(0, y, layout.width, &" ".repeat(usize::from(layout.width)), theme.plain());
        canvas.text(1, y, width, line, style);
    }
}

/// What is typed in the place of the hints.
pub fn prompt(prompt: &Prompt, canvas: &mut Canvas<'_>, layout: &Layout) {
    let y = layout.height - 1;
    canvas.text(0, y, layout.width, &" ".repeat(usize::from(layout.width)), canvas.theme.plain());
    canvas.field(1, y, layout.width.saturating_sub(24), &prompt.label(), &prompt.field);
    canvas.right(layout.width - 22, y, 21, "Enter takes, Esc ends", canvas.theme.faint());
}

/// The question for each place, above the hints.
pub fn replacing(replacing: &Replacing, canvas: &mut Canvas<'_>, layout: &Layout) {
    let y = layout.height.saturating_sub(2);
    let text = format!("Replace this with \"{}\"? {} left.", replacing.with, replacing.left);
    canvas.text(0, y, layout.width, &" ".repeat(usize::from(layout.width)), canvas.theme.plain());
    canvas.text(1, y, layout.width.saturating_sub(2), &text, canvas.theme.strong());
}

/// All mistakes, over the lower part of the text.
pub fn list(mode: &TextMode, list: &List, canvas: &mut Canvas<'_>, layout: &Layout) {
    let theme = canvas.theme;
    let body = layout.body();
    let rows = u16::try_from(mode.problems.len()).unwrap_or(u16::MAX).clamp(1, body.height / 2);
    let height = rows + 2;
    // Above the lines that tell of the selected one.
    let y = (body.top + body.height).saturating_sub(height + 2);
    let area = Rect { x: 0, y, width: layout.width, height };
    let inside = canvas.window(area, "Errors and warnings");
    let offset = crate::app::layout::scroll(0, list.selected, usize::from(rows), mode.problems.len());
    let shown = mode.problems.iter().enumerate().skip(offset).zip(inside.y..inside.bottom());
    let text = mode.buffer.content();
    for ((index, problem), y) in shown {
        if index == list.selected {
            canvas.text(inside.x, y, 1, theme.marker_sign(), theme.marker(true));
        }
        let (line, column) = text.position(problem.span.start);
        let (sign, style) = match problem.severity {
            Severity::Error => ("! ", theme.bad()),
            Severity::Warning => ("? ", theme.doubt()),
        };
        let place = format!("{:<8} ", format!("{line}:{column}"));
        let pieces = [(sign, style), (&place, theme.strong()), (&problem.message, theme.plain())];
        canvas.pieces(inside.x + 1, y, inside.width.saturating_sub(1), &pieces);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_moves_by_half_the_width() {
        for (cursor, left) in [(0, 0), (9, 0), (10, 5), (14, 5), (15, 10), (1000, 995)] {
            let shown = left_edge(cursor, 10);
            assert_eq!(shown, left, "{cursor}");
            assert!(cursor >= shown && cursor - shown < 10);
        }
        assert_eq!(left_edge(5, 0), 5);
    }
}
