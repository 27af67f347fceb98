//! This side: the configuration, keys, the state directory, the terminal.

use super::remedy::word;
use super::{Finding, KeyName, Step, count};
use crate::facts::Failure;

/// Less free space than this is no good place for drafts, in octets.
const LITTLE_SPACE: u64 = 64 << 20;
/// Less than this will not do for one.
const NO_SPACE: u64 = 1 << 20;

/// What the configuration file came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Configuration {
    /// It was read: its path, and how many servers and zones it has.
    Read {
        path: String,
        servers: usize,
        zones: usize,
    },
    /// There is none at its usual place.
    None {
        path: Option<String>,
    },
    Broken(Failure),
}

pub fn configuration(found: &Configuration) -> Finding {
    const CHECK: &str = "config";
    match found {
        Configuration::Read { path, servers, zones } => {
            Finding::ok(CHECK, format!("{path}: {}, {}", count(*servers, "server"), count(*zones, "zone")))
        }
        Configuration::None { path } => {
            let path = path.as_deref().unwrap_or("there is no home directory");
            Finding::ok(CHECK, format!("none ({path}); only the command line counts"))
        }
        Configuration::Broken(failure) => of_failure(CHECK, failure),
    }
}

/// The configuration has no servers, so that there is nothing more to look at.
pub fn no_servers() -> Finding {
    Finding::ok("servers", "none configured").then([
        Step::new("Look at a zone:", ["zonewright doctor ZONE --server HOST --key FILE"]),
        Step::new("Begin a configuration from an example:", ["zonewright config example"]),
    ])
}

/// A key file, variable or command: the name under which the person knows it, and what came of it.
pub fn key(source: &str, found: &Result<KeyName, Failure>) -> Finding {
    const CHECK: &str = "key";
    match found {
        Err(failure) => of_failure(CHECK, failure),
        Ok(key) if key.weak => Finding::warning(CHECK, format!("{source}: {key}"))
            .because(format!("{} is weak (RFC 8945 section 6).", key.algorithm))
            .then([Step::new(
                "Make a new key, put it into the configuration of the server and into this file:",
                [format!("tsig-keygen -a hmac-sha256 {}", word(&super::plain(&key.name)))],
            )]),
        Ok(key) => Finding::ok(CHECK, format!("{source}: {key}")),
    }
}

/// Where drafts are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafts {
    pub path: String,
    /// What the system says to a file being written, synced and removed there.
    pub written: Result<(), String>,
    /// In octets, where the system tells it.
    pub free: Option<u64>,
    /// Can others than the owner put files into the directory, or take them away?
    pub open_to_others: bool,
}

pub fn drafts(found: Option<&Drafts>) -> Finding {
    const CHECK: &str = "drafts";
    let Some(Drafts { path, written, free, open_to_others }) = found else {
        return Finding::failed(CHECK, "no place for them: no home directory")
            .because("The editor keeps every step of a draft on disk, and does not start without.")
            .then([Step::new("Name a directory:", ["export XDG_STATE_HOME=\"$HOME/.local/state\""])]);
    };
    let quoted = word(path);
    if let Err(why) = written {
        return Finding::failed(CHECK, format!("{path} cannot be written: {why}"))
            .because("The editor keeps every step of a draft on disk, and does not start without.")
            .then([Step::new(
                "Make it a directory of your own, on a disk that is neither full nor read-only:",
                [format!("ls -ld {quoted}"), format!("df -h {quoted}")],
            )]);
    }
    let space = free.map_or("it takes files".into(), |free| format!("{} free", octets_in_words(free)));
    let says = format!("{path}: {space}");
    let make_room = || Step::new("Make room:", [format!("df -h {quoted}")]);
    match free {
        Some(free) if *free < NO_SPACE => Finding::failed(CHECK, says)
            .because("There is no room for a draft: what is typed cannot be kept.")
            .then([make_room()]),
        Some(free) if *free < LITTLE_SPACE => Finding::warning(CHECK, says)
            .because("The disk is nearly full: the editor keeps every step of a draft, and past versions.")
            .then([make_room()]),
        _ if *open_to_others => Finding::warning(CHECK, says)
            .because("Others than its owner can take drafts away, or put theirs in their place.")
            .then([Step::new("Close it:", [format!("chmod 700 {quoted}")])]),
        _ => Finding::ok(CHECK, says),
    }
}

/// What the editor will find to draw on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// Columns and rows; `None` where standard output is no terminal.
    pub size: Option<(u16, u16)>,
    /// The variable TERM.
    pub kind: String,
    /// Does the locale say UTF-8?
    pub unicode: bool,
    pub colours: bool,
}

pub fn terminal(found: &Terminal) -> Finding {
    const CHECK: &str = "terminal";
    let Terminal { size, kind, unicode, colours } = found;
    let Some((columns, rows)) = size else {
        return Finding::ok(CHECK, "none here; show, diff and push need none");
    };
    let says = format!(
        "{} {columns}x{rows}, {}, {}",
        if kind.is_empty() { "TERM is not set," } else { kind },
        if *unicode { "UTF-8" } else { "no UTF-8" },
        if *colours { "colours" } else { "no colours (NO_COLOR)" }
    );
    if kind == "dumb" || kind.is_empty() {
        return Finding::warning(CHECK, says)
            .because("The editor cannot move the cursor on a terminal of this kind.")
            .then([Step::new("Name the right one, for example:", ["export TERM=xterm-256color"])]);
    }
    if *columns < 80 || *rows < 24 {
        return Finding::warning(CHECK, says)
            .because("The editor wants 80 columns and 24 rows to show everything.")
            .then([Step::words("Make the window larger.")]);
    }
    if !unicode {
        return Finding::warning(CHECK, says)
            .because(
                "Lines and marks are drawn in ASCII, and names with umlauts and the like may look wrong.",
            )
            .then([Step::new("Where the terminal can do UTF-8, say so:", ["export LC_ALL=C.UTF-8"])]);
    }
    Finding::ok(CHECK, says)
}

/// A failure of this side's, as a finding.
pub fn of_failure(check: &'static str, failure: &Failure) -> Finding {
    // Its remedy is a sentence, perhaps with a command at its end.
    let step = match failure.next.strip_prefix("Run: ") {
        Some(command) => match command.rsplit_once(" (") {
            Some((command, rest)) => {
                Step::new(format!("Run ({}:", rest.strip_suffix('.').unwrap_or(rest)), [command])
            }
            None => Step::new("Run:", [command]),
        },
        None => Step::words(failure.next.clone()),
    };
    Finding::failed(check, failure.what.trim_end_matches('.')).because(failure.why.clone()).then([step])
}

/// "3.2 GiB".
fn octets_in_words(octets: u64) -> String {
    let units = [(1u64 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.iter().find(|(size, _)| octets >= *size) {
        Some((size, unit)) => {
            let tenths = (octets / (size / 10).max(1)).min(9_999_999);
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{octets} octets"),
    }
}
