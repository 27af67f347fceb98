//! What there is on this machine: configuration, keys, the state directory, the terminal.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;

use super::super::{access, files};
use super::examine::name_of;
use crate::config::{Config, KeySource};
use crate::doctor::Finding;
use crate::doctor::machine::{self, Configuration, Drafts, Terminal};
use crate::store::{health, keys, paths, settings};
use crate::wire::key::Key;
use crate::zonefile::shown;

/// Reads the configuration; `None` where it is broken.
pub fn configuration(file: Option<&Path>) -> (Option<Config>, Finding) {
    let path = file.map(Path::to_owned).or_else(paths::config_file);
    let words = path.as_deref().map(files::shown);
    let (config, found) = match settings::load(file) {
        Err(failure) => (None, Configuration::Broken(failure)),
        Ok(config) => {
            let (servers, zones) = (config.server.len(), config.zone.len());
            let found = match (words, path.as_deref().map_or(Ok(false), settings::is_there)) {
                (_, Err(failure)) => Configuration::Broken(failure),
                (Some(path), Ok(true)) => Configuration::Read { path, servers, zones },
                (path, _) => Configuration::None { path },
            };
            (Some(config), found)
        }
    };
    (config, machine::configuration(&found))
}

/// Loads a key; `None` where it cannot be used.
pub fn key(source: &KeySource) -> (Option<Arc<Key>>, Finding) {
    let words = match source {
        KeySource::File(path) => files::shown(path),
        KeySource::Command(command) => {
            let program = command.first().map(String::as_str).unwrap_or_default();
            format!("from the command {}", shown(program.as_bytes()))
        }
        KeySource::Env(variable) => format!("from the variable {}", shown(variable.as_bytes())),
    };
    let loaded = keys::load(source);
    let finding = machine::key(&words, &loaded.as_ref().map(name_of).map_err(Clone::clone));
    (loaded.ok().map(Arc::new), finding)
}

pub fn drafts() -> Finding {
    let found = paths::state_dir().map(|path| Drafts {
        path: files::shown(&path),
        written: health::try_writing(&path).map_err(|error| error.kind().to_string()),
        free: health::free_space(&path),
        open_to_others: health::is_open_to_others(&path),
    });
    machine::drafts(found.as_ref())
}

pub fn terminal() -> Finding {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let size = is_terminal.then(crossterm::terminal::size).and_then(Result::ok);
    machine::terminal(&Terminal {
        size,
        kind: shown(std::env::var_os("TERM").unwrap_or_default().as_encoded_bytes()),
        unicode: access::unicode_wanted(),
        colours: access::colours_wanted(),
    })
}
