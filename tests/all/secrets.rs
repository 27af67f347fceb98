//! Secrets of keys stay in memory: after a run with everything that can go wrong they stand in no file, on no screen, in
//! no message, in no argument, and no program that was started has them. Nor does a core file.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};
use zonewright::server::service::{self, Options, Trouble};
use zonewright::wire::key::Secret;
use zonewright::zone::Name;

use crate::embedded::{self, ZONE};
use crate::hostile;
use crate::lab;
use crate::pty::Terminal;

/// Secrets as octets that nothing else has.
const GOOD: &[u8; 32] = b"\xf1The secret of the key, good\xf2\xf3\xf4\xf5";
const WRONG: &[u8; 32] = b"\xe1Another of the same name...\xe2\xe3\xe4\xe5";
const UNKNOWN: &[u8; 32] = b"\xd1And one that nobody knows..\xd2\xd3\xd4\xd5";

fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in octets.chunks(3) {
        let bits =
            group.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - group.len()));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize] as char;
            text.push(if at <= group.len() { digit } else { '=' });
        }
    }
    text
}

fn key(name: &str, secret: &[u8]) -> lab::Key {
    lab::Key { name: name.into(), algorithm: "hmac-sha256".into(), secret: base64(secret) }
}

/// Parts of each secret in each way to write it: of a leak a piece is enough.
fn needles() -> Vec<(String, Vec<u8>)> {
    let mut needles = Vec::new();
    for (name, secret) in [("good", GOOD), ("wrong", WRONG), ("unknown", UNKNOWN)] {
        let hex: String = secret.iter().map(|octet| format!("{octet:02x}")).collect();
        let list = secret.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        for (way, text) in [
            ("as it is", secret.to_vec()),
            ("in base64", base64(secret).into_bytes()),
            ("in hex", hex.clone().into_bytes()),
            ("in capital hex", hex.to_uppercase().into_bytes()),
            ("as a list", list.into_bytes()),
        ] {
            let length = text.len().min(14);
            let parts = text.windows(length).step_by(3).map(<[u8]>::to_vec);
            needles.extend(parts.map(|part| (format!("the {name} secret {way}"), part)));
        }
    }
    needles
}

/// What was seen and written, by where.
#[derive(Default)]
struct Seen(BTreeMap<String, Vec<u8>>);

impl Seen {
    fn add(&mut self, place: impl Into<String>, octets: impl Into<Vec<u8>>) {
        self.0.entry(place.into()).or_default().extend(octets.into());
    }

    fn output(&mut self, place: &str, output: &Output) {
        self.add(format!("{place}, standard output"), output.stdout.clone());
        self.add(format!("{place}, standard error"), output.stderr.clone());
    }

    /// Everything below a folder, but the files that are there for the secrets.
    fn folder(&mut self, folder: &Path, except: &[PathBuf]) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if except.contains(&path) {
                continue;
            }
            self.add("names of files", path.to_string_lossy().into_owned());
            match fs::symlink_metadata(&path).unwrap() {
                metadata if metadata.is_dir() => self.folder(&path, except),
                metadata if metadata.is_file() => self.add(path.to_string_lossy(), fs::read(&path).unwrap()),
                _ => {}
            }
        }
    }

    /// What others on the machine see of a process.
    fn process(&mut self, place: &str, pid: u32) {
        for file in ["cmdline", "environ"] {
            let octets = match fs::read(format!("/proc/{pid}/{file}")) {
                // So much the better: it is root's alone, since the process is not to be looked into.
                Err(error) if error.kind() == ErrorKind::PermissionDenied && file == "environ" => continue,
                octets => octets.unwrap(),
            };
            assert!(!octets.is_empty(), "{place}: /proc/{pid}/{file}");
            self.add(format!("{place}, {file}"), octets);
        }
    }

    fn leaks(&self) -> Vec<String> {
        self.leaks_of(&needles())
    }

    fn leaks_of(&self, needles: &[(String, Vec<u8>)]) -> Vec<String> {
        let mut leaks: Vec<String> = (self.0.iter())
            .flat_map(|(place, octets)| {
                let found = needles
                    .iter()
                    .filter(|(_, part)| octets.windows(part.len()).any(|window| window == part.as_slice()));
                found.map(move |(what, _)| format!("{what} in {place}"))
            })
            .collect();
        leaks.dedup();
        leaks
    }
}

