//! `zonewright doctor`: what works with a zone, its servers and its keys, and what to do about what does not.

pub mod examine;
mod this_side;

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use self::examine::{Patient, Unusable, examine, glance, knock};
use super::results::results;
use super::world::{Access, World};
use super::zone_file::ZoneFile;
use super::{Exit, Stop, access, verbs};
use crate::cli::ServerArgs;
use crate::config::{self, Config, KeySource, NetworkSettings, Overrides, ServerSettings, Transport};
use crate::doctor::{Finding, State, machine, plain, print, server};
use crate::facts::{Failure, FailureKind};
use crate::ui::clean::clean;
use crate::wire::key::Key;
use crate::zone::Name;

/// The width of a terminal that does not say it, and the widest that lines are made for.
const WIDTH: usize = 80;
const MAX_WIDTH: usize = 100;
/// How many zones are looked at at a time where there are many.
const AT_A_TIME: usize = 16;

/// `zonewright doctor`.
///
/// # Errors
/// [`Stop`] for what cannot be looked at; that something does not work is no error, but exit status 1.
pub fn doctor(zone: Option<&str>, json: bool, arguments: &ServerArgs) -> Result<Exit, Stop> {
    let mut report = Report::new(json);
    let runtime = access::runtime()?;
    let result = match zone {
        Some(zone) => runtime.block_on(look_at_zone(&verbs::zone_name(zone)?, arguments, &mut report)),
        None => runtime.block_on(look_at_all(arguments, &mut report)),
    };
    // What is still under way, such as the system's lookup of a name, is not waited for.
    runtime.shutdown_background();
    result?;
    report.end()
}

/// Where findings go.
struct Report {
    about: String,
    states: Vec<State>,
    /// All of them, for JSON; `None` where they are printed as they come.
    collected: Option<Vec<Value>>,
    width: usize,
    colours: bool,
    /// The first failure to print.
    trouble: Option<io::Error>,
}

impl Report {
    fn new(json: bool) -> Report {
        let is_terminal = io::stdout().is_terminal();
        let columns = is_terminal.then(crossterm::terminal::size).and_then(Result::ok);
        Report {
            about: String::new(),
            states: Vec::new(),
            collected: json.then(Vec::new),
            width: columns.map_or(WIDTH, |(columns, _)| usize::from(columns).clamp(40, MAX_WIDTH)),
            colours: is_terminal && access::colours_wanted(),
            trouble: None,
        }
    }

    /// Begins a part of the report.
    fn about(&mut self, what: String) {
        if self.collected.is_none() {
            let blank = if self.about.is_empty() { "" } else { "\n" };
            self.print(&format!("{blank}{}", clean(&what)));
        }
        self.about = what;
    }

    fn tell(&mut self, finding: Finding) {
        self.states.push(finding.state);
        if let Some(collected) = &mut self.collected {
            collected.push(in_json(&self.about, &finding));
            return;
        }
        let word = finding.state.word();
        for (number, line) in print::lines(&finding, self.width).iter().enumerate() {
            let line = clean(line);
            match line.strip_prefix(word).filter(|_| number == 0 && self.colours) {
                Some(rest) => self.print(&format!("\x1b[{}m{word}\x1b[m{rest}", colour(finding.state))),
                None => self.print(&line),
            }
        }
    }

    fn print(&mut self, line: &str) {
        if self.trouble.is_none() {
            let mut out = results();
            self.trouble = writeln!(out, "{line}").and_then(|()| out.flush()).err();
        }
    }

    fn end(mut self) -> Result<Exit, Stop> {
        if let Some(collected) = self.collected.take() {
            self.print(&format!("{:#}", Value::Array(collected)));
        } else {
            let summary = print::summary(&self.states);
            self.print(&format!("\n{summary}"));
        }
        match self.trouble {
            Some(error) => Err(error.into()),
            None if self.states.contains(&State::Failed) => Ok(Exit::No),
            None => Ok(Exit::Done),
        }
    }
}

