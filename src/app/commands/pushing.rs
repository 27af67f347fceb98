//! What is done with changes: review, push, history, findings, proposals. The files of the screens say what each command does.

use super::Context::{
    Changes, FileChanges, Findings, Fixes, History, Merge, Nameservers, PastPush, Proposal, Pushing, Records,
    Result as Outcome, Waiting,
};
use super::{Command, Context, command};
use crate::app::findings::{acknowledging, fixing, network, screen};
use crate::app::{App, changes, file, merge, moves, proposal, pushing, way_out};

const PANES: &[Context] = &[Records, Nameservers];
const REVIEWS: &[Context] = &[Changes, FileChanges];
/// From where the Merge screen can be opened.
const BEFORE_MERGE: &[Context] = &[Records, Nameservers, Changes, FileChanges];
const SCREENS: &[Context] =
    &[Records, Nameservers, Changes, FileChanges, Merge, Outcome, History, PastPush, Findings, Waiting];

/// What is done with changes: review, push, history, findings, proposals.
pub static PUSHING: &[Command] = &[
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
    command("merge-result", "M m", &[Outcome], merge::open, "decide what you and others changed")
        .hint(2, "both sides")
        .when(merge::may_open),
    command("review-again", "w Ctrl-S F2", &[Outcome], changes::open, "review what is left, then push it")
        .hint(3, "review again")
        .when(file::has_changes),
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
    command(
        "ask-resolvers",
        "p",
        &[Outcome],
        way_out::ask_resolvers,
        "ask the public resolvers of the configuration whether they have what was changed",
    )
    .when(way_out::may_ask_resolvers),
    command(
        "way-out",
        "",
        &[Records, Nameservers, Changes, History],
        way_out::show,
        "how the last push comes to the nameservers, and until when caches may hold the old",
    )
    .when(way_out::may_show),
    command("close-result", "Enter Esc q", &[Outcome], moves::show_records, "back to the records")
        .hint(1, "records"),
    command("reload", "R", SCREENS, pushing::reload, "load the zone again; edits are kept and put on top")
        .hint(17, "reload")
        .when(App::may_reload),
    command(
        "take-over",
        "W",
        &[Records, Nameservers, Changes, FileChanges, Merge, Findings, History],
        App::take_over,
        "take this zone's draft from the editor that holds it",
    )
    .when(App::may_take_over),
    command(
        "bring-back",
        "",
        &[Context::Records, Context::Nameservers, Context::Text],
        App::bring_back,
        "get the draft or text back that was discarded last",
    )
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
        PANES,
        fixing::mend,
        "put right what a rule found here: shows what will change; u undoes it",
    )
    .hint(10, "fix")
    .when(fixing::may_fix),
    command(
        "fix-finding",
        "f",
        &[Findings],
        fixing::mend,
        "put this right as shown below the list, or choose how; u undoes it",
    )
    .hint(2, "fix")
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
    command(
        "check-network",
        "n",
        &[Findings],
        network::ask,
        "ask nameservers, the zone above, resolvers and web servers about the zone; once more stops that",
    )
    .hint(6, "ask others")
    .when(network::may_ask),
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
];
