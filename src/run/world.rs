//! What the program can ask of its primary: load the zone, perform one action of a push, look at nameservers.
//!
//! Addresses are looked up once, at the first need, so that all steps of a push talk to the same server.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::sync::mpsc::UnboundedReceiver;

use super::clock;
use super::history::Recorder;
use super::others::reach::Reach;
use crate::app::Loaded;
use crate::app::nameservers::ToAsk;
use crate::app::way_out::Whom;
use crate::config::{HostPort, NetworkSettings};
use crate::dns::questions::{self, Network};
use crate::dns::{self, Endpoint, Primary, Refreshed};
use crate::facts::{Failure, FailureKind, Fault, NameserverStatus, Parent, SetAnswer};
use crate::push::{self, Action, Event, Recorded, Report, Stage};
use crate::wire::ixfr::past::{self, Difference, Step};
use crate::wire::key::Key;
use crate::zone::update::{Rcode, Update};
use crate::zone::{Name, RrKey, Snapshot, Soa};

/// How long an unsigned question may take; less where the person says so.
const PATIENCE: Duration = Duration::from_secs(5);

/// Most steps of the journal that are looked at after a push, and most records that are gone through for them: each step
/// costs a copy of the zone.
const MAX_STEPS: usize = 100;
const MAX_TRACED: usize = 10_000_000;

/// The search for the oldest version ends when so many records were told on the way.
const MAX_TOLD: usize = 4_000_000;

/// How the primary is reached.
#[derive(Debug, Clone)]
pub struct Access {
    pub transfer_from: HostPort,
    pub update_to: HostPort,
    pub source: Option<IpAddr>,
    pub key: Option<Arc<Key>>,
    pub transfer_key: Option<Arc<Key>>,
    /// The configuration says that nothing is to be changed there.
    pub read_only: bool,
    pub timeout: Duration,
    /// Where nameservers and resolvers are asked, where the configuration says so.
    pub network: NetworkSettings,
    /// The demo's own little network; `None` in the real one.
    pub enclosed: Option<Network>,
}

/// A zone at its primary.
#[derive(Debug)]
pub struct World {
    pub zone: Name,
    access: Access,
    primary: OnceCell<Primary>,
    /// The zone as last transferred: of the next version only the differences are needed.
    last: Mutex<Option<Last>>,
    /// The last trial update was not answered.
    unanswered: AtomicBool,
    /// Where pushes are recorded; `None` for what pushes nothing.
    recorder: Option<Arc<Recorder>>,
}

/// A zone as transferred.
#[derive(Debug, Clone)]
struct Last {
    zone: Arc<Snapshot>,
    /// Else it was made of an older one and differences.
    whole: bool,
}

/// Why a zone cannot be changed.
enum Refusal {
    /// What the server answered to an update without changes.
    Rcode(Rcode),
    /// In words.
    Said(String),
}

/// Did a prerequisite not hold? The answer need not be signed to be a reason to look.
fn is_unmet(answer: &Result<Rcode, Failure>) -> bool {
    let rcode = match answer {
        Ok(rcode) | Err(Failure { kind: FailureKind::Rcode(rcode), .. }) => *rcode,
        Err(_) => return false,
    };
    matches!(rcode, Rcode::NXRRSET | Rcode::YXRRSET | Rcode::NXDOMAIN | Rcode::YXDOMAIN)
}

impl World {
    pub fn new(zone: Name, access: Access) -> World {
        let (primary, last, unanswered) = (OnceCell::new(), Mutex::new(None), AtomicBool::new(false));
        World { zone, access, primary, last, unanswered, recorder: None }
    }

    /// The same, with its pushes recorded.
    pub fn recorded_by(self, recorder: Recorder) -> World {
        World { recorder: Some(Arc::new(recorder)), ..self }
    }

