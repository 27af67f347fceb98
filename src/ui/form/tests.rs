//! Tests of the drawn form: pictures, every type at 80x24, and any form at any size.

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;

use super::*;
use crate::app::form::Part;
use crate::app::form::tests::{any_form, any_keys, draft, example_form, go, name, press};
use crate::zone::{RecordType, RrKey, types};

fn settings(unicode: bool) -> Settings {
    Settings {
        zone: name("@"),
        server: "ns1.example.com".into(),
        key: None,
        label: None,
        brake_percent: 20,
        config: Default::default(),
        hosts: Vec::new(),
        demo: false,
        arrival: crate::app::zones::Arrival::default(),
        unicode,
        rules: Default::default(),
        colours: true,
    }
}

fn terminal(form: &Form, settings: &Settings, width: u16, height: u16) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(form, settings, frame.area(), frame)).unwrap();
    terminal
}

/// The screen as text, with `▏` before the cell that the cursor stands in.
fn screen(form: &Form, settings: &Settings, width: u16, height: u16) -> String {
    let mut terminal = terminal(form, settings, width, height);
    let cursor = terminal.get_cursor_position().unwrap();
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for y in 0..height {
        for x in 0..width {
            if (x, y) == (cursor.x, cursor.y) {
                text.push('▏');
            }
            text.push_str(buffer[(x, y)].symbol());
        }
        text.push('\n');
    }
    text
}

/// The screen with each run of equal lines written once.
fn picture(form: &Form, unicode: bool, width: u16, height: u16) -> String {
    let screen = screen(form, &settings(unicode), width, height);
    let lines: Vec<&str> = screen.lines().collect();
    let runs = lines.chunk_by(|a, b| a == b);
    runs.map(
        |run| if run.len() > 1 { format!("{} × {}\n", run[0], run.len()) } else { format!("{}\n", run[0]) },
    )
    .collect()
}

fn mx() -> Form {
    let draft = draft();
    let mut form = Form::add(RecordType::MX, Some(&name("@")), draft.contents(), 3600);
    press(&mut form, &draft, "'20' Tab 'mx2.example.com'");
    form
}

fn soa() -> Form {
    let draft = draft();
    let mut form = Form::edit(&RrKey::new(name("@"), RecordType::SOA), 0, draft.contents()).unwrap();
    press(&mut form, &draft, "Tab Tab Tab 'x'");
    form
}

