//! Tests of the form: every type of the table, key scripts, what is refused, and any keys at all.

use std::sync::Arc;

use proptest::prelude::*;

mod types_of_the_table;

use super::*;
use crate::zone::{Draft, RrSet, SnapshotBuilder};
use crate::zonefile;

const ZONE: &str = "\
@ 3600 IN SOA ns1 hostmaster 2026112101 7200 900 1209600 300
@ 3600 IN NS ns1
@ 3600 IN NS ns2.example.net.
ns1 3600 IN A 192.0.2.1
www 300 IN A 192.0.2.10
www 300 IN A 192.0.2.11
www 300 IN A 192.0.2.12
mail 3600 IN A 192.0.2.20
@ 3600 IN MX 10 mail
alias 3600 IN CNAME www
odd 3600 IN TYPE65400 \\# 3 010203
broken 3600 IN A \\# 2 0102
";

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::parse(b"example.com.", None).unwrap().as_ref())).unwrap()
}

pub(crate) fn draft() -> Draft {
    let mut builder = SnapshotBuilder::new(name("@"));
    // The parser refuses RDATA that does not fit its type; a server may send it.
    let (broken, text): (Vec<&str>, Vec<&str>) = ZONE.lines().partition(|line| line.starts_with("broken"));
    assert_eq!(broken.len(), 1);
    let parsed = zonefile::parse(text.join("\n").as_bytes(), Some(&name("@")));
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    for record in parsed.records {
        builder.push(record.owner.as_ref(), record.rtype, record.ttl, &record.rdata).unwrap();
    }
    builder.push(name("broken").as_ref(), RecordType::A, 3600, &[1, 2]).unwrap();
    Draft::new(Arc::new(builder.finish().unwrap()))
}

fn key(owner: &str, rtype: RecordType) -> RrKey {
    RrKey::new(name(owner), rtype)
}

/// Presses the keys of a script: their names, and texts to type between single quotes.
pub(crate) fn press(form: &mut Form, draft: &Draft, script: &str) -> Outcome {
    let mut last = Outcome::Stay;
    for (index, part) in script.split('\'').enumerate() {
        let keys: Vec<Key> = match index % 2 {
            1 => part.chars().map(Key::char).collect(),
            _ => part.split_whitespace().map(|key| Key::parse(key).unwrap()).collect(),
        };
        for key in keys {
            assert_eq!(last, Outcome::Stay, "{script}");
            last = form.on_key(key, draft.contents());
        }
    }
    last
}

/// Presses Tab until the cursor is there.
pub(crate) fn go(form: &mut Form, draft: &Draft, part: Part) {
    for _ in 0..100 {
        if form.inputs()[form.current()].part == part {
            return;
        }
        press(form, draft, "Tab");
    }
    panic!("no {part:?}");
}

/// The problems that are there, as "label: text".
fn problems(form: &Form) -> Vec<String> {
    (form.inputs().iter().zip(form.problems()))
        .filter_map(|(input, problem)| problem.map(|problem| format!("{}: {problem}", input.label)))
        .collect()
}

/// What accepting changes: each set as "owner TTL TYPE rdata, rdata".
fn edited(draft: &Draft, outcome: Outcome) -> Vec<String> {
    let Outcome::Accept(accepted) = outcome else { panic!("{outcome:?}") };
    let show = |(key, set): (RrKey, Option<RrSet>)| {
        let owner = key.owner.relative_to(&name("@"));
        let Some(set) = set else { return format!("{owner} {} gone", key.rtype) };
        assert!(set.mixed_ttls.is_empty());
        let rdata: Vec<_> = (set.rdata.iter())
            .map(|rdata| types::format_rdata(key.rtype, rdata, Some(name("@").as_ref())))
            .collect();
        format!("{owner} {} {} {}", set.ttl, key.rtype, rdata.join(", "))
    };
    edits(draft.contents(), &accepted).into_iter().map(show).collect()
}

