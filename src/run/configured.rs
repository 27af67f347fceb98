//! The zones that can be opened: those of the configuration, and the one that the program was started with. Opens one, and
//! says what is on disk of each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::access::{Target, colours_wanted, server_settings, state_directory, unicode_wanted};
use super::editor::Place;
use super::saver::Files;
use super::services::Services;
use super::zone_file::ZoneFile;
use super::{Stop, clock};
use crate::app::Settings;
use crate::app::job::Start;
use crate::app::zones::Arrival;
use crate::check::Selection;
use crate::cli::ServerArgs;
use crate::config::{Config, DomainName, KeySource, Percent};
use crate::facts::Failure;
use crate::facts::registration::Problem;
use crate::facts::zones::{Listed, OnDisk, Visit};
use crate::secondary::Service;
use crate::store::acknowledged::AcknowledgedFile;
use crate::store::documents::DocumentFiles;
use crate::store::drafts::peek::{Peek, peek};
use crate::store::drafts::watch::Watch;
use crate::store::drafts::{Journal, Opened};
use crate::store::forms::FormFile;
use crate::store::keys;
use crate::store::remembered::RememberedFile;
use crate::store::visits::VisitFile;
use crate::wire::key::Key;
use crate::zone::Name;
use crate::zone::reverse::is_reverse;

/// Everything that is needed to edit one zone, or to choose one.
pub struct Session {
    pub settings: Settings,
    pub place: Place,
    /// What is kept of it on disk; nothing where no zone is chosen.
    pub kept: Option<Kept>,
    /// A job that is begun, where no zone is open.
    pub job: Option<Start>,
    /// For the person, before anything else.
    pub notices: Vec<String>,
}

/// Where a zone's own files are.
pub struct Kept {
    pub files: Files,
    /// `None` for what shall be forgotten.
    visit: Option<VisitFile>,
}

impl Kept {
    fn new(state: &Path, label: &str, zone: &Name) -> Kept {
        let at = (state.to_owned(), label.to_owned(), zone.clone());
        let (open, take) = (at.clone(), at);
        Kept {
            files: Files {
                documents: DocumentFiles::new(state, label, zone),
                form: FormFile::new(state, label, zone),
                remembered: RememberedFile::new(state, label, zone),
                acknowledged: AcknowledgedFile::new(state, label, zone),
                watch: Watch::new(state, label, zone),
                open_journal: Box::new(move || Journal::open(&open.0, &open.1, &open.2)),
                take_journal: Box::new(move || Journal::take_over(&take.0, &take.1, &take.2)),
            },
            visit: Some(VisitFile::new(state, label, zone)),
        }
    }

    /// What the end of a session needs, apart from the files.
    pub fn split(self) -> (Files, Option<VisitFile>) {
        (self.files, self.visit)
    }
}

/// What the program was started with, where that is not in the configuration.
enum First {
    Zone(Name),
    File(PathBuf, Name),
}

/// The zones that there are.
pub struct Configured {
    config: Arc<Config>,
    arguments: ServerArgs,
    first: Option<First>,
    state: PathBuf,
    /// Keys that a program gave: it is not run again for each zone.
    keys: Mutex<Vec<(KeySource, Arc<Key>)>>,
    /// Zones that were left in this run.
    left: Mutex<BTreeSet<Name>>,
    services: Services,
    /// Where registrations under way are kept.
    registrations: PathBuf,
}

impl Configured {
    /// # Errors
    /// [`Stop`] where the configuration cannot be read, or there is no place for drafts.
    pub fn new(arguments: &ServerArgs) -> Result<Configured, Stop> {
        let state = state_directory()?;
        Ok(Configured {
            config: Arc::new(crate::store::settings::load(arguments.config.as_deref())?),
            arguments: arguments.clone(),
            first: None,
            registrations: state.clone(),
            state,
            keys: Mutex::default(),
            left: Mutex::default(),
            services: Services::default(),
        })
    }

    /// Those of nobody: for the demo, which has a zone of its own.
    ///
    /// # Errors
    /// [`Stop`] where there is no place for drafts.
    pub fn none(zone: Name) -> Result<Configured, Stop> {
        let state = state_directory()?;
        Ok(Configured {
            config: Arc::default(),
            arguments: ServerArgs::default(),
            first: Some(First::Zone(zone)),
            registrations: state.clone(),
            state,
            keys: Mutex::default(),
            left: Mutex::default(),
            services: Services::default(),
        })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn is_empty(&self) -> bool {
        self.config.zone.is_empty()
    }

    /// The zone that the person named at the start. What else they said on the command line is about this one.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn first_zone(&mut self, zone: &Name) -> Result<Session, Stop> {
        self.first = Some(First::Zone(zone.clone()));
        self.zone(zone, Arrival::default())
    }

