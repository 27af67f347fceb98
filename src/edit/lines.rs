//! Commands on whole lines: cut, duplicate, join, and a prefix that makes them comments.

use std::ops::Range;

use super::buffer::Buffer;
use super::history::Kind;

impl Buffer {
    /// The lines that the selection touches, else that of the cursor; from 0, the end exclusive. A line that is only
    /// touched by the end of a selection is not meant.
    pub fn lines(&self) -> Range<usize> {
        let text = self.content();
        match self.selection() {
            None => self.cursor_line()..self.cursor_line() + 1,
            Some(selected) => {
                let (first, last) = (text.line_of(selected.start), text.line_of(selected.end));
                let whole = last > first && text.line_start(last) == selected.end;
                first..last + usize::from(!whole)
            }
        }
    }

    /// Deletes the selection, else the line of the cursor with its line end. Returns what was deleted.
    pub fn cut(&mut self) -> String {
        let text = self.content();
        let line = self.cursor_line();
        let whole_line = text.line_start(line)..text.line_start(line + 1);
        let range = self.selection().unwrap_or(whole_line);
        let cut = text.slice(range.clone());
        self.replace(range, "", Kind::Single);
        cut
    }

    /// What [`Buffer::cut`] would delete.
    pub fn copied(&self) -> String {
        let (text, line) = (self.content(), self.cursor_line());
        let whole_line = text.line_start(line)..text.line_start(line + 1);
        text.slice(self.selection().unwrap_or(whole_line))
    }

    /// Puts a copy of the lines below them; the cursor goes into it, in the same column.
    pub fn duplicate(&mut self) {
        let lines = self.lines();
        let text = self.content();
        let (start, end) = (text.line_start(lines.start), text.line_start(lines.end));
        let mut copy = text.slice(start..end);
        let in_copy = self.cursor() - start;
        let mut offset = end;
        if text.line_end(lines.end.saturating_sub(1)) == end {
            // The last line has no line end.
            copy.insert_str(0, text.line_break());
            offset += text.line_break().len();
        }
        self.replace(end..end, &copy, Kind::Single);
        self.put(offset + in_copy);
    }

    /// Joins the line with the next one, a blank between them; the cursor stands there. False at the last line.
    pub fn join_lines(&mut self) -> bool {
        let (text, line) = (self.content(), self.cursor_line());
        if line + 1 >= text.line_count() {
            return false;
        }
        let end = text.line_end(line);
        let next = text.line(line + 1);
        let blanks = next.len() - next.trim_start_matches([' ', '\t']).len();
        let rest = text.line_start(line + 1) + blanks;
        let between = if next.len() == blanks || end == text.line_start(line) { "" } else { " " };
        self.replace(end..rest, between, Kind::Single);
        self.put(end);
        true
    }

    /// Puts other lines in the place of some, as one edit; the cursor stays in its line. `change` sees the line,
    /// without its line end, and returns what shall stand there.
    pub fn change_lines(
        &mut self,
        lines: Range<usize>,
        mut change: impl FnMut(usize, &str) -> Option<String>,
    ) {
        let (line, column) = self.content().position(self.cursor());
        self.together(|buffer| {
            for line in lines.rev() {
                let old = buffer.content().line(line);
                if let Some(new) = change(line, &old).filter(|new| *new != old) {
                    let start = buffer.content().line_start(line);
                    buffer.replace(start..start + old.len(), &new, Kind::Single);
                }
            }
        });
        let start = self.content().line_start(line - 1);
        let text = self.content().line(line - 1);
        let at = text.char_indices().nth(column - 1).map_or(text.len(), |(at, _)| at);
        self.put(start + at);
    }
}
