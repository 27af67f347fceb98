//! The verb that looks for mistakes: check. How findings are printed is in [`super::check_report`].

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::access;
use super::asking;
use super::check_report::{Item, MOST_OF_A_RULE, Report};
use super::files::{self, Beside, FileText};
use super::results::results;
use super::verbs::{at_server, say, zone_name};
use super::{Exit, Stop, clock};
use crate::check::network::{Inquiry, Outcome, asks};
use crate::check::{self, Finding, Level, Needs, Rule, Selection, Severity};
use crate::cli::{CheckArgs, CheckFormat};
use crate::config::{Config, RuleLevel};
use crate::dns::questions::Asker;
use crate::store::settings;
use crate::ui::clean::clean;
use crate::zone::{ChangeMap, Contents, Name, Snapshot};
use crate::zonefile::{self, Problem, structure};

/// Of so many findings of a rule the fixes are told.
const MOST_WITH_FIXES: usize = 100;

/// `zonewright check`.
///
/// # Errors
/// [`Stop`].
pub fn check(arguments: &CheckArgs) -> Result<Exit, Stop> {
    let CheckArgs { what, rules, list, json, format, network, server, origin } = arguments;
    let format = if *json { CheckFormat::Json } else { *format };
    let selection = (rules != "none").then(|| selection(rules, server.config.as_deref())).transpose()?;
    let mut out = BufWriter::new(results());
    if *list {
        super::check_report::list(&selection.unwrap_or_default(), format, &mut out)?;
        out.flush()?;
        return Ok(Exit::Done);
    }
    let what = what.as_deref().ok_or_else(|| Stop::usage("check takes a zone, a file, or --list.".into()))?;
    let origin = origin.origin.as_deref().map(zone_name).transpose()?;
    // Programs are told everything, and what would put it right; people have the editor for that.
    let for_people = format == CheckFormat::Text;
    // By name those rules are meant too.
    let asking = selection.as_ref().filter(|_| *network);
    let (name, checked) = if files::is_file(what) {
        files::say_file_wins(what, server);
        let path = Path::new(what);
        let patience = server.timeout.map_or(asking::PATIENCE, Duration::from_secs);
        let ask = asking.map(|selection| {
            move |zone: &Arc<Snapshot>| {
                let asker = asking::for_file(zone.origin().clone(), patience);
                ask(&asker, zone, selection, &access::runtime()?)
            }
        });
        let checked = file_checked(path, origin.as_ref(), selection.as_ref(), for_people, ask)?;
        (files::shown(path), checked)
    } else {
        let (zone, outcome) = at_server(what, server, |target| {
            let (world, runtime) = (target.world(), access::runtime()?);
            let zone = runtime.block_on(world.transfer(|_| {}))?;
            let outcome = asking.map(|selection| {
                let asker = runtime.block_on(world.asker())?;
                ask(&asker, &zone, selection, &runtime)
            });
            Ok((zone, outcome.transpose()?.unwrap_or_default()))
        })?;
        let InZone { found, more } = findings(&zone, selection.as_ref(), for_people, outcome.findings);
        let items = found.into_iter().map(Item::finding).collect();
        let outcome = Outcome { findings: Vec::new(), ..outcome };
        (zone.origin().to_string(), Checked { items, more, outcome })
    };
    let file = files::is_file(what).then(|| Path::new(what));
    let Checked { items, more, outcome } = checked;
    let report = Report { file, items, more, unasked: outcome.unasked };
    report.print(format, &mut out)?;
    out.flush()?;
    for (rule, count) in outcome.passed_over {
        say(&format!("{}: of what it asks about, {count} were left out: they are too many.", rule.id));
    }
    report.unasked_in_words().iter().for_each(|line| say(line));
    if let Some(selection) = selection.as_ref().filter(|_| !network) {
        selection.named().filter_map(without_network).for_each(|line| say(&line));
    }
    say(&format!("{name}: {}", report.summary()));
    Ok(if report.has_errors() { Exit::No } else { Exit::Done })
}

/// What a rule that was asked for by name did not do, where nobody may be asked: that it found nothing means nothing.
fn without_network(rule: &Rule) -> Option<String> {
    match rule.needs {
        Needs::Network => Some(format!("{} needs --network and was not run: it asks others.", rule.id)),
        _ if asks(rule) => {
            Some(format!("{} looked at the zone alone: with --network it asks others.", rule.id))
        }
        _ => None,
    }
}

