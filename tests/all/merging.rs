//! Several people change one zone at once: two editors and nsupdate, on real servers. The server's own journal tells
//! what happened in which order; each step of it must be what one of them reported, over what that one had seen.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use zonewright::facts::ServerKind;
use zonewright::push::{Outcome, ServerTraits, plan};
use zonewright::zone::merge::Choice;
use zonewright::zone::update::Rcode;
use zonewright::zone::{ChangeMap, Draft, Name, RecordType, RrKey, RrSet, types};

use crate::lab::{Key, Lab, Make, Zone, dig_axfr, try_nsupdate};
use crate::pty::Terminal;
use crate::scenarios::primary::Primary;

const ZONE: &str = "merge.test";
/// Rounds in all, where the environment (`ZONEWRIGHT_ROUNDS`) does not say it; the full number is 500.
const ROUNDS: usize = 40;
/// So many between two looks at the journal: servers send the whole zone where that is shorter than what changed.
const BATCH: usize = 10;
/// Names that everybody is at.
const SHARED: u64 = 4;
const FILLING: usize = 1500;

/// A small generator (SplitMix64): the rounds are the same each time, but for who comes first.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// A name: 30 of 100 times one of those that everybody is at.
    fn host(&mut self, own: char) -> String {
        match self.percent(30) {
            true => format!("shared{}", self.below(SHARED)),
            false => format!("{own}{}", self.below(12)),
        }
    }
}

/// Contents of RRsets as text: TTL and records, by owner and type.
type State = BTreeMap<(String, String), (u32, BTreeSet<String>)>;

fn state_of(lines: &[String]) -> State {
    let mut state = State::new();
    for line in lines {
        let (key, ttl, data) = split(line);
        let set = state.entry(key).or_default();
        set.0 = ttl;
        set.1.insert(data);
    }
    state
}

/// `owner ttl type rdata`.
fn split(line: &str) -> ((String, String), u32, String) {
    let mut words = line.splitn(4, ' ');
    let (owner, ttl, rtype) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
    ((owner.into(), rtype.into()), ttl.parse().unwrap(), words.next().unwrap_or_default().into())
}

type TextSet = Option<(u32, BTreeSet<String>)>;

fn in_text(key: &RrKey, set: Option<&RrSet>) -> TextSet {
    let set = set?;
    let data = |rdata: &[u8]| types::format_rdata(key.rtype, rdata, None).to_ascii_lowercase();
    Some((set.ttl, set.rdata.iter().map(|rdata| data(rdata)).collect()))
}

fn text_key(key: &RrKey) -> (String, String) {
    (key.owner.to_string().to_ascii_lowercase(), key.rtype.to_string())
}

/// What the server said yes to.
#[derive(Debug)]
enum Report {
    /// A push: what each RRset was taken for, and what it was made.
    Push(BTreeMap<(String, String), (TextSet, TextSet)>),
    /// An update of nsupdate: a record, and whether everything else at the name goes.
    Outside { key: (String, String), ttl: u32, record: String, alone: bool },
}

impl Report {
    /// The zone afterwards; `None` where the zone is not what it was taken for.
    fn carried_out(&self, zone: &State) -> Option<State> {
        let mut zone = zone.clone();
        match self {
            Report::Push(sets) => {
                for (key, (seen, made)) in sets {
                    let now = zone.remove(key);
                    let mut made = made.clone();
                    if now != *seen {
                        // No prerequisite names a TTL, so a push goes through where others changed just that. What it
                        // adds brings its own to all of the set; where it only takes records away, theirs stays.
                        let (Some(now), Some(seen)) = (now, seen) else { return None };
                        if now.1 != seen.1 {
                            return None;
                        }
                        made = made.map(|set| match set.0 == seen.0 && set.1.is_subset(&seen.1) {
                            true => (now.0, set.1),
                            false => set,
                        });
                    }
                    zone.extend(made.map(|set| (key.clone(), set)));
                }
            }
            Report::Outside { key, ttl, record, alone } => {
                if *alone {
                    zone.retain(|(owner, _), _| *owner != key.0);
                } else if zone.contains_key(&(key.0.clone(), "CNAME".to_owned())) {
                    return None;
                }
                let set = zone.entry(key.clone()).or_default();
                set.0 = *ttl;
                set.1.insert(record.clone());
            }
        }
        Some(zone)
    }
}

