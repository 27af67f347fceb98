//! `zonewright secondary add` and `remove`: the jobs of one zone, one service after the other, with questions on the
//! terminal.

mod place;

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::spawn_blocking;

use super::super::access::{self, state_directory};
use super::super::configured::Configured;
use super::super::pushing::interrupts;
use super::super::registering::Performer;
use super::super::results::{print_json, results, unprinted};
use super::super::verbs::{say, zone_name};
use super::super::world::World;
use super::super::{Exit, Stop};
use super::{backends, left, words};
use crate::cli::JobArgs;
use crate::dns::questions;
use crate::doctor::plain;
use crate::facts::clean::clean;
use crate::facts::{Failure, FailureKind, Make};
use crate::registering::{
    Action, Answer, Doing, Event, Goal, Job, Question, Registering, Report, ServedBy, Step, StepState, Terms,
};
use crate::secondary::Service;
use crate::store::registrations::{Opened, RegistrationFile};
use crate::zone::Name;

/// The server in the path of what is kept of a zone that has none.
const NO_SERVER: &str = "no-server";
/// How long the new secondary is waited for at most, where the person is willing to wait longer for the service.
const MOST_FOR_SERVING: Duration = Duration::from_secs(120);

/// What all jobs of one command have in common.
struct Work<'a> {
    zone: Name,
    configured: Configured,
    arguments: &'a JobArgs,
    runtime: Runtime,
    /// The zone at its primary, or why it cannot be had; and the server's name.
    world: Result<Arc<World>, Failure>,
    label: String,
    interrupts: UnboundedReceiver<()>,
    reports: Vec<Value>,
    /// The person wants no more: nothing else is begun.
    stopped: bool,
}

/// Registers a zone.
///
/// # Errors
/// [`Stop`] where nothing could be begun.
pub fn add(
    zone: &str,
    primary: Option<IpAddr>,
    change_primary: bool,
    arguments: &JobArgs,
) -> Result<Exit, Stop> {
    let goal = if change_primary { Goal::ChangePrimary } else { Goal::Add };
    Work::new(zone, arguments)?.all(goal, primary)
}

/// Removes a zone.
///
/// # Errors
/// [`Stop`] where nothing could be begun.
pub fn remove(zone: &str, arguments: &JobArgs) -> Result<Exit, Stop> {
    Work::new(zone, arguments)?.all(Goal::Remove, None)
}

