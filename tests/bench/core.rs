//! Benchmarks of what runs per record and per key: `cargo bench`. Quote ratios taken in one run.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use zonewright::app::{App, Effect, Loaded, Msg, Settings};
use zonewright::check;
use zonewright::facts::ServerKind;
use zonewright::key::{Code, Key};
use zonewright::zone::changes::diff;
use zonewright::zone::{Draft, Name, RecordType, RrKey, RrSet, Snapshot};
use zonewright::zonefile;

const RECORDS: usize = 100_000;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), None).expect("a name")
}

fn zone_text(records: usize) -> String {
    let mut text = String::from("$ORIGIN big.test.\n$TTL 1h\n@ SOA ns1 hostmaster 1 1d 2h 4w 1h\n@ NS ns1\n");
    for number in 0..records {
        let owner = number / 2;
        match number % 4 {
            0 => text.push_str(&format!("host{owner} A 10.{}.{}.1\n", number >> 8 & 255, number & 255)),
            1 => text.push_str(&format!("host{owner} AAAA 2001:db8::{:x}\n", number & 0xffff)),
            2 => text.push_str(&format!("host{owner} MX 10 mail{}\n", number % 7)),
            _ => text.push_str(&format!("host{owner} TXT \"v=spf1 ip4:192.0.2.{} -all\"\n", number & 255)),
        }
    }
    text
}

fn read(text: &str) -> Snapshot {
    zonefile::read_zone(text.as_bytes(), None).expect("a zone").0
}

fn benches(criterion: &mut Criterion) {
    let text = zone_text(RECORDS);
    let old = Arc::new(read(&text));
    let new = read(&text.replace("10.1.2.1", "10.9.9.9"));
    let key = RrKey::new(name("host25000.big.test."), RecordType::A);

    let mut group = criterion.benchmark_group("100000 records");
    group.sample_size(10);
    group.bench_function("parse and index", |bench| bench.iter(|| read(black_box(&text))));
    group.bench_function("print", |bench| {
        bench.iter(|| zonefile::print_plain(black_box(&old), &mut std::io::sink()))
    });
    group.bench_function("diff", |bench| bench.iter(|| diff(black_box(&old), black_box(&new))));
    group.bench_function("find one RRset", |bench| bench.iter(|| old.get(black_box(&key))));
    group.bench_function("one edit and its undo", |bench| {
        bench.iter_batched_ref(
            || Draft::new(Arc::clone(&old)),
            |draft| {
                draft.edit("ttl", [(key.clone(), Some(RrSet::new(60, vec![Box::new([192, 0, 2, 1])])))]);
                draft.undo();
            },
            BatchSize::SmallInput,
        )
    });
    group.finish();
}

/// A zone in which hardly any rule finds anything: half of its names are aliases of the others where `aliases`.
fn right_zone_text(records: usize, aliases: bool) -> String {
    let mut text = String::from(
        "$ORIGIN big.test.\n$TTL 1h\n@ SOA ns1 hostmaster 1 1d 2h 4w 1h\n@ NS ns1\n@ NS ns.example.net.\nns1 A 9.0.0.1\n",
    );
    for number in 0..7 {
        text.push_str(&format!("mail{number} A 9.0.1.{number}\n"));
    }
    for number in 0..records {
        let (owner, high, low) = (number / 2, number >> 8 & 255, number & 255);
        match number % 4 {
            0 | 2 if aliases => text.push_str(&format!("host{owner} A 9.{high}.{low}.1\n")),
            _ if aliases => {
                text.push_str(&format!("alias{owner} CNAME host{}\n", owner * 7919 % (records / 2)))
            }
            0 => text.push_str(&format!("host{owner} A 9.{high}.{low}.1\n")),
            1 => text.push_str(&format!("host{owner} AAAA 2001:db8::{:x}\n", number & 0xffff)),
            2 => text.push_str(&format!("host{owner} MX 10 mail{}\n", number % 7)),
            _ => text.push_str(&format!("host{owner} TXT \"v=spf1 ip4:192.0.2.{low} -all\"\n")),
        }
    }
    text
}

/// The names that a registry delegates, a third of them with glue of their own.
fn delegations_text(records: usize) -> String {
    let mut text = String::from(
        "$ORIGIN big.test.\n$TTL 1d\n@ SOA ns1 hostmaster 1 1d 2h 4w 1h\n@ NS ns1\n@ NS ns.example.net.\nns1 A 9.0.0.1\n",
    );
    let mut number = 0usize;
    for owner in 0usize.. {
        if number >= records {
            break;
        }
        // As they were registered, which is no order of names.
        let name = format!("d{}", owner * 7919 % 1_000_003);
        if owner % 3 == 0 {
            let (high, low) = (owner >> 8 & 255, owner & 255);
            text.push_str(&format!(
                "{name} NS ns1.{name}\n{name} NS ns2.{name}\nns1.{name} A 9.{high}.{low}.1\nns2.{name} A 9.{high}.{low}.2\n"
            ));
            number += 4;
        } else {
            let hoster = owner % 1000;
            text.push_str(&format!(
                "{name} NS ns1.hoster{hoster}.example.net.\n{name} NS ns2.hoster{hoster}.example.net.\n"
            ));
            number += 2;
        }
    }
    text
}

