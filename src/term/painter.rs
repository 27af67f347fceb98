//! Screen contents to few bytes: a ratatui backend that keeps a copy of what the terminal shows.
//!
//! ratatui hands over a frame; [`Painter::present`] sends what differs from the screen: it moves
//! bands of rows by scroll regions, clears to the end of a line, keeps colours and cursor across frames, and
//! writes nothing for a frame that changes nothing. It never asks the terminal a question. Which colours and
//! glyphs are drawn is `ui`'s business; entering and leaving the screen is [`super::screen`]'s.

use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

/// A band is only moved by scrolling when that spares at least this many octets.
const WORTH_A_SCROLL: usize = 40;

/// The cells of a screen, row by row.
#[derive(Debug, Clone)]
struct Grid {
    width: usize,
    cells: Vec<Cell>,
}

impl Grid {
    fn blank(size: Size) -> Grid {
        let width = usize::from(size.width);
        Grid { width, cells: vec![Cell::default(); width * usize::from(size.height)] }
    }

    fn height(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    fn row(&self, y: usize) -> &[Cell] {
        self.cells.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    fn cell_mut(&mut self, x: usize, y: usize) -> Option<&mut Cell> {
        if x < self.width { self.cells.get_mut(y * self.width + x) } else { None }
    }

    /// Moves the rows `top..=bottom` up by `lines` (down where negative), blank rows coming in.
    fn scroll(&mut self, top: usize, bottom: usize, lines: isize) {
        let old = self.clone();
        for y in top..=bottom {
            let source = y.checked_add_signed(lines).filter(|source| (top..=bottom).contains(source));
            for x in 0..self.width {
                let cell = source.and_then(|source| old.row(source).get(x)).cloned().unwrap_or_default();
                if let Some(slot) = self.cell_mut(x, y) {
                    *slot = cell;
                }
            }
        }
    }
}

/// Colours and attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    foreground: Color,
    background: Color,
    modifier: Modifier,
}

const PLAIN: Look = Look { foreground: Color::Reset, background: Color::Reset, modifier: Modifier::empty() };

impl Look {
    fn of(cell: &Cell) -> Look {
        Look { foreground: cell.fg, background: cell.bg, modifier: cell.modifier }
    }
}

/// The backend: what is shown, and what is to be shown next.
#[derive(Debug)]
pub struct Painter {
    size: Size,
    /// `None` when it is not known what the screen shows: at the start, after a resize, after a suspend.
    shown: Option<Grid>,
    next: Grid,
    out: Vec<u8>,
    look: Look,
    /// Where the terminal's cursor is, if that is known.
    position: Option<(usize, usize)>,
    /// `None` when it is not known.
    cursor_shown: Option<bool>,
    cursor_wanted: Option<Position>,
    /// Frames between mode 2026 marks, so that terminals that know it never show half a frame.
    synchronized: bool,
}

impl Painter {
    /// A painter for a screen of this size. `synchronized` wraps each frame in mode 2026.
    pub fn new(size: Size, synchronized: bool) -> Painter {
        Painter {
            size,
            shown: None,
            next: Grid::blank(size),
            out: Vec::new(),
            look: PLAIN,
            position: None,
            cursor_shown: None,
            cursor_wanted: None,
            synchronized,
        }
    }

    /// The screen has this size from now on; everything is painted again.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.next = Grid::blank(size);
        self.invalidate();
    }

    /// Somebody else wrote to the screen: paint everything again.
    pub fn invalidate(&mut self) {
        self.shown = None;
        self.cursor_shown = None;
    }

    /// The octets that make the terminal show this frame; empty when it shows it already.
    pub fn present(&mut self, frame: &Buffer) -> Vec<u8> {
        self.take(frame);
        let mut shown = match self.shown.take() {
            Some(shown) => shown,
            None => {
                self.out.extend_from_slice(b"\x1b[0m\x1b[2J");
                self.look = PLAIN;
                self.position = None;
                Grid::blank(self.size)
            }
        };
        if let Some((top, bottom, lines)) = best_scroll(&shown, &self.next) {
            self.scroll(top, bottom, lines);
            shown.scroll(top, bottom, lines);
        }
        for y in 0..self.next.height() {
            self.paint_row(&shown, y);
        }
        self.place_cursor();
        shown.cells.clone_from_slice(&self.next.cells);
        self.shown = Some(shown);
        let body = std::mem::take(&mut self.out);
        if body.is_empty() || !self.synchronized {
            return body;
        }
        [b"\x1b[?2026h", body.as_slice(), b"\x1b[?2026l"].concat()
    }

