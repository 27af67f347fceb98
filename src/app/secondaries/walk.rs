//! A job at a secondary service under way: registering a domain, removing it, changing its primary. The state machine is in
//! [`crate::registering`]; here stand what the person answers, and `telling` says how it stands.
//!
//! It goes on whatever is on the screen. What it does is on the disk first, so leaving the zone, or a crash, only rests it:
//! when the zone is opened again, it is offered to be gone on with.

use super::telling::outcome_in_words;
use super::{Begun, Call, Layer, RowKey, Unfinished, screen_mut};
use crate::app::dialog::{Dialog, Then};
use crate::app::zones::{Destination, short};
use crate::app::{App, Effect, Overlay, RequestId, Screen};
use crate::facts::registration::{Offered, Problem};
use crate::registering::{
    Action, Answer, Event, Goal, Job, Outcome, Question, Registering, Report, Saved, Terms,
};

/// A job, from its beginning until it is left.
#[derive(Debug)]
pub struct Walk {
    pub backend: String,
    pub job: Job,
    /// What is being waited for; an answer to anything else is none.
    request: RequestId,
    pub stage: Stage,
    /// What the person is asked: it is complete, and an answer is taken.
    question: Option<Box<Question>>,
    /// Only what is left of an earlier run is taken out.
    only_tidy: bool,
}

/// How far it is.
#[derive(Debug)]
pub enum Stage {
    /// The service and what is kept on the disk are being opened.
    Opening,
    Going(Box<Registering>),
    Ended(Box<Registering>, Box<Report>),
    /// It could not begin.
    Failed(Box<Problem>),
}

impl Walk {
    pub fn key(&self) -> RowKey {
        let place = &self.job.wanted.place;
        RowKey { domain: place.domain.clone(), backend: self.backend.clone(), service: place.service.clone() }
    }

    pub(super) fn machine(&self) -> Option<&Registering> {
        match &self.stage {
            Stage::Going(machine) | Stage::Ended(machine, _) => Some(machine),
            Stage::Opening | Stage::Failed(_) => None,
        }
    }

    pub fn question(&self) -> Option<&Question> {
        self.question.as_deref()
    }

    /// The nameservers of the service, as far as they are known.
    pub fn offered(&self) -> &[Offered] {
        match &self.stage {
            Stage::Ended(_, report) => &report.offered,
            _ => self.machine().map_or(&[], Registering::offered),
        }
    }

    pub fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Opening | Stage::Going(_))
    }

    pub fn title(&self) -> &'static str {
        match (self.job.goal, self.only_tidy) {
            (_, true) => "Tidying up",
            (Goal::Add, _) => "Registering",
            (Goal::Remove, _) => "Removing",
            (Goal::ChangePrimary, _) => "Changing the primary",
        }
    }
}

/// For the title bar: what is under way, and whether it waits for the person.
pub fn in_title(app: &App) -> Option<String> {
    let walk = app.secondaries.walk.as_ref().filter(|walk| walk.is_under_way())?;
    let word = walk.title().to_lowercase();
    Some(if walk.question().is_some() && shown(app).is_none() { format!("{word}: 4 answers") } else { word })
}

/// May another job begin?
pub fn is_free(app: &App) -> Result<(), String> {
    match &app.secondaries.walk {
        Some(walk) if walk.is_under_way() => Err(format!(
            "{} is under way for {}: one at a time",
            walk.title().to_lowercase(),
            short(&walk.job.wanted.place.domain)
        )),
        _ => Ok(()),
    }
}

/// The job, while it is on the screen.
pub fn shown(app: &App) -> Option<&Walk> {
    match &app.screen {
        Screen::Secondaries(screen) if matches!(screen.layer, Layer::Walk { .. }) => {
            app.secondaries.walk.as_ref()
        }
        _ => None,
    }
}

/// Is it asked whether a registration shall be removed?
pub(super) fn is_removing(app: &App) -> bool {
    shown(app).is_some_and(|walk| matches!(walk.question(), Some(Question::Removal(_))))
}

