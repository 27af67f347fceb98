//! The commands of several zones: the list of them, jobs, and what is proposed for reverse zones. They belong to the table of
//! the others.

use super::Context::{
    Changes, FileChanges, Findings, Form, History, Job, Jump, Merge, Nameservers, PastPush, Pointers,
    Records, ReplacedInZones, Result as Outcome, Text, Waiting, Zones,
};
use super::{Command, Context, command};
use crate::app::moves::Go;
use crate::app::{help, job, palette, zones};

/// From where the list of zones can be opened.
const SCREENS: &[Context] =
    &[Records, Nameservers, Changes, FileChanges, Merge, Outcome, History, PastPush, Findings, Waiting];
/// The screens of several zones.
const ALL: &[Context] = &[Zones, Jump, Job, Pointers, ReplacedInZones];
/// Those where a marker moves over lines, and letters are commands.
const LINES: &[Context] = &[Job, Pointers, ReplacedInZones];
/// The list of zones.
const LISTED: &[Context] = &[Zones, Jump];

/// Every command about several zones.
pub static SEVERAL: &[Command] = &[
    command(
        "zones",
        "6",
        SCREENS,
        zones::open,
        "the configured zones: go to another one; what you did here stays",
    ),
    command("zones-here", "Alt-Z", &[Text, Form], zones::open, "the configured zones; what is typed stays"),
    command("open-zone", "Enter", LISTED, zones::go_to_zone, "go to this zone; what you did here stays")
        .hint(1, "open")
        .when(zones::has_selection),
    command(
        "jump",
        "/ F6",
        &[Zones],
        zones::start_jump,
        "find a zone by letters of its name; or just type them",
    )
    .hint(3, "find"),
    command("mark-zone", "Space", LISTED, zones::mark, "mark the zone, or not").hint(4, "mark"),
    command("mark-drafts", "+", LISTED, zones::mark_drafts, "mark the zones shown that have a draft"),
    command("mark-zones", "*", LISTED, zones::mark_all, "mark all zones that are shown, or none of them"),
    command(
        "ask-serials",
        "Ctrl-R F5",
        LISTED,
        zones::ask_serials,
        "ask the servers for the serials of the zones on the screen",
    )
    .hint(5, "ask serials"),
    command(
        "job",
        "J",
        &[Zones, Jump, Records, Nameservers, Changes],
        job::begin,
        "this zone, or those marked, as one job: reverse records, one review, one push after the other",
    )
    .when(job::may_begin),
    command(
        "take-replaced",
        "Enter",
        &[ReplacedInZones],
        job::replacing::take,
        "put what is ticked into the drafts of these zones, a step in each",
    )
    .hint(1, "take")
    .when(job::replacing::may_take),
    command(
        "tick-replaced",
        "Space",
        &[ReplacedInZones],
        job::replacing::tick,
        "tick the zone or the record set, or not",
    )
    .hint(2, "tick"),
    command("tick-zones", "*", &[ReplacedInZones], job::replacing::tick_all, "tick all zones, or none")
        .hint(3, "all"),
    command("next-found", "Tab", &[ReplacedInZones], job::replacing::next_zone, "to the next zone")
        .hint(4, "next zone"),
    command(
        "replace-again",
        "%",
        &[ReplacedInZones],
        job::replacing::ask_again,
        "replace something else in these zones",
    )
    .hint(5, "other")
    .taking(job::replacing::run_again)
    .showing(job::replacing::preview),
    command("leave-replaced", "Esc q", &[ReplacedInZones], job::replacing::leave, "back; nothing is changed")
        .hint(6, "back"),
    command(
        "push-job",
        "w Ctrl-S F2",
        &[Job],
        job::ask_push,
        "push these zones, one after the other; asks first",
    )
    .hint(1, "push")
    .when(job::may_push),
    command("leave-zone-out", "Space", &[Job], job::toggle, "leave this zone out of the push, or not")
        .hint(4, "leave out")
        .when(job::may_act),
    command("reverse", "p", &[Job], job::pointers::open, "propose PTR records for the changed addresses")
        .hint(2, "reverse records")
        .when(job::may_act),
    command(
        "take-back",
        "r",
        &[Job],
        job::ask_take_back,
        "take back what this job has pushed; the changes are in the drafts again",
    )
    .hint(3, "take back")
    .when(job::may_take_back),
    command(
        "replace-in-zones",
        "%",
        &[Zones, Jump, Job],
        job::replacing::ask,
        "replace OLD NEW in the marked zones, or those of the job: address, range, target or \"text\"",
    )
    .hint(9, "replace")
    .taking(job::replacing::run)
    .showing(job::replacing::preview)
    .when(job::replacing::may_ask),
    command("undo-job", "u", &[Job], job::undo, "take back what was done last in this job")
        .hint(9, "undo")
        .when(job::can_undo),
    command("next-zone", "Tab", &[Job], job::next_zone, "to the next zone of the job"),
    command("go-to-zone", "Enter", &[Job], job::go_to_zone, "open this zone")
        .hint(5, "open")
        .when(job::may_act),
    command("reload-job", "R", &[Job], job::reload, "load the zones of the job again").when(job::may_act),
    command("leave-job", "Esc q", &[Job], job::back, "back; while a push is under way: wait no longer")
        .hint(6, "back"),
    command("choose", "Space", &[Pointers], job::pointers::choose, "the next choice for this record")
        .hint(2, "choose")
        .when(job::pointers::has_list),
    command(
        "choose-all",
        "*",
        &[Pointers],
        job::pointers::choose_all,
        "choose all that overwrite nothing, or none",
    )
    .hint(3, "all")
    .when(job::pointers::has_list),
    command(
        "take-choices",
        "Enter",
        &[Pointers],
        job::pointers::take,
        "put what is chosen into the drafts of the reverse zones",
    )
    .hint(1, "take")
    .when(job::pointers::has_list),
    command("leave-choices", "Esc q", &[Pointers], job::pointers::close, "back; nothing is changed")
        .hint(4, "back"),
    command("leave-zones", "Esc", LISTED, zones::back, "show all zones; lift the marks; back")
        .hint(6, "back"),
    command("quit-zones", "q", &[Zones], zones::leave, "back; where no zone is open, quit").hint(7, "quit"),
    command("zone-down", "Down Ctrl-N", LISTED, |app| app.go(Go::By(1)), "one zone down"),
    command("zone-up", "Up Ctrl-P", LISTED, |app| app.go(Go::By(-1)), "one zone up"),
    command("zone-page-down", "PgDn", LISTED, |app| app.go(Go::HalfPages(2)), "one page down"),
    command("zone-page-up", "PgUp", LISTED, |app| app.go(Go::HalfPages(-2)), "one page up"),
    command("first-zone", "Home", &[Zones], |app| app.go(Go::First), "to the first zone"),
    command("last-zone", "End", &[Zones], |app| app.go(Go::Last), "to the last zone"),
    command("line-down", "Down j Ctrl-N", LINES, |app| app.go(Go::By(1)), "one line down"),
    command("line-up", "Up k Ctrl-P", LINES, |app| app.go(Go::By(-1)), "one line up"),
    command("lines-down", "PgDn Ctrl-F", LINES, |app| app.go(Go::HalfPages(2)), "one page down"),
    command("lines-up", "PgUp Ctrl-B", LINES, |app| app.go(Go::HalfPages(-2)), "one page up"),
    command("first-line", "Home gg", LINES, |app| app.go(Go::First), "to the first line"),
    command("last-line", "End G", LINES, |app| app.go(Go::Last), "to the last line"),
    command("help-zones", "? F1", ALL, help::open, "every command and its keys, those of this screen first")
        .hint(8, "help"),
    command("palette-zones", ": F9", ALL, palette::open, "run a command by its name"),
];
