//! Texts of many lines: motions against a plain model, undo, selection, lines, find and replace.

use proptest::prelude::*;

use super::super::columns::{columns, place_of};
use super::super::search;
use super::super::*;

fn buffer(text: &str) -> Buffer {
    let at = text.find('|').unwrap();
    let mut buffer = Buffer::at_start(Text::new(&text.replacen('|', "", 1)));
    buffer.put(at);
    buffer
}

fn shown(buffer: &Buffer) -> String {
    let mut text = buffer.text();
    text.insert(buffer.cursor(), '|');
    text
}

#[test]
fn motions_over_lines() {
    for (text, motions, expected) in [
        ("a|\nb", &[Motion::Right][..], "a\n|b"),
        ("a|\r\nb", &[Motion::Right], "a\r\n|b"),
        ("a\r\n|b", &[Motion::Left], "a|\r\nb"),
        ("a\n|b", &[Motion::WordLeft], "a|\nb"),
        ("abc|\nx\nabcd", &[Motion::Lines(1)], "abc\nx|\nabcd"),
        ("abc|\nx\nabcd", &[Motion::Lines(1), Motion::Lines(1)], "abc\nx\nabc|d"),
        ("abc|\nx\nabcd", &[Motion::Lines(1), Motion::Left, Motion::Lines(1)], "abc\nx\n|abcd"),
        ("\tx|y\n日本語日本語", &[Motion::Lines(1)], "\txy\n日本語日|本語"),
        ("a\nb|", &[Motion::Lines(-99)], "a|\nb"),
        ("a\nb|\n", &[Motion::Lines(99)], "a\nb\n|"),
        ("a\nb|c\n", &[Motion::TextEnd, Motion::TextStart], "|a\nbc\n"),
        ("ab\nc|d", &[Motion::LineStart], "ab\n|cd"),
        ("ab\n|cd\r\n", &[Motion::LineEnd], "ab\ncd|\r\n"),
    ] {
        let mut buffer = buffer(text);
        motions.iter().for_each(|motion| buffer.go(*motion));
        assert_eq!(shown(&buffer), expected, "{text:?} {motions:?}");
    }
}

#[test]
fn undo_goes_by_words_and_commands() {
    let mut buffer = Buffer::default();
    "www A 192".chars().for_each(|c| buffer.insert(c.encode_utf8(&mut [0; 4])));
    buffer.delete(Motion::Left);
    buffer.delete(Motion::Left);
    buffer.paste("two\nlines");
    let mut texts = vec![buffer.text()];
    while buffer.undo() {
        texts.push(buffer.text());
    }
    assert_eq!(texts, ["www A 1two\nlines", "www A 1", "www A 192", "www A ", "www ", ""]);
    while buffer.redo() {}
    assert_eq!(buffer.text(), "www A 1two\nlines");
    // Moving between begins a new step; an edit forgets what was undone.
    let mut buffer = Buffer::default();
    buffer.insert("a");
    buffer.go(Motion::Left);
    buffer.go(Motion::Right);
    buffer.insert("b");
    assert!(buffer.undo());
    assert_eq!(buffer.text(), "a");
    buffer.insert("c");
    assert!(!buffer.redo());
}

#[test]
fn selections() {
    let mut buffer = buffer("one |two three");
    buffer.extend(Motion::WordRight);
    assert_eq!(buffer.selection(), Some(4..7));
    buffer.go(Motion::Right);
    assert_eq!(buffer.selection(), None);
    buffer.toggle_mark();
    assert!(buffer.is_marking());
    buffer.go(Motion::LineStart);
    assert_eq!(buffer.selection(), Some(0..8));
    assert_eq!(buffer.cut(), "one two ");
    assert_eq!((shown(&buffer).as_str(), buffer.is_marking()), ("|three", false));
    buffer.undo();
    buffer.select(0..3);
    buffer.insert("1");
    assert_eq!(shown(&buffer), "1| two three");
    buffer.extend(Motion::LineEnd);
    buffer.delete(Motion::Left);
    assert_eq!(shown(&buffer), "1|");
}

