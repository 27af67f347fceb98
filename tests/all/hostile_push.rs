//! Pushes through a server that spoils one kind of exchange: whatever it does, the report is true, the exit status
//! right, the draft on disk, and the screen answers keys.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use zonewright::dns::{self, Endpoint, Primary};
use zonewright::server::Handle;
use zonewright::store::drafts::{Journal, Opened};
use zonewright::wire::flags;
use zonewright::wire::key::Key as WireKey;
use zonewright::wire::tsig::{Incoming, Signer, check_request};
use zonewright::zone::update::{Operation, Rcode, Update};
use zonewright::zone::{Name, RecordType, RrKey};

use crate::embedded::{self, ZONE, served};
use crate::hostile::{FOREVER, answer, read, send, serve};
use crate::lab;
use crate::pty::Terminal;

/// How long the program waits for an answer, in seconds.
const TIMEOUT: &str = "3";

/// What is asked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Transfer,
    Poll,
    Update,
}

fn stage(request: &[u8]) -> Option<Stage> {
    let count = |at: usize| u16::from_be_bytes([request[at], request[at + 1]]);
    // An update without operations only asks whether updates are taken.
    match (request[2] >> 3 & 15, count(8)) {
        (5, 1..) => return Some(Stage::Update),
        (5, 0) => return None,
        _ => {}
    }
    let mut at = 12;
    while request[at] != 0 {
        at += 1 + usize::from(request[at]);
    }
    match count(at + 1) {
        251 | 252 => Some(Stage::Transfer),
        6 => Some(Stage::Poll),
        _ => None,
    }
}

/// What the server does instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    Silence,
    Drip,
    CloseMidway,
    OtherId,
    OtherQuestion,
    OtherMac,
    NoTsig,
    /// NOERROR, and nothing is done.
    Nothing,
    /// NOERROR, and half is done.
    Half,
    /// All is done, and no answer comes.
    DoneInSilence,
    /// All is done, no answer comes, and nothing else is answered from then on.
    DoneAndGone,
    /// Somebody else is there first, and changes one of the same sets.
    Overtaken,
    /// All is done and said; by then somebody else has changed one of the sets again.
    ChangedAgain,
    /// The same: it is as it was before.
    TakenBack,
    Truncated,
    Unsigned(Rcode),
    Signed(Rcode),
}

struct Proxy {
    upstream: SocketAddr,
    key: WireKey,
    stage: Stage,
    spoil: Spoil,
    armed: Arc<AtomicBool>,
    gone: AtomicBool,
}

