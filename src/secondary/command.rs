//! A service that is served by programs of the person's: `rndc addzone`, `knotc conf-set`, `nsd-control addzone`, or a
//! script. They are run with their arguments, never through a shell, without our secrets, for a bounded time.
//!
//! What is registered is what their `list` program prints; where there is none, what was added through here.

use std::io::Read;
use std::net::IpAddr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::list::Kept;
use super::offered::Configured;
use super::words::{Doing, not_registered, plain, sentence, unusable};
use super::{Around, Service, said};
use crate::config::{self, DNS_PORT};
use crate::facts::registration::{
    Abilities, Challenge, Details, Offered, Place, Problem, ProblemKind, Registration, Wanted,
};
use crate::store::secrets;
use crate::zone::Name;

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long its output is waited for after it ended: what it started may hold it open.
const AFTERWARDS: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(10);
/// A list of a hundred thousand zones has room.
const MAX_LIST: u64 = 16 << 20;
/// What is said of a failure is cut to less.
const MAX_SAID: u64 = 16 << 10;

/// Programs that register.
pub struct Programs {
    name: String,
    add: Vec<String>,
    remove: Vec<String>,
    list: Option<Vec<String>>,
    primary: Option<IpAddr>,
    port: u16,
    kept: Kept,
    configured: Configured,
    patience: Duration,
}

/// What became of a program.
struct Ended {
    status: ExitStatus,
    output: Vec<u8>,
    errors: Vec<u8>,
}

impl Programs {
    /// The programs of this table. None is run yet.
    ///
    /// # Errors
    /// [`ProblemKind::Local`] where the settings are not such that it can be used.
    pub fn new(name: &str, settings: &config::Secondary, around: &Around) -> Result<Programs, Problem> {
        let (Some(add), Some(remove)) = (&settings.add, &settings.remove) else {
            return Err(unusable(name, "It has no programs.", "Write add and remove into its table."));
        };
        Ok(Programs {
            name: name.into(),
            add: add.get_ref().clone(),
            remove: remove.get_ref().clone(),
            list: settings.list.as_ref().map(|list| list.get_ref().clone()),
            primary: settings.primary,
            port: settings.primary_port.as_ref().map_or(DNS_PORT, |port| port.get_ref().0),
            kept: Kept::new(name, around),
            configured: Configured::of(settings, around.timeout),
            patience: PATIENCE,
        })
    }

