//! The whole app driven by keys, without terminal, network and disk.

use std::collections::BTreeMap;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::edit::Text;
use crate::facts::{AddressStatus, Delegated, Delegation, FailureKind, NameserverStatus, Parent, Reply};
use crate::zone::draft::Entry;
use crate::zone::{Draft, RecordType, RrKey, SnapshotBuilder, types};

mod broken;
mod budget;
mod bulk;
mod editing;
mod exchange;
mod files;
mod filling_in;
mod findings;
mod findings_screen;
mod follow;
mod history;
mod job;
mod job_brake;
mod large;
mod loading;
mod marking;
mod merge;
mod million;
mod nameservers;
mod others;
mod overlays;
mod plans;
mod prompts;
mod proposals;
mod pushing;
mod random;
mod registering;
mod replacing_in_zones;
mod saving;
mod screens;
mod secondaries;
mod signed;
mod table;
mod text;
mod way_out;
mod wide;
mod zones;

/// A small zone with a bit of everything.
pub const ZONE: &str = "
@      3600  SOA   ns1 hostmaster 2026112101 3600 900 1209600 300
@      3600  NS    ns1
@      3600  NS    ns2.example.net.
@      3600  A     192.0.2.1
@      3600  MX    10 mail
@      300   TXT   \"v=spf1 mx include:_spf.example.net include:_spf.mailer.example.org ip4:192.0.2.0/24 -all\"
ftp    3600  CNAME www
mail   3600  A     192.0.2.25
ns1    3600  A     192.0.2.53
ns1    3600  AAAA  2001:db8::53
old    86400 A     192.0.2.99
shop   300   CNAME www
sub    3600  NS    ns.sub
ns.sub 3600  A     192.0.2.77
www    3600  A     192.0.2.10
www    3600  A     192.0.2.11
*.dev  3600  A     192.0.2.200
";

pub fn name(text: &str) -> Name {
    let origin = Name::parse(b"example.com.", None).unwrap();
    Name::parse(text.as_bytes(), Some(origin.as_ref())).unwrap()
}

pub fn rdata(rtype: &str, text: &str) -> (RecordType, Box<[u8]>) {
    let rtype = types::parse_type(rtype.as_bytes()).unwrap();
    let quoted = text.starts_with('"');
    let words: Vec<&str> =
        if quoted { vec![text.trim_matches('"')] } else { text.split_whitespace().collect() };
    let tokens: Vec<_> = words.iter().map(|word| types::Token { text: word.as_bytes(), quoted }).collect();
    (rtype, types::parse_rdata(rtype, &tokens, name("@").as_ref()).unwrap())
}

/// A zone of lines "owner TTL type data".
pub fn zone(text: &str) -> Arc<Snapshot> {
    let mut builder = SnapshotBuilder::new(name("@"));
    for line in text.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let owner = name(words.next().unwrap());
        let ttl = words.next().unwrap().parse().unwrap();
        let rtype = words.next().unwrap();
        let data = line[line.find(&format!(" {rtype} ")).unwrap() + rtype.len() + 2..].trim();
        let (rtype, rdata) = rdata(rtype, data);
        builder.push(owner.as_ref(), rtype, ttl, &rdata).unwrap();
    }
    Arc::new(builder.finish().unwrap())
}

pub fn settings() -> Settings {
    Settings {
        zone: name("@"),
        server: "ns1.example.com".into(),
        key: Some("ns1-key".into()),
        label: None,
        brake_percent: 20,
        config: Arc::default(),
        hosts: Vec::new(),
        demo: true,
        arrival: super::zones::Arrival::default(),
        unicode: true,
        colours: true,
        // The tests of findings choose some.
        rules: Arc::default(),
    }
}

/// A nameserver of which nothing is known.
pub fn status(server: &str) -> NameserverStatus {
    NameserverStatus { name: name(server), addresses: Vec::new(), problem: None, unasked: 0, complete: true }
}

