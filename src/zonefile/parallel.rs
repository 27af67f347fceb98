//! Reading a large text in parts at once. Each part begins at a line that looks like the start of a record, with the
//! origin and `$TTL` that are likely to hold there; when the parts are joined in order it is looked at whether they
//! did, and what was read under a wrong assumption is read again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};

use super::entry::has_odd_octets;
use super::include::Includes;
use super::problem::{LineStart, Problems};
use super::reader::{Owner, Reader, State};
use super::record::Sink;

/// A part is about as long, in octets: long enough that joining costs nothing, short enough for all to be busy.
pub const PART: usize = 1 << 20;

/// A sink whose work can be done in parts.
pub trait Parts: Sink {
    /// Does it ask for the lines before a part? They are counted only then.
    const LINES: bool = false;

    type Part: Part;

    /// An empty part; `None` where the sink is not ready to take any.
    fn part(&self) -> Option<Self::Part>;

    /// Takes over a part that was read to its end and leaves it empty, to be used for another one. False where the
    /// part is to be read again after all.
    fn join(&mut self, part: &mut Self::Part, start: Start) -> bool;
}

/// Where a part begins: what of the text is before it.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    pub octets: usize,
    /// 0 unless the sink asks for [`Parts::LINES`].
    pub lines: usize,
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
    /// How many line ends are in it, where that is asked for.
    lines: usize,
    /// Where the entry after it begins.
    next: usize,
    /// It has nothing that concerns more than itself.
    whole: bool,
    /// Something is said here that is said once a text.
    says_once: bool,
    /// Its last entry goes on behind it, with octets that the part itself has not.
    overlooked: bool,
}

/// A text that is read in parts.
pub trait TextSource: Sync {
    /// In octets.
    fn length(&self) -> usize;

    /// These octets, or as many of them as there are; `room` may be used for them. `None` where they cannot be read.
    fn octets<'a>(&'a self, range: Range<usize>, room: &'a mut Vec<u8>) -> Option<&'a [u8]>;

    /// Has it become another one while it was read? Then what was read is of no use.
    fn has_changed(&self) -> bool;

    /// All of it, which stays in memory from then on.
    ///
    /// # Errors
    /// A sentence that says why it cannot be read.
    fn whole(&self) -> Result<&[u8], String>;
}

/// A text in memory.
struct Text<'t>(&'t [u8]);

impl TextSource for Text<'_> {
    fn length(&self) -> usize {
        self.0.len()
    }

    fn octets<'a>(&'a self, range: Range<usize>, _: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        self.0.get(range.start..range.end.min(self.0.len()))
    }

    fn has_changed(&self) -> bool {
        false
    }

    fn whole(&self) -> Result<&[u8], String> {
        Ok(self.0)
    }
}

/// Reads the whole text of `reader` in parts of about `length` octets, on as many threads as there are processors. The
/// reader is to look for odd octets itself: each part is asked whether it has any.
pub fn read<S: Parts>(reader: &mut Reader<'_, '_, '_>, sink: &mut S, length: usize) {
    let Some(start) = reader.begin() else { return };
    let text = Text(reader.text);
    let ranges = ranges(&text, start, length, usize::MAX);
    let Some((first, rest)) = ranges.split_first() else { return };
    // What stands at the top says what holds further down.
    let at = reader.read_from(start, first.end, sink);
    let (state, problems) = (reader.state.clone(), std::mem::take(&mut reader.problems));
    let parted = Parted { source: &text, beyond: None, lines: S::LINES };
    let mut joined = Joined { at, lines: parted.lines_before(reader.text, at), state, problems, records: 0 };
    if let Some(blank) = sink.part().filter(|_| !rest.is_empty()) {
        joined.take(&parted, rest, sink, &blank);
    }
    let Joined { at, state, problems, records, .. } = joined;
    (reader.state, reader.problems) = (state, problems);
    reader.includes.records += records;
    if at < text.length() && !sink.is_done() {
        // Such text has more of it further down: one goes on alone.
        reader.odd = has_odd_octets(reader.text);
        reader.read_from(at, usize::MAX, sink);
    }
}

