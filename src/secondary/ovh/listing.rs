//! Asks for every registration of several services: a bounded number of questions at a time, each answer told as it
//! comes. The API's lists have names only.

use std::collections::VecDeque;
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, PoisonError};

use super::{Ovh, domain_name, path};
use crate::facts::registration::{Details, Place, Problem, ProblemKind, Registration};
use crate::zone::Name;

/// Questions at a time.
const AT_A_TIME: usize = 8;

/// What is still to ask.
enum Job {
    Names(String),
    Details(Name, String),
}

/// What came of one.
enum Answer {
    Registration(Registration),
    Failed(Problem),
}

/// The questions that are open, and how many are being asked.
struct Queue {
    open: Mutex<(VecDeque<Job>, usize)>,
    changed: Condvar,
}

impl Queue {
    fn lock(&self) -> std::sync::MutexGuard<'_, (VecDeque<Job>, usize)> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next question; `None` when there will be no more.
    fn next(&self) -> Option<Job> {
        let mut open = self.lock();
        loop {
            if let Some(job) = open.0.pop_front() {
                open.1 += 1;
                return Some(job);
            }
            if open.1 == 0 {
                return None;
            }
            // Another answer may bring questions.
            open = self.changed.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// One was answered, and brought these.
    fn answered(&self, more: impl IntoIterator<Item = Job>) {
        let mut open = self.lock();
        open.0.extend(more);
        open.1 -= 1;
        self.changed.notify_all();
    }

    /// Nobody wants to know any more.
    fn clear(&self) {
        self.lock().0.clear();
    }
}

/// Tells every registration: its name at once, and again with its details.
pub(super) fn list(
    ovh: &Ovh,
    services: &[String],
    tell: &mut (dyn FnMut(Registration) -> bool + Send),
) -> Result<(), Problem> {
    let jobs: VecDeque<Job> = services.iter().cloned().map(Job::Names).collect();
    let queue = Queue { open: Mutex::new((jobs, 0)), changed: Condvar::new() };
    let (send, answers) = mpsc::channel();
    let mut problems: Vec<Problem> = Vec::new();
    let work = |send: mpsc::Sender<Answer>| {
        while let Some(job) = queue.next() {
            queue.answered(ask(ovh, job, &send));
        }
    };
    std::thread::scope(|scope| {
        let mut threads = 0;
        for _ in 0..AT_A_TIME {
            let (work, send) = (&work, send.clone());
            // With fewer threads it takes longer.
            threads +=
                usize::from(std::thread::Builder::new().spawn_scoped(scope, move || work(send)).is_ok());
        }
        if threads == 0 {
            work(send);
        } else {
            drop(send);
        }
        let mut wanted = true;
        for answer in answers {
            match answer {
                Answer::Registration(registration) if wanted => {
                    wanted = tell(registration);
                    if !wanted {
                        queue.clear();
                    }
                }
                Answer::Registration(_) => {}
                Answer::Failed(problem) => problems.push(problem),
            }
        }
    });
    let others = problems.len().saturating_sub(1);
    match problems.into_iter().next() {
        None => Ok(()),
        Some(problem) if others == 0 => Err(problem),
        Some(problem) => Err(Problem { why: format!("{} So did {others} others.", problem.why), ..problem }),
    }
}

/// Asks one question; what else is to be asked then.
fn ask(ovh: &Ovh, job: Job, send: &mpsc::Sender<Answer>) -> Vec<Job> {
    let row = |domain: &Name, service: &str, details| Registration {
        place: Place { domain: domain.clone(), service: Some(service.to_owned()) },
        created: None,
        primaries: Vec::new(),
        secondary: None,
        details,
        note: None,
    };
    // Where nobody listens any more, there is nobody to miss it.
    let tell = |answer| {
        let _ = send.send(answer);
    };
    match job {
        Job::Names(service) => {
            let what = format!("What is registered at {}, {service}, is not known.", ovh.name);
            let names = path(&[&service, "secondaryDnsDomains"], &what)
                .and_then(|path| ovh.get_json::<Vec<String>>(&path, &what, ProblemKind::UnknownService));
            let names = match names {
                Ok(names) => names,
                Err(problem) => {
                    tell(Answer::Failed(problem));
                    return Vec::new();
                }
            };
            let domains: Vec<Name> = names.iter().filter_map(|name| domain_name(name)).collect();
            if domains.len() < names.len() {
                let why = format!("{} of its names are no domain names.", names.len() - domains.len());
                let next = "Look at OVH's own page.".into();
                tell(Answer::Failed(Problem { kind: ProblemKind::Protocol, what, why, next }));
            }
            for domain in &domains {
                tell(Answer::Registration(row(domain, &service, Details::Pending)));
            }
            domains.into_iter().map(|domain| Job::Details(domain, service.clone())).collect()
        }
        Job::Details(domain, service) => {
            let registration = ovh
                .details(&domain, &service)
                .unwrap_or_else(|problem| row(&domain, &service, Details::Failed(Box::new(problem))));
            tell(Answer::Registration(registration));
            Vec::new()
        }
    }
}