impl<'a> Work<'a> {
    fn new(zone: &str, arguments: &'a JobArgs) -> Result<Work<'a>, Stop> {
        let zone = zone_name(zone)?;
        let configured = Configured::new(&arguments.server)?;
        if !arguments.yes && !io::stdin().is_terminal() {
            return Err(Stop::usage(
                "Nobody is here to ask: say --yes to do it without a question, also to the proof of ownership. \
                 Nothing was sent."
                    .into(),
            ));
        }
        let (world, label) = match configured.target(&zone) {
            Ok(target) => {
                target.weak_keys().iter().for_each(|warning| say(&format!("warning: {warning}")));
                let label = target.server.name.clone();
                (target.recorded_world().map(Arc::new), label)
            }
            Err(stop) => (Err(stop), NO_SERVER.into()),
        };
        let world = world.map_err(|stop| Failure {
            kind: FailureKind::Local,
            what: "The zone cannot be loaded.".into(),
            why: stop.message,
            next: "Mend that where a proof of ownership has to be put into the zone.".into(),
        });
        let runtime = access::runtime()?;
        let interrupts = interrupts();
        Ok(Work {
            zone,
            configured,
            arguments,
            runtime,
            world,
            label,
            interrupts,
            reports: Vec::new(),
            stopped: false,
        })
    }

    /// Does it at each service that is meant. The worst exit status counts.
    fn all(mut self, goal: Goal, primary: Option<IpAddr>) -> Result<Exit, Stop> {
        let backends =
            backends(&self.configured, Some(&self.zone), self.arguments.backend.as_deref(), false)?;
        left::tidy_up(&self.configured, &self.runtime)?;
        let mut worst = Exit::Done;
        let several = backends.len() > 1;
        for backend in &backends {
            if self.stopped {
                say(&format!("{}: not begun.", clean(backend)));
                worst = Exit::No;
                continue;
            }
            let exit = match self.one(backend, goal, primary) {
                Ok(exit) => exit,
                Err(stop) if !several => {
                    self.runtime.shutdown_background();
                    return Err(stop);
                }
                Err(stop) => {
                    say(&format!("{}: {}", clean(backend), stop.message));
                    stop.exit
                }
            };
            if exit as u8 > worst as u8 {
                worst = exit;
            }
        }
        // A call that nobody waits for any more is left alone.
        self.runtime.shutdown_background();
        if self.arguments.json {
            print_json(&mut results(), &Value::Array(self.reports)).map_err(|stop| unprinted(worst, stop))?;
        }
        Ok(worst)
    }

    fn one(&mut self, backend: &str, goal: Goal, primary: Option<IpAddr>) -> Result<Exit, Stop> {
        let service = self.configured.service(backend)?;
        let opened = RegistrationFile::open(&state_directory()?, &self.label, &self.zone, backend)?;
        let (file, saved) = match opened {
            Opened::Ours(file, saved) => (file, saved),
            Opened::HeldBy(holder) => {
                return Err(Stop::usage(format!(
                    "{holder} is at it with {} at {}. Nothing was sent; try again when it is done.",
                    plain(&self.zone),
                    clean(backend)
                )));
            }
        };
        let abilities = service.abilities();
        let place = self.place(&service, backend, goal, saved.as_ref())?;
        let wanted = self.wanted(place, backend, goal, primary, abilities, saved.as_ref())?;
        let terms = Terms {
            abilities,
            acceptance: Duration::from_secs(self.arguments.wait),
            serving: Duration::from_secs(self.arguments.wait).min(MOST_FOR_SERVING),
        };
        let job = Job { goal, wanted };
        let performer = Performer::new(Some(Arc::clone(&service)), self.world.clone(), file);
        let mut saved = saved;
        if let Some(left) = saved.take_if(|saved| saved.doing == Doing::CleaningUp) {
            say("A record of an earlier proof of ownership may still be in the zone: it is taken out.");
            let report = self.drive(&performer, Registering::clean_up(left, terms));
            if let Some(left) = report.left {
                return Err(Stop::no(format!("The record is still in the zone. {}", left.why)));
            }
        }
        if saved.as_ref().is_some_and(|saved| saved.job == job) {
            say("An earlier run did not come to its end: it is gone on with.");
        } else if goal != Goal::Remove && !self.may_begin(&job, &*service, backend)? {
            say("Nothing was sent.");
            return Ok(Exit::No);
        }
        if goal == Goal::Remove
            && let Some(instructions) = service.instructions(&job.wanted, true)
        {
            instructions.lines().for_each(|line| say(&format!("    {}", clean(line))));
        }
        let start = match saved {
            Some(saved) => Registering::resume(job.clone(), saved, terms),
            None => Registering::new(job.clone(), terms),
        };
        let report = self.drive(&performer, start);
        performer.warnings().iter().for_each(|warning| say(&format!("warning: {warning}")));
        service.warnings().iter().for_each(|warning| say(&format!("warning: {}", clean(warning))));
        self.tell(&report, &job, backend)
    }

    /// Does what takes a while, unless the person has enough: then it is left alone.
    fn unless_stopped<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, Stop> {
        let interrupts = &mut self.interrupts;
        let done = self.runtime.block_on(async {
            tokio::select! {
                done = spawn_blocking(work) => Some(done),
                Some(()) = interrupts.recv() => None,
            }
        });
        match done {
            Some(done) => done.map_err(|error| Stop::usage(format!("{error}.")))?,
            None => {
                self.stopped = true;
                Err(Stop::no("Given up. Nothing was sent.".into()))
            }
        }
    }

    /// Asks before a registration is begun.
    fn may_begin(&mut self, job: &Job, service: &dyn Service, backend: &str) -> Result<bool, Stop> {
        let at = job.wanted.place.service.as_ref().map_or_else(String::new, |place| format!(" ({place})"));
        let from =
            job.wanted.primary.map_or_else(String::new, |primary| format!(", transferred from {primary}"));
        let what = format!("{} at {}{}{from}", plain(&self.zone), clean(backend), clean(&at));
        let verb = if job.goal == Goal::Add { "Register" } else { "Change the primary of" };
        say(&format!("{verb} {what}."));
        if let Some(instructions) = service.instructions(&job.wanted, false) {
            instructions.lines().for_each(|line| say(&format!("    {}", clean(line))));
        }
        if self.arguments.yes {
            return Ok(true);
        }
        let answer = self.unless_stopped(|| Ok(ask("Type yes: ")?))?;
        Ok(answer == "yes")
    }

    /// Walks a job to its end.
    fn drive(&mut self, performer: &Performer, start: (Registering, Vec<Action>)) -> Report {
        let (mut registering, mut actions) = start;
        let yes = self.arguments.yes;
        let (interrupts, stopped) = (&mut self.interrupts, &mut self.stopped);
        self.runtime.block_on(async {
            let mut told = Told::default();
            // What is being performed: one thing at a time, and the last one is it.
            let mut performing = None;
            loop {
                for action in actions {
                    match action {
                        Action::Finish(report) => return *report,
                        Action::Show => told.tell(&registering),
                        action => performing = Some(Box::pin(perform(performer, action, yes))),
                    }
                }
                let event = match &mut performing {
                    // A machine that waits for nothing and does not finish would wait for ever.
                    None => Event::Cancel,
                    Some(under_way) => tokio::select! {
                        event = under_way => {
                            performing = None;
                            event
                        }
                        Some(()) = interrupts.recv() => {
                            *stopped = true;
                            if !registering.is_ending() {
                                say("It is being given up; what is in the zone is taken out.");
                            }
                            Event::Cancel
                        }
                    },
                };
                actions = registering.on(event);
            }
        })
    }

    fn tell(&mut self, report: &Report, job: &Job, backend: &str) -> Result<Exit, Stop> {
        let (_, line, exit) = words::ending(report, &self.zone, backend);
        say(&line);
        report.notes.iter().for_each(|note| say(&format!("note: {}", clean(note))));
        if let Some(left) = &report.left {
            say(&format!("warning: this is still in the zone: {}", left.why));
            left.proofs.iter().for_each(|proof| say(&format!("    {}", words::record(proof))));
            say("It is taken out at the next zonewright secondary add or remove of this zone.");
        }
        let is_new = !report.offered.is_empty();
        let make = if is_new { self.make() } else { Make::Unknown };
        if self.arguments.json {
            let service = job.wanted.place.service.as_deref();
            self.reports.push(words::report_json(report, &self.zone, backend, service, make));
        } else {
            report.serving.iter().for_each(|one| say(&words::sighting(one)));
            let mut out = results();
            let mut lines = words::around(report, &self.zone, make).into_iter();
            let printed = lines.try_for_each(|line| writeln!(out, "{}", clean(&line)));
            printed.map_err(|error| unprinted(exit, error.into()))?;
        }
        Ok(exit)
    }

    /// What the primary is, for what to configure there.
    fn make(&self) -> Make {
        let Ok(world) = &self.world else { return Make::Unknown };
        self.runtime.block_on(async {
            match world.primary().await {
                Ok(primary) => questions::server_make(&primary.transfer_from, primary.timeout).await,
                Err(_) => Make::Unknown,
            }
        })
    }
}

/// Performs one action; questions are for the person.
async fn perform(performer: &Performer, action: Action, yes: bool) -> Event {
    if let Action::Ask(question) = action {
        let answer = spawn_blocking(move || answer(&question, yes)).await;
        return Event::Answer(answer.unwrap_or(Answer::No));
    }
    // What cannot be performed would be waited for in vain.
    performer.perform(action).await.unwrap_or(Event::Cancel)
}

fn answer(question: &Question, yes: bool) -> Answer {
    let (lines, prompt) = words::question(question);
    lines.iter().for_each(|line| say(&clean(line)));
    if yes {
        return match question {
            Question::Proof(proof) if proof.editable.is_err() => Answer::No,
            Question::Proof(proof) if matches!(proof.served_by, ServedBy::Elsewhere(_)) => Answer::No,
            _ => Answer::Yes,
        };
    }
    match ask(&prompt).as_deref() {
        Ok("yes") => Answer::Yes,
        Ok("done") if matches!(question, Question::Proof(_)) => Answer::ByHand,
        _ => Answer::No,
    }
}

/// Asks on the terminal.
pub(super) fn ask(prompt: &str) -> io::Result<String> {
    let mut err = io::stderr();
    err.write_all(prompt.as_bytes())?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

/// What was told of the steps, so that nothing is told twice.
#[derive(Default)]
struct Told {
    steps: Vec<Step>,
    sightings: Vec<String>,
}

impl Told {
    fn tell(&mut self, registering: &Registering) {
        for step in registering.steps() {
            let is_new = !self.steps.contains(step);
            let word = match step.state {
                StepState::Ahead | StepState::Skipped => continue,
                StepState::Going if step.detail.is_empty() => "...",
                StepState::Going => "",
                StepState::Done => "done.",
                StepState::Failed => "NOT done.",
            };
            if is_new {
                let line = format!("{}: {word} {}", step.kind.in_words(), step.detail);
                say(&clean(&line.replace("  ", " ")).trim_end().replace(": ...", " ..."));
            }
        }
        self.steps = registering.steps().to_vec();
        let sightings: Vec<String> = registering.sightings().iter().map(words::sighting).collect();
        if sightings != self.sightings {
            sightings.iter().for_each(|line| say(line));
            self.sightings = sightings;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::registration::{Challenge, Place, Registration};
    use crate::registering::{Proof, Removal};
    use crate::zone::RecordType;

    fn name(text: &str) -> Name {
        Name::parse(text.as_bytes(), None).unwrap()
    }

    #[test]
    fn yes_puts_the_proof_only_where_it_is_seen() {
        let challenge =
            Challenge { owner: name("ownercheck.example."), rtype: RecordType::TXT, value: "a1".into() };
        let proof = |editable, served_by| {
            Question::Proof(Proof { challenge: challenge.clone(), ttl: 60, joins: 0, editable, served_by })
        };
        let ours = ServedBy::Ours(vec![name("ns1.example.")]);
        assert_eq!(answer(&proof(Ok(()), ours.clone()), true), Answer::Yes);
        assert_eq!(answer(&proof(Ok(()), ServedBy::Nobody), true), Answer::Yes);
        assert_eq!(answer(&proof(Err("no key".into()), ours), true), Answer::No);
        assert_eq!(answer(&proof(Ok(()), ServedBy::Elsewhere(vec![name("ns.net.")])), true), Answer::No);
    }

    #[test]
    fn what_a_service_says_cannot_reach_the_terminal_raw() {
        let challenge = Challenge {
            owner: name("ownercheck.example."),
            rtype: RecordType::TXT,
            value: "a\u{1b}[2J\"b".into(),
        };
        let text = words::record(&challenge);
        assert!(!text.contains('\u{1b}') && text.contains("\\\"b"), "{text}");
        let registration = Registration {
            place: Place { domain: name("example."), service: None },
            created: None,
            primaries: Vec::new(),
            secondary: Some(name("s.example.")),
            details: crate::facts::registration::Details::Known,
            note: None,
        };
        let removal =
            Removal { registration, in_zone: vec![name("s.example.")], delegated: vec![name("s.example.")] };
        let (lines, prompt) = words::question(&Question::Removal(removal));
        assert_eq!(lines.iter().filter(|line| line.starts_with("warning:")).count(), 2);
        assert!(prompt.contains("yes"));
    }
}
