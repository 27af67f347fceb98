//! Work on the parts of a large zone, done beside each other. How the parts are cut is the business of those who know
//! what the work is.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread::{available_parallelism, scope};

/// Below so many records, threads would cost more than they save.
const MANY: usize = if cfg!(test) { 8 } else { 1 << 14 };

/// Into how many parts a zone with so many records is cut.
pub fn parts(records: usize) -> usize {
    if records < MANY { 1 } else { available_parallelism().map_or(1, usize::from) }
}

/// Cuts so many things that stand in a row into parts of the same length, as near as can be.
pub fn cut(things: usize, parts: usize) -> Vec<Range<usize>> {
    let place = |part: usize| things / parts * part + things % parts * part / parts;
    (0..parts).map(|part| place(part)..place(part + 1)).collect()
}

/// Does each job on a thread of its own, a single one without; results stand in the order of the jobs.
pub fn beside<J: Send, R: Send>(jobs: Vec<J>, work: impl Fn(J) -> R + Sync) -> Vec<R> {
    if jobs.len() == 1 {
        return jobs.into_iter().map(work).collect();
    }
    let work = &work;
    scope(|scope| {
        let threads: Vec<_> = jobs.into_iter().map(|job| scope.spawn(move || work(job))).collect();
        let results = threads.into_iter().map(|thread| thread.join());
        results.map(|result| result.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}
