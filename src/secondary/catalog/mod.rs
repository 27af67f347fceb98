//! Catalog zones (RFC 9432): a zone at a primary that lists what its consumers shall serve, read by transfer and changed
//! by dynamic update. No program of the consumers' is talked to: what they make of it is seen by asking them.
//!
//! What stands in a catalog is `contents`, what is sent `messages`, how it is said `words`. Here is the order of things:
//! read, decide, send with what was read as conditions; where those do not hold, read again, and go on only where nothing
//! about this member has changed.

mod contents;
mod messages;
#[cfg(test)]
mod tests;
mod words;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;
use tokio::time::sleep;

use self::contents::{Contents, Entry, label_for};
use self::words::{Doing, Words};
use super::offered::Configured;
use super::{Around, Service};
use crate::config::{self, HostPort, Overrides, ServerSettings, Transport};
use crate::dns::probe::{StoredSoa, stored_soa};
use crate::dns::{self, Endpoint, Primary};
use crate::facts::registration::{
    Abilities, Challenge, Details, Offered, Place, Problem, ProblemKind, Registration, Wanted,
};
use crate::facts::{Failure, FailureKind};
use crate::store::keys;
use crate::zone::name::NameError;
use crate::zone::update::{Rcode, Update};
use crate::zone::{Name, Snapshot};

/// How often a change is tried whose conditions did not hold.
const ATTEMPTS: usize = 5;
/// How long a change that was accepted may take until it is served.
const VISIBLE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(300);
/// Where nothing could guard against it, another program's label may come a little later than ours.
const LATER: Duration = Duration::from_secs(1);
/// BIND reads a catalog again so long after the last time (min-update-interval), and not sooner.
const NEXT_READING: Duration = Duration::from_secs(6);

/// A catalog zone at its primary.
pub struct Catalog {
    zone: Name,
    group: Option<String>,
    server: ServerSettings,
    /// Where members must be served, if that is not the catalog's own server.
    primary_of_members: Option<IpAddr>,
    configured: Configured,
    timeout: Duration,
    words: Words,
    primary: OnceCell<Primary>,
    warnings: Mutex<Vec<String>>,
}

impl Catalog {
    /// The catalog zone of this table. Nothing is asked yet, no key is read.
    ///
    /// # Errors
    /// [`ProblemKind::Local`] where the settings are not such that it can be used.
    pub fn new(name: &str, settings: &config::Secondary, around: &Around) -> Result<Catalog, Problem> {
        let (Some(zone), Some(server)) = (&settings.zone, &settings.server) else {
            let next = "Write zone and server into its table.";
            return Err(words::unusable(name, "It has no zone or no server.", next));
        };
        let zone = zone.get_ref().0.clone();
        let overrides = Overrides { server: Some(server.get_ref().clone()), ..Overrides::default() };
        let server = config::resolve(&around.config, &zone, &overrides)
            .map_err(|error| words::unusable(name, &error.to_string(), "Correct the configuration."))?;
        if server.transport == Transport::Tls {
            let why =
                format!("Its server {} is reached over TLS, which this version cannot do.", server.name);
            return Err(words::unusable(name, &why, "For TCP write transport = \"tcp\"."));
        }
        Ok(Catalog {
            words: Words::new(name, &zone),
            zone,
            group: settings.group.as_ref().map(|group| group.get_ref().clone()),
            server,
            primary_of_members: settings.primary,
            configured: Configured::of(settings, around.timeout),
            timeout: around.timeout,
            primary: OnceCell::new(),
            warnings: Mutex::default(),
        })
    }

    /// Runs one call to its end, on a runtime of its own.
    fn run<T>(&self, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
        super::block_on(work).unwrap_or_else(|why| Err(words::unusable(&self.words.name, &why, "Try again.")))
    }