struct Editor {
    primary: Primary,
    draft: Draft,
    random: Random,
    mark: char,
    /// Values that nobody else uses.
    count: u32,
    reports: VecDeque<Report>,
    conflicts: usize,
}

impl Editor {
    fn new(address: SocketAddr, kind: ServerKind, key: Key, mark: char, seed: u64) -> Editor {
        let primary = Primary::new(address, kind, key);
        let draft = Draft::new(Arc::new(primary.transfer(&origin()).unwrap()));
        Editor {
            primary,
            draft,
            random: Random(seed),
            mark,
            count: 0,
            reports: VecDeque::new(),
            conflicts: 0,
        }
    }

    fn unique(&mut self) -> u32 {
        self.count += 1;
        u32::from(self.mark) << 20 | self.count
    }

    fn round(&mut self) {
        if self.random.percent(50) {
            // Otherwise what the last push left: others have been at it since.
            self.draft.rebase(Arc::new(self.primary.transfer(&origin()).unwrap()));
        }
        for _ in 0..=self.random.below(3) {
            self.edit();
        }
        for _ in 0..50 {
            self.decide();
            if self.draft.changes().is_empty() {
                return;
            }
            self.push();
        }
        panic!("{}: never through: {:?}", self.mark, self.draft.changes());
    }

    /// A change that collides with the other editor's: nobody pushes before both have made theirs.
    fn collide(&mut self) {
        let owner = Name::parse(format!("shared0.{ZONE}.").as_bytes(), None).unwrap();
        let address = (0x0a00_0000 | self.unique() & 0x00ff_ffff).to_be_bytes().to_vec().into_boxed_slice();
        let cname = RrKey::new(owner.clone(), RecordType::CNAME);
        let address = RrSet::new(300, vec![address]);
        self.draft.edit("collide", [(cname, None), (RrKey::new(owner, RecordType::A), Some(address))]);
    }

    fn edit(&mut self) {
        let owner = format!("{}.{ZONE}.", self.random.host(self.mark));
        let owner = Name::parse(owner.as_bytes(), None).unwrap();
        let key = |rtype| RrKey::new(owner.clone(), rtype);
        let (a, cname) = (key(RecordType::A), key(RecordType::CNAME));
        let number = self.unique();
        let address = (0x0a00_0000 | number & 0x00ff_ffff).to_be_bytes().to_vec().into_boxed_slice();
        let set = self.draft.get(&a);
        let kind = self.random.below(100);
        let edits: Vec<(RrKey, Option<RrSet>)> = match set {
            // Another TTL, which nobody else uses.
            Some(set) if kind < 10 => vec![(a, Some(RrSet::new(1000 + number % 1_000_000, set.rdata)))],
            _ if (10..20).contains(&kind) => {
                let target = Name::parse(format!("t{number}.example.").as_bytes(), None).unwrap();
                let target = target.wire().to_vec().into_boxed_slice();
                vec![(a, None), (cname, Some(RrSet::new(60, vec![target])))]
            }
            Some(mut set) => {
                let taken = self.random.below(set.rdata.len() as u64) as usize;
                match kind {
                    20..40 => drop(set.rdata.remove(taken)),
                    40..70 => set.rdata[taken] = address,
                    _ => set.rdata.push(address),
                }
                vec![(a, Some(set))]
            }
            None => vec![(cname, None), (a, Some(RrSet::new(300, vec![address])))],
        };
        self.draft.edit("edit", edits);
    }

