//! From command line and configuration to a zone at its primary: addresses, keys, settings of the screen.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::check::configure;
use super::history::Recorder;
use super::results::results;
use super::world::{Access, World};
use super::{Exit, Stop};
use crate::app::zones::Arrival;
use crate::app::{Settings, templates};
use crate::check::Selection;
use crate::cli::{ConfigVerb, ServerArgs};
use crate::config::{self, Config, HostPort, KeySource, Overrides, ServerSettings, Transport};
use crate::facts::Failure;
use crate::store::history::History;
use crate::store::{keys, paths, settings as files};
use crate::wire::key::Key;
use crate::zone::Name;
use crate::zonefile::shown;

/// How long to wait for a server where the command line does not say it.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Everything that is known of a zone's primary before it is talked to.
#[derive(Debug, Clone)]
pub struct Target {
    pub zone: Name,
    pub server: ServerSettings,
    key: Option<Arc<Key>>,
    transfer_key: Option<Arc<Key>>,
    patience: Duration,
    /// As configured.
    history_dir: Option<PathBuf>,
    rules: Arc<Selection>,
    config: Arc<Config>,
}

impl Target {
    /// Puts command line, configuration and key files together.
    ///
    /// # Errors
    /// [`Stop`] with what is wrong and what to do.
    pub fn find(zone: &Name, arguments: &ServerArgs) -> Result<Target, Stop> {
        let config = Arc::new(files::load(arguments.config.as_deref())?);
        let target = Target::of(&config, zone, arguments, &mut |source| Ok(Arc::new(keys::load(source)?)))?;
        target.weak_keys().iter().for_each(|warning| super::verbs::say(&format!("warning: {warning}")));
        Ok(target)
    }

    /// The same with a configuration that was read, and keys from somewhere. Nothing is printed.
    ///
    /// # Errors
    /// [`Stop`] with what is wrong and what to do.
    pub fn of(
        config: &Arc<Config>,
        zone: &Name,
        arguments: &ServerArgs,
        load_key: &mut dyn FnMut(&KeySource) -> Result<Arc<Key>, Stop>,
    ) -> Result<Target, Stop> {
        let server = server_settings(config, zone, arguments)?;
        if server.transport == Transport::Tls {
            return Err(Stop::usage(format!(
                "The configuration says that {} is reached over TLS, which this version cannot do, and it does not \
                 fall back to clear text by itself. For TCP write transport = \"tcp\".",
                server.name
            )));
        }
        let key = server.key.as_ref().map(&mut *load_key).transpose()?;
        let transfer_key = match &server.transfer_key {
            source if *source == server.key => key.clone(),
            source => source.as_ref().map(load_key).transpose()?,
        };
        let patience = arguments.timeout.map_or(PATIENCE, Duration::from_secs);
        let rules = super::check::rules(config)?;
        let history_dir = config.history_dir.clone();
        let config = Arc::clone(config);
        Ok(Target { zone: zone.clone(), server, key, transfer_key, patience, history_dir, rules, config })
    }

    /// What there is to say against its keys.
    pub fn weak_keys(&self) -> Vec<String> {
        let mut keys: Vec<&Arc<Key>> = self.key.iter().chain(&self.transfer_key).collect();
        keys.dedup_by(|key, other| Arc::ptr_eq(key, other));
        let weak = keys.into_iter().filter(|key| key.algorithm.weak());
        let warning = |key: &Arc<Key>| {
            format!(
                "the key {} uses {}, which is weak; ask for one with hmac-sha256.",
                key.name, key.algorithm
            )
        };
        weak.map(warning).collect()
    }

    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    pub fn world(&self) -> World {
        World::new(
            self.zone.clone(),
            Access {
                transfer_from: self.server.transfer_from.clone(),
                update_to: self.server.update_to.clone(),
                source: self.server.source,
                key: self.key.clone(),
                transfer_key: self.transfer_key.clone(),
                read_only: self.server.read_only,
                timeout: self.patience,
                network: self.config.network.clone(),
                enclosed: None,
            },
        )
    }

    /// The pushes of the zone that were recorded.
    ///
    /// # Errors
    /// [`Stop`] where there is no place for them.
    pub fn history(&self) -> Result<History, Stop> {
        let root = match &self.history_dir {
            Some(folder) => folder.clone(),
            None => state_directory()?.join("history"),
        };
        Ok(History::new(&root, &self.server.name, &self.zone))
    }

    /// The same as [`Target::world`], with its pushes recorded.
    ///
    /// # Errors
    /// As [`Target::history`].
    pub fn recorded_world(&self) -> Result<World, Stop> {
        let recorder = Recorder::new(self.history()?, self.server.after_push.clone());
        Ok(self.world().recorded_by(recorder))
    }

    /// What the screen is started with.
    pub fn settings(&self) -> Settings {
        Settings {
            zone: self.zone.clone(),
            server: self.server.name.clone(),
            key: self.key.as_ref().map(|key| key.name.to_string()),
            label: self.server.label.clone(),
            demo: false,
            arrival: Arrival::default(),
            brake_percent: self.server.brake_percent,
            config: Arc::clone(&self.config),
            hosts: self.server.hosts(),
            unicode: unicode_wanted(),
            colours: colours_wanted(),
            rules: Arc::clone(&self.rules),
        }
    }
}

