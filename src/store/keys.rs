//! TSIG keys from files, environment variables and commands, in every form that servers' tools write them.
//!
//! Understood are BIND's `key` statements (alone, as tsig-keygen and ddns-confgen write them, or anywhere in a
//! named.conf), `K*.private` and `K*.key` files, Knot's `key` lists, and `algorithm:name:secret`. No message of
//! this file ever has a secret in it; what keys are is `wire::key`'s business.

use std::path::{Path, PathBuf};

use super::key_text::{RawKey, raw_keys};
use super::paths::expand_home;
use super::secret_text::{self, Wanted};
use crate::config::KeySource;
use crate::facts::{Failure, FailureKind};
use crate::wire::key::{Algorithm, Key, Secret, SecretError};
use crate::zone::Name;
use crate::zonefile::shown;

const FORMS: &str = "Use a file from tsig-keygen or keymgr -t, a named.conf with a key in it, a K*.private file, or \
                     algorithm:name:secret in a variable or from a command.";

/// Gets the key from where the configuration or the command line says.
///
/// # Errors
/// A [`Failure`] that says what to do; never with a secret in it.
pub fn load(source: &KeySource) -> Result<Key, Failure> {
    match source {
        KeySource::File(path) => from_file(path),
        KeySource::Env(variable) => {
            let what =
                format!("The key in the environment variable {} cannot be used.", shown(variable.as_bytes()));
            let text = secret_text::of_variable(variable, wanted(&what), "Set it to algorithm:name:secret.")?;
            from_text(&text, None, None, &what)
        }
        KeySource::Command(command) => {
            let program = command.first().map(String::as_str).unwrap_or_default();
            let what = format!("The key from the command {} cannot be used.", shown(program.as_bytes()));
            let text = secret_text::of_command(command, wanted(&what))?;
            from_text(&text, None, None, &what)
        }
    }
}

/// Reads a key file. `FILE#NAME` takes one key of several.
///
/// # Errors
/// A [`Failure`] that says what to do.
pub fn from_file(path: &Path) -> Result<Key, Failure> {
    let (path, name) = split_name(&expand_home(path));
    let what = format!("The key file {} cannot be used.", shown(path.as_os_str().as_encoded_bytes()));
    let text = secret_text::of_file(&path, wanted(&what))?;
    from_text(&text, name.as_deref(), Some(&path), &what)
}

fn wanted(what: &str) -> Wanted<'_> {
    Wanted { what, noun: "key", setting: "key-command", forms: FORMS }
}

/// Takes `#NAME` off, unless a file has that very name.
fn split_name(path: &Path) -> (PathBuf, Option<String>) {
    let split = path.to_str().and_then(|text| text.rsplit_once('#')).filter(|_| !path.exists());
    match split {
        Some((file, name)) => (file.into(), Some(name.to_owned())),
        None => (path.into(), None),
    }
}

/// Finds the key in text. `path` helps where the name of the file is the name of the key.
///
/// # Errors
/// A [`Failure`] that begins with the sentence `what`.
pub fn from_text(text: &str, wanted: Option<&str>, path: Option<&Path>, what: &str) -> Result<Key, Failure> {
    let file_name = path.and_then(Path::file_name).and_then(|name| name.to_str());
    let mut keys = raw_keys(text, file_name);
    let names = |keys: &[RawKey]| {
        let names: Vec<String> = keys.iter().take(20).map(|key| shown(key.name.as_bytes())).collect();
        names.join(", ")
    };
    let key = match wanted {
        None => match keys.len() {
            0 => return Err(failure(what, "There is no key in it.", FORMS)),
            1 => keys.pop(),
            count => {
                let why = format!("There are {count} keys in it: {}.", names(&keys));
                return Err(failure(what, &why, "Say which one, by adding #NAME to the file's name."));
            }
        },
        Some(wanted) => {
            let Ok(name) = read_name(wanted) else {
                return Err(failure(what, "What follows # is no key name.", "Write FILE#NAME."));
            };
            let found = keys.iter().position(|key| read_name(&key.name).as_ref() == Ok(&name));
            if found.is_none() {
                let why = match keys.as_slice() {
                    [] => "There is no key in it.".to_owned(),
                    keys => format!("It has no key {}, only {}.", shown(wanted.as_bytes()), names(keys)),
                };
                return Err(failure(what, &why, "Correct the name after #."));
            }
            found.map(|at| keys.swap_remove(at))
        }
    };
    match key {
        Some(raw) => finish(raw, what),
        None => Err(failure(what, "There is no key in it.", FORMS)),
    }
}

fn read_name(text: &str) -> Result<Name, crate::zone::name::NameError> {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref()))
}

fn finish(raw: RawKey, what: &str) -> Result<Key, Failure> {
    let name = read_name(&raw.name).map_err(|error| {
        failure(
            what,
            &format!("The key's name is no domain name: {error}."),
            "Take the name from the server's configuration.",
        )
    })?;
    let of_key = |rest: &str| format!("The key {name} {rest}");
    let Some(algorithm) = raw.algorithm else {
        return Err(failure(
            what,
            &of_key("has no algorithm."),
            "Add it, for example hmac-sha256, as the server has it.",
        ));
    };
    let Some(algorithm) = Algorithm::parse(&algorithm) else {
        let why =
            of_key(&format!("has the algorithm {}, which is none for TSIG.", shown(algorithm.as_bytes())));
        return Err(failure(
            what,
            &why,
            "Known are hmac-md5, hmac-sha1, -sha224, -sha256, -sha384 and -sha512.",
        ));
    };
    let again = "Copy the secret again from the server's configuration.";
    let Some(secret) = raw.secret else {
        return Err(failure(what, &of_key("has no secret."), again));
    };
    match Secret::from_base64(&secret) {
        Ok(secret) => Ok(Key { name, algorithm, secret }),
        Err(SecretError::Empty) => Err(failure(what, &of_key("has an empty secret."), again)),
        Err(SecretError::NotBase64) => {
            Err(failure(what, &of_key("has a secret that is not valid base64."), again))
        }
    }
}

fn failure(what: &str, why: &str, next: &str) -> Failure {
    Failure { kind: FailureKind::Local, what: what.into(), why: why.into(), next: next.into() }
}

#[cfg(test)]
mod tests;