    fn warn(&self, warning: String) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }

    /// The primary, its addresses found and its keys read.
    async fn primary(&self) -> Result<&Primary, Failure> {
        let connect = || async {
            let (from, to) = tokio::try_join!(
                self.endpoint(&self.server.transfer_from),
                self.endpoint(&self.server.update_to)
            )?;
            let key = self.server.key.as_ref().map(keys::load).transpose()?.map(Arc::new);
            let transfer_key = match &self.server.transfer_key {
                source if *source == self.server.key => key.clone(),
                source => source.as_ref().map(keys::load).transpose()?.map(Arc::new),
            };
            let (timeout, clock) = (self.timeout, dns::unix_time as dns::Clock);
            Ok(Primary { transfer_from: from, update_to: to, transfer_key, key, timeout, clock })
        };
        self.primary.get_or_try_init(connect).await
    }

    async fn endpoint(&self, host: &HostPort) -> Result<Endpoint, Failure> {
        let addresses = dns::resolve(&host.host).await?;
        let fits =
            |address: &&IpAddr| self.server.source.is_none_or(|source| source.is_ipv4() == address.is_ipv4());
        let address = addresses.iter().find(fits).or(addresses.first()).copied();
        let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(Endpoint {
            address: SocketAddr::new(address, host.port),
            source: self.server.source,
            name: host.to_string(),
        })
    }

    async fn read(&self, doing: &Doing<'_>) -> Result<Snapshot, Problem> {
        let read = async { dns::transfer(self.primary().await?, &self.zone, |_| {}).await };
        read.await.map_err(|failure| self.words.not_read(doing, &failure))
    }

    fn contents<'a>(&self, zone: &'a Snapshot, doing: &Doing<'_>) -> Result<Contents<'a>, Problem> {
        Contents::of(zone).map_err(|unusable| self.words.not_a_catalog(doing, &unusable))
    }

    fn registration(&self, member: &Name, entries: &[Entry]) -> Registration {
        let primaries = entries.first().map(|entry| entry.primaries.clone()).unwrap_or_default();
        Registration {
            place: Place { domain: member.clone(), service: None },
            created: None,
            primaries,
            secondary: self.configured.secondary(),
            details: Details::Known,
            note: words::note(entries),
        }
    }

    /// Is the domain served where its consumers will look for it? They would ask for ever.
    async fn is_served(&self, member: &Name, doing: &Doing<'_>) -> Result<(), Problem> {
        let primary = self.primary().await.map_err(|failure| self.words.not_read(doing, &failure))?;
        let elsewhere = self.primary_of_members.map(|address| Endpoint {
            address: SocketAddr::new(address, config::DNS_PORT),
            source: self.server.source,
            name: address.to_string(),
        });
        let endpoint = elsewhere.as_ref().unwrap_or(&primary.transfer_from);
        let key = primary.transfer_key.as_deref();
        let asked = dns::soa(endpoint, key, member, self.timeout).await;
        asked.map(|_| ()).map_err(|failure| self.words.not_served(doing, &failure))
    }

    /// Sends what `make` makes of the catalog, until its conditions hold. Returns whether the SOA was one of them.
    async fn change(
        &self,
        doing: &Doing<'_>,
        make: impl Fn(&Contents<'_>, bool) -> Result<Update, Problem>,
    ) -> Result<bool, Problem> {
        if self.server.read_only {
            return Err(self.words.read_only(doing, &self.server.name));
        }
        let mut guarded = true;
        let mut first: Option<Vec<Entry>> = None;
        for _ in 0..ATTEMPTS {
            let zone = self.read(doing).await?;
            let contents = self.contents(&zone, doing)?;
            let update = make(&contents, guarded)?;
            let entries = contents.entries(doing.member);
            if first.get_or_insert_with(|| entries.to_vec()) != entries {
                return Err(self.words.changed_meanwhile(doing));
            }
            let primary = self.primary().await.map_err(|failure| self.words.not_read(doing, &failure))?;
            match dns::update(primary, &update).await {
                Ok(Rcode::NOERROR) => return Ok(guarded),
                Ok(Rcode::NXRRSET | Rcode::YXRRSET | Rcode::NXDOMAIN | Rcode::YXDOMAIN) => {}
                Ok(rcode) => return Err(self.words.answered(doing, rcode)),
                Err(failure) => return Err(self.words.not_sent_or_unknown(doing, &failure)),
            }
            // Where the stored SOA is never the served one, that condition can never hold.
            if guarded && matches!(stored_soa(primary, &self.zone).await, Ok(StoredSoa::Another)) {
                guarded = false;
            }
        }
        Err(self.words.too_busy(doing))
    }

    /// Waits until a change that was not guarded by the SOA is served. What the catalog then says of the member.
    async fn seen(
        &self,
        doing: &Doing<'_>,
        is_there: impl Fn(&[Entry]) -> bool,
    ) -> Result<Option<Vec<Entry>>, Problem> {
        let start = Instant::now();
        while start.elapsed() < VISIBLE {
            let zone = self.read(doing).await?;
            let contents = self.contents(&zone, doing)?;
            let entries = contents.entries(doing.member);
            if is_there(entries) {
                return Ok(Some(entries.to_vec()));
            }
            sleep(LOOK).await;
        }
        Ok(None)
    }

    async fn add_member(&self, member: &Name) -> Result<(), Problem> {
        let doing = Doing::adding(member);
        if *member == self.zone {
            return Err(self.words.itself(&doing));
        }
        let too_long = |_: NameError| self.words.too_long(&doing);
        let make = |contents: &Contents<'_>, guarded| {
            let entries = contents.entries(member);
            if !entries.is_empty() {
                return Err(self.words.there_already(&doing, entries));
            }
            messages::add(contents, member, self.group.as_deref(), guarded).map_err(too_long)
        };
        // What is wrong already is said before anybody is asked for the zone.
        let zone = self.read(&doing).await?;
        make(&self.contents(&zone, &doing)?, true)?;
        self.is_served(member, &doing).await?;
        if self.change(&doing, make).await? {
            return Ok(());
        }
        self.warn(self.words.unguarded(&doing));
        self.look_again(&doing).await
    }

    /// After an addition that nothing guarded against another program's label for the same member: where there is one,
    /// ours goes.
    async fn look_again(&self, doing: &Doing<'_>) -> Result<(), Problem> {
        let label = label_for(doing.member);
        let is_ours = |entry: &Entry| entry.is_labelled(&label);
        let Some(_) = self.seen(doing, |entries| entries.iter().any(is_ours)).await? else {
            self.warn(self.words.not_visible_yet(doing));
            return Ok(());
        };
        sleep(LATER).await;
        let zone = self.read(doing).await?;
        let entries = self.contents(&zone, doing)?.entries(doing.member).to_vec();
        if entries.len() < 2 || !entries.iter().any(is_ours) {
            return Ok(());
        }
        let make = |contents: &Contents<'_>, _| Ok(messages::take_back(contents, doing.member, &label));
        let taken_back = self.change(doing, make).await;
        Err(self.words.duplicate_appeared(doing, &entries, taken_back.err()))
    }

    async fn remove_member(&self, member: &Name) -> Result<(), Problem> {
        let doing = Doing::removing(member);
        let make = |contents: &Contents<'_>, guarded| match contents.entries(member) {
            [] => Err(self.words.not_there(&doing)),
            _ => Ok(messages::remove(contents, member, guarded)),
        };
        if !self.change(&doing, make).await? && self.seen(&doing, <[Entry]>::is_empty).await?.is_none() {
            self.warn(self.words.not_visible_yet(&doing));
        }
        Ok(())
    }

    async fn mend_member(&self, member: &Name) -> Result<(), Problem> {
        let doing = Doing::mending(member);
        let make = |contents: &Contents<'_>, guarded| {
            if contents.entries(member).is_empty() {
                return Err(self.words.not_there(&doing));
            }
            let update = messages::mend(contents, member, guarded);
            update.map_err(|_| self.words.too_long(&doing))?.ok_or_else(|| self.words.nothing_to_mend(&doing))
        };
        self.change(&doing, make).await?;
        let mended = |entries: &[Entry]| matches!(entries, [only] if !only.is_shared());
        if self.seen(&doing, mended).await?.is_none() {
            self.warn(self.words.not_visible_yet(&doing));
        }
        // BIND drops a member with one of its labels, and serves it again when it reads the catalog the next time:
        // that must be another reading.
        sleep(NEXT_READING).await;
        let touch = |contents: &Contents<'_>, _| Ok(messages::touch(contents));
        if let Err(problem) = self.change(&doing, touch).await {
            self.warn(self.words.not_touched(&doing, &problem));
        }
        Ok(())
    }

    async fn hand_member_over(&self, member: &Name, to: &Name) -> Result<(), Problem> {
        let doing = Doing::handing_over(member);
        if *to == self.zone {
            return Err(self.words.to_itself(&doing));
        }
        let make = |contents: &Contents<'_>, guarded| match contents.entries(member) {
            [] => Err(self.words.not_there(&doing)),
            [only] if !only.is_shared() => {
                messages::hand_over(contents, only, to, guarded).map_err(|_| self.words.too_long(&doing))
            }
            _ => Err(self.words.mend_first(&doing)),
        };
        let guarded = self.change(&doing, make).await?;
        let handed = |entries: &[Entry]| entries.iter().any(|entry| entry.coo.contains(to));
        let entries = match guarded {
            true => {
                let zone = self.read(&doing).await?;
                Some(self.contents(&zone, &doing)?.entries(member).to_vec())
            }
            false => self.seen(&doing, handed).await?,
        };
        match entries {
            None => self.warn(self.words.not_visible_yet(&doing)),
            Some(entries) if entries.iter().all(|entry| entry.is_labelled(&label_for(member))) => {}
            Some(_) => self.warn(self.words.state_is_lost(&doing)),
        }
        Ok(())
    }
}