/// Shows the job again that is under way.
pub fn show(app: &mut App) {
    if let Some(screen) = screen_mut(app) {
        screen.layer = Layer::Walk { offset: 0 };
    }
}

/// Begins a job, and shows it.
pub(super) fn begin(app: &mut App, backend: String, job: Job) {
    start(app, backend, job, false);
}

fn start(app: &mut App, backend: String, job: Job, only_tidy: bool) {
    if let Err(reason) = is_free(app) {
        return app.say(reason);
    }
    let request = app.next_request();
    let domain = job.wanted.place.domain.clone();
    let call = Call::Begin { backend: backend.clone(), domain };
    app.secondaries.walk =
        Some(Walk { backend, job, request, stage: Stage::Opening, question: None, only_tidy });
    app.effect(Effect::Secondary { request, call });
    show(app);
}

/// Asks whether the selected registration shall be removed; first it is looked at.
pub fn remove(app: &mut App) {
    let Some(key) = super::selected_key(app) else { return };
    let wanted = crate::facts::registration::Wanted { place: key.place(), primary: None };
    begin(app, key.backend, Job { goal: Goal::Remove, wanted });
}

pub fn may_act(app: &App) -> Result<(), String> {
    super::has_registration(app)?;
    is_free(app)
}

pub(super) fn on_begun(app: &mut App, request: RequestId, result: Result<Begun, Problem>) {
    let Some(walk) = app.secondaries.walk.as_mut().filter(|walk| walk.request == request) else { return };
    if !matches!(walk.stage, Stage::Opening) {
        return;
    }
    let Begun { abilities, saved } = match result {
        Ok(begun) => begun,
        Err(problem) => {
            walk.stage = Stage::Failed(Box::new(problem));
            return;
        }
    };
    let terms = Terms::new(abilities);
    let (machine, actions) = match (saved, walk.only_tidy) {
        (Some(saved), true) => Registering::clean_up(saved, terms),
        (Some(saved), false) => Registering::resume(walk.job.clone(), saved, terms),
        (None, _) => Registering::new(walk.job.clone(), terms),
    };
    walk.stage = Stage::Going(Box::new(machine));
    act(app, actions);
}

pub(super) fn on_event(app: &mut App, request: RequestId, event: Event) {
    if app.secondaries.walk.as_ref().is_some_and(|walk| walk.request == request) {
        tell(app, event);
    }
}

/// Tells the machine, and does what it says.
fn tell(app: &mut App, event: Event) {
    let Some(Walk { stage: Stage::Going(machine), question, .. }) = &mut app.secondaries.walk else { return };
    *question = None;
    let actions = machine.on(event);
    act(app, actions);
}

fn act(app: &mut App, actions: Vec<Action>) {
    for action in actions {
        match action {
            Action::Show => {}
            Action::Ask(question) => {
                if let Some(walk) = &mut app.secondaries.walk {
                    walk.question = Some(question);
                }
                told_elsewhere(app, "the secondary service wants your consent: 4 shows for what");
            }
            Action::Finish(report) => ended(app, *report),
            action => {
                let request = app.next_request();
                if let Some(walk) = &mut app.secondaries.walk {
                    let before = std::mem::replace(&mut walk.request, request);
                    app.effect(Effect::Cancel { request: before });
                }
                app.effect(Effect::Secondary { request, call: Call::Step { action: Box::new(action) } });
            }
        }
    }
}

/// Says so, unless it is on the screen.
fn told_elsewhere(app: &mut App, text: &str) {
    if shown(app).is_none() {
        app.say(text);
    }
}