fn add(rtype: RecordType, owner: Option<&str>) -> (Form, Draft) {
    let draft = draft();
    let owner = owner.map(name);
    (Form::add(rtype, owner.as_ref(), draft.contents(), 86_400), draft)
}

fn edit(owner: &str, rtype: RecordType, index: usize) -> (Form, Draft) {
    let draft = draft();
    (Form::edit(&key(owner, rtype), index, draft.contents()).unwrap(), draft)
}

/// A form for any type of the table, filled with the examples. There can be only one SOA: that one is edited.
pub(crate) fn example_form(info: &TypeInfo, draft: &Draft) -> Form {
    let mut form = match info.rtype {
        RecordType::SOA => Form::edit(&key("@", RecordType::SOA), 0, draft.contents()).unwrap(),
        other => Form::add(other, Some(&name("new")), draft.contents(), 3600),
    };
    for (index, field) in info.fields.iter().enumerate() {
        go(&mut form, draft, Part::Rdata(index));
        form.on_key(Key::ctrl('u'), draft.contents());
        form.on_paste(field.example, draft.contents());
    }
    form
}

#[test]
fn several_problems_are_seen_at_once() {
    let (mut form, draft) = add(RecordType::SRV, Some("_sip._tcp"));
    assert_eq!(problems(&form).len(), 4);
    assert!(
        form.inputs().iter().all(|input| input.shown_problem().is_none()),
        "empty fields are not reproached"
    );
    press(&mut form, &draft, "'x' Tab '5' Tab 'y' Tab 'a..b'");
    let labels: Vec<_> =
        problems(&form).iter().map(|text| text.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(labels, ["priority", "port", "target"]);
    // The length of a digest goes by its type: with the type broken it cannot be judged.
    let (mut form, draft) = add(RecordType::DS, Some("sub"));
    press(&mut form, &draft, "'1' Tab '13' Tab 'x' Tab 'aabb'");
    assert_eq!(problems(&form).len(), 1, "{:?}", problems(&form));
    press(&mut form, &draft, "Shift-Tab Ctrl-U '2'");
    assert!(problems(&form)[0].starts_with("digest: "), "{:?}", problems(&form));
}

#[test]
fn adding_by_keys() {
    let (mut form, draft) = add(RecordType::A, None);
    assert_eq!(form.current(), 0);
    let outcome = press(&mut form, &draft, "'new' Tab Tab '192.0.2.7' Enter");
    let Outcome::Accept(accepted) = &outcome else { panic!("{outcome:?}") };
    assert_eq!(accepted.label(&name("@")), "add new A");
    assert_eq!(edited(&draft, outcome), ["new 86400 A 192.0.2.7"]);

    let (mut form, draft) = add(RecordType::A, None);
    press(&mut form, &draft, "'x' Enter");
    assert_eq!(form.current(), 2, "Enter goes to the first field that is wrong");
    assert!(form.inputs()[2].shown_problem().unwrap().contains("missing"));
    assert_eq!(press(&mut form, &draft, "Up Down Down Down Up BackTab '192.0.2.7' Up Up Enter"), {
        Outcome::Accept(Accepted {
            owner: name("x"),
            rtype: RecordType::A,
            ttl: 86_400,
            rdata: [192, 0, 2, 7].into(),
            replaced: None,
        })
    });
}

#[test]
fn a_set_has_one_ttl() {
    // A record that joins a set takes its TTL, unless another one is typed.
    let (mut form, draft) = add(RecordType::A, None);
    press(&mut form, &draft, "'www'");
    assert_eq!(form.inputs()[1].field.text(), "5m");
    assert_eq!(form.set_note(), Some("This TTL is that of all 4 records of the set."));
    let mut other = form.clone();
    press(&mut other, &draft, "'2'");
    assert_eq!((other.inputs()[1].field.text().as_str(), other.set_note()), ("1d", None));
    press(&mut form, &draft, "Tab Ctrl-U '1h'");
    assert_eq!(
        form.set_note(),
        Some("This TTL is that of all 4 records of the set; the others have 5m now.")
    );
    assert_eq!(form.inputs()[1].note, Some(Note::Means("3600 s".into())));
    let outcome = press(&mut form, &draft, "Tab '192.0.2.9' Enter");
    assert_eq!(edited(&draft, outcome), ["www 3600 A 192.0.2.10, 192.0.2.11, 192.0.2.12, 192.0.2.9"]);
}

#[test]
fn editing_keeps_the_place() {
    let (mut form, draft) = edit("www", RecordType::A, 1);
    assert!(form.is_edit() && !form.is_changed() && form.current() == 2);
    let outcome = press(&mut form, &draft, "Backspace '9' Enter");
    assert_eq!(edited(&draft, outcome), ["www 300 A 192.0.2.10, 192.0.2.19, 192.0.2.12"]);

    // Without a change there is nothing to do, not even for a set with mixed TTLs.
    let (mut form, draft) = edit("www", RecordType::A, 1);
    assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Cancel);
    assert_eq!(press(&mut form, &draft, "'x' Backspace Enter"), Outcome::Cancel);
}

