//! The environment variables that secrets come in. They are for this program: none that it starts gets them.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Their names, as far as they were met so far.
static VARIABLES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Keeps a variable from programs that are started from here on.
pub fn keep(variable: &str) {
    let mut variables = VARIABLES.lock().unwrap_or_else(PoisonError::into_inner);
    variables.insert(variable.to_owned());
}

/// A program to be started, without the secrets in our environment.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    let variables = VARIABLES.lock().unwrap_or_else(PoisonError::into_inner);
    for variable in &*variables {
        command.env_remove(variable);
    }
    command
}