/// Reads a text that is not in memory, part by part, and never all of it at once; tells what is wrong with it. `None`
/// where that cannot be done, because some of it concerns more than its part; then the sink has not all of it.
pub fn stream<S: Parts>(
    source: &dyn TextSource,
    state: State,
    sink: &mut S,
    length: usize,
) -> Option<Problems> {
    let longest = length.saturating_mul(4);
    let ranges = ranges(source, 0, length, longest);
    let (first, rest) = ranges.split_first()?;
    if rest.is_empty() || ranges.iter().any(|range| range.len() > longest) {
        return None;
    }
    let parted = Parted { source, beyond: Some(length / 16), lines: S::LINES };
    let mut room = Vec::new();
    let text = parted.octets(first, &mut room)?;
    let mut includes = Includes { in_part: true, ..Includes::default() };
    let mut reader = Reader::part(text, true, state, &mut includes);
    reader.begin().filter(|start| *start == 0)?;
    let at = reader.read_from(0, first.end, sink);
    let Reader { state, problems, .. } = reader;
    let is_whole = !includes.stopped && parted.is_whole(first, text, at);
    let blank = sink.part().filter(|_| is_whole)?;
    let mut joined = Joined { at, lines: parted.lines_before(text, at), state, problems, records: 0 };
    joined.take(&parted, rest, sink, &blank);
    let is_complete = joined.at == source.length() || sink.is_done();
    (is_complete && !source.has_changed()).then_some(joined.problems)
}

/// A text as its parts are taken from it.
struct Parted<'s> {
    source: &'s dyn TextSource,
    /// How many octets behind a part are taken with it; `None`: all of them, since the text is in memory.
    beyond: Option<usize>,
    /// Are lines counted?
    lines: bool,
}

impl Parted<'_> {
    /// The octets of a part and, since its last entry may go on there, some of those behind it.
    fn octets<'a>(&'a self, range: &Range<usize>, room: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        self.source.octets(range.start..range.end.saturating_add(self.beyond.unwrap_or(usize::MAX)), room)
    }

    /// How many line ends these octets of a part have before `next`, where that is asked for.
    fn lines_before(&self, text: &[u8], next: usize) -> usize {
        if self.lines { LineStart::default().locate(text, next).0 - 1 } else { 0 }
    }

    /// Was all that there is to a part, up to `next`, among these octets of it? In a text that is streamed, line ends
    /// that are to be looked at over the whole of it are not for parts either.
    fn is_whole(&self, range: &Range<usize>, text: &[u8], next: usize) -> bool {
        let to_the_end = range.start + text.len() == self.source.length();
        self.beyond.is_none() || (next < text.len() || to_the_end) && memchr::memchr(b'\r', text).is_none()
    }
}

/// What was read so far, in order.
struct Joined {
    /// Where the next entry begins, and how many line ends are before it.
    at: usize,
    lines: usize,
    state: State,
    problems: Problems,
    records: usize,
}