/// An authority's answer.
pub fn serial(serial: u32, millis: u64) -> Reply {
    Reply::Serial { serial, round_trip: Duration::from_millis(millis) }
}

/// What the disk holds of the draft after these effects.
pub fn disk(effects: &[Effect]) -> Vec<Entry> {
    let mut disk = Vec::new();
    for effect in effects {
        match effect {
            Effect::Journal { entry, .. } => disk.push(entry.clone()),
            Effect::ReplaceDraft { entries, .. } => disk = entries.clone(),
            Effect::ClearDraft => disk.clear(),
            _ => {}
        }
    }
    disk
}

/// Something that did not work on this machine.
pub fn failure(what: &str, why: &str, next: &str) -> Failure {
    Failure { kind: FailureKind::Local, what: what.into(), why: why.into(), next: next.into() }
}

/// That the draft cannot be written.
pub fn full_disk() -> Failure {
    failure("The draft could not be saved.", "No space left on device.", "Free disk space.")
}

/// An app with the zone open, and the effects since then.
pub struct Test {
    pub app: App,
    pub effects: Vec<Effect>,
    /// The latest questions to the nameservers, and to the parent.
    pub asked: BTreeMap<Name, RequestId>,
    pub asked_parent: RequestId,
}

impl Test {
    /// The zone is on its way.
    pub fn starting(settings: Settings) -> Test {
        let (app, effects) = App::new(settings);
        Test { app, effects, asked: BTreeMap::new(), asked_parent: RequestId(0) }
    }

    pub fn new() -> Test {
        Test::with(ZONE)
    }

    pub fn with(text: &str) -> Test {
        let mut test = Test::starting(settings());
        test.load(text);
        test.effects.clear();
        test
    }

    /// Answers the last load.
    pub fn load(&mut self, text: &str) {
        let request = self.last_load();
        let loaded = Loaded { zone: zone(text), kind: ServerKind::Embedded, editable: Ok(()), file: None };
        self.send(Msg::Loaded { request, result: Ok(loaded) });
    }

    pub fn last_load(&self) -> RequestId {
        let load = |effect: &Effect| match effect {
            Effect::Load { request } => Some(*request),
            _ => None,
        };
        self.latest(load).expect("a load")
    }

    /// What is wanted of the latest effect that has it.
    pub fn latest<T>(&self, wanted: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        self.effects.iter().rev().find_map(wanted)
    }

    /// Is there such an effect?
    pub fn did(&self, wanted: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(wanted)
    }

    /// An earlier run has left this draft of the zone as it is.
    pub fn find_draft(&mut self, entries: Vec<Entry>) {
        self.send(Msg::DraftFound {
            entries,
            base_serial: 2_026_112_101,
            saved_at: "2026-11-21 14:03".into(),
            aside: "/state".into(),
        });
    }

    pub fn send(&mut self, msg: Msg) {
        let mut effects = self.app.update(msg);
        // Works are performed at once.
        while let Some(at) = effects.iter().position(|effect| matches!(effect, Effect::Work { .. })) {
            if let Effect::Work { request, work } = effects.remove(at) {
                effects.extend(self.app.update(Msg::Worked { request, worked: work.run() }));
            }
        }
        // So is discarding.
        if effects.iter().any(|effect| matches!(effect, Effect::Discard { .. })) {
            effects.extend(self.app.update(Msg::Discarded(Ok(()))));
        }
        for effect in &effects {
            match effect {
                Effect::AskNameserver { request, server } => {
                    self.asked.insert(server.name.clone(), *request);
                }
                Effect::AskParent { request } => self.asked_parent = *request,
                _ => {}
            }
        }
        self.effects.extend(effects);
    }

    /// A nameserver's answer to the latest question: all that there will be.
    pub fn nameserver(&mut self, server: &str, addresses: &[(&str, Reply, Reply)]) {
        let addresses = addresses.iter().map(|(address, udp, tcp)| AddressStatus {
            address: address.parse().unwrap(),
            udp: *udp,
            tcp: *tcp,
            expire: None,
        });
        self.status(NameserverStatus { addresses: addresses.collect(), ..status(server) });
    }

