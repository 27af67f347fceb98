//! What is there on many screens: moving, menus, dialogs, screens, help. The files of the screens say what each command does.

use super::Context::{
    Ask, Changes, Chooser, Dialog, FileChanges, Filter, Findings, Fixes, Form, Help, History, Menu, Merge,
    Nameservers, Palette, PastPush, Problems, Proposal, Pushing, Records, Result as Outcome, Text, Waiting,
};
use super::{Command, Context, command};
use crate::app::{App, Effect, ask, changes, dialog, forms, help, history, marking, menu, moves, palette};

const PANES: &[Context] = &[Records, Nameservers];
const REVIEWS: &[Context] = &[Changes, FileChanges];
const LISTS: &[Context] =
    &[Records, Nameservers, Changes, FileChanges, Merge, Proposal, Outcome, History, PastPush, Findings];
const MENUS: &[Context] = &[Chooser, Menu, Palette, Help, Problems, Fixes];
const SCREENS: &[Context] =
    &[Records, Nameservers, Changes, FileChanges, Merge, Outcome, History, PastPush, Findings, Waiting];
const ANYWHERE: &[Context] = &Context::ALL;

/// What is there on many screens: moving, menus, dialogs, screens, help.
pub static EVERYWHERE: &[Command] = &[
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
        "make the record from a file (certificate, SSH or OpenPGP key, DNSKEY); MX: no mail",
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
        ANYWHERE,
        App::interrupt,
        "cancel what is running; otherwise offer to quit",
    ),
    command(
        "suspend",
        "Ctrl-Z",
        ANYWHERE,
        |app| app.effect(Effect::Suspend),
        "go to the shell; fg comes back",
    ),
    command("repaint", "Ctrl-L", ANYWHERE, |app| app.effect(Effect::Repaint), "paint the screen again"),
];
