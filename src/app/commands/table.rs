//! The table of commands. One line here gives a command its keys, its place in the help and in the hint bar, its name
//! after `:`, and the reason why it cannot be done now; what it does stands in the file of its screen.

use super::Context::{
    Ask, Changes, Chooser, Dialog, FileChanges, Filter, Findings, Fixes, Form, Help, History, Menu, Merge,
    Nameservers, Palette, PastPush, Problems, Prompt, Proposal, Pushing, Records, Replacing,
    Result as Outcome, Text, Waiting,
};
use super::{Command, Context, command};
use crate::app::findings::{acknowledging, fixing, screen};
use crate::app::text::{self, broken, find, leave, problems};
use crate::app::{
    App, Effect, ask, changes, dialog, edits, exchange, file, follow, forms, help, history, many, marking,
    menu, merge, moves, nameserver_sets, palette, pasting, proposal, pushing, registrar, replacing, sorting,
    templates, ttl_plan,
};

const PANES: &[Context] = &[Records, Nameservers];
const REVIEWS: &[Context] = &[Changes, FileChanges];
const EDITS: &[Context] = &[Records, Nameservers, Changes, FileChanges, Merge, Findings];
const LISTS: &[Context] =
    &[Records, Nameservers, Changes, FileChanges, Merge, Proposal, Outcome, History, PastPush, Findings];
/// From where the Merge screen can be opened.
const BEFORE_MERGE: &[Context] = &[Records, Nameservers, Changes, FileChanges];
const MENUS: &[Context] = &[Chooser, Menu, Palette, Help, Problems, Fixes];
const SCREENS: &[Context] =
    &[Records, Nameservers, Changes, FileChanges, Merge, Outcome, History, PastPush, Findings, Waiting];
const EVERYWHERE: &[Context] = &Context::ALL;

