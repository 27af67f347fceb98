//! What is done with records and nameservers: editing, looking, marks. The files of the screens say what each command does.

use super::Context::{Changes, FileChanges, Findings, Merge, Nameservers, Records, Text};
use super::{Command, Context, command};
use crate::app::text::{self};
use crate::app::{
    edits, exchange, follow, forms, many, marking, moves, nameserver_sets, palette, pasting, registrar,
    replacing, sorting, stepping, templates, ttl_plan,
};

const PANES: &[Context] = &[Records, Nameservers];
const EDITS: &[Context] = &[Records, Nameservers, Changes, FileChanges, Merge, Findings];

/// What is done with records and nameservers: editing, looking, marks.
pub static RECORDS: &[Command] = &[
    // Editing.
    command("add", "+ = a Ins F7", PANES, forms::add, "add a record: choose a type, fill in the form")
        .hint(1, "add")
        .when(edits::may_edit),
    command("add-here", "o", &[Records], forms::add_here, "add a record with the selected owner name")
        .when(edits::may_edit_selected),
    command(
        "delete",
        "- d Del F8",
        PANES,
        edits::delete,
        "delete the record, or those marked; on deleted ones: bring them back",
    )
    .hint(2, "delete")
    .when(marking::may_change),
    command("edit", "Enter e F4", PANES, forms::edit, "edit the record")
        .hint(3, "edit")
        .when(edits::may_change_selected),
    command("duplicate", "Y F5", PANES, forms::duplicate, "add a record that starts as a copy of this one")
        .when(edits::may_change_selected),
    command(
        "ttl",
        "T",
        PANES,
        palette::ask_ttl,
        "another TTL for the sets of the record or of those marked: ttl 5m",
    )
    .taking(many::set_ttl)
    .showing(many::preview_ttl)
    .when(marking::may_change),
    command(
        "park",
        "x",
        &[Records],
        text::parking::park,
        "park the record, or those marked: kept in the zone's text as comments, not sent; or take them back",
    )
    .when(text::parking::may_park),
    command("undo", "u", EDITS, stepping::undo, "take the last edit back")
        .hint(7, "undo")
        .when(edits::can_undo),
    command("redo", "U Ctrl-R", EDITS, stepping::redo, "do the last undone edit again").when(edits::can_redo),
    command(
        "copy",
        "y",
        PANES,
        many::copy,
        "copy the record, or those marked, as zone-file lines; also to the terminal's clipboard",
    )
    .when(edits::has_selection),
    command("paste", "p", &[Records], pasting::paste, "put in what was copied; shown first")
        .when(edits::may_edit),
    command(
        "replace",
        "%",
        &[Records],
        replacing::ask,
        "replace OLD NEW: address, range, target or \"text\"; in rows marked, else shown, else all",
    )
    .taking(replacing::run)
    .showing(replacing::preview)
    .when(edits::may_edit),
    command(
        "delete-all",
        "",
        PANES,
        pasting::ask_delete_all,
        "delete all but the SOA and the zone's nameservers",
    )
    .when(edits::may_edit),
    command("import", "", PANES, palette::ask_import, "import FILE: take a zone file's record sets")
        .taking_path(exchange::import)
        .when(edits::may_edit),
    command(
        "export",
        "",
        &[Records, Nameservers, Text],
        palette::ask_export,
        "export FILE: write the zone with your changes",
    )
    .taking_path(exchange::export),
    command("load-nameservers", "L", &[Nameservers], nameserver_sets::load, "load a set of nameservers")
        .hint(6, "load")
        .taking(nameserver_sets::chosen)
        .when(nameserver_sets::may_load),
    command("load", "L", &[Records], templates::load, "load records from a template")
        .hint(16, "load")
        .taking(templates::chosen)
        .when(edits::may_edit),
    command("lower-ttls", "", PANES, ttl_plan::lower, "lower-ttls 5m [FILTER]: before a move")
        .taking(ttl_plan::lower_to)
        .when(edits::may_edit),
    command("raise-ttls", "", PANES, ttl_plan::raise, "raise the TTLs again that :lower-ttls lowered")
        .when(ttl_plan::may_raise),
    command("soa", "", PANES, forms::edit_soa, "the SOA: primary, mail address, serial, timers")
        .when(edits::may_edit),
    command("registrar", "", PANES, registrar::show, "what to tell the registrar; to copy"),
    // Looking.
    command(
        "filter",
        "/ F6",
        &[Records],
        moves::start_filter,
        "show only some: text type:mx ttl<300 changed !text",
    )
    .hint(6, "filter"),
    command("sort", "s", &[Records], sorting::ask, "sort by name, TTL, type or data"),
    command("sort-reverse", "r", &[Records], sorting::reverse, "sort the other way round"),
    command(
        "references",
        "#",
        &[Records],
        sorting::references,
        "show what refers to the address or target; again: to the name",
    )
    .when(edits::has_selection),
    // Marks.
    command("mark-record", "Space", &[Records], marking::mark, "mark the record, or not")
        .hint(18, "mark")
        .when(edits::has_selection),
    command("mark-range", "v", &[Records], marking::range, "mark the rows from here to where you go")
        .when(edits::has_selection),
    command("mark-all", "Ctrl-A", &[Records], marking::all, "mark all rows shown"),
    command("mark-others", "*", &[Records], marking::invert, "mark those shown that are not"),
    command(
        "details",
        "I",
        &[Records],
        moves::toggle_details,
        "show or hide a line about the selected record",
    ),
    command(
        "nameserver-details",
        "I",
        &[Nameservers],
        moves::toggle_details,
        "show or hide all that is known of the selected nameserver",
    )
    .hint(9, "details"),
    command(
        "made-by-server",
        "",
        PANES,
        moves::toggle_made,
        "show or hide the records that the server makes in a signed zone",
    )
    .when(moves::may_toggle_made),
    command("next-change", "n", &[Records], moves::next_change, "go to the next changed record")
        .when(edits::has_changes),
    command("previous-change", "N", &[Records], moves::previous_change, "go to the changed record before")
        .when(edits::has_changes),
    command("next-news", "]", &[Records], follow::next_news, "go to the next record that others changed")
        .when(follow::has_news),
];
