//! The verbs that look at a zone file or tidy it: check, fmt.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::files::{self, Beside, in_words, severity_in_words};
use super::verbs::{Source, say, zone_name};
use super::{Exit, Stop};
use crate::cli::ServerArgs;
use crate::ui::clean::clean;
use crate::zone::Name;
use crate::zonefile::structure::{self, Finding};
use crate::zonefile::{self, Problem, Severity};

/// `zonewright check`.
///
/// # Errors
/// [`Stop`].
pub fn check(
    what: &str,
    rules: &str,
    json: bool,
    server: &ServerArgs,
    origin: Option<&str>,
) -> Result<Exit, Stop> {
    if !["none", "all"].contains(&rules) {
        let message = format!("There is no rule {}. This version knows none and all.", clean(rules));
        return Err(Stop::usage(message));
    }
    let origin = origin.map(zone_name).transpose()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let errors = if files::is_file(what) {
        let path = Path::new(what);
        let problems = problems_of_file(path, origin.as_ref())?;
        if json {
            print_json(&mut out, problems.iter().map(|problem| problem_json(path, problem)).collect())?;
        } else {
            problems.iter().try_for_each(|problem| writeln!(out, "{}", in_words(path, problem)))?;
        }
        summary(&files::shown(path), problems.iter().map(|problem| problem.severity))
    } else {
        let zone = Source { argument: what, server, origin: origin.as_ref() }.load()?;
        let findings = structure::findings(&zone);
        if json {
            print_json(&mut out, findings.iter().map(finding_json).collect())?;
        } else {
            for Finding { key, severity, message } in &findings {
                let severity = severity_in_words(*severity);
                writeln!(out, "{} {}: {severity}: {}", key.owner, key.rtype, clean(message))?;
            }
        }
        summary(&zone.origin().to_string(), findings.iter().map(|finding| finding.severity))
    };
    out.flush()?;
    Ok(if errors { Exit::No } else { Exit::Done })
}

fn problems_of_file(path: &Path, origin: Option<&Name>) -> Result<Vec<Problem>, Stop> {
    let text = files::read_text(path)?;
    let (Ok((_, problems)) | Err(problems)) =
        zonefile::read_zone_file(&text, origin, Some(&mut Beside(path)));
    Ok(problems)
}

/// Says how many there are; tells whether there are errors.
fn summary(what: &str, severities: impl Iterator<Item = Severity>) -> bool {
    let (mut errors, mut warnings) = (0, 0);
    for severity in severities {
        match severity {
            Severity::Error => errors += 1,
            Severity::Warning => warnings += 1,
        }
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    say(&format!("{what}: {errors} error{}, {warnings} warning{}", plural(errors), plural(warnings)));
    errors > 0
}

fn print_json(out: &mut impl Write, findings: Vec<Value>) -> Result<(), Stop> {
    serde_json::to_writer_pretty(&mut *out, &Value::Array(findings))?;
    writeln!(out)?;
    Ok(())
}

fn problem_json(path: &Path, problem: &Problem) -> Value {
    let edits = |fix: &zonefile::Fix| -> Vec<Value> {
        fix.edits
            .iter()
            .map(|(span, text)| json!({ "start": span.start, "end": span.end, "text": text }))
            .collect()
    };
    json!({
        "rule": "syntax",
        "severity": severity_in_words(problem.severity),
        "file": problem.file.as_deref().map_or_else(|| path.to_string_lossy(), Into::into),
        "line": problem.line,
        "column": problem.column,
        "start": problem.span.start,
        "end": problem.span.end,
        "message": problem.message,
        "fix": problem.fix.as_ref().map(|fix| json!({ "message": fix.message, "edits": edits(fix) })),
    })
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "rule": "syntax",
        "severity": severity_in_words(finding.severity),
        "name": finding.key.owner.to_string(),
        "type": finding.key.rtype.to_string(),
        "message": finding.message,
    })
}

/// `zonewright fmt`.
///
/// # Errors
/// [`Stop`].
pub fn fmt(path: &Path, write: bool, check: bool) -> Result<Exit, Stop> {
    let text = files::read_text(path)?;
    let formatted = zonefile::format(&text);
    let same = formatted == text;
    if check {
        if !same {
            say(&format!("{} is not formatted: zonewright fmt --write does it.", files::shown(path)));
        }
        return Ok(if same { Exit::Done } else { Exit::No });
    }
    if write {
        if !same {
            files::replace(path, &formatted)?;
        }
        return Ok(Exit::Done);
    }
    let mut out = io::stdout().lock();
    out.write_all(&formatted)?;
    out.flush()?;
    Ok(Exit::Done)
}