    fn take(&mut self, frame: &Buffer) {
        let mut covered = 0;
        for (index, (slot, cell)) in self.next.cells.iter_mut().zip(&frame.content).enumerate() {
            slot.clone_from(cell);
            if index.is_multiple_of(self.next.width) {
                covered = 0;
            }
            if covered > 0 {
                // What a wide character covers is no blank: a narrow one in its place must be painted whole.
                slot.set_symbol("");
                covered -= 1;
            } else {
                covered = cell.symbol().width().saturating_sub(1);
            }
        }
    }

    fn paint_row(&mut self, shown: &Grid, y: usize) {
        let row = self.next.row(y).to_vec();
        let old = shown.row(y);
        if row == old {
            return;
        }
        // From here on the row is blank and plain, so one erase is enough.
        let blank_from = row.iter().rposition(|cell| *cell != Cell::default()).map_or(0, |last| last + 1);
        let mut x = 0;
        while let Some(cell) = row.get(x) {
            let rest_differs = |from: usize| (from..row.len()).filter(|x| row.get(*x) != old.get(*x)).count();
            if x >= blank_from && rest_differs(x) > 3 {
                self.hide_cursor_while_painting();
                self.move_to(x, y);
                self.set_look(PLAIN);
                self.out.extend_from_slice(b"\x1b[K");
                return;
            }
            let width = cell.symbol().width().max(1);
            if row.get(x..x + width) != old.get(x..x + width) && !cell.symbol().is_empty() {
                self.hide_cursor_while_painting();
                self.move_to(x, y);
                self.set_look(Look::of(cell));
                self.out.extend_from_slice(cell.symbol().as_bytes());
                // In the last column terminals differ on where the cursor is.
                self.position = (x + width < row.len()).then_some((x + width, y));
            }
            x += width;
        }
    }

    fn scroll(&mut self, top: usize, bottom: usize, lines: isize) {
        self.hide_cursor_while_painting();
        self.set_look(PLAIN);
        let (count, direction) = (lines.unsigned_abs(), if lines > 0 { 'S' } else { 'T' });
        let _ = write!(self.out, "\x1b[{};{}r\x1b[", top + 1, bottom + 1);
        if count > 1 {
            let _ = write!(self.out, "{count}");
        }
        let _ = write!(self.out, "{direction}\x1b[r");
        self.position = None;
    }

    fn hide_cursor_while_painting(&mut self) {
        if self.cursor_shown != Some(false) && self.cursor_wanted.is_none() {
            self.out.extend_from_slice(b"\x1b[?25l");
            self.cursor_shown = Some(false);
        }
    }

    fn place_cursor(&mut self) {
        match self.cursor_wanted {
            Some(Position { x, y }) => {
                self.move_to(usize::from(x), usize::from(y));
                if self.cursor_shown != Some(true) {
                    self.out.extend_from_slice(b"\x1b[?25h");
                    self.cursor_shown = Some(true);
                }
            }
            None => self.hide_cursor_while_painting(),
        }
    }

    fn move_to(&mut self, x: usize, y: usize) {
        match self.position {
            Some(here) if here == (x, y) => return,
            Some((0, row)) if row == y && x == 0 => return,
            Some((_, row)) if row == y && x == 0 => self.out.push(b'\r'),
            Some((_, row)) if row + 1 == y && x == 0 => self.out.extend_from_slice(b"\r\n"),
            Some((column, row)) if row == y && column + 1 == x => self.out.extend_from_slice(b"\x1b[C"),
            Some((column, row)) if row == y && column < x => {
                let _ = write!(self.out, "\x1b[{}C", x - column);
            }
            _ if x == 0 => {
                let _ = write!(self.out, "\x1b[{}H", y + 1);
            }
            _ => {
                let _ = write!(self.out, "\x1b[{};{}H", y + 1, x + 1);
            }
        }
        self.position = Some((x, y));
    }

    fn set_look(&mut self, look: Look) {
        if look == self.look {
            return;
        }
        let mut codes: Vec<String> = Vec::new();
        if look == PLAIN {
            codes.push(String::new());
        } else {
            let mut from = self.look;
            if !look.modifier.contains(from.modifier) {
                codes.push("0".into());
                from = PLAIN;
            }
            let added = look.modifier.difference(from.modifier);
            for (modifier, code) in [
                (Modifier::BOLD, "1"),
                (Modifier::DIM, "2"),
                (Modifier::ITALIC, "3"),
                (Modifier::UNDERLINED, "4"),
                (Modifier::REVERSED, "7"),
                (Modifier::CROSSED_OUT, "9"),
            ] {
                if added.contains(modifier) {
                    codes.push(code.into());
                }
            }
            if look.foreground != from.foreground {
                codes.push(colour(look.foreground, 30));
            }
            if look.background != from.background {
                codes.push(colour(look.background, 40));
            }
        }
        let _ = write!(self.out, "\x1b[{}m", codes.join(";"));
        self.look = look;
    }
}

