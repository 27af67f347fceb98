//! The record form drawn: a line per field, and below them what they make and what they are for.
//!
//! Where rows are short the fields scroll and the explanations go first; what is wrong with the current field stays.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::symbols::border;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::canvas::ASCII_FRAME;
use super::clean::clean;
use super::theme::Theme;
use crate::app::Settings;
use crate::app::form::{Form, Input, Note};
use crate::key::{Code, Key};
use crate::zone::types::Standing;

/// Draws the form into `area` and puts the terminal's cursor into the current field.
pub fn draw(form: &Form, settings: &Settings, area: Rect, frame: &mut Frame<'_>) {
    let area = area.intersection(frame.area());
    if area.width < 8 || area.height == 0 {
        return;
    }
    let mut inner = area;
    if area.height >= 8 {
        let verb = if form.is_edit() { "Edit" } else { "Add" };
        let borders = if settings.unicode { border::PLAIN } else { ASCII_FRAME };
        let block = Block::bordered().border_set(borders).title(format!(" {verb} {} ", form.rtype()));
        inner = block.inner(area);
        frame.render_widget(block, area);
    }
    let theme = Theme { colours: settings.colours, unicode: settings.unicode };
    let pen = Pen { theme, width: inner.width };
    let owner = form.fixed_owner().map(|owner| pen.plain_row("Name", &owner.to_string(), form));
    let rows = form.inputs().len() + usize::from(owner.is_some());
    let height = usize::from(inner.height);
    // Two lines for what is wrong, where there is more than one field line to spare.
    let below = below(form, &pen, height.saturating_sub(rows).max(2.min(height.saturating_sub(1))));
    let room = height.saturating_sub(below.len());
    let current = form.current() + usize::from(owner.is_some());
    let first = (current + 1).saturating_sub(room);
    let mut cursor = None;
    let inputs = form.inputs().iter().enumerate().map(|(index, input)| {
        let (line, column) = pen.row(input, index == form.current(), form);
        if index == form.current() {
            cursor = Some(column);
        }
        line
    });
    let mut lines: Vec<Line<'_>> = owner.into_iter().chain(inputs).skip(first).take(room).collect();
    lines.extend(below);
    frame.render_widget(Paragraph::new(lines), inner);
    if let Some(column) = cursor {
        // Fewer rows than the area is high, so a u16.
        let row = inner.y.saturating_add((current - first) as u16);
        frame.set_cursor_position(Position::new(inner.x.saturating_add(column), row));
    }
}

/// How things are written in this terminal.
struct Pen {
    theme: Theme,
    width: u16,
}

impl Pen {
    /// Columns for text between margins.
    fn text_width(&self) -> usize {
        usize::from(self.width).saturating_sub(2)
    }

    /// The text as far as it fits, with a mark where it does not.
    fn cut(&self, text: &str, width: usize) -> String {
        let text = clean(text);
        if text.width() <= width {
            return text.into_owned();
        }
        let mark = if self.theme.unicode { "…" } else { ".." };
        let room = width.saturating_sub(mark.width());
        let mut kept = head(&text, room).to_owned();
        kept.push_str(head(mark, width));
        kept
    }

    /// The text in lines of the form's width, at blanks where possible; the last of `most` lines is cut.
    fn wrap(&self, text: &str, most: usize, style: Style) -> Vec<Line<'static>> {
        let text = clean(text);
        let width = self.text_width().max(1);
        let mut lines = Vec::new();
        let mut rest = text.as_ref();
        while !rest.is_empty() && lines.len() < most {
            if rest.width() <= width || lines.len() + 1 == most {
                lines.push(self.cut(rest, width));
                break;
            }
            let fits = head(rest, width);
            let at = fits.rfind(' ').filter(|at| *at > 0).unwrap_or(fits.len().max(1));
            let (line, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
            lines.push(line.to_owned());
            rest = after.trim_start();
        }
        lines.into_iter().map(|line| Line::styled(format!(" {line}"), style)).collect()
    }

    /// Columns of labels, of what stands between brackets, and of what is said beside it (0: nothing).
    fn columns(&self, form: &Form, wide: bool) -> (usize, usize, usize) {
        let width = usize::from(self.width);
        let labels = form.inputs().iter().map(|input| input.label.width() + usize::from(input.is_piece()));
        let longest = labels.max().unwrap_or(0).max(4);
        let label = longest.min(width / 3);
        // A mark, a blank, the label, a blank, two brackets.
        let rest = width.saturating_sub(label + 5);
        if wide || rest < 40 {
            return (label, rest.max(1), 0);
        }
        let input = (rest / 2).clamp(1, 48);
        (label, input, rest.saturating_sub(input + 2))
    }

    fn label(&self, text: &str, width: usize) -> String {
        let text = self.cut(text, width);
        let gap = width.saturating_sub(text.width()) + 1;
        format!("{text}{}", " ".repeat(gap))
    }

