//! A push on the screen: the last question, the push under way, its result.

use std::sync::Arc;

use super::changes::wanted;
use super::describe::{self, count};
use super::dialog::Dialog;
use super::follow::Way;
use super::nameserver_sets::configured;
use super::way_out::WayOut;
use super::{App, Effect, Overlay, RequestId, Screen, Settings};
use crate::push::{
    Action, Event, Outcome, Plan, Push, Recorded, Recording, Report, ServerTraits, Stage, Verdict,
    danger_but_for, tally,
};
use crate::zone::{ChangeMap, Snapshot};

/// A push that needs nothing but a yes.
#[derive(Debug)]
pub struct Ready {
    /// The zone that was reviewed.
    base: Arc<Snapshot>,
    changes: ChangeMap,
    plan: Plan,
    recording: Recording,
}

/// A push under way.
#[derive(Debug)]
pub struct Pushing {
    request: RequestId,
    push: Recorded,
    pub stage: Option<Stage>,
    /// Changed RRsets that are pushed.
    pub changes: usize,
}

/// The end of a push, in lines.
#[derive(Debug)]
pub struct Results {
    pub lines: Vec<Line>,
    /// The first line on the screen.
    pub offset: usize,
    /// Where the lines stand that tell how it comes to the nameservers, and how many they are.
    pub(super) way_out: Option<(usize, usize)>,
}

