//! Text that holds a secret: from a file that nobody else may read, an environment variable, the output of a program. No
//! message of this file ever has any of the text in it; what it says is the business of those who ask for it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use zeroize::Zeroizing;

use super::secrets;
use crate::facts::{Failure, FailureKind};

/// What is larger is none.
const MAX_LENGTH: u64 = 1 << 20;

/// What is read, for messages.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// "The key file x cannot be used."
    pub what: &'a str,
    /// "key".
    pub noun: &'a str,
    /// "key-command": the setting that names the program.
    pub setting: &'a str,
    /// What it has to be.
    pub forms: &'a str,
}

impl Wanted<'_> {
    pub fn failure(&self, why: &str, next: &str) -> Failure {
        Failure { kind: FailureKind::Local, what: self.what.into(), why: why.into(), next: next.into() }
    }
}

/// # Errors
/// [`Failure`] where it is not set, or no text.
pub fn of_variable(variable: &str, wanted: Wanted<'_>, next: &str) -> Result<Zeroizing<String>, Failure> {
    std::env::var(variable).map(Zeroizing::new).map_err(|_| wanted.failure("It is not set.", next))
}

/// # Errors
/// [`Failure`] where it cannot be read, or others can read it.
pub fn of_file(path: &Path, wanted: Wanted<'_>) -> Result<Zeroizing<String>, Failure> {
    let trouble = |error: std::io::Error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "There is no such file.".into(),
            kind => format!("It cannot be read: {kind}."),
        };
        wanted.failure(&why, "Check the path, and that you may read the file.")
    };
    let checked = |metadata: fs::Metadata| -> Result<(), Failure> {
        if !metadata.is_file() {
            return Err(wanted.failure("It is not a regular file.", wanted.forms));
        }
        if metadata.len() > MAX_LENGTH {
            let why = format!("It is larger than 1 MiB, so it is no {} file.", wanted.noun);
            return Err(wanted.failure(&why, wanted.forms));
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(wanted.failure(
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
    read_text(file, wanted)
}

fn read_text(from: impl Read, wanted: Wanted<'_>) -> Result<Zeroizing<String>, Failure> {
    let mut octets = Zeroizing::new(Vec::with_capacity(4096));
    if let Err(error) = from.take(MAX_LENGTH + 1).read_to_end(&mut octets) {
        return Err(wanted.failure(&format!("{}.", error.kind()), "Try again."));
    }
    if octets.len() as u64 > MAX_LENGTH {
        let why = format!("It is larger than 1 MiB, so it is no {}.", wanted.noun);
        return Err(wanted.failure(&why, wanted.forms));
    }
    match std::str::from_utf8(&octets) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(wanted.failure("It is not text.", wanted.forms)),
    }
}

/// # Errors
/// [`Failure`] where the program does not start, or fails.
pub fn of_command(command: &[String], wanted: Wanted<'_>) -> Result<Zeroizing<String>, Failure> {
    let check = format!("Check {} in the configuration.", wanted.setting);
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure {
            what: format!("{} is empty.", wanted.setting),
            ..wanted.failure(
                "There is no program to run.",
                &format!("Write {} = [\"pass\", \"show\", \"dns/key\"].", wanted.setting),
            )
        });
    };
    // Standard input and standard error stay the person's, since such programs ask for passphrases.
    let child = secrets::command(program).args(arguments).stdout(Stdio::piped()).spawn();
    let mut child =
        child.map_err(|error| wanted.failure(&format!("It does not start: {}.", error.kind()), &check))?;
    let text = match child.stdout.take() {
        Some(output) => read_text(output, wanted),
        None => Err(wanted.failure("It has no output.", &check)),
    };
    // The pipe is closed by now: a program that still writes ends by that.
    let ended = child.wait();
    let text = text?;
    match ended {
        Ok(status) if status.success() => Ok(text),
        Ok(status) => {
            Err(wanted.failure(&format!("It ended with {status}."), "Run it by hand to see what it says."))
        }
        Err(error) => Err(wanted.failure(&format!("{}.", error.kind()), "Try again.")),
    }
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