/// Every command. The order is that of the help.
pub static TABLE: &[Command] = &[
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
        "park the record: kept in the zone's text as a comment, not sent; or take it back",
    )
    .when(text::parking::may_park),
    command("undo", "u", EDITS, edits::undo, "take the last edit back").hint(7, "undo").when(edits::can_undo),
    command("redo", "U Ctrl-R", EDITS, edits::redo, "do the last undone edit again").when(edits::can_redo),
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
    // Changes and pushing.
    command("keep-mine", "m", REVIEWS, changes::keep_mine, "in a conflict: push mine over theirs")
        .hint(2, "keep mine")
        .when(changes::in_conflict),
    command(
        "merge",
        "M",
        BEFORE_MERGE,
        merge::open,
        "decide what you and others changed: both sides are shown",
    )
    .when(merge::may_open),
    command("merge-result", "m M", &[Outcome], merge::open, "decide what you and others changed")
        .when(merge::may_open),
    command("take-mine", "m", &[Merge], merge::mine, "mine: push it over theirs").hint(1, "mine"),
    command("take-theirs", "t", &[Merge], merge::theirs, "theirs: take my change back").hint(1, "theirs"),
    command("take-both", "b", &[Merge], merge::both, "both: what I did and what they did")
        .hint(1, "both")
        .when(merge::may_be_both),
    command("all-mine", "am", &[Merge], merge::all_mine, "mine for all that are left to decide, as one step")
        .hint(18, "all mine"),
    command(
        "all-theirs",
        "at",
        &[Merge],
        merge::all_theirs,
        "theirs for all that are left to decide, as one step",
    )
    .hint(18, "all theirs"),
    command("next-conflict", "n Tab Right", &[Merge], merge::next, "the next one to decide").hint(3, "next"),
    command("previous-conflict", "p N Shift-Tab Left", &[Merge], merge::previous, "the one before")
        .hint(4, "previous"),
    command("merge-review", "c w Esc q", &[Merge], changes::open, "to the changes; what is open stays open")
        .hint(5, "changes"),
    command("drop", "- d Del", REVIEWS, changes::drop_change, "drop the change: the records stay as served")
        .hint(3, "drop")
        .when(changes::has_selection),
    command(
        "leave-out",
        "Space",
        REVIEWS,
        changes::toggle_left_out,
        "leave the change out of this push, or not",
    )
    .hint(4, "leave out")
    .when(changes::has_selection),
    command("go-to-record", "Enter", REVIEWS, changes::go_to_record, "go to the record in the table")
        .hint(5, "go to")
        .when(changes::has_selection),
    command("review", "w Ctrl-S F2", PANES, changes::open, "review the changes, then push them")
        .hint(4, "save")
        .when(file::has_changes),
    command("push", "w Ctrl-S F2", &[Changes], pushing::ask, "push the changes to the server; asks first")
        .hint(1, "push")
        .when(pushing::may_push),
    command(
        "save",
        "w Ctrl-S F2",
        &[FileChanges],
        file::ask,
        "save the file with a higher serial; asks first",
    )
    .hint(1, "save")
    .when(file::may_save),
    command("stop-waiting", "Esc", &[Pushing], pushing::stop_waiting, "wait no longer: report what is known")
        .hint(1, "stop waiting"),
    command("close-result", "Enter Esc q", &[Outcome], moves::show_records, "back to the records")
        .hint(1, "records"),
    command("reload", "R", SCREENS, App::reload, "load the zone again; edits are kept and put on top")
        .hint(17, "reload")
        .when(App::may_reload),
    command("take-over", "W", PANES, App::take_over, "take this zone's draft from the editor that holds it")
        .when(App::may_take_over),
    command("bring-back", "", PANES, App::bring_back, "get the draft back that was discarded last")
        .when(App::may_bring_back),
    // What the rules find.
    command(
        "findings",
        "!",
        &[Records, Nameservers, Changes, FileChanges, Outcome, History],
        screen::open,
        "what the rules find in the zone with your changes",
    ),
    command(
        "quick-fix",
        "f",
        &[Records, Nameservers, Findings],
        fixing::mend,
        "put right what a rule found here: shows what will change; u undoes it",
    )
    .hint(10, "fix")
    .when(fixing::may_fix),
    command("apply-fix", "Enter f", &[Fixes], fixing::choose, "change the zone so; u undoes it")
        .hint(1, "fix"),
    command("go-to-finding", "Enter", &[Findings], screen::go_to, "go to the record, or where it is missing")
        .hint(1, "go to")
        .when(screen::has_selection),
    command(
        "acknowledge",
        "a",
        &[Findings],
        acknowledging::ask,
        "let the finding stand, with a reason: counted no more; once more takes that back",
    )
    .hint(3, "acknowledge")
    .taking(acknowledging::acknowledge)
    .when(acknowledging::may_acknowledge),
    command(
        "filter-findings",
        "/ F6",
        &[Findings],
        screen::start_filter,
        "list only findings that contain a text: of the name, the type, the sentence, the rule",
    )
    .hint(4, "filter"),
    command("clear-findings", "Esc", &[Findings], screen::back, "list all again; else go back"),
    command("leave-findings", "! q", &[Findings], screen::leave, "back").hint(5, "back"),
    // Proposed changes.
    command("take", "Enter", &[Proposal], proposal::take, "take what is ticked into the draft, as one step")
        .hint(1, "take"),
    command(
        "take-and-review",
        "w Ctrl-S F2",
        &[Proposal],
        proposal::take_and_review,
        "take it, then review and push",
    )
    .hint(2, "take and review"),
    command("tick", "Space", &[Proposal], proposal::tick, "take this change, or not").hint(3, "tick"),
    command("tick-all", "*", &[Proposal], proposal::tick_all, "take all, or none").hint(6, "all"),
    command("other-way", "a", &[Proposal], proposal::other_way, "replace the set, or add to it")
        .hint(4, "replace or add")
        .when(proposal::has_other_way),
    command("leave-proposal", "Esc q", &[Proposal], proposal::cancel, "leave it: nothing is changed")
        .hint(5, "leave"),
    // The zone as text.
    command("text", "t 2 F3", PANES, text::open, "the zone as text, in zonewright's own editor")
        .hint(9, "text")
        .when(text::may_open),
    command("text-changes", "2 F3", REVIEWS, text::open, "the zone as text").when(text::may_open),
    command(
        "editor",
        "E",
        PANES,
        text::edit_outside,
        "the zone as text, in your own editor ($VISUAL, $EDITOR)",
    )
    .when(text::may_edit_outside),
    command(
        "editor-text",
        "",
        &[Text],
        text::edit_outside,
        "this text in your own editor ($VISUAL, $EDITOR)",
    )
    .when(edits::may_edit),
    command("reload-text", "", &[Text], broken::reload, "read a file with errors again")
        .when(broken::may_reload),
    command("table", "F3 Ctrl-T Ctrl-X", &[Text], leave::to_table, "apply the text and go back to the table")
        .hint(1, "table"),
    command("text-review", "Ctrl-S F2", &[Text], leave::to_changes, "apply the text, then review and push")
        .hint(7, "review"),
    command("text-escape", "Esc", &[Text], text::escape, "lift the selection; twice: back to the table"),
    command("next-error", "Alt-N", &[Text], problems::next, "to the next error or warning")
        .hint(2, "next error")
        .when(problems::has_problems),
    command("previous-error", "Alt-P", &[Text], problems::previous, "to the error or warning before")
        .when(problems::has_problems),
    command("errors", "Alt-L F8", &[Text], problems::show, "all errors and warnings")
        .hint(3, "errors")
        .when(problems::has_problems),
    command("fix", "Alt-F", &[Text], problems::fix, "mend the error on this line as proposed")
        .hint(3, "fix")
        .when(problems::has_fix),
    command("find", "Ctrl-W F7", &[Text], find::find, "find, whatever the case").hint(5, "find"),
    command("find-next", "Alt-W", &[Text], find::find_next, "the next place"),
    command("find-previous", "Alt-Q", &[Text], find::find_previous, "the place before"),
    command("replace-text", "Alt-R", &[Text], find::replace, "replace one by one, or all")
        .when(edits::may_edit),
    command("line", "Ctrl-G", &[Text], find::go_to_line, "go to a line, or to line:column"),
    command("undo-text", "Alt-U", &[Text], text::undo_text, "take the last word, paste or command back")
        .hint(4, "undo")
        .when(edits::may_edit),
    command("redo-text", "Alt-E", &[Text], text::redo_text, "do it again").when(edits::may_edit),
    command("mark", "Ctrl-Space Alt-A", &[Text], text::mark, "set the mark: moving selects from there"),
    command("select-all", "", &[Text], text::select_all, "select the whole text"),
    command("cut", "Ctrl-K", &[Text], text::cut, "cut the selection, else the line").hint(6, "cut"),
    command("copy-text", "Alt-6 Alt-C", &[Text], text::copy_text, "copy the selection, else the line"),
    command("put", "Ctrl-U", &[Text], text::put_in, "put in what was cut or copied").hint(12, "put in"),
    command(
        "duplicate-line",
        "Alt-D F5",
        &[Text],
        text::duplicate_line,
        "a copy of the line, or of those selected",
    ),
    command("join-lines", "Alt-J", &[Text], text::join_lines, "join the next line to this one"),
    command("comment", "Alt-; Alt-3", &[Text], text::comment, "make the line a comment, or a comment a line"),
    command(
        "park-lines",
        "Alt-X",
        &[Text],
        text::park_record,
        "park the record: kept in the text, not sent; or take it back",
    )
    .hint(10, "park"),
    command("numbers", "Alt-0", &[Text], text::toggle_numbers, "show or hide line numbers"),
    command("walk", "Up Down Left Right", &[Text], text::walk, "one line or character; with Shift select"),
    command("walk-words", "Ctrl-Left Ctrl-Right", &[Text], text::walk, "one word"),
    command(
        "walk-line",
        "Home End Ctrl-A Ctrl-E",
        &[Text],
        text::walk,
        "to the start or the end of the line",
    ),
    command("walk-pages", "PgUp PgDn Ctrl-Y Ctrl-V", &[Text], text::walk, "one page"),
    command("walk-ends", "Ctrl-Home Ctrl-End", &[Text], text::walk, "to the start or the end of the text"),
    command("walk-also", "Ctrl-P Ctrl-N Ctrl-Up Ctrl-Down", &[Text], text::walk, "one line up or down"),
    command(
        "select",
        "Shift-Up Shift-Down Shift-Left Shift-Right Ctrl-Shift-Left Ctrl-Shift-Right Shift-Home Shift-End \
         Shift-PgUp Shift-PgDn Ctrl-Shift-Home Ctrl-Shift-End",
        &[Text],
        text::walk,
        "select while moving",
    ),
    command(
        "erase",
        "Backspace Del Ctrl-H Ctrl-D Ctrl-Backspace Ctrl-Del",
        &[Text],
        text::write,
        "delete the selection, else a character; with Ctrl a word",
    ),
    command("break", "Enter Tab", &[Text], text::write, "a new line, a tab"),
    command("search", "Enter", &[Prompt], find::accept, "take what was typed").hint(1, "take"),
    command("search-not", "Esc", &[Prompt], find::cancel, "close").hint(2, "close"),
    command("replace-this", "y Enter", &[Replacing], find::replace_this, "replace this one")
        .hint(1, "replace"),
    command("replace-skip", "n", &[Replacing], find::skip_this, "leave this one").hint(2, "leave"),
    command("replace-rest", "a", &[Replacing], find::replace_rest, "replace all that are left")
        .hint(3, "all"),
    command("replace-stop", "Esc q", &[Replacing], find::stop, "stop").hint(4, "stop"),
    command("go-to-error", "Enter", &[Problems], problems::go_to, "go there").hint(1, "go to"),
    // Moving.
    command("down", "Down j Ctrl-N", LISTS, |app| app.go(moves::Go::By(1)), "one row down"),
    command("up", "Up k Ctrl-P", LISTS, |app| app.go(moves::Go::By(-1)), "one row up"),
    command("page-down", "PgDn Ctrl-F", LISTS, |app| app.go(moves::Go::HalfPages(2)), "one page down"),
    command("page-up", "PgUp Ctrl-B", LISTS, |app| app.go(moves::Go::HalfPages(-2)), "one page up"),
    command("half-page-down", "Ctrl-D", LISTS, |app| app.go(moves::Go::HalfPages(1)), "half a page down"),
    command("half-page-up", "Ctrl-U", LISTS, |app| app.go(moves::Go::HalfPages(-1)), "half a page up"),
    command("first", "Home gg", LISTS, |app| app.go(moves::Go::First), "to the first row"),
    command("last", "End G", LISTS, |app| app.go(moves::Go::Last), "to the last row"),
    command("other-pane", "Tab Shift-Tab", PANES, moves::other_pane, "between nameservers and records")
        .hint(5, "pane"),
    command("records", "1", LISTS, moves::show_records, "the screen with nameservers and records"),
    command(
        "changes",
        "c 3",
        &[Records, Nameservers, Outcome, History, PastPush],
        changes::open,
        "the screen with the changes",
    )
    .hint(12, "changes"),
    command(
        "history",
        "5",
        &[Records, Nameservers, Changes, Outcome],
        history::open,
        "past pushes: what each changed, and taking one back",
    )
    .when(history::may_open),
    command("history-of-set", "h", PANES, history::open_of_set, "the pushes that changed this record set")
        .when(history::may_open),
    command("show-push", "Enter", &[History], history::show, "what this push changed, and what became of it")
        .hint(1, "show")
        .when(history::has_selection),
    command(
        "revert",
        "r",
        &[History, PastPush],
        history::revert,
        "take this push back: a draft that you review and push",
    )
    .hint(2, "revert")
    .when(history::may_revert),
    command("leave-history", "Esc q", &[History, PastPush], history::back, "back").hint(3, "back"),
    command(
        "note",
        "",
        &[Changes],
        palette::ask_note,
        "what the next push is for, for the history: note TEXT",
    )
    .taking(history::set_note),
    command("back-to-records", "c Esc q", REVIEWS, moves::show_records, "back to the records")
        .hint(7, "records"),
    command("back", "Esc", PANES, marking::back, "clear the filter; then the marks"),
    // Menus: the type chooser, the palette, the help.
    command("next-entry", "Down Ctrl-N", MENUS, |app| app.go(moves::Go::By(1)), "one line down"),
    command("previous-entry", "Up Ctrl-P", MENUS, |app| app.go(moves::Go::By(-1)), "one line up"),
    command("next-page", "PgDn", MENUS, |app| app.go(moves::Go::HalfPages(2)), "one page down"),
    command("previous-page", "PgUp", MENUS, |app| app.go(moves::Go::HalfPages(-2)), "one page up"),
    command("choose-type", "Enter", &[Chooser], forms::choose, "fill in the form for this type")
        .hint(1, "choose"),
    command("choose-entry", "Enter", &[Menu], menu::choose, "take this one").hint(1, "choose"),
    command("run", "Enter", &[Palette], palette::run, "run the command").hint(1, "run"),
    command(
        "complete",
        "Tab",
        &[Palette],
        palette::complete,
        "complete the command's name, or the path that it takes",
    )
    .hint(2, "complete"),
    command("keep-filter", "Enter", &[Filter], moves::keep_filter, "keep the filter and go to the rows")
        .hint(1, "keep"),
    command("drop-filter", "Esc", &[Filter], moves::clear_filter, "show everything again")
        .hint(2, "show all"),
    command("close", "Esc", &[Chooser, Menu, Palette, Help, Problems, Fixes], App::close_overlay, "close")
        .hint(3, "close"),
    // Dialogs and forms.
    command("next-button", "Right Tab", &[Dialog], dialog::next, "the next button"),
    command("previous-button", "Left Shift-Tab", &[Dialog], dialog::previous, "the button before"),
    command("press", "Enter", &[Dialog], dialog::press, "press the marked button").hint(1, "press"),
    command("cancel", "Esc", &[Dialog], dialog::escape, "the way out that changes nothing").hint(2, "cancel"),
    command("accept", "Enter", &[Form], forms::key, "accept the form").hint(1, "accept"),
    command("next-field", "Tab Down", &[Form], forms::key, "the next field").hint(2, "next field"),
    command("previous-field", "Shift-Tab Up", &[Form], forms::key, "the field before"),
    command("cancel-form", "Esc", &[Form], forms::key, "leave the form, change nothing").hint(3, "cancel"),
    command("accept-values", "Enter", &[Ask], ask::key, "go on with these values").hint(1, "go on"),
    command("next-value", "Tab Down", &[Ask], ask::key, "the next field").hint(2, "next field"),
    command("previous-value", "Shift-Tab Up", &[Ask], ask::key, "the field before"),
    command("cancel-values", "Esc", &[Ask], ask::key, "leave, change nothing").hint(3, "cancel"),
    command("next-choice", "Space", &[Form], forms::key, "the next choice, in a field that has some"),
    command("text-parts", "Alt-P", &[Form], forms::key, "a text as the parts that it is cut into, or as one"),
    command(
        "from",
        "F4 Ctrl-O",
        &[Form],
        forms::assist,
        "make the record from a file (certificate, SSH key, DNSKEY); MX: no mail",
    )
    .taking_path(forms::read_material)
    .when(forms::has_assist),
    // Everywhere.
    command(
        "help",
        "? F1",
        &[
            Records,
            Nameservers,
            Changes,
            FileChanges,
            Merge,
            Outcome,
            History,
            PastPush,
            Findings,
            Proposal,
            Waiting,
            Pushing,
        ],
        help::open,
        "every command and its keys, those of this screen first",
    )
    .hint(0, "help"),
    command(
        "help-here",
        "F1",
        &[Text, Form, Ask, Chooser, Menu, Palette, Filter],
        help::open,
        "every command and its keys; in a form all about the record type",
    )
    .hint(9, "help"),
    command("explain", "", PANES, help::explain_selected, "explain MX: all about a record type")
        .taking(help::explain_type),
    command(
        "palette",
        ": F9",
        SCREENS,
        palette::open,
        "run a command by its name; a number goes to that row",
    ),
    command(
        "palette-text",
        "F9",
        &[Text],
        palette::open,
        "run a command by its name; a number goes to that line",
    ),
    command("quit", "q F10", PANES, App::ask_quit, "quit; a draft is kept").hint(8, "quit"),
    command("quit-now", "q", &[Waiting], App::ask_quit, "quit; a draft is kept").hint(2, "quit"),
    command(
        "interrupt",
        "Ctrl-C",
        EVERYWHERE,
        App::interrupt,
        "cancel what is running; otherwise offer to quit",
    ),
    command(
        "suspend",
        "Ctrl-Z",
        EVERYWHERE,
        |app| app.effect(Effect::Suspend),
        "go to the shell; fg comes back",
    ),
    command("repaint", "Ctrl-L", EVERYWHERE, |app| app.effect(Effect::Repaint), "paint the screen again"),
];
