//! Tests of the line editing: key scripts, and a plain model of the same editing.

mod many_lines;

use std::borrow::Cow;

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::field::MAX_LENGTH;
use super::*;
use crate::key::{Code, Key};

fn plain(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// The field after these keys, the cursor written as `|`.
fn after(text: &str, keys: &str) -> String {
    let mut field = Field::new(text);
    for key in keys.split_whitespace() {
        assert!(field.on_key(Key::parse(key).unwrap()), "{key} is not taken");
    }
    let mut shown = field.text();
    let mut cut = field.clone();
    cut.on_key(Key::ctrl('k'));
    shown.insert(cut.text().len(), '|');
    shown
}

#[test]
fn keys_of_the_line() {
    for (text, keys, expected) in [
        ("", "a b Space c", "ab c|"),
        ("www", "Left Left x", "wx|ww"),
        ("www", "Home x Right y", "xwy|ww"),
        ("www", "Ctrl-A Del End Ctrl-H", "w|"),
        ("www", "Left Ctrl-K", "ww|"),
        ("www", "Left Ctrl-U", "|w"),
        ("mail.example.com.", "Ctrl-W", "mail.example.|"),
        ("mail.example.com.", "Ctrl-W Ctrl-W", "mail.|"),
        ("mail.example.com.", "Ctrl-Left Ctrl-Left", "mail.|example.com."),
        ("mail.example.com.", "Ctrl-A Ctrl-Right Ctrl-Right", "mail.example|.com."),
        ("_25._tcp", "Ctrl-Left", "_25.|_tcp"),
        ("e\u{301}x", "Left Backspace", "|x"),
        ("🇩🇪🇫🇷", "Left Del", "🇩🇪|"),
        ("", "Left Right Backspace Del Ctrl-W Ctrl-U Ctrl-K", "|"),
        // Two clusters that become one: the cursor goes behind it.
        ("ax\u{301}", "Home Right x Del Backspace", "a|"),
        ("a\u{200d}", "Home x", "x|a\u{200d}"),
    ] {
        assert_eq!(after(text, keys), expected, "{text:?} {keys}");
    }
}

#[test]
fn keys_left_to_others() {
    let mut field = Field::new("a");
    for key in ["Tab", "Shift-Tab", "Enter", "Esc", "Up", "Down", "F1", "Ctrl-S", "Alt-a", "PgUp"] {
        assert!(!field.on_key(Key::parse(key).unwrap()), "{key}");
    }
    assert_eq!(field.text(), "a");
}

#[test]
fn pasting() {
    let mut field = Field::new("a\nb");
    assert!(field.paste("c\r\nd\te\u{2028}f"));
    assert_eq!(field.text(), "a bc d e f");
    assert!(field.paste(&"x".repeat(MAX_LENGTH - 10)));
    assert!(!field.paste("y"), "no longer than the limit");
    assert_eq!(field.text().len(), MAX_LENGTH);
}

#[test]
fn long_text_moves_by_half_the_width() {
    let mut field = Field::new("0123456789");
    let view = field.view(20, plain);
    assert_eq!(view, View { text: "0123456789".into(), cursor: 10, more_left: false, more_right: false });
    let view = field.view(6, plain);
    assert_eq!(view, View { text: "6789".into(), cursor: 4, more_left: true, more_right: false });
    for _ in 0..5 {
        field.on_key(Key::plain(Code::Left));
    }
    let view = field.view(6, plain);
    assert_eq!(view, View { text: "012345".into(), cursor: 5, more_left: false, more_right: true });
    assert_eq!(Field::new("x日本語").view(5, plain).text, " 語", "a wide character cut by the edge");
    assert_eq!(Field::new("abc").view(0, plain).text, "");
}

/// The same editing, on a plain string that is taken apart anew for every key.
struct Model {
    text: String,
    cursor: usize,
}

impl Model {
    fn stops(&self) -> Vec<usize> {
        self.text.grapheme_indices(true).map(|(at, _)| at).chain([self.text.len()]).collect()
    }

    fn insert(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        self.settle(self.cursor + text.len());
    }

    fn settle(&mut self, at: usize) {
        self.cursor = self.stops().into_iter().find(|stop| *stop >= at).unwrap();
    }

    fn target(&self, motion: Motion) -> usize {
        let stops = self.stops();
        let at = stops.iter().position(|stop| *stop == self.cursor).unwrap();
        let word = |index: usize| {
            let first = self.text[stops[index]..].chars().next().unwrap();
            first.is_alphanumeric() || first == '_'
        };
        let mut to = at;
        match motion {
            Motion::Left => to = at.saturating_sub(1),
            Motion::Right => to = (at + 1).min(stops.len() - 1),
            Motion::LineStart | Motion::TextStart => to = 0,
            Motion::LineEnd | Motion::TextEnd => to = stops.len() - 1,
            Motion::Lines(_) => {}
            Motion::WordLeft => {
                while to > 0 && !word(to - 1) {
                    to -= 1;
                }
                while to > 0 && word(to - 1) {
                    to -= 1;
                }
            }
            Motion::WordRight => {
                while to < stops.len() - 1 && !word(to) {
                    to += 1;
                }
                while to < stops.len() - 1 && word(to) {
                    to += 1;
                }
            }
        }
        stops[to]
    }

    fn delete(&mut self, motion: Motion) {
        let target = self.target(motion);
        let (from, to) = (target.min(self.cursor), target.max(self.cursor));
        self.text.replace_range(from..to, "");
        self.settle(from);
    }
}

#[derive(Debug, Clone)]
enum Edit {
    Insert(String),
    Go(Motion),
    Delete(Motion),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    use Motion::*;
    let motion = prop::sample::select(vec![Left, Right, WordLeft, WordRight, LineStart, LineEnd]);
    // Characters that join with their neighbours, wide ones, right-to-left ones, and anything else.
    let piece = prop::sample::select(vec![
        "a",
        "Z9",
        "_",
        ".",
        " ",
        "\u{301}",
        "\u{200d}",
        "👩",
        "🇩",
        "日",
        "ا",
        "\u{feff}",
        "\u{1f3fd}",
        "\u{e01}",
        "\u{1100}",
        "\u{1161}",
        "\u{7}",
        "\u{1b}",
    ]);
    let insert =
        prop_oneof![4 => piece.prop_map(str::to_owned), 1 => "[^\\n\\r\\x0b\\x0c\\x85\u{2028}\u{2029}]{0,4}"];
    let edit = prop_oneof![
        3 => insert.prop_map(Edit::Insert),
        2 => motion.clone().prop_map(Edit::Go),
        1 => motion.prop_map(Edit::Delete),
    ];
    prop::collection::vec(edit, 0..40)
}

proptest! {
    #[test]
    fn buffer_agrees_with_the_model(edits in edits()) {
        let mut buffer = Buffer::default();
        let mut model = Model { text: String::new(), cursor: 0 };
        for edit in edits {
            match edit {
                Edit::Insert(text) => {
                    buffer.insert(&text);
                    model.insert(&text);
                }
                Edit::Go(motion) => {
                    buffer.go(motion);
                    model.cursor = model.target(motion);
                }
                Edit::Delete(motion) => {
                    buffer.delete(motion);
                    model.delete(motion);
                }
            }
            prop_assert_eq!(buffer.text(), model.text.clone());
            prop_assert_eq!(buffer.cursor(), model.cursor);
        }
    }

    #[test]
    fn view_holds_the_cursor(text in "\\PC{0,60}", back in 0usize..60, width in 1u16..30) {
        let mut field = Field::new(&text);
        for _ in 0..back {
            field.on_key(Key::plain(Code::Left));
        }
        let view = field.view(width, plain);
        prop_assert!(view.cursor < width);
        prop_assert!(view.text.width() <= usize::from(width));
        if !view.more_left && !view.more_right {
            prop_assert_eq!(view.text, field.text());
        }
    }

    #[test]
    fn any_text_and_any_key(text in any::<String>(), pasted in any::<String>(), keys in prop::collection::vec(any::<char>(), 0..20)) {
        let mut field = Field::new(&text);
        field.paste(&pasted);
        for character in keys {
            field.on_key(Key::char(character));
            field.on_key(Key::ctrl(character));
            field.on_key(Key::plain(Code::Left));
        }
        field.view(10, plain);
        field.cursor_column();
    }
}
