use super::*;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

fn draw(terminal: &mut Terminal<Painter>, lines: &[String], cursor: Option<Position>) -> Vec<u8> {
    draw_styled(terminal, lines, cursor, true)
}

fn draw_styled(
    terminal: &mut Terminal<Painter>,
    lines: &[String],
    cursor: Option<Position>,
    styled: bool,
) -> Vec<u8> {
    let buffer = terminal
        .draw(|frame| {
            let area = frame.area();
            for (y, line) in lines.iter().enumerate().take(usize::from(area.height)) {
                let style = match y % 5 {
                    _ if !styled => Style::new(),
                    1 => Style::new().fg(Color::Red),
                    2 => Style::new().bold().fg(Color::LightCyan).bg(Color::Blue),
                    3 => Style::new().reversed(),
                    _ => Style::new(),
                };
                let row = Rect::new(0, y as u16, area.width, 1);
                frame.render_widget(Line::styled(line.clone(), style), row);
            }
            if let Some(cursor) = cursor {
                frame.set_cursor_position(cursor);
            }
        })
        .unwrap()
        .buffer
        .clone();
    terminal.backend_mut().present(&buffer)
}

/// What a terminal shows: text, and whether bold and reversed.
fn screen_of(parser: &vt100::Parser) -> Vec<String> {
    let screen = parser.screen();
    let (rows, columns) = screen.size();
    let (rows, columns) = (u16::from(rows), u16::from(columns));
    let text = |y, x| {
        let cell = screen.cell(y, x).unwrap();
        let look = (cell.fgcolor(), cell.bgcolor(), cell.bold(), cell.inverse());
        let contents = if cell.contents().is_empty() { " " } else { cell.contents() };
        format!("{contents}{look:?}")
    };
    (0..rows).map(|y| (0..columns).map(|x| text(y, x)).collect()).collect()
}

fn size() -> Size {
    Size::new(30, 12)
}

fn terminal() -> Terminal<Painter> {
    Terminal::new(Painter::new(size(), false)).unwrap()
}

fn parser() -> vt100::Parser {
    vt100::Parser::new(size().height.try_into().unwrap(), size().width.try_into().unwrap(), 0)
}

#[derive(Debug, Clone)]
enum Change {
    Line(usize, String),
    Rotate(usize, usize, usize),
    Nothing,
    Invalidate,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0..12usize, "[ a-cé日]{0,34}").prop_map(|(y, text)| Change::Line(y, text)),
        (0..12usize, 0..12usize, 0..12usize).prop_map(|(a, b, by)| Change::Rotate(a.min(b), a.max(b), by)),
        Just(Change::Nothing),
        Just(Change::Invalidate),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// After any frames the terminal shows what one that is painted from scratch shows.
    #[test]
    fn frames_by_difference_equal_frames_from_scratch(
        start in prop::collection::vec("[ a-z日]{0,34}", 12),
        changes in prop::collection::vec((change(), prop::option::of((0..30u16, 0..12u16))), 1..12),
    ) {
        let (mut lines, mut by_difference, mut shown) = (start, terminal(), parser());
        shown.process(&draw(&mut by_difference, &lines, None));
        for (change, cursor) in changes {
            match change {
                Change::Line(y, text) => lines[y] = text,
                Change::Rotate(top, bottom, by) => {
                    let band = &mut lines[top..=bottom];
                    band.rotate_left(by % band.len());
                }
                Change::Nothing => {}
                Change::Invalidate => by_difference.backend_mut().invalidate(),
            }
            let cursor = cursor.map(|(x, y)| Position { x, y });
            shown.process(&draw(&mut by_difference, &lines, cursor));
            let mut fresh = parser();
            fresh.process(&draw(&mut terminal(), &lines, cursor));
            let (shown_now, wanted) = (screen_of(&shown), screen_of(&fresh));
            for (y, (a, b)) in shown_now.iter().zip(&wanted).enumerate() {
                prop_assert!(a == b, "row {y} of {:?}\n{a}\n{b}", lines[y]);
            }
            prop_assert_eq!(shown.screen().hide_cursor(), cursor.is_none());
            if let Some(Position { x, y }) = cursor {
                prop_assert_eq!(shown.screen().cursor_position(), (y, x));
            }
        }
    }
}

#[test]
fn unchanged_frame_is_no_octets() {
    let mut terminal = Terminal::new(Painter::new(size(), true)).unwrap();
    let lines: Vec<String> = (0..12).map(|y| format!("line {y}")).collect();
    assert!(!draw(&mut terminal, &lines, None).is_empty());
    assert_eq!(draw(&mut terminal, &lines, None), b"");
}

#[test]
fn scrolling_a_table_is_cheap() {
    let mut terminal = Terminal::new(Painter::new(Size::new(80, 24), true)).unwrap();
    let table = |offset: usize| -> Vec<String> {
        (0..24)
            .map(|y| match y {
                0..4 | 20.. => format!("fixed {y}"),
                _ => format!("| host{:<20} 1h A 192.0.2.{:<30} |", offset + y, (offset + y) * 7 % 256),
            })
            .collect()
    };
    draw_styled(&mut terminal, &table(0), None, false);
    for offset in 1..20 {
        let octets = draw_styled(&mut terminal, &table(offset), None, false);
        assert!(octets.len() <= 200, "{} octets: {:?}", octets.len(), String::from_utf8_lossy(&octets));
    }
}