fn ended(app: &mut App, report: Report) {
    let Some(walk) = app.secondaries.walk.take() else { return };
    // What it still does is of no use any more, and would keep the file.
    app.effect(Effect::Cancel { request: walk.request });
    let request = app.next_request();
    app.effect(Effect::Secondary { request, call: Call::End });
    let key = walk.key();
    let Stage::Going(machine) = walk.stage else { return };
    match &report.outcome {
        Outcome::Removed | Outcome::NotRegistered => {
            app.secondaries.remove(&key);
            // What is left is not to be taken for all there is: others may have registered something meanwhile.
            app.look_at_secondaries();
        }
        Outcome::Registered(_)
        | Outcome::AlreadyRegistered(_)
        | Outcome::OtherPrimary(_)
        | Outcome::PrimaryChanged(_) => {
            let call = Call::Look { backend: key.backend.clone(), place: key.place() };
            let request = app.next_request();
            app.secondaries.refreshing = Some((request, key.clone()));
            app.effect(Effect::Secondary { request, call });
        }
        _ => {}
    }
    let said = outcome_in_words(&report.outcome, &key.domain);
    app.secondaries.walk = Some(Walk {
        backend: key.backend.clone(),
        job: machine.job().clone(),
        request,
        stage: Stage::Ended(machine, Box::new(report)),
        question: None,
        only_tidy: false,
    });
    super::find(app);
    told_elsewhere(app, &format!("{}: 4 shows it", said.1));
    if key.domain == app.settings.zone {
        // The proof came and went.
        app.follow();
    }
}

/// Gives the answer of the person.
pub fn answer(app: &mut App, answer: Answer) {
    tell(app, Event::Answer(answer));
}

pub fn has_job(app: &App) -> Result<(), String> {
    match &app.secondaries.walk {
        Some(_) => Ok(()),
        None => Err("nothing is under way at a service".into()),
    }
}

pub fn may_consent(app: &App) -> Result<(), String> {
    match shown(app).and_then(Walk::question) {
        Some(Question::Proof(proof)) => proof.editable.clone(),
        Some(_) => Ok(()),
        None => Err("nothing is asked".into()),
    }
}

pub fn may_do_by_hand(app: &App) -> Result<(), String> {
    match shown(app).and_then(Walk::question) {
        Some(Question::Proof(_)) => Ok(()),
        _ => Err("nothing is asked that could be done elsewhere".into()),
    }
}

/// Gives the job up: what is in the zone is taken out.
pub fn cancel(app: &mut App) {
    if let Some(walk) = &mut app.secondaries.walk
        && matches!(walk.stage, Stage::Opening)
    {
        let request = walk.request;
        app.secondaries.walk = None;
        app.effect(Effect::Cancel { request });
        let request = app.next_request();
        app.effect(Effect::Secondary { request, call: Call::End });
        return leave(app);
    }
    tell(app, Event::Cancel);
}

pub fn may_cancel(app: &App) -> Result<(), String> {
    match shown(app) {
        Some(walk) if walk.is_under_way() => Ok(()),
        _ => Err("it is over".into()),
    }
}

/// Back to the list. What is under way goes on.
pub fn leave(app: &mut App) {
    if let Some(screen) = screen_mut(app) {
        screen.layer = Layer::List;
    }
    match &app.secondaries.walk {
        Some(walk) if walk.is_under_way() => app.say("it goes on; 4 shows it again"),
        _ => dismiss(app),
    }
}

/// A job that is over needs not be seen again.
pub(super) fn dismiss(app: &mut App) {
    app.secondaries.walk.take_if(|walk| !walk.is_under_way());
}

/// Once more: what rested, or could not be tidied up, or has to be done by a change of the primary.
pub fn again(app: &mut App) {
    let Some(walk) = app.secondaries.walk.take() else { return };
    let mut job = walk.job.clone();
    let mut tidy = false;
    if let Stage::Ended(_, report) = &walk.stage {
        match &report.outcome {
            Outcome::OtherPrimary(_) => job.goal = Goal::ChangePrimary,
            outcome => {
                tidy = report.left.is_some() && !matches!(outcome, Outcome::Resting(_) | Outcome::Unknown(_))
            }
        }
    }
    start(app, walk.backend, job, tidy);
}

