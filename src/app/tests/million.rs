//! A million records: what edits of all of them cost the thread that draws, and what one edit costs after that, beside the
//! same in a clean zone. Prints times and holds none: they mean something only in an optimised build on an idle machine,
//! `cargo test --release --lib million -- --ignored --nocapture`. What must hold is counted in `large`.

use std::time::{Duration, Instant};

use super::*;

const RECORDS: usize = 1_000_000;

/// Two addresses to a name.
fn million() -> Test {
    let mut builder = SnapshotBuilder::new(name("@"));
    let mut push = |owner: &str, rtype: &str, data: &str| {
        let (rtype, rdata) = rdata(rtype, data);
        builder.push(name(owner).as_ref(), rtype, 3600, &rdata).unwrap();
    };
    push("@", "SOA", "ns1 hostmaster 2026112101 3600 900 1209600 300");
    push("@", "NS", "ns1");
    for number in 0..RECORDS / 2 {
        let owner = format!("host{number}");
        push(&owner, "A", &format!("192.0.{}.{}", number >> 8 & 255, number & 255));
        push(&owner, "AAAA", &format!("2001:db8::{:x}:{:x}", number >> 16, number & 0xffff));
    }
    let zone = Arc::new(builder.finish().unwrap());
    let mut test = Test::starting(settings());
    let request = test.last_load();
    let loaded = Loaded { zone, kind: ServerKind::Embedded, editable: Ok(()), file: None };
    test.send(Msg::Loaded { request, result: Ok(loaded) });
    test.send(Msg::Resize(200, 50));
    test
}

/// What a message costs: the longest that the loop was busy, and the work beside it.
fn costs(test: &mut Test, terminal: &mut Screen, msg: Msg) -> (Duration, Duration) {
    let (mut longest, mut beside) = (Duration::ZERO, Duration::ZERO);
    let mut msgs = vec![msg];
    while let Some(msg) = msgs.pop() {
        let start = Instant::now();
        let effects = test.app.update(msg);
        terminal.draw(|frame| crate::ui::draw(&test.app, frame)).unwrap();
        longest = longest.max(start.elapsed());
        let start = Instant::now();
        for effect in effects {
            if let Effect::Work { request, work } = effect {
                msgs.push(Msg::Worked { request, worked: work.run() });
            }
        }
        beside += start.elapsed();
    }
    (longest, beside)
}

type Screen = Terminal<TestBackend>;

/// Presses keys, and says what they cost.
fn press(test: &mut Test, terminal: &mut Screen, keys: &str) {
    let (mut longest, mut beside) = (Duration::ZERO, Duration::ZERO);
    for key in keys.split(' ') {
        let (own, its) = costs(test, terminal, Msg::Key(Key::parse(key).unwrap()));
        longest = longest.max(own);
        beside += its;
    }
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    let changes = test.open().draft.changes().len();
    let (keys, longest, beside) =
        (keys.chars().take(12).collect::<String>(), millis(longest), millis(beside));
    println!("  {keys:<12} on the loop {longest:8.2} ms, beside it {beside:8.2} ms, {changes} changes");
}

fn one(test: &mut Test, terminal: &mut Screen, about: &str) {
    println!("{about}");
    test.select("host250000", "A", "192.0.208.144");
    for keys in ["Down", "PgDn", "Up", "-", "u", "U", "u"] {
        press(test, terminal, keys);
    }
}

#[test]
#[ignore = "measures, and needs an optimised build"]
fn what_edits_cost() {
    let mut test = million();
    let mut terminal = Terminal::new(TestBackend::new(200, 50)).unwrap();
    one(&mut test, &mut terminal, "a clean zone");
    for (name, step) in [
        ("delete", "-"),
        ("TTL", "T 5 m Enter"),
        ("delete-all", ": d e l e t e - a l l Enter e x a m p l e . c o m . Enter"),
        ("replace", "% 1 9 2 . 0 . 0 . 0 / 1 6 Space 1 9 8 . 5 1 . 0 . 0 / 1 6 Enter y"),
    ] {
        println!("{name}");
        press(&mut test, &mut terminal, "*");
        for keys in [step, "Esc", "u", "U"] {
            press(&mut test, &mut terminal, keys);
        }
        one(&mut test, &mut terminal, "after that");
        for keys in ["/ h o s t 7 7 Esc", "*", "c", "Down", "1"] {
            press(&mut test, &mut terminal, keys);
        }
        press(&mut test, &mut terminal, "u");
    }
}
