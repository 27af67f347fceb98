//! Sending changes from the command line: the last checks, the question, the push, and what came of it.
//!
//! The difference, or with `--json` the report, goes to standard output, everything else to standard error.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::access::{self, Target};
use super::history;
use super::merged::{conflicts_json, conflicts_over};
use super::results::{print_json, results, unprinted};
use super::verbs::say;
use super::world::World;
use super::{Exit, Stop};
use crate::app::Loaded;
use crate::facts::history::Ending;
use crate::push::{
    self, Outcome, Plan, Prediction, Push, Recorded, Recording, Report, ServerTraits, Verdict,
};
use crate::zone::merge::Conflict;
use crate::zone::{ChangeMap, Name, RrKey, Snapshot};
use crate::zonefile;

/// How a verb that sends something was asked to do it.
#[derive(Debug, Clone, Default)]
pub struct PushOptions {
    pub dry_run: bool,
    pub yes: bool,
    pub force: bool,
    pub json: bool,
    /// For the history.
    pub note: String,
}

/// A zone loaded for changing it.
pub struct Sender<'a> {
    target: &'a Target,
    options: &'a PushOptions,
    world: World,
    runtime: Runtime,
    loaded: Loaded,
}

impl<'a> Sender<'a> {
    /// Loads the zone, and says which push was interrupted.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn start(target: &'a Target, options: &'a PushOptions) -> Result<Sender<'a>, Stop> {
        let world = target.recorded_world()?;
        let runtime = access::runtime()?;
        let loaded = runtime.block_on(world.load(|_| {}))?;
        if let Some(recorder) = world.recorder() {
            history::tell_interrupted(&recorder.history, &loaded.zone);
        }
        Ok(Sender { target, options, world, runtime, loaded })
    }

    /// The zone as loaded.
    pub fn base(&self) -> Arc<Snapshot> {
        Arc::clone(&self.loaded.zone)
    }

    /// The zone as it was with this serial; `None` where nobody knows any more. (The server's journal is asked; the
    /// history of our own pushes may know more.)
    ///
    /// # Errors
    /// [`Stop`] where the server cannot be asked.
    pub fn before(&self, serial: u32) -> Result<Option<Snapshot>, Stop> {
        Ok(self.runtime.block_on(self.world.before(&self.loaded.zone, serial))?)
    }

    /// Ends where there is nothing to send.
    ///
    /// # Errors
    /// [`Stop`] where standard output fails.
    pub fn nothing_to_do(&self, why: &str) -> Result<Exit, Stop> {
        say(why);
        if !self.options.dry_run {
            self.settle_interrupted(&self.loaded.zone);
        }
        self.print_unsent(Ending::NothingToDo.word(), why, &ChangeMap::new(), &[], &[])?;
        Ok(Exit::Done)
    }

    fn settle_interrupted(&self, zone: &Snapshot) {
        if let Some(recorder) = self.world.recorder() {
            history::settle_interrupted(&recorder.history, zone);
        }
    }

    /// Ends where the answer is no before anything was sent.
    ///
    /// # Errors
    /// Always [`Stop`], with this.
    pub fn stop(&self, why: String, changes: &ChangeMap) -> Result<Exit, Stop> {
        self.print_unsent(Ending::NotSent.word(), &why, changes, &[], &[])?;
        Err(Stop::no(why))
    }

    /// The same where others changed what these changes are about.
    ///
    /// # Errors
    /// Always [`Stop`], with this.
    pub fn stop_at(&self, conflicts: &[Conflict], why: String, changes: &ChangeMap) -> Result<Exit, Stop> {
        self.print_unsent(Ending::Conflict.word(), &why, changes, &[], conflicts)?;
        Err(Stop::no(why))
    }

    /// Shows the changes, asks, sends them and tells what came of it.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn send(self, changes: ChangeMap) -> Result<Exit, Stop> {
        let (base, options) = (self.base(), self.options);
        let traits = ServerTraits { kind: self.loaded.kind };
        if !options.json {
            let mut out = BufWriter::new(results());
            zonefile::diff::print_diff(&changes, &mut out).and_then(|()| out.flush()).map_err(not_sent)?;
        }
        let plan = match push::plan(&base, &changes, traits) {
            Ok(plan) => plan,
            Err(error) => return self.stop(error.to_string(), &changes),
        };
        let predictions = push::predict(&base, &plan, &changes, traits);
        tell_prospects(&base, &plan, &predictions);
        if options.dry_run {
            if let Some(danger) = self.danger(&base, &changes) {
                say(&format!("warning: {danger} To push it, --force is needed."));
            }
            let why = "Nothing was sent: this was a dry run.";
            say(why);
            self.print_unsent("dry-run", why, &changes, &predictions, &[])?;
            return Ok(Exit::No);
        }
        let danger = self.danger(&base, &changes).filter(|_| !options.force);
        if let Some(danger) = &danger
            && (options.yes || !io::stdin().is_terminal())
        {
            let words = if options.yes { "--force" } else { "--force --yes" };
            let why = format!("{danger} Nothing was sent. If this is what you want, say {words}.");
            return self.stop(why, &changes);
        }
        if let Err(why) = &self.loaded.editable {
            let stopped = self.stop(format!("Nothing was sent: {why}"), &changes);
            return match self.world.is_unanswered() {
                true => stopped.map_err(|stop| Stop { exit: Exit::CouldNotRun, ..stop }),
                false => stopped,
            };
        }
        if !options.yes && !confirmed(base.origin(), &changes, danger.as_deref())? {
            say("Nothing was sent.");
            self.print_unsent(Ending::NotSent.word(), "The answer was no.", &changes, &[], &[])?;
            return Ok(Exit::No);
        }
        self.drive(&base, changes, traits, plan)
    }

    /// Why a yes is not enough, as in the editor: that the zone gets the nameservers that the configuration gives it was
    /// decided on there.
    fn danger(&self, base: &Snapshot, changes: &ChangeMap) -> Option<String> {
        let nameservers = self.target.config().nameservers_of(base.origin());
        let names = nameservers.map(|(_, names)| names).unwrap_or_default();
        push::danger_but_for(base, changes, self.target.server.brake_percent, &names)
    }

    fn drive(
        self,
        base: &Arc<Snapshot>,
        changes: ChangeMap,
        traits: ServerTraits,
        plan: Plan,
    ) -> Result<Exit, Stop> {
        // The same stage again is no news.
        let shown = Cell::new(None);
        let stages = |stage| {
            if shown.replace(Some(stage)) != Some(stage) {
                say(&stage_in_words(stage));
            }
        };
        let recording = Recording { note: self.options.note.clone(), may_fail: self.options.force };
        let push = Push::new(Arc::clone(base), changes.clone(), traits, plan);
        let push = Recorded::new(push, recording);
        let report = self.runtime.block_on(self.world.drive(push, stages, interrupts()));
        let exit = tell_report(&report, base.origin());
        if let (Exit::Done, Some(zone)) = (&exit, &report.zone) {
            self.settle_interrupted(zone);
        }
        let recorder = self.world.recorder();
        let id = recorder.and_then(|recorder| recorder.last());
        if let Some(id) = &id {
            say(&format!("In the history as {id}."));
        }
        if let Some(trouble) = recorder.and_then(|recorder| recorder.tell_program()) {
            say(&format!("warning: {trouble}"));
        }
        if self.options.json {
            let conflicts = match (&report.outcome, &report.zone) {
                (Outcome::Conflict(_), Some(now)) => conflicts_over(base, &changes, now),
                _ => Vec::new(),
            };
            let mut value = report_json(&report, &changes);
            if let Some(object) = value.as_object_mut() {
                object.insert("id".into(), id.map(|id| id.to_string()).into());
                object.insert("note".into(), self.options.note.as_str().into());
                object.insert("conflicts".into(), conflicts_json(&conflicts));
            }
            self.print(value).map_err(|stop| unprinted(exit, stop))?;
        }
        Ok(exit)
    }

    /// The report on what was not sent.
    fn print_unsent(
        &self,
        outcome: &str,
        why: &str,
        changes: &ChangeMap,
        predictions: &[Prediction],
        conflicts: &[Conflict],
    ) -> Result<(), Stop> {
        if !self.options.json {
            return Ok(());
        }
        let warnings = predictions.iter().map(|prediction| {
            let RrKey { owner, rtype, .. } = &prediction.key;
            json!({ "name": owner.to_string(), "type": rtype.to_string(), "message": prediction.message })
        });
        self.print(json!({
            "outcome": outcome,
            "why": why,
            "serial_before": self.loaded.zone.serial(),
            "changes": zonefile::diff::diff_json(changes),
            "warnings": warnings.collect::<Vec<Value>>(),
            "conflicts": conflicts_json(conflicts),
        }))
        .map_err(not_sent)
    }

    fn print(&self, mut value: Value) -> Result<(), Stop> {
        if let Some(object) = value.as_object_mut() {
            object.insert("zone".into(), self.loaded.zone.origin().to_string().into());
            object.insert("server".into(), self.target.server.name.as_str().into());
        }
        print_json(&mut BufWriter::new(results()), &value)
    }
}