    /// A line for what cannot be edited.
    fn plain_row(&self, label: &str, text: &str, form: &Form) -> Line<'static> {
        let (labels, input, note) = self.columns(form, true);
        Line::from(format!("  {} {}", self.label(label, labels), self.cut(text, input + note)))
    }

    /// The line of a field, and the column in it where the cursor stands.
    fn row(&self, input: &Input, current: bool, form: &Form) -> (Line<'static>, u16) {
        let (labels, width, beside) = self.columns(form, input.is_wide());
        let problem = input.shown_problem();
        let style = if current { Style::new().add_modifier(Modifier::BOLD) } else { Style::new() };
        let mut field = input.field.clone();
        if !current {
            field.on_key(Key::plain(Code::Home));
        }
        // Not wider than the screen.
        let view = field.view(width as u16, clean);
        let gap = " ".repeat(width.saturating_sub(view.text.width()));
        let indent = if input.is_piece() { " " } else { "" };
        let (left, right) = if self.theme.unicode { ("‹", "›") } else { ("<", ">") };
        let mut spans = vec![
            Span::styled(if problem.is_some() { "! " } else { "  " }, self.theme.bad()),
            // Pieces stand a little to the right of what they are from.
            Span::styled(self.label(&format!("{indent}{}", input.label), labels), style),
            Span::styled(if view.more_left { left } else { "[" }, style),
            Span::raw(view.text + &gap),
            Span::styled(if view.more_right { right } else { "]" }, style),
        ];
        let note = match (problem, &input.note) {
            (Some(problem), _) => Some((format!("! {problem}"), self.theme.bad())),
            (None, Some(Note::Doubt(doubt))) => Some((format!("? {doubt}"), self.theme.doubt())),
            (None, Some(Note::Means(meaning))) => Some((
                format!("{} {meaning}", if self.theme.unicode { "→" } else { "=" }),
                self.theme.faint(),
            )),
            (None, None) => None,
        };
        if let Some((text, style)) = note.filter(|_| beside > 0) {
            spans.push(Span::styled(format!(" {}", self.cut(&text, beside)), style));
        }
        // Mark, blank, label, blank, bracket.
        (Line::from(spans), (labels as u16).saturating_add(4).saturating_add(view.cursor))
    }
}

/// With so many lines below the fields all parts have more than they need.
const ROOMY: usize = 10;

/// What stands below the fields, in at most `room` lines: the least needed goes first.
fn below(form: &Form, pen: &Pen, room: usize) -> Vec<Line<'static>> {
    let input = form.inputs().get(form.current());
    // Where there is room, what is wrong or odd is said to its end.
    let most = if room >= ROOMY { 4 } else { 2 };
    let mut parts: Vec<(u8, Vec<Line<'static>>)> = vec![(9, vec![Line::default()])];
    match form.zone_file_line() {
        Some(line) => parts.push((4, vec![Line::from(format!(" {}", pen.cut(&line, pen.text_width())))])),
        None => parts.push((
            8,
            pen.wrap("The zone-file line shows here when every field is right.", 1, pen.theme.faint()),
        )),
    }
    if let Some(note) = form.set_note() {
        parts.push((3, pen.wrap(note, most, pen.theme.faint())));
    }
    if let Some(summary) = form.summary() {
        parts.push((3, pen.wrap(summary, 2, Style::new())));
    }
    parts.push((9, vec![Line::default()]));
    if let Some(info) = form.info() {
        let standing = match info.standing {
            Standing::Managed => " In a signed zone the server makes these itself.",
            Standing::Obsolete => " Obsolete.",
            Standing::Everyday | Standing::Special => "",
        };
        let purpose = info.purpose.trim_end_matches('.');
        let text = format!("{}: {purpose}. {}.{standing}", info.mnemonic, info.rfc);
        parts.push((7, pen.wrap(&text, 2, pen.theme.faint())));
    }
    if let Some(assist) = form.assist() {
        parts.push((5, pen.wrap(&assist.in_words(), 1, pen.theme.faint())));
    }
    if let Some(input) = input {
        let hint = input.hint.trim_end_matches('.');
        let text = match (input.choices.names(), input.example) {
            (names, _) if !names.is_empty() => format!("{}: {hint}. Space: {names}", input.label),
            (_, "") => format!("{}: {hint}.", input.label),
            (_, example) => format!("{}: {hint}. Example: {example}", input.label),
        };
        parts.push((2, pen.wrap(&text, 2, Style::new())));
    }
    // Beside a piece there is seldom room for all of it.
    if let Some((Note::Means(words), true)) =
        input.and_then(|input| Some((input.note.as_ref()?, input.is_piece())))
    {
        let arrow = if pen.theme.unicode { "→" } else { "=" };
        parts.push((2, pen.wrap(&format!("{arrow} {words}"), 2, Style::new())));
    }
    let problem = input.and_then(Input::shown_problem);
    if let Some(message) = form.message() {
        parts.push((0, pen.wrap(message, most, pen.theme.doubt())));
    }
    if let Some(problem) = problem {
        parts.push((0, pen.wrap(&format!("! {problem}"), most, pen.theme.bad())));
    } else if let Some(Note::Doubt(doubt)) = input.and_then(|input| input.note.as_ref()) {
        parts.push((1, pen.wrap(&format!("? {doubt}"), most, pen.theme.doubt())));
    }
    while parts.iter().map(|(_, lines)| lines.len()).sum::<usize>() > room {
        let Some(worst) = parts.iter().map(|(rank, _)| *rank).max() else { break };
        let Some(at) = parts.iter().rposition(|(rank, _)| *rank == worst) else { break };
        // The message of highest rank loses its last line only.
        match parts.get_mut(at) {
            Some((_, lines)) if lines.len() > 1 && room > 0 => drop(lines.pop()),
            _ => drop(parts.remove(at)),
        }
    }
    parts.into_iter().flat_map(|(_, lines)| lines).collect()
}

/// As many whole characters from the start as fit the width.
fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > width {
            break;
        }
        end = at + grapheme.len();
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests;