#[test]
fn editing_the_owner_moves_the_record() {
    let (mut form, draft) = edit("www", RecordType::A, 0);
    let outcome = press(&mut form, &draft, "Up Up Ctrl-U 'mail' Enter");
    assert_eq!(
        edited(&draft, outcome),
        ["www 300 A 192.0.2.11, 192.0.2.12", "mail 300 A 192.0.2.20, 192.0.2.10"]
    );
    let (mut form, draft) = edit("mail", RecordType::A, 0);
    let outcome = press(&mut form, &draft, "Up Up Ctrl-U '*.sub' Enter");
    assert_eq!(edited(&draft, outcome), ["mail A gone", "*.sub 3600 A 192.0.2.20"]);
    // Case makes no other name, and the set keeps its spelling.
    let (mut form, draft) = edit("mail", RecordType::A, 0);
    let outcome = press(&mut form, &draft, "Up Up Ctrl-U 'MAIL' Tab Ctrl-U '60' Enter");
    assert_eq!(edited(&draft, outcome), ["mail 60 A 192.0.2.20"]);
}

#[test]
fn a_copy_replaces_nothing() {
    let (form, draft) = edit("alias", RecordType::CNAME, 0);
    let mut form = form.as_copy(draft.contents());
    assert!(!form.is_edit());
    press(&mut form, &draft, "Tab Tab Ctrl-U 'mail' Enter");
    assert_eq!(problems(&form), ["Name: alias.example.com. already has its CNAME; edit that one"]);
    let outcome = press(&mut form, &draft, "End '2' Enter");
    assert_eq!(edited(&draft, outcome), ["alias2 3600 CNAME mail"]);
    let (form, draft) = edit("www", RecordType::A, 0);
    let mut form = form.as_copy(draft.contents());
    assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Stay, "the same record twice");
    let outcome = press(&mut form, &draft, "Backspace '9' Enter");
    assert_eq!(edited(&draft, outcome), ["www 300 A 192.0.2.10, 192.0.2.11, 192.0.2.12, 192.0.2.19"]);
}

#[test]
fn the_change_is_one_step_of_the_draft() {
    let (mut form, mut draft) = edit("www", RecordType::A, 0);
    let Outcome::Accept(accepted) = press(&mut form, &draft, "Up Up Ctrl-U 'mail' Enter") else { panic!() };
    draft.edit(accepted.label(&name("@")), edits(draft.contents(), &accepted)).unwrap();
    assert_eq!(draft.next_labels(), (Some("edit mail A"), None));
    assert_eq!(draft.changes().len(), 2);
    // Done over the zone as the draft makes it.
    let mut form = Form::edit(&key("mail", RecordType::A), 1, draft.contents()).unwrap();
    let outcome = press(&mut form, &draft, "Backspace '5' Enter");
    assert_eq!(edited(&draft, outcome), ["mail 300 A 192.0.2.20, 192.0.2.15"]);
}

