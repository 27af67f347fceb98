//! What the editor does with secondary DNS services: calls have threads of their own, and what they tell goes to the loop in
//! batches. The actions of a job are performed by [`Performer`], as for the command line.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_blocking;

use super::super::clock;
use super::super::configured::Configured;
use super::super::registering::Performer;
use super::super::world::World;
use super::Place;
use crate::app::secondaries::{Begun, Call, Heard, Told, Unfinished};
use crate::app::{Msg, RequestId};
use crate::dns::questions::{self, Network};
use crate::facts::registration::{Abilities, Offered, Problem, ProblemKind, Registration};
use crate::facts::{Failure, FailureKind};
use crate::secondary::Service;
use crate::store::registrations::{self, Opened, RegistrationFile};
use crate::zone::Name;

/// Rows are shown together that come within this time.
const TOGETHER: Duration = Duration::from_millis(50);
/// Most rows in a message: a frame is painted in between.
const MOST: usize = 1000;
/// How long a question about a zone that is not open may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The server in the path of what is kept of a domain that has none.
const NO_SERVER: &str = "no-server";

/// What calls are made with.
#[derive(Clone)]
pub struct Desk {
    pub configured: Arc<Configured>,
    /// The open zone, and where it is.
    pub zone: Name,
    pub server: String,
    pub place: Place,
    /// The job under way.
    pub job: Arc<Mutex<Option<Performer>>>,
}

/// What a call tells on its way.
enum News {
    Row(Registration),
    Said(Heard),
}

/// Has a call done, and tells what comes of it. Ends early, and has the call end, when it is aborted.
pub async fn call(desk: Desk, request: RequestId, call: Call, sender: Sender<Msg>) {
    let send = move |heard| {
        // Nobody listens any more where the zone was left.
        let _ = sender.send(Msg::Secondary { request, heard });
    };
    match call {
        Call::List { backend } => list(desk.configured, backend, send).await,
        Call::Places { backend } => {
            let ask = move || {
                let service = desk.configured.service(&backend)?;
                Ok((service.abilities(), service.services()?))
            };
            send(Heard::Places { result: beside(ask).await });
        }
        Call::Look { backend, place } => {
            let ask = move || {
                let service = desk.configured.service(&backend)?;
                Ok((service.abilities(), service.get(&place), service.offered(&place)))
            };
            let (abilities, result, offered) = beside(ask).await.unwrap_or_else(|problem: Problem| {
                (Abilities::default(), Err(problem.clone()), Err(problem))
            });
            send(Heard::Looked { result: result.map(dated), offered, abilities });
        }
        Call::Health { domain, server: Offered { name, addresses } } => {
            let network = desk.network();
            let tell = |status| send(Heard::Health(status));
            questions::watch(&network, &domain, name, addresses, true, tell).await;
        }
        Call::FindUnfinished { domain } => {
            let found = spawn_blocking(move || desk.unfinished(&domain)).await.unwrap_or_default();
            if !found.is_empty() {
                send(Heard::Unfinished(found));
            }
        }
        Call::Begin { backend, domain } => {
            let begun = spawn_blocking(move || desk.begin(&backend, &domain)).await;
            let begun =
                begun.unwrap_or_else(|error| Err(local("The job cannot begin.", &format!("{error}."))));
            send(Heard::Begun(begun));
        }
        Call::Step { action } => {
            let job = desk.job().clone();
            if let Some(job) = job
                && let Some(event) = job.perform(*action).await
            {
                send(Heard::Stepped(Box::new(event)));
            }
        }
        Call::End => *desk.job() = None,
    }
}

impl Desk {
    fn job(&self) -> std::sync::MutexGuard<'_, Option<Performer>> {
        // Only ever replaced whole, so it is right even after a panic.
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where unsigned questions go: those of the demo stay in it.
    fn network(&self) -> Network {
        match &self.place {
            Place::Primary(world) => world.network(),
            Place::File(_) | Place::Nowhere => Network {
                resolvers: questions::system_resolvers(),
                routes: Default::default(),
                enclosed: false,
                patience: PATIENCE,
            },
        }
    }

