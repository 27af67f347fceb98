//! A zone file in the editor: found, read, saved, and what is run afterwards.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Stop;
use super::access::{colours_wanted, unicode_wanted};
use super::files::{self, Beside, shown};
use super::verbs::zone_name;
use crate::app::file::{FileText, Ran, Saved};
use crate::app::text::broken::Broken;
use crate::app::zones::Arrival;
use crate::app::{Loaded, Settings};
use crate::check::Selection;
use crate::config::{Config, DomainName, Percent};
use crate::edit::{Text, decode};
use crate::facts::{Failure, FailureKind, ServerKind};
use crate::store::paths::expand_home;
use crate::store::secrets;
use crate::ui::clean::clean;
use crate::zone::managed::is_signed;
use crate::zone::{Name, RecordType};
use crate::zonefile::{self, Remembering, Severity};

/// How long the program that is run after saving may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// As much of what it writes is read.
const MOST_OUTPUT: u64 = 16 * 1024;
/// As many lines of that are shown.
const MOST_LINES: usize = 12;
/// The zone's name is looked for in so much of a file first.
const HEAD: usize = 64 * 1024;
/// As many errors are shown of a file that cannot be read.
const MOST_ERRORS: usize = 5;

/// What a file holds.
#[derive(Debug)]
pub enum FromFile {
    Zone(Loaded),
    /// A text with errors.
    Broken(Box<Broken>),
}

/// A zone file.
#[derive(Debug)]
pub struct ZoneFile {
    pub zone: Name,
    /// As the person named it.
    path: PathBuf,
    config: Arc<Config>,
    after_save: Vec<String>,
    rules: Arc<Selection>,
    /// The octets as they were last read or written: what is saved is made from these.
    last: Mutex<Option<Arc<[u8]>>>,
}

impl ZoneFile {
    /// The file that the configuration has for a zone.
    pub fn of_zone(zone: &Name, config: &Config) -> Option<PathBuf> {
        let own = config.zone.get(&DomainName(zone.clone()))?;
        own.file.as_deref().filter(|_| own.server.is_none()).map(expand_home)
    }

    /// Looks at a file that shall be edited: whether it is one, and for which zone.
    ///
    /// # Errors
    /// [`Stop`] with what is wrong and what to do.
    pub fn find(path: &Path, origin: Option<&Name>, config: &Config) -> Result<ZoneFile, Stop> {
        let octets = files::read_text(path)?;
        if let Some(format) = binary_format(&octets) {
            return Err(Stop::usage(format!(
                "{0} is in BIND's {format} format, which is not text. To make text of it: named-compilezone -f {format} \
                 -F text -o FILE.txt ZONE {0}",
                shown(path)
            )));
        }
        let configured = config.zone.iter().find_map(|(name, zone)| {
            let file = zone.file.as_deref().map(expand_home)?;
            let same = file.canonicalize().is_ok_and(|file| path.canonicalize().is_ok_and(|own| own == file));
            same.then_some((&name.0, zone))
        });
        let named = origin.or(configured.map(|(name, _)| name)).cloned();
        let Some(zone) = named.or_else(|| origin_of(&octets)) else {
            if let Some(why) = no_soa(&octets) {
                return Err(Stop::usage(format!(
                    "{0} {why}, with which every zone begins. To begin one in it all the same: zonewright {0} \
                     --origin ZONE",
                    shown(path)
                )));
            }
            return Err(Stop::usage(format!(
                "{0} does not say which zone it is for: its SOA has a relative name, and no $ORIGIN stands before it. \
                 Say it with: zonewright {0} --origin ZONE",
                shown(path)
            )));
        };
        let after_save = configured.and_then(|(_, zone)| zone.after_save.as_ref());
        let after_save = after_save.map_or(Vec::new(), |command| command.get_ref().clone());
        let rules = super::check::rules(config)?;
        Ok(ZoneFile {
            zone,
            path: path.to_owned(),
            after_save,
            rules,
            config: Arc::new(config.clone()),
            last: Mutex::new(None),
        })
    }

    /// What drafts are kept under: the file itself, whatever links lead to it.
    pub fn label(&self) -> String {
        ZoneFile::label_of(&self.path)
    }