    pub fn status(&mut self, status: NameserverStatus) {
        let request = self.asked[&status.name];
        self.send(Msg::Nameserver { request, status });
    }

    /// The parent's answer: nameservers with their glue.
    pub fn delegation(&mut self, nameservers: &[(&str, &[&str])]) {
        let nameservers = nameservers.iter().map(|(server, glue)| Delegated {
            name: name(server),
            glue: glue.iter().map(|address| address.parse().unwrap()).collect(),
        });
        let parent = name("com.");
        let delegation = Delegation { parent, nameservers: nameservers.collect() };
        let request = self.asked_parent;
        self.send(Msg::Parent { request, parent: Parent::Delegates(delegation) });
    }

    /// Presses keys by their written forms, blanks between them; `'text'` types text.
    pub fn keys(&mut self, script: &str) -> &mut Test {
        for word in script.split_whitespace() {
            match word.strip_prefix('\'').and_then(|word| word.strip_suffix('\'')) {
                Some(text) => text.chars().for_each(|character| self.send(Msg::Key(Key::char(character)))),
                None => self.send(Msg::Key(Key::parse(word).unwrap_or_else(|| panic!("key {word}")))),
            }
        }
        self
    }

    pub fn open(&self) -> &Open {
        self.app.open().expect("an open zone")
    }

    pub fn message(&self) -> &str {
        self.app.message.as_ref().map_or("", |message| &message.text)
    }

    /// The draft as lines "sign owner TTL type data", in order.
    pub fn changes(&self) -> Vec<String> {
        let origin = name("@");
        let mut lines = Vec::new();
        for (key, change) in self.open().draft.changes() {
            for (sign, set) in [('-', &change.before), ('+', &change.after)] {
                for rdata in set.iter().flat_map(|set| &set.rdata) {
                    let data = types::format_rdata(key.rtype, rdata, Some(origin.as_ref()));
                    let ttl = set.as_ref().map_or(0, |set| set.ttl);
                    lines.push(format!(
                        "{sign} {} {ttl} {} {data}",
                        key.owner.relative_to(&origin),
                        key.rtype
                    ));
                }
            }
        }
        lines
    }

    /// Selects the row with this name, type and data.
    pub fn select(&mut self, owner: &str, rtype: &str, data: &str) -> &mut Test {
        let (rtype, rdata) = rdata(rtype, data);
        let key = RrKey::new(name(owner), rtype);
        let Zone::Open(open) = &mut self.app.zone else { panic!("no zone") };
        assert!(open.select_record(&key, &rdata), "{owner} {rtype} {data}");
        self
    }

    /// The selected row as "sign owner TTL type data".
    pub fn selected(&self) -> String {
        let row = self.open().selected().expect("a row");
        let origin = name("@");
        let sign = crate::ui::theme::Theme { colours: false, unicode: true }
            .mark(&row, self.open().news.contains_key(&row.key))
            .0;
        let data = describe::data(&row, &origin);
        format!(
            "{sign} {} {} {} {data}",
            row.key.owner.relative_to(&origin),
            describe::ttl(row.ttl),
            row.key.rtype
        )
    }

    /// So many lines of the screen, from one on.
    pub fn part(&mut self, (width, height): (u16, u16), first: usize, count: usize) -> String {
        let screen = self.screen(width, height);
        screen.lines().skip(first).take(count).collect::<Vec<_>>().join("\n")
    }

    /// The screen as text, without blanks at the ends of lines.
    pub fn screen(&mut self, width: u16, height: u16) -> String {
        self.send(Msg::Resize(width, height));
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| crate::ui::draw(&self.app, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let lines = buffer.content().chunks(usize::from(width.max(1))).map(|row| {
            let line: String = row.iter().map(|cell| cell.symbol()).collect();
            format!("{}\n", line.trim_end())
        });
        lines.collect()
    }
}