#[test]
fn what_cannot_stand_there() {
    for (rtype, owner, script, expected) in [
        (RecordType::A, "www", "'192.0.2.10'", "address: www.example.com. already has this A record"),
        (
            RecordType::MX,
            "@",
            "'10' Tab 'MAIL.example.COM.'",
            "preference: example.com. already has this MX record",
        ),
        (
            RecordType::A,
            "alias",
            "'192.0.2.1'",
            "Name: alias.example.com. is an alias (CNAME) and can have nothing else: delete the CNAME first",
        ),
        (
            RecordType::CNAME,
            "mail",
            "'www'",
            "Name: mail.example.com. has A; a CNAME must be alone: delete what is there first",
        ),
        (
            RecordType::CNAME,
            "alias",
            "'mail'",
            "Name: alias.example.com. already has its CNAME; edit that one",
        ),
        (
            RecordType::CNAME,
            "@",
            "'www'",
            "Name: a CNAME cannot stand at the zone's own name; use A and AAAA, or HTTPS",
        ),
        (
            RecordType::A,
            "www",
            "'192.0.2.9' Up Up Ctrl-U 'www.example.org.'",
            "Name: www.example.org. is not in the zone example.com.",
        ),
        (
            RecordType::A,
            "www",
            "'192.0.2.9' Up Up Ctrl-U 'i♥dns'",
            "Name: ♥ (U+2665) cannot stand in a name (IDNA 2008)",
        ),
        (
            RecordType::A,
            "www",
            "'192.0.2.9' Up Up Ctrl-U 'my host'",
            "Name: a name holds ' ' only as an escape: \\032",
        ),
        (RecordType::A, "www", "'192.0.2.9' Up Up Ctrl-U", "Name: type a name, or @ for example.com. itself"),
        (
            RecordType::A,
            "www",
            "'192.0.2.9' Up Ctrl-U '2147483648'",
            "TTL: a TTL is a number of seconds up to 2147483647, or with units: 1h30m",
        ),
        (
            RecordType::A,
            "www",
            "'192.0.2.9' Up Ctrl-U '-1'",
            "TTL: a TTL is a number of seconds up to 2147483647, or with units: 1h30m",
        ),
        (RecordType::ANY, "www", "", "Name: TYPE255 is used in messages only; it cannot stand in a zone"),
    ] {
        let (mut form, draft) = add(rtype, Some(owner));
        press(&mut form, &draft, script);
        assert!(problems(&form).contains(&expected.to_owned()), "{expected}\n{:?}", problems(&form));
        assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Stay);
    }
    // The record's own place is no obstacle, not even in another case.
    let (mut form, draft) = edit("alias", RecordType::CNAME, 0);
    let outcome = press(&mut form, &draft, "Ctrl-U 'WWW' Enter");
    assert_eq!(edited(&draft, outcome), ["alias 3600 CNAME WWW"]);
    let (mut form, draft) = edit("mail", RecordType::A, 0);
    press(&mut form, &draft, "Up Up Ctrl-U 'alias'");
    assert_eq!(problems(&form).len(), 1, "a record moved to an alias");
    // Escapes and wildcards are names.
    for owner in ["my\\032host", "a\\.b", "*", "*.sub", "_dmarc", "www.example.com.", " padded "] {
        let (mut form, draft) = add(RecordType::TXT, None);
        let outcome = press(&mut form, &draft, &format!("'{owner}' Tab Tab 'x' Enter"));
        assert!(matches!(outcome, Outcome::Accept(_)), "{owner} {:?}", problems(&form));
    }
}