#[test]
fn whole_lines() {
    for (text, expected_cut, after_cut, duplicated, joined) in [
        ("a\nb|c\nd", "bc\n", "a\n|d", "a\nbc\nb|c\nd", Some("a\nbc| d")),
        (
            "a\r\nb|c\r\n  d\r\n",
            "bc\r\n",
            "a\r\n|  d\r\n",
            "a\r\nbc\r\nb|c\r\n  d\r\n",
            Some("a\r\nbc| d\r\n"),
        ),
        ("ab|", "ab", "|", "ab\nab|", None),
        ("|\nx", "\n", "|x", "\n|\nx", Some("|x")),
    ] {
        let mut cut = buffer(text);
        assert_eq!(cut.copied(), expected_cut);
        assert_eq!(cut.cut(), expected_cut);
        assert_eq!(shown(&cut), after_cut);
        let mut twice = buffer(text);
        twice.duplicate();
        assert_eq!(shown(&twice), duplicated);
        let mut join = buffer(text);
        assert_eq!(join.join_lines(), joined.is_some());
        assert_eq!(shown(&join), joined.unwrap_or(text));
    }
    let mut lines = buffer("a\nb|c\nd\ne");
    lines.extend(Motion::Lines(1));
    lines.extend(Motion::LineStart);
    assert_eq!(lines.lines(), 1..2, "the end of the selection only touches the line");
    lines.duplicate();
    assert_eq!(lines.text(), "a\nbc\nbc\nd\ne");
    let mut lines = buffer("a\r\nb|c\r\nd");
    lines.change_lines(0..2, |number, line| Some(format!("{number}{line}")));
    assert_eq!(shown(&lines), "0a\r\n1|bc\r\nd");
    lines.undo();
    assert_eq!(lines.text(), "a\r\nbc\r\nd");
}

#[test]
fn finding() {
    let text = "Alpha\nbeta ALPHA\nÄrger alphaalpha";
    let mut buffer = Buffer::at_start(Text::new(text));
    let needle = Needle::new("alpha");
    let mut found = Vec::new();
    for _ in 0..5 {
        assert!(buffer.find_next(&needle));
        found.push(buffer.selection().unwrap().start);
    }
    assert_eq!(found, [0, 11, 24, 29, 0]);
    assert!(buffer.find_previous(&needle));
    assert_eq!(buffer.selection().unwrap().start, 29);
    assert!(buffer.find_next(&Needle::new("ärg")));
    assert!(!buffer.find_next(&Needle::new("gamma")));
    assert!(!buffer.find_next(&Needle::new("")));
    assert_eq!(buffer.replace_all(&needle, "x"), 4);
    assert_eq!(buffer.text(), "x\nbeta x\nÄrger xx");
    buffer.undo();
    assert_eq!(buffer.text(), text);
    assert_eq!(Text::new("\r").position(1), (2, 1));
}

/// Lines as pairs of where they begin and where their text ends.
fn model_lines(text: &str) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        let length = match &text.as_bytes()[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        if length > 0 {
            lines.push((start, at));
            start = at + length;
        }
        at += length.max(1);
    }
    lines.push((start, text.len()));
    lines
}

#[derive(Debug, Clone)]
enum Act {
    Insert(String),
    Paste(String),
    Go(Motion),
    Extend(Motion),
    Delete(Motion),
    Mark,
    Cut,
    Duplicate,
    Join,
    Replace(String, String),
    Undo,
    Redo,
    Prefix,
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "B", " ", "\t", "\n", "\r\n", "\r", "日", "e\u{301}", "\u{301}", "\u{200d}", "🇩", "(", ";",
        "\u{2028}", "\u{85}",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    use Motion::*;
    let motion = || {
        prop::sample::select(vec![
            Left,
            Right,
            WordLeft,
            WordRight,
            LineStart,
            LineEnd,
            TextStart,
            TextEnd,
            Lines(1),
            Lines(-1),
            Lines(3),
            Lines(-3),
        ])
    };
    let act = prop_oneof![
        4 => pieces().prop_map(Act::Insert),
        1 => pieces().prop_map(Act::Paste),
        4 => motion().prop_map(Act::Go),
        2 => motion().prop_map(Act::Extend),
        3 => motion().prop_map(Act::Delete),
        3 => prop::sample::select(vec![Act::Mark, Act::Cut, Act::Duplicate, Act::Join, Act::Prefix]),
        1 => (pieces(), pieces()).prop_map(|(what, with)| Act::Replace(what, with)),
        2 => Just(Act::Undo),
        1 => Just(Act::Redo),
    ];
    prop::collection::vec(act, 0..40)
}