/// The SGR code of a colour: named ones as the 16 that every terminal and palette has.
fn colour(colour: Color, base: u8) -> String {
    let named = |number: u8| {
        let number = if number < 8 { base + number } else { base + 60 + number - 8 };
        number.to_string()
    };
    match colour {
        Color::Reset => (base + 9).to_string(),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
        Color::Indexed(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}

/// The band of rows, and by how many lines it moves up, whose scrolling spares the most octets.
fn best_scroll(shown: &Grid, next: &Grid) -> Option<(usize, usize, isize)> {
    let height = next.height();
    let changed: Vec<usize> = (0..height).filter(|y| shown.row(*y) != next.row(*y)).collect();
    let (first, last) = (*changed.first()?, *changed.last()?);
    if last - first < 2 {
        return None;
    }
    let before: Vec<usize> = (0..height).map(|y| cost(shown.row(y), next.row(y))).collect();
    let mut best = None;
    let mut most_spared = WORTH_A_SCROLL;
    let span = (last - first) as isize;
    // Comparing rows cell by cell for every distance would be cubic; distances that bring no two equal rows
    // together are not worth it, and hashes tell.
    let hashes = |grid: &Grid| -> Vec<u64> { (0..height).map(|y| hash_of(grid.row(y))).collect() };
    let (old_hashes, new_hashes) = (hashes(shown), hashes(next));
    let meets = |lines: isize| {
        changed
            .iter()
            .filter(|y| {
                let source = y.checked_add_signed(lines).and_then(|source| old_hashes.get(source));
                source.is_some() && source == new_hashes.get(**y)
            })
            .nth(1)
            .is_some()
    };
    for lines in (-span..=span).filter(|lines| *lines != 0 && meets(*lines)) {
        // The best run of rows for this distance: what each row spares, summed up while it pays.
        let (mut start, mut spared) = (first, 0isize);
        for y in first..=last {
            let source = y.checked_add_signed(lines).filter(|source| (first..=last).contains(source));
            let gain = source.map_or(0, |source| {
                let was = before.get(y).copied().unwrap_or(0) as isize;
                was - cost(shown.row(source), next.row(y)) as isize
            });
            if spared <= 0 {
                (start, spared) = (y, 0);
            }
            spared += gain;
            if spared > most_spared as isize {
                // The band holds the rows that come to lie here and those that they come from.
                let from = start.min(start.saturating_add_signed(lines));
                let to = y.max(y.saturating_add_signed(lines)).min(last);
                let total = total_spared(shown, next, &before, from, to, lines);
                if total > most_spared {
                    most_spared = total;
                    best = Some((from, to, lines));
                }
            }
        }
    }
    best
}

fn hash_of(row: &[Cell]) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.hash(&mut hasher);
    hasher.finish()
}

/// About how many octets it takes to paint `next` over `shown`: the cells, and a cursor movement for each run.
fn cost(shown: &[Cell], next: &[Cell]) -> usize {
    let mut octets = 0;
    let mut in_run = false;
    for (a, b) in shown.iter().zip(next) {
        let differs = a != b;
        octets += usize::from(differs) + if differs && !in_run { 6 } else { 0 };
        in_run = differs;
    }
    octets
}

/// How many octets are spared when the band is scrolled.
fn total_spared(
    shown: &Grid,
    next: &Grid,
    before: &[usize],
    top: usize,
    bottom: usize,
    lines: isize,
) -> usize {
    let blank = vec![Cell::default(); next.width];
    let (mut was, mut is) = (0, 0);
    for y in top..=bottom {
        let source = y.checked_add_signed(lines).filter(|source| (top..=bottom).contains(source));
        let row = source.map_or(blank.as_slice(), |source| shown.row(source));
        was += before.get(y).copied().unwrap_or(0);
        is += cost(row, next.row(y));
    }
    usize::saturating_sub(was, is)
}

impl Backend for Painter {
    type Error = Infallible;

    /// Nothing: [`Painter::present`] takes the whole frame, which spares all guessing about what wide characters
    /// cover.
    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let _ = content;
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor_wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor_wanted.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.cursor_wanted = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.next = Grid::blank(self.size);
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