#[test]
fn mx_at_80x24() {
    insta::assert_snapshot!(picture(&mx(), true, 80, 24), @r#"
    ┌ Add MX ──────────────────────────────────────────────────────────────────────┐
    │  Name       [@                              ] → example.com.                 │
    │  TTL        [1h                             ] → 3600 s                       │
    │  preference [20                             ]                                │
    │  exchange   [mx2.example.com▏                ] ? no final dot? this means mx… │
    │                                                                              │
    │ @ 3600 IN MX 20 mx2.example.com                                              │
    │ This TTL is that of all 2 records of the set.                                │
    │                                                                              │
    │ MX: A host that takes mail for the name. A single MX "0 ." says that the     │
    │ name takes no mail (RFC 7505). RFC 1035 section 3.3.9.                       │
    │ F4: takes no mail (null MX)                                                  │
    │ exchange: the mail host, which has an A or AAAA record and is no CNAME.      │
    │ Example: mail                                                                │
    │ ? no final dot? this means mx2.example.com.example.com.                      │
    │                                                                              │ × 8
    └──────────────────────────────────────────────────────────────────────────────┘
    "#);
}

#[test]
fn mx_at_132x43() {
    insta::assert_snapshot!(picture(&mx(), true, 132, 43), @r#"
    ┌ Add MX ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │  Name       [@                                               ] → example.com.                                                    │
    │  TTL        [1h                                              ] → 3600 s                                                          │
    │  preference [20                                              ]                                                                   │
    │  exchange   [mx2.example.com▏                                 ] ? no final dot? this means mx2.example.com.example.com.           │
    │                                                                                                                                  │
    │ @ 3600 IN MX 20 mx2.example.com                                                                                                  │
    │ This TTL is that of all 2 records of the set.                                                                                    │
    │                                                                                                                                  │
    │ MX: A host that takes mail for the name. A single MX "0 ." says that the name takes no mail (RFC 7505). RFC 1035 section 3.3.9.  │
    │ F4: takes no mail (null MX)                                                                                                      │
    │ exchange: the mail host, which has an A or AAAA record and is no CNAME. Example: mail                                            │
    │ ? no final dot? this means mx2.example.com.example.com.                                                                          │
    │                                                                                                                                  │ × 29
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    "#);
}

#[test]
fn soa_at_80x24() {
    insta::assert_snapshot!(picture(&soa(), true, 80, 24), @"
    ┌ Edit SOA ────────────────────────────────────────────────────────────────────┐
    │  Name     example.com.                                                       │
    │  TTL     [1h                               ] → 3600 s                        │
    │  mname   [ns1                              ] → ns1.example.com.              │
    │  rname   [hostmaster@example.com           ] → hostmaster.example.com.       │
    │  serial  [2026112101                       ] → goes up by itself             │
    │! refresh [7200x▏                            ] ! the refresh is a time: secon… │
    │  retry   [900                              ] → 15m                           │
    │  expire  [1209600                          ] → 2w                            │
    │  minimum [300                              ] → 5m                            │
    │                                                                              │
    │ The zone-file line shows here when every field is right.                     │
    │                                                                              │
    │ SOA: The zone's own record: serial number and timers for its secondaries.    │
    │ One per zone, at its apex. RFC 1035 section 3.3.13.                          │
    │ refresh: how often secondaries look for a new serial; usual are 1h to 1d.    │
    │ Example: 1h                                                                  │
    │ ! the refresh is a time: seconds such as 3600, or with units such as 1h30m   │
    │                                                                              │ × 5
    └──────────────────────────────────────────────────────────────────────────────┘
    ");
}

#[test]
fn soa_at_132x43() {
    insta::assert_snapshot!(picture(&soa(), true, 132, 43), @"
    ┌ Edit SOA ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │  Name     example.com.                                                                                                           │
    │  TTL     [1h                                              ] → 3600 s                                                             │
    │  mname   [ns1                                             ] → ns1.example.com.                                                   │
    │  rname   [hostmaster@example.com                          ] → hostmaster.example.com.                                            │
    │  serial  [2026112101                                      ] → goes up by itself                                                  │
    │! refresh [7200x▏                                           ] ! the refresh is a time: seconds such as 3600, or with units such a… │
    │  retry   [900                                             ] → 15m                                                                │
    │  expire  [1209600                                         ] → 2w                                                                 │
    │  minimum [300                                             ] → 5m                                                                 │
    │                                                                                                                                  │
    │ The zone-file line shows here when every field is right.                                                                         │
    │                                                                                                                                  │
    │ SOA: The zone's own record: serial number and timers for its secondaries. One per zone, at its apex. RFC 1035 section 3.3.13.    │
    │ refresh: how often secondaries look for a new serial; usual are 1h to 1d. Example: 1h                                            │
    │ ! the refresh is a time: seconds such as 3600, or with units such as 1h30m                                                       │
    │                                                                                                                                  │ × 26
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ");
}

#[test]
fn small_and_in_ascii() {
    insta::assert_snapshot!(picture(&soa(), false, 40, 10), @"
    + Edit SOA ----------------------------+
    |  Name     example.com.               |
    |  TTL     [1h                        ]|
    |  mname   [ns1                       ]|
    |  rname   [hostmaster@example.com    ]|
    |  serial  [2026112101                ]|
    |! refresh [7200x▏                     ]|
    | ! the refresh is a time: seconds     |
    | such as 3600, or with units such a.. |
    +--------------------------------------+
    ");
}

#[test]
fn every_type_fits() {
    let draft = draft();
    for info in types::table() {
        let form = example_form(info, &draft);
        let text = screen(&form, &settings(true), 80, 24);
        for input in form.inputs() {
            assert!(text.contains(&format!("  {} ", input.label)), "{}\n{text}", input.label);
        }
        let line = form.zone_file_line().unwrap();
        assert!(text.contains(&line.chars().take(60).collect::<String>()), "{text}");
        assert!(text.contains(info.rfc.split(' ').nth(1).unwrap()), "{text}");
        assert!(text.contains("Example:") || text.contains("Space:"), "{text}");
    }
}

#[test]
fn the_message_stays_when_rows_are_short() {
    let draft = draft();
    for info in types::table() {
        for (index, field) in info.fields.iter().enumerate() {
            let mut form = example_form(info, &draft);
            go(&mut form, &draft, Part::Rdata(index));
            press(&mut form, &draft, "End Ctrl-U '\"\\999\"'");
            let at = form.current();
            let text = screen(&form, &settings(true), 40, 10);
            let label: String = field.name.chars().take(11).collect();
            assert!(text.contains(&format!("! {label}")), "{text}");
            let message: String = form.problems().nth(at).unwrap().unwrap().chars().take(20).collect();
            assert!(text.contains(&format!("! {message}")), "{message}\n{text}");
        }
    }
}

#[test]
fn esc_is_answered() {
    let draft = draft();
    let mut form = mx();
    press(&mut form, &draft, "Esc");
    assert!(screen(&form, &settings(true), 40, 10).contains("Esc again drops what you typed."));
}

#[test]
fn what_is_wrong_stays_on_the_screen_after_enter() {
    let draft = draft();
    let mut form = Form::add(RecordType::A, Some(&name("new")), draft.contents(), 3600);
    press(&mut form, &draft, "'1.2' Enter");
    let text = screen(&form, &settings(true), 80, 24);
    assert!(text.contains("Not accepted yet"), "{text}");
    assert!(text.contains("four numbers from 0 to 255 with dots"), "{text}");
}

#[test]
fn nothing_reaches_the_terminal_raw() {
    let draft = draft();
    let mut form = Form::add(RecordType::TXT, Some(&name("new")), draft.contents(), 3600);
    form.on_paste("a\u{1b}[31mb\u{202e}c\u{200b}d", draft.contents());
    let text = screen(&form, &settings(true), 80, 24);
    assert!(text.contains("a␛[31mb<U+202E>c<U+200B>d"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}']));
}

proptest! {
    #[test]
    fn any_form_at_any_size(
        (mut form, draft) in any_form(),
        keys in any_keys(),
        width in 0u16..140,
        height in 0u16..50,
        unicode: bool,
    ) {
        for key in keys {
            form.on_key(key, draft.contents());
        }
        let mut terminal = terminal(&form, &settings(unicode), width, height);
        if width >= 8 && height > 0 {
            let cursor = terminal.get_cursor_position().unwrap();
            prop_assert!(Rect::new(0, 0, width, height).contains(cursor));
        }
        let area = Rect::new(width / 2, height / 3, width, height);
        terminal.draw(|frame| draw(&form, &settings(unicode), area, frame)).unwrap();
    }
}
