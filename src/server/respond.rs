//! From a request to its answer: who may ask what, and which part of the server it is for.

use std::sync::Arc;

use super::State;
use super::journal::Difference;
use super::lookup::{Found, lookup};
use super::transfer::Outgoing;
use crate::wire::builder::Builder;
use crate::wire::reader::{Header, Question, Reader, WireError};
use crate::wire::tsig::{Incoming, Signer, check_request};
use crate::wire::update::Received;
use crate::wire::{MAX_MESSAGE, Opcode, Section, class, flags, update};
use crate::zone::update::{Rcode, apply};
use crate::zone::{ChangeMap, Contents, Name, RecordRef, RecordType, Snapshot, Soa, serial};

/// UDP answers to those who do not say what they can take (RFC 1035 section 4.2.1).
const PLAIN_UDP: usize = 512;
/// The largest UDP answer.
const MAX_UDP: u16 = 4096;
/// Octets of an OPT record without options.
const OPT_SIZE: usize = 11;

/// How the request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Udp,
    Tcp,
}

/// What goes back.
pub(super) enum Reply {
    Nothing,
    Message(Vec<u8>),
    Transfer(Box<Outgoing>),
}

/// The answer to a request. `now` is in seconds since 1970.
pub(super) fn respond(state: &State, request: &[u8], transport: Transport, now: u64) -> Reply {
    let Ok(mut reader) = Reader::new(request) else { return Reply::Nothing };
    let header = *reader.header();
    if header.is_response() {
        return Reply::Nothing;
    }
    let incoming = check_request(request, &state.keys, now);
    let (Ok(incoming), Ok(request)) = (incoming, Request::read(&mut reader, transport)) else {
        return Reply::Message(bare(&header, Rcode::FORMERR).finish());
    };
    let mut signer = match incoming {
        Incoming::Unsigned => None,
        Incoming::Signed(signer) => Some(signer),
        Incoming::Rejected(rejection) => {
            let mut answer = request.start(Rcode::NOTAUTH, 0).finish();
            return match rejection.attach(&mut answer, now) {
                Ok(()) => Reply::Message(answer),
                Err(_) => Reply::Nothing,
            };
        }
    };
    if let Some(transfer) = request.transfer(state, &mut signer) {
        return Reply::Transfer(Box::new(transfer));
    }
    let room = signer.as_ref().map_or(0, Signer::room);
    let mut answer = match header.opcode() {
        Opcode::QUERY => request.query(state, signer.is_some(), room),
        Opcode::UPDATE => request.start(perform_update(state, reader.octets(), signer.is_some()), room),
        Opcode::NOTIFY => request.notify(state, room),
        _ => request.start(Rcode::NOTIMP, room),
    };
    request.add_opt(&mut answer);
    let mut answer = answer.finish();
    match signer.map(|mut signer| signer.sign(&mut answer, now)) {
        Some(Err(_)) => Reply::Nothing,
        _ => Reply::Message(answer),
    }
}

/// An answer without its question, for requests that cannot be read.
fn bare(header: &Header, rcode: Rcode) -> Builder {
    let mut answer = Builder::new(header.id, header.opcode(), flags::QR, MAX_MESSAGE);
    answer.set_rcode(rcode);
    answer
}

/// A request, read.
struct Request {
    header: Header,
    question: Question,
    transport: Transport,
    /// The largest UDP answer that the asker takes, if it says so (RFC 6891 section 6.2.3).
    udp_size: Option<u16>,
    /// The serial that an IXFR request starts from (RFC 1995 section 3).
    from_serial: Option<u32>,
}

impl Request {
    fn read(reader: &mut Reader<'_>, transport: Transport) -> Result<Request, Option<WireError>> {
        let question = reader.question()?.ok_or(None)?;
        if reader.question()?.is_some() {
            return Err(None);
        }
        let (mut udp_size, mut from_serial) = (None, None);
        while let Some(record) = reader.record()? {
            match (record.section, record.rtype) {
                (Section::Additional, RecordType::OPT) => udp_size = Some(record.class),
                (Section::Authority, RecordType::SOA) => {
                    let mut rdata = Vec::new();
                    record.expand(&mut rdata)?;
                    from_serial = Soa::from_rdata(&rdata).map(|soa| soa.serial);
                }
                _ => {}
            }
        }
        Ok(Request { header: *reader.header(), question, transport, udp_size, from_serial })
    }