    /// The same of a file that is not looked at.
    pub fn label_of(path: &Path) -> String {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        path.to_string_lossy().into_owned()
    }

    /// Is this path the file, by whatever name?
    pub fn is_at(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.path.canonicalize().is_ok_and(|own| own == path))
    }

    /// What the screen is started with.
    pub fn settings(&self) -> Settings {
        Settings {
            zone: self.zone.clone(),
            server: shown(&self.path),
            key: None,
            label: None,
            brake_percent: Percent::default().0,
            config: Arc::clone(&self.config),
            hosts: Vec::new(),
            demo: false,
            arrival: Arrival::default(),
            unicode: unicode_wanted(),
            colours: colours_wanted(),
            rules: Arc::clone(&self.rules),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// A [`Failure`] where it cannot be read, or is no zone.
    pub fn load(&self) -> Result<FromFile, Failure> {
        let octets: Arc<[u8]> = files::read_text(&self.path)
            .map_err(|stop| self.failure("The zone file cannot be read.", stop.message, "Mend that."))?
            .into();
        if let Some(format) = binary_format(&octets) {
            let why = format!("It is in BIND's {format} format, which is not text.");
            return Err(self.failure("The zone file cannot be edited.", why, "Make text of it."));
        }
        let decoded = decode(&octets);
        let mut loader = Remembering::new(Beside(&self.path));
        let read = zonefile::read_zone_file(decoded.text.as_bytes(), Some(&self.zone), Some(&mut loader));
        let editable = self.editable();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(octets);
        let mut file = FileText {
            text: Text::new(&decoded.text),
            included: loader.files(),
            included_sets: Arc::default(),
            escaped: decoded.escaped,
            warnings: Vec::new(),
            after_save: self.after_save.clone(),
        };
        let (zone, problems) = match read {
            Ok(read) => read,
            Err(problems) => {
                let broken = Broken::new(self.with_errors(&problems), file, editable, problems);
                return Ok(FromFile::Broken(Box::new(broken)));
            }
        };
        if let Some(error) = problems.iter().find(|problem| problem.severity == Severity::Error) {
            file.warnings.push(format!("Nameservers refuse this file: {}", clean(&error.to_string())));
        }
        if is_signed(&zone) || zone.records().any(|record| record.rtype == RecordType::RRSIG) {
            file.warnings.push(
                "This file is signed. Its signatures will not fit what you change: sign it again after saving, or \
                 edit the file that it was made from."
                    .into(),
            );
        }
        if !file.included.is_empty() {
            let mut files = file.included.clone();
            let sets = zonefile::included_sets(decoded.text.as_bytes(), &self.zone, Some(&mut files));
            file.included_sets = Arc::new(sets);
        }
        let zone = Arc::new(zone);
        Ok(FromFile::Zone(Loaded { zone, kind: ServerKind::Unknown, editable, file: Some(file) }))
    }

    /// May the file be written over? A journal beside it holds changes that are not in it.
    fn editable(&self) -> Result<(), String> {
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        for path in [&path, &self.path] {
            if let Some(journal) = journal_of(path) {
                let zone = self.zone.to_string();
                let zone = zone.trim_end_matches('.');
                return Err(format!(
                    "this is a dynamic zone's file: {} has changes that are not in it. Edit the zone at its server \
                     (zonewright {zone} --server HOST --key FILE), or rndc freeze {zone}, rndc sync -clean {zone} \
                     (BIND rewrites the file: its comments and layout are lost), then R; rndc thaw {zone} when you \
                     are done",
                    shown(&journal)
                ));
            }
        }
        Ok(())
    }

    fn with_errors(&self, problems: &[zonefile::Problem]) -> Failure {
        let errors: Vec<&zonefile::Problem> =
            problems.iter().filter(|problem| problem.severity == Severity::Error).collect();
        let mut why: Vec<String> =
            errors.iter().take(MOST_ERRORS).map(|error| clean(&error.to_string()).into_owned()).collect();
        if errors.len() > MOST_ERRORS {
            why.push(format!("And {} more.", errors.len() - MOST_ERRORS));
        }
        let next = format!("zonewright check {} lists them all. Mend them, then R.", shown(&self.path));
        self.failure("The zone file has errors.", why.join(" "), &next)
    }

    fn failure(&self, what: &str, why: String, next: &str) -> Failure {
        let what = what.replace("The zone file", &shown(&self.path));
        Failure { kind: FailureKind::Local, what, why, next: next.into() }
    }

    /// Writes the file, unless it is not what it was when it was read, and runs what is to be run then.
    ///
    /// # Errors
    /// A [`Failure`]; the file is then as it was.
    pub fn save(&self, text: &str) -> Result<Saved, Failure> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let what = "Not saved: The zone file is as it was.";
        let now = files::read_text(&self.path)
            .map_err(|stop| self.failure(what, stop.message, "Mend that and save again."))?;
        if last.as_deref() != Some(&*now) {
            return Err(self.failure(
                "Not saved: The zone file has changed on disk since it was opened.",
                "Somebody else, or another program, has written it.".into(),
                "R reads it again and puts your changes on top; then save.",
            ));
        }
        if let Err(why) = self.editable() {
            return Err(self.failure(what, why, "Then save again."));
        }
        files::replace(&self.path, text.as_bytes()).map_err(|stop| {
            let next = "Mend the permissions of the file and its folder, or free disk space, and save again.";
            self.failure(what, stop.message, next)
        })?;
        *last = Some(text.as_bytes().into());
        drop(last);
        let after = self.after_save.split_first().map(|(program, arguments)| run(program, arguments));
        Ok(Saved { after })
    }
}

