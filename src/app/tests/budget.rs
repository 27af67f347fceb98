//! How many bytes a move of the selection costs on the line.

use std::cell::RefCell;
use std::io::{Result, Write};
use std::rc::Rc;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{TerminalOptions, Viewport};

use super::*;

#[derive(Clone, Default)]
struct Line(Rc<RefCell<Vec<u8>>>);

impl Write for Line {
    fn write(&mut self, octets: &[u8]) -> Result<usize> {
        self.0.borrow_mut().write(octets)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The bytes of each frame after one press of the key each.
fn bytes(test: &mut Test, key: &str, times: usize) -> Vec<usize> {
    test.send(Msg::Resize(80, 24));
    let line = Line::default();
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 80, 24)) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(line.clone()), options).unwrap();
    let mut frame = |test: &mut Test| {
        line.0.borrow_mut().clear();
        terminal.draw(|frame| crate::ui::draw(&test.app, frame)).unwrap();
        line.0.borrow().len()
    };
    frame(test);
    let mut sizes: Vec<usize> = (0..times)
        .map(|_| {
            test.keys(key);
            frame(test)
        })
        .collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn one_row_down_costs_64_bytes_or_fewer() {
    let sizes = bytes(&mut Test::new(), "Down", 12);
    assert!(sizes[sizes.len() / 2] <= 64, "{sizes:?}");
}

#[test]
fn one_row_down_among_rows_with_findings_costs_no_more() {
    let mut test = super::findings::checked(&ZONE.replace("A     192.0.2", "A     127.0.0"));
    assert!(test.screen(80, 24).contains(" warnings"));
    let sizes = bytes(&mut test, "Down", 12);
    assert!(sizes[sizes.len() / 2] <= 64, "{sizes:?}");
}

#[test]
fn a_frame_without_news_costs_next_to_nothing() {
    // What ratatui's own backend sends with every frame: cursor off, attributes reset.
    let sizes = bytes(&mut Test::new(), "Up", 3);
    assert!(sizes[2] <= 64, "{sizes:?}");
    let mut test = Test::new();
    let before = test.screen(80, 24);
    test.send(Msg::Woke);
    assert_eq!(test.screen(80, 24), before);
}

/// A mark, the next row and the count.
#[test]
fn marking_a_row_costs_128_bytes_or_fewer() {
    let mut test = Test::new();
    test.keys("Space");
    let sizes = bytes(&mut test, "Space", 10);
    assert!(sizes[sizes.len() / 2] <= 128, "{sizes:?}");
}
