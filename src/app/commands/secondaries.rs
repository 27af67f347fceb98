//! The commands of secondary DNS services. They belong to the table of the others.

use super::Context::{
    Changes, FileChanges, FindDomain, Findings, History, Merge, Nameservers, PastPush, Records, Registering,
    Registration, Result as Outcome, Secondaries, Waiting, Zones,
};
use super::{Command, Context, command};
use crate::app::moves::Go;
use crate::app::secondaries::{self, adding, details, walk};
use crate::app::{help, palette};
use crate::registering::Answer;

/// From where the screen can be opened.
const SCREENS: &[Context] =
    &[Records, Nameservers, Changes, FileChanges, Merge, Outcome, History, PastPush, Findings, Waiting];
/// The list.
const LISTED: &[Context] = &[Secondaries, FindDomain];
/// Texts about one registration.
const TEXTS: &[Context] = &[Registration, Registering];

/// Every command about secondary DNS services.
pub static SECONDARIES: &[Command] = &[
    command(
        "secondaries",
        "4",
        SCREENS,
        secondaries::open,
        "secondary DNS services: what is registered there; add, remove",
    ),
    command(
        "secondaries-here",
        "Alt-S",
        &[Zones],
        secondaries::open,
        "secondary DNS services: what is registered there; add, remove",
    ),
    command("show-job", "4", &[Secondaries], walk::show, "what is under way at a service")
        .when(walk::has_job),
    command(
        "register",
        "+ =",
        &[Secondaries],
        adding::begin,
        "register this zone, or another domain, at a service",
    )
    .hint(1, "add")
    .when(adding::may_begin),
    command(
        "unregister",
        "- Del",
        &[Secondaries, Registration],
        walk::remove,
        "remove the registration; asks first",
    )
    .hint(2, "remove")
    .when(walk::may_act),
    command(
        "show-registration",
        "Enter",
        LISTED,
        details::open,
        "all about this registration: its nameservers, and how they serve the zone",
    )
    .hint(3, "details")
    .when(secondaries::has_selection),
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
    command("reload-registration", "R F5", &[Registration], details::reload, "ask all of it again")
        .hint(6, "ask again"),
    command(
        "consent",
        "y",
        &[Registering],
        |app| walk::answer(app, Answer::Yes),
        "agree to what is asked: the record is put into the zone, or the registration removed",
    )
    .hint(1, "agree")
    .when(walk::may_consent),
    command(
        "by-hand",
        "h",
        &[Registering],
        |app| walk::answer(app, Answer::ByHand),
        "go on: the record that is asked for is created elsewhere, by hand",
    )
    .hint(4, "by hand")
    .when(walk::may_do_by_hand),
    command(
        "give-up",
        "c",
        &[Registering],
        walk::cancel,
        "give it up: what was put into the zone is taken out again",
    )
    .hint(2, "give up")
    .when(walk::may_cancel),
    command(
        "propose-nameservers",
        "n",
        TEXTS,
        details::propose,
        "propose the NS record of the service; before a removal, to delete it",
    )
    .hint(3, "NS record")
    .when(details::may_propose),
    command(
        "allow-transfers",
        "t",
        TEXTS,
        details::allow,
        "what the primary must allow, so that the service can transfer the zone; to copy",
    )
    .hint(5, "transfers")
    .when(details::may_allow),
    command(
        "change-primary",
        "p",
        &[Registration],
        adding::change_primary,
        "have it transferred from another address",
    )
    .hint(4, "primary")
    .when(walk::may_act),
    command("go-on", "r", &[Registering], walk::again, "go on with it, or try again")
        .hint(6, "again")
        .when(walk::may_do_again),
    command("leave-secondaries", "Esc", LISTED, secondaries::back, "show all domains; back").hint(6, "back"),
    command("close-secondaries", "q", &[Secondaries], secondaries::close, "back"),
    command("leave-registration", "Esc q", &[Registration], secondaries::back, "back to the list")
        .hint(7, "back"),
    command(
        "leave-walk",
        "Esc q",
        &[Registering],
        walk::leave,
        "back to the list; what is under way goes on",
    )
    .hint(7, "back"),
    command("domain-down", "Down Ctrl-N", LISTED, |app| app.go(Go::By(1)), "one line down"),
    command("domain-up", "Up Ctrl-P", LISTED, |app| app.go(Go::By(-1)), "one line up"),
    command("domain-page-down", "PgDn", LISTED, |app| app.go(Go::HalfPages(2)), "one page down"),
    command("domain-page-up", "PgUp", LISTED, |app| app.go(Go::HalfPages(-2)), "one page up"),
    command("first-domain", "Home", &[Secondaries], |app| app.go(Go::First), "to the first line"),
    command("last-domain", "End", &[Secondaries], |app| app.go(Go::Last), "to the last line"),
    command("text-down", "Down j", TEXTS, |app| app.go(Go::By(1)), "one line down"),
    command("text-up", "Up k", TEXTS, |app| app.go(Go::By(-1)), "one line up"),
    command("text-page-down", "PgDn", TEXTS, |app| app.go(Go::HalfPages(2)), "one page down"),
    command("text-page-up", "PgUp", TEXTS, |app| app.go(Go::HalfPages(-2)), "one page up"),
    command(
        "help-secondaries",
        "? F1",
        &[Secondaries, Registration, Registering],
        help::open,
        "every command and its keys, those of this screen first",
    )
    .hint(8, "help"),
    command(
        "palette-secondaries",
        ": F9",
        &[Secondaries, Registration, Registering],
        palette::open,
        "run a command by its name",
    ),
];