/// The number of a colour, as terminals have it.
fn colour(state: State) -> &'static str {
    match state {
        State::Ok => "32",
        State::Unknown => "36",
        State::Warning => "33",
        State::Failed => "1;31",
    }
}

fn in_json(about: &str, finding: &Finding) -> Value {
    let steps = finding.remedy.iter().map(|step| json!({ "text": step.text, "run": step.run }));
    json!({
        "about": about,
        "check": finding.check,
        "state": finding.state.word().to_ascii_lowercase(),
        "says": finding.says,
        "why": finding.why,
        "remedy": steps.collect::<Vec<Value>>(),
    })
}

/// Keys that are loaded once each, however many servers and zones use them.
#[derive(Default)]
struct Keys(Vec<(KeySource, Option<Arc<Key>>)>);

impl Keys {
    fn load(&mut self, source: &KeySource, report: &mut Report) -> Option<Arc<Key>> {
        if let Some((_, key)) = self.0.iter().find(|(known, _)| known == source) {
            return key.clone();
        }
        let (key, finding) = this_side::key(source);
        report.tell(finding);
        self.0.push((source.clone(), key.clone()));
        key
    }
}

/// How a zone is reached, its keys loaded.
struct Way {
    world: World,
    settings: ServerSettings,
    unusable: Unusable,
}

impl Way {
    fn new(
        zone: Name,
        settings: ServerSettings,
        network: &NetworkSettings,
        arguments: &ServerArgs,
        keys: &mut Keys,
        report: &mut Report,
    ) -> Way {
        let mut load = |source: &Option<KeySource>| {
            let key = source.as_ref().and_then(|source| keys.load(source, report));
            (source.is_some() && key.is_none(), key)
        };
        let (no_key, key) = load(&settings.key);
        let (no_transfer_key, transfer_key) = load(&settings.transfer_key);
        let world = World::new(
            zone,
            Access {
                transfer_from: settings.transfer_from.clone(),
                update_to: settings.update_to.clone(),
                source: settings.source,
                key,
                transfer_key,
                read_only: settings.read_only,
                timeout: arguments.timeout.map_or(access::PATIENCE, std::time::Duration::from_secs),
                network: network.clone(),
                enclosed: None,
            },
        );
        Way { world, settings, unusable: Unusable { key: no_key, transfer_key: no_transfer_key } }
    }

    async fn patient(&self) -> Result<Patient, Failure> {
        if self.settings.transport == Transport::Tls {
            return Err(no_tls(&self.settings.name));
        }
        let primary = self.world.primary().await?.clone();
        Ok(Patient {
            zone: self.world.zone.clone(),
            primary,
            network: self.world.network(),
            read_only: self.settings.read_only,
            unusable: self.unusable,
        })
    }
}

fn no_tls(server: &str) -> Failure {
    Failure {
        kind: FailureKind::Local,
        what: format!("{server} was not asked."),
        why: "The configuration says that it is reached over TLS, which this version cannot do.".into(),
        next: "For TCP write transport = \"tcp\".".into(),
    }
}

async fn look_at_zone(zone: &Name, arguments: &ServerArgs, report: &mut Report) -> Result<(), Stop> {
    let (config, finding) = this_side::configuration(arguments.config.as_deref());
    let Some(config) = config else {
        report.about("This machine".into());
        report.tell(finding);
        report.tell(this_side::drafts());
        report.tell(this_side::terminal());
        return Ok(());
    };
    let at_server = [&arguments.server, &arguments.transfer_from, &arguments.update_to];
    if let Some(file) = ZoneFile::of_zone(zone, &config)
        && at_server.iter().all(|host| host.is_none())
    {
        return Err(Stop::usage(format!(
            "{} is edited as a zone file ({}), without a server. zonewright check says what is wrong with the \
             file; --server HOST looks at the zone there.",
            plain(zone),
            super::files::shown(&file)
        )));
    }
    let settings = access::server_settings(&config, zone, arguments)?;
    report.about("This machine".into());
    report.tell(finding);
    let way = Way::new(zone.clone(), settings, &config.network, arguments, &mut Keys::default(), report);
    report.tell(this_side::drafts());
    report.tell(this_side::terminal());
    report.about(format!("{} at {}", plain(zone), way.settings.name));
    match way.patient().await {
        Ok(patient) => examine(&patient, &mut |finding| report.tell(finding)).await,
        Err(failure) => report.tell(machine::of_failure("server", &failure)),
    }
    Ok(())
}