    /// With another patience.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Programs {
        Programs { patience, ..self }
    }

    fn wants_primary(&self) -> bool {
        self.add.iter().any(|argument| argument.contains("{primary}"))
    }

    /// The arguments with the domain and the primary put into them.
    fn filled(
        &self,
        command: &[String],
        domain: &Name,
        primary: Option<IpAddr>,
        doing: &Doing,
    ) -> Result<Vec<String>, Problem> {
        let zone = argument_of(domain).ok_or_else(|| {
            let why = "A program may take its name for something else: it is given names of letters, digits, hyphens, \
                       dots and underscores only, which begin with none of the signs.";
            doing.problem(ProblemKind::Invalid, why, "Register it by hand.")
        })?;
        let primary = primary.or(self.primary).map(|address| address.to_string());
        if primary.is_none() && command.iter().any(|argument| argument.contains("{primary}")) {
            let why = "The program wants the address to transfer the zone from, and none is known.";
            return Err(doing.problem(
                ProblemKind::Invalid,
                why,
                "Use --primary, or write primary into its table.",
            ));
        }
        let port = self.port.to_string();
        let values = [
            ("{zone}", zone.as_str()),
            ("{primary}", primary.as_deref().unwrap_or_default()),
            ("{port}", &port),
        ];
        Ok(command.iter().map(|argument| put_into(argument, &values)).collect())
    }

    /// Runs a program to its end.
    fn run(&self, command: &[String], doing: &Doing, room: u64) -> Result<Ended, Problem> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(doing.problem(
                ProblemKind::Local,
                "There is no program to run.",
                "Correct the configuration.",
            ));
        };
        let started = secrets::command(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own: what it starts ends with it.
            .process_group(0)
            .spawn();
        let mut child = started.map_err(|error| {
            let why = format!("{} does not start: {}.", said(program), error.kind());
            doing.problem(ProblemKind::NotSent, why, "Check the programs in its table.")
        })?;
        let output = child.stdout.take().map(|pipe| collect(pipe, room));
        let errors = child.stderr.take().map(|pipe| collect(pipe, MAX_SAID));
        let start = Instant::now();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if start.elapsed() < self.patience => thread::sleep(PAUSE),
                waited => {
                    end(&mut child);
                    let why = match waited {
                        Err(error) => format!("{} cannot be waited for: {}.", said(program), error.kind()),
                        _ => format!(
                            "{} did not end within {} s, and was stopped.",
                            said(program),
                            self.patience.as_secs().max(1)
                        ),
                    };
                    return Err(doing.problem(ProblemKind::Unknown, why, "Look at what is registered."));
                }
            }
        };
        let all = |from: Option<mpsc::Receiver<Vec<u8>>>| {
            from.and_then(|from| from.recv_timeout(AFTERWARDS).ok()).unwrap_or_default()
        };
        Ok(Ended { status, output: all(output), errors: all(errors) })
    }

    /// What a program means that did not end well.
    fn failed(&self, command: &[String], doing: &Doing, ended: &Ended) -> Problem {
        let program = command.first().map_or("", String::as_str);
        let words = match ended.errors.iter().all(u8::is_ascii_whitespace) {
            true => &ended.output,
            false => &ended.errors,
        };
        let words = match words.iter().all(u8::is_ascii_whitespace) {
            true => String::new(),
            false => format!(" It said: {}", sentence(&String::from_utf8_lossy(words))),
        };
        match ended.status.code() {
            Some(code) => {
                let why = format!("{} ended with status {code}.{words}", said(program));
                let status = u16::try_from(code).unwrap_or(u16::MAX);
                doing.problem(ProblemKind::Remote { status }, why, "Run it by hand to see more.")
            }
            None => {
                let why = format!("{} was ended by a signal.{words}", said(program));
                doing.problem(ProblemKind::Unknown, why, "Look at what is registered.")
            }
        }
    }

    fn carry_out(
        &self,
        command: &[String],
        domain: &Name,
        primary: Option<IpAddr>,
        doing: &Doing,
    ) -> Result<(), Problem> {
        let command = self.filled(command, domain, primary, doing)?;
        let ended = self.run(&command, doing, MAX_SAID)?;
        if ended.status.success() { Ok(()) } else { Err(self.failed(&command, doing, &ended)) }
    }

    /// The names that the list program prints.
    fn listed(&self, command: &[String], doing: &Doing) -> Result<Vec<Name>, Problem> {
        let ended = self.run(command, doing, MAX_LIST)?;
        if !ended.status.success() {
            return Err(self.failed(command, doing, &ended));
        }
        let mut names: Vec<Name> =
            String::from_utf8_lossy(&ended.output).lines().filter_map(name_in).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn registration(&self, domain: Name) -> Registration {
        Registration {
            place: Place { domain, service: None },
            created: None,
            primaries: self.primary.into_iter().collect(),
            secondary: self.configured.secondary(),
            details: Details::Known,
            note: None,
        }
    }
}

impl Service for Programs {
    fn abilities(&self) -> Abilities {
        Abilities { takes_primary: self.wants_primary(), ..Abilities::default() }
    }

    fn services(&self) -> Result<Vec<Option<String>>, Problem> {
        Ok(vec![None])
    }

    fn list(&self, tell: &mut (dyn FnMut(Registration) -> bool + Send)) -> Result<(), Problem> {
        let doing = Doing::listing(&self.name);
        let registrations: Vec<Registration> = match &self.list {
            Some(list) => {
                self.listed(list, &doing)?.into_iter().map(|name| self.registration(name)).collect()
            }
            None => self.kept.all(&doing, &self.configured)?,
        };
        for registration in registrations {
            if !tell(registration) {
                break;
            }
        }
        Ok(())
    }