/// Asks the real server, and passes on what it says.
fn forward(upstream: SocketAddr, request: &[u8], stream: &mut TcpStream) {
    let mut upstream = TcpStream::connect(upstream).unwrap();
    send(&mut upstream, request);
    let mut buffer = [0; 65536];
    while let Ok(count @ 1..) = upstream.read(&mut buffer) {
        if stream.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}

impl Proxy {
    /// The first message of the real answer.
    fn done(&self, request: &[u8]) -> Vec<u8> {
        let mut upstream = TcpStream::connect(self.upstream).unwrap();
        send(&mut upstream, request);
        read(&mut upstream).expect("an answer")
    }

    fn signer(&self, request: &[u8]) -> Signer {
        match check_request(request, std::slice::from_ref(&self.key), dns::unix_time()) {
            Ok(Incoming::Signed(signer)) => signer,
            _ => panic!("the request is not signed with the test's key"),
        }
    }

    fn signed(&self, request: &[u8], extra_flags: u16, rcode: Rcode) -> Vec<u8> {
        let mut message = answer(request, extra_flags, rcode, &[]);
        self.signer(request).sign(&mut message, dns::unix_time()).unwrap();
        message
    }

    fn on(&self, request: &[u8], stream: &mut TcpStream) {
        let spoils = stage(request) == Some(self.stage) && self.armed.load(Ordering::SeqCst);
        if self.gone.load(Ordering::SeqCst) {
            return std::thread::sleep(FOREVER);
        }
        if !spoils {
            return forward(self.upstream, request, stream);
        }
        match self.spoil {
            Spoil::Silence => std::thread::sleep(FOREVER),
            Spoil::DoneInSilence => {
                self.done(request);
                std::thread::sleep(FOREVER);
            }
            Spoil::DoneAndGone => {
                self.done(request);
                self.gone.store(true, Ordering::SeqCst);
                std::thread::sleep(FOREVER);
            }
            Spoil::Drip => {
                let message = self.done(request);
                for octet in [&(message.len() as u16).to_be_bytes()[..], &message].concat() {
                    if stream.write_all(&[octet]).is_err() {
                        return;
                    }
                    std::thread::sleep(Duration::from_secs(1));
                }
            }
            Spoil::CloseMidway => {
                let message = self.done(request);
                let framed = [&(message.len() as u16).to_be_bytes()[..], &message].concat();
                let _ = stream.write_all(&framed[..framed.len() / 2]);
            }
            Spoil::OtherId => {
                let mut message = self.done(request);
                message[0] ^= 0x55;
                send(stream, &message);
                std::thread::sleep(FOREVER);
            }
            Spoil::OtherQuestion => {
                let mut other = request.to_vec();
                // A letter of the zone's name: the answer is about another zone.
                other[13] ^= 1;
                let mut message = answer(&other, 0, Rcode::NOERROR, &[]);
                self.signer(request).sign(&mut message, dns::unix_time()).unwrap();
                send(stream, &message);
            }
            Spoil::OtherMac => {
                let mut message = self.done(request);
                let at = message.len() - 10;
                message[at] ^= 1;
                send(stream, &message);
            }
            Spoil::NoTsig => send(stream, &answer(request, 0, Rcode::NOERROR, &[])),
            Spoil::Nothing => send(stream, &self.signed(request, 0, Rcode::NOERROR)),
            Spoil::Overtaken => {
                self.change(replace("mail", 77));
                forward(self.upstream, request, stream);
            }
            Spoil::ChangedAgain | Spoil::TakenBack => {
                let message = self.done(request);
                self.change(replace("mail", if self.spoil == Spoil::TakenBack { 25 } else { 77 }));
                send(stream, &message);
            }
            Spoil::Half => {
                self.change(vec![add("new", 99)]);
                send(stream, &self.signed(request, 0, Rcode::NOERROR));
            }
            Spoil::Truncated => {
                self.done(request);
                send(stream, &self.signed(request, flags::TC, Rcode::NOERROR));
            }
            Spoil::Unsigned(rcode) => send(stream, &answer(request, 0, rcode, &[])),
            Spoil::Signed(rcode) => send(stream, &self.signed(request, 0, rcode)),
        }
    }

    /// Changes the zone behind the program's back.
    fn change(&self, operations: Vec<Operation>) {
        let address = Endpoint { address: self.upstream, source: None, name: "upstream".into() };
        let key = Some(Arc::new(self.key.clone()));
        let primary = Primary {
            transfer_from: address.clone(),
            update_to: address,
            transfer_key: key.clone(),
            key,
            timeout: Duration::from_secs(10),
            clock: dns::unix_time,
        };
        let update = Update { zone: name("@"), prerequisites: Vec::new(), operations };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert_eq!(runtime.block_on(dns::update(&primary, &update)), Ok(Rcode::NOERROR));
    }
}

fn add(owner: &str, last: u8) -> Operation {
    Operation::Add(name(owner), RecordType::A, 3600, Box::new([192, 0, 2, last]))
}

fn replace(owner: &str, last: u8) -> Vec<Operation> {
    vec![Operation::DeleteRrset(name(owner), RecordType::A), add(owner, last)]
}

/// A proxy before a server with this key.
pub fn before(
    upstream: SocketAddr,
    key: &lab::Key,
    stage: Stage,
    spoil: Spoil,
    armed: &Arc<AtomicBool>,
) -> SocketAddr {
    let (key, armed) = (served(key), Arc::clone(armed));
    let proxy = Proxy { upstream, key, stage, spoil, armed, gone: AtomicBool::new(false) };
    serve(move |request, stream| proxy.on(request, stream))
}

fn name(text: &str) -> Name {
    let origin = Name::parse(format!("{ZONE}.").as_bytes(), None).unwrap();
    Name::parse(text.as_bytes(), Some(origin.as_ref())).unwrap()
}

/// A home with the key and a file to push, which changes an address and adds one.
pub fn home(key: &lab::Key, text: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(home.path().join("key")).unwrap();
    file.write_all(key.bind_text().as_bytes()).unwrap();
    let wanted = text.replace("192.0.2.25", "192.0.2.26") + "new A 192.0.2.99\n";
    std::fs::write(home.path().join("wanted.zone"), format!("$ORIGIN {ZONE}.\n{wanted}")).unwrap();
    home
}

/// Pushes the file by the command line: exit status and what it says.
pub fn push(home: &Path, address: SocketAddr) -> (i32, String) {
    let output = push_with(home, address, &["--yes", "--force"]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().expect("an exit status"), format!("{out}{err}"))
}

/// The same with these options.
pub fn push_with(home: &Path, address: SocketAddr, options: &[&str]) -> Output {
    command(home, address, options).output().unwrap()
}

pub fn command(home: &Path, address: SocketAddr, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zonewright"));
    command
        .args(["push", ZONE, "wanted.zone", "--key", "key", "--timeout", TIMEOUT])
        .args(["--server", &address.to_string()])
        .args(options)
        .env_clear()
        .env("HOME", home)
        .current_dir(home)
        .stdin(Stdio::null());
    command
}

/// A primary behind a proxy, and a home with its key and the file to push.
pub struct Scene {
    pub home: tempfile::TempDir,
    pub upstream: Handle,
    pub address: SocketAddr,
    armed: Arc<AtomicBool>,
}

impl Scene {
    pub fn new(stage: Stage, spoil: Spoil, armed: bool) -> Scene {
        let key = lab::Key::new("some-key", "hmac-sha256");
        let (home, upstream) = (home(&key, embedded::TEXT), embedded::start(embedded::TEXT, &key));
        let armed = Arc::new(AtomicBool::new(armed));
        let address = before(upstream.address, &key, stage, spoil, &armed);
        Scene { home, upstream, address, armed }
    }

    fn push(&self) -> (i32, String) {
        push(self.home.path(), self.address)
    }

    fn open(&self) -> Terminal {
        let server = self.address.to_string();
        let arguments = [ZONE, "--key", "key", "--timeout", TIMEOUT, "--server", &server];
        Terminal::start(self.home.path(), 80, 24, &arguments)
    }

    /// What is true: which of the two changes the zone has.
    pub fn truth(&self) -> [bool; 2] {
        let zone = self.upstream.snapshot(&name("@")).unwrap();
        let has = |owner: &str, last: u8| {
            let set = zone.get(&RrKey::new(name(owner), RecordType::A));
            set.is_some_and(|set| set.rdata == [Box::from([192, 0, 2, last])])
        };
        [has("mail", 26), has("new", 99)]
    }
}

/// What the program may say of a change.
const WORDS: [&str; 5] =
    ["applied:", "NOT applied:", "CHANGED BY SERVER:", "APPLIED, THEN CHANGED:", "UNKNOWN:"];

pub fn verdict<'a>(said: &'a str, owner: &str) -> Option<&'a str> {
    let line = said.lines().find(|line| {
        WORDS
            .iter()
            .any(|word| line.strip_prefix(word).is_some_and(|rest| rest.starts_with(&format!(" {owner} A"))))
    })?;
    Some(&line[..line.find(':')?])
}