/// Where that cannot be printed which is to be sent, or why nothing is.
fn not_sent(stop: impl Into<Stop>) -> Stop {
    let stop = stop.into();
    Stop { message: format!("Nothing was sent. {}", stop.message), ..stop }
}

/// A message for each Ctrl-C from here on, which no longer ends the program.
pub fn interrupts() -> UnboundedReceiver<()> {
    let (sender, receiver) = unbounded_channel();
    // Where signals cannot be had, Ctrl-C ends the program as it always did.
    if let Ok(mut signals) = Signals::new([SIGINT]) {
        thread::spawn(move || signals.forever().take_while(|_| sender.send(()).is_ok()).for_each(drop));
    }
    receiver
}

fn report_json(report: &Report, changes: &ChangeMap) -> Value {
    let end = report.end();
    let verdicts: BTreeMap<&RrKey, &Verdict> =
        report.verdicts.iter().map(|(key, _, verdict)| (key, verdict)).collect();
    let verdict = |key: &RrKey| verdicts.get(key).map(|verdict| (*verdict).clone());
    json!({
        "outcome": end.ending.word(),
        "why": Some(end.why).filter(|why| !why.is_empty()),
        "serial_before": report.serial_before,
        "serial_after": report.serial_after,
        "answer": report.answer.map(|answer| answer.to_string()),
        "notes": report.notes,
        "changes": history::sets_json(changes, end.ending, verdict),
    })
}