impl Results {
    pub fn new(lines: Vec<Line>) -> Results {
        Results { lines, offset: 0, way_out: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub tone: Tone,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    /// Not known, or not as asked.
    Doubt,
    Plain,
}

pub fn may_push(app: &App) -> Result<(), String> {
    super::edits::may_edit(app)?;
    let (Screen::Changes(changes), Some(open)) = (&app.screen, app.open()) else {
        return Err("review the changes first".into());
    };
    if open.reloading.is_some() {
        return Err("the zone is being loaded".into());
    }
    changes.plan.as_ref().map(|_| ()).map_err(String::clone)
}

/// Why a yes is not enough for a push. The zone's own nameservers, where they become those that the configuration gives
/// the zone, were decided on there.
pub(super) fn danger(base: &Snapshot, changes: &ChangeMap, settings: &Settings) -> Option<String> {
    let nameservers = configured(settings).map(|(_, names)| names).unwrap_or_default();
    danger_but_for(base, changes, settings.brake_percent, &nameservers)
}

/// That the nameservers become those of the configuration.
fn as_configured(settings: &Settings) -> Option<String> {
    let (set, _) = configured(settings)?;
    Some(format!("Servers nameservers = \"{set}\", as the configuration gives this zone"))
}

/// Loads the zone again. What a result said of one that did not go well is about the zone before, so it goes.
pub fn reload(app: &mut App) {
    let failed = |line: &Line| matches!(line.tone, Tone::Bad | Tone::Doubt);
    if matches!(&app.screen, Screen::Result(results) if results.lines.first().is_some_and(failed)) {
        app.screen = Screen::Main;
    }
    app.reload();
}

/// Asks before anything is sent.
pub fn ask(app: &mut App) {
    let (Screen::Changes(shown), Some(open)) = (&app.screen, app.open()) else { return };
    let Ok(Some(plan)) = &shown.plan else { return };
    let base = open.draft.base();
    let changes = wanted(open);
    let prerequisites = count(plan.guard_count(), "prerequisite");
    let mut text = vec![
        format!("Zone    {}  serial {}", base.origin(), base.serial()),
        format!("Server  {}", app.settings.server),
        format!("Key     {}", app.settings.key.as_deref().unwrap_or("none: the update is not signed")),
        format!("Change  {}: {}", count(changes.len(), "record set"), tally(&changes).in_words()),
        format!("Guard   {prerequisites}: refused if somebody changed it meanwhile"),
    ];
    if let Some(split) = plan.split_note() {
        text.push(split);
    }
    text.extend(super::changes::brings(open));
    let findings = shown.lines.iter().filter(|line| line.kind == super::changes::LineKind::Finding).count();
    if findings > 0 {
        text.push(format!("Note    {} on the Changes screen", count(findings, "finding")));
    }
    if !app.past.note.is_empty() {
        text.push(format!("History note: {}", app.past.note));
    }
    if app.past.unrecorded {
        text.push("History cannot be written: this push goes without a record".into());
    }
    let danger = danger(base, &changes, &app.settings);
    if danger.is_none() && changes.contains_key(&open.apex()) {
        text.extend(as_configured(&app.settings));
    }
    let proof = danger.map(|danger| {
        text.push(format!("{danger} Type the name of the zone to push it:"));
        base.origin().to_string()
    });
    let recording = Recording { note: app.past.note.clone(), may_fail: app.past.unrecorded };
    let ready = Ready { base: base.clone(), changes, plan: plan.clone(), recording };
    app.overlay = Some(Overlay::Dialog(Dialog::push(text, ready, proof)));
}

impl App {
    pub(super) fn start_push(&mut self, ready: Ready) {
        let Some(open) = self.open() else { return };
        let traits = ServerTraits { kind: open.kind };
        let count = ready.changes.len();
        let push = Push::new(ready.base, ready.changes, traits, ready.plan);
        let (push, actions) = Recorded::new(push, ready.recording);
        self.stop_following();
        let request = self.next_request();
        self.screen = Screen::Pushing(Box::new(Pushing { request, push, stage: None, changes: count }));
        self.perform(actions);
    }

    pub(super) fn on_push(&mut self, request: RequestId, event: Event) {
        if let Screen::Pushing(pushing) = &mut self.screen
            && pushing.request == request
        {
            let actions = pushing.push.on(event);
            self.perform(actions);
        }
    }

    fn perform(&mut self, actions: Vec<Action>) {
        for action in actions {
            let Screen::Pushing(pushing) = &mut self.screen else { return };
            match action {
                Action::Show(stage) => pushing.stage = Some(stage),
                Action::Finish(report) => self.finish_push(*report),
                action => {
                    let request = pushing.request;
                    self.effect(Effect::Push { request, action });
                }
            }
        }
    }

    fn finish_push(&mut self, report: Report) {
        self.past.unrecorded = matches!(report.outcome, Outcome::NotRecorded(_));
        self.past.pushed = match report.outcome {
            Outcome::Applied | Outcome::Partly | Outcome::Unknown(_) => true,
            Outcome::NothingToDo | Outcome::Refused(_) => false,
            _ => self.past.pushed,
        };
        if self.past.pushed {
            self.past.note.clear();
            self.effect(Effect::AfterPush);
        }
        let Some(open) = self.open() else { return };
        let origin = open.draft.base().origin().clone();
        let lines = lines(&report, &origin, &Next::OF_ZONE);
        let is_own =
            |verdict: &Verdict| !matches!(verdict, Verdict::ChangedByServer(..) | Verdict::ChangedSince(..));
        let own = report.verdicts.iter().filter(|(.., verdict)| is_own(verdict));
        let own = own.map(|(key, ..)| key.clone()).collect();
        let apex = open.apex();
        let touches_apex = report.verdicts.iter().any(|(key, ..)| *key == apex);
        // Below what is not as it was asked for, above what is.
        let is_applied = |verdict: &Verdict| matches!(verdict, Verdict::Applied);
        let applied = report.verdicts.iter().filter(|(.., verdict)| is_applied(verdict)).count();
        let place = lines.len().saturating_sub(report.notes.len() + applied);
        let taken = report.verdicts.iter().filter(|(.., verdict)| {
            matches!(verdict, Verdict::Applied | Verdict::ChangedByServer(..) | Verdict::ChangedSince(..))
        });
        let taken: ChangeMap = taken.map(|(key, change, _)| (key.clone(), change.clone())).collect();
        let old = Arc::clone(open.draft.base());
        self.screen = Screen::Result(Box::new(Results::new(lines)));
        if let Some(zone) = report.zone {
            self.rebase(Arc::clone(&zone), Way::Pushed(own));
            self.keep_document();
            let servers = self.open().map(|open| open.nameservers.served(&zone)).unwrap_or_default();
            if let Some(way_out) = WayOut::new(&old, &zone, &taken, servers, self.now) {
                self.follow_out(way_out, place);
            }
            self.watch_nameservers();
            if touches_apex {
                self.ask_parent();
            }
        }
    }
}

pub fn stop_waiting(app: &mut App) {
    if let Screen::Pushing(pushing) = &mut app.screen {
        let actions = pushing.push.on(Event::Cancel);
        app.perform(actions);
    }
}

/// Where a push is, in words.
pub fn stage(stage: Stage) -> String {
    let text = match stage {
        Stage::CheckingSerial => "asking the server for its serial",
        Stage::LoadingZone => "loading the zone",
        Stage::Sending { step, total } if total > 1 => return format!("sending message {step} of {total}"),
        Stage::Stopping { step, total } => {
            return format!("stopping after message {step} of {total}, which is under way");
        }
        Stage::Sending { .. } => "sending the update",
        Stage::ReadingBack => "reading back what the server holds now",
        Stage::FindingReason => "asking for the reason, with updates that change nothing",
        Stage::WaitingForServer => "the server accepted it; waiting until it shows",
    };
    text.into()
}

/// What to do next, by the keys of the screen that says it.
pub(super) struct Next {
    partly: &'static str,
    conflict: &'static str,
    review: &'static str,
    not_recorded: &'static str,
    unknown: &'static str,
}

impl Next {
    /// After the push of the zone that is open.
    pub const OF_ZONE: Next = Next {
        partly: "What is missing is still in your draft: c shows it.",
        conflict: "Your draft is kept. M shows both sides, to decide one by one.",
        review: "Your draft is kept. Review it again (c), then push.",
        not_recorded: "To push without a record all the same, go to the changes (c) and push again.",
        unknown: "R loads the zone: what is in it by then leaves the draft by itself.",
    };

    /// At a zone of a job.
    pub const OF_JOB: Next = Next {
        partly: "What is missing is still in its draft: w sends it again.",
        conflict: "Its draft is kept. Enter goes there, M shows both sides.",
        review: "Its draft is kept. Look at it again here; w pushes it.",
        not_recorded: "Enter goes there: what is pushed a second time from its changes (c) goes without a record.",
        unknown: "R loads the zones: what is in this one by then leaves its draft by itself.",
    };
}

pub(super) fn lines(report: &Report, origin: &crate::zone::Name, next: &Next) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = |tone, text: String| lines.push(Line { tone, text });
    let number = count(report.verdicts.len(), "change");
    match &report.outcome {
        Outcome::Applied => line(Tone::Good, format!("Applied: {number}, as read back from the server.")),
        Outcome::Partly => {
            line(Tone::Bad, "Not everything is as it was asked for.".into());
            line(Tone::Plain, next.partly.into());
        }
        Outcome::Refused(failure) => {
            line(Tone::Bad, "Refused; the server changed nothing. Your draft is kept.".into());
            failure_lines(failure, &mut line);
        }
        Outcome::Conflict(keys) => {
            line(Tone::Bad, "Not pushed: others changed what you changed.".into());
            for key in keys {
                line(Tone::Bad, format!("  {}", describe::set(key, origin)));
            }
            line(Tone::Plain, next.conflict.into());
        }
        Outcome::ReviewAgain => {
            line(
                Tone::Doubt,
                "Not pushed: the zone moved on, and the same changes take another update now.".into(),
            );
            line(Tone::Plain, next.review.into());
        }
        Outcome::CannotSend(reason) => {
            line(Tone::Bad, "Not pushed. Your draft is kept.".into());
            line(Tone::Plain, reason.clone());
        }
        Outcome::CannotReach(failure) => {
            line(Tone::Bad, "Not pushed. Your draft is kept.".into());
            failure_lines(failure, &mut line);
        }
        Outcome::NotRecorded(failure) => {
            line(
                Tone::Bad,
                "Not pushed: it could not be recorded in the history. Your draft is kept.".into(),
            );
            failure_lines(failure, &mut line);
            line(Tone::Plain, next.not_recorded.into());
        }
        Outcome::Unknown(failure) => {
            line(Tone::Doubt, "Not known whether the server did it. Your draft is kept.".into());
            failure_lines(failure, &mut line);
            line(Tone::Plain, next.unknown.into());
        }
        Outcome::NothingToDo => line(Tone::Good, "The server has all of this already.".into()),
    }
    let answer = report.answer.map_or_else(|| "none".into(), |answer| answer.to_string());
    let serial = match report.serial_after {
        Some(after) => format!("{} -> {after}", report.serial_before),
        None => report.serial_before.to_string(),
    };
    line(Tone::Plain, format!("Serial {serial}.  Answer {answer}."));
    // What is not as it was asked for comes first: it must not stand below a thousand that are.
    let (applied, others): (Vec<_>, Vec<_>) =
        report.verdicts.iter().partition(|(.., verdict)| matches!(verdict, Verdict::Applied));
    for (key, _, verdict) in others.into_iter().chain(applied) {
        let name = describe::set(key, origin);
        let (tone, word, why) = match verdict {
            Verdict::Applied => (Tone::Good, "applied", None),
            Verdict::NotApplied(why) => (Tone::Bad, "not applied", Some(why)),
            Verdict::ChangedByServer(_, why) => (Tone::Doubt, "changed by server", Some(why)),
            Verdict::ChangedSince(_, why) => (Tone::Doubt, "changed since", Some(why)),
            Verdict::Unknown(why) => (Tone::Doubt, "unknown", Some(why)),
        };
        line(tone, format!("{word:<18} {name}"));
        if let Some(why) = why {
            line(Tone::Plain, format!("{:<18} {why}", ""));
        }
    }
    for note in &report.notes {
        line(Tone::Doubt, note.clone());
    }
    lines
}

fn failure_lines(failure: &crate::facts::Failure, line: &mut impl FnMut(Tone, String)) {
    for text in [&failure.what, &failure.why, &failure.next] {
        line(Tone::Plain, text.clone());
    }
}