#[test]
fn names_are_shown_in_full() {
    for (text, note) in [
        ("mail", Some(Note::Means("mail.example.com.".into()))),
        ("@", Some(Note::Means("example.com.".into()))),
        ("mail.example.com.", None),
        ("mx.example.net.", None),
        ("a.b", Some(Note::Means("a.b.example.com.".into()))),
        (
            "mail.example.com",
            Some(Note::Doubt("no final dot? this means mail.example.com.example.com.".into())),
        ),
        ("mx.other.com", Some(Note::Doubt("no final dot? this means mx.other.com.example.com.".into()))),
        ("com", Some(Note::Means("com.example.com.".into()))),
        ("", None),
        ("a..b", None),
    ] {
        let (mut form, draft) = add(RecordType::MX, Some("new"));
        press(&mut form, &draft, &format!("'10' Tab '{text}'"));
        assert_eq!(form.inputs()[3].note, note, "{text}");
        let (mut form, draft) = add(RecordType::MX, None);
        press(&mut form, &draft, &format!("'{text}'"));
        assert_eq!(form.inputs()[0].note, note, "{text}");
    }
}

#[test]
fn nameservers_have_no_name_field() {
    let draft = draft();
    let form = Form::add(RecordType::NS, Some(&name("@")), draft.contents(), 86_400);
    let mut form = form.without_name(draft.contents());
    let labels: Vec<_> = form.inputs().iter().map(|input| input.label).collect();
    assert_eq!((labels[0], labels.len(), form.current()), ("TTL", 2, 1));
    assert_eq!(form.fixed_owner(), Some(&name("@")));
    let outcome = press(&mut form, &draft, "'ns3' Enter");
    assert_eq!(edited(&draft, outcome), ["@ 3600 NS ns1, ns2.example.net., ns3"]);
}

#[test]
fn the_soa_is_edited_only() {
    let (mut form, draft) = add(RecordType::SOA, None);
    assert!(
        problems(&form)[0].contains("example.com. already has its SOA; edit that one"),
        "{:?}",
        problems(&form)
    );
    assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Stay);
    let (mut form, draft) = edit("@", RecordType::SOA, 0);
    let outcome = press(&mut form, &draft, "Down Down Down Ctrl-U '1h' Enter");
    assert_eq!(edited(&draft, outcome), ["@ 3600 SOA ns1 hostmaster 2026112101 3600 900 1209600 300"]);
}

#[test]
fn rdata_in_the_generic_form() {
    for (owner, rtype) in [("odd", RecordType(65_400)), ("broken", RecordType::A)] {
        let (mut form, draft) = edit(owner, rtype, 0);
        assert_eq!((form.inputs().len(), form.inputs()[2].label), (3, "rdata"));
        assert!(problems(&form).is_empty(), "{:?}", problems(&form));
        let only_ttl = press(&mut form.clone(), &draft, "Up Ctrl-U '60' Enter");
        assert!(edited(&draft, only_ttl)[0].starts_with(&format!("{owner} 60 {rtype} \\# ")));
        press(&mut form, &draft, "'ff'");
        assert!(problems(&form)[0].starts_with("rdata: "), "the length no longer fits");
        let outcome = press(&mut form, &draft, "Ctrl-U '\\# 2 0a0B' Enter");
        assert_eq!(edited(&draft, outcome), [format!("{owner} 3600 {rtype} \\# 2 0A0B")]);
    }
}

#[test]
fn esc_drops_nothing_at_once() {
    let (mut form, draft) = add(RecordType::A, None);
    assert_eq!(press(&mut form, &draft, "Esc"), Outcome::Cancel, "nothing typed");
    press(&mut form, &draft, "'x' Esc");
    assert_eq!(form.message(), Some("Esc again drops what you typed."));
    press(&mut form, &draft, "Left Esc");
    assert_eq!(
        form.message(),
        Some("Esc again drops what you typed."),
        "another key takes the first Esc back"
    );
    assert_eq!(press(&mut form, &draft, "Esc"), Outcome::Cancel);
    // An arrow key whose octets come apart on a slow line.
    press(&mut form, &draft, "Tab Esc '[A' Esc '[A'");
    assert_eq!(form.inputs()[1].field.text(), "1d[A[A");
}