/// The journal of a dynamic zone, where one stands beside its file.
pub fn journal_of(path: &Path) -> Option<PathBuf> {
    let mut journal = path.as_os_str().to_owned();
    journal.push(".jnl");
    Some(PathBuf::from(journal)).filter(|journal| journal.exists())
}

/// A format of BIND that is not text: its files begin with its number, in four octets.
pub fn binary_format(octets: &[u8]) -> Option<&'static str> {
    match octets {
        [0, 0, 0, 2, ..] => Some("raw"),
        [0, 0, 0, 3, ..] => Some("map"),
        _ => None,
    }
}

/// The zone that a file is for, where it says so.
fn origin_of(octets: &[u8]) -> Option<Name> {
    let soa = |octets: &[u8]| {
        let parsed = zonefile::parse(octets, None);
        // Then names are read as if they ended at the root.
        let unknown = parsed.problems.iter().any(|problem| problem.message.contains("--origin"));
        if unknown {
            return None;
        }
        parsed.records.into_iter().find(|record| record.rtype == RecordType::SOA).map(|record| record.owner)
    };
    soa(octets.get(..HEAD).unwrap_or(octets)).or_else(|| soa(octets.get(HEAD..).map(|_| octets)?))
}

/// Why a file is no zone, where there is no SOA in it.
fn no_soa(octets: &[u8]) -> Option<&'static str> {
    if octets.trim_ascii().is_empty() {
        return Some("is empty: there is no SOA record in it");
    }
    let is_written = octets.windows(3).any(|word| word.eq_ignore_ascii_case(b"SOA"));
    (!is_written).then_some("is no zone file: there is no SOA record in it")
}

/// Runs a program, with nothing to read, for so long at most.
fn run(program: &str, arguments: &[String]) -> Ran {
    let mut command = secrets::command(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            return Ran { status: Err(format!("could not be started: {error}.")), lines: Vec::new() };
        }
    };
    let outputs = [child.stdout.take().map(collect), child.stderr.take().map(collect)];
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => break Ok("done".into()),
            Ok(Some(status)) => break Err(format!("failed ({status})")),
            Err(error) => break Err(format!("cannot be waited for: {error}.")),
            Ok(None) if Instant::now() > deadline => {
                // It may end by itself at this very moment.
                let _ = child.kill();
                let _ = child.wait();
                break Err(format!("stopped: it ran for more than {} seconds", PATIENCE.as_secs()));
            }
            Ok(None) => thread::sleep(Duration::from_millis(20)),
        }
    };
    let mut lines = Vec::new();
    for output in outputs.into_iter().flatten() {
        // What it has started in turn may keep the pipe open for ever.
        let octets = output.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        let text = String::from_utf8_lossy(&octets).into_owned();
        lines
            .extend(text.lines().map(|line| clean(line).into_owned()).filter(|line| !line.trim().is_empty()));
    }
    lines.truncate(MOST_LINES);
    Ran { status, lines }
}