pub fn may_do_again(app: &App) -> Result<(), String> {
    match shown(app).map(|walk| &walk.stage) {
        Some(Stage::Failed(_)) => Ok(()),
        Some(Stage::Ended(_, report)) => match &report.outcome {
            _ if report.resumable || report.left.is_some() => Ok(()),
            Outcome::OtherPrimary(_)
            | Outcome::Refused(_)
            | Outcome::NotProved(_)
            | Outcome::NotKept(_)
            | Outcome::Cancelled => Ok(()),
            _ => Err("it is done".into()),
        },
        _ => Err("it is not over".into()),
    }
}

impl App {
    /// Looks for what earlier runs have left of this zone.
    pub(in crate::app) fn find_unfinished(&mut self) {
        if self.settings.config.secondary.is_empty() || self.file().is_some() {
            return;
        }
        let request = self.next_request();
        self.secondaries.asked_unfinished = request;
        let domain = self.settings.zone.clone();
        self.effect(Effect::Secondary { request, call: Call::FindUnfinished { domain } });
    }

    /// Offers what an earlier run has left, once nothing else is on the screen.
    pub(in crate::app) fn offer_unfinished(&mut self) {
        let is_quiet = self.overlay.is_none() && matches!(self.screen, Screen::Main) && self.open().is_some();
        if !is_quiet || is_free(self).is_err() {
            return;
        }
        let Some(found) = self.secondaries.unfinished.pop() else { return };
        let Saved { job, proofs, .. } = &found.saved;
        let what = match job.goal {
            Goal::Add => "A registration",
            Goal::Remove => "The removal of a registration",
            Goal::ChangePrimary => "A change of the primary",
        };
        let domain = short(&job.wanted.place.domain);
        let mut text = vec![format!("{what} of {domain} at {} was not finished.", found.backend)];
        for proof in proofs {
            text.push(format!(
                "{} {} \"{}\" may still be in the zone.",
                proof.owner, proof.rtype, proof.value
            ));
        }
        let buttons = vec![
            ("Go on with it", 'g', Then::GoOnRegistering(Box::new(found.clone()))),
            ("Give it up", 'u', Then::TidyUp(Box::new(found))),
            ("Later", 'l', Then::Close),
        ];
        self.overlay = Some(Overlay::Dialog(Dialog::new("Secondary service", text, buttons)));
    }

    /// Goes on with what an earlier run has left, or only takes out what is in the zone.
    pub(in crate::app) fn go_on_registering(&mut self, found: Unfinished, only_tidy: bool) {
        super::open(self);
        start(self, found.backend, found.saved.job, only_tidy);
    }

    /// A job is under way: leaving only rests it, which is said once.
    pub(in crate::app) fn is_kept_by_job(&mut self, to: Option<&Destination>) -> bool {
        let Some(walk) = self.secondaries.walk.as_ref().filter(|walk| walk.is_under_way()) else {
            return false;
        };
        let text = vec![
            format!("{} {} is under way.", walk.title(), short(&walk.job.wanted.place.domain)),
            "It is kept on the disk, and offered when the zone is opened again.".into(),
        ];
        let then = Then::RestJob(to.cloned());
        let buttons = vec![("Leave it for later", 'l', then), ("Stay", 's', Then::Close)];
        let dialog = Dialog { selected: 1, ..Dialog::new("Secondary service", text, buttons) };
        self.overlay = Some(Overlay::Dialog(dialog));
        true
    }

    /// Lets the job rest that is under way, and goes on.
    pub(in crate::app) fn rest_job(&mut self, to: Option<Destination>) {
        if let Some(walk) = self.secondaries.walk.take() {
            self.effect(Effect::Cancel { request: walk.request });
            let request = self.next_request();
            self.effect(Effect::Secondary { request, call: Call::End });
        }
        match to {
            Some(to) => self.leave_to(to),
            None => self.ask_quit(),
        }
    }
}
