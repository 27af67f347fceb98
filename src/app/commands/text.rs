//! What is done with the zone as text. The files of the screens say what each command does.

use super::Context::{Changes, FileChanges, Nameservers, Problems, Prompt, Records, Replacing, Text};
use super::{Command, Context, command};
use crate::app::edits;
use crate::app::text::{self, broken, find, leave, problems};

const PANES: &[Context] = &[Records, Nameservers];
const REVIEWS: &[Context] = &[Changes, FileChanges];

/// What is done with the zone as text.
pub static TEXT: &[Command] = &[
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
];