    /// As a person would: any of the choices, one conflict after the other.
    fn decide(&mut self) {
        while let Some(conflict) = self.draft.open_conflicts().into_iter().next() {
            self.conflicts += 1;
            let choice = match self.random.below(3) {
                0 if conflict.may_be_both().is_ok() => Choice::Both,
                1 => Choice::Mine,
                _ => Choice::Theirs,
            };
            self.draft.decide(&conflict, choice, "decide").expect("a decision");
        }
    }

    fn push(&mut self) {
        let traits = ServerTraits { kind: self.primary.kind };
        let (base, changes) = (self.draft.base().clone(), self.draft.changes().clone());
        let plan = plan(&base, &changes, traits).unwrap_or_else(|error| panic!("{error}: {changes:?}"));
        let report = self.primary.push(&base, &changes, traits, plan, || {});
        let said_yes = report.answer == Some(Rcode::NOERROR);
        match &report.outcome {
            Outcome::Applied | Outcome::Partly => {
                assert!(said_yes, "{report:?}");
                let sets = report.verdicts.iter().map(|(key, change, _)| {
                    let sides = (in_text(key, change.before.as_ref()), in_text(key, change.after.as_ref()));
                    (text_key(key), sides)
                });
                self.reports.push_back(Report::Push(sets.collect()));
            }
            Outcome::Conflict(_) | Outcome::ReviewAgain | Outcome::NothingToDo => assert!(!said_yes),
            // Others come between again and again; nothing was applied.
            Outcome::Refused(_) => assert!(!said_yes, "{report:?}"),
            other => panic!("{other:?}"),
        }
        let zone = report.zone.unwrap_or_else(|| Arc::new(self.primary.transfer(&origin()).unwrap()));
        self.draft.rebase(zone);
    }
}

/// nsupdate, which knows nothing and guards nothing.
struct Outsider {
    address: SocketAddr,
    key: Key,
    random: Random,
    count: u32,
    reports: VecDeque<Report>,
}

impl Outsider {
    fn round(&mut self) {
        self.count += 1;
        let owner = format!("{}.{ZONE}.", self.random.host('n'));
        let number = self.count;
        let ttl = 100 + number;
        let address = format!("172.16.{}.{}", number / 256, number % 256);
        let (commands, word, rtype, alone) = match self.random.below(100) {
            ..10 => {
                let word = format!("n{number}.example.");
                (format!("update delete {owner}\nupdate add {owner} {ttl} CNAME {word}"), word, "CNAME", true)
            }
            10..50 => {
                (format!("update delete {owner}\nupdate add {owner} {ttl} A {address}"), address, "A", true)
            }
            // Changes the TTL of the others as well.
            _ => {
                let commands = format!("prereq nxrrset {owner} CNAME\nupdate add {owner} {ttl} A {address}");
                (commands, address, "A", false)
            }
        };
        match try_nsupdate(self.address, &self.key, ZONE, &commands).as_str() {
            "NOERROR" => {
                let key = (owner, rtype.to_owned());
                self.reports.push_back(Report::Outside { key, ttl, record: word, alone });
            }
            "YXRRSET" => {}
            other => panic!("{commands}: {other}"),
        }
    }
}

fn origin() -> Name {
    Name::parse(format!("{ZONE}.").as_bytes(), None).unwrap()
}

/// What a server says changed since a serial: per step the records that went and those that came.
fn journal(lab: &Lab, serial: u32) -> Vec<[Vec<String>; 2]> {
    let output = Command::new("dig")
        .args([&format!("@{}", lab.address.ip()), "-p", &lab.address.port().to_string()])
        .args(["-y", &lab.key.triple(), "+tcp", "+noall", "+answer", ZONE, &format!("IXFR={serial}")])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| !line.starts_with(';') && !line.is_empty())
        .map(|line| line.split_whitespace().collect())
        .collect();
    if std::env::var("SHOW").is_ok() {
        std::fs::write("/tmp/merge/ixfr.txt", format!("{serial}\n{text}")).unwrap();
    }
    let is_soa = |line: &Vec<&str>| line[3] == "SOA";
    let mut steps: Vec<[Vec<String>; 2]> = Vec::new();
    let mut soas = 0;
    for line in lines.iter().skip(1) {
        if is_soa(line) {
            if soas % 2 == 0 {
                steps.push(Default::default());
            }
            soas += 1;
            continue;
        }
        assert!(soas > 0, "{} sent the whole zone", lab.address);
        let line =
            format!("{} {} {} {}", line[0], line[1], line[3], line[4..].join(" ")).to_ascii_lowercase();
        let mut words = line.splitn(4, ' ').map(str::to_owned).collect::<Vec<_>>();
        words[2].make_ascii_uppercase();
        steps.last_mut().unwrap()[(soas + 1) % 2].push(words.join(" "));
    }
    // The last SOA ends the transfer.
    steps.pop();
    steps
}