    /// Was the zone read-only when it was loaded because nobody answered, and not because somebody said no?
    pub fn is_unanswered(&self) -> bool {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Where its pushes are recorded.
    pub fn recorder(&self) -> Option<&Arc<Recorder>> {
        self.recorder.as_ref()
    }

    /// The primary, its addresses found.
    ///
    /// # Errors
    /// A [`Failure`] where an address cannot be found.
    pub(super) async fn primary(&self) -> Result<&Primary, Failure> {
        self.primary
            .get_or_try_init(|| async {
                let (transfer_from, update_to) = tokio::try_join!(
                    self.endpoint(&self.access.transfer_from),
                    self.endpoint(&self.access.update_to)
                )?;
                Ok(Primary {
                    transfer_from,
                    update_to,
                    transfer_key: self.access.transfer_key.clone(),
                    key: self.access.key.clone(),
                    timeout: self.access.timeout,
                    clock: clock::now,
                })
            })
            .await
    }

    async fn endpoint(&self, host: &HostPort) -> Result<Endpoint, Failure> {
        let addresses = dns::resolve(&host.host).await?;
        // An address of the family that we shall send from, if that is given.
        let fits =
            |address: &&IpAddr| self.access.source.is_none_or(|source| source.is_ipv4() == address.is_ipv4());
        // There is one at least; 0.0.0.0 stands for none, and nobody answers there.
        let address = addresses.iter().find(fits).or(addresses.first()).copied();
        let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(Endpoint {
            address: SocketAddr::new(address, host.port),
            source: self.access.source,
            name: host.to_string(),
        })
    }

    /// Transfers the zone; only what changed since the last time, where the server offers that. With the serial of the
    /// last time it is transferred whole: that a serial is the same proves nothing.
    ///
    /// # Errors
    /// A [`Failure`]; nothing half-loaded is ever returned.
    pub async fn transfer(&self, progress: impl Fn(usize) + Send + Sync) -> Result<Arc<Snapshot>, Failure> {
        let primary = self.primary().await?;
        let last = self.last().clone();
        let refreshed = match &last {
            Some(last) => dns::refresh(primary, &last.zone, &progress).await?,
            None => Refreshed::Unchanged,
        };
        let (zone, whole) = match refreshed {
            Refreshed::Zone(zone) => (zone, false),
            Refreshed::Unchanged => (dns::transfer(primary, &self.zone, progress).await?, true),
        };
        let zone = Arc::new(zone);
        *self.last() = Some(Last { zone: Arc::clone(&zone), whole });
        Ok(zone)
    }

    /// Another version of the zone than this, where the server that we transfer from has one.
    ///
    /// # Errors
    /// A [`Failure`].
    pub async fn follow(&self, base: &Snapshot) -> Result<Option<Arc<Snapshot>>, Failure> {
        let primary = self.primary().await?;
        let key = primary.transfer_key.as_deref();
        let soa = dns::soa(&primary.transfer_from, key, &self.zone, primary.timeout).await?;
        if soa == *base.soa() {
            return Ok(None);
        }
        // A push has brought it already.
        let last = self.last().clone();
        match last.filter(|last| *last.zone.soa() == soa) {
            Some(last) => Ok(Some(last.zone)),
            None => self.transfer(|_| {}).await.map(Some),
        }
    }

    /// An older version of the zone, made of a newer one and the server's journal; `None` where that does not reach so
    /// far back.
    ///
    /// # Errors
    /// A [`Failure`] where the server cannot be asked.
    pub async fn before(&self, now: &Arc<Snapshot>, serial: u32) -> Result<Option<Snapshot>, Failure> {
        let primary = self.primary().await?;
        let Some(steps) = dns::past(primary, &self.zone, serial).await? else { return Ok(None) };
        // Differences that do not fit are as good as none.
        Ok(past::before(now, &steps).ok().flatten().filter(|zone| zone.serial() == serial))
    }

    /// The newest steps that led to this version of the zone, at most `most`, the newest first, as the server's journal
    /// tells them; `None` where it reaches back to none of these older serials. They are asked for in their order.
    ///
    /// # Errors
    /// A [`Failure`] where the server cannot be asked.
    pub async fn steps(
        &self,
        now: &Arc<Snapshot>,
        serials: &[u32],
        most: usize,
    ) -> Result<Option<Vec<Step>>, Failure> {
        let primary = self.primary().await?;
        for serial in serials {
            if let Some(differences) = dns::past(primary, &self.zone, *serial).await? {
                let steps = past::steps(now, &differences, most);
                let misfit = |why: String| Failure {
                    kind: FailureKind::Incomplete,
                    what: "The server's journal does not fit its zone.".into(),
                    why,
                    next: "Try again; if it stays so, the journal is damaged.".into(),
                };
                return match steps {
                    Ok(None) => Err(misfit("Perhaps the zone changed while it was asked.".into())),
                    Ok(steps) => Ok(steps),
                    Err(error) => Err(misfit(format!("{error}."))),
                };
            }
        }
        Ok(None)
    }

    /// The differences since the oldest version that the server's journal is found to reach; nothing where it has none.
    ///
    /// # Errors
    /// A [`Failure`] where the server cannot be asked at all.
    pub async fn differences(&self, reach: &mut Reach) -> Result<Vec<Difference>, Failure> {
        let primary = self.primary().await?;
        let (mut oldest, mut records) = (Vec::new(), 0);
        while let Some(serial) = reach.ask_next() {
            let told = match dns::past(primary, &self.zone, serial).await {
                Err(failure) if oldest.is_empty() => return Err(failure),
                // What it has told is better than nothing.
                Err(_) => break,
                Ok(told) => told,
            };
            reach.heard(serial, told.is_some());
            if let Some(differences) = told {
                records += differences.iter().map(|one| one.deleted.len() + one.added.len()).sum::<usize>();
                if differences.len() > oldest.len() {
                    oldest = differences;
                }
            }
            if records > MAX_TOLD {
                break;
            }
        }
        Ok(oldest)
    }

    /// A server says that the zone is not what it was taken for. Mostly it has moved on, and its differences tell how;
    /// where they have told before, perhaps somebody changed it without raising the serial, which they never tell.
    fn doubt(&self) {
        self.last().take_if(|last| !last.whole);
    }

    /// The zone as last transferred.
    pub fn last_zone(&self) -> Option<Arc<Snapshot>> {
        self.last().as_ref().map(|last| Arc::clone(&last.zone))
    }

    fn last(&self) -> MutexGuard<'_, Option<Last>> {
        // Only ever replaced whole, so it is right even after a panic.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The zone's SOA at the server that is updated.
    ///
    /// # Errors
    /// A [`Failure`].
    pub async fn soa(&self) -> Result<Soa, Failure> {
        let primary = self.primary().await?;
        dns::soa(&primary.update_to, primary.key.as_deref(), &self.zone, primary.timeout).await
    }

    /// Transfers the zone, and finds out what the server is and whether it takes updates with our key.
    ///
    /// # Errors
    /// A [`Failure`] when the zone cannot be loaded. That it cannot be changed is no failure.
    pub async fn load(&self, progress: impl Fn(usize) + Send + Sync) -> Result<Loaded, Failure> {
        let primary = self.primary().await?;
        let (zone, kind, editable) = tokio::join!(
            self.transfer(progress),
            questions::server_kind(&primary.update_to, self.access.timeout),
            self.takes_updates(primary)
        );
        let zone = zone?;
        let editable = editable.map_err(|refusal| match refusal {
            Refusal::Rcode(rcode) => push::not_taken(rcode, kind, &zone),
            Refusal::Said(why) => why,
        });
        Ok(Loaded { zone, kind, editable, file: None })
    }

    /// Sends an update that changes nothing, which the server answers as it would a real one.
    async fn takes_updates(&self, primary: &Primary) -> Result<(), Refusal> {
        let said = |why| Err(Refusal::Said(why));
        if self.access.read_only {
            return said("the configuration says read-only for this server".into());
        }
        let nothing = Update { zone: self.zone.clone(), prerequisites: Vec::new(), operations: Vec::new() };
        let answer = dns::update(primary, &nothing).await;
        let is_silent = |failure: &Failure| {
            matches!(failure.kind, FailureKind::Unreachable | FailureKind::TimedOut | FailureKind::Closed)
        };
        self.unanswered.store(answer.as_ref().err().is_some_and(is_silent), Ordering::Relaxed);
        match answer {
            Ok(Rcode::NOERROR) => Ok(()),
            Ok(rcode) if primary.key.is_none() => {
                said(format!("{} answers {rcode} to updates; give a key with --key", primary.update_to.name))
            }
            Ok(rcode) => Err(Refusal::Rcode(rcode)),
            Err(failure) if primary.key.is_none() => said(format!(
                "no key, and {} takes no unsigned updates; use --key. {}",
                primary.update_to.name, failure.why
            )),
            Err(failure) if failure.kind == FailureKind::NotImplemented => said(format!(
                "{} takes no dynamic updates (NOTIMP). Name the primary that does with --update-to.",
                primary.update_to.name
            )),
            Err(failure) => said(failure.to_string()),
        }
    }

    /// Performs one action of a push. `None` for those that are not for the network.
    pub async fn perform(&self, action: Action) -> Option<Event> {
        Some(match action {
            Action::AskSoa => Event::Soa(self.soa().await),
            Action::Transfer => Event::Zone(self.transfer(|_| {}).await),
            Action::Send(update) => {
                let answer = match self.primary().await {
                    Ok(primary) => dns::update(primary, &update).await,
                    Err(failure) => Err(failure),
                };
                if is_unmet(&answer) {
                    self.doubt();
                }
                Event::Answer(answer)
            }
            Action::Probe(update) => Event::Probed(match self.primary().await {
                Ok(primary) => dns::update(primary, &update).await,
                Err(failure) => Err(failure),
            }),
            Action::Trace(serial) => {
                let last = self.last().clone();
                Event::Traced(match last {
                    Some(Last { zone, .. }) => {
                        let most = (MAX_TRACED / zone.record_count().max(1)).clamp(1, MAX_STEPS);
                        self.steps(&zone, &[serial], most).await
                    }
                    None => Ok(None),
                })
            }
            Action::Wait(time) => {
                tokio::time::sleep(time).await;
                Event::Woke
            }
            Action::Record(records) => Event::Recorded(match self.recorder.clone() {
                None => Ok(()),
                Some(recorder) => {
                    let written = tokio::task::spawn_blocking(move || recorder.write(&records));
                    written.await.unwrap_or_else(|error| Err(super::history::not_written(&error.to_string())))
                }
            }),
            Action::Show(_) | Action::Finish(_) => return None,
        })
    }

    /// Walks a push to its end. Each message on `stop` says that the person wants to stop.
    pub async fn drive(
        &self,
        push: (Recorded, Vec<Action>),
        show: impl Fn(Stage),
        mut stop: UnboundedReceiver<()>,
    ) -> Report {
        let (mut push, mut actions) = push;
        // What is being performed: one thing at a time.
        let mut performing = None;
        loop {
            for action in actions {
                match action {
                    Action::Finish(report) => return *report,
                    Action::Show(stage) => show(stage),
                    action => performing = Some(Box::pin(self.perform(action))),
                }
            }
            let event = match &mut performing {
                // A machine that waits for nothing and does not finish would wait for ever.
                None => Event::Cancel,
                Some(under_way) => tokio::select! {
                    event = under_way => {
                        performing = None;
                        event.unwrap_or(Event::Cancel)
                    }
                    Some(()) = stop.recv() => Event::Cancel,
                },
            };
            actions = push.on(event);
        }
    }

    /// Looks at one nameserver and tells each time more is known of it.
    pub async fn watch_nameserver(&self, server: ToAsk, tell: impl Fn(NameserverStatus)) {
        let ToAsk { name, in_zone, tcp } = server;
        questions::watch(&self.network(), &self.zone, name, in_zone, tcp, tell).await;
    }

    /// Asks for these sets, one after the other, up to the first that does not work.
    ///
    /// # Errors
    /// [`Fault`] of that one.
    pub async fn ask_sets(&self, whom: Whom, keys: &[RrKey]) -> Result<Vec<SetAnswer>, Fault> {
        let network = self.network();
        let resolver = match whom {
            Whom::Nameserver(address, transport) => {
                return questions::rrsets(&network, address, keys, transport).await;
            }
            Whom::Resolver(resolver) => resolver,
        };
        let mut answers = Vec::with_capacity(keys.len());
        for key in keys {
            answers.push(questions::rrset_at_resolver(&network, resolver, key).await?);
        }
        Ok(answers)
    }

    /// What the zone above says of this one.
    pub async fn parent(&self) -> Parent {
        questions::parent(&self.network(), &self.zone).await
    }

    /// Where unsigned questions go. The primary's own address is asked at the port that the person gave.
    pub fn network(&self) -> Network {
        if let Some(enclosed) = &self.access.enclosed {
            return enclosed.clone();
        }
        let NetworkSettings { resolvers, routes } = &self.access.network;
        let mut routes: HashMap<IpAddr, SocketAddr> =
            routes.iter().map(|(address, at)| (*address, at.0)).collect();
        if let Some(primary) = self.primary.get() {
            let address = primary.transfer_from.address;
            routes.entry(address.ip()).or_insert(address);
        }
        Network {
            resolvers: match resolvers.as_slice() {
                [] => questions::system_resolvers(),
                resolvers => resolvers.iter().map(|resolver| resolver.0).collect(),
            },
            routes,
            enclosed: false,
            patience: self.access.timeout.min(PATIENCE),
        }
    }
}