/// Every way to spoil an update: the report says of each change what is true, or that it is not known.
#[test]
fn whatever_a_server_does_to_an_update_the_report_is_true() {
    use Spoil::*;
    let both = |word: &'static str| [word, word];
    let cases: Vec<(Spoil, i32, [&str; 2])> = vec![
        (Silence, 3, both("NOT applied")),
        (Drip, 0, both("applied")),
        (CloseMidway, 0, both("applied")),
        (OtherId, 0, both("applied")),
        (OtherQuestion, 3, both("NOT applied")),
        (OtherMac, 0, both("applied")),
        (NoTsig, 3, both("NOT applied")),
        (Nothing, 3, both("UNKNOWN")),
        (Half, 1, ["NOT applied", "applied"]),
        (Overtaken, 1, ["nothing"; 2]),
        (ChangedAgain, 1, ["APPLIED, THEN CHANGED", "applied"]),
        (TakenBack, 1, ["APPLIED, THEN CHANGED", "applied"]),
        (DoneInSilence, 0, both("applied")),
        (DoneAndGone, 3, both("UNKNOWN")),
        (Truncated, 0, both("applied")),
        (Unsigned(Rcode::REFUSED), 1, both("NOT applied")),
        (Unsigned(Rcode::NOTAUTH), 1, both("NOT applied")),
        (Unsigned(Rcode::NOTIMP), 1, both("NOT applied")),
        (Unsigned(Rcode(1)), 1, both("NOT applied")),
        (Unsigned(Rcode::SERVFAIL), 3, both("NOT applied")),
        (Signed(Rcode::REFUSED), 1, both("NOT applied")),
        (Signed(Rcode::SERVFAIL), 1, both("NOT applied")),
        (Signed(Rcode::NOTIMP), 1, both("NOT applied")),
        (Signed(Rcode(1)), 1, both("NOT applied")),
    ];
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let run = |(spoil, exit, words): &(Spoil, i32, [&'static str; 2])| {
            let scene = Scene::new(Stage::Update, *spoil, true);
            let (status, said) = scene.push();
            let told = ["mail", "new"].map(|owner| verdict(&said, owner).unwrap_or("nothing"));
            let true_words = told.iter().zip(scene.truth()).all(|(word, is_there)| match *word {
                "applied" => is_there,
                "NOT applied" | "nothing" | "APPLIED, THEN CHANGED" => !is_there,
                word => word == "UNKNOWN",
            });
            let fits = status == *exit && told == *words && true_words;
            (!fits).then(|| format!("{spoil:?}: exit {status}, {told:?}, truth {:?}\n{said}", scene.truth()))
        };
        let threads: Vec<_> = cases.iter().map(|case| scope.spawn(move || run(case))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same for what comes before: nothing is sent, and that is said. Only a sent update can be unknown.
#[test]
fn whatever_a_server_does_before_an_update_nothing_is_sent() {
    use Spoil::*;
    let spoils = [
        Silence,
        Drip,
        CloseMidway,
        OtherId,
        OtherQuestion,
        OtherMac,
        NoTsig,
        Truncated,
        Unsigned(Rcode::REFUSED),
        Unsigned(Rcode::SERVFAIL),
        Unsigned(Rcode::NOTAUTH),
        Unsigned(Rcode::NOTIMP),
        Unsigned(Rcode(1)),
    ];
    let cases: Vec<_> = [Stage::Transfer, Stage::Poll]
        .into_iter()
        .flat_map(|stage| spoils.map(|spoil| (stage, spoil)))
        .collect();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let run = |(stage, spoil): &(Stage, Spoil)| {
            let scene = Scene::new(*stage, *spoil, true);
            let (status, said) = scene.push();
            let fits = status == 2 && scene.truth() == [false, false];
            let is_said = !said.contains("is not known") && said.contains("127.0.0.1:");
            (!(fits && is_said)).then(|| format!("{stage:?}, {spoil:?}: exit {status}\n{said}"))
        };
        let threads: Vec<_> = cases.iter().map(|case| scope.spawn(move || run(case))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How long the help takes to come and go.
fn echo(terminal: &mut Terminal, background: &str) -> Duration {
    let begun = Instant::now();
    terminal.press("\x1bOP");
    terminal.wait_until("the help", |screen| screen.contains("Help"));
    let time = begun.elapsed();
    terminal.press("\x1b");
    terminal.wait_until("what was there", |screen| screen.contains(background) && !screen.contains("Help"));
    time
}

fn entries(home: &Path, server: &str) -> usize {
    let state = home.join(".local/state/zonewright");
    match Journal::open(&state, server, &name("@")).unwrap() {
        Opened::Ours(_, found) => found.unwrap_or_default().entries.len(),
        Opened::HeldBy(holder) => panic!("held by {holder}"),
    }
}

/// While a server drips an octet a second, in each stage, keys are answered and the draft is kept.
#[test]
fn the_screen_answers_keys_while_a_server_drips() {
    let mut slowest = Duration::ZERO;
    // The load of the zone.
    let scene = Scene::new(Stage::Transfer, Spoil::Drip, true);
    let mut terminal = scene.open();
    terminal.wait_for("Loading");
    slowest = slowest.max(echo(&mut terminal, "Loading"));
    terminal.wait_for("could not be transferred");
    for (stage, spoil) in [
        (Stage::Poll, Spoil::Drip),
        (Stage::Update, Spoil::Drip),
        (Stage::Update, Spoil::Silence),
        (Stage::Update, Spoil::Nothing),
        (Stage::Update, Spoil::Unsigned(Rcode::REFUSED)),
    ] {
        let case = format!("{stage:?}, {spoil:?}");
        let scene = Scene::new(stage, spoil, false);
        let mut terminal = scene.open();
        terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("mail"));
        terminal.press("+\rnew\t\t192.0.2.99\r");
        terminal.wait_until("a step", |screen| screen.contains("add new A") && !screen.contains("saving"));
        scene.armed.store(true, Ordering::SeqCst);
        terminal.press("w");
        terminal.wait_for("Changes");
        terminal.press("wy");
        terminal.wait_until("the push", |screen| !screen.contains("Guard"));
        if !matches!(spoil, Spoil::Unsigned(_)) {
            terminal.wait_until("that it goes on", |screen| {
                screen.contains("Pushing") || screen.contains("push")
            });
            slowest = slowest.max(echo(&mut terminal, "ush"));
        }
        let screen = terminal.wait_until("the result", |screen| {
            screen.contains("Your draft is kept")
                || screen.contains("Applied:")
                || screen.contains("still in your draft")
        });
        let applied = screen.contains("Applied: 1 change");
        assert_eq!(applied, scene.truth()[1], "{case}\n{screen}");
        terminal.settle();
        terminal.kill();
        // What is applied leaves the draft; what is not stays on disk.
        let kept = entries(scene.home.path(), &scene.address.to_string());
        assert_eq!(kept > 0, !applied, "{case}: {kept} entries\n{screen}");
    }
    eprintln!("the slowest key was answered after {slowest:?}");
    // Machines that run tests are slow; an octet of the answer takes a second.
    assert!(slowest < Duration::from_secs(1), "a key was answered after {slowest:?}");
}

/// Knot holds an update back while a control transaction is open, and carries it out afterwards: whoever gave up
/// waiting is not told.
#[test]
fn an_update_that_knot_carries_out_late() {
    if !lab::is_available("knotc") || !lab::is_available("dig") {
        return;
    }
    let text = "$TTL 3600\n@ SOA ns1 hostmaster 2026010100 7200 900 1209600 300\n@ NS ns1\nns1 A 127.0.0.1\n\
                mail A 192.0.2.25\n";
    let late = |abort_after: Option<Duration>| {
        let key = lab::Key::new("some-key", "hmac-sha256");
        let lab = lab::Lab::start(lab::Make::Knot, &[lab::Zone::new(ZONE, text)], &key)?;
        let home = home(&key, text);
        let (upstream, socket) = (lab.address, lab.directory().join("knot.sock"));
        let knotc = move |order: &str| {
            let output = Command::new("knotc").arg("-s").arg(&socket).args([order, ZONE]).output().unwrap();
            assert!(output.status.success(), "{order}: {output:?}");
        };
        let begin = knotc.clone();
        let address = serve(move |request, stream| {
            if stage(request) == Some(Stage::Update) {
                begin("zone-begin");
                if let Some(time) = abort_after {
                    let abort = begin.clone();
                    std::thread::spawn(move || {
                        std::thread::sleep(time);
                        abort("zone-abort");
                    });
                }
            }
            forward(upstream, request, stream);
        });
        let (status, said) = push(home.path(), address);
        let is_there = || lab::dig_axfr(upstream, &key, ZONE).iter().any(|line| line.contains("192.0.2.26"));
        let there_then = is_there();
        if abort_after.is_none() {
            knotc("zone-abort");
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_there() {
            assert!(Instant::now() < deadline, "Knot has dropped the update");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some((status, said, there_then, push(home.path(), upstream)))
    };
    // After the answer was given up, but while the zone is read back: it is seen.
    let Some((status, said, there, _)) = late(Some(Duration::from_secs(5))) else { return };
    assert!(there && status == 0 && verdict(&said, "mail") == Some("applied"), "exit {status}\n{said}");
    // Later than anybody waits: not known, and nobody is told that it was refused; the next push finds it done.
    let Some((status, said, there, (again, said_again))) = late(None) else { return };
    assert!(!there && status == 3, "exit {status}\n{said}");
    assert!(said.contains("It may still carry it out"), "{said}");
    assert!(again == 0 && said_again.contains("already equal"), "exit {again}\n{said_again}");
}

/// Between the server's yes and the reading somebody else was at it: the report does not blame the server.
#[test]
fn who_took_a_change_back_is_told_from_the_servers_journal() {
    for make in [lab::Make::Bind, lab::Make::Knot] {
        let text =
            (0..200).fold(embedded::TEXT.to_owned(), |text, at| text + &format!("filling{at} TXT x\n"));
        let key = lab::Key::default();
        let Some(lab) = lab::Lab::start(make, &[lab::Zone::new(ZONE, &text)], &key) else { continue };
        for spoil in [Spoil::ChangedAgain, Spoil::TakenBack] {
            let home = home(&key, &text);
            let armed = Arc::new(AtomicBool::new(true));
            let (status, said) = push(home.path(), before(lab.address, &key, Stage::Update, spoil, &armed));
            let case = format!("{make}, {spoil:?}: exit {status}\n{said}");
            assert_eq!((status, verdict(&said, "mail")), (1, Some("APPLIED, THEN CHANGED")), "{case}");
            assert!(said.contains("then changed by somebody else (serial 2026010"), "{case}");
        }
    }
}
