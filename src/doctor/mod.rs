//! What the doctor makes of what it was told: for each thing that a zone's administrator depends on, whether it works,
//! and what to do where it does not.
//!
//! `server` judges the primary, `nameservers` the others, `machine` this side; `remedy` knows what to run on which make
//! of server, `print` puts findings into lines. Asking is `run`'s business.

pub mod machine;
pub mod nameservers;
pub mod print;
mod remedy;
mod secondaries;
pub mod server;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::facts::Make;
use crate::zone::Name;

pub use self::secondaries::allow_secondaries;

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Ok,
    /// It could not be found out, or not without changing something.
    Unknown,
    /// It works, and will not always, or not for everybody.
    Warning,
    Failed,
}

impl State {
    /// The word that stands before a finding.
    pub fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Unknown => "unknown",
            State::Warning => "warning",
            State::Failed => "FAILED",
        }
    }
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// A sentence, or the beginning of one that the commands end.
    pub text: String,
    /// Commands to run, or lines for a configuration, as they are to be typed.
    pub run: Vec<String>,
}

impl Step {
    pub fn new<T: Into<String>>(text: impl Into<String>, run: impl IntoIterator<Item = T>) -> Step {
        Step { text: text.into(), run: run.into_iter().map(Into::into).collect() }
    }

    /// A step that is only words.
    pub fn words(text: impl Into<String>) -> Step {
        Step { text: text.into(), run: Vec::new() }
    }
}

/// One line of the doctor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in one word.
    pub check: &'static str,
    pub state: State,
    /// What is so, in a few words.
    pub says: String,
    /// Why, in sentences; often empty.
    pub why: String,
    pub remedy: Vec<Step>,
}

impl Finding {
    fn new(check: &'static str, state: State, says: impl Into<String>) -> Finding {
        Finding { check, state, says: says.into(), why: String::new(), remedy: Vec::new() }
    }

    fn ok(check: &'static str, says: impl Into<String>) -> Finding {
        Finding::new(check, State::Ok, says)
    }

    fn unknown(check: &'static str, says: impl Into<String>) -> Finding {
        Finding::new(check, State::Unknown, says)
    }

    fn warning(check: &'static str, says: impl Into<String>) -> Finding {
        Finding::new(check, State::Warning, says)
    }

    fn failed(check: &'static str, says: impl Into<String>) -> Finding {
        Finding::new(check, State::Failed, says)
    }

    fn because(mut self, why: impl Into<String>) -> Finding {
        self.why = why.into();
        self
    }

    fn then(mut self, steps: impl IntoIterator<Item = Step>) -> Finding {
        self.remedy.extend(steps);
        self
    }
}

/// A key as far as it can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName {
    pub name: Name,
    pub algorithm: &'static str,
    /// Is the algorithm one that keys should be moved away from?
    pub weak: bool,
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", plain(&self.name), self.algorithm)
    }
}

/// Who asks whom for which zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub zone: Name,
    /// The server as the person named it.
    pub server: String,
    pub address: SocketAddr,
    /// This machine's address, as far as it is known what the server sees.
    pub from: Option<IpAddr>,
    pub make: Make,
    /// `None` where nothing is signed.
    pub key: Option<KeyName>,
}

impl Case {
    /// "the key ns0-key", or "192.0.2.5, without a key".
    fn who(&self) -> String {
        match (&self.key, self.from) {
            (Some(key), _) => format!("the key {}", plain(&key.name)),
            (None, Some(address)) => format!("{address}, without a key"),
            (None, None) => "this machine, without a key".into(),
        }
    }
}

/// A name without its final dot, as people write it.
pub fn plain(name: &Name) -> String {
    let text = name.to_string();
    text.strip_suffix('.').filter(|text| !text.is_empty()).unwrap_or(".").into()
}

/// "1 h 2 min", "20 s": the two largest units that count.
fn seconds_in_words(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(units.len() - 1);
    let mut rest = seconds;
    let mut words = Vec::new();
    for (size, unit) in units.iter().skip(first).take(2) {
        if rest / size > 0 || words.is_empty() {
            words.push(format!("{} {unit}", rest / size));
        }
        rest %= size;
    }
    words.join(" ")
}

/// "1 record", "2 records".
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