fn perform(buffer: &mut Buffer, act: &Act) {
    match act {
        Act::Insert(text) => buffer.insert(text),
        Act::Paste(text) => buffer.paste(text),
        Act::Go(motion) => buffer.go(*motion),
        Act::Extend(motion) => buffer.extend(*motion),
        Act::Delete(motion) => buffer.delete(*motion),
        Act::Mark => buffer.toggle_mark(),
        Act::Cut => drop(buffer.cut()),
        Act::Duplicate => buffer.duplicate(),
        Act::Join => drop(buffer.join_lines()),
        Act::Prefix => {
            let lines = buffer.lines();
            buffer.change_lines(lines, |_, line| Some(format!("; {line}")));
        }
        Act::Replace(what, with) => drop(buffer.replace_all(&Needle::new(what), with)),
        Act::Undo => drop(buffer.undo()),
        Act::Redo => drop(buffer.redo()),
    }
}

proptest! {
    #[test]
    fn the_parts_of_a_text_agree_with_the_text(start in pieces(), acts in acts()) {
        let mut buffer = Buffer::at_start(Text::new(&start));
        let mut before = start.clone();
        for act in &acts {
            perform(&mut buffer, act);
            let text = buffer.text();
            // What changed covers every difference.
            match buffer.take_changed() {
                None => prop_assert_eq!(&text, &before),
                Some(Changed { start, old_end, new_end }) => {
                    let mut patched = before.clone();
                    patched.replace_range(start..old_end, &text[start..new_end]);
                    prop_assert_eq!(&text, &patched, "{:?}", act);
                }
            }
            // The cursor stands at a character, never inside a line end, the selection inside the text.
            let at = buffer.cursor();
            prop_assert!(text.is_char_boundary(at), "{:?}", act);
            prop_assert!(!(text[..at].ends_with('\r') && text[at..].starts_with('\n')), "{:?}", act);
            if let Some(selected) = buffer.selection() {
                prop_assert!(text.get(selected).is_some());
            }
            // Lines are those of zone files.
            let lines = model_lines(&text);
            let content = buffer.content();
            prop_assert_eq!(content.line_count(), lines.len());
            for (number, (start, end)) in lines.iter().enumerate() {
                prop_assert_eq!((content.line_start(number), content.line_end(number)), (*start, *end), "{:?}", text);
            }
            let line = lines.iter().rposition(|(start, _)| *start <= at).unwrap();
            prop_assert_eq!(buffer.cursor_line(), line);
            before = text;
        }
        let last = buffer.text();
        let steps = std::iter::from_fn(|| buffer.undo().then_some(())).count();
        for _ in 0..steps {
            prop_assert!(buffer.redo());
        }
        prop_assert_eq!(buffer.text(), last);
    }

    #[test]
    fn undoing_everything_leads_back(start in pieces(), acts in acts()) {
        let mut buffer = Buffer::at_start(Text::new(&start));
        acts.iter().for_each(|act| perform(&mut buffer, act));
        while buffer.undo() {}
        prop_assert_eq!(buffer.text(), start);
    }

    #[test]
    fn up_and_down_keep_the_column(lines in prop::collection::vec("[a\t日 ]{0,12}", 1..8), steps in prop::collection::vec(-3isize..=3, 1..8)) {
        let mut buffer = Buffer::at_start(Text::new(&lines.join("\n")));
        buffer.go(Motion::LineEnd);
        let goal = columns(&lines[0]);
        let mut line = 0usize;
        for step in steps {
            buffer.go(Motion::Lines(step));
            line = line.saturating_add_signed(step).min(lines.len() - 1);
            let start = buffer.content().line_start(line);
            prop_assert_eq!(buffer.cursor(), start + place_of(&lines[line], goal));
        }
    }

    #[test]
    fn found_is_what_stands_there(text in "[aB\n ]{0,40}", what in "[aB]{1,2}", from in any::<prop::sample::Index>()) {
        let rope = Text::new(&text);
        let needle = Needle::new(&what);
        let (lower, what) = (text.to_lowercase(), what.to_lowercase());
        let from = from.index(text.len() + 1);
        let expected = lower[from..].find(&what).map(|at| from + at).or_else(|| lower.find(&what));
        prop_assert_eq!(search::next(&rope, &needle, from).map(|found| found.start), expected);
        let expected = lower[..from].rfind(&what).or_else(|| lower.rfind(&what));
        prop_assert_eq!(search::previous(&rope, &needle, from).map(|found| found.start), expected);
        let expected: Vec<usize> = lower.match_indices(&*what).map(|(at, _)| at).collect();
        prop_assert_eq!(search::all(&rope, &needle).map(|found| found.start).collect::<Vec<_>>(), expected);
    }
}