#[test]
fn pasted_text() {
    let (mut form, draft) = add(RecordType::TXT, Some("new"));
    form.on_paste("v=spf1\n-all", draft.contents());
    assert_eq!(edited(&draft, press(&mut form, &draft, "Enter")), ["new 86400 TXT \"v=spf1 -all\""]);
    form.on_paste(&"x".repeat(MAX_LENGTH), draft.contents());
    assert_eq!(form.message(), Some("Not taken: a field holds up to 512 KiB."));
    form.on_paste(&"x".repeat(70_000), draft.contents());
    assert_eq!(problems(&form).len(), 1, "more than RDATA can be");
}

pub(crate) fn any_keys() -> impl Strategy<Value = Vec<Key>> {
    let named =
        "Tab Shift-Tab Down Up Left Right Home End Backspace Del Ctrl-W Ctrl-U Ctrl-K Ctrl-Left Enter Esc F1";
    let named: Vec<Key> = named.split(' ').map(|key| Key::parse(key).unwrap()).collect();
    let typed: Vec<char> = "aw1290.:\\@*\"#-= xü日\u{301}\u{202e}\u{1b}".chars().collect();
    let key = prop_oneof![
        1 => prop::sample::select(named),
        2 => prop::sample::select(typed).prop_map(Key::char),
    ];
    prop::collection::vec(key, 0..60)
}

pub(crate) fn any_form() -> impl Strategy<Value = (Form, Draft)> {
    let types: Vec<RecordType> =
        types::table().iter().map(|info| info.rtype).chain([RecordType(65_400), RecordType(0)]).collect();
    let owner = prop::sample::select(vec![None, Some("www"), Some("alias"), Some("@")]);
    (prop::sample::select(types), owner, any::<bool>()).prop_map(|(rtype, owner, example)| {
        let draft = draft();
        let owner = owner.map(name);
        let form = match types::info(rtype).filter(|_| example) {
            Some(info) => example_form(info, &draft),
            None => Form::add(rtype, owner.as_ref(), draft.contents(), 3600),
        };
        (form, draft)
    })
}

proptest! {
    #[test]
    fn any_keys_give_a_right_record_or_none((mut form, mut draft) in any_form(), keys in any_keys()) {
        for key in keys {
            let outcome = form.on_key(key, draft.contents());
            prop_assert!(form.current() < form.inputs().len());
            prop_assert_eq!(form.zone_file_line().is_some(), form.problems().all(|problem| problem.is_none()));
            if let Outcome::Accept(accepted) = outcome {
                let records = draft.contents().get(&accepted.key()).map_or(0, |set| set.rdata.len());
                let edits = edits(draft.contents(), &accepted);
                draft.edit("x", edits);
                let set = draft.get(&accepted.key()).unwrap();
                prop_assert_eq!(set.ttl, accepted.ttl);
                prop_assert!(set.contains(accepted.rtype, &accepted.rdata));
                prop_assert_eq!(set.rdata.len(), records + usize::from(accepted.replaced.is_none()));
                prop_assert!(accepted.owner.is_at_or_below(&name("@")));
                return Ok(());
            }
        }
    }
}

#[test]
fn a_doubtful_name_is_asked_about_once() {
    let draft = draft();
    let zone = draft.contents();
    for typed in ["ns3.example.com", "192.0.2.1"] {
        let mut form = Form::add(RecordType::NS, Some(&name("sub")), zone, 3600);
        press(&mut form, &draft, &format!("'{typed}'"));
        assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Stay);
        assert_eq!(form.message(), Some(DOUBTS));
        assert!(matches!(press(&mut form, &draft, "Enter"), Outcome::Accept(_)));
        // Another key takes the question back.
        press(&mut form, &draft, "Enter Left");
        assert_eq!(press(&mut form, &draft, "Enter"), Outcome::Stay);
    }
}

#[test]
fn an_enter_that_is_not_accepted_says_so() {
    let draft = draft();
    let mut form = Form::add(RecordType::A, Some(&name("new")), draft.contents(), 3600);
    assert_eq!(press(&mut form, &draft, "'192.0.2.300' Enter"), Outcome::Stay);
    assert_eq!(form.message(), Some("Not accepted yet: see the field marked !."));
}