    /// The beginning of the answer, which leaves `room` for a signature, and some for an OPT record.
    fn start(&self, rcode: Rcode, room: usize) -> Builder {
        let limit = match (self.transport, self.udp_size) {
            (Transport::Tcp, _) => MAX_MESSAGE,
            (Transport::Udp, None) => PLAIN_UDP,
            (Transport::Udp, Some(size)) => usize::from(size.min(MAX_UDP)).max(PLAIN_UDP),
        };
        let flags = flags::QR | self.header.flags & flags::RD;
        let opt = if self.udp_size.is_some() { OPT_SIZE } else { 0 };
        let limit = limit.saturating_sub(room + opt);
        let mut answer = Builder::new(self.header.id, self.header.opcode(), flags, limit).compressing();
        answer.set_rcode(rcode);
        let Question { name, rtype, class } = &self.question;
        if answer.question(name.as_ref(), *rtype, *class).is_err() {
            answer.set_flag(flags::TC);
        }
        answer
    }

    fn add_opt(&self, answer: &mut Builder) {
        if self.udp_size.is_some() {
            answer.raise_limit(OPT_SIZE);
            let root = Name::root();
            // Fits in the room that `start` has held back.
            let _ = answer.record(Section::Additional, root.as_ref(), RecordType::OPT, MAX_UDP, 0, &[]);
        }
    }

    /// The zone on its way out, where the whole of it is asked for and may be sent. Takes the signer.
    fn transfer(&self, state: &State, signer: &mut Option<Signer>) -> Option<Outgoing> {
        let is_transfer = matches!(self.question.rtype, RecordType::AXFR | RecordType::IXFR)
            && self.header.opcode() == Opcode::QUERY
            && self.question.class == class::IN
            && self.transport == Transport::Tcp;
        let (zone, differences) = self.versions(state).filter(|_| is_transfer)?;
        if !may_transfer(state, signer.is_some()) || self.is_up_to_date(&zone) {
            return None;
        }
        Some(Outgoing::new(zone, differences, self.header.id, self.question.clone(), signer.take()))
    }

    /// The zone that is asked for, with what changed since the version that somebody has who asks for that, if it is
    /// still known.
    fn versions(&self, state: &State) -> Option<(Arc<Snapshot>, Option<Vec<Difference>>)> {
        let from = self.from_serial.filter(|_| self.question.rtype == RecordType::IXFR);
        let zones = state.lock();
        let served = zones.get(&self.question.name)?;
        Some((Arc::clone(&served.zone), from.and_then(|from| served.journal.since(from))))
    }

    /// What a NOTIFY gets (RFC 1996 section 3.7); a secondary goes and looks.
    fn notify(&self, state: &State, room: usize) -> Builder {
        let Question { name, rtype, class } = &self.question;
        let concerns_source = state.source_of(name);
        let rcode = match (*class, *rtype) {
            (class::IN, RecordType::SOA) if concerns_source.is_some() || state.zone(name).is_some() => {
                Rcode::NOERROR
            }
            (class::IN, RecordType::SOA) => Rcode::NOTAUTH,
            _ => Rcode::FORMERR,
        };
        if let Some(source) = concerns_source.filter(|_| rcode == Rcode::NOERROR) {
            source.wake.notify_one();
        }
        let mut answer = self.start(rcode, room);
        answer.set_flag(flags::AA);
        answer
    }

    /// Does somebody who asks for the difference have it all?
    fn is_up_to_date(&self, zone: &Snapshot) -> bool {
        self.question.rtype == RecordType::IXFR
            && self.from_serial.is_some_and(|from| !serial::is_after(zone.serial(), from))
    }

    fn query(&self, state: &State, signed: bool, room: usize) -> Builder {
        let Question { name, rtype, class } = &self.question;
        match (*class, *rtype) {
            (class::CH, RecordType::TXT) if is_version_question(name) => self.version(room),
            (class::IN, RecordType::AXFR | RecordType::IXFR) => self.no_transfer(state, signed, room),
            (class::IN, RecordType::ANY) => self.records(state, room),
            (class::IN, rtype) if rtype.is_meta() => self.start(Rcode::NOTIMP, room),
            (class::IN, _) => self.records(state, room),
            _ => self.start(Rcode::REFUSED, room),
        }
    }

    fn version(&self, room: usize) -> Builder {
        let text = concat!("zonewright ", env!("CARGO_PKG_VERSION"));
        let mut answer = self.start(Rcode::NOERROR, room);
        let mut rdata = vec![text.len() as u8];
        rdata.extend_from_slice(text.as_bytes());
        let name = self.question.name.as_ref();
        let added = answer.record(Section::Answer, name, RecordType::TXT, class::CH, 0, &rdata);
        answer.set_flag(if added.is_ok() { flags::AA } else { flags::TC });
        answer
    }

