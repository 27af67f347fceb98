//! What is on disk while somebody edits: the form that is filled in, the draft that takes its time, the disk that
//! comes back.

use super::*;

fn kept(effects: &[Effect]) -> Option<OpenForm> {
    let mut kept = None;
    for effect in effects {
        match effect {
            Effect::SaveForm { form } => kept = Some(form.clone()),
            Effect::DropForm => kept = None,
            _ => {}
        }
    }
    kept
}

#[test]
fn what_is_typed_in_a_form_is_kept_until_it_is_left() {
    let mut test = Test::new();
    test.keys("+ Enter");
    assert_eq!(kept(&test.effects), None, "nothing is typed yet");
    test.keys("'new' Tab Tab '192.0.2.7'");
    let form = kept(&test.effects).expect("a form");
    assert_eq!(form.fields, ["new", "1h", "192.0.2.7"]);
    assert_eq!((form.rtype, form.current), (RecordType::A, 2));
    let writes = |effects: &[Effect]| {
        effects.iter().filter(|effect| matches!(effect, Effect::SaveForm { .. })).count()
    };
    let before = writes(&test.effects);
    test.keys("Left");
    assert_eq!(writes(&test.effects), before, "nothing is different");
    test.keys("Esc Esc");
    assert!(matches!(test.effects.last(), Some(Effect::DropForm)));
    // Accepted: the step is written before the form is forgotten.
    test.keys("+ Enter 'new' Tab Tab '192.0.2.7'");
    test.effects.clear();
    test.keys("Enter");
    let order: Vec<&str> = (test.effects.iter())
        .filter_map(|effect| match effect {
            Effect::Journal { .. } => Some("step"),
            Effect::DropForm => Some("form"),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["step", "form"]);
}

#[test]
fn the_form_of_an_earlier_run_is_opened_again() {
    let keys = [
        "+ Enter 'new' Tab '300' Tab '192.0.2.'",
        "+ 'mx' Enter 'new' Tab Tab '10'",
        "Down Enter Ctrl-U Ctrl-K '9.9'",
        "Down Y Tab Tab '9.9'",
        "Tab Enter Ctrl-U Ctrl-K 'ns7.'",
        "Tab + 'ns7.exa'",
        "+ 'TYPE65400' Enter 'odd' Tab Tab '\\#'",
    ];
    for keys in keys {
        let mut test = Test::new();
        test.keys(keys);
        let Screen::Form(before) = &test.app.screen else { panic!("{keys}: no form") };
        let before = before.kept();
        let form = kept(&test.effects).unwrap_or_else(|| panic!("{keys}: nothing is kept"));
        let mut again = Test::starting(settings());
        again.send(Msg::FormFound(form.clone()));
        again.load(ZONE);
        let Screen::Form(after) = &again.app.screen else { panic!("{keys}: not opened again") };
        assert_eq!(after.kept(), before, "{keys}");
        assert_eq!(after.inputs().len(), before.fields.len(), "{keys}");
        assert_eq!(kept(&again.effects), None, "{keys}: it is on disk already");
        assert!(!again.did(|effect| matches!(effect, Effect::DropForm)), "{keys}");
        // Dropped for good, and gone from the disk.
        again.keys("Esc Esc");
        assert!(matches!(again.effects.last(), Some(Effect::DropForm)), "{keys}");
    }
}

#[test]
fn a_form_waits_for_the_draft_and_for_an_edit_that_was_done() {
    let mut test = Test::new();
    test.keys("Down - + Enter 'new' Tab Tab '192.0.2.7'");
    let (entries, form) = (disk(&test.effects), kept(&test.effects).unwrap());
    test.keys("Enter");
    let all = disk(&test.effects);
    let again = |entries: Vec<Entry>| {
        let mut again = Test::starting(settings());
        again.find_draft(entries);
        again.send(Msg::FormFound(form.clone()));
        again.load(ZONE);
        assert!(matches!(again.app.overlay, Some(Overlay::Dialog(_))));
        assert!(!matches!(again.app.screen, Screen::Form(_)), "the draft comes first");
        again.keys("Enter");
        again
    };
    assert!(matches!(again(entries).app.screen, Screen::Form(_)));
    // The program ended after the step was written and before the form was forgotten.
    let done = again(all);
    assert!(matches!(done.app.screen, Screen::Main));
    assert!(matches!(done.effects.last(), Some(Effect::DropForm)));
}

#[test]
fn a_form_whose_record_is_gone_adds_one() {
    let mut test = Test::new();
    test.select("old", "A", "192.0.2.99").keys("Enter Ctrl-U Ctrl-K '192.0.2.98'");
    let form = kept(&test.effects).unwrap();
    let mut again = Test::starting(settings());
    again.send(Msg::FormFound(form));
    again.load(&ZONE.replace("192.0.2.99", "192.0.2.97"));
    assert!(again.message().contains("it adds one"), "{}", again.message());
    again.keys("Enter");
    assert_eq!(again.changes().last().unwrap(), "+ old 86400 A 192.0.2.98");
}

#[test]
fn a_form_is_not_opened_in_a_zone_that_cannot_be_edited() {
    let mut test = Test::new();
    test.keys("+ Enter 'new'");
    let form = kept(&test.effects).unwrap();
    let mut again = Test::starting(settings());
    again.send(Msg::FormFound(form));
    let request = again.last_load();
    let loaded =
        Loaded { zone: zone(ZONE), kind: ServerKind::Bind, editable: Err("no key".into()), file: None };
    again.send(Msg::Loaded { request, result: Ok(loaded) });
    assert!(matches!(again.app.screen, Screen::Main));
    assert!(!again.did(|effect| matches!(effect, Effect::DropForm)));
}

#[test]
fn leaving_waits_for_the_draft() {
    let quits = |test: &Test| test.did(|effect| matches!(effect, Effect::Quit));
    let mut test = Test::new();
    test.keys("Down -");
    test.send(Msg::Saving(true));
    assert!(test.screen(80, 24).contains("1 change · saving"), "{}", test.screen(80, 24));
    test.keys("q k");
    assert!(!quits(&test));
    assert!(test.message().contains("being saved"), "{}", test.message());
    // Another key stays.
    test.keys("Down");
    test.send(Msg::Journalled(Ok(())));
    test.send(Msg::Saving(false));
    assert!(!quits(&test));
    assert!(!test.screen(80, 24).contains("saving"));
    test.send(Msg::Saving(true));
    test.keys("q k");
    test.send(Msg::Journalled(Ok(())));
    test.send(Msg::Saving(false));
    assert!(quits(&test));
    // Where it could not be saved, it asks.
    let mut test = Test::new();
    test.keys("Down -");
    test.send(Msg::Saving(true));
    test.keys("q k");
    test.send(Msg::Journalled(Err(full_disk())));
    test.send(Msg::Saving(false));
    assert!(!quits(&test));
    assert!(test.screen(80, 24).contains("is NOT SAVED"), "{}", test.screen(80, 24));
}

#[test]
fn what_could_not_be_saved_is_tried_again() {
    let mut test = Test::new();
    test.keys("Down -");
    test.effects.clear();
    test.send(Msg::SaveAgain);
    assert!(test.effects.is_empty(), "there is no trouble");
    test.send(Msg::Journalled(Err(full_disk())));
    test.send(Msg::SaveAgain);
    assert_eq!(disk(&test.effects), test.open().draft.entries());
    test.keys("t 'x'");
    test.effects.clear();
    test.send(Msg::TextSaved(Err(full_disk())));
    test.send(Msg::SaveAgain);
    assert!(test.did(|effect| matches!(effect, Effect::SaveText { .. })));
}

/// The disk did not give it out at the start, and somebody has begun to edit meanwhile.
#[test]
fn a_draft_found_late_comes_before_what_was_done_since() {
    let entries = {
        let mut test = Test::new();
        test.select("old", "A", "192.0.2.99").keys("-");
        test.select("shop", "CNAME", "www").keys("-");
        disk(&test.effects)
    };
    let late = |keys: &str| {
        let mut test = Test::new();
        test.send(Msg::Journalled(Err(full_disk())));
        test.select("mail", "A", "192.0.2.25").keys("-");
        test.effects.clear();
        test.find_draft(entries.clone());
        test.keys(keys);
        let decided = test.did(|effect| matches!(effect, Effect::DraftDecided | Effect::DiscardFound));
        assert!(decided);
        (test.changes(), disk(&test.effects), test.open().draft.entries())
    };
    let (changes, on_disk, entries) = late("Enter");
    assert_eq!(changes, ["- mail 3600 A 192.0.2.25", "- old 86400 A 192.0.2.99", "- shop 300 CNAME www"]);
    assert_eq!(on_disk, entries);
    let (changes, on_disk, entries) = late("d y");
    assert_eq!(changes, ["- mail 3600 A 192.0.2.25"]);
    assert_eq!(on_disk, entries);
}

#[test]
fn values_that_are_typed_for_a_template_are_kept_and_come_back() {
    let mut test = Test::new();
    test.keys(": 'load' Space 'mailserver' Enter");
    assert_eq!(kept(&test.effects), None, "nothing is typed yet");
    test.keys("Ctrl-U '203.0.113.25' Tab Tab 'post'");
    let form = kept(&test.effects).expect("the values");
    assert_eq!(form.values_of, Some(crate::facts::ValuesOf::Template("mailserver".into())));
    assert_eq!(form.fields, ["203.0.113.25", "", "post"]);
    // The next run, after a crash.
    let mut next = Test::starting(settings());
    next.send(Msg::FormFound(form.clone()));
    next.load(ZONE);
    assert_eq!(next.message(), "the values that you were typing are here again");
    let screen = next.screen(80, 24);
    assert!(screen.contains("[203.0.113.25 ") && screen.contains("[post "), "{screen}");
    assert!(screen.contains("mail    A     203.0.113.25"), "{screen}");
    // Over the proposal they are kept as well, until that is taken.
    next.keys("Ctrl-U 'postmaster@example.com' Enter");
    assert!(matches!(next.app.screen, Screen::Proposal(_)), "{}", next.screen(80, 24));
    assert_eq!(kept(&next.effects).expect("the values").fields[2], "postmaster@example.com");
    next.keys("Enter");
    assert!(matches!(next.effects.last(), Some(Effect::DropForm)) || kept(&next.effects).is_none());
    assert!(!next.changes().is_empty());
    // A template that is gone asks for nothing, and what was kept goes.
    let gone = OpenForm { values_of: Some(crate::facts::ValuesOf::Template("gone".into())), ..form };
    let mut next = Test::starting(settings());
    next.send(Msg::FormFound(gone));
    next.load(ZONE);
    assert!(next.message().starts_with("there is no template gone"), "{}", next.message());
    assert!(next.did(|effect| matches!(effect, Effect::DropForm)));
}
