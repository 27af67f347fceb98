//! `zonewright secondary list`: every service is asked at the same time, and what it says is printed as it comes.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::configured::Configured;
use super::super::results::{print_json, results};
use super::super::verbs::{say, zone_name};
use super::super::{Exit, Stop, clock};
use super::{backends, left, words};
use crate::doctor::plain;
use crate::facts::clean::clean;
use crate::facts::registration::{Details, Problem, Registration};

/// What a service tells.
enum News {
    Row(String, Registration),
    Ended(String, Result<(), Problem>),
}

/// Lists what is registered.
///
/// # Errors
/// [`Stop`] where nobody can be asked at all.
pub fn list(
    configured: Configured,
    zone: Option<&str>,
    backend: Option<&str>,
    json: bool,
    timeout: Option<u64>,
) -> Result<Exit, Stop> {
    let zone = zone.map(zone_name).transpose()?;
    let backends = backends(&configured, zone.as_ref(), backend, true)?;
    left::tell_unfinished()?;
    let configured = Arc::new(configured);
    let (sender, told) = channel();
    let mut asked = Vec::new();
    for backend in &backends {
        let (configured, sender, name) = (Arc::clone(&configured), sender.clone(), backend.clone());
        let ask = move || {
            let result = configured.service(&name).and_then(|service| {
                let listed = service.list(&mut |row| sender.send(News::Row(name.clone(), row)).is_ok());
                service.warnings().iter().for_each(|warning| say(&format!("warning: {}", clean(warning))));
                listed
            });
            // Nobody listens any more where the time is up.
            let _ = sender.send(News::Ended(name, result));
        };
        thread::Builder::new().name("secondary".into()).spawn(ask)?;
        asked.push(backend.clone());
    }
    drop(sender);
    let end = timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut out = results();
    let (mut rows, mut problems): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    let (mut count, mut is_complete) = (0, true);
    loop {
        let news = match end {
            None => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(end) => told.recv_timeout(end.saturating_duration_since(Instant::now())),
        };
        match news {
            Ok(News::Row(_, row)) if zone.as_ref().is_some_and(|zone| *zone != row.place.domain) => {}
            // Its details are on their way.
            Ok(News::Row(_, row)) if row.details == Details::Pending => {}
            Ok(News::Row(backend, row)) => {
                if json {
                    rows.push(words::registration_json(&backend, &row));
                } else {
                    if count == 0 {
                        print_row(
                            &mut out,
                            ["DOMAIN", "CREATED", "PRIMARY IP", "SECONDARY", "SERVICE", "STATE"],
                        )?;
                    }
                    print_registration(&mut out, &backend, &row)?;
                    out.flush()?;
                }
                count += 1;
            }
            Ok(News::Ended(backend, result)) => {
                asked.retain(|other| *other != backend);
                if let Err(problem) = result {
                    is_complete = false;
                    say(&format!("{}: {problem}", clean(&backend)));
                    problems.push(words::problem_json(&backend, &problem));
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                is_complete = false;
                for backend in &asked {
                    let [what, next] = ["It has not answered in time.", "Ask again, or wait longer."];
                    say(&format!("{}: {what} {next}", clean(backend)));
                    problems.push(json!({
                        "backend": backend, "kind": "timed-out", "what": what, "why": "", "next": next,
                    }));
                }
                break;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if json {
        let all = json!({ "registrations": rows, "problems": problems });
        print_json(&mut out, &all)?;
    }
    out.flush()?;
    match (is_complete, &zone) {
        (false, _) => Ok(Exit::CouldNotRun),
        (true, Some(zone)) if count == 0 => {
            say(&format!("{} is not registered at any of these services.", plain(zone)));
            Ok(Exit::No)
        }
        (true, _) => {
            if count == 0 {
                say("Nothing is registered.");
            }
            Ok(Exit::Done)
        }
    }
}

fn print_registration(out: &mut impl Write, backend: &str, row: &Registration) -> io::Result<()> {
    let created = row.created.and_then(clock::local_day).unwrap_or_else(|| "-".into());
    let primaries: Vec<String> = row.primaries.iter().map(ToString::to_string).collect();
    let primary = if primaries.is_empty() { "-".into() } else { primaries.join(",") };
    let secondary = row.secondary.as_ref().map_or("-".into(), plain);
    let service =
        row.place.service.as_ref().map_or_else(|| backend.to_owned(), |place| format!("{backend}:{place}"));
    let state = match (&row.details, &row.note) {
        (Details::Failed(problem), _) => format!("details unknown: {}", problem.why),
        (_, Some(note)) => note.clone(),
        (_, None) => "registered".into(),
    };
    let texts = [plain(&row.place.domain), created, primary, secondary, service, state];
    print_row(out, texts.each_ref().map(String::as_str))
}

/// A line of the table. What is longer than its column moves the others to the right: rows come one by one.
fn print_row(out: &mut impl Write, texts: [&str; 6]) -> io::Result<()> {
    let [domain, created, primary, secondary, service, state] = texts.map(clean);
    let line = format!("{domain:<28} {created:<10} {primary:<15} {secondary:<24} {service:<14} {state}");
    writeln!(out, "{}", line.trim_end())
}