    /// What a transfer request gets that [`Request::transfer`] has no zone for.
    fn no_transfer(&self, state: &State, signed: bool, room: usize) -> Builder {
        match self.versions(state) {
            None => self.start(Rcode::NOTAUTH, room),
            Some(_) if !may_transfer(state, signed) => self.start(Rcode::REFUSED, room),
            // The whole zone does not go through UDP (RFC 5936 section 4.2).
            Some(_) if self.question.rtype == RecordType::AXFR => self.start(Rcode::FORMERR, room),
            // Up to date; or, through UDP, the differences, or else the serial to come back with by TCP (RFC 1995
            // section 2).
            Some((zone, differences)) => {
                let at_once = differences.and_then(|differences| self.at_once(&zone, &differences, room));
                at_once.unwrap_or_else(|| {
                    let found = lookup(&zone, &self.question.name, RecordType::SOA);
                    self.with_records(&found, room)
                })
            }
        }
    }

    /// The differences in one message, if they fit.
    fn at_once(&self, zone: &Snapshot, differences: &[Difference], room: usize) -> Option<Builder> {
        let soa = zone.record(0)?;
        let mut answer = self.start(Rcode::NOERROR, room);
        answer.set_flag(flags::AA);
        let between = differences.iter().map(Difference::as_record);
        for RecordRef { owner, rtype, ttl, rdata } in [soa].into_iter().chain(between).chain([soa]) {
            answer.record(Section::Answer, owner, rtype, class::IN, ttl, rdata).ok()?;
        }
        Some(answer)
    }

    fn records(&self, state: &State, room: usize) -> Builder {
        let Question { name, rtype, .. } = &self.question;
        // The DS of a zone stands in its parent.
        let parent = name.parent().filter(|_| *rtype == RecordType::DS);
        let zone = parent.and_then(|parent| state.zone_of(&parent)).or_else(|| state.zone_of(name));
        match zone {
            Some(zone) => self.with_records(&lookup(&zone, name, *rtype), room),
            None => self.start(Rcode::REFUSED, room),
        }
    }

    fn with_records(&self, found: &Found, room: usize) -> Builder {
        let mut answer = self.start(found.rcode, room);
        if found.authoritative {
            answer.set_flag(flags::AA);
        }
        for section in [Section::Answer, Section::Authority, Section::Additional] {
            for set in found.sets.iter().filter(|set| set.section == section) {
                for (index, rdata) in set.contents.rdata.iter().enumerate() {
                    let ttl = set.contents.ttl_of(index);
                    let owner = set.owner.as_ref();
                    if answer.record(section, owner, set.rtype, class::IN, ttl, rdata).is_err() {
                        answer.set_flag(flags::TC);
                        return answer;
                    }
                }
            }
        }
        answer
    }
}

/// Names under which servers tell their version.
fn is_version_question(name: &Name) -> bool {
    [&b"\x07version\x04bind\0"[..], b"\x07version\x06server\0"]
        .iter()
        .any(|known| name.wire().eq_ignore_ascii_case(known))
}

fn may_transfer(state: &State, signed: bool) -> bool {
    signed || state.keys.is_empty() || state.options.open_transfers
}

/// Carries out an update (RFC 2136 section 3): prerequisites and changes under one lock, all or nothing.
fn perform_update(state: &State, message: &[u8], signed: bool) -> Rcode {
    let Received { update, flaw } = match update::decode(message) {
        Ok(received) => received,
        Err(rcode) => return rcode,
    };
    let mut zones = state.lock();
    let Some(served) = zones.get_mut(&update.zone) else { return Rcode::NOTAUTH };
    if !signed || state.options.read_only {
        return Rcode::REFUSED;
    }
    let zone = Contents { base: &served.zone, changes: &ChangeMap::new() };
    let changes = match (apply(&zone, &update), flaw) {
        (Ok(applied), None) => applied.changes,
        (Ok(_), Some(rcode)) | (Err(rcode), _) => return rcode,
    };
    if changes.is_empty() {
        return Rcode::NOERROR;
    }
    match served.zone.with_changes(&changes) {
        Ok(changed) => {
            served.advance(changed, &changes);
            state.changed.notify_one();
            Rcode::NOERROR
        }
        Err(_) => Rcode::SERVFAIL,
    }
}