impl Service for Catalog {
    fn abilities(&self) -> Abilities {
        Abilities { mends: true, hands_over: true, ..Abilities::default() }
    }

    fn services(&self) -> Result<Vec<Option<String>>, Problem> {
        Ok(vec![None])
    }

    fn list(&self, tell: &mut (dyn FnMut(Registration) -> bool + Send)) -> Result<(), Problem> {
        let root = Name::root();
        let doing = Doing::listing(&root);
        let zone = self.run(self.read(&doing))?;
        let contents = self.contents(&zone, &doing)?;
        for (member, entries) in contents.members() {
            if !tell(self.registration(member, entries)) {
                break;
            }
        }
        Ok(())
    }

    fn get(&self, place: &Place) -> Result<Registration, Problem> {
        let doing = Doing::looking(&place.domain);
        let zone = self.run(self.read(&doing))?;
        match self.contents(&zone, &doing)?.entries(&place.domain) {
            [] => Err(self.words.not_there(&doing)),
            entries => Ok(self.registration(&place.domain, entries)),
        }
    }

    fn offered(&self, _: &Place) -> Result<Vec<Offered>, Problem> {
        Ok(self.configured.offered())
    }

    fn challenge(&self, _: &Place) -> Result<Option<Challenge>, Problem> {
        Ok(None)
    }