/// The zone after a step of the journal.
fn after(step: &[Vec<String>; 2], mut state: State) -> State {
    for line in &step[0] {
        let (key, ttl, data) = split(line);
        let set = state.get_mut(&key).unwrap_or_else(|| panic!("{line} was not there"));
        assert!(set.0 == ttl && set.1.remove(&data), "{line} was not there");
    }
    for line in &step[1] {
        let (key, ttl, data) = split(line);
        let set = state.entry(key).or_default();
        set.0 = ttl;
        set.1.insert(data);
    }
    state.retain(|_, set| !set.1.is_empty());
    state
}

/// The reports of each, in order, as those of one step of the journal: how many of each make `target` of `state`. (Knot
/// puts updates together that come at the same time.)
fn explained(
    state: &State,
    target: &State,
    reports: &[&VecDeque<Report>; 3],
    used: [usize; 3],
    tried: &mut BTreeSet<([usize; 3], State)>,
) -> Option<[usize; 3]> {
    if state == target {
        return Some(used);
    }
    if !tried.insert((used, state.clone())) {
        return None;
    }
    (0..3).find_map(|who| {
        let next = reports[who].get(used[who])?.carried_out(state)?;
        let mut used = used;
        used[who] += 1;
        explained(&next, target, reports, used, tried)
    })
}

fn everybody(make: Make, kind: ServerKind) {
    let rounds = std::env::var("ZONEWRIGHT_ROUNDS").map_or(ROUNDS, |text| text.parse().unwrap());
    let mut text =
        String::from("$TTL 300\n@ SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\nns1 A 127.0.0.1\n");
    for number in 0..SHARED {
        text += &format!("shared{number} A 192.0.2.{number}\n");
    }
    for number in 0..FILLING {
        text += &format!("filling{number} TXT \"so that differences are shorter than the zone\"\n");
    }
    let Some(lab) = Lab::start(make, &[Zone::new(ZONE, text)], &Key::default()) else { return };
    let editor = |mark, seed| Editor::new(lab.address, kind, lab.key.clone(), mark, seed);
    let mut editors = [editor('a', 1), editor('b', 2)];
    let mut outsider = Outsider {
        address: lab.address,
        key: lab.key.clone(),
        random: Random(3),
        count: 0,
        reports: VecDeque::new(),
    };
    let is_data = |line: &String| split(line).0.1 != "SOA" && !line.starts_with("filling");
    let zone = |lab: &Lab| dig_axfr(lab.address, &lab.key, ZONE);
    let serial = |lines: &[String]| -> u32 {
        let soa = lines.iter().find(|line| split(line).0.1 == "SOA").unwrap();
        soa.split(' ').nth(5).unwrap().parse().unwrap()
    };
    let data = |lines: Vec<String>| state_of(&lines.into_iter().filter(is_data).collect::<Vec<_>>());
    let first = zone(&lab);
    let (mut at, mut state) = (serial(&first), data(first));
    let mut steps = 0;
    for batch in (0..rounds).step_by(BATCH) {
        let size = BATCH.min(rounds - batch);
        editors.iter_mut().for_each(Editor::collide);
        std::thread::scope(|scope| {
            for editor in &mut editors {
                scope.spawn(move || (0..size).for_each(|_| editor.round()));
            }
            let outsider = &mut outsider;
            scope.spawn(move || (0..size).for_each(|_| outsider.round()));
        });
        let journal = journal(&lab, at);
        steps += journal.len();
        for step in &journal {
            let target = after(step, state.clone());
            let [one, other] = &editors;
            let reports = [&one.reports, &other.reports, &outsider.reports];
            let Some(used) = explained(&state, &target, &reports, [0; 3], &mut BTreeSet::new()) else {
                panic!("nobody reported {step:#?}\n{reports:#?}")
            };
            editors[0].reports.drain(..used[0]);
            editors[1].reports.drain(..used[1]);
            outsider.reports.drain(..used[2]);
            state = target;
        }
        for left in [&editors[0].reports, &editors[1].reports, &outsider.reports] {
            assert!(left.is_empty(), "reported and not done: {left:?}");
        }
        let now = zone(&lab);
        at = serial(&now);
        assert_eq!(data(now), state, "the zone is what the reports make of it");
    }
    let conflicts: usize = editors.iter().map(|editor| editor.conflicts).sum();
    eprintln!("{make}: {rounds} rounds, {steps} updates, {conflicts} conflicts decided");
    // Each batch begins with a collision; who comes first decides whether there are more. (A later edit of the round can
    // take both back.)
    assert!(conflicts >= rounds / BATCH / 2, "hardly anybody collided: {conflicts}");
    for editor in &editors {
        assert_eq!(editor.draft.changes(), &ChangeMap::new());
    }
}

