//! TSIG keys from files, environment variables and commands, in every form that servers' tools write them.
//!
//! Understood are BIND's `key` statements (alone, as tsig-keygen and ddns-confgen write them, or anywhere in a
//! named.conf), `K*.private` and `K*.key` files, Knot's `key` lists, and `algorithm:name:secret`. No message of
//! this file ever has a secret in it; what keys are is `wire::key`'s business.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use zeroize::Zeroizing;

use super::key_text::{RawKey, raw_keys};
use super::paths::expand_home;
use super::secrets;
use crate::config::KeySource;
use crate::facts::{Failure, FailureKind};
use crate::wire::key::{Algorithm, Key, Secret, SecretError};
use crate::zone::Name;
use crate::zonefile::shown;

/// Key files larger than this are none.
const MAX_KEY_FILE: u64 = 1 << 20;

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
            let text = std::env::var(variable)
                .map(Zeroizing::new)
                .map_err(|_| failure(&what, "It is not set.", "Set it to algorithm:name:secret."))?;
            from_text(&text, None, None, &what)
        }
        KeySource::Command(command) => from_command(command),
    }
}

/// Reads a key file. `FILE#NAME` takes one key of several.
///
/// # Errors
/// A [`Failure`] that says what to do.
pub fn from_file(path: &Path) -> Result<Key, Failure> {
    let (path, wanted) = split_name(&expand_home(path));
    let what = format!("The key file {} cannot be used.", shown(path.as_os_str().as_encoded_bytes()));
    let text = read_private(&path, &what)?;
    from_text(&text, wanted.as_deref(), Some(&path), &what)
}

/// Takes `#NAME` off, unless a file has that very name.
fn split_name(path: &Path) -> (PathBuf, Option<String>) {
    let split = path.to_str().and_then(|text| text.rsplit_once('#')).filter(|_| !path.exists());
    match split {
        Some((file, name)) => (file.into(), Some(name.to_owned())),
        None => (path.into(), None),
    }
}

fn read_private(path: &Path, what: &str) -> Result<Zeroizing<String>, Failure> {
    let trouble = |error: std::io::Error| {
        failure(what, &format!("{}.", error.kind()), "Check the path, and that you may read the file.")
    };
    let checked = |metadata: fs::Metadata| -> Result<(), Failure> {
        if !metadata.is_file() {
            return Err(failure(what, "It is not a regular file.", FORMS));
        }
        if metadata.len() > MAX_KEY_FILE {
            return Err(failure(what, "It is larger than 1 MiB, so it is no key file.", FORMS));
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(failure(
                what,
                "Others than its owner have access to it, so the secret may be known to them.",
                &format!(
                    "Run: chmod 600 {} (or, where a server reads it too, copy the key to a file of your own).",
                    quoted(path)
                ),
            ));
        }
        Ok(())
    };
    // Before opening as well: opening a pipe would wait for somebody to write into it.
    checked(fs::metadata(path).map_err(trouble)?)?;
    let file = File::open(path).map_err(trouble)?;
    checked(file.metadata().map_err(trouble)?)?;
    read_text(file, what)
}

fn read_text(from: impl Read, what: &str) -> Result<Zeroizing<String>, Failure> {
    let mut octets = Zeroizing::new(Vec::with_capacity(4096));
    if let Err(error) = from.take(MAX_KEY_FILE + 1).read_to_end(&mut octets) {
        return Err(failure(what, &format!("{}.", error.kind()), "Try again."));
    }
    if octets.len() as u64 > MAX_KEY_FILE {
        return Err(failure(what, "It is larger than 1 MiB, so it is no key.", FORMS));
    }
    match std::str::from_utf8(&octets) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(failure(what, "It is not text.", FORMS)),
    }
}

fn from_command(command: &[String]) -> Result<Key, Failure> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(failure(
            "key-command is empty.",
            "There is no program to run.",
            "Write key-command = [\"pass\", \"show\", \"dns/key\"].",
        ));
    };
    let what = format!("The key from the command {} cannot be used.", shown(program.as_bytes()));
    // Standard input and standard error stay the person's, since such programs ask for passphrases.
    let child = secrets::command(program).args(arguments).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| {
        failure(
            &what,
            &format!("It does not start: {}.", error.kind()),
            "Check key-command in the configuration.",
        )
    })?;
    let text = match child.stdout.take() {
        Some(output) => read_text(output, &what),
        None => Err(failure(&what, "It has no output.", "Check key-command in the configuration.")),
    };
    // The pipe is closed by now: a program that still writes ends by that.
    let ended = child.wait();
    let text = text?;
    match ended {
        Ok(status) if status.success() => from_text(&text, None, None, &what),
        Ok(status) => {
            Err(failure(&what, &format!("It ended with {status}."), "Run it by hand to see what it says."))
        }
        Err(error) => Err(failure(&what, &format!("{}.", error.kind()), "Try again.")),
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

/// The path as one word for a shell, without control characters.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into_owned();
    }
    let safe: String = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    format!("'{}'", safe.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
