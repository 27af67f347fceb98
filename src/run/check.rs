//! The verbs that look at a zone file or tidy it: check, fmt. How findings are printed is in [`super::check_report`].

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use super::check_report::{Item, Report};
use super::files::{self, Beside, FileText};
use super::verbs::{Source, say, zone_name};
use super::{Exit, Stop, clock};
use crate::check::{self, Finding, Level, Selection, Severity};
use crate::cli::{CheckArgs, CheckFormat};
use crate::config::{Config, RuleLevel};
use crate::store::settings;
use crate::ui::clean::clean;
use crate::zone::{ChangeMap, Contents, Name, Snapshot};
use crate::zonefile::{self, Problem, TextSource as _, structure};

/// Of so many findings of a rule the fixes are told.
const MOST_WITH_FIXES: usize = 100;

/// `zonewright check`.
///
/// # Errors
/// [`Stop`].
pub fn check(arguments: &CheckArgs) -> Result<Exit, Stop> {
    let CheckArgs { what, rules, list, json, format, server, origin } = arguments;
    let format = if *json { CheckFormat::Json } else { *format };
    let selection = (rules != "none").then(|| selection(rules, server.config.as_deref())).transpose()?;
    let mut out = BufWriter::new(io::stdout().lock());
    if *list {
        super::check_report::list(&selection.unwrap_or_default(), format, &mut out)?;
        out.flush()?;
        return Ok(Exit::Done);
    }
    let what = what.as_deref().ok_or_else(|| Stop::usage("check takes a zone, a file, or --list.".into()))?;
    let origin = origin.origin.as_deref().map(zone_name).transpose()?;
    // Programs are told what would put a finding right; people have the editor for that.
    let with_fixes = format == CheckFormat::Json;
    let (name, items) = if files::is_file(what) {
        let path = Path::new(what);
        (files::shown(path), items_of_file(path, origin.as_ref(), selection.as_ref(), with_fixes)?)
    } else {
        let zone = Source { argument: what, server, origin: origin.as_ref() }.load()?;
        let items = findings(&zone, selection.as_ref(), with_fixes).into_iter().map(Item::finding);
        (zone.origin().to_string(), items.collect())
    };
    let file = files::is_file(what).then(|| Path::new(what));
    let report = Report { file, items };
    report.print(format, &mut out)?;
    out.flush()?;
    say(&format!("{name}: {}", report.summary()));
    let errors = report.items.iter().any(|item| item.severity == Severity::Error);
    Ok(if errors { Exit::No } else { Exit::Done })
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
            RuleLevel::Info => Level::At(Severity::Hint),
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

/// What rules find in a zone; without a selection only what keeps servers from loading it.
fn findings(zone: &Snapshot, selection: Option<&Selection>, with_fixes: bool) -> Vec<Found> {
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
        let findings =
            check::check(zone, Some(clock::now())).into_iter().filter_map(|finding| selection.judge(finding));
        findings.map(&mut with_titles).collect()
    };
    let mut found = selection.map(&mut judged).unwrap_or_default();
    // What a rule finds is not said twice.
    let is_new = |finding: &structure::Finding| {
        let rule = check::find(finding.rule);
        !rule.is_some_and(|rule| selection.is_some_and(|selection| selection.has(rule)))
    };
    found.extend(structure::findings(zone).into_iter().filter(is_new).map(Found::Structure));
    found
}

/// What was found about an RRset.
pub enum Found {
    /// With the titles of its fixes, where those are wanted.
    Rule(Finding, Vec<String>),
    Structure(structure::Finding),
}

fn items_of_file(
    path: &Path,
    origin: Option<&Name>,
    selection: Option<&Selection>,
    with_fixes: bool,
) -> Result<Vec<Item>, Stop> {
    let text = FileText::open(path).map_err(Stop::usage)?;
    let mut loader = Beside(path);
    let sets = selection.is_none();
    let (zone, problems) =
        match zonefile::read_source(&text, origin, Some(&mut loader), sets).map_err(Stop::usage)? {
            Ok((zone, problems)) => (Some(zone), problems),
            Err(problems) => (None, problems),
        };
    let Some(selection) = selection else {
        return Ok(problems.into_iter().map(Item::problem).collect());
    };
    let counts = |problem: &Problem| {
        // What servers refuse is always said.
        let rule = check::find(problem.rule).filter(|_| problem.severity != zonefile::Severity::Error);
        rule.is_none_or(|rule| selection.has(rule))
    };
    let mut items: Vec<Item> = problems.into_iter().filter(counts).map(Item::problem).collect();
    if let Some(zone) = zone {
        let mut found: Vec<Item> =
            findings(&zone, Some(selection), with_fixes).into_iter().map(Item::finding).collect();
        if !found.is_empty() {
            let text = text.whole().map_err(Stop::usage)?;
            let wanted = found.iter().filter_map(|item| Some((item.key.as_ref()?, item.record.as_ref())));
            let places = zonefile::places(text, origin, Some(&mut loader), wanted);
            for (item, place) in found.iter_mut().zip(places) {
                item.place = place;
            }
        }
        items.append(&mut found);
        items.sort_by_key(|item| (item.place.as_ref().map(|place| place.in_text.start), item.severity));
    }
    Ok(items)
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