fn tell_prospects(base: &Snapshot, plan: &Plan, predictions: &[Prediction]) {
    for note in &plan.notes {
        say(&format!("note: {note}"));
    }
    for prediction in predictions {
        say(&format!("warning: {}: {}", key_in_words(&prediction.key, base.origin()), prediction.message));
    }
}

/// Asks for a yes, or, for a push that is dangerous, for the name of the zone.
fn confirmed(zone: &Name, changes: &ChangeMap, danger: Option<&str>) -> Result<bool, Stop> {
    if !io::stdin().is_terminal() {
        return Err(Stop::usage(
            "Nothing was sent: standard input is no terminal, so that nothing can be asked there. Say --yes to push \
             without a question."
                .into(),
        ));
    }
    let mut err = io::stderr();
    let sets = changes.len();
    match danger {
        Some(danger) => write!(err, "{danger} Push {sets} changed record sets? Type the name of the zone: ")?,
        None => write!(err, "Push {sets} changed record sets to {zone}? Type yes: ")?,
    }
    err.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    let answer = answer.trim();
    Ok(match danger {
        Some(_) => {
            Name::parse(answer.as_bytes(), Some(Name::root().as_ref())).is_ok_and(|name| name == *zone)
        }
        None => answer == "yes",
    })
}

fn stage_in_words(stage: push::Stage) -> String {
    let text = match stage {
        push::Stage::CheckingSerial => "Checking that the zone is still the one reviewed.",
        push::Stage::LoadingZone => "Loading the zone.",
        push::Stage::Sending { step, total } if total > 1 => {
            return format!("Sending message {step} of {total}.");
        }
        push::Stage::Stopping { step, total } => {
            return format!("Stopping after message {step} of {total}, which is under way.");
        }
        push::Stage::Sending { .. } => "Sending the update.",
        push::Stage::ReadingBack => "Reading the zone back.",
        push::Stage::FindingReason => "Asking the server for the reason, with updates that change nothing.",
        push::Stage::WaitingForServer => "Waiting for the server to show the change.",
    };
    text.into()
}