impl Joined {
    /// Reads parts beside each other and joins them, as far as that can be done.
    fn take<S: Parts>(&mut self, text: &Parted<'_>, ranges: &[Range<usize>], sink: &mut S, blank: &S::Part) {
        // Parts that were joined: their memory is used again.
        let spare: Mutex<Vec<S::Part>> = Mutex::new(Vec::new());
        let assumed = Mutex::new(assumption(&self.state));
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(workers);
            for _ in 0..workers {
                let sender = sender.clone();
                scope.spawn(|| {
                    let (sender, mut room) = (sender, Vec::new());
                    while !stop.load(Ordering::Relaxed) {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(range) = ranges.get(index) else { return };
                        let part = locked(&spare).pop().unwrap_or_else(|| blank.clone());
                        let state = locked(&assumed).clone();
                        let read = read_part(text, range, state, false, part, &mut room);
                        if sender.send((index, read)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            let mut early = BTreeMap::new();
            let mut room = Vec::new();
            for (index, range) in ranges.iter().enumerate() {
                let part = loop {
                    if let Some(part) = early.remove(&index) {
                        break part;
                    }
                    match receiver.recv() {
                        Ok((index, part)) => early.insert(index, part),
                        Err(_) => break None,
                    };
                };
                // Where the TTL of a record depends on those before it, one goes on alone.
                if sink.is_done() || !self.state.ttls_are_clear() {
                    break;
                }
                if self.at >= range.end {
                    continue;
                }
                let is_right = |part: &Read<S::Part>| {
                    let as_assumed = part.assumed == assumption(&self.state);
                    self.at == range.start && as_assumed && !part.says_once && !part.overlooked
                };
                // One that assumed too much is read again, with what is known now.
                let part = part.filter(is_right).or_else(|| {
                    read_part(text, &(self.at..range.end), self.state.clone(), true, blank.clone(), &mut room)
                });
                let Some(mut part) = part.filter(|part| part.whole) else { break };
                if !sink.join(&mut part.sink, Start { octets: self.at, lines: self.lines }) {
                    break;
                }
                locked(&spare).push(part.sink);
                self.at = part.next;
                self.lines += part.lines;
                self.problems.append(part.problems);
                self.records += part.records;
                let last_ttl = part.state.last_ttl.or(self.state.last_ttl);
                self.state = State { last_ttl, ..part.state };
                *locked(&assumed) = assumption(&self.state);
            }
            stop.store(true, Ordering::Relaxed);
        });
    }
}

/// What a lock guards here is whole at any time, so a thread that panicked has not harmed it.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a part relies on: all but owner and last TTL, which its first record sets or which are not asked for.
fn assumption(state: &State) -> State {
    State { owner: Owner::None, last_ttl: None, after_unclosed: false, ..state.clone() }
}

/// `None` where the text cannot be read. `known`: the state is that of the place, not assumed.
fn read_part<P: Part>(
    text: &Parted<'_>,
    range: &Range<usize>,
    assumed: State,
    known: bool,
    mut sink: P,
    room: &mut Vec<u8>,
) -> Option<Read<P>> {
    let mut includes = Includes { in_part: true, ..Includes::default() };
    let octets = text.octets(range, room)?;
    let odd_in = |range: Range<usize>| has_odd_octets(octets.get(range).unwrap_or_default());
    let end = range.len().min(octets.len());
    let odd = known || odd_in(0..end);
    let mut reader = Reader::part(octets, odd, assumed.clone(), &mut includes);
    let next = reader.read_from(0, end, &mut sink);
    let Reader { state, mut problems, .. } = reader;
    sink.complete();
    problems.shift(range.start);
    Some(Read {
        whole: !includes.stopped && text.is_whole(range, octets, next),
        says_once: state.said != assumed.said,
        overlooked: !odd && next > end && odd_in(end..next),
        next: range.start + next,
        records: includes.records,
        lines: text.lines_before(octets, next),
        assumed,
        state,
        sink,
        problems,
    })
}

/// Parts of the text from `start`, in order and without gaps; the first one is short, since all others wait for it. One that would be longer than
/// `longest` is the rest of the text.
fn ranges(text: &dyn TextSource, start: usize, length: usize, longest: usize) -> Vec<Range<usize>> {
    let (mut ranges, mut room) = (Vec::new(), Vec::new());
    let mut from = start;
    let about = |first: bool| if first { length / 16 } else { length };
    while let Some(cut) = cut(text, from.saturating_add(about(ranges.is_empty())), longest, &mut room) {
        ranges.push(from..cut);
        from = cut;
    }
    ranges.push(from..text.length());
    ranges
}

/// The first line behind `from` that begins like a record with an owner, not further away than `longest`.
fn cut(text: &dyn TextSource, from: usize, longest: usize, room: &mut Vec<u8>) -> Option<usize> {
    const WINDOW: usize = 4 << 10;
    let mut at = from;
    while at - from < longest {
        let octets = text.octets(at..at.saturating_add(WINDOW), room)?;
        let is_record = |at: &usize| {
            octets.get(*at).is_some_and(|octet| octet.is_ascii_alphanumeric() || b"_*-@".contains(octet))
        };
        if let Some(found) = memchr::memchr_iter(b'\n', octets).map(|end| end + 1).find(is_record) {
            return Some(at + found);
        }
        // What follows a line end is in the next window where that ends this one.
        at += octets.len().checked_sub(1).filter(|passed| *passed > 0)?;
    }
    None
}
