//! The commands of secondary DNS services. They belong to the table of the others.

use super::Context::{
    Changes, FileChanges, FindDomain, Findings, History, Merge, Nameservers, PastPush, Records,
    Result as Outcome, Secondaries, Waiting, Zones,
};
use super::{Command, Context, command};
use crate::app::moves::Go;
use crate::app::{help, palette, secondaries};

/// From where the screen can be opened.
const SCREENS: &[Context] =
    &[Records, Nameservers, Changes, FileChanges, Merge, Outcome, History, PastPush, Findings, Waiting];
/// The list.
const LISTED: &[Context] = &[Secondaries, FindDomain];

/// Every command about secondary DNS services.
pub static SECONDARIES: &[Command] = &[
    command("secondaries", "4", SCREENS, secondaries::open, "what is registered at secondary DNS services"),
    command(
        "secondaries-here",
        "Alt-S",
        &[Zones],
        secondaries::open,
        "what is registered at secondary DNS services",
    ),
    command(
        "find-domain",
        "/ F6",
        &[Secondaries],
        secondaries::start_jump,
        "find a domain by letters of its name; or just type them",
    )
    .hint(4, "find"),
    command(
        "reload-secondaries",
        "R F5",
        &[Secondaries],
        secondaries::reload,
        "ask all services again what is registered",
    )
    .hint(5, "ask again")
    .when(secondaries::may_reload),
    command("leave-secondaries", "Esc", LISTED, secondaries::back, "show all domains; back").hint(6, "back"),
    command("close-secondaries", "q", &[Secondaries], secondaries::close, "back"),
    command("domain-down", "Down Ctrl-N", LISTED, |app| app.go(Go::By(1)), "one line down"),
    command("domain-up", "Up Ctrl-P", LISTED, |app| app.go(Go::By(-1)), "one line up"),
    command("domain-page-down", "PgDn", LISTED, |app| app.go(Go::HalfPages(2)), "one page down"),
    command("domain-page-up", "PgUp", LISTED, |app| app.go(Go::HalfPages(-2)), "one page up"),
    command("first-domain", "Home", &[Secondaries], |app| app.go(Go::First), "to the first line"),
    command("last-domain", "End", &[Secondaries], |app| app.go(Go::Last), "to the last line"),
    command(
        "help-secondaries",
        "? F1",
        &[Secondaries],
        help::open,
        "every command and its keys, those of this screen first",
    )
    .hint(8, "help"),
    command("palette-secondaries", ": F9", &[Secondaries], palette::open, "run a command by its name"),
];