/// Reads the start of what a program writes, and passes over the rest, so that it never waits for a reader.
fn collect(mut from: impl std::io::Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    // Without a thread nothing is shown.
    let _ = thread::Builder::new().name("output".into()).spawn(move || {
        let mut octets = Vec::new();
        // What could be read is shown; why there is no more is of no use to anybody.
        let _ = from.by_ref().take(MOST_OUTPUT).read_to_end(&mut octets);
        let full = octets.len() as u64 == MOST_OUTPUT;
        let _ = sender.send(octets);
        if full {
            let _ = std::io::copy(&mut from, &mut std::io::sink());
        }
    });
    receiver
}

/// The zone that `--origin` names.
///
/// # Errors
/// [`Stop`] for what is no domain name.
pub fn origin(text: Option<&str>) -> Result<Option<Name>, Stop> {
    text.map(zone_name).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    const ZONE: &str =
        "$TTL 1h\n@ SOA ns1 hostmaster 1 3600 900 1209600 300 ; büro\n  NS ns1\nns1 A 192.0.2.1\n";

    fn config(text: &str) -> Config {
        crate::config::parse(text).unwrap()
    }

    fn name(text: &str) -> Name {
        Name::parse(text.as_bytes(), None).unwrap()
    }

    fn find(path: &Path, text: &[u8]) -> Result<ZoneFile, String> {
        fs::write(path, text).unwrap();
        ZoneFile::find(path, None, &Config::default()).map_err(|stop| stop.message)
    }

    #[test]
    fn a_file_without_an_soa_is_not_said_to_have_one() {
        let folder = tempfile::tempdir().unwrap();
        let told = |text: &str| {
            let path = folder.path().join("file");
            std::fs::write(&path, text).unwrap();
            format!("{:?}", ZoneFile::find(&path, None, &Config::default()).map(drop).unwrap_err())
        };
        assert!(told(" \n").contains("is empty: there is no SOA record in it, with which every zone begins"));
        assert!(told("<html>\n").contains("is no zone file: there is no SOA record in it"));
        assert!(told("@ SOA ns1 hostmaster 1 2 3 4 5\n").contains("its SOA has a relative name"));
    }

    #[test]
    fn the_zone_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zone");
        let found = |text: &str| find(&path, text.as_bytes()).map(|file| file.zone.to_string());
        assert_eq!(found(&format!("$ORIGIN example.org.\n{ZONE}")).unwrap(), "example.org.");
        assert_eq!(found(&ZONE.replace('@', "Example.NET.")).unwrap(), "Example.NET.");
        // Far down, and nothing of it in the first part.
        assert_eq!(found(&format!("{}$ORIGIN a.\n{ZONE}", ";\n".repeat(HEAD))).unwrap(), "a.");
        for text in [ZONE, "", "\n; nothing\n"] {
            let message = found(text).unwrap_err();
            assert!(message.contains("--origin"), "{message}");
        }
        for (octets, format) in [(b"\0\0\0\x02\0\0\0\x01ab", "raw"), (b"\0\0\0\x03\0\0\0\x01ab", "map")] {
            let message = find(&path, octets).unwrap_err();
            assert!(message.contains(&format!("-f {format}")), "{message}");
        }
        fs::write(&path, ZONE).unwrap();
        let given = ZoneFile::find(&path, Some(&name("b.")), &Config::default()).unwrap();
        assert_eq!(given.zone, name("b."));
        let text = format!("[zone.\"c\"]\nfile = \"{}\"\nafter-save = [\"true\"]", path.display());
        let by_configuration = ZoneFile::find(&path, None, &config(&text)).unwrap();
        assert_eq!((by_configuration.zone, by_configuration.after_save), (name("c."), vec!["true".into()]));
        assert_eq!(ZoneFile::of_zone(&name("c."), &config(&text)), Some(path));
        for what in [folder.path().to_owned(), folder.path().join("none")] {
            let message = ZoneFile::find(&what, None, &Config::default()).unwrap_err().message;
            assert!(message.contains(&*what.to_string_lossy()), "{message}");
        }
    }

    fn opened(path: &Path, after_save: &[&str]) -> ZoneFile {
        let mut file = ZoneFile::find(path, Some(&name("a.")), &Config::default()).unwrap();
        file.after_save = after_save.iter().map(ToString::to_string).collect();
        file.load().unwrap();
        file
    }

    #[test]
    fn a_file_is_saved_through_a_link_with_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("zone"), folder.path().join("link"));
        fs::write(&path, ZONE).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("zone", &link).unwrap();
        let file = opened(&link, &["sh", "-c", "printf 'a\\033[1m\\n'; echo b >&2; exit 3", "$HOME"]);
        let before = fs::metadata(&path).unwrap();
        let ran = file.save("new").unwrap().after.unwrap();
        assert!(ran.status.unwrap_err().contains('3'));
        assert_eq!(ran.lines.len(), 2);
        assert!(!ran.lines[0].contains('\u{1b}') && ran.lines[1] == "b");
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.mode(), after.uid(), after.gid()), (before.mode(), before.uid(), before.gid()));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
        // What it has just written is no change of somebody else's.
        file.save("newer").unwrap();
        assert_eq!(opened_status(&file, "zonewright-no-such-program"), "could not be started");
    }

    fn opened_status(file: &ZoneFile, program: &str) -> &'static str {
        let ran = run(program, &[]);
        assert!(file.save("newest").is_ok());
        if ran.status.unwrap_err().contains("could not be started") { "could not be started" } else { "" }
    }

    #[test]
    fn what_others_wrote_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zone");
        fs::write(&path, ZONE).unwrap();
        let file = opened(&path, &["false"]);
        let theirs = format!("{ZONE}www A 192.0.2.9\n");
        fs::write(&path, &theirs).unwrap();
        let failure = file.save("mine").unwrap_err();
        assert!(failure.what.contains("has changed on disk"), "{failure}");
        assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
        file.load().unwrap();
        fs::write(folder.path().join("zone.jnl"), "").unwrap();
        let failure = file.save("mine").unwrap_err();
        assert!(failure.why.contains("rndc freeze a"), "{failure}");
        fs::remove_file(folder.path().join("zone.jnl")).unwrap();
        // The folder cannot be written to: the name of the new file is taken.
        let taken = folder.path().join(format!(".zone.zonewright-{}", std::process::id()));
        fs::create_dir(&taken).unwrap();
        let failure = file.save("mine").unwrap_err();
        assert!(failure.why.contains("cannot be written"), "{failure}");
        assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
        fs::write(folder.path().join("zone.jnl"), "").unwrap();
        let FromFile::Zone(loaded) = file.load().unwrap() else { panic!() };
        assert!(loaded.editable.is_err());
        fs::remove_file(&path).unwrap();
        assert!(file.save("mine").is_err() && file.load().is_err());
        assert!(!path.exists());
    }

    #[test]
    fn errors_of_a_file_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zone");
        fs::write(&path, format!("{ZONE}www A 192.0.2.999\n\x1b[31m A\n")).unwrap();
        let file = ZoneFile::find(&path, Some(&name("a.")), &Config::default()).unwrap();
        let FromFile::Broken(broken) = file.load().unwrap() else { panic!() };
        let why = &broken.failure.why;
        assert!(why.contains("5") && !why.contains('\u{1b}'), "{why}");
        assert!(broken.file.text.to_string().contains("192.0.2.999"));
        // What is mended is saved over it, and nothing that others wrote.
        file.save(ZONE).unwrap();
        fs::write(&path, format!("{ZONE}www A 192.0.2.1\nwww CNAME ns1\n")).unwrap();
        let FromFile::Zone(loaded) = file.load().unwrap() else { panic!() };
        let warnings = loaded.file.unwrap().warnings.join(" ");
        assert!(warnings.contains("refuse") && warnings.contains("www"), "{warnings}");
    }
}
