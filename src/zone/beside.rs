//! Work on the parts of a large zone, done beside each other. How the parts are cut is the business of those who know
//! what the work is.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{available_parallelism, scope};

/// Below so many records, threads would cost more than they save.
const MANY: usize = if cfg!(test) { 8 } else { 1 << 14 };

/// Into how many parts a zone with so many records is cut.
pub fn parts(records: usize) -> usize {
    if records < MANY { 1 } else { threads() }
}

fn threads() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Cuts so many things that stand in a row into parts of the same length, as near as can be.
pub fn cut(things: usize, parts: usize) -> Vec<Range<usize>> {
    let place = |part: usize| things / parts * part + things % parts * part / parts;
    (0..parts).map(|part| place(part)..place(part + 1)).collect()
}

/// Does the jobs on as many threads as there are processors, a single one without; where there are more jobs, a thread
/// takes the next when it has done one. Results stand in the order of the jobs.
pub fn beside<J: Send, R: Send>(jobs: Vec<J>, work: impl Fn(J) -> R + Sync) -> Vec<R> {
    let workers = threads().min(jobs.len());
    if jobs.len() == 1 {
        return jobs.into_iter().map(work).collect();
    }
    let jobs = Mutex::new(jobs.into_iter().enumerate());
    let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || {
        let mut done = Vec::new();
        while let Some((number, job)) = next() {
            done.push((number, work(job)));
        }
        done
    };
    let mut results: Vec<(usize, R)> = scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        let results = threads.into_iter().map(|thread| thread.join());
        results.flat_map(|result| result.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    results.sort_unstable_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_done_once_and_their_results_stand_in_order() {
        for count in [0, 1, 2, 3, 1000] {
            let done = beside((0..count).collect(), |job: usize| {
                if job.is_multiple_of(7) {
                    std::thread::yield_now();
                }
                job * job
            });
            assert_eq!(done, (0..count).map(|job| job * job).collect::<Vec<_>>());
        }
    }
}
