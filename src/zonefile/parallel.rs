//! Reading a large text in parts at once. Each part begins at a line that looks like the start of a record, with the
//! origin and `$TTL` that are likely to hold there; when the parts are joined in order it is looked at whether they
//! did, and what was read under a wrong assumption is read again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};

use super::entry::has_odd_octets;
use super::include::Includes;
use super::problem::Problems;
use super::reader::{Owner, Reader, State};
use super::record::Sink;

/// A part is about as long, in octets: long enough that joining costs nothing, short enough for all to be busy.
pub const PART: usize = 1 << 20;

/// A sink whose work can be done in parts.
pub trait Parts: Sink {
    type Part: Part;

    /// An empty part; `None` where the sink is not ready to take any.
    fn part(&self) -> Option<Self::Part>;

    /// Takes over a part that was read to its end and leaves it empty, to be used for another one. False where the
    /// part is to be read again after all.
    fn join(&mut self, part: &mut Self::Part) -> bool;
}

/// Takes what one part of the text holds.
pub trait Part: Sink + Clone + Send + Sync {
    /// The part has been read: now is the time for work that need not wait for the others.
    fn complete(&mut self);
}

/// A part that was read.
struct Read<P> {
    /// The state that was assumed at its start, and that at its end.
    assumed: State,
    state: State,
    sink: P,
    problems: Problems,
    records: usize,
    /// Where the entry after it begins.
    next: usize,
    /// It has nothing that concerns more than itself.
    whole: bool,
    /// Its last entry goes on behind it, with octets that the part itself has not.
    overlooked: bool,
}

/// Reads the whole text of `reader` in parts of about `length` octets, on as many threads as there are processors. The
/// reader is to look for odd octets itself: each part is asked whether it has any.
pub fn read<S: Parts>(reader: &mut Reader<'_, '_, '_>, sink: &mut S, length: usize) {
    let Some(start) = reader.begin() else { return };
    let text = reader.text;
    let ranges = ranges(text, start, length);
    let mut ranges = ranges.into_iter();
    let Some(first) = ranges.next() else { return };
    // What stands at the top says what holds further down.
    let mut at = reader.read_from(start, first.end, sink);
    let rest: Vec<Range<usize>> = ranges.collect();
    let blank = sink.part().filter(|_| !rest.is_empty() && reader.state.ttls_are_clear());
    let Some(blank) = blank else {
        reader.odd = has_odd_octets(text);
        reader.read_from(at, usize::MAX, sink);
        return;
    };
    // Parts that were joined: their memory is used again.
    let spare: Mutex<Vec<S::Part>> = Mutex::new(Vec::new());
    let assumed = Mutex::new(assumption(&reader.state));
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(workers);
        for _ in 0..workers {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(range) = rest.get(index) else { return };
                    let part = locked(&spare).pop().unwrap_or_else(|| blank.clone());
                    let state = locked(&assumed).clone();
                    if sender.send((index, read_part(text, range, state, part))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        for (index, range) in rest.iter().enumerate() {
            let part = loop {
                if let Some(part) = early.remove(&index) {
                    break Some(part);
                }
                match receiver.recv() {
                    Ok((index, part)) => early.insert(index, part),
                    Err(_) => break None,
                };
            };
            if at >= range.end {
                continue;
            }
            let Some(mut part) = part.filter(|part| part.whole) else {
                // Such text has more of it further down: one goes on alone.
                stop.store(true, Ordering::Relaxed);
                reader.odd = has_odd_octets(text);
                reader.read_from(at, usize::MAX, sink);
                return;
            };
            let right = at == range.start && !part.overlooked && part.assumed == assumption(&reader.state);
            if right && sink.join(&mut part.sink) {
                locked(&spare).push(part.sink);
                at = part.next;
                reader.problems.append(part.problems);
                reader.includes.records += part.records;
                let last_ttl = part.state.last_ttl.or(reader.state.last_ttl);
                reader.state = State { last_ttl, ..part.state };
            } else {
                at = reader.read_from(at, range.end, sink);
                *locked(&assumed) = assumption(&reader.state);
            }
        }
    });
}

/// What a lock guards here is whole at any time, so a thread that panicked has not harmed it.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a part relies on: all but owner and last TTL, which its first record sets or which are not asked for.
fn assumption(state: &State) -> State {
    State { owner: Owner::None, last_ttl: None, after_unclosed: false, ..state.clone() }
}

fn read_part<P: Part>(text: &[u8], range: &Range<usize>, assumed: State, mut sink: P) -> Read<P> {
    let mut includes = Includes { in_part: true, ..Includes::default() };
    let odd_in = |range: Range<usize>| has_odd_octets(text.get(range).unwrap_or_default());
    let end = range.end.min(text.len());
    let odd = odd_in(range.start..end);
    let mut reader = Reader::part(text, odd, assumed.clone(), &mut includes);
    let next = reader.read_from(range.start, range.end, &mut sink);
    let Reader { state, problems, .. } = reader;
    sink.complete();
    // What is said once a file must not be said by two parts.
    let whole = !includes.stopped && state.said == assumed.said && assumed.ttls_are_clear();
    let overlooked = !odd && next > end && odd_in(end..next);
    Read { assumed, state, sink, problems, records: includes.records, next, whole, overlooked }
}

/// Parts of the text from `start`, in order and without gaps; the last one is open, and the first one short, since all
/// others wait for it.
fn ranges(text: &[u8], start: usize, length: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = start;
    while let Some(cut) = cut(text, from + if ranges.is_empty() { length / 16 } else { length }) {
        ranges.push(from..cut);
        from = cut;
    }
    ranges.push(from..usize::MAX);
    ranges
}

/// The first line at or after `from` that begins like a record with an owner.
fn cut(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    memchr::memchr_iter(b'\n', rest).map(|at| from + at + 1).find(|at| {
        text.get(*at).is_some_and(|octet| octet.is_ascii_alphanumeric() || b"_*-@".contains(octet))
    })
}