/// A home with keys, a configuration that starts programs, and those programs: they keep what they were given.
fn home(server: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    for (file, name, secret) in [
        ("good.key", "lab-key", GOOD),
        ("wrong.key", "lab-key", WRONG),
        ("unknown.key", "other-key", UNKNOWN),
    ] {
        fs::write(path(file), key(name, secret).bind_text()).unwrap();
        fs::set_permissions(path(file), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let child = "#!/bin/sh\ncat /proc/$$/environ /proc/$$/cmdline > \"$HOME/child.$1.$$\"\n";
    fs::write(path("child"), child).unwrap();
    let asked = format!("{child}read line < \"$HOME/triple\"\necho \"$line\"\n");
    fs::write(path("asked"), asked).unwrap();
    for program in ["child", "asked"] {
        fs::set_permissions(path(program), fs::Permissions::from_mode(0o700)).unwrap();
    }
    fs::write(path("triple"), format!("{}\n", key("lab-key", GOOD).triple())).unwrap();
    let folder = home.path().display();
    let after = format!("after-push = [\"{folder}/child\", \"after\"]");
    let config = format!(
        "[server.file]\naddress = \"{server}\"\nkey = \"{folder}/good.key\"\n{after}\n\
         [server.variable]\naddress = \"{server}\"\nkey-env = \"LAB_KEY\"\n{after}\n\
         [server.command]\naddress = \"{server}\"\nkey-command = [\"{folder}/asked\", \"asked\"]\n{after}\n"
    );
    fs::write(path("config.toml"), config).unwrap();
    home
}

fn run(home: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zonewright"))
        .args(arguments)
        .args(["--config", "config.toml"])
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn secrets_are_nowhere() {
    let server = embedded::start(embedded::TEXT, &key("lab-key", GOOD));
    let home = home(&server.address.to_string());
    let home = home.path();
    let triple = key("lab-key", GOOD).triple();
    let mut seen = Seen::default();
    // The command line: what works, what is refused for its key, what is taken back, what is looked at.
    let mut last_octet = 25;
    for (server, variables) in
        [("file", &[][..]), ("variable", &[("LAB_KEY", triple.as_str())][..]), ("command", &[][..])]
    {
        for json in [&[][..], &["--json"]] {
            let shown = run(home, &["show", ZONE, "--server", server], variables);
            assert_eq!(shown.status.code(), Some(0), "{shown:?}");
            let text = String::from_utf8(shown.stdout).unwrap();
            let next = format!("192.0.2.{}", last_octet + 1);
            fs::write(home.join("wanted"), text.replace(&format!("192.0.2.{last_octet}"), &next)).unwrap();
            last_octet += 1;
            let push =
                [&["push", ZONE, "./wanted", "--yes", "--note", "why", "--server", server], json].concat();
            let pushed = run(home, &push, variables);
            assert_eq!(pushed.status.code(), Some(0), "{pushed:?}");
            seen.output("push", &pushed);
        }
        for arguments in [
            &["revert", ZONE, "--yes", "--json", "--server", server][..],
            &["log", ZONE, "--json", "--server", server],
            &["log", ZONE, "--others", "--server", server],
            &["doctor", ZONE, "--server", server],
            &["doctor", "--json"],
            &["check", ZONE, "--server", server],
            &["diff", ZONE, "./wanted", "--server", server],
        ] {
            let output = run(home, arguments, variables);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {output:?}");
            seen.output(&arguments.join(" "), &output);
        }
        last_octet -= 1;
    }
    for (file, error) in [("wrong.key", "another secret"), ("unknown.key", "other-key")] {
        for verb in [&["push", ZONE, "./wanted", "--yes"][..], &["doctor", ZONE], &["doctor", ZONE, "--json"]]
        {
            let output = run(home, &[verb, &["--server", "file", "--key", file]].concat(), &[]);
            let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
            assert!(!output.status.success() && said.contains(error), "{verb:?}: {said}");
            seen.output(&format!("{verb:?} with {file}"), &output);
        }
    }
    // Key files that cannot be read to their end, and secrets in the place of something else.
    fs::write(home.join("broken.key"), format!("key \"a\" {{ secret \"{}!\"; }};", base64(UNKNOWN))).unwrap();
    fs::set_permissions(home.join("broken.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let broken = run(home, &["show", ZONE, "--server", "file", "--key", "broken.key"], &[]);
    assert_eq!(broken.status.code(), Some(2));
    seen.output("a broken key file", &broken);
    let wrong = format!("hmac-sha256:{}", base64(UNKNOWN));
    let wrong = run(home, &["show", ZONE, "--server", "variable"], &[("LAB_KEY", &wrong)]);
    assert_eq!(wrong.status.code(), Some(2));
    seen.output("a broken variable", &wrong);

    // The editor: a step, a push, a text, another program on the text, a form half filled in, and kill -9.
    let visual = format!("{} visual", home.join("child").display());
    let path = std::env::var("PATH").unwrap_or_default();
    for file in ["good.key", "wrong.key"] {
        let arguments = [ZONE, "--config", "config.toml", "--server", "file", "--key", file];
        let variables = [("VISUAL", visual.as_str()), ("PATH", &path), ("LAB_KEY", &triple)];
        let mut terminal = Terminal::start_with(home, 80, 24, &arguments, &variables);
        let place = format!("the editor with {file}");
        if file == "good.key" {
            terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("mail"));
            terminal.press("+\rnew\t\t192.0.2.99\r");
            terminal
                .wait_until("a step", |screen| screen.contains("add new A") && !screen.contains("saving"));
            let cmdline = fs::read(format!("/proc/{}/cmdline", terminal.pid())).unwrap();
            seen.add(format!("{place}, cmdline"), cmdline);
            terminal.press("w");
            terminal.wait_for("Changes");
            terminal.press("wy");
            terminal.wait_for("Applied: 1 change");
            terminal.press("\r");
            terminal.wait_until("the table", |screen| screen.contains("Records"));
            terminal.press("E");
            let deadline = Instant::now() + Duration::from_secs(20);
            while children(home, "visual") == 0 {
                assert!(Instant::now() < deadline, "no other program\n{}", terminal.screen());
                std::thread::sleep(Duration::from_millis(20));
            }
            terminal.wait_until("the table again", |screen| screen.contains("Records"));
            terminal.press("+\rhalf\t\t192.0");
            terminal.wait_for("half");
            let state = home.join(".local/state/zonewright");
            let deadline = Instant::now() + Duration::from_secs(20);
            while !format!("{:?}", files(&state)).contains(".form") {
                assert!(Instant::now() < deadline, "no form on disk: {:?}", files(&state));
                std::thread::sleep(Duration::from_millis(20));
            }
        } else {
            terminal.wait_until("the refusal", |screen| screen.contains("another secret"));
        }
        terminal.kill();
        seen.add(place, [terminal.written(), terminal.screen().into_bytes()].concat());
    }
    for name in ["after", "asked", "visual"] {
        assert!(children(home, name) > 0, "{name} was never started");
    }
    let except = ["good.key", "wrong.key", "unknown.key", "broken.key", "triple"].map(|file| home.join(file));
    seen.folder(home, &except);
    assert!(seen.0.keys().any(|place| place.contains("/history/")), "{:?}", seen.0.keys());
    assert!(seen.0.keys().any(|place| place.contains("/child.after.")), "{:?}", seen.0.keys());
    let leaks = seen.leaks();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    // It finds what is there.
    seen.folder(home, &[]);
    assert!(seen.leaks().iter().any(|leak| leak.contains("good secret in base64")));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn children(home: &Path, name: &str) -> usize {
    let is_one = |path: &PathBuf| path.to_string_lossy().contains(&format!("/child.{name}."));
    // Written by now, and not only opened.
    files(home)
        .iter()
        .filter(|path| is_one(path) && fs::metadata(path).is_ok_and(|file| file.len() > 0))
        .count()
}

/// The credentials of secondary services, whatever goes wrong there.
#[test]
fn credentials_of_secondary_services_are_nowhere() {
    let server = embedded::start(embedded::TEXT, &key("lab-key", GOOD));
    let home = home(&server.address.to_string());
    let home = home.path();
    let primary: IpAddr = "192.0.2.53".parse().unwrap();
    let name = |text: &str| Name::parse(text.as_bytes(), None).unwrap();
    let mut options = Options::new(name("sdns.example."), "198.51.100.53".parse().unwrap());
    options.services.truncate(1);
    options.routes.insert(primary, server.address);
    options.key = Some(embedded::served(&key("lab-key", GOOD)));
    let service = service::start(options).unwrap();
    let config = fs::read_to_string(home.join("config.toml")).unwrap();
    let table = format!("backend = \"ovh\"\nendpoint = \"{}\"\nprimary = \"{primary}\"\n", service.url);
    fs::write(home.join("config.toml"), format!("{config}[secondary.svc]\n{table}")).unwrap();
    let own = &service.credentials;
    let text = |secret: &Secret| String::from_utf8(secret.octets().to_vec()).unwrap();
    let (secret, consumer, of_account) =
        (text(&own.application_secret), text(&own.consumer_key), text(&own.client_secret));
    let wrong = "f00dfeedf00dfeedf00dfeedf00dfeed";
    let mut needles = Vec::new();
    for (what, text) in [
        ("the application secret", secret.as_str()),
        ("the consumer key", &consumer),
        ("the secret of the account", &of_account),
        ("a wrong secret", wrong),
    ] {
        let parts = text.as_bytes().windows(14).step_by(3).map(<[u8]>::to_vec);
        needles.extend(parts.map(|part| (what.to_owned(), part)));
    }
    let signed = [
        ("OVH_APPLICATION_KEY", own.application_key.as_str()),
        ("OVH_APPLICATION_SECRET", &secret),
        ("OVH_CONSUMER_KEY", &consumer),
    ];
    let account = [("OVH_CLIENT_ID", own.client_id.as_str()), ("OVH_CLIENT_SECRET", &of_account)];
    let wrong_secret = [signed[0], ("OVH_APPLICATION_SECRET", wrong), signed[2]];
    let wrong_consumer = [signed[0], signed[1], ("OVH_CONSUMER_KEY", wrong)];
    let wrong_account = [account[0], ("OVH_CLIENT_SECRET", wrong)];
    let mut seen = Seen::default();
    let at = ["--backend", "svc", "--server", "file", "--timeout", "2"];
    let add = [&["secondary", "add", ZONE, "--yes", "--wait", "2"][..], &at].concat();
    let remove = [&["secondary", "remove", ZONE, "--yes"][..], &at].concat();
    let list = ["secondary", "list", "--json"];
    for (what, variables, works) in [
        ("signed", &signed[..], true),
        ("account", &account, true),
        ("wrong secret", &wrong_secret, false),
        ("wrong consumer key", &wrong_consumer, false),
        ("wrong account", &wrong_account, false),
    ] {
        for json in [&[][..], &["--json"]] {
            for verb in [&add[..], &remove] {
                let output = run(home, &[verb, json].concat(), variables);
                assert_eq!(output.status.success(), works, "{what}: {output:?}");
                seen.output(&format!("{what}: {}", verb[1]), &output);
            }
        }
        let output = run(home, &list, variables);
        assert_eq!(output.status.success(), works, "{what}: {output:?}");
        seen.output(&format!("{what}: list"), &output);
    }
    for trouble in [
        Trouble::Html,
        Trouble::Oversized,
        Trouble::Truncated,
        Trouble::LostAfter,
        Trouble::LostBefore,
        Trouble::TooMany,
    ] {
        service.change(|options| options.trouble = Some(trouble));
        for verb in [&add[..], &remove, &list] {
            seen.output(&format!("{trouble:?}: {}", verb[1]), &run(home, verb, &signed));
        }
    }
    // Killed while it waits for the service to see the proof.
    service.change(|options| options.trouble = None);
    seen.output("removed", &run(home, &remove, &signed));
    let silent = hostile::serve(|_, _| std::thread::sleep(hostile::FOREVER));
    service.change(|options| {
        options.routes.insert(primary, silent);
    });
    let mut child = Command::new(env!("CARGO_BIN_EXE_zonewright"))
        .args(["secondary", "add", ZONE, "--yes", "--config", "config.toml"])
        .args(at)
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .envs(signed)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let state = home.join(".local/state/zonewright");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !format!("{:?}", files(&state)).contains(".registration\"") {
        assert!(Instant::now() < deadline, "nothing is kept: {:?}", files(&state));
        std::thread::sleep(Duration::from_millis(20));
    }
    seen.add("while it runs, cmdline", fs::read(format!("/proc/{}/cmdline", child.id())).unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    seen.folder(home, &[]);
    assert!(seen.0.keys().any(|place| place.ends_with(".registration")), "{:?}", seen.0.keys());
    assert!(seen.0.keys().any(|place| place.contains("/child.after.")), "{:?}", seen.0.keys());
    let leaks = seen.leaks_of(&needles);
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    // It finds what is there.
    seen.add("a leak", format!("signed with {secret}."));
    assert!(!seen.leaks_of(&needles).is_empty());
}

/// Files that tell of a process belong to its user, and to root where it is not to be looked into.
#[test]
fn no_other_program_of_the_same_user_looks_into_it() {
    use std::os::unix::fs::MetadataExt as _;
    use std::os::unix::process::CommandExt as _;
    const NOBODY: u32 = 65_534;
    let silent = hostile::serve(|_, _| std::thread::sleep(hostile::FOREVER)).to_string();
    let start = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().current_dir("/").stdin(Stdio::null()).stderr(Stdio::null());
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY);
        }
        command.spawn()
    };
    let owner = |pid: u32| fs::metadata(format!("/proc/{pid}/environ")).unwrap().uid();
    let arguments = ["show", ZONE, "--server", &silent, "--timeout", "60"];
    let Ok(mut child) = start(env!("CARGO_BIN_EXE_zonewright"), &arguments) else {
        eprintln!("SKIPPED: another user cannot start the program from where it is");
        return;
    };
    let mut other = start("sleep", &["60"]).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while owner(child.id()) != 0 {
        assert!(Instant::now() < deadline, "it can be looked into by user {}", owner(child.id()));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_ne!(owner(other.id()), 0, "another program can");
    for child in [&mut child, &mut other] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// What others on the machine see of it while it runs.
#[test]
fn no_secret_in_arguments_or_environment() {
    let server = embedded::start(embedded::TEXT, &key("lab-key", GOOD));
    let home = home(&server.address.to_string());
    let mut seen = Seen::default();
    let arguments = [ZONE, "--config", "config.toml", "--server", "file"];
    let terminal = Terminal::start(home.path(), 80, 24, &arguments);
    terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("mail"));
    seen.process("the editor", terminal.pid());
    assert_eq!(seen.leaks(), [] as [String; 0]);
}

/// Core files have all of the memory.
#[test]
fn no_core_file_is_written() {
    let core = |status: ExitStatus| std::os::unix::process::ExitStatusExt::core_dumped(&status);
    let home = tempfile::tempdir().unwrap();
    let hard = getrlimit(Resource::Core).maximum;
    if hard == Some(0) {
        eprintln!("SKIPPED: this system lets nobody write core files");
        return;
    }
    // A server that never answers keeps it waiting.
    let silent = hostile::serve(|_, _| std::thread::sleep(hostile::FOREVER));
    let start = |program: &str, arguments: &[&str]| {
        Command::new("sh")
            .args(["-c", "ulimit -S -c \"$(ulimit -H -c)\" && exec \"$0\" \"$@\"", program])
            .args(arguments)
            .current_dir(home.path())
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let end = |mut child: std::process::Child| {
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::ABORT).unwrap();
        child.wait().unwrap()
    };
    let address = silent.to_string();
    let arguments = ["show", ZONE, "--server", &address, "--timeout", "60"];
    let limit_of = |pid: u32| {
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned();
        line.split_whitespace().nth(4).unwrap().to_owned()
    };
    let wait_until_it_is_off = |pid: u32| {
        let deadline = Instant::now() + Duration::from_secs(20);
        let is_there =
            || fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name == "zonewright\n");
        while !is_there() || limit_of(pid) != "0" {
            assert!(Instant::now() < deadline, "core files of up to {}", limit_of(pid));
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let child = start(env!("CARGO_BIN_EXE_zonewright"), &arguments);
    wait_until_it_is_off(child.id());
    // Nobody can turn it on again from outside.
    let child_id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    let limit = |limit| prlimit(Some(child_id), Resource::Core, limit).unwrap();
    let maximum = limit(Rlimit { current: Some(0), maximum: hard }).maximum;
    limit(Rlimit { current: maximum, maximum });
    assert_ne!(limit_of(child.id()), "0");
    let status = end(child);
    assert!(!core(status) && status.code().is_none(), "{status:?}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "{:?}", files(home.path()));
    // Where the system writes core files at all, another program has one.
    let other = start("sleep", &["60"]);
    std::thread::sleep(Duration::from_millis(300));
    let status = end(other);
    eprintln!("another program: {status:?}, core file: {}", core(status));
}