async fn look_at_all(arguments: &ServerArgs, report: &mut Report) -> Result<(), Stop> {
    let for_one_zone = [
        ("--server", arguments.server.is_some()),
        ("--update-to", arguments.update_to.is_some()),
        ("--transfer-from", arguments.transfer_from.is_some()),
        ("--key", arguments.key.is_some()),
    ];
    if let Some((option, _)) = for_one_zone.iter().find(|(_, is_given)| *is_given) {
        return Err(Stop::usage(format!(
            "{option} goes with a zone: zonewright doctor ZONE {option} ... Without a zone the doctor looks at what \
             the configuration has."
        )));
    }
    report.about("This machine".into());
    let (config, finding) = this_side::configuration(arguments.config.as_deref());
    report.tell(finding);
    let mut keys = Keys::default();
    let config = config.unwrap_or_default();
    let servers: Vec<Way> = config
        .server
        .keys()
        .filter_map(|name| {
            let overrides = Overrides { server: Some(name.clone()), ..Overrides::default() };
            config::resolve(&config, &Name::root(), &overrides).ok()
        })
        .map(|settings| Way::new(Name::root(), settings, &config.network, arguments, &mut keys, report))
        .collect();
    let zones = zones(&config, arguments, &mut keys, report);
    if servers.is_empty() {
        report.tell(machine::no_servers());
    }
    report.tell(this_side::drafts());
    report.tell(this_side::terminal());

    let permits = Arc::new(Semaphore::new(AT_A_TIME));
    let knocks: Vec<_> = servers
        .into_iter()
        .map(|way| {
            tokio::spawn(async move {
                match way.patient().await {
                    Ok(patient) => knock(&way.settings.name, patient.primary).await,
                    Err(failure) => machine::of_failure("server", &failure),
                }
            })
        })
        .collect();
    let glances: Vec<_> = zones
        .into_iter()
        .map(|(zone, way)| {
            let permits = Arc::clone(&permits);
            tokio::spawn(async move {
                let _permit = permits.acquire().await;
                let way = match way {
                    Ok(way) => way,
                    Err(why) => return server::in_short(&zone, "", &[machine::of_failure("server", &why)]),
                };
                let findings = match way.patient().await {
                    Ok(patient) => glance(&patient).await,
                    Err(failure) => vec![machine::of_failure("server", &failure)],
                };
                server::in_short(&zone, &way.settings.name, &findings)
            })
        })
        .collect();
    for (what, tasks) in [("Servers", knocks), ("Zones", glances)] {
        if !tasks.is_empty() {
            report.about(what.into());
        }
        for task in tasks {
            match task.await {
                Ok(finding) => report.tell(finding),
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => {}
            }
        }
    }
    Ok(())
}

/// The configured zones that are on a server.
fn zones(
    config: &Config,
    arguments: &ServerArgs,
    keys: &mut Keys,
    report: &mut Report,
) -> Vec<(Name, Result<Way, Failure>)> {
    let mut zones = Vec::new();
    for (name, zone) in &config.zone {
        if zone.file.is_some() {
            continue;
        }
        let way = match config::resolve(config, &name.0, &Overrides::default()) {
            Ok(settings) => Ok(Way::new(name.0.clone(), settings, &config.network, arguments, keys, report)),
            Err(error) => Err(Failure {
                kind: FailureKind::Local,
                what: "No server is known for it.".into(),
                why: error.to_string(),
                next: "Give the zone a server in the configuration.".into(),
            }),
        };
        zones.push((name.0.clone(), way));
    }
    zones
}