    fn add(&self, wanted: &Wanted) -> Result<(), Problem> {
        self.run(self.add_member(&wanted.place.domain))
    }

    fn remove(&self, place: &Place) -> Result<(), Problem> {
        self.run(self.remove_member(&place.domain))
    }

    fn change_primary(&self, wanted: &Wanted) -> Result<(), Problem> {
        Err(self.words.knows_its_primary(&Doing::moving(&wanted.place.domain)))
    }

    fn mend(&self, place: &Place) -> Result<(), Problem> {
        self.run(self.mend_member(&place.domain))
    }

    fn hand_over(&self, place: &Place, to: &Name) -> Result<(), Problem> {
        self.run(self.hand_member_over(&place.domain, to))
    }

    fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut *self.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Does a failure of an update mean that nothing was sent?
fn is_unsent(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Unreachable | FailureKind::Local)
}

/// What kind of problem a failed question is. Nothing is changed by a question.
fn kind_of(failure: &Failure) -> ProblemKind {
    match failure.kind {
        FailureKind::Refused => ProblemKind::Forbidden,
        FailureKind::UnknownKey | FailureKind::BadSignature => ProblemKind::Unauthorized,
        FailureKind::ClockOff => ProblemKind::ClockOff,
        FailureKind::NotAuthoritative => ProblemKind::UnknownService,
        FailureKind::NotImplemented => ProblemKind::Unsupported,
        FailureKind::Local => ProblemKind::Local,
        FailureKind::Rcode(code) => ProblemKind::Remote { status: code.0 },
        FailureKind::Unreachable | FailureKind::TimedOut | FailureKind::Closed => ProblemKind::NotSent,
        FailureKind::Unsigned
        | FailureKind::ForgedAnswer
        | FailureKind::Incomplete
        | FailureKind::Undecodable
        | FailureKind::WrongAnswer => ProblemKind::Protocol,
    }
}
