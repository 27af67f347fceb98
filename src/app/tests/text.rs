//! Text mode by keys: editing, errors, leaving, undo over table and text, what is on disk.

use super::*;
use crate::edit::Text;
use crate::zone::TextPatch;

mod leaving;
mod parking;
mod pictures;

impl Test {
    /// The text being edited.
    pub fn text(&self) -> String {
        self.app.text.mode.as_ref().expect("a text").buffer.text()
    }

    /// The line of the cursor, with the cursor as `|`.
    pub fn line(&self) -> String {
        let buffer = &self.app.text.mode.as_ref().expect("a text").buffer;
        let start = buffer.content().line_start(buffer.cursor_line());
        let mut line = buffer.content().line(buffer.cursor_line());
        line.insert(buffer.cursor() - start, '|');
        line
    }

    /// Types text, line ends and blanks included.
    pub fn write(&mut self, text: &str) -> &mut Test {
        for character in text.chars() {
            let key =
                if character == '\n' { Key::plain(crate::key::Code::Enter) } else { Key::char(character) };
            self.send(Msg::Key(key));
        }
        self
    }

    /// Goes to the first place of a text.
    pub fn find(&mut self, what: &str) -> &mut Test {
        self.keys("Ctrl-Home Ctrl-W").write(what).keys("Enter Left");
        let selected = self.line().replace('|', "");
        assert!(selected.to_lowercase().contains(&what.to_lowercase()[1..]), "{what} in {selected}");
        self
    }

    pub fn problems(&self) -> Vec<String> {
        let mode = self.app.text.mode.as_ref().expect("a text");
        let place = |at| mode.buffer.content().position(at);
        (mode.problems.iter())
            .map(|problem| {
                let (line, column) = place(problem.span.start);
                format!("{line}:{column} {}", problem.message)
            })
            .collect()
    }

    /// What the disk holds of the text: the document, and what is being edited.
    pub fn on_disk(&self) -> (Option<String>, Option<String>) {
        let (mut document, mut editing) = (None, None);
        for effect in &self.effects {
            match effect {
                Effect::SaveDocument { text } => document = Some(text.to_string()),
                Effect::SaveText { text } => editing = Some(text.to_string()),
                Effect::DropText => editing = None,
                _ => {}
            }
        }
        (document, editing)
    }
}

#[test]
fn toggling_without_an_edit_changes_nothing() {
    let mut test = Test::new();
    test.keys("t");
    let text = test.text();
    assert!(text.starts_with("$ORIGIN example.com.\n$TTL 1h\n"), "{text}");
    test.keys("F3 2");
    assert_eq!(test.text(), text);
    test.keys("Ctrl-T");
    assert!(matches!(test.app.screen, Screen::Main));
    assert_eq!(test.changes(), Vec::<String>::new());
    assert_eq!(test.on_disk(), (None, None));
    assert!(!test.did(|effect| matches!(effect, Effect::Journal { .. } | Effect::DropText)));
    // Typed and taken back is no edit either.
    test.keys("t 'x' Backspace 'y' Alt-U F3");
    assert!(matches!(test.app.screen, Screen::Main));
    assert_eq!(test.changes(), Vec::<String>::new());
    assert_eq!(test.on_disk(), (Some(text), None));
}

#[test]
fn the_cursor_begins_at_the_selected_record() {
    let mut test = Test::new();
    test.select("mail", "A", "192.0.2.25").keys("t");
    assert!(test.line().starts_with("|mail"), "{}", test.line());
    assert!(test.line().contains("192.0.2.25"));
}