    /// The same of a file.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn first_file(&mut self, path: &Path, origin: Option<&Name>) -> Result<Session, Stop> {
        let file = ZoneFile::find(path, origin, &self.config)?;
        self.first = Some(First::File(path.to_owned(), file.zone.clone()));
        Ok(self.file(file, Arrival::default()))
    }

    /// A zone of the list.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn chosen(&self, zone: &Name) -> Result<Session, Stop> {
        let again = self.left().contains(zone);
        self.zone(zone, Arrival { visit: None, again, by_list: true })
    }

    fn zone(&self, zone: &Name, arrival: Arrival) -> Result<Session, Stop> {
        if let Some(path) = self.file_of(zone) {
            return Ok(self.file(ZoneFile::find(&path, Some(zone), &self.config)?, arrival));
        }
        let target = self.target(zone)?;
        let place = Place::Primary(Arc::new(target.recorded_world()?));
        let notices = target.weak_keys();
        let label = target.server.name.clone();
        Ok(Session { notices, ..self.session(target.settings(), place, &label, arrival) })
    }

    fn file(&self, file: ZoneFile, arrival: Arrival) -> Session {
        let (settings, label) = (file.settings(), file.label());
        self.session(settings, Place::File(Arc::new(file)), &label, arrival)
    }

    fn session(&self, mut settings: Settings, place: Place, label: &str, arrival: Arrival) -> Session {
        let kept = Kept::new(&self.state, label, &settings.zone);
        let mut visit = kept.visit.as_ref().and_then(VisitFile::load);
        if let Some(visit) = visit.as_mut().filter(|_| !arrival.again) {
            // Whoever comes back the next day wants to see the whole zone.
            (visit.filter, visit.sort) = (String::new(), String::new());
        }
        settings.arrival = Arrival { visit, ..arrival };
        Session { settings, place, kept: Some(kept), job: None, notices: Vec::new() }
    }

    /// One that is kept under this label, however it is reached. Where it was left does not matter the next time.
    pub fn passing(&self, settings: Settings, place: Place, label: &str) -> Session {
        let kept = Kept { visit: None, ..Kept::new(&self.state, label, &settings.zone) };
        Session { settings, place, kept: Some(kept), job: None, notices: Vec::new() }
    }

    /// No zone: the list.
    pub fn list_session(&self) -> Session {
        let settings = Settings {
            zone: Name::root(),
            server: String::new(),
            key: None,
            label: None,
            brake_percent: Percent::default().0,
            demo: false,
            rules: Arc::new(Selection::all()),
            arrival: Arrival::default(),
            config: Arc::clone(&self.config),
            hosts: Vec::new(),
            unicode: unicode_wanted(),
            colours: colours_wanted(),
        };
        Session { settings, place: Place::Nowhere, kept: None, job: None, notices: Vec::new() }
    }

    /// A job over these zones, begun with what is replaced in them where that is wanted; the person comes from one of them, or from the list.
    pub fn job_session(&self, zones: &[Name], replace: Option<String>, back: Option<Name>) -> Session {
        let listed = self.list(false).into_iter().filter(|listed| !listed.is_file);
        let reverse = listed.map(|listed| listed.zone).filter(is_reverse).collect();
        let start = Start { zones: zones.to_vec(), back, reverse, replace };
        Session { job: Some(start), ..self.list_session() }
    }

    /// Takes the draft of a zone, where nobody else has it.
    ///
    /// # Errors
    /// A [`Failure`] where the disk does not work.
    pub fn claim(&self, label: &str, zone: &Name) -> Result<Opened, Failure> {
        Journal::open(&self.state, label, zone)
    }

    /// Must a program be run for the keys of this zone? It may want the terminal.
    pub fn asks_a_program(&self, zone: &Name) -> bool {
        let Ok(server) = server_settings(&self.config, zone, self.arguments_for(zone)) else { return false };
        let known = self.known_keys();
        let asks = |source: &KeySource| {
            matches!(source, KeySource::Command(_)) && !known.iter().any(|(other, _)| other == source)
        };
        self.file_of(zone).is_none() && server.key.iter().chain(&server.transfer_key).any(asks)
    }

    /// Where a zone is.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn target(&self, zone: &Name) -> Result<Target, Stop> {
        Target::of(&self.config, zone, self.arguments_for(zone), &mut |source| self.key(source))
    }

    /// The same with these services, and what is under way there kept in a folder of its own.
    pub fn with_services(self, services: Services, registrations: PathBuf) -> Configured {
        Configured { services, registrations, ..self }
    }

    /// Where registrations under way are kept.
    pub fn registrations(&self) -> &Path {
        &self.registrations
    }

    /// A secondary DNS service, by its name in the configuration.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn service(&self, name: &str) -> Result<Arc<dyn Service>, Problem> {
        self.services.service(&self.config, name)
    }

    fn key(&self, source: &KeySource) -> Result<Arc<Key>, Stop> {
        let known =
            self.known_keys().iter().find(|(other, _)| other == source).map(|(_, key)| Arc::clone(key));
        if let Some(key) = known {
            return Ok(key);
        }
        let key = Arc::new(keys::load(source)?);
        if matches!(source, KeySource::Command(_)) {
            self.known_keys().push((source.clone(), Arc::clone(&key)));
        }
        Ok(key)
    }

    fn known_keys(&self) -> MutexGuard<'_, Vec<(KeySource, Arc<Key>)>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn left(&self) -> MutexGuard<'_, BTreeSet<Name>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A zone is left: how, for the next visit.
    pub fn leave(&self, zone: &Name, file: Option<&VisitFile>, visit: Option<Visit>) {
        self.left().insert(zone.clone());
        if let (Some(file), Some(visit)) = (file, visit) {
            // It only spares the person a few keys.
            let _ = file.save(&Visit { at: clock::now(), ..visit });
        }
    }

    /// Options about servers are for the zone that was named beside them; where none was, for all.
    fn arguments_for(&self, zone: &Name) -> &ServerArgs {
        const NONE: &ServerArgs = &ServerArgs {
            server: None,
            update_to: None,
            transfer_from: None,
            key: None,
            source: None,
            timeout: None,
            config: None,
        };
        match &self.first {
            None => &self.arguments,
            Some(First::Zone(first)) if first == zone => &self.arguments,
            Some(_) => NONE,
        }
    }

    /// The file that a zone is edited in, where it is not at a server.
    pub fn file_of(&self, zone: &Name) -> Option<PathBuf> {
        if let Some(First::File(path, _)) = self.first.as_ref().filter(|first| first.zone() == zone) {
            return Some(path.clone());
        }
        let arguments = self.arguments_for(zone);
        let at_server = [&arguments.server, &arguments.transfer_from, &arguments.update_to];
        ZoneFile::of_zone(zone, &self.config).filter(|_| at_server.iter().all(|host| host.is_none()))
    }

    /// The zones in the order of their names, and what is on disk of them where that is wanted.
    pub fn list(&self, with_state: bool) -> Vec<Listed> {
        let first = self.first.as_ref().map(First::zone);
        let configured = self.config.zone.keys().map(|DomainName(zone)| zone);
        let mut zones: Vec<&Name> = configured.chain(first).collect();
        zones.sort();
        zones.dedup();
        zones.into_iter().map(|zone| self.listed(zone, with_state)).collect()
    }

    fn listed(&self, zone: &Name, with_state: bool) -> Listed {
        let file = self.file_of(zone);
        let place = match &file {
            Some(path) => ZoneFile::label_of(path),
            // Which server is missing is said when it is opened.
            None => server_settings(&self.config, zone, self.arguments_for(zone))
                .map_or_else(|_| String::new(), |server| server.name),
        };
        let state = if with_state { self.on_disk(&place, zone) } else { OnDisk::default() };
        Listed { zone: zone.clone(), place, is_file: file.is_some(), state }
    }

    /// What is on disk of a zone.
    pub fn on_disk(&self, label: &str, zone: &Name) -> OnDisk {
        let Peek { draft, form, held } = peek(&self.state, label, zone);
        OnDisk {
            draft,
            unfinished: form || DocumentFiles::new(&self.state, label, zone).is_editing(),
            held,
            visit: VisitFile::new(&self.state, label, zone).load(),
        }
    }
}

impl First {
    fn zone(&self) -> &Name {
        match self {
            First::Zone(zone) | First::File(_, zone) => zone,
        }
    }
}
