//! What is typed where one line is asked for: what is refused stays to be mended, so that the next keys are no commands.

use super::*;

#[test]
fn a_refused_value_stays_to_be_mended() {
    let mut test = Test::new();
    test.select("www", "A", "192.0.2.10").keys("T '5x' Enter");
    insta::assert_snapshot!(test.part((80, 24), 19, 5), @"
    ┌ ttl ─────────────────────────────────────────────────────────────────────────┐
    │ a TTL is a number of seconds, or 5m, 1h, 1d                                  │
    └──────────────────────────────────────────────────────────────────────────────┘
     a TTL is a number of seconds, or 5m, 1h, 1d
     :ttl 5x
    ");
    test.keys("Backspace 'm' Enter");
    assert!(test.app.overlay.is_none());
    assert_eq!(test.changes().len(), 4);
    for (typed, why) in [
        (": 'lower-ttls' Space 'type:mxx' Enter", "mxx is no record type; did you mean MX?"),
        (": 'load' Space 'nothere' Enter", "there is no template nothere; :load shows all"),
        (": 'explain' Space 'MXX' Enter", "there is no type MXX; MX is near"),
        (": 'qqqqqqq' Enter", "no command qqqqqqq; ? shows all"),
        ("% '192.0.2.999' Space '1' Enter", ""),
    ] {
        test.keys(typed);
        assert!(matches!(test.app.overlay, Some(Overlay::Palette(_))), "{typed}: {}", test.message());
        assert!(test.app.message.as_ref().is_some_and(|message| message.trouble), "{typed}");
        assert!(why.is_empty() || test.message() == why, "{}", test.message());
        test.keys("Esc");
    }
    assert_eq!(test.changes().len(), 4);
}

#[test]
fn a_prompt_that_is_left_empty_says_that_it_wants_something() {
    let mut test = Test::new();
    for keys in ["T Enter", ": 'import' Space Enter", "% Enter"] {
        test.keys(keys);
        assert!(matches!(test.app.overlay, Some(Overlay::Palette(_))), "{keys}");
        assert!(test.message().starts_with("nothing is typed after "), "{keys}: {}", test.message());
        // Only who asked for something else is not reproached.
        test.keys("Esc : 'ttl' Enter");
        assert_eq!(test.message(), "");
        test.keys("Esc");
    }
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_asked_for_again() {
    let failed = || failure("The file could not be opened.", "No such file.", "Look at its name.");
    let mut test = Test::new();
    test.keys(": 'import' Space '/nowhere' Enter");
    let import = |effect: &Effect| match effect {
        Effect::Import { request, .. } => Some(*request),
        _ => None,
    };
    let request = test.latest(import).expect("an import");
    test.send(Msg::Imported {
        request,
        result: Err(crate::app::exchange::NotImported::Unreadable(failed())),
    });
    insta::assert_snapshot!(test.part((80, 24), 21, 3), @"
    └──────────────────────────────────────────────────────────────────────────────┘
     The file could not be opened. No such file. Look at its name.
     :import /nowhere
    ");
    test.keys("Esc : 'export' Space '/nowhere' Enter");
    let export = |effect: &Effect| match effect {
        Effect::Export { request, .. } => Some(*request),
        _ => None,
    };
    let request = test.latest(export).expect("an export");
    // Whoever goes on meanwhile is not taken from what they do.
    test.keys("Down");
    test.send(Msg::Exported { request, exported: crate::app::exchange::Exported::Failed(failed()) });
    assert!(test.app.overlay.is_none());
    assert_eq!(test.message(), failed().to_string());
}

#[test]
fn a_line_or_a_word_that_is_not_in_the_text_is_asked_for_again() {
    let mut test = Test::new();
    test.keys("t");
    let text = test.text();
    for (typed, why) in [
        ("Ctrl-G 'x' Enter", "a line is a number, or a line and a column: 12:5"),
        ("Ctrl-W 'nowhere' Enter", "not in the text"),
        ("Alt-R 'nowhere' Enter", "not in the text"),
    ] {
        test.keys(typed);
        assert!(matches!(test.app.overlay, Some(Overlay::Prompt(_))), "{typed}");
        assert_eq!(test.message(), why);
        test.keys("'more' Esc");
        assert!(test.app.overlay.is_none());
    }
    assert_eq!(test.text(), text);
}