#[test]
fn an_edit_is_one_step_of_the_draft_with_its_text() {
    let mut test = Test::new();
    test.keys("t").find("192.0.2.25").keys("End Backspace '6'").keys("Home").write("; the new machine\n");
    test.keys("F3");
    assert_eq!(test.message(), "1 record set changed in the text; u undoes that, c shows it");
    assert_eq!(test.changes(), ["- mail 3600 A 192.0.2.25", "+ mail 3600 A 192.0.2.26"]);
    let (document, editing) = test.on_disk();
    assert!(document.as_ref().unwrap().contains("; the new machine\n"));
    assert_eq!(editing, None);
    let steps: Vec<&Effect> =
        test.effects.iter().filter(|effect| matches!(effect, Effect::Journal { .. })).collect();
    let [Effect::Journal { entry: Entry::Step(step), .. }] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!(step.label, "text: 1 record set");
    assert_eq!(step.text.as_ref().map(TextPatch::lines), Some((1, 2)));
    // Undone in the table, the comment is gone as well; redone, it is back.
    test.keys("u");
    assert_eq!(test.changes(), Vec::<String>::new());
    assert!(!test.on_disk().0.unwrap().contains("; the new machine"));
    test.keys("U t");
    assert!(test.text().contains("; the new machine\nmail"));
    test.keys("F3");
    assert_eq!(test.changes().len(), 2);
}

#[test]
fn comments_alone_are_a_step_too() {
    let mut test = Test::new();
    test.keys("t Ctrl-Home").write("; who to ask: anna\n").keys("F3");
    assert_eq!(test.message(), "the text is kept; no record is different");
    assert_eq!(test.changes(), Vec::<String>::new());
    test.keys("t");
    assert!(test.text().starts_with("; who to ask: anna\n$ORIGIN"));
    test.keys("F3 u t");
    assert!(test.text().starts_with("$ORIGIN"));
    test.keys("F3 U t");
    assert!(test.text().starts_with("; who"));
}

#[test]
fn a_comment_lost_by_a_deletion_in_the_table_comes_back_with_its_undo() {
    let mut test = Test::new();
    test.keys("t").find("192.0.2.99").keys("End").write(" ; ask first").keys("F3");
    let text = test.on_disk().0.unwrap();
    test.select("old", "A", "192.0.2.99").keys("- t");
    assert!(!test.text().contains("192.0.2.99"));
    test.keys("F3 u t");
    assert_eq!(test.text(), text);
}

#[test]
fn errors_are_shown_while_typing_and_found_one_after_the_other() {
    let mut test = Test::new();
    test.keys("t");
    assert_eq!(test.problems(), Vec::<String>::new());
    test.find("192.0.2.25").keys("End").write("6");
    let [first] = &test.problems()[..] else { panic!("{:?}", test.problems()) };
    assert!(first.contains("A: the address is an IPv4 address"), "{first}");
    test.keys("Ctrl-End").write("x MXX 10 mail\n").write("y A (192.0.2.1\n");
    assert_eq!(test.problems().len(), 3);
    test.keys("Ctrl-Home Alt-N");
    assert!(test.line().contains("|192.0.2.256"), "{}", test.line());
    test.keys("Alt-N");
    assert_eq!(test.line(), "x |MXX 10 mail");
    test.keys("Alt-N");
    assert_eq!(test.line(), "y A |(192.0.2.1");
    test.keys("Alt-N Alt-P Alt-P");
    assert_eq!(test.line(), "x |MXX 10 mail");
    test.keys("Alt-L Down Enter");
    assert_eq!(test.line(), "y A |(192.0.2.1");
    test.keys("End").write(")").keys("Alt-N End Backspace Home Ctrl-W").write("mxx").keys("Enter 'MX'");
    assert_eq!(test.problems(), Vec::<String>::new());
}

#[test]
fn a_line_above_moves_the_errors_below() {
    let mut test = Test::with(&large());
    test.keys("t Ctrl-End").write("x MXX 10 mail");
    let line = test.app.text.mode.as_ref().unwrap().buffer.content().line_count();
    assert!(test.problems()[0].starts_with(&format!("{line}:3 ")), "{:?}", test.problems());
    // The check that would find it anew has not come back yet.
    let effects = test.app.update(Msg::Paste("; one\n; two\n".into()));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Work { .. })));
    let key = Key::parse("Ctrl-Home").unwrap();
    test.app.update(Msg::Key(key));
    test.app.update(Msg::Paste("; three\n".into()));
    let moved = line + 1;
    assert!(test.problems()[0].starts_with(&format!("{moved}:")), "{:?}", test.problems());
}

/// More records than are worked on at once.
fn large() -> String {
    let mut text = ZONE.to_owned();
    (0..3000).for_each(|number| {
        text.push_str(&format!("host{number} 300 A 10.0.{}.{}\n", number / 256, number % 256))
    });
    text
}