/// A zone in which rules find something at a third of the records: aliases of names that are not there.
fn wrong_zone_text(records: usize) -> String {
    right_zone_text(records, true).replace(" CNAME host", " CNAME gone")
}

/// All rules beside parsing: the budget is one to one.
fn check_benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("1000000 records");
    group.sample_size(10);
    let texts = [
        ("hosts", right_zone_text(1_000_000, false)),
        ("aliases", right_zone_text(1_000_000, true)),
        ("delegations", delegations_text(1_000_000)),
        ("aliases of nothing", wrong_zone_text(1_000_000)),
    ];
    for (name, text) in texts {
        let zone = read(&text);
        group
            .bench_function(format!("parse and index {name}"), |bench| bench.iter(|| read(black_box(&text))));
        // As `zonewright check` asks: where a rule finds very much, most of it is only counted.
        group.bench_function(format!("all rules over {name}"), |bench| {
            bench.iter(|| check::check_counted(black_box(&zone), None, 1000))
        });
    }
    group.finish();
}

/// The table of a zone with so many records.
fn table(records: usize) -> App {
    let settings = Settings {
        zone: name("big.test."),
        server: "ns1.big.test".into(),
        key: None,
        label: None,
        brake_percent: 20,
        config: Default::default(),
        hosts: Vec::new(),
        arrival: Default::default(),
        demo: false,
        unicode: true,
        colours: true,
        rules: Arc::new(check::Selection::all()),
    };
    let (mut app, effects) = App::new(settings);
    let zone = Arc::new(read(&zone_text(records)));
    for effect in effects {
        if let Effect::Load { request } = effect {
            let loaded =
                Loaded { zone: Arc::clone(&zone), kind: ServerKind::Bind, editable: Ok(()), file: None };
            app.update(Msg::Loaded { request, result: Ok(loaded) });
        }
    }
    app
}

/// An editor in the middle of the text of such a zone.
fn text_mode(records: usize) -> App {
    let mut app = table(records);
    let mut effects = app.update(Msg::Key(Key::char('t')));
    while let Some(effect) = effects.pop() {
        if let Effect::Work { request, work } = effect {
            effects.extend(app.update(Msg::Worked { request, worked: work.run() }));
        }
    }
    app.update(Msg::Key(Key::ctrl('g')));
    for digit in (records / 2).to_string().chars() {
        app.update(Msg::Key(Key::char(digit)));
    }
    app.update(Msg::Key(Key::plain(Code::Enter)));
    app
}

fn text_benches(criterion: &mut Criterion) {
    let mut app = text_mode(1_000_000);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a screen in memory");
    let mut group = criterion.benchmark_group("text of 1000000 lines");
    group.bench_function("one typed character", |bench| {
        let mut keys = [Key::char('x'), Key::plain(Code::Backspace)].into_iter().cycle();
        bench.iter(|| app.update(Msg::Key(keys.next().unwrap_or(Key::char('x')))))
    });
    group.bench_function("one typed character and its frame", |bench| {
        let mut keys = [Key::char('x'), Key::plain(Code::Backspace)].into_iter().cycle();
        bench.iter(|| {
            let effects = app.update(Msg::Key(keys.next().unwrap_or(Key::char('x'))));
            terminal.draw(|frame| zonewright::ui::draw(&app, frame)).expect("a frame");
            effects
        })
    });
    group.bench_function("one line end", |bench| {
        let mut keys = [Key::plain(Code::Enter), Key::plain(Code::Backspace)].into_iter().cycle();
        bench.iter(|| app.update(Msg::Key(keys.next().unwrap_or(Key::char('x')))))
    });
    group.finish();
}

/// Types a filter, and does what is to be done beside the loop.
fn type_filter(app: &mut App, filter: &str) {
    app.update(Msg::Key(Key::char('/')));
    for letter in filter.chars() {
        let mut effects = app.update(Msg::Key(Key::char(letter)));
        while let Some(effect) = effects.pop() {
            if let Effect::Work { request, work } = effect {
                effects.extend(app.update(Msg::Worked { request, worked: work.run() }));
            }
        }
    }
}

fn table_benches(criterion: &mut Criterion) {
    let mut app = table(1_000_000);
    let mut group = criterion.benchmark_group("table of 1000000 records");
    group.sample_size(10);
    for filter in ["h", "7", "q", "192.0.2.77", "mail3"] {
        group.bench_function(format!("filter by {filter}, and by nothing again"), |bench| {
            bench.iter(|| {
                type_filter(&mut app, filter);
                app.update(Msg::Key(Key::plain(Code::Esc)));
            })
        });
    }
    group.finish();
}

criterion_group!(core, benches, check_benches, text_benches, table_benches);
criterion_main!(core);