/// Where a zone is updated, as command line and configuration say.
///
/// # Errors
/// [`Stop`] where they do not.
pub fn primary(zone: &Name, arguments: &ServerArgs) -> Result<HostPort, Stop> {
    let config = files::load(arguments.config.as_deref())?;
    Ok(server_settings(&config, zone, arguments)?.update_to)
}

/// Which server a zone is on: command line and configuration put together.
///
/// # Errors
/// [`Stop`] with what is wrong and what to do.
pub fn server_settings(config: &Config, zone: &Name, arguments: &ServerArgs) -> Result<ServerSettings, Stop> {
    let host = |option: &str, text: &Option<String>| {
        let parse = |text: &String| {
            HostPort::parse(text)
                .map_err(|error| Stop::usage(format!("{option} {}: {error}.", shown(text.as_bytes()))))
        };
        text.as_ref().map(parse).transpose()
    };
    let overrides = Overrides {
        server: arguments.server.clone(),
        transfer_from: host("--transfer-from", &arguments.transfer_from)?,
        update_to: host("--update-to", &arguments.update_to)?,
        key: arguments.key.clone(),
        tls: false,
    };
    let mut server = config::resolve(config, zone, &overrides).map_err(|error| {
        let given = arguments.server.as_deref().unwrap_or_default();
        Stop::usage(if given.is_empty() {
            error.to_string()
        } else {
            format!("{}: {error}", shown(given.as_bytes()))
        })
    })?;
    server.source = arguments.source.or(server.source);
    Ok(server)
}

/// Where drafts are kept.
///
/// # Errors
/// [`Stop`] where there is no home directory.
pub fn state_directory() -> Result<PathBuf, Stop> {
    paths::state_dir().ok_or_else(|| {
        Stop::usage(
            "There is no place for drafts: no home directory. Set XDG_STATE_HOME to a directory.".into(),
        )
    })
}

/// The runtime for the network: two threads, since transfers compute little.
///
/// # Errors
/// [`Stop`] where the system does not give them.
pub fn runtime() -> Result<Runtime, Stop> {
    Ok(Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// UTF-8 when the locale says so, in the order that POSIX gives its variables.
pub fn unicode_wanted() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    let locale = locale.to_string_lossy().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Colours, unless NO_COLOR says otherwise (<https://no-color.org>).
pub fn colours_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// `zonewright` without a zone where no list can be shown: the configured ones.
///
/// # Errors
/// [`Stop`].
pub fn list_zones(config: &Config) -> Result<Exit, Stop> {
    if config.zone.is_empty() {
        return Err(Stop::usage(
            "Which zone? zonewright ZONE --server HOST --key FILE opens it; zonewright demo shows the editor on an \
             example; zonewright config example prints a configuration to start from."
                .into(),
        ));
    }
    let mut out = results();
    for (zone, settings) in &config.zone {
        let server = settings.server.as_ref().map_or("", |server| server.get_ref().as_str());
        writeln!(out, "{}\t{}", zone.0, shown(server.as_bytes()))?;
    }
    super::verbs::say("Open one with: zonewright ZONE");
    Ok(Exit::Done)
}

/// Is there a configuration at the usual place?
fn is_usual_there() -> Result<bool, Failure> {
    paths::config_file().map_or(Ok(false), |path| files::is_there(&path))
}

/// `zonewright config`.
///
/// # Errors
/// [`Stop`].
pub fn config_verb(what: ConfigVerb, file: Option<&Path>) -> Result<Exit, Stop> {
    let mut out = results();
    match what {
        ConfigVerb::Path => {
            let path = file.map(Path::to_owned).or_else(paths::config_file);
            let path =
                path.ok_or_else(|| Stop::usage("There is no home directory; use --config FILE.".into()))?;
            writeln!(out, "{}", path.display())?;
        }
        ConfigVerb::Example => write!(out, "{}", include_str!("../../assets/config.toml"))?,
        ConfigVerb::Check if file.is_none() && !is_usual_there()? => {
            let place = paths::config_file().map(|path| format!(" {} would be it;", path.display()));
            let example = "zonewright config example prints one to start from.";
            writeln!(out, "There is no configuration file:{} {example}", place.unwrap_or_default())?;
        }
        ConfigVerb::Check => {
            let config: Config = files::load(file)?;
            configure(&mut Selection::default(), &config).map_err(Stop::usage)?;
            for (name, template) in &config.template {
                templates::check(name, template).map_err(|wrong| Stop::usage(format!("{wrong}.")))?;
            }
            for (name, _) in config.server.iter().filter(|(_, server)| server.transport == Transport::Tls) {
                super::verbs::say(&format!(
                    "warning: [server.{}] says transport = \"tls\", which this version cannot do: it does not reach that \
                     server.",
                    crate::ui::clean::clean(name)
                ));
            }
            let count =
                |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
            let (servers, zones) = (count(config.server.len(), "server"), count(config.zone.len(), "zone"));
            writeln!(out, "The configuration is right: {servers}, {zones}.")?;
        }
    }
    Ok(Exit::Done)
}