#[test]
fn a_large_text_is_made_ready_and_checked_beside_the_loop() {
    let mut test = Test::with(&large());
    let effects = test.app.update(Msg::Key(Key::char('t')));
    let [Effect::Work { request, work }] = &effects[..] else { panic!("{effects:?}") };
    assert!(test.screen(80, 24).contains("The text is being made ready. Esc goes back."));
    // Given up: the answer is not wanted any more.
    test.keys("Esc");
    test.send(Msg::Worked { request: *request, worked: work.clone().run() });
    assert!(test.app.text.mode.is_none());
    test.keys("t");
    // Keys come faster than checks: one at a time is under way, and the last text is checked.
    test.keys("Ctrl-End");
    let typed = ["x", " ", "A", " ", "b"];
    let works: Vec<Effect> =
        typed.iter().flat_map(|text| test.app.update(Msg::Paste((*text).into()))).filter(is_work).collect();
    assert_eq!(works.len(), 1);
    for work in works {
        let Effect::Work { request, work } = work else { unreachable!() };
        test.send(Msg::Worked { request, worked: work.run() });
    }
    assert_eq!(test.problems().len(), 1, "{:?}", test.problems());
    // Leaving waits for the comparison, and is not confused by what is typed meanwhile.
    let effects = test.app.update(Msg::Key(Key::parse("F3").unwrap()));
    test.app.update(Msg::Key(Key::char('!')));
    for effect in effects.into_iter().filter(is_work) {
        let Effect::Work { request, work } = effect else { unreachable!() };
        test.send(Msg::Worked { request, worked: work.run() });
    }
    assert!(test.text().ends_with("b!"));
    assert!(matches!(test.app.screen, Screen::Text));
}

fn is_work(effect: &Effect) -> bool {
    matches!(effect, Effect::Work { .. })
}