/// Asks others what the rules want to know. On a terminal it is told how far that is.
///
/// # Errors
/// [`Stop`] where nobody answers anything.
fn ask(
    asker: &Asker,
    zone: &Arc<Snapshot>,
    selection: &Selection,
    runtime: &Runtime,
) -> Result<Outcome, Stop> {
    let inquiry = Inquiry::new(Arc::clone(zone), |rule| selection.has(rule));
    let shown = io::stderr().is_terminal();
    let tell = |known: usize, of: usize| {
        if shown {
            // A standard error that is gone is no reason to stop.
            let _ = write!(io::stderr(), "\r{known} of {of} questions answered\x1b[K");
        }
    };
    let (mut outcome, answers) = runtime.block_on(asking::ask(asker, inquiry, tell));
    if shown {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    outcome.findings = outcome.findings.into_iter().filter_map(|finding| selection.judge(finding)).collect();
    if answers.are_all_unknown() {
        let why =
            outcome.unasked.first().map_or_else(String::new, |one| format!(" ({}: {})", one.what, one.why));
        say(&format!(
            "warning: nobody answers anything{why}: is there a network? The rules that ask others say nothing."
        ));
    }
    Ok(outcome)
}

/// The rules that the command line names, weighed as the configuration says.
fn selection(rules: &str, config: Option<&Path>) -> Result<Selection, Stop> {
    let mut selection = Selection::parse(rules).map_err(|unknown| {
        Stop::usage(format!("There is no rule {}. zonewright check --list lists them.", clean(&unknown.0)))
    })?;
    configure(&mut selection, &settings::load(config)?).map_err(Stop::usage)?;
    Ok(selection)
}

/// All rules, weighed as a configuration says.
///
/// # Errors
/// [`Stop`] where it names a rule that is not there.
pub fn rules(config: &Config) -> Result<Arc<Selection>, Stop> {
    let mut rules = Selection::all();
    configure(&mut rules, config).map_err(Stop::usage)?;
    Ok(Arc::new(rules))
}

/// Weighs rules as a configuration says.
///
/// # Errors
/// A sentence about a rule that is not there.
pub fn configure(selection: &mut Selection, config: &Config) -> Result<(), String> {
    for (rule, level) in &config.rules {
        let level = match level {
            RuleLevel::Off => Level::Off,
            RuleLevel::Hint => Level::At(Severity::Hint),
            RuleLevel::Warning => Level::At(Severity::Warning),
            RuleLevel::Error => Level::At(Severity::Error),
        };
        selection.configure(rule, level).map_err(|_| {
            let rule = clean(rule);
            format!("[rules] in the configuration names {rule}, and there is no such rule. zonewright check --list lists them.")
        })?;
    }
    Ok(())
}

/// What is found in a zone.
#[derive(Default)]
struct InZone {
    found: Vec<Found>,
    /// How many more of a rule there are, as they count.
    more: Vec<(&'static Rule, Severity, usize)>,
}

/// What rules find in a zone; without a selection only what keeps servers from loading it. For people only so much of
/// each rule as is printed. `asked`: what those found that ask others.
fn findings(zone: &Snapshot, selection: Option<&Selection>, for_people: bool, asked: Vec<Finding>) -> InZone {
    let with_fixes = !for_people;
    let mut more = Vec::new();
    let changes = ChangeMap::new();
    let contents = Contents { base: zone, changes: &changes };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut with_titles = |finding: Finding| {
        let count = counts.entry(finding.rule.id).or_default();
        *count += 1;
        let wanted = with_fixes && *count <= MOST_WITH_FIXES;
        let fixes = if wanted { check::fix(&finding, contents) } else { Vec::new() };
        Found::Rule(finding, fixes.into_iter().map(|fix| fix.title).collect())
    };
    let mut judged = |selection: &Selection| -> Vec<Found> {
        let most = if for_people { MOST_OF_A_RULE } else { usize::MAX };
        let counted = check::check_counted(zone, Some(clock::now()), most);
        let wanted = counted.more.into_iter().filter(|(rule, ..)| selection.has(rule));
        more.extend(wanted.map(|(rule, severity, count)| (rule, selection.severity(rule, severity), count)));
        let judged = counted.findings.into_iter().filter_map(|finding| selection.judge(finding));
        let mut findings: Vec<Finding> = judged.collect();
        // Where a rule has said it of a record already, it is not said again.
        let known: BTreeSet<String> = match asked.is_empty() {
            true => BTreeSet::new(),
            false => findings.iter().map(identity).collect(),
        };
        findings.extend(asked.iter().filter(|finding| !known.contains(&identity(finding))).cloned());
        findings.into_iter().map(&mut with_titles).collect()
    };
    let mut found = selection.map(&mut judged).unwrap_or_default();
    // What a rule finds is not said twice.
    let is_new = |finding: &structure::Finding| {
        let rule = check::find(finding.rule);
        !rule.is_some_and(|rule| selection.is_some_and(|selection| selection.has(rule)))
    };
    found.extend(structure::findings(zone).into_iter().filter(is_new).map(Found::Structure));
    InZone { found, more }
}

/// What was found about an RRset.
pub enum Found {
    /// With the titles of its fixes, where those are wanted.
    Rule(Finding, Vec<String>),
    Structure(structure::Finding),
}

/// What is found in a file.
#[derive(Default)]
struct Checked {
    items: Vec<Item>,
    more: Vec<(&'static Rule, Severity, usize)>,
    /// What asking brought, but for its findings.
    outcome: Outcome,
}

fn file_checked(
    path: &Path,
    origin: Option<&Name>,
    selection: Option<&Selection>,
    for_people: bool,
    ask: Option<impl FnOnce(&Arc<Snapshot>) -> Result<Outcome, Stop>>,
) -> Result<Checked, Stop> {
    let text = FileText::open_any(path).map_err(Stop::usage)?;
    let mut loader = Beside(path);
    let sets = selection.is_none();
    let (zone, problems) =
        match zonefile::read_source(&text, origin, Some(&mut loader), sets).map_err(Stop::usage)? {
            Ok((zone, problems)) => (Some(Arc::new(zone)), problems),
            Err(problems) => (None, problems),
        };
    let Some(selection) = selection else {
        return Ok(Checked {
            items: problems.into_iter().map(|problem| Item::problem(problem, None)).collect(),
            ..Checked::default()
        });
    };
    let counts = |problem: &Problem| {
        // What servers refuse is always said.
        let rule = check::find(problem.rule).filter(|_| problem.severity != zonefile::Severity::Error);
        rule.is_none_or(|rule| selection.has(rule))
    };
    let as_item = |problem| Item::problem(problem, Some(selection));
    let is_refused = |problem: &Problem| problem.severity == zonefile::Severity::Error;
    let (refused, warnings): (Vec<Problem>, Vec<Problem>) =
        problems.into_iter().filter(counts).partition(is_refused);
    let mut items: Vec<Item> = refused.into_iter().map(as_item).collect();
    let mut warnings: Vec<Item> = warnings.into_iter().map(as_item).collect();
    let Some(zone) = zone else {
        items.append(&mut warnings);
        items.sort_by_key(|item| item.place.as_ref().map(|place| place.in_text.start));
        return Ok(Checked { items, ..Checked::default() });
    };
    let mut outcome = ask.map(|ask| ask(&zone)).transpose()?.unwrap_or_default();
    let asked = std::mem::take(&mut outcome.findings);
    let InZone { found, more } = findings(&zone, Some(selection), for_people, asked);
    let mut found: Vec<Item> = found.into_iter().map(Item::finding).collect();
    if !found.is_empty() {
        let wanted = found.iter().filter_map(|item| Some((item.key.as_ref()?, item.record.as_ref())));
        let places = zonefile::places_in_source(&text, origin, Some(&mut loader), wanted);
        let places = places.map_err(Stop::usage)?;
        for (item, place) in found.iter_mut().zip(places) {
            item.place = place;
        }
    }
    // What reader and rule both say of a line is said once; but that servers refuse it is always said.
    let known: BTreeSet<_> = found.iter().filter_map(Item::line).collect();
    let is_said = |item: &Item| item.line().is_some_and(|line| known.contains(&line));
    warnings.retain(|item| !is_said(item));
    items.append(&mut warnings);
    items.append(&mut found);
    items.sort_by_key(|item| (item.place.as_ref().map(|place| place.in_text.start), item.severity));
    Ok(Checked { items, more, outcome })
}

/// What a finding is about, to find the same again.
fn identity(finding: &Finding) -> String {
    format!("{} {} {} {:?}", finding.rule.id, finding.key.owner, finding.key.rtype, finding.record)
}
