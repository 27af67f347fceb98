//! The command table keeps its promises.

use std::collections::{BTreeMap, BTreeSet};

use super::super::commands::{Context, all, in_context};
use super::super::help::{Help, Line};
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::ui::bars::fitting;

#[test]
fn names_are_unique_and_every_command_is_explained() {
    let mut names = BTreeSet::new();
    for command in all() {
        assert!(names.insert(command.name), "{}", command.name);
        assert!(!command.doc.is_empty() && !command.contexts.is_empty(), "{}", command.name);
        assert!(!command.keys.contains("  ") && command.keys.trim() == command.keys, "{}", command.name);
    }
}

#[test]
fn every_command_is_in_the_help_first_those_of_the_place() {
    for context in Context::ALL {
        for width in [36, 56, 76] {
            let lines = Help::new(context).lines(width);
            assert!(matches!(&lines[0], Line::Heading(title) if title == context.title()), "{context:?}");
            let (mut keys, mut docs) = (String::new(), String::new());
            for line in &lines {
                if let Line::Pair(left, right) = line {
                    assert!(left.width() <= 16 && right.width() + 18 <= usize::from(width), "{left} {right}");
                    for (text, all) in [(left, &mut keys), (right, &mut docs)] {
                        all.push_str(text);
                        all.push_str(if text.is_empty() { "" } else { " " });
                    }
                }
            }
            // To its last word and its last key.
            for command in all() {
                assert!(docs.contains(command.doc), "{}", command.name);
                assert!(keys.contains(command.keys), "{}", command.name);
            }
        }
    }
}

#[test]
fn the_help_of_a_place_begins_with_what_is_done_there() {
    for context in Context::ALL.into_iter().filter(|context| *context != Context::Waiting) {
        let first = in_context(context).next().unwrap();
        assert!(first.contexts.len() < Context::ALL.len(), "{context:?}: {}", first.name);
    }
}

#[test]
fn each_key_means_one_thing_in_its_place() {
    for context in Context::ALL {
        let mut keys: BTreeMap<Vec<Key>, &str> = BTreeMap::new();
        for command in in_context(context) {
            for sequence in command.sequences() {
                assert!(!sequence.is_empty(), "{}", command.name);
                if let Some(other) = keys.insert(sequence.clone(), command.name) {
                    panic!("{context:?}: {sequence:?} is both {other} and {}", command.name);
                }
            }
        }
        for sequence in keys.keys().filter(|sequence| sequence.len() > 1) {
            assert!(!keys.contains_key(&sequence[..1]), "{context:?}: {sequence:?} can never be typed");
        }
    }
}

/// What is left of an escape sequence that a slow line split: `[`, `O`, `~`, and letters that arrow and function
/// keys end in.
#[test]
fn torn_escape_sequences_do_no_harm() {
    let harmless = [
        "help",
        "details",
        "previous-change",
        "reload",
        "reload-job",
        "reload-secondaries",
        "reload-registration",
        "last",
    ];
    for context in Context::ALL {
        for command in in_context(context) {
            for sequence in command.sequences() {
                for character in ['[', 'O', '~'] {
                    assert_ne!(sequence[0], Key::char(character), "{}", command.name);
                }
                for character in "ABCDFHPQRS".chars() {
                    assert!(sequence[0] != Key::char(character) || harmless.contains(&command.name));
                }
            }
        }
    }
    let mut test = Test::new();
    let before = test.selected();
    test.keys("Esc [ A Esc O P Esc [ D Esc [ 'x' ~");
    assert_eq!((test.selected(), test.changes().len()), (before, 0));
    assert!(test.app.overlay.is_none());
}

#[test]
fn keys_of_later_days_are_not_bound() {
    let key = "7";
    let mut test = Test::new();
    test.keys(key);
    assert_eq!(test.message(), format!("no command on {key}; ? shows all"));
}

#[test]
fn the_hint_bar_fits_and_keeps_the_most_important() {
    for context in Context::ALL {
        for width in [40, 80, 132] {
            let hints = fitting(in_context(context), width, |_| true);
            let needed: usize =
                hints.iter().map(|(command, word)| command.first_key().len() + word.len() + 3).sum();
            assert!(needed <= usize::from(width) + 1, "{context:?} {width}");
            assert!(!hints.is_empty(), "{context:?}");
        }
    }
    let words = |context, width| -> Vec<&str> {
        fitting(in_context(context), width, |_| true).into_iter().map(|(_, word)| word).collect()
    };
    assert_eq!(
        words(Context::Records, 80),
        ["add", "delete", "edit", "undo", "filter", "save", "pane", "help", "quit"]
    );
    assert_eq!(words(Context::Nameservers, 80)[..3], ["add", "delete", "edit"]);
    assert!(words(Context::Records, 40).contains(&"help"));
    assert!(words(Context::Changes, 80).contains(&"push"));
}

#[test]
fn a_disabled_command_says_why() {
    let mut test = Test::new();
    for (key, reason) in [
        ("u", "nothing to undo"),
        ("U", "nothing to do again"),
        ("w", "nothing is changed"),
        ("n", "nothing is changed"),
    ] {
        test.keys(key);
        assert_eq!(test.message(), reason);
    }
}

#[test]
fn saving_and_leaving_by_the_names_of_vi_mean_what_the_screen_is_for() {
    let mut test = Test::new();
    test.keys("Down - : 'w' Enter");
    assert!(matches!(test.app.screen, Screen::Changes(_)));
    test.keys(": 'w' Enter");
    assert!(matches!(test.app.overlay, Some(Overlay::Dialog(_))));
    // Nothing is edited behind the review.
    let before = test.changes();
    test.keys("Esc : 'ttl' Space '300' Enter");
    assert_eq!(test.changes(), before);
    test.keys(": 'q' Enter");
    assert!(matches!(test.app.screen, Screen::Main));
}

#[test]
fn the_buttons_of_a_dialog_fit_a_narrow_screen() {
    let mut test = Test::new();
    test.keys("Down - q");
    let screen = test.screen(40, 10);
    for label in ["Keep draft and quit", "Push...", "Discard...", "Cancel"] {
        assert!(screen.contains(label), "{label}:\n{screen}");
    }
}

#[test]
fn the_palette_finds_and_runs() {
    let mut test = Test::new();
    test.keys("Down - : 'undo' Enter");
    assert_eq!(test.changes(), [""; 0]);
    assert_eq!(test.message(), "undone: delete @ A");
    test.keys(": '5' Enter");
    assert_eq!(test.open().records.selected, 4);
    test.keys(": '99999' Enter");
    assert_eq!(test.open().records.selected, 14);
    test.keys("Esc : Space 'nonsense' Enter");
    assert_eq!(test.message(), "no command nonsense; ? shows all");
    // What is a command elsewhere is not denied.
    test.keys("Esc Tab : 'replace' Space '192.0.2.10' Space '192.0.2.11' Enter");
    assert_eq!(test.message(), "replace is for records; Tab goes to them");
    test.keys("c : 'replace' Space '192.0.2.10' Space '192.0.2.11' Enter");
    assert_eq!(test.message(), "replace is no command of this screen; ? shows those that are");
    test.keys("Esc Tab");
    test.select("www", "A", "192.0.2.10").keys(": 'ttl' Enter '300' Enter");
    assert_eq!(test.message(), "the TTL belongs to the whole set: 2 records have 5m now");
    assert_eq!(
        test.changes(),
        [
            "- www 3600 A 192.0.2.10",
            "- www 3600 A 192.0.2.11",
            "+ www 300 A 192.0.2.10",
            "+ www 300 A 192.0.2.11"
        ]
    );
}