#[test]
fn cutting_copying_and_putting_in() {
    let mut test = Test::new();
    test.keys("t").find("192.0.2.10").keys("Ctrl-K Ctrl-K");
    let copied = test.latest(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(copied.unwrap().lines().count(), 2, "lines cut one after the other are one piece");
    let short = test.text();
    test.keys("Ctrl-U Ctrl-U Alt-U");
    assert!(test.text().contains("192.0.2.10\n") && test.text().len() > short.len());
    test.keys("Ctrl-Home Shift-Right Shift-Right Alt-6 End Ctrl-U");
    assert_eq!(test.line(), "$ORIGIN example.com.$O|");
    test.keys("Alt-U Home Ctrl-Space Ctrl-Right Ctrl-K");
    assert_eq!(test.line(), "| example.com.");
    test.keys("Alt-U Esc F5 Alt-J");
    assert_eq!(test.text().lines().next(), Some("$ORIGIN example.com."));
}

#[test]
fn a_paste_is_one_step_and_takes_the_line_ends_of_the_text() {
    let mut test = Test::new();
    test.send(Msg::TextsFound { document: Some(Text::new(&crlf())), editing: None });
    test.keys("t");
    assert_eq!(test.text(), crlf(), "another visit finds the text as it was");
    test.keys("Ctrl-End");
    test.send(Msg::Paste("a A 192.0.2.1\rb A 192.0.2.2\n".into()));
    test.write("c A 192.0.2.3\n");
    let expected = crlf() + "a A 192.0.2.1\r\nb A 192.0.2.2\r\nc A 192.0.2.3\r\n";
    assert_eq!(test.text(), expected);
    test.keys("F3");
    assert_eq!(test.changes().len(), 3);
    assert_eq!(test.on_disk().0, Some(expected));
    test.keys("u t");
    assert_eq!(test.text(), crlf());
}

/// The zone's text with the line ends of other systems and a serial of long ago.
fn crlf() -> String {
    let mut test = Test::new();
    test.keys("t");
    test.text().replace('\n', "\r\n").replace("; serial", "; the serial")
}

#[test]
fn finding_and_replacing() {
    let mut test = Test::new();
    test.keys("t Ctrl-Home Ctrl-W").write("MAIL");
    assert!(test.line().contains("mail|"), "{}", test.line());
    test.keys("Esc");
    assert_eq!(test.line(), "|$ORIGIN example.com.");
    test.keys("Alt-R").write("192.0.2.1").keys("Enter").write("203.0.113.1").keys("Enter");
    assert!(
        test.screen(80, 24).contains("Replace this with \"203.0.113.1\"? 3 left."),
        "{}",
        test.screen(80, 24)
    );
    test.keys("n y a");
    assert_eq!(test.message(), "2 replaced");
    assert_eq!(test.text().matches("203.0.113.1").count(), 2);
    assert_eq!(test.text().matches("192.0.2.1").count(), 1);
    test.keys("Alt-R").write("192.").keys("Enter").write("10.").keys("Enter a");
    assert!(!test.text().contains("192."));
    test.keys("Alt-U");
    assert!(test.text().contains("192."));
    test.keys("Ctrl-G").write("3:2").keys("Enter Ctrl-G Enter");
    assert!(test.app.overlay.is_none(), "an empty answer is none");
    test.keys("Ctrl-G").write("x").keys("Enter");
    assert_eq!(test.message(), "a line is a number, or a line and a column: 12:5");
    test.keys("Esc Ctrl-W").write("nowhere").keys("Enter");
    assert_eq!(test.message(), "not in the text");
}

#[test]
fn a_parked_record_is_kept_and_its_sibling_keeps_its_name() {
    let mut test = Test::new();
    test.keys("t").find("192.0.2.10").keys("Alt-X F3");
    assert_eq!(
        test.changes(),
        ["- www 3600 A 192.0.2.10", "- www 3600 A 192.0.2.11", "+ www 3600 A 192.0.2.11"]
    );
    test.keys("t").find("192.0.2.10");
    assert!(test.line().starts_with(";~ www"), "{}", test.line());
    test.keys("Alt-X F3");
    assert_eq!(test.changes(), Vec::<String>::new());
}

#[test]
fn a_fix_is_offered_and_made() {
    let mut test = Test::new();
    test.keys("t Ctrl-End").write("shop2 MX mail 10");
    assert!(test.screen(80, 24).contains("Alt-F"), "{}", test.screen(80, 24));
    test.keys("Alt-F");
    assert!(test.text().ends_with("MX 10 mail"), "{}", test.line());
    assert_eq!(test.problems(), Vec::<String>::new());
}

#[test]
fn esc_alone_never_leaves() {
    // What a slow terminal makes of an arrow key: Esc, [, A.
    let mut test = Test::new();
    test.keys("t Ctrl-Home Esc '[A'");
    assert_eq!(test.line(), "[A|$ORIGIN example.com.");
    test.keys("Alt-U Esc Esc");
    assert!(matches!(test.app.screen, Screen::Main));
}

#[test]
fn a_read_only_zone_is_shown_as_text_and_not_changed() {
    let mut test = Test::new();
    let Zone::Open(open) = &mut test.app.zone else { unreachable!() };
    open.editable = Err("no key".into());
    test.keys("t");
    let text = test.text();
    test.keys("'x' Enter Ctrl-K Ctrl-U Alt-X Alt-3 Alt-J F5 Del Alt-R");
    test.send(Msg::Paste("x".into()));
    assert_eq!(test.text(), text);
    assert_eq!(test.message(), "read-only: no key");
    test.keys("F3");
    assert_eq!(test.on_disk(), (None, None));
}

/// It was written over with the next edit, comments and all.
#[test]
fn a_text_that_does_not_fit_the_zone_is_set_aside() {
    let mut test = Test::new();
    let kept = "; mine, and nobody else has it\nwww A ( 192.0.2.1\n";
    test.send(Msg::TextsFound { document: Some(Text::new(kept)), editing: None });
    test.keys("t");
    let aside = test.effects.iter().find_map(|effect| match effect {
        Effect::SetAside { text } => Some(text.to_string()),
        _ => None,
    });
    assert_eq!(aside.as_deref(), Some(kept));
    assert!(test.message().contains("set aside"), "{}", test.message());
    assert!(test.text().starts_with("$ORIGIN example.com.\n"));
}