    fn get(&self, place: &Place) -> Result<Registration, Problem> {
        let doing = Doing::looking(&place.domain, &self.name);
        let found = match &self.list {
            Some(list) => {
                let there = self.listed(list, &doing)?.contains(&place.domain);
                there.then(|| self.registration(place.domain.clone()))
            }
            None => self.kept.one(&place.domain, &doing, &self.configured)?,
        };
        found.ok_or_else(|| not_registered(&place.domain, &self.name))
    }

    fn offered(&self, _: &Place) -> Result<Vec<Offered>, Problem> {
        Ok(self.configured.offered())
    }

    fn challenge(&self, _: &Place) -> Result<Option<Challenge>, Problem> {
        Ok(None)
    }

    fn add(&self, wanted: &Wanted) -> Result<(), Problem> {
        let domain = &wanted.place.domain;
        let doing = Doing::adding(domain, &self.name);
        match self.get(&wanted.place) {
            Ok(registration) => {
                let kind = ProblemKind::AlreadyRegistered { primaries: registration.primaries };
                return Err(doing.problem(kind, "It stands in the list already.", "Nothing is to be done."));
            }
            Err(problem) if problem.kind == ProblemKind::NotRegistered => {}
            Err(problem) => return Err(problem),
        }
        self.carry_out(&self.add, domain, wanted.primary, &doing)?;
        match &self.list {
            Some(_) => Ok(()),
            None => self.kept.put(domain, wanted.primary.or(self.primary), &doing),
        }
    }

    fn remove(&self, place: &Place) -> Result<(), Problem> {
        let domain = &place.domain;
        let doing = Doing::removing(domain, &self.name);
        self.get(place)?;
        self.carry_out(&self.remove, domain, None, &doing)?;
        match &self.list {
            Some(_) => Ok(()),
            None => self.kept.take_out(domain, &doing),
        }
    }

    fn change_primary(&self, wanted: &Wanted) -> Result<(), Problem> {
        let doing = Doing::moving(&wanted.place.domain, &self.name);
        let why = "There is a program to add and one to remove, none to change.";
        Err(doing.problem(ProblemKind::Unsupported, why, "Remove it, and add it with the other primary."))
    }
}

/// The name as an argument that no program takes for an option, a path or several words: in lower case, without its final
/// dot. `None` where it cannot be one.
fn argument_of(domain: &Name) -> Option<String> {
    let text = plain(domain).to_ascii_lowercase();
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
    let first = text.bytes().next()?;
    ((first.is_ascii_alphanumeric() || first == b'_') && text.bytes().all(plain)).then_some(text)
}

/// Puts values into the places of one argument, in one pass: what is put in is not looked at again.
pub(super) fn put_into(argument: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = argument;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        let found = values.iter().find_map(|(place, value)| Some((value, from.strip_prefix(place)?)));
        rest = match found {
            Some((value, after)) => {
                filled.push_str(value);
                after
            }
            None => {
                filled.push('{');
                from.strip_prefix('{').unwrap_or_default()
            }
        };
    }
    filled + rest
}

/// The zone in a line of a list: its first word, also in the forms of `knotc zone-status` and `nsd-control zonestatus`.
fn name_in(line: &str) -> Option<Name> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    let word = if first == "zone:" { words.next()? } else { first };
    let word = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word);
    let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_./".contains(&octet);
    if !word.bytes().all(is_plain) || line.starts_with(char::is_whitespace) {
        return None;
    }
    Name::parse(word.as_bytes(), Some(Name::root().as_ref())).ok()
}

/// Reads all of it, and keeps the beginning.
fn collect(mut pipe: impl Read + Send + 'static, room: u64) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut kept = Vec::new();
        // What cannot be read any more is not there.
        let _ = pipe.by_ref().take(room).read_to_end(&mut kept);
        let _ = send.send(kept);
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    });
    receive
}

/// Ends a program and what it has started.
fn end(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests;