#[test]
fn everybody_at_once_on_bind() {
    everybody(Make::Bind, ServerKind::Bind);
}

#[test]
fn everybody_at_once_on_knot() {
    everybody(Make::Knot, ServerKind::Knot);
}

/// A home with a key file, for the program itself.
fn home(lab: &Lab) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("key"), lab.key.bind_text()).unwrap();
    Command::new("chmod").args(["600", "key"]).current_dir(home.path()).status().unwrap();
    home
}

const SMALL: &str = "$TTL 300\n@ SOA ns1 mail 7 3600 900 604800 300\n@ NS ns1\nns1 A 127.0.0.1\nmail A 192.0.2.25\n\
                     www A 192.0.2.10\nwww A 192.0.2.11\na TXT a\nb TXT b\nc TXT c\nd TXT d\ne TXT e\nf TXT f\n";

/// The same, with so much more that the differences are shorter.
fn larger() -> String {
    (0..200).fold(SMALL.to_owned(), |text, number| text + &format!("filling{number} TXT x\n"))
}

#[test]
fn a_file_is_merged_with_what_others_changed_since() {
    for make in [Make::Bind, Make::Knot] {
        let Some(lab) = Lab::start(make, &[Zone::new(ZONE, larger())], &Key::default()) else { continue };
        let home = home(&lab);
        let run = |status: i32, arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_zonewright"))
                .args(arguments)
                .args(["--server", &lab.address.to_string(), "--key", "key"])
                .current_dir(home.path())
                .env("HOME", home.path())
                .env_remove("XDG_CONFIG_HOME")
                .env_remove("XDG_STATE_HOME")
                .stdin(std::process::Stdio::null())
                .output()
                .unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(status), "{make} {arguments:?}\n{said}");
            (String::from_utf8(output.stdout).unwrap(), said)
        };
        let write = |text: String| std::fs::write(home.path().join("file"), text).unwrap();
        let (shown, _) = run(0, &["show", ZONE]);
        let outside =
            |commands: &str| assert_eq!(try_nsupdate(lab.address, &lab.key, ZONE, commands), "NOERROR");
        outside("update delete mail.merge.test. A\nupdate add mail.merge.test. 300 A 192.0.2.27");
        outside("update add new.merge.test. 300 A 192.0.2.99");
        write(shown.replace("192.0.2.10", "192.0.2.110"));
        let (_, said) = run(0, &["push", ZONE, "./file", "--yes"]);
        assert!(
            said.contains("made from serial 7") && said.contains("2 record sets changed there"),
            "{said}"
        );
        let zone = dig_axfr(lab.address, &lab.key, ZONE).join("\n");
        for record in ["192.0.2.110", "192.0.2.27", "192.0.2.99"] {
            assert!(zone.contains(record), "{make}: {record}\n{zone}");
        }
        // Again, as after a crash: what is done is done.
        let (_, said) = run(0, &["push", ZONE, "./file", "--yes"]);
        assert!(said.contains("has all that the file changes already"), "{said}");
        // Both sides changed the same.
        write(shown.replace("192.0.2.25", "192.0.2.26"));
        let (_, said) = run(1, &["push", ZONE, "./file", "--yes"]);
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let sides = "mail A: before 300 192.0.2.25 file 300 192.0.2.26 server 300 192.0.2.27";
        assert!(words.contains(sides), "{said}");
        // Nobody knows a version of this serial.
        write(shown.replace(" 7 3600", " 3 3600").replace("192.0.2.25", "192.0.2.26"));
        let (_, said) = run(1, &["push", ZONE, "./file", "--yes"]);
        assert!(said.contains("What changed meanwhile is not known"), "{said}");
        let zone = dig_axfr(lab.address, &lab.key, ZONE).join("\n");
        assert!(zone.contains("192.0.2.27") && !zone.contains("192.0.2.26"));
    }
}

