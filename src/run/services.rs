//! The secondary DNS services of the configuration, each opened at the first need.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::Config;
use crate::facts::registration::{Problem, ProblemKind};
use crate::secondary::{self, Around, Service};
use crate::store::paths;

/// Those that are open.
#[derive(Default)]
pub struct Services {
    open: Mutex<BTreeMap<String, Arc<dyn Service>>>,
}

impl Services {
    /// One that is open already, under this name.
    pub fn insert(&self, name: &str, service: Arc<dyn Service>) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), service);
    }

    /// A service by its name. One that cannot be opened is tried again the next time: its settings may have been mended.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn service(&self, config: &Config, name: &str) -> Result<Arc<dyn Service>, Problem> {
        let known = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(name).map(Arc::clone);
        if let Some(service) = known {
            return Ok(service);
        }
        let service = open(config, name)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(open.entry(name.to_owned()).or_insert(service)))
    }
}

fn open(config: &Config, name: &str) -> Result<Arc<dyn Service>, Problem> {
    let Some(settings) = config.secondary.get(name) else {
        return Err(Problem {
            kind: ProblemKind::Local,
            what: format!("There is no secondary service {name}."),
            why: "The configuration has none of this name.".into(),
            next: format!("Write a [secondary.{name}] into it."),
        });
    };
    let around = Around {
        config: Arc::new(config.clone()),
        state: paths::state_dir(),
        timeout: super::access::PATIENCE,
    };
    secondary::open(name, settings, &around).map(Arc::from)
}