    /// A domain at its primary, and the name of that.
    fn world(&self, domain: &Name) -> (Result<Arc<World>, Failure>, String) {
        let failed = |why: String, next: &str| Failure {
            kind: FailureKind::Local,
            what: "The zone cannot be loaded.".into(),
            why,
            next: next.into(),
        };
        if *domain == self.zone {
            return match &self.place {
                Place::Primary(world) => (Ok(Arc::clone(world)), self.server.clone()),
                Place::File(_) | Place::Nowhere => {
                    let why = "It is a file here, and not at a server.".into();
                    let next = "Where a record has to be put into the zone, do that by hand.";
                    (Err(failed(why, next)), NO_SERVER.into())
                }
            };
        }
        if self.configured.asks_a_program(domain) {
            let why = "Its key comes from a program, which may want the terminal.".into();
            return (Err(failed(why, "Open that zone, and begin there.")), NO_SERVER.into());
        }
        match self.configured.target(domain) {
            Ok(target) => {
                let world = target.recorded_world().map(Arc::new);
                let next = "Mend that where a record has to be put into the zone.";
                (world.map_err(|stop| failed(stop.message, next)), target.server.name.clone())
            }
            Err(stop) => {
                (Err(failed(stop.message, "Or put what is asked for there by hand.")), NO_SERVER.into())
            }
        }
    }

    fn begin(&self, backend: &str, domain: &Name) -> Result<Begun, Problem> {
        let service = self.configured.service(backend)?;
        let (world, label) = self.world(domain);
        // The one before lets its file go.
        *self.job() = None;
        let opened = RegistrationFile::open(self.configured.registrations(), &label, domain, backend);
        let kept = |failure: Failure| Problem {
            kind: ProblemKind::Local,
            what: failure.what,
            why: failure.why,
            next: failure.next,
        };
        let (file, saved) = match opened.map_err(kept)? {
            Opened::Ours(file, saved) => (file, saved),
            Opened::HeldBy(holder) => {
                return Err(local("Nothing was begun.", &format!("{holder} is at it with this domain.")));
            }
        };
        let abilities = service.abilities();
        *self.job() = Some(Performer::new(Some(service), world, file));
        Ok(Begun { abilities, saved })
    }

    fn unfinished(&self, domain: &Name) -> Vec<Unfinished> {
        let all = registrations::unfinished(self.configured.registrations()).into_iter();
        let own = all.filter(|one| one.saved.job.wanted.place.domain == *domain && one.server == self.server);
        own.map(|one| Unfinished { backend: one.backend, saved: one.saved }).collect()
    }
}

/// A call that answers once, on a thread of its own.
async fn beside<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let asked = spawn_blocking(ask).await;
    asked.unwrap_or_else(|error| Err(local("The service could not be asked.", &format!("{error}."))))
}

fn local(what: &str, why: &str) -> Problem {
    Problem { kind: ProblemKind::Local, what: what.into(), why: why.into(), next: "Try again.".into() }
}

/// With the day on which it was made, where this machine is.
fn dated(registration: Registration) -> Told {
    let date = registration.created.and_then(clock::local_day);
    Told { registration, date }
}

async fn list(configured: Arc<Configured>, backend: String, send: impl Fn(Heard)) {
    let (news, told) = unbounded_channel();
    let name = backend.clone();
    let act = move || {
        let ask = |service: Arc<dyn Service>| {
            service.list(&mut |registration| news.send(News::Row(registration)).is_ok())
        };
        let result = configured.service(&name).and_then(ask);
        tell(&news, Heard::Listed { backend: name, result });
    };
    if thread::Builder::new().name("secondary".into()).spawn(act).is_err() {
        let result = Err(local("The service could not be asked.", "This machine has no thread for it."));
        return send(Heard::Listed { backend, result });
    }
    pass_on(told, &backend, send).await;
}

fn tell(news: &UnboundedSender<News>, heard: Heard) {
    // Nobody wants to know any more.
    let _ = news.send(News::Said(heard));
}

/// Passes on what is told, rows together.
async fn pass_on(mut told: UnboundedReceiver<News>, backend: &str, send: impl Fn(Heard)) {
    while let Some(first) = told.recv().await {
        let mut rows = Vec::new();
        let mut said = None;
        let mut take = |news| match news {
            News::Row(registration) => {
                rows.push(dated(registration));
                rows.len() < MOST
            }
            News::Said(heard) => {
                said = Some(heard);
                false
            }
        };
        if take(first) {
            let end = tokio::time::sleep(TOGETHER);
            tokio::pin!(end);
            loop {
                tokio::select! {
                    () = &mut end => break,
                    news = told.recv() => {
                        let Some(news) = news else { break };
                        if !take(news) {
                            break;
                        }
                    }
                }
            }
        }
        if !rows.is_empty() {
            send(Heard::Rows { backend: backend.to_owned(), rows });
        }
        said.into_iter().for_each(&send);
    }
}