/// The story from the first key to the last; nothing is typed twice.
#[test]
fn a_conflict_on_the_screen() {
    let Some(lab) = Lab::start(Make::Bind, &[Zone::new(ZONE, SMALL)], &Key::default()) else { return };
    let home = home(&lab);
    let address = lab.address.to_string();
    let arguments = [ZONE, "--server", &address, "--key", "key"];
    let mut terminal = Terminal::start(home.path(), 80, 24, &arguments);
    terminal.wait_for("192.0.2.25");
    terminal.press("/192.0.2.25\r");
    terminal.wait_for("/192.0.2.25 ");
    terminal.press("\r");
    terminal.wait_for("Edit A");
    terminal.press("\x15192.0.2.26");
    terminal.wait_for("IN A 192.0.2.26");
    terminal.press("\r");
    terminal.wait_for("· 1 change");
    let theirs = "update delete mail.merge.test. A\nupdate add mail.merge.test. 300 A 192.0.2.27\n\
                  update add new.merge.test. 300 A 192.0.2.99";
    assert_eq!(try_nsupdate(lab.address, &lab.key, ZONE, theirs), "NOERROR");
    terminal.press("w");
    terminal.wait_for("Changes");
    terminal.press("w");
    // The zone may have been followed by now; then the review itself has the conflict.
    let screen = terminal.wait_until("the question, or the conflict", |screen| {
        screen.contains("Guard") || screen.contains("conflict")
    });
    if screen.contains("conflict") {
        terminal.press("M");
    } else {
        terminal.press("y");
        terminal.wait_for("Not pushed: others changed what you changed.");
        terminal.press("m");
    }
    let screen = terminal.wait_for("1 of 1 to decide");
    for side in ["192.0.2.25", "+ 5m      192.0.2.26", "+ 5m      192.0.2.27"] {
        assert!(screen.contains(side), "{side}\n{screen}");
    }
    terminal.press("b");
    terminal.wait_until("the review", |screen| {
        screen
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains("all is decided: review it, then push")
    });
    terminal.press("w");
    terminal.wait_for("Guard");
    terminal.press("y");
    terminal.wait_for("Applied: 1 change");
    let zone = dig_axfr(lab.address, &lab.key, ZONE).join("\n");
    for record in ["192.0.2.26", "192.0.2.27", "192.0.2.99"] {
        assert!(zone.contains(record), "{record}\n{zone}");
    }
    terminal.press("\rq");
    assert_eq!(terminal.exit_within(std::time::Duration::from_secs(5)), Some(0));
}