/// "www A".
pub fn key_in_words(key: &RrKey, origin: &Name) -> String {
    format!("{} {}", key.owner.relative_to(origin), key.rtype)
}

fn tell_report(report: &Report, zone: &Name) -> Exit {
    // Thousands of lines, which go out in few pieces. A standard error that is gone is no reason to stop.
    let mut said = BufWriter::new(io::stderr().lock());
    for (key, _, verdict) in &report.verdicts {
        let (word, sentence) = match verdict {
            Verdict::Applied => ("applied", ""),
            Verdict::NotApplied(why) => ("NOT applied", why.as_str()),
            Verdict::ChangedByServer(_, why) => ("CHANGED BY SERVER", why.as_str()),
            Verdict::ChangedSince(_, why) => ("APPLIED, THEN CHANGED", why.as_str()),
            Verdict::Unknown(why) => ("UNKNOWN", why.as_str()),
        };
        let _ = writeln!(said, "{}", format!("{word}: {} {sentence}", key_in_words(key, zone)).trim_end());
    }
    drop(said);
    for note in &report.notes {
        say(&format!("note: {note}"));
    }
    let serial = match report.serial_after {
        Some(serial) => format!("serial {} -> {serial}", report.serial_before),
        None => format!("serial was {}", report.serial_before),
    };
    let (line, exit) = match &report.outcome {
        Outcome::Applied => ("Every change is applied".into(), Exit::Done),
        Outcome::NothingToDo => ("The server already holds all of it".into(), Exit::Done),
        Outcome::Partly => ("Not every change is applied; see above".into(), Exit::No),
        Outcome::Refused(failure) => (failure.to_string(), Exit::No),
        Outcome::Conflict(keys) => {
            let names: Vec<String> = keys.iter().map(|key| key_in_words(key, zone)).collect();
            (format!("Not pushed: somebody else changed {} meanwhile", names.join(", ")), Exit::No)
        }
        Outcome::ReviewAgain => {
            ("Not pushed: the zone changed meanwhile, and so did the plan. Run it again".into(), Exit::No)
        }
        Outcome::CannotSend(why) => (format!("Not pushed. {why}"), Exit::No),
        Outcome::CannotReach(failure) => (format!("Not pushed. {failure}"), Exit::CouldNotRun),
        Outcome::NotRecorded(failure) => {
            let line = "Not pushed: it could not be recorded in the history; --force pushes it all the same";
            (format!("{line}. {failure}"), Exit::CouldNotRun)
        }
        Outcome::Unknown(failure) => {
            (format!("It is not known whether it was applied. {failure}"), Exit::Unknown)
        }
    };
    say(&format!("{} ({serial}).", line.trim_end_matches('.')));
    exit
}

impl crate::cli::SendArgs {
    /// With a note for the history.
    pub fn options(&self, note: Option<String>) -> PushOptions {
        PushOptions {
            dry_run: self.dry_run,
            yes: self.yes,
            force: self.force,
            json: self.json,
            note: note.unwrap_or_default(),
        }
    }
}
